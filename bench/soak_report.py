"""Which of what a system holds stays flat, which grows with its bookings, and what a chart of it looks like.

A line is fitted through the samples after the warm-up (least squares). What must stay flat may grow over them by a tenth of its
median at most, or by the slack of its kind where that is more. What must grow is told for each booking, with what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

from bench.cpu import machine
from bench.soak_samples import Sample

WARM_UP = 0.25
"""Of the time: pools open, modules load, allocators find their size."""
TOLERANCE = 0.1
MEGABYTE = 1024 * 1024
SLACK = {"memory": 16 * MEGABYTE, "postgres file handles": 400, "file handles": 16, "connections": 4}
"""The first that fits. A connection of PostgreSQL keeps some hundred files open: its tables and their indexes."""
CACHE_FULL = 0.95
MOST_FOR_A_CACHED_WORKFLOW = 128 * 1024
"""Measured with 50 and with 500 confirmed bookings that waited, both after a `gc.collect()`: 85 kB of the worker's own pages for
each, and 68 kB for the workflow of bench/noop.py that only sleeps. By part (temporalio 1.35, Python 3.11, glibc):

- 23 kB of Python's small objects, 16 of them the SDK's (its event loop, its random numbers, its coroutines) and 7 ours; see
  tests/workflows/test_kept_in_memory.py;
- 66 kB that are taken from malloc: 11 by Python's larger objects and the last messages as protobuf keeps them, and what is left,
  55, by the SDK's core (38 where it only sleeps);
- less what went into pages that were free before. Malloc kept 20 kB more of free blocks, few of which `malloc_trim` gives back;
  MALLOC_ARENA_MAX=2 changes nothing.

What is left of the bound is for booking workflows that have ended: some 70 to 90 kB of each lie there until Python looks for
garbage in circles, every 70 to 100 bookings. So a worker's first hundred look dearer, up to 180 kB each. None of that stays: with
50 workflows in memory at most, 360 bookings left 0.6 MB more in use than 60, and own pages went up and down within 8 MB.
"""
GROWS = {
    "database size": "rows of bookings, payments, messages and timelines, with their indexes",
    "temporal file size": "histories, kept for the namespace's retention",
    "temporal memory": "the server's caches of histories and events, up to their limits",
    "sandbox memory": "the stand-ins remember every payment, event and message; not there in production",
    "postgres memory": "shared buffers as they are touched, up to shared_buffers",
    "cached workflows": "open workflows in the worker's memory, up to SLOTKEEPER_WORKER_CACHED_WORKFLOWS",
}


@dataclass(frozen=True, slots=True)
class Trend:
    """How one number went: `growth` over the samples after the warm-up by the fitted line, `by_booking` for each booking of
    then. `limit` is the most that it may grow; None where it must grow."""

    name: str
    first: float
    last: float
    growth: float
    by_booking: float
    limit: float | None

    @property
    def is_flat(self) -> bool:
        return self.limit is None or self.growth <= self.limit


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the line with the least squares through these points; 0 where they have no width."""
    middle, level = fmean(x for x, _ in points), fmean(y for _, y in points)
    width = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * (y - level) for x, y in points) / width if width else 0.0


def trends(samples: Sequence[Sample], cache: int) -> list[Trend]:
    """Of every number that was sampled. `cache` is how many workflows the worker keeps in memory at most."""
    return [_trend(name, samples, cache) for name in samples[0].values]


def _trend(name: str, samples: Sequence[Sample], cache: int) -> Trend:
    settled = [one for one in samples if one.at >= WARM_UP * samples[-1].at]
    first, last = settled[0], settled[-1]
    growth = slope([(one.at, one.values[name]) for one in settled]) * (last.at - first.at)
    made = max(last.bookings - first.bookings, 1)
    limit = None if name in GROWS else _limit(name, [one.values[name] for one in settled])
    if limit is not None and name == "worker memory":
        limit += _for_the_cache(settled, cache)
    return Trend(name, first.values[name], last.values[name], growth, growth / made, limit)


def _limit(name: str, values: Sequence[float]) -> float:
    slack = next(most for kind, most in SLACK.items() if name.endswith(kind))
    return max(TOLERANCE * median(values), slack)


def _for_the_cache(settled: Sequence[Sample], cache: int) -> float:
    """What the worker may keep for workflows that came into its memory meanwhile; nothing once that is full."""
    came = max(settled[-1].values["cached workflows"] - settled[0].values["cached workflows"], 0)
    was_full = settled[0].values["cached workflows"] >= CACHE_FULL * cache
    return 0.0 if was_full else came * MOST_FOR_A_CACHED_WORKFLOW


@dataclass(slots=True)
class Report:
    """`served` is bookings a second, `offered` what was asked for."""

    samples: Sequence[Sample]
    trends: Sequence[Trend]
    offered: float
    served: float
    seconds: float
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for one in self.trends:
            if not one.is_flat and one.limit is not None:
                said = f"{shown(one.name, one.growth)} more, and {shown(one.name, one.limit)} may be"
                self.faults.append(f"{one.name} grows: {said}")

    def text(self) -> str:
        head = f"{self.offered:.1f} bookings/s came for {self.seconds / 60:.1f} minutes, {self.served:.1f}/s were done"
        lines = [
            machine(),
            head,
            "",
            "| | after the warm-up | at the end | growth | each booking | judged |",
            "|---|---:|---:|---:|---:|---|",
        ]
        for one in self.trends:
            judged = (
                GROWS[one.name] if one.limit is None else f"{'flat' if one.is_flat else 'GROWS'}, ± {shown(one.name, one.limit)}"
            )
            cells = (shown(one.name, value) for value in (one.first, one.last, one.growth, one.by_booking))
            lines.append(f"| {one.name} | {' | '.join(cells)} | {judged} |")
        lines += [f"WRONG: {fault}" for fault in self.faults]
        return "\n".join([*lines, *([] if self.faults else ["All flat or explained."])])

    def as_json(self) -> dict[str, Any]:
        kept = ("name", "first", "last", "growth", "by_booking", "limit", "is_flat")
        told = [{name: getattr(one, name) for name in kept} for one in self.trends]
        samples = [{"at": one.at, "bookings": one.bookings, **one.values} for one in self.samples]
        head = {"offered": self.offered, "served": self.served, "seconds": self.seconds}
        return {**head, "trends": told, "samples": samples, "faults": self.faults}


def shown(name: str, value: float) -> str:
    """With its unit."""
    if not name.endswith(("memory", "size")):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value / MEGABYTE:.1f} MB" if abs(value) >= 100 * 1024 else f"{value / 1024:.1f} kB"
