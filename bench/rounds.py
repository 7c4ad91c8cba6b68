"""One round: so many bookings, timed until the last of them has told its customer."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import aiohttp

from bench.bookings import Booked, Stopwatch, drive
from bench.cpu import busy_seconds
from bench.system import Measured

HEARTBEATS = re.compile(r'^action\{action_type="grpc_RecordActivityTaskHeartbeat",namespace="default".*\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round took. `cpu` is in seconds, of the parts that work for this side; `other_cpu` is what all else used
    meanwhile, the other sides' idle parts among it."""

    booked: list[Booked]
    seconds: float
    heartbeats: float
    cpu: dict[str, float]
    other_cpu: float

    @property
    def rate(self) -> float:
        return len(self.booked) / self.seconds

    def hold(self, share: float) -> float:
        """In milliseconds, for that share of customers or fewer."""
        return 1000 * percentile([each.hold for each in self.booked], share)

    def confirm(self, share: float) -> float:
        return 1000 * percentile([each.confirm for each in self.booked], share)


@dataclass(frozen=True, slots=True)
class Side:
    """One of those that are compared: how to book there, how many of its bookings are done and told, and whose work it is."""

    name: str
    book: Callable[[], Awaitable[Booked]]
    done: Callable[[], Awaitable[int]]
    parts: frozenset[str]


async def run_round(measured: Measured, side: Side, customers: int, drawn: Iterator[int], tell: Callable[[int], None]) -> Round:
    """Raises Refused and whatever else a booking fails with."""
    done_before = await side.done()
    beats, cpu, busy, watch = await _heartbeats(measured), measured.cpu_seconds(), busy_seconds(), Stopwatch()
    booked = await drive(side.book, customers, drawn, tell)
    while await side.done() < done_before + len(booked):
        await asyncio.sleep(0.02)
    seconds = watch.lap()
    used = {part: after - cpu[part] for part, after in measured.cpu_seconds().items() if part in side.parts}
    others = max(busy_seconds() - busy - sum(used.values()), 0.0)
    return Round(booked, seconds, await _heartbeats(measured) - beats, used, others)


def percentile(values: list[float], share: float) -> float:
    """The smallest value that this share of all values does not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


async def _heartbeats(measured: Measured) -> float:
    async with aiohttp.ClientSession() as session, session.get(measured.temporal_metrics_url) as answer:
        found = HEARTBEATS.findall(await answer.text())
    return sum(float(count) for count in found)
