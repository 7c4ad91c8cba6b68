"""What we know of each booking's payment: one row a booking, following the vendor."""

from __future__ import annotations

import json

import asyncpg

from domain.bookings import BookingRef
from domain.payments import Payment
from domain.vendor_accounts import bare_id
from store.events import tell

# A late note of a try that was thought dead reopens nothing: what is taken stays taken, what is voided voided.
SAVE = """
INSERT INTO payments (business_id, booking_id, vendor, vendor_id, state, amount, currency, refunded, next_action)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb)
ON CONFLICT (business_id, booking_id) DO UPDATE
SET state = excluded.state, refunded = excluded.refunded, next_action = excluded.next_action, updated_at = now()
WHERE payments.state <> 'cancelled' AND (payments.state <> 'captured' OR excluded.state = 'captured')
  AND payments.refunded <= excluded.refunded
"""


OPEN = """
SELECT EXISTS (SELECT FROM payments WHERE business_id = $1 AND booking_id = $2 AND state IN ('action_required', 'processing'))
    OR EXISTS (SELECT FROM charges WHERE business_id = $1 AND booking_id = $2 AND state IN ('requested', 'processing'))
    OR EXISTS (SELECT FROM refunds WHERE business_id = $1 AND booking_id = $2 AND state IN ('requested', 'pending'))
"""

KNOWN = """
SELECT vendor_id FROM payments WHERE business_id = $1 AND booking_id = $2
UNION ALL
SELECT vendor_id FROM charges WHERE business_id = $1 AND booking_id = $2 AND vendor_id IS NOT NULL
"""


async def payment_id(pool: asyncpg.Pool, booking: BookingRef) -> str | None:
    """The vendor's id of the booking's payment; None when none was ever opened."""
    found: str | None = await pool.fetchval(
        "SELECT vendor_id FROM payments WHERE business_id = $1 AND booking_id = $2", booking.business_id, booking.booking_id
    )
    return found


async def is_reserved(pool: asyncpg.Pool, booking: BookingRef) -> bool:
    """Whether the vendor's last word was that the money is reserved."""
    query = "SELECT state = 'authorised' FROM payments WHERE business_id = $1 AND booking_id = $2"
    return bool(await pool.fetchval(query, booking.business_id, booking.booking_id))


async def kept_id_of(pool: asyncpg.Pool, booking: BookingRef, vendor_id: str) -> str | None:
    """What this payment of the vendor's is called in our rows, whichever key of its account told of it; None where it is neither
    the booking's own nor one of its later charges."""
    rows = await pool.fetch(KNOWN, booking.business_id, booking.booking_id)
    return next((row["vendor_id"] for row in rows if bare_id(row["vendor_id"]) == bare_id(vendor_id)), None)


async def is_open(pool: asyncpg.Pool, booking: BookingRef) -> bool:
    """Whether the booking waits for money: for its payment, for a later charge or for a refund that the vendor works on."""
    return bool(await pool.fetchval(OPEN, booking.business_id, booking.booking_id))


async def save(pool: asyncpg.Pool, booking: BookingRef, vendor: str, payment: Payment, *, key: str, kind: str) -> None:
    """Records what the vendor said and tells it on the timeline. Repeatable: the same `key` is told once.

    What is final stays: only the timeline hears of news that came too late.
    """
    action = payment.next_action
    pending = json.dumps({"kind": action.kind, "url": action.url, "client_secret": action.client_secret}) if action else None
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            SAVE,
            booking.business_id,
            booking.booking_id,
            vendor,
            payment.id,
            payment.state.value,
            payment.amount.amount,
            payment.amount.currency,
            payment.refunded,
            pending,
        )
        await tell(
            connection,
            booking,
            key,
            kind,
            vendor_id=bare_id(payment.id),
            amount=payment.amount.amount,
            currency=payment.amount.currency,
            refunded=payment.refunded or None,
            code=payment.decline_code,
        )
