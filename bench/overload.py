"""Does it stay up when too many come? `python -m bench.overload` offers twice what the system can do and looks what happens.

A short ramp finds what it can do and what one customer alone waits. Then twice as many come, whether or not the others are
served; some of them walk away from their hold. Judged is: who is turned away is told so with 503 and Retry-After, within a second
(95 of 100); whoever is let in is confirmed, or expires if they walked away; what they wait stays bounded; no hold outlives its
time; at least 0.7 of what the system can do is still done; and afterwards the checker finds nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import asyncpg

from bench.arguments import more_than_none
from bench.concluding import conclude
from bench.mortal import Mortal, mortal
from bench.offering import Became, Crowd, Phase, capacity, every
from bench.overload_report import Report
from bench.progress import Progress
from bench.shop import Refused, Shop
from checker.checking import Ground, check
from embedded.failures import PartFailed
from gateways.chosen import choose
from temporal.client import connect

SETTINGS = {"hold_seconds": "30", "log_level": "WARNING", "database_pool_size": "10"}
LEAVING = 5
RESTS_WITHIN = 240.0
MOST_A_SECOND = 80
"""How much to have in stock for each second of the ramp."""
OVERDUE = """
SELECT coalesce(max(extract(epoch FROM now() - hold_expires_at)), 0)::float FROM bookings
WHERE status = 'pending' AND hold_expires_at < now()
"""
# What was too late to be held is told by whoever asked for it.
BECAME = "SELECT status, count(*) AS times FROM bookings WHERE status_reason IS DISTINCT FROM 'hold-too-late' GROUP BY 1"
UNDECIDED = "SELECT count(*) FROM bookings WHERE status IN ('pending', 'confirming')"


@dataclass(frozen=True, slots=True)
class Options:
    """Without `rate` it is found out, in steps of so many seconds. `settings` are the product's, for this run."""

    rate: float | None = None
    seconds: float = 60.0
    step: float = 10.0
    time_limit: float = 1200.0
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def stock(self) -> int:
        """More slots than can be asked for."""
        ramp = 8 * self.step * MOST_A_SECOND if self.rate is None else 3 * self.step * MOST_A_SECOND
        return round(ramp + 2.5 * self.seconds * (self.rate or MOST_A_SECOND) + 100)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 all held, 1 something did not or it failed, 2 wrongly called, 130 stopped."""
    chosen = _parser().parse_args(arguments)
    options = Options(chosen.rate, chosen.seconds, chosen.step, chosen.time_limit)
    return conclude(
        lambda progress: run(options, progress),
        lambda report: not (report.faults or report.slow),
        accidents=(PartFailed, Refused),
        late=f"It took longer than {options.time_limit:.0f} s: ask for less, or for more with --time-limit.",
        json_file=chosen.json,
    )


async def run(options: Options, progress: Progress) -> Report:
    """Raises PartFailed, Refused and TimeoutError."""
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(mortal(progress, None, SETTINGS | options.settings))
        async with asyncio.timeout(options.time_limit):
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2)
            session = await stack.enter_async_context(aiohttp.ClientSession(system.api_url, connector=connector))
            opening = asyncpg.create_pool(system.system.database_url, min_size=0, max_size=4, record_class=system.rows)
            pool = await stack.enter_async_context(opening)
            shop = Shop(session, system.api_key)
            progress.show("The business is opened")
            await shop.open(options.stock)
            return await _measure(system, pool, Crowd(shop), options, progress)


async def _measure(system: Mortal, pool: asyncpg.Pool, crowd: Crowd, options: Options, progress: Progress) -> Report:
    if options.rate is None:
        quiet, can_do = await capacity(crowd, options.step, progress.show)
    else:
        await crowd.queue(1, min(options.step, 2.0))
        quiet, can_do = await crowd.queue(1, options.step), options.rate
    crowd.leaving = LEAVING
    overdue = 0.0

    async def look() -> None:
        nonlocal overdue
        overdue = max(overdue, await pool.fetchval(OVERDUE))

    looking = asyncio.create_task(every(1.0, look))
    try:
        rate = 2 * can_do
        storm = await crowd.come(rate, options.seconds, lambda done: progress.show(f"{rate:.1f}/s come: {done} are done"))
        progress.show("Waits until the last hold has ended")
        undecided = await _rest(pool)
    finally:
        looking.cancel()
        await asyncio.wait((looking,))
    if not looking.cancelled() and (accident := looking.exception()) is not None:
        raise accident
    progress.show("Checks")
    report = Report(quiet, storm, can_do, overdue, system.settings.api_hold_target_seconds)
    report.faults += await _wrong(system, pool, storm, undecided)
    return report


async def _rest(pool: asyncpg.Pool) -> int:
    """How many are still undecided when it has waited long enough."""
    until = time.monotonic() + RESTS_WITHIN
    while (undecided := await pool.fetchval(UNDECIDED)) and time.monotonic() < until:
        await asyncio.sleep(0.5)
    return int(undecided)


async def _wrong(system: Mortal, pool: asyncpg.Pool, storm: Phase, undecided: int) -> list[str]:
    """What the database and the checker say against it. Messages may take a little longer than the bookings."""
    wrong = [f"{undecided} bookings never ended"] if undecided else []
    statuses = {row["status"]: row["times"] for row in await pool.fetch(BECAME)}
    left = len(storm.of(Became.LEFT))
    if statuses.get("expired", 0) != left:
        wrong.append(f"{statuses.get('expired', 0)} bookings expired, and {left} customers walked away")
    if others := statuses.keys() - {"confirmed", "expired", "pending", "confirming"}:
        wrong.append(f"bookings became {', '.join(sorted(others))}")
    ground = Ground(pool, await connect(system.settings), system.settings.task_queue, choose(system.settings))
    until = time.monotonic() + RESTS_WITHIN
    while (found := (await check(ground)).faults) and time.monotonic() < until:
        await asyncio.sleep(2)
    return wrong + [f"{one.rule}: {one.booking}: {one.detail}" for one in found]


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m bench.overload", description=__doc__)
    parser.add_argument("--rate", type=more_than_none, help="what it can do, bookings a second (found out)")
    parser.add_argument("--seconds", type=more_than_none, default=usual.seconds, help="of overload (%(default)s)")
    parser.add_argument("--step", type=more_than_none, default=usual.step, help="seconds of each step of the ramp (%(default)s)")
    parser.add_argument("--time-limit", type=more_than_none, default=usual.time_limit, metavar="SECONDS", help="(%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
