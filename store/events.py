"""The timeline: what happened to a booking, told in the transaction of the change itself (promise 6)."""

from __future__ import annotations

import json

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.bookings import BookingRef, BookingStatus

Connection = asyncpg.Connection | PoolConnectionProxy

TELL = """
INSERT INTO booking_events (business_id, booking_id, key, kind, status, detail) VALUES ($1, $2, $3, $4, $5, $6::text::jsonb)
ON CONFLICT (business_id, booking_id, key) DO NOTHING
RETURNING seq
"""


async def tell(
    connection: Connection,
    booking: BookingRef,
    key: str,
    kind: str,
    *,
    status: BookingStatus | None = None,
    **detail: str | int | bool | list[str] | None,
) -> bool:
    """Adds one line to the booking's timeline. False when `key` was told before: then the change was made before, too.

    `detail` holds only codes and numbers, nothing personal.
    """
    said = {name: value for name, value in detail.items() if value is not None}
    status_text = status.value if status else None
    return (
        await connection.fetchval(TELL, booking.business_id, booking.booking_id, key, kind, status_text, json.dumps(said))
    ) is not None
