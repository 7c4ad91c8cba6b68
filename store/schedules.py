"""Opening hours: each provider's week, and the dates that have hours of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from domain.hours import Interval

KNOWN = "SELECT true FROM providers WHERE business_id = $1 AND id = $2 FOR NO KEY UPDATE"

FILL = """
INSERT INTO schedules (business_id, provider_id, weekday, start_minute, end_minute)
SELECT $1, $2, day, start_minute, end_minute
FROM unnest($3::smallint[], $4::smallint[], $5::smallint[]) AS hours (day, start_minute, end_minute)
"""

SET_DATE = """
INSERT INTO availability (business_id, provider_id, date, intervals)
SELECT business_id, id, $3, $4::jsonb FROM providers WHERE business_id = $1 AND id = $2
ON CONFLICT (business_id, provider_id, date) DO UPDATE SET intervals = excluded.intervals
RETURNING true
"""


async def replace_schedule(
    pool: asyncpg.Pool, business_id: UUID, provider_id: UUID, weekly: Mapping[int, Sequence[Interval]]
) -> bool:
    """Puts this week in place of the one before; days left out are closed. False when there is no such provider.

    Bookings already made stay. Two writers at once queue, and the later week stands whole.
    """
    rows = [(day, interval.start, interval.end) for day, intervals in weekly.items() for interval in intervals]
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(KNOWN, business_id, provider_id):
            return False
        await connection.execute("DELETE FROM schedules WHERE business_id = $1 AND provider_id = $2", business_id, provider_id)
        await connection.execute(
            FILL, business_id, provider_id, *([list(column) for column in zip(*rows, strict=True)] or [[]] * 3)
        )
    return True


async def set_availability(
    pool: asyncpg.Pool, business_id: UUID, provider_id: UUID, day: date, intervals: Sequence[Interval]
) -> bool:
    """Gives one date hours of its own instead of the weekly ones; none means closed. False when there is no such provider."""
    minutes = [[interval.start, interval.end] for interval in intervals]
    return bool(await pool.fetchval(SET_DATE, business_id, provider_id, day, minutes))
