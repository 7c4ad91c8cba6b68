"""Calendars outside in which providers are busy, and what was last read of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from store.pool import Database

CREATE = """
INSERT INTO busy_calendars (business_id, id, provider_id, name, good_for_seconds)
SELECT business_id, $3, id, $4, $5 FROM providers WHERE business_id = $1 AND id = $2
ON CONFLICT (business_id, id) DO NOTHING
RETURNING id
"""

# Two readings at once queue here.
PRESENT = """
SELECT coalesce(read_at, '-infinity') FROM busy_calendars WHERE business_id = $1 AND provider_id = $2 AND id = $3 FOR UPDATE
"""

LIST = """
SELECT id, provider_id, name, good_for_seconds, read_at,
       coalesce(read_at + make_interval(secs => good_for_seconds) > clock_timestamp(), false) AS is_known
FROM busy_calendars
WHERE business_id = $1 AND provider_id = $2 AND ($3::uuid IS NULL OR id > $3)
ORDER BY id
LIMIT $4
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


@dataclass(frozen=True, slots=True)
class BusyCalendar:
    """A calendar outside. It `is_known` when it was read lately enough to be believed."""

    id: UUID
    provider_id: UUID
    name: str
    good_for_seconds: int
    read_at: datetime | None
    is_known: bool


async def create_busy_calendar(
    database: Database, business_id: UUID, provider_id: UUID, calendar_id: UUID, name: str, good_for_seconds: int
) -> bool:
    """Until it is read for the first time nobody knows whether the provider is free. False when there is no such provider."""
    made = await database.fetchval(CREATE, business_id, provider_id, calendar_id, name, good_for_seconds)
    return made is not None


async def list_busy_calendars(
    database: Database, business_id: UUID, provider_id: UUID, after: UUID | None, limit: int
) -> list[BusyCalendar]:
    """The calendars of this provider, in the order they were added, from the one after `after`."""
    return [BusyCalendar(**row) for row in await database.fetch(LIST, business_id, provider_id, after, limit)]


async def replace_busy_times(
    pool: asyncpg.Pool, business_id: UUID, provider_id: UUID, calendar_id: UUID, times: Sequence[BusyTime], read_at: datetime
) -> datetime | None:
    """Puts all that was read at that moment in place of what was known; an older reading changes nothing.

    Returns when the reading that now stands was made. None when this provider has no such calendar. Repeatable.
    """
    async with pool.acquire() as connection, connection.transaction():
        present: datetime | None = await connection.fetchval(PRESENT, business_id, provider_id, calendar_id)
        if present is None or present.replace(tzinfo=present.tzinfo or UTC) > read_at:
            return present
        await connection.execute(
            "UPDATE busy_calendars SET read_at = $3 WHERE business_id = $1 AND id = $2", business_id, calendar_id, read_at
        )
        await connection.execute("DELETE FROM busy_times WHERE business_id = $1 AND calendar_id = $2", business_id, calendar_id)
        await connection.execute(
            FILL,
            business_id,
            calendar_id,
            [time.id for time in times],
            [time.starts_at for time in times],
            [time.ends_at for time in times],
        )
    return read_at


async def drop_busy_calendar(database: Database, business_id: UUID, provider_id: UUID, calendar_id: UUID) -> bool:
    """It is looked at no more. False when there is none."""
    dropped = await database.fetchval(
        "DELETE FROM busy_calendars WHERE business_id = $1 AND provider_id = $2 AND id = $3 RETURNING true",
        business_id,
        provider_id,
        calendar_id,
    )
    return bool(dropped)
