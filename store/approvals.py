"""What a provider was asked, and what they said: one row a booking, and the claim kept until the end of the wait."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from domain.approvals import Decider, Verdict
from domain.bookings import BookingRef, BookingStatus
from domain.errors import HoldExpired, NotFound, TransitionNotAllowed
from store import links
from store.claims import LOCK_BOOKING
from store.events import Connection, tell

ASK = """
INSERT INTO approvals (business_id, booking_id, decide_by) VALUES ($1, $2, $3)
ON CONFLICT (business_id, booking_id) DO NOTHING
RETURNING true
"""

# Still a hold, with its end in the row: whoever comes after that end takes the time, whether or not a worker runs (promise 3).
HOLD_ON = """
UPDATE claim_seats SET expires_at = $3 WHERE business_id = $1 AND booking_id = $2 AND expires_at IS NOT NULL RETURNING true
"""

DECIDE = """
UPDATE approvals SET verdict = $3, decided_by = $4, decided_at = now()
WHERE business_id = $1 AND booking_id = $2 AND verdict IS NULL
RETURNING true
"""

NEED_PAYMENT = """
UPDATE approvals SET payment_needed = $3 WHERE business_id = $1 AND booking_id = $2 AND payment_needed IS DISTINCT FROM $3
"""


async def ask(pool: asyncpg.Pool, booking: BookingRef, decide_by: datetime) -> None:
    """Keeps the booking's time until then, for the provider to decide. Repeatable: the first end stays.

    Raises HoldExpired when the hold has lapsed and its time was given to another.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(LOCK_BOOKING, booking.business_id, booking.booking_id)
        if not await connection.fetchval(ASK, booking.business_id, booking.booking_id, decide_by):
            return
        if not await connection.fetchval(HOLD_ON, booking.business_id, booking.booking_id, decide_by):
            raise HoldExpired("the hold ended before the provider was asked")
        key = "approval-requested"
        await tell(connection, booking, key, "approval_requested", until=decide_by.isoformat())


async def decide(pool: asyncpg.Pool, booking: BookingRef, verdict: Verdict, by: Decider, link_hash: bytes | None = None) -> None:
    """Writes down what was said, and uses up the link that it was said by. Repeatable.

    Raises TransitionNotAllowed where the other was said before or the booking is over, LinkSpent, NotFound.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(LOCK_BOOKING, booking.business_id, booking.booking_id)
        if await _first_verdict(connection, booking) is verdict:
            return
        status = await _status(connection, booking)
        if status is not BookingStatus.CONFIRMING:
            raise TransitionNotAllowed(f"the booking is {status}", status=status.value)
        if not await connection.fetchval(DECIDE, booking.business_id, booking.booking_id, verdict.value, by.value):
            raise TransitionNotAllowed("the other was said before", status=status.value)
        if link_hash is not None:
            await links.spend_link(connection, booking, link_hash)
        await tell(connection, booking, f"verdict:{verdict}", verdict.value, by=by.value)


async def note_payment_needed(connection: Connection, booking: BookingRef, is_needed: bool) -> None:
    """Keeps whether the customer has to name another way to pay. Repeatable."""
    await connection.execute(NEED_PAYMENT, booking.business_id, booking.booking_id, is_needed)


async def _first_verdict(connection: Connection, booking: BookingRef) -> Verdict | None:
    query = "SELECT verdict FROM approvals WHERE business_id = $1 AND booking_id = $2"
    found = await connection.fetchval(query, booking.business_id, booking.booking_id)
    return Verdict(found) if found else None


async def _status(connection: Connection, booking: BookingRef) -> BookingStatus:
    query = "SELECT status FROM bookings WHERE business_id = $1 AND id = $2"
    found = await connection.fetchval(query, booking.business_id, booking.booking_id)
    if found is None:
        raise NotFound("there is no such booking")
    return BookingStatus(found)
