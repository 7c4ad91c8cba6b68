"""The reminders that are still to be sent; each row lives and dies with its booking's transactions."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg

from domain.bookings import BookingRef
from domain.messages import Channel
from domain.reminders import QuietHours, Reminder
from store.events import Connection

# What there is to remind of, and what decides when: one row for each offset of the booking's service, and none without any.
WANTED_OFFSETS = """
SELECT r.minutes, b.starts_at, b.sequence, c.timezone, n.quiet_from, n.quiet_until, now() AS now,
       coalesce(s.reminder_channels -> (r.place - 1)::int, '["email", "sms"]') AS channels
FROM bookings b
JOIN services s ON s.business_id = b.business_id AND s.id = b.service_id
JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
JOIN businesses n ON n.business_id = b.business_id
CROSS JOIN LATERAL unnest(s.reminder_minutes) WITH ORDINALITY AS r (minutes, place)
WHERE b.business_id = $1 AND b.id = $2
"""

PLAN = """
INSERT INTO reminders (business_id, booking_id, minutes_before, sequence, due_at, channels)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
"""

# The sweep begins half a minute before the full minute, at which most are due, so that a crowd is not half a minute late.
DUE = """
SELECT business_id, booking_id, minutes_before, sequence, channels FROM reminders
WHERE due_at <= now() + interval '30 seconds' AND started_at IS NULL
ORDER BY due_at
LIMIT $1
"""

STARTED = """
UPDATE reminders r SET started_at = now()
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[]) AS s (business_id, booking_id, minutes_before, sequence)
WHERE r.business_id = s.business_id AND r.booking_id = s.booking_id AND r.minutes_before = s.minutes_before
  AND r.sequence = s.sequence AND r.started_at IS NULL
"""

# Until when the reminder makes sense; no row where it has been sent or moved, or where the booking is over.
WANTED = """
SELECT b.starts_at FROM reminders r
JOIN bookings b ON b.business_id = r.business_id AND b.id = r.booking_id
WHERE r.business_id = $1 AND r.booking_id = $2 AND r.minutes_before = $3 AND r.sequence = $4
  AND b.status = 'confirmed' AND b.starts_at > now()
"""


async def plan(connection: Connection, booking: BookingRef) -> None:
    """Writes the booking's reminders as its service wants them, in the caller's transaction. Repeatable.

    What would come in quiet hours comes at their start instead. What is over already is skipped: nobody wants to be reminded
    of what they booked a minute ago.
    """
    for wish in await connection.fetch(WANTED_OFFSETS, booking.business_id, booking.booking_id):
        due_at = wish["starts_at"] - timedelta(minutes=wish["minutes"])
        if wish["quiet_from"] is not None:
            due_at = QuietHours(wish["quiet_from"], wish["quiet_until"]).before(due_at, ZoneInfo(wish["timezone"]))
        if due_at > wish["now"]:
            what = wish["minutes"], wish["sequence"], due_at, wish["channels"]
            await connection.execute(PLAN, booking.business_id, booking.booking_id, *what)


async def replan(connection: Connection, booking: BookingRef) -> None:
    """Writes them anew for the time that the booking has now, in the transaction that moved it and raised its `sequence`.

    What is on its way for the time before finds that it is not wanted any more. Repeatable.
    """
    await drop_all(connection, booking)
    await plan(connection, booking)


async def drop_all(connection: Connection, booking: BookingRef) -> None:
    """Forgets what is left to be sent, in the caller's transaction. Repeatable."""
    await connection.execute(
        "DELETE FROM reminders WHERE business_id = $1 AND booking_id = $2", booking.business_id, booking.booking_id
    )


async def find_due(pool: asyncpg.Pool, limit: int) -> list[Reminder]:
    """The longest due first; what was handed to its workflow is left out."""
    rows = await pool.fetch(DUE, limit)
    return [_reminder_in(row) for row in rows]


async def mark_started(pool: asyncpg.Pool, reminders: list[Reminder]) -> None:
    """The next sweep leaves these out. Repeatable."""
    await pool.execute(
        STARTED,
        [reminder.booking.business_id for reminder in reminders],
        [reminder.booking.booking_id for reminder in reminders],
        [reminder.minutes_before for reminder in reminders],
        [reminder.sequence for reminder in reminders],
    )


async def wanted_until(pool: asyncpg.Pool, reminder: Reminder) -> datetime | None:
    """When the appointment starts; None where there is nothing to remind of: cancelled, over, begun, or sent already."""
    starts_at: datetime | None = await pool.fetchval(
        WANTED, reminder.booking.business_id, reminder.booking.booking_id, reminder.minutes_before, reminder.sequence
    )
    return starts_at


async def drop(pool: asyncpg.Pool, reminder: Reminder) -> None:
    """This one is done. Repeatable."""
    await pool.execute(
        "DELETE FROM reminders WHERE business_id = $1 AND booking_id = $2 AND minutes_before = $3 AND sequence = $4",
        reminder.booking.business_id,
        reminder.booking.booking_id,
        reminder.minutes_before,
        reminder.sequence,
    )


def _reminder_in(row: asyncpg.Record) -> Reminder:
    booking = BookingRef(row["business_id"], row["booking_id"])
    return Reminder(booking, row["minutes_before"], row["sequence"], tuple(Channel(name) for name in row["channels"]))
