"""What does it cost to count who asks? `python -m bench.limits` measures each kind of look at the limits, one after the other.

On a PostgreSQL of its own, in a temporary folder, as the API's processes use it:

    known here     a request that the process counts by itself, as nearly all are
    refused        a request of a flood
    asked          a request before which the others are heard
    taken          a password or a code, each of which is a write
    1,000 told     one statement that tells the others of as many buckets, as each process does once a second

In turns, so that whatever else the machine does hits all alike. It is right where each look was answered as it should be.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any
from uuid import uuid4

import asyncpg

from api.rate_limits import RateLimits
from bench.arguments import at_least_one, more_than_none
from bench.concluding import conclude, with_its_type
from bench.contention.report import table
from bench.cpu import machine
from bench.progress import Progress
from domain.rate_limits import Limit, Rate
from embedded.failures import PartFailed
from embedded.logins import logins
from embedded.postgres import EmbeddedPostgres
from store.migrate import migrate
from store.pool import open_pool

TOLD = 1000
PLENTY, ONE = Rate(50_000_000, 50_000_000), Rate(1, 10_000_000)
"""Nothing comes back while we look."""

Look = Callable[[], Awaitable[bool]]
"""One of its kind; whether it was answered as it should be."""


@dataclass(frozen=True, slots=True)
class Report:
    """Milliseconds of each look, by kind."""

    machine: str
    took: Mapping[str, Sequence[float]]
    wrong: int

    def text(self) -> str:
        rows = [("", "looks", "p50 ms", "p95 ms")]
        rows += [(kind, f"{len(ms):,}", f"{_part(ms, 50):.3f}", f"{_part(ms, 95):.3f}") for kind, ms in self.took.items()]
        end = "Everything is right." if not self.wrong else f"{self.wrong} looks were answered wrongly."
        return "\n".join([self.machine, *table(rows), end])

    def as_json(self) -> dict[str, Any]:
        kinds = {kind: {"looks": len(ms), "p50_ms": _part(ms, 50), "p95_ms": _part(ms, 95)} for kind, ms in self.took.items()}
        return {"machine": self.machine, "kinds": kinds, "wrong": self.wrong}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 measured, 1 failed or answered wrongly, 2 wrongly called, 130 stopped."""
    chosen = _parser().parse_args(arguments)
    return conclude(
        lambda progress: run(chosen.rounds, chosen.looks, chosen.time_limit, progress),
        lambda report: not report.wrong,
        accidents=(PartFailed, asyncpg.PostgresError, OSError),
        late=f"It took longer than {chosen.time_limit:.0f} s: ask for less, or for more with --time-limit.",
        in_words=with_its_type,
        json_file=chosen.json,
    )


async def run(rounds: int, looks: int, time_limit: float, progress: Progress) -> Report:
    """Raises PartFailed and TimeoutError."""
    async with asyncio.timeout(time_limit), _database() as database:
        kinds = await _kinds(database)
        took: dict[str, list[float]] = {kind: [] for kind in kinds}
        wrong = 0
        for number in range(rounds):
            for kind, look in kinds.items():
                progress.show(f"Round {number + 1} of {rounds}: {kind}")
                for _ in range(looks if kind != f"{TOLD:,} told" else 1):
                    began = perf_counter()
                    is_right = await look()
                    took[kind].append(1000 * (perf_counter() - began))
                    wrong += not is_right
        return Report(machine(), took, wrong)


async def _kinds(database: asyncpg.Pool) -> dict[str, Look]:
    names = count()
    limits = RateLimits(database, {Limit.ADDRESS: PLENTY, Limit.CALLER: ONE, Limit.LOG_IN: PLENTY}, uuid4().hex)
    asking = RateLimits(database, {Limit.ADDRESS: PLENTY}, uuid4().hex)
    telling = RateLimits(database, {Limit.ADDRESS: PLENTY}, uuid4().hex)
    await limits.count(Limit.CALLER, "a flood")

    async def known_here() -> bool:
        standing = await limits.count(Limit.ADDRESS, "somebody")
        return standing is not None and not standing.is_refused

    async def refused() -> bool:
        standing = await limits.count(Limit.CALLER, "a flood")
        return standing is not None and standing.is_refused

    async def asked() -> bool:
        await asking.tell()
        standing = await asking.count(Limit.ADDRESS, "somebody")
        return standing is not None and not standing.is_refused

    async def taken() -> bool:
        standing = await limits.take(Limit.LOG_IN, f"{next(names)}")
        return standing is not None and not standing.is_refused

    async def told() -> bool:
        for number in range(TOLD):
            await telling.count(Limit.ADDRESS, f"{number}")
        await telling.tell()
        return True

    return {"known here": known_here, "refused": refused, "asked": asked, "taken": taken, f"{TOLD:,} told": told}


@asynccontextmanager
async def _database() -> AsyncIterator[asyncpg.Pool]:
    """As the API sees it; afterwards nothing is left."""
    folder = _folder()
    postgres = EmbeddedPostgres(folder / "postgres")
    try:
        postgres.start()
        postgres.create_database_if_missing("limits")
        known = logins(postgres.url("limits"))
        await migrate(postgres.url("limits"), known["database_url"], known["database_steward_url"], known["database_door_url"])
        pool = await open_pool(known["database_door_url"], 4)
        try:
            yield pool
        finally:
            await pool.close()
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    """PostgreSQL's own user has to get through it."""
    folder = Path(tempfile.mkdtemp(prefix="slotkeeper-bench-"))
    folder.chmod(0o711)
    return folder


def _part(milliseconds: Sequence[float], percent: int) -> float:
    return quantiles(milliseconds, n=100)[percent - 1] if len(milliseconds) > 1 else milliseconds[0]


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m bench.limits", description=__doc__, formatter_class=shape)
    parser.add_argument("--rounds", type=at_least_one, default=20, help="(%(default)s)")
    parser.add_argument("--looks", type=at_least_one, default=200, help="of each kind in a round (%(default)s)")
    parser.add_argument("--time-limit", type=more_than_none, default=300.0, metavar="SECONDS", help="(%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
