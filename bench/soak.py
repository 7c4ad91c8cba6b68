"""Does anything leak? `python -m bench.soak` lets customers come at half of what the system can do, for half an hour.

A short ramp finds what it can do, where `--rate` does not say so. Every few seconds each process's memory and file handles,
PostgreSQL's connections and size, the size of Temporal's file and the workflows in the worker's memory are written down. Judged
is: what must stay flat does, but for a stated tolerance; everybody is served; and afterwards the checker finds nothing. What must
grow with the bookings is told for each of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import aiohttp
import asyncpg

from bench.arguments import more_than_none
from bench.chart import svg
from bench.mortal import Mortal, mortal
from bench.offering import Became, Crowd, Look, Phase, capacity, every
from bench.progress import Progress
from bench.shop import Refused, Shop
from bench.soak_report import Report, shown, trends
from bench.soak_samples import Sample, look
from bench.stopping import Stopped, until_asked
from checker.checking import Ground, check
from embedded.failures import PartFailed
from embedded.ports import HOST, free_port
from gateways.chosen import choose
from temporal.client import connect

SETTINGS = {"hold_seconds": "30", "log_level": "WARNING"}
LEAVING = 20
WARM_UP = 16
"""Customers at once."""
MOST_A_SECOND = 80
RESTS_WITHIN = 240.0
LOOKS_AT_SLOTS = 2
"""Seconds between two looks at somebody's free slots, beside those who book."""
SHOWN = 5
UNDECIDED = "SELECT count(*) FROM bookings WHERE status IN ('pending', 'confirming')"


@dataclass(frozen=True, slots=True)
class Options:
    """`rate` is what the system can do, a second; half of it comes. A sample is taken `every` so many seconds."""

    minutes: float = 30.0
    rate: float | None = None
    every: float = 5.0
    step: float = 10.0
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def stock(self) -> int:
        """More slots than can be asked for."""
        most = self.rate or MOST_A_SECOND
        ramp = (2 if self.rate else 9) * self.step * MOST_A_SECOND
        return round(0.6 * most * 60 * self.minutes + ramp + 100)

    @property
    def time_limit(self) -> float:
        return 60 * self.minutes + 1200


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 all flat or explained, 1 something grows or it failed, 2 wrongly called, 130 stopped."""
    chosen = _parser().parse_args(arguments)
    options = Options(chosen.minutes, chosen.rate, chosen.every, chosen.step)
    try:
        report = asyncio.run(until_asked(lambda progress: run(options, progress)))
    except Stopped:
        print("Stopped; nothing is left.", file=sys.stderr)
        return 130
    except (PartFailed, Refused) as fault:
        print(fault, file=sys.stderr)
        return 1
    except TimeoutError:
        print(f"It took longer than {options.time_limit:.0f} s.", file=sys.stderr)
        return 1
    print(report.text())
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    if chosen.chart is not None:
        chosen.chart.write_text(chart(report.samples))
    return 1 if report.faults else 0


async def run(options: Options, progress: Progress) -> Report:
    """Raises PartFailed, Refused and TimeoutError."""
    async with AsyncExitStack() as stack:
        chosen = SETTINGS | {"worker_metrics": f"{HOST}:{free_port()}"} | options.settings
        system = await stack.enter_async_context(mortal(progress, None, chosen))
        async with asyncio.timeout(options.time_limit):
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2)
            session = await stack.enter_async_context(aiohttp.ClientSession(system.api_url, connector=connector))
            opening = asyncpg.create_pool(system.system.database_url, min_size=1, max_size=1, record_class=system.rows)
            pool = await stack.enter_async_context(opening)
            shop = Shop(session, system.api_key)
            progress.show("The business is opened")
            await shop.open(options.stock)
            crowd = Crowd(shop)
            can_do = options.rate or (await capacity(crowd, options.step, progress.show))[1]
            progress.show("Warms up")
            await crowd.queue(WARM_UP, options.step)  # opens all connections of all pools
            crowd.leaving = LEAVING
            return await _soak(system, pool, crowd, can_do / 2, options, progress)


async def _soak(system: Mortal, pool: asyncpg.Pool, crowd: Crowd, rate: float, options: Options, progress: Progress) -> Report:
    samples: list[Sample] = []
    began = time.perf_counter()

    async def sample() -> None:
        samples.append(await look(system, pool, crowd.shop.session, began))

    beside = [asyncio.create_task(every(options.every, sample)), asyncio.create_task(every(LOOKS_AT_SLOTS, _window(crowd.shop)))]
    seconds = 60 * options.minutes
    try:
        phase = await crowd.come(rate, seconds, lambda done: progress.show(_told(samples, done, seconds)))
    finally:
        for task in beside:
            task.cancel()
        await asyncio.wait(beside)
    for task in beside:
        if not task.cancelled() and (accident := task.exception()) is not None:
            raise accident
    report = Report(samples, trends(samples, system.settings.worker_cached_workflows), rate, phase.served, seconds)
    progress.show("Checks")
    report.faults += [*_unserved(phase), *await _wrong(system, pool)]
    return report


def _told(samples: Sequence[Sample], done: int, seconds: float) -> str:
    at = samples[-1].at if samples else 0.0
    return f"{at / 60:.1f} of {seconds / 60:.1f} minutes, {done} customers"


def _window(shop: Shop) -> Look:
    """Somebody who looks for free slots, at one provider after the other."""
    providers = sorted({slot["provider_id"] for slot in shop.slots})
    numbers = iter(range(10**9))

    async def shopping() -> None:
        provider = providers[next(numbers) % len(providers)]
        first = date.today() + timedelta(days=5)  # noqa: DTZ011 (any day near now will do)
        query = {"service_id": shop.service_id, "from": first.isoformat(), "to": (first + timedelta(days=7)).isoformat()}
        async with shop.session.get(f"/api/v1/providers/{provider}/slots", params=query) as answer:
            await answer.read()

    return shopping


def _unserved(phase: Phase) -> list[str]:
    shed, broken = len(phase.of(Became.SHED)), [one.said for one in phase.of(Became.BROKEN)]
    told = [f"{shed} customers were turned away at half of what the system can do"] if shed else []
    return [*told, *broken[:SHOWN], *([f"and {len(broken) - SHOWN} more like these"] if len(broken) > SHOWN else [])]


async def _wrong(system: Mortal, pool: asyncpg.Pool) -> list[str]:
    """What the checker says when the last hold has ended and the last message is sent."""
    until = time.monotonic() + RESTS_WITHIN
    while await pool.fetchval(UNDECIDED) and time.monotonic() < until:
        await asyncio.sleep(0.5)
    ground = Ground(pool, await connect(system.settings), system.settings.task_queue, choose(system.settings))
    while (found := (await check(ground)).faults) and time.monotonic() < until:
        await asyncio.sleep(2)
    return [f"{one.rule}: {one.booking}: {one.detail}" for one in found]


def chart(samples: Sequence[Sample]) -> str:
    """Every number over time."""
    series = {name: [(one.at, one.values[name], shown(name, one.values[name])) for one in samples] for name in samples[0].values}
    series["bookings"] = [(one.at, float(one.bookings), str(one.bookings)) for one in samples]
    return svg(f"{samples[-1].bookings} bookings in {samples[-1].at / 60:.1f} minutes", series)


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=more_than_none, default=usual.minutes, help="how long (%(default)s)")
    parser.add_argument("--rate", type=more_than_none, help="what it can do, bookings a second; half of it comes (found out)")
    parser.add_argument("--every", type=more_than_none, default=usual.every, help="seconds between samples (%(default)s)")
    parser.add_argument("--step", type=more_than_none, default=usual.step, help="seconds of each step of the ramp (%(default)s)")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw every number over time there, as SVG")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
