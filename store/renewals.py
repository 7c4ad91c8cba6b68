"""Payments that took the place of a booking's payment, or should have: written down before money is touched."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from domain.bookings import BookingRef
from domain.errors import NotFound
from domain.payments import Payment, PaymentState
from domain.vendor_accounts import bare_id
from store import approvals
from store.events import Connection, tell

BEGIN = """
INSERT INTO renewals (business_id, booking_id, number, old_vendor_id)
SELECT m.business_id, m.booking_id, $3, m.vendor_id FROM payments m WHERE m.business_id = $1 AND m.booking_id = $2
ON CONFLICT (business_id, booking_id, number) DO NOTHING
"""

LIST = """
SELECT number, old_vendor_id, vendor_id, state FROM renewals
WHERE business_id = $1 AND booking_id = $2 AND ($3::int IS NULL OR number = $3)
ORDER BY number
"""

# What has taken the old one's place, or was voided, stays: only the timeline hears of news that came too late.
NOTE = """
UPDATE renewals SET vendor_id = $4, state = $5, updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND number = $3 AND state NOT IN ('authorised', 'cancelled')
"""

# From here on this is the booking's one payment; the state starts anew with it.
SWAP = """
UPDATE payments m SET vendor_id = r.vendor_id, state = r.state, next_action = NULL, updated_at = now()
FROM renewals r
WHERE r.business_id = $1 AND r.booking_id = $2 AND r.number = $3 AND r.state = 'authorised'
  AND m.business_id = r.business_id AND m.booking_id = r.booking_id AND m.vendor_id = r.old_vendor_id AND m.state <> 'captured'
"""

VOIDED = """
UPDATE renewals SET state = 'cancelled', updated_at = now() WHERE business_id = $1 AND booking_id = $2 AND number = $3
"""


@dataclass(frozen=True, slots=True)
class Renewal:
    """One payment in the place of another; without a `vendor_id` nobody knows yet whether the vendor has it."""

    number: int
    old_vendor_id: str
    vendor_id: str | None
    state: str


async def begin(pool: asyncpg.Pool, booking: BookingRef, number: int) -> Renewal:
    """Writes down what is to be replaced; the first time decides. Raises NotFound where there is no payment."""
    await pool.execute(BEGIN, booking.business_id, booking.booking_id, number)
    found = await list_renewals(pool, booking, number)
    if not found:
        raise NotFound("no payment was opened for this booking")
    return found[0]


async def list_renewals(pool: asyncpg.Pool, booking: BookingRef, number: int | None = None) -> list[Renewal]:
    """All of the booking, or the one of this number, in their order."""
    return [Renewal(**row) for row in await pool.fetch(LIST, booking.business_id, booking.booking_id, number)]


async def save(pool: asyncpg.Pool, booking: BookingRef, number: int, payment: Payment) -> None:
    """Records what the vendor says of this renewal and tells it. Once it is reserved it is the booking's payment. Repeatable."""
    async with pool.acquire() as connection, connection.transaction():
        mine = (booking.business_id, booking.booking_id, number)
        await connection.execute(NOTE, *mine, payment.id or None, payment.state.value)
        if payment.state is PaymentState.AUTHORISED:
            await connection.execute(SWAP, *mine)
            await approvals.note_payment_needed(connection, booking, False)
            await _tell(connection, booking, number, payment, "renewed")
        elif payment.state in (PaymentState.DECLINED, PaymentState.CANCELLED):
            await approvals.note_payment_needed(connection, booking, True)
            await _tell(connection, booking, number, payment, "renewal_declined")
        elif payment.state is PaymentState.ACTION_REQUIRED:
            await _tell(connection, booking, number, payment, "action_required")


async def note_voided(pool: asyncpg.Pool, booking: BookingRef, number: int, kind: str, vendor_id: str) -> None:
    """Tells that a payment was let go: the renewal's own as `renewal_voided`, or the one it replaced as `replaced_voided`."""
    async with pool.acquire() as connection, connection.transaction():
        if kind == "renewal_voided":
            await connection.execute(VOIDED, booking.business_id, booking.booking_id, number)
        await tell(connection, booking, f"{kind}:{number}", f"payment_{kind}", vendor_id=bare_id(vendor_id))


async def _tell(connection: Connection, booking: BookingRef, number: int, payment: Payment, kind: str) -> None:
    """Each kind once for each renewal."""
    await tell(
        connection,
        booking,
        f"{kind}:{number}",
        f"payment_{kind}",
        vendor_id=bare_id(payment.id) or None,
        amount=payment.amount.amount,
        currency=payment.amount.currency,
        code=payment.decline_code,
    )
