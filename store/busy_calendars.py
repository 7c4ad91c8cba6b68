"""Calendars outside in which providers are busy, and what was last read of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from store.pool import Database

CREATE = """
INSERT INTO busy_calendars (business_id, id, provider_id, name, good_for_seconds)
SELECT business_id, $3, id, $4, $5 FROM providers WHERE business_id = $1 AND id = $2
ON CONFLICT (business_id, id) DO NOTHING
RETURNING id
"""

READ = """
UPDATE busy_calendars SET read_at = $3 WHERE business_id = $1 AND id = $2 AND (read_at IS NULL OR read_at <= $3) RETURNING id
"""

FILL = """
INSERT INTO busy_times (business_id, calendar_id, id, during)
SELECT $1, $2, entry, tstzrange(since, until)
FROM unnest($3::text[], $4::timestamptz[], $5::timestamptz[]) AS t (entry, since, until)
"""


@dataclass(frozen=True, slots=True)
class BusyTime:
    """One entry of such a calendar, under the id it has there."""

    id: str
    starts_at: datetime
    ends_at: datetime


async def create_busy_calendar(
    database: Database, business_id: UUID, provider_id: UUID, calendar_id: UUID, name: str, good_for_seconds: int
) -> bool:
    """Until it is read for the first time nobody knows whether the provider is free. False when there is no such provider."""
    made = await database.fetchval(CREATE, business_id, provider_id, calendar_id, name, good_for_seconds)
    return made is not None


async def replace_busy_times(
    pool: asyncpg.Pool, business_id: UUID, calendar_id: UUID, times: Sequence[BusyTime], read_at: datetime
) -> bool:
    """Puts all that was read at that moment in place of what was known. False for an older reading, or an unknown calendar."""
    async with pool.acquire() as connection, connection.transaction():
        if await connection.fetchval(READ, business_id, calendar_id, read_at) is None:
            return False
        await connection.execute("DELETE FROM busy_times WHERE business_id = $1 AND calendar_id = $2", business_id, calendar_id)
        await connection.execute(
            FILL,
            business_id,
            calendar_id,
            [time.id for time in times],
            [time.starts_at for time in times],
            [time.ends_at for time in times],
        )
    return True


async def drop_busy_calendar(database: Database, business_id: UUID, provider_id: UUID, calendar_id: UUID) -> bool:
    """It is looked at no more. False when there is none."""
    dropped = await database.fetchval(
        "DELETE FROM busy_calendars WHERE business_id = $1 AND provider_id = $2 AND id = $3 RETURNING true",
        business_id,
        provider_id,
        calendar_id,
    )
    return bool(dropped)
