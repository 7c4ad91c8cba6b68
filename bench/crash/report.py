"""The matrix as people read it: a line for each place, a column for each attack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.crash.cells import Outcome
from bench.mortal import MORTALS
from sandbox.faults import Mode

NOT_THERE = "·"
PASSED_BY = "–"


@dataclass(slots=True)
class Report:
    """All that came of a run. `unclaimed` belongs to no case; `unexpected` are answers that nobody should get."""

    outcomes: list[Outcome] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)
    unexpected: Counter[str] = field(default_factory=Counter)
    copies: int = 0
    left: int = 0
    """Cells that time was up for."""
    unknown: tuple[str, ...] = ()
    """Processes that time was up for before their cells were known."""
    seconds: float = 0.0
    late: list[str] = field(default_factory=list)
    """Cells that did not come to rest in time and were attacked once more, with fewer at once: `outcomes` tells how that went."""

    @property
    def faults(self) -> list[str]:
        """One line each: the cell, what is wrong, and how to repeat it."""
        lines = []
        for one in self.outcomes:
            for finding in one.findings:
                lines.append(f"{one.cell.name}: {finding}\n    repeat: {_repeat(one)}")
        if self.left or self.unknown:
            late = " and ".join([*([f"{self.left} cells"] if self.left else []), *self.unknown])
            lines.append(f"time was up before {late} were attacked: attack less, or take more with --time-limit")
        return [*lines, *self.unclaimed, *(f"{times} times {told}" for told, times in self.unexpected.items())]

    def text(self) -> str:
        struck = [one for one in self.outcomes if one.was_struck]
        lines = [*self._table(MORTALS, "killed"), "", *self._table([mode.value for mode in Mode], "failing operation"), ""]
        lines += [*self._summary(), ""]
        wrong = sum(bool(one.findings) for one in self.outcomes)
        summary = f"{len(self.outcomes)} cells, {len(struck)} struck, {wrong} with findings"
        lines.append(f"{summary}; {self.copies} messages twice under one id; {self.seconds:.0f} s")
        lines.append(
            f"A number is the seconds from the strike to rest; {PASSED_BY} was passed by, {NOT_THERE} was not asked for."
        )
        if self.late:
            lines.append(f"too many at once for this machine, so attacked once more: {'; '.join(self.late)}")
        return "\n".join([*lines, *self.faults])

    def as_json(self) -> dict[str, Any]:
        cells = [
            {
                "saga": one.cell.saga.name,
                "place": one.cell.place,
                "how": one.cell.how,
                "struck": one.was_struck,
                "seconds": round(one.seconds, 2),
                "statuses": one.statuses,
                "findings": one.findings,
            }
            for one in self.outcomes
        ]
        return {
            "cells": cells,
            "unclaimed": list(self.unclaimed),
            "unexpected": dict(self.unexpected),
            "copies": self.copies,
            "late": self.late,
        }

    def _table(self, columns: Sequence[str], head: str) -> Iterator[str]:
        rows: dict[tuple[str, str], dict[str, Outcome]] = {}
        for one in self.outcomes:
            if one.cell.how in columns:
                rows.setdefault((one.cell.saga.name, one.cell.place), {})[one.cell.how] = one
        if not rows:
            return
        width = max(len(f"{saga}: {place}") for saga, place in rows)
        yield f"{head:<{width}}" + "".join(f"{column:>16}" for column in columns)
        for (saga, place), row in sorted(rows.items(), key=lambda item: list(rows).index(item[0])):
            yield f"{f'{saga}: {place}':<{width}}" + "".join(f"{_shown(row.get(column)):>16}" for column in columns)

    def _summary(self) -> Iterator[str]:
        """By process and kind of attack: how many of those that were struck came out well, and the median of their seconds."""
        yield f"{'ok of struck, median s':<26}" + "".join(f"{kind:>16}" for kind in (*MORTALS, "vendors"))
        for saga in dict.fromkeys(one.cell.saga.name for one in self.outcomes):
            of_saga = [one for one in self.outcomes if one.cell.saga.name == saga and one.was_struck]
            kinds = [[one for one in of_saga if one.cell.kind == kind] for kind in (*MORTALS, "vendors")]
            yield f"{saga:<26}" + "".join(f"{_counted(struck):>16}" for struck in kinds)


def _counted(struck: Sequence[Outcome]) -> str:
    if not struck:
        return NOT_THERE
    return f"{sum(not one.findings for one in struck)}/{len(struck)} {median(one.seconds for one in struck):.1f}"


def _shown(outcome: Outcome | None) -> str:
    if outcome is None:
        return NOT_THERE
    if outcome.findings:
        return f"{len(outcome.findings)} WRONG"
    return f"ok {outcome.seconds:.1f}" if outcome.was_struck else PASSED_BY


def _repeat(outcome: Outcome) -> str:
    cell = outcome.cell
    words = cell.place if cell.is_kill else f"{cell.place} {cell.how}"
    return f'python -m bench.crash --kill {cell.kind} --saga "{cell.saga.name}" --only "{words}"'
