"""The table of a run, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.contention.parts import Outcome

HEAD = (
    "callers at once", "prizes, places each", "waves", "attempts", "won", "loser p50/p95/last ms", "winner p50/last ms",
    "asked again", "refusals/s", "API CPU ms each", "right",
)  # fmt: skip


@dataclass(slots=True)
class Report:
    """All parts of a run on this machine, and what was wrong when all was given back."""

    machine: str
    processes: int
    outcomes: list[Outcome] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def all_faults(self) -> list[str]:
        return [*(f"{one.part.name}: {fault}" for one in self.outcomes for fault in one.faults), *self.faults]

    def text(self) -> str:
        lines = [f"{self.machine}, {self.processes} API processes", *table([("", *HEAD), *map(_row, self.outcomes)])]
        busy = ", ".join(f"{one.part.name} {one.other_cpu / one.seconds:.1f}" for one in self.outcomes if one.seconds)
        lines.append(f"Cores that other programs used: {busy}")
        return "\n".join([*lines, *self.all_faults, "Everything is right." if not self.all_faults else ""]).rstrip()

    def as_json(self) -> dict[str, Any]:
        parts = [
            {
                "name": one.part.name, "callers": one.part.callers, "waves": one.waves, "attempts": one.attempts,
                "won": len(one.winners_waited), "refused": len(one.losers_waited), "asked_again": one.asked_again,
                "seconds": one.seconds, "refusals_per_second": one.refusals_per_second, "api_cpu_seconds": one.api_cpu,
                "other_cpu_seconds": one.other_cpu, "faults": one.faults,
                "loser_ms": {name: one.loser_ms(share) for name, share in (("p50", 0.5), ("p95", 0.95), ("last", 1.0))},
                "winner_ms": {name: one.winner_ms(share) for name, share in (("p50", 0.5), ("last", 1.0))},
            }
            for one in self.outcomes
        ]  # fmt: skip
        return {"machine": self.machine, "processes": self.processes, "parts": parts, "faults": self.all_faults}


def _row(one: Outcome) -> tuple[str, ...]:
    prizes = one.part.prizes
    return (
        one.part.name,
        f"{one.part.callers:,}",
        f"{len(prizes)} × {prizes[0].places}",
        f"{one.waves}",
        f"{one.attempts:,}",
        f"{len(one.winners_waited):,}",
        f"{one.loser_ms(0.5):.0f} / {one.loser_ms(0.95):.0f} / {one.loser_ms(1.0):.0f}",
        f"{one.winner_ms(0.5):.0f} / {one.winner_ms(1.0):.0f}",
        f"{one.asked_again}",
        f"{one.refusals_per_second:.0f}",
        f"{1000 * one.api_cpu / one.attempts:.2f}" if one.attempts else "",
        "yes" if not one.faults else "NO",
    )


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """In Markdown, so that it can be kept as it is."""
    head, *others = rows
    yield f"| {' | '.join(head)} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    for row in others:
        yield f"| {' | '.join(row)} |"
