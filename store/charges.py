"""What was charged after the first payment, on the method that it saved: one row a step."""

from __future__ import annotations

from domain.bookings import BookingRef
from store.pool import Database


async def vendor_id(database: Database, booking: BookingRef, step: str) -> str | None:
    """The vendor's id of the payment that was charged for this step; None while there is none."""
    found: str | None = await database.fetchval(
        "SELECT vendor_id FROM charges WHERE business_id = $1 AND booking_id = $2 AND step = $3",
        booking.business_id,
        booking.booking_id,
        step,
    )
    return found
