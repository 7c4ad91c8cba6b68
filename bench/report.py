"""The table: medians of the rounds of both sides, and the median of the rounds' ratios."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
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


@dataclass(frozen=True, slots=True)
class Checks:
    """What became of the saga's bookings, as the API and the vendor's stand-in tell it."""

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
    """One line of the table; the ratio is the median of each pair's own, since noise hits both rounds of a pair alike."""

    name: str
    saga: float
    noop: float
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured: pairs of rounds, saga first, and the histories that were looked at."""

    machine: str
    customers: int
    pairs: list[tuple[Round, Round]]
    saga_histories: list[Told]
    noop_histories: list[Told]
    checks: Checks
    differences: list[str]

    def rows(self) -> Iterator[Row]:
        for name, measure in MEASURES.items():
            yield self._row(name, measure)
        saga, noop = self.saga_histories, self.noop_histories
        yield Row(
            "history events per booking", _median(told.events for told in saga), _median(told.events for told in noop), None
        )
        beats = self._row("", lambda done: done.heartbeats / len(done.booked))
        saga_actions = _median(told.actions for told in saga) + beats.saga
        noop_actions = _median(told.actions for told in noop) + beats.noop
        yield Row("billable actions per booking", saga_actions, noop_actions, None)
        yield Row("  heartbeats among them", beats.saga, beats.noop, None)
        yield self._row("CPU ms per booking", lambda done: 1000 * sum(done.cpu.values()) / len(done.booked))
        for part in sorted(self.pairs[0][0].cpu):
            yield self._row(f"  {part}", lambda done, part=part: 1000 * done.cpu[part] / len(done.booked))  # type: ignore[misc]
        yield self._row("CPU that other programs used, cores", lambda done: done.other_cpu / done.seconds)

    @property
    def faults(self) -> list[str]:
        return self.checks.faults + [f"the no-op is no longer of the saga's shape: {each}" for each in self.differences]

    def text(self) -> str:
        """The table for people."""
        sizes = [len(saga.booked) for saga, _ in self.pairs]
        head = (
            f"{self.machine}; {len(self.pairs)} rounds of each, {median(sizes):.0f} bookings a round, {self.customers} customers"
        )
        lines = [head, "", f"{'':<38}{'saga':>10}{'no-op':>10}{'saga/no-op':>12}"]
        for row in self.rows():
            ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
            lines.append(f"{row.name:<38}{row.saga:>10.1f}{row.noop:>10.1f}{ratio:>12}")
        return "\n".join([*lines, "", *self._verdict()])

    def as_json(self) -> dict[str, Any]:
        """The same for programs, with every round."""
        rounds = [{"saga": _round(saga), "noop": _round(noop)} for saga, noop in self.pairs]
        return {
            "machine": self.machine,
            "customers": self.customers,
            "table": {row.name.strip(): asdict(row) for row in self.rows()},
            "rounds": rounds,
            "checks": asdict(self.checks),
            "shape": dict(sorted(self.saga_histories[0].shape.items())),
            "faults": self.faults,
        }

    def _row(self, name: str, measure: Callable[[Round], float]) -> Row:
        saga = [measure(first) for first, _ in self.pairs]
        noop = [measure(second) for _, second in self.pairs]
        ratios = [one / other for one, other in zip(saga, noop, strict=True) if other]
        is_told = len(ratios) == len(self.pairs) and not name.startswith(" ")
        return Row(name, median(saga), median(noop), median(ratios) if is_told else None)

    def _verdict(self) -> Sequence[str]:
        looked = len(self.saga_histories) + len(self.noop_histories)
        if self.faults:
            return [f"FAULT  {fault}" for fault in self.faults]
        return [
            f"{looked} histories of both sides are of one shape (workflow tasks aside).",
            f"{self.checks.confirmed} bookings: all confirmed, each captured once, none overlaps another.",
        ]


def _median(values: Iterator[int]) -> float:
    return float(median(values))


def _round(done: Round) -> dict[str, Any]:
    numbers = {name: measure(done) for name, measure in MEASURES.items()}
    more = {"bookings": len(done.booked), "seconds": done.seconds, "heartbeats": done.heartbeats}
    return {**numbers, **more, "cpu_seconds": done.cpu, "other_cpu_seconds": done.other_cpu}
