"""The delivery log: which message of which kind went out by which channel."""

from __future__ import annotations

import asyncpg

from domain.bookings import BookingRef
from store.events import tell

SAVE = """
INSERT INTO notifications (business_id, booking_id, kind, channel, state, vendor_id) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (business_id, booking_id, kind, channel) DO NOTHING
"""


async def was_settled(pool: asyncpg.Pool, booking: BookingRef, kind: str, channel: str) -> bool:
    """Whether this message was sent, or refused for good: then it is not sent again."""
    return bool(
        await pool.fetchval(
            "SELECT true FROM notifications WHERE business_id = $1 AND booking_id = $2 AND kind = $3 AND channel = $4",
            booking.business_id,
            booking.booking_id,
            kind,
            channel,
        )
    )


async def save(pool: asyncpg.Pool, booking: BookingRef, kind: str, channel: str, *, vendor_id: str | None) -> None:
    """Records that the message was sent, or refused where there is no `vendor_id`. Repeatable."""
    state = "refused" if vendor_id is None else "sent"
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(SAVE, booking.business_id, booking.booking_id, kind, channel, state, vendor_id)
        await tell(connection, booking, f"{kind}:{channel}", f"notification_{state}", channel=channel, message=kind)
