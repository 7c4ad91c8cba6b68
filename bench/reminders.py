"""Are reminders on time when there are many? `python -m bench.reminders` sends them at 100,000 an hour and counts.

Everything runs as real processes on this machine, in a temporary folder: PostgreSQL, Temporal with its schedule, the worker and
the stand-ins for the carriers. Confirmed bookings are written into the tables, all of a minute's reminders due at that full
minute, as appointments are; then each message that the carriers got is compared with what was due.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from bench.arguments import at_least_one
from bench.concluding import conclude
from bench.cpu import busy_seconds, machine
from bench.progress import Progress
from bench.reminders_report import ON_TIME, Report, count
from bench.reminders_rows import Due, minutes_from, write_due
from bench.system import Measured, running
from embedded.failures import PartFailed

CHANNELS = {"email": ("email",), "sms": ("sms",), "both": ("email", "sms")}
AHEAD = timedelta(seconds=45)
PATIENCE = timedelta(seconds=90)
"""After the last minute, for what is late."""

LEFT = "SELECT count(*) FROM reminders"


@dataclass(frozen=True, slots=True)
class Options:
    """How many reminders, for how many minutes, by which channels."""

    per_hour: int = 100_000
    minutes: int = 3
    channels: tuple[str, ...] = ("email",)
    time_limit: float = 900.0

    @property
    def a_minute(self) -> int:
        return -(-self.per_hour // 60)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 each once and on time, 1 not so or failed, 2 wrongly called, 130 stopped."""
    chosen = _parser().parse_args(arguments)
    options = Options(chosen.per_hour, chosen.minutes, CHANNELS[chosen.channels], chosen.time_limit)
    return conclude(
        lambda progress: _run(options, progress),
        lambda report: not report.faults,
        accidents=(PartFailed, aiohttp.ClientError),
        late=f"It took longer than {options.time_limit:.0f} s: ask for less, or for more with --time-limit.",
        json_file=chosen.json,
    )


async def _run(options: Options, progress: Progress) -> Report:
    async with running(progress) as measured, asyncio.timeout(options.time_limit):
        return await measure(measured, options, progress)


async def measure(measured: Measured, options: Options, progress: Progress) -> Report:
    """The whole bench on a running system."""
    connection = await asyncpg.connect(measured.system.database_url, server_settings={"timezone": "UTC"})
    try:
        progress.show("Bookings are written")
        business_id = await connection.fetchval("SELECT business_id FROM businesses LIMIT 1")
        minutes = minutes_from(datetime.now(UTC), AHEAD, options.minutes)
        due = await write_due(connection, business_id, minutes, options.a_minute, options.channels)
        await _wait_for(minutes[0] - timedelta(seconds=ON_TIME), progress)
        cpu, busy, started = measured.cpu_seconds(), busy_seconds(), time.monotonic()
        await _wait_until_sent(connection, due, minutes[-1], progress)
        seconds, others = time.monotonic() - started, busy_seconds() - busy
        used = {part: now - cpu[part] for part, now in measured.cpu_seconds().items()}
    finally:
        await connection.close()
    progress.show("Messages are counted")
    found = count(due, await _messages(measured), options.channels)
    used.pop("noop-worker", None)
    return Report(machine(), options.per_hour, options.channels, found, seconds, used, max(0.0, others - sum(used.values())))


async def _wait_for(minute: datetime, progress: Progress) -> None:
    while (left := (minute - datetime.now(UTC)).total_seconds()) > 0:
        progress.show(f"The first minute begins in {left:.0f} s")
        await asyncio.sleep(min(left, 1.0))


async def _wait_until_sent(connection: asyncpg.Connection, due: Sequence[Due], last: datetime, progress: Progress) -> None:
    """Until no reminder is left, or the last ones are hopelessly late."""
    while datetime.now(UTC) < last + PATIENCE:
        left = await connection.fetchval(LEFT)
        done = len(due) - left
        progress.show(f"{'█' * round(20 * done / len(due)):░<20} {done:,} of {len(due):,} reminders are done")
        if left == 0:
            return
        await asyncio.sleep(1.0)


async def _messages(measured: Measured) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{measured.sandbox_url}/state") as answer:
        found: list[dict[str, Any]] = (await answer.json())["messages"]
        return found


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m bench.reminders", description=__doc__)
    parser.add_argument("--per-hour", type=at_least_one, default=usual.per_hour, help="how many are due (%(default)s)")
    parser.add_argument("--minutes", type=at_least_one, default=usual.minutes, help="for how long (%(default)s)")
    parser.add_argument("--channels", choices=CHANNELS, default="email", help="by what each goes (%(default)s)")
    parser.add_argument(
        "--time-limit", type=float, default=usual.time_limit, metavar="SECONDS", help="give up after (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
