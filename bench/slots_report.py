"""The table of the slots bench: medians of the rounds, with ratios taken within each round."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.load import Load
from bench.slots_questions import CLINIC, DAY, FIRST_CLINIC, FIRST_DAY, FIRST_MONTH, MONTH, SELECT


@dataclass(frozen=True, slots=True)
class Run:
    """One kind of question asked of one town for a while, and the CPU seconds that each part used meanwhile."""

    load: Load
    cpu: dict[str, float]

    def cores(self, part: str) -> float:
        return self.cpu[part] / self.load.seconds

    def each(self, part: str) -> float:
        """CPU milliseconds for one request."""
        return 1000 * self.cpu[part] / max(self.load.requests, 1)


Round = Sequence[dict[str, Run]]
"""Of each town, in their order, the runs by kind of question."""


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of question at one size. `of_select` is its rate by that of SELECT 1, `cost` the smallest town's rate by its own.

    `each` is the CPU time of one request in milliseconds, `cores` how many of them each part used.
    """

    size: str
    question: str
    rate: float
    p50: float
    p95: float
    of_select: float
    cost: float
    each: dict[str, float]
    cores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Goal:
    """What was wanted, and what it is."""

    words: str
    found: float
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured."""

    machine: str
    generator: str
    connections: int
    processes: int
    sizes: Sequence[str]
    filled: Sequence[str]
    rounds: Sequence[Round]

    def rows(self) -> Iterator[Row]:
        for number, size in enumerate(self.sizes):
            for question in self.rounds[0][number]:
                yield self._row(number, size, question)

    def goals(self) -> list[Goal]:
        """All at the largest size, where they are hardest: as the answers usually come, then those that nobody asked before."""
        largest = {row.question: row for row in self.rows() if row.size == self.sizes[-1]}
        found = []
        for day, month, clinic in ((DAY, MONTH, CLINIC), (FIRST_DAY, FIRST_MONTH, FIRST_CLINIC)):
            cost = max(largest[question].cost for question in (day, month, clinic))
            found += [
                _at_least(f"{day}: of the rate of SELECT 1", largest[day].of_select, 0.6),
                _at_least(f"{day}: requests/s", largest[day].rate, 1000),
                _at_most(f"{month}: p95 ms", largest[month].p95, 150),
                _at_most(f"{clinic}: p95 ms", largest[clinic].p95, 500),
                _at_most("most of these that the largest data costs by the smallest", cost, 1.2),
            ]
        return found

    @property
    def faults(self) -> list[str]:
        """In words; empty when every answer was what it should be."""
        found = []
        for size, question, runs in self._runs():
            asked, unexpected = (sum(getattr(run.load, what) for run in runs) for what in ("requests", "unexpected"))
            if unexpected or not asked:
                found.append(f"{size}: {question}: {unexpected:,} of {asked:,} answers were not what they should be")
        return found

    def text(self) -> str:
        """The table for people."""
        how = f"{self.generator}, {self.connections} connections, API processes: {self.processes}"
        head = f"{self.machine}; {how}; medians of {len(self.rounds)} rounds"
        names = f"{'requests/s':>11}{'p50 ms':>9}{'p95 ms':>9}{'/SELECT 1':>11}{'cost':>6}"
        parts = "   CPU ms: API, PostgreSQL   cores: API, load, others"
        lines = [head, *self.filled]
        for row in self.rows():
            if row.question == SELECT:
                lines += ["", row.size, f"{'':<28}{names}{parts}"]
            times = f"{row.rate:>11,.0f}{row.p50:>9.1f}{row.p95:>9.1f}{row.of_select:>11.2f}{row.cost:>6.2f}"
            each = f"{row.each['api']:>13.2f}{row.each['postgres']:>12.2f}"
            cores = "".join(f"{row.cores[part]:>6.2f}" for part in ("api", "load", "others"))
            lines.append(f"{row.question:<28}{times}{each}{'':>8}{cores}")
        verdicts = [f"{'reached' if goal.is_reached else 'MISSED ':<9}{goal.words}: {goal.found:,.2f}" for goal in self.goals()]
        return "\n".join([*lines, "", *verdicts, *(f"FAULT    {fault}" for fault in self.faults)])

    def as_json(self) -> dict[str, Any]:
        """The same for programs, with every round."""
        rounds = [[{name: asdict(run) for name, run in runs.items()} for runs in each] for each in self.rounds]
        return {
            "machine": self.machine,
            "generator": self.generator,
            "connections": self.connections,
            "processes": self.processes,
            "filled": list(self.filled),
            "table": [asdict(row) for row in self.rows()],
            "goals": [asdict(goal) for goal in self.goals()],
            "rounds": rounds,
            "faults": self.faults,
        }

    def _runs(self) -> Iterator[tuple[str, str, list[Run]]]:
        for number, size in enumerate(self.sizes):
            for question in self.rounds[0][number]:
                yield size, question, [each[number][question] for each in self.rounds]

    def _row(self, number: int, size: str, question: str) -> Row:
        runs = [each[number][question] for each in self.rounds]

        def middle(measure: Callable[[Run], float]) -> float:
            return median(measure(run) for run in runs)

        return Row(
            size=size,
            question=question,
            rate=middle(lambda run: run.load.rate),
            p50=middle(lambda run: run.load.p50),
            p95=middle(lambda run: run.load.p95),
            of_select=median(_ratio(each[number][question], each[number][SELECT]) for each in self.rounds),
            cost=median(_ratio(each[0][question], each[number][question]) for each in self.rounds),
            each={part: middle(lambda run, part=part: run.each(part)) for part in runs[0].cpu},  # type: ignore[misc]
            cores={part: middle(lambda run, part=part: run.cores(part)) for part in runs[0].cpu},  # type: ignore[misc]
        )


def _ratio(one: Run, other: Run) -> float:
    """Of their rates; infinite where the other was not answered once."""
    return one.load.rate / other.load.rate if other.load.requests else math.inf


def _at_least(words: str, found: float, wanted: float) -> Goal:
    return Goal(f"{words} (at least {wanted:,})", found, found >= wanted)


def _at_most(words: str, found: float, wanted: float) -> Goal:
    return Goal(f"{words} (at most {wanted:,})", found, found <= wanted)
