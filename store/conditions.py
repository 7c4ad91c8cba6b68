"""Changes that depend on what stood there before: in one transaction with the look at it, and one after another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from domain.bookings import BookingRef
from domain.errors import ChangedMeanwhile
from store.events import Connection

# Also where there is no row to lock yet, or many. Of this transaction only.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

VERSION = "SELECT max(seq) FROM booking_events WHERE business_id = $1 AND booking_id = $2"


@asynccontextmanager
async def alone_with(pool: asyncpg.Pool, business_id: UUID, *what: object) -> AsyncIterator[Connection]:
    """A transaction in which nobody else changes this thing of the business, named as its address is."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(ALONE, "/".join(str(part) for part in (business_id, *what)))
        yield connection


async def check_unchanged(connection: Connection, booking: BookingRef, version: int | None) -> None:
    """Raises ChangedMeanwhile where more is told of the booking than when this version was read; None is no condition.

    Whatever changes a booking tells so in its transaction (promise 6), so the last line of its timeline is its version. In the
    caller's transaction, after the booking was locked.
    """
    if version is not None and version != await connection.fetchval(VERSION, booking.business_id, booking.booking_id):
        raise ChangedMeanwhile("the booking was changed meanwhile; look at it again")
