"""The table: medians of the rounds of each side, and the median of the rounds' ratios."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench.histories import Told
from bench.rounds import Round

MEASURES: dict[str, Callable[[Round], float]] = {
    "confirmed bookings/s": lambda done: done.rate,
    "hold, p50 ms": lambda done: done.hold(0.50),
    "hold, p95 ms": lambda done: done.hold(0.95),
    "confirm, p50 ms": lambda done: done.confirm(0.50),
    "confirm, p95 ms": lambda done: done.confirm(0.95),
    "bookings per CPU second of ours": lambda done: len(done.booked) / (sum(done.cpu.values()) or 1.0),
}
RATIOS = (("saga", "no-op"), ("saga", "DBOS"), ("DBOS", "DBOS no-op"))
OF_NOOP, A_SECOND, ACTIONS = 0.8, 30.0, 12.0
"""The goals: the saga's rate by that of the no-op, its rate, and what a booking may be billed for to its end."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What became of one side's bookings, as its API and its vendors' stand-in tell it."""

    bookings: int
    confirmed: int
    captured: int
    overlaps: int

    @property
    def faults(self) -> list[str]:
        """In words; empty when every booking is confirmed and paid once and none overlaps another."""
        told = {
            f"{self.bookings} bookings were made but {self.confirmed} are confirmed": self.bookings != self.confirmed,
            f"{self.bookings} bookings were made but {self.captured} payments were captured": self.bookings != self.captured,
            f"{self.overlaps} bookings overlap another": self.overlaps > 0,
        }
        return [words for words, is_so in told.items() if is_so]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, by side; where a side has no such thing, it is missing.

    A ratio is the median of each round's own, since noise hits the sides of one round alike.
    """

    name: str
    values: dict[str, float]
    ratios: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured. `recorded` are DBOS's steps a booking, `completed` one booking to its appointment's end."""

    machine: str
    customers: int
    rounds: list[dict[str, Round]]
    histories: dict[str, list[Told]]
    recorded: dict[str, float]
    checks: dict[str, Checks]
    differences: list[str]
    completed: Told | None = None

    @property
    def sides(self) -> list[str]:
        return list(self.rounds[0])

    def rows(self) -> Iterator[Row]:
        for name, measure in MEASURES.items():
            yield self._row(name, measure)
        events = {side: _median(told.events for told in read) for side, read in self.histories.items()}
        yield Row("events or steps kept per booking", events | self.recorded)
        beats = {side: self._median(side, lambda done: done.heartbeats / len(done.booked)) for side in self.histories}
        actions = {side: _median(told.actions for told in read) + beats[side] for side, read in self.histories.items()}
        yield Row("billable actions per booking", actions)
        yield Row("  heartbeats among them", beats)
        if self.completed is not None:
            yield Row("  to the appointment's end", {"saga": self.completed.actions + beats["saga"]})
        yield self._row("CPU ms per booking", lambda done: 1000 * sum(done.cpu.values()) / len(done.booked))
        for part in sorted({part for each in self.rounds[0].values() for part in each.cpu}):
            sides = [side for side in self.sides if part in self.rounds[0][side].cpu]
            spent = {side: self._median(side, lambda done: 1000 * done.cpu[part] / len(done.booked)) for side in sides}  # noqa: B023
            yield Row(f"  {part}", spent)
        others = {side: self._median(side, lambda done: done.other_cpu / done.seconds) for side in self.sides}
        yield Row("CPU that all else used, cores", others)

    @property
    def faults(self) -> list[str]:
        wrong = [f"{side}: {fault}" for side, checks in self.checks.items() for fault in checks.faults]
        return wrong + [f"the no-op is no longer of the saga's shape: {each}" for each in self.differences]

    def text(self) -> str:
        """The table for people."""
        sizes = [len(done.booked) for each in self.rounds for done in each.values()]
        head = f"{self.machine}; {len(self.rounds)} rounds of each, {median(sizes):.0f} bookings a round"
        pairs = [_over(one, other) for one, other in self._pairs()]
        titles = "".join(f"{side:>12}" for side in self.sides) + "".join(f"{pair:>17}" for pair in pairs)
        lines = [f"{head}, {self.customers} customers", "", f"{'':<36}{titles}"]
        for row in self.rows():
            values = "".join(f"{row.values[side]:>12.1f}" if side in row.values else 12 * " " for side in self.sides)
            ratios = "".join(f"{row.ratios[pair]:>17.2f}" if pair in row.ratios else 17 * " " for pair in pairs)
            lines.append(f"{row.name:<36}{values}{ratios}".rstrip())
        return "\n".join([*lines, "", *self._verdict()])

    def as_json(self) -> dict[str, Any]:
        """The same for programs, with every round."""
        return {
            "machine": self.machine,
            "customers": self.customers,
            "table": {row.name.strip(): {**row.values, **row.ratios} for row in self.rows()},
            "rounds": [{side: _round(done) for side, done in each.items()} for each in self.rounds],
            "checks": {side: asdict(checks) for side, checks in self.checks.items()},
            "shape": dict(sorted(self.histories["saga"][0].shape.items())),
            "goals": {name: {"measured": measured, "is_reached": reached} for name, measured, reached in self._goals()},
            "faults": self.faults,
        }

    def _pairs(self) -> list[tuple[str, str]]:
        return [pair for pair in RATIOS if set(pair) <= set(self.sides)]

    def _row(self, name: str, measure: Callable[[Round], float]) -> Row:
        ratios: dict[str, float] = {}
        for one, other in self._pairs():
            found = [measure(each[one]) / measure(each[other]) for each in self.rounds if measure(each[other])]
            if len(found) == len(self.rounds):
                ratios[_over(one, other)] = median(found)
        return Row(name, {side: self._median(side, measure) for side in self.sides}, ratios)

    def _median(self, side: str, measure: Callable[[Round], float]) -> float:
        return _median(measure(each[side]) for each in self.rounds)

    def _goals(self) -> Iterator[tuple[str, float, bool]]:
        rows = {row.name.strip(): row for row in self.rows()}
        rate = rows["confirmed bookings/s"]
        of_noop = rate.ratios[_over("saga", "no-op")]
        yield f"{OF_NOOP} of the no-op's rate", of_noop, of_noop >= OF_NOOP
        yield f"{A_SECOND:.0f} bookings/s", rate.values["saga"], rate.values["saga"] >= A_SECOND
        if self.completed is not None:
            actions = rows["to the appointment's end"].values["saga"]
            yield f"at most {ACTIONS:.0f} billable actions to the appointment's end", actions, actions <= ACTIONS

    def _verdict(self) -> Sequence[str]:
        if self.faults:
            return [f"FAULT  {fault}" for fault in self.faults]
        looked = sum(len(read) for read in self.histories.values())
        fine = "all confirmed, each captured once, none overlaps another."
        return [
            f"{looked} histories of saga and no-op are of one shape (workflow tasks aside).",
            *(f"{checks.confirmed} bookings of {side}: {fine}" for side, checks in self.checks.items()),
            *(f"Goal: {name}: {measured:.2f}, {'reached' if is_it else 'missed'}." for name, measured, is_it in self._goals()),
        ]


def _over(one: str, other: str) -> str:
    return f"{one}/{other.removeprefix(one).strip()}"


def _median(values: Iterable[float]) -> float:
    return float(median(values))


def _round(done: Round) -> dict[str, Any]:
    numbers = {name: measure(done) for name, measure in MEASURES.items()}
    more = {"bookings": len(done.booked), "seconds": done.seconds, "heartbeats": done.heartbeats}
    return {**numbers, **more, "cpu_seconds": done.cpu, "other_cpu_seconds": done.other_cpu}
