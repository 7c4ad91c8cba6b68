"""Which event in which outside calendar stands for a booking."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from domain.bookings import BookingRef
from store.events import Connection, tell

WRITTEN = """
INSERT INTO calendar_events (business_id, booking_id, vendor, calendar_id, vendor_id, state)
VALUES ($1, $2, $3, $4, $5, 'written')
ON CONFLICT (business_id, booking_id) DO UPDATE
SET vendor = excluded.vendor, calendar_id = excluded.calendar_id, vendor_id = excluded.vendor_id, state = 'written',
    updated_at = now()
"""

LEFT = """
SELECT calendar_id FROM left_calendars
WHERE business_id = $1 AND booking_id = $2 AND calendar_id IS DISTINCT FROM $3
ORDER BY calendar_id
"""


@dataclass(frozen=True, slots=True)
class WrittenEvent:
    """Where the event was, or was about to be, written."""

    vendor: str
    calendar_id: str


async def save_written(pool: asyncpg.Pool, booking: BookingRef, where: WrittenEvent, vendor_id: str, sequence: int = 0) -> None:
    """Records that the event stands in the calendar as the booking's `sequence` says. Repeatable."""
    key = f"calendar-written:{sequence}" if sequence else "calendar-written"
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(WRITTEN, booking.business_id, booking.booking_id, where.vendor, where.calendar_id, vendor_id)
        await tell(connection, booking, key, "calendar_written", vendor=where.vendor, sequence=sequence or None)


async def calendars_left(pool: asyncpg.Pool, booking: BookingRef, but: str | None) -> list[str]:
    """The calendars, except this one, in which the event may still stand: the booking has gone to another provider."""
    rows = await pool.fetch(LEFT, booking.business_id, booking.booking_id, but)
    return [row["calendar_id"] for row in rows]


async def forget_calendars_left(pool: asyncpg.Pool, booking: BookingRef, cleared: list[str]) -> None:
    """The event stands in none of these any more. Repeatable."""
    await pool.execute(
        "DELETE FROM left_calendars WHERE business_id = $1 AND booking_id = $2 AND calendar_id = ANY($3::text[])",
        booking.business_id,
        booking.booking_id,
        cleared,
    )


async def note_unwanted(connection: Connection, booking: BookingRef) -> None:
    """Notes, in the transaction that ends the booking, since when its event should not stand any more. Repeatable."""
    await connection.execute(
        "UPDATE calendar_events SET unwanted_since = now()"
        " WHERE business_id = $1 AND booking_id = $2 AND state = 'written' AND unwanted_since IS NULL",
        booking.business_id,
        booking.booking_id,
    )


async def save_deleted(pool: asyncpg.Pool, booking: BookingRef) -> None:
    """Records that the event is gone. Repeatable."""
    async with pool.acquire() as connection, connection.transaction():
        changed = await connection.fetchval(
            "UPDATE calendar_events SET state = 'deleted', updated_at = now() "
            "WHERE business_id = $1 AND booking_id = $2 AND state = 'written' RETURNING booking_id",
            booking.business_id,
            booking.booking_id,
        )
        if changed is not None:
            await tell(connection, booking, "calendar-deleted", "calendar_deleted")
