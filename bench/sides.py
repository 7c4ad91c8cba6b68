"""The sides that are compared: our saga, the no-op workflow of its shape, the saga on DBOS and a no-op there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import aiohttp
import asyncpg
from temporalio.client import Client

from bench.bookings import Booked, Stopwatch
from bench.dbos import counting
from bench.noop_customers import Nobody
from bench.rounds import Side
from bench.shop import PATIENCE, Refused, Shop
from bench.system import Beside, Measured
from store.pool import open_pool

SAGA, NOOP, DBOS, DBOS_NOOP = "saga", "no-op", "DBOS", "DBOS no-op"
OURS = frozenset({"api", "worker", "temporal", "sandbox", "postgres", "customers"})
NOOPS = frozenset({"noop-worker", "temporal", "customers"})
THEIRS = frozenset({"dbos", "dbos-sandbox", "postgres", "customers"})
THEIR_NOOPS = frozenset({"dbos", "postgres", "customers"})

# Both messages of a booking have been taken by their carriers.
TOLD = """
SELECT count(*) FROM (
    SELECT FROM notifications WHERE kind = 'confirmation' AND recipient = 'customer' AND vendor_id IS NOT NULL
    GROUP BY business_id, booking_id HAVING count(*) = 2
) AS told
"""


@dataclass(frozen=True, slots=True)
class Booth:
    """Where the customers of one side book: a shop, its database, and the stand-in for its vendors."""

    shop: Shop
    pool: asyncpg.Pool
    sandbox_url: str


@dataclass(frozen=True, slots=True)
class Compared:
    """All sides in the order of their rounds, and the booths of those that really book, by the side's name."""

    sides: tuple[Side, ...]
    booths: dict[str, Booth]


@asynccontextmanager
async def compared(measured: Measured, client: Client, customers: int) -> AsyncIterator[Compared]:
    """The sides of a running system, with as many connections as there are customers."""
    url, key = measured.system.database_url, measured.api_key
    async with _booth(measured.api_url, key, url, measured.sandbox_url, customers) as ours:

        async def done() -> int:
            return await _told(ours)

        async def nothing_done() -> int:
            return await _running(client, "NoAppointmentWorkflow")

        sides = Side(SAGA, ours.shop.book, done, OURS), Side(NOOP, Nobody(client).book, nothing_done, NOOPS)
        if measured.dbos is None:
            yield Compared(sides, {SAGA: ours})
            return
        async with _on_dbos(measured.dbos, customers) as (theirs, more):
            yield Compared((*sides, *more), {SAGA: ours, DBOS: theirs})


@asynccontextmanager
async def _on_dbos(beside: Beside, customers: int) -> AsyncIterator[tuple[Booth, tuple[Side, Side]]]:
    system = beside.system
    async with _booth(system.api_url, beside.api_key, system.database_url, system.sandbox_url, customers) as booth:

        async def done() -> int:
            return await _told(booth)

        async def nothing_done() -> int:
            return await counting.done(booth.pool, "NoBookings.book_nothing")

        nobody = NobodyOnDbos(booth.shop.session)
        yield booth, (Side(DBOS, booth.shop.book, done, THEIRS), Side(DBOS_NOOP, nobody.book, nothing_done, THEIR_NOOPS))


@asynccontextmanager
async def _booth(api_url: str, key: str, database_url: str, sandbox_url: str, customers: int) -> AsyncIterator[Booth]:
    # One connection a customer, none kept as long as the API keeps an idle one: a request on a closing one would be lost.
    connections = aiohttp.TCPConnector(limit=customers, keepalive_timeout=2)
    pool = await open_pool(database_url, 1)
    try:
        async with aiohttp.ClientSession(api_url, connector=connections) as session:
            yield Booth(Shop(session, key), pool, sandbox_url)
    finally:
        await pool.close()


class NobodyOnDbos:
    """Books nothing on DBOS, in two requests as a customer does."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def book(self) -> Booked:
        """Raises Refused."""
        number, watch = uuid4().hex, Stopwatch()
        await self._ask(f"/nothing/{number}")
        hold = watch.lap()
        await self._ask(f"/nothing/{number}/confirm")
        return Booked(f"nothing-{number}", hold, watch.lap())

    async def _ask(self, path: str) -> None:
        async with self._session.post(path, timeout=PATIENCE) as answer:
            if answer.status != 200 or not await answer.json():
                raise Refused(f"POST {path}: {answer.status}")


async def _told(booth: Booth) -> int:
    return int(await booth.pool.fetchval(TOLD))


async def _running(client: Client, workflow: str) -> int:
    return (await client.count_workflows(f"WorkflowType = '{workflow}' AND ExecutionStatus = 'Running'")).count
