"""When providers work: the week of each season, the dates with hours of their own, and time off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from domain.hours import Interval, Period
from store.events import Connection
from store.pool import Database

KNOWN = "SELECT true FROM providers WHERE business_id = $1 AND id = $2 FOR NO KEY UPDATE"

# -infinity and infinity stand for no first and no last day; asyncpg reads and writes them as date.min and date.max.
PERIOD = """
INSERT INTO schedule_periods (business_id, provider_id, first_day, last_day) VALUES ($1, $2, $3, $4)
ON CONFLICT (business_id, provider_id, first_day) DO UPDATE SET last_day = excluded.last_day
"""

FILL = """
INSERT INTO schedules (business_id, provider_id, first_day, weekday, start_minute, end_minute)
SELECT $1, $2, $3, day, start_minute, end_minute
FROM unnest($4::smallint[], $5::smallint[], $6::smallint[]) AS hours (day, start_minute, end_minute)
"""

LIST = """
SELECT w.first_day, w.last_day, (
    SELECT jsonb_agg(jsonb_build_array(h.weekday, h.start_minute, h.end_minute) ORDER BY h.weekday, h.start_minute)
    FROM schedules h
    WHERE h.business_id = w.business_id AND h.provider_id = w.provider_id AND h.first_day = w.first_day
) AS hours
FROM schedule_periods w
WHERE w.business_id = $1 AND w.provider_id = $2
ORDER BY w.first_day
"""

SET_DATE = """
INSERT INTO availability (business_id, provider_id, date, intervals)
SELECT business_id, id, $3, $4::jsonb FROM providers WHERE business_id = $1 AND id = $2
ON CONFLICT (business_id, provider_id, date) DO UPDATE SET intervals = excluded.intervals
RETURNING true
"""

TIME_OFF = """
INSERT INTO time_off (business_id, id, provider_id, starts_at, ends_at, reason)
SELECT business_id, $3, id, $4, $5, $6 FROM providers WHERE business_id = $1 AND id = $2
ON CONFLICT (business_id, id) DO NOTHING
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class TimeOff:
    """When a provider is away, in wall time of their zone, from `starts_at` up to `ends_at`."""

    id: UUID
    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    reason: str | None


async def replace_schedule(
    pool: asyncpg.Pool,
    business_id: UUID,
    provider_id: UUID,
    weekly: Mapping[int, Sequence[Interval]],
    first: date = date.min,
    last: date = date.max,
) -> bool:
    """Puts this week in place of the one that began on the same day; days left out are closed. False: no such provider.

    Bookings already made stay. Two writers at once queue, and the later week stands whole.
    """
    async with pool.acquire() as connection, connection.transaction():
        return await write_schedule(connection, business_id, provider_id, weekly, first, last)


async def write_schedule(
    connection: Connection,
    business_id: UUID,
    provider_id: UUID,
    weekly: Mapping[int, Sequence[Interval]],
    first: date,
    last: date,
) -> bool:
    """The same in the caller's transaction."""
    rows = [(day, interval.start, interval.end) for day, intervals in weekly.items() for interval in intervals]
    if not await connection.fetchval(KNOWN, business_id, provider_id):
        return False
    await connection.execute(PERIOD, business_id, provider_id, first, last)
    await connection.execute(
        "DELETE FROM schedules WHERE business_id = $1 AND provider_id = $2 AND first_day = $3",
        business_id,
        provider_id,
        first,
    )
    await connection.execute(
        FILL, business_id, provider_id, first, *([list(column) for column in zip(*rows, strict=True)] or [[]] * 3)
    )
    return True


async def list_schedules(database: Database, business_id: UUID, provider_id: UUID) -> list[Period]:
    """The provider's weeks, in the order they begin."""
    periods = []
    for row in await database.fetch(LIST, business_id, provider_id):
        weekly: dict[int, list[Interval]] = {}
        for weekday, start, end in row["hours"] or ():
            weekly.setdefault(weekday, []).append(Interval(start, end))
        periods.append(Period(row["first_day"], row["last_day"], weekly))
    return periods


async def drop_schedule(database: Database, business_id: UUID, provider_id: UUID, first: date) -> bool:
    """Takes back the week that began on this day, so that an earlier one holds again. False when there is none."""
    dropped = await database.fetchval(
        "DELETE FROM schedule_periods WHERE business_id = $1 AND provider_id = $2 AND first_day = $3 RETURNING true",
        business_id,
        provider_id,
        first,
    )
    return bool(dropped)


async def set_availability(
    pool: asyncpg.Pool, business_id: UUID, provider_id: UUID, day: date, intervals: Sequence[Interval]
) -> bool:
    """Gives one date hours of its own instead of the weekly ones; none means closed. False when there is no such provider."""
    minutes = [[interval.start, interval.end] for interval in intervals]
    return bool(await pool.fetchval(SET_DATE, business_id, provider_id, day, minutes))


async def add_time_off(database: Database, business_id: UUID, time_off: TimeOff) -> bool:
    """Takes the provider out of the offer for that time; bookings already made stay. False when there is no such provider."""
    added = await database.fetchval(
        TIME_OFF,
        business_id,
        time_off.provider_id,
        time_off.id,
        time_off.starts_at,
        time_off.ends_at,
        time_off.reason,
    )
    return added is not None


async def list_time_off(
    database: Database,
    business_id: UUID,
    provider_id: UUID,
    since: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[TimeOff]:
    """What is not over by then, in order of time, from the one after `after`."""
    rows = await database.fetch(
        "SELECT id, provider_id, starts_at, ends_at, reason FROM time_off"
        " WHERE business_id = $1 AND provider_id = $2 AND ends_at > $3"
        " AND ($4::timestamp IS NULL OR (starts_at, id) > ($4, $5::uuid)) ORDER BY starts_at, id LIMIT $6",
        business_id,
        provider_id,
        since,
        *(after or (None, None)),
        limit,
    )
    return [TimeOff(**row) for row in rows]


async def drop_time_off(database: Database, business_id: UUID, provider_id: UUID, time_off_id: UUID) -> bool:
    """The provider is not away after all. False when there is no such entry."""
    dropped = await database.fetchval(
        "DELETE FROM time_off WHERE business_id = $1 AND provider_id = $2 AND id = $3 RETURNING true",
        business_id,
        provider_id,
        time_off_id,
    )
    return bool(dropped)
