"""Money that was called given back and did not arrive: our books are put right, and it is told."""

from __future__ import annotations

import asyncpg

from domain.bookings import BookingRef
from domain.money import Money
from domain.payments import Refund
from store.events import Connection, tell

# What the vendor said before is not its last word. Only what people have settled by hand stays.
LOSE = """
UPDATE refunds r SET state = 'failed', failure_code = $5, vendor_id = coalesce(r.vendor_id, $4), updated_at = now()
FROM (SELECT business_id, booking_id, step, state FROM refunds
      WHERE business_id = $1 AND booking_id = $2 AND (vendor_id = $4 OR $2::text || ':refund:' || step = $3)
      FOR UPDATE) was
WHERE r.business_id = was.business_id AND r.booking_id = was.booking_id AND r.step = was.step AND r.state <> 'failed'
  AND NOT EXISTS (SELECT FROM booking_events e WHERE e.business_id = r.business_id AND e.booking_id = r.booking_id
                  AND e.key IN ('by-hand:refund:' || r.step, 'refund:' || r.step || ':failed'))
RETURNING r.step, r.amount, r.currency, r.charge_step, was.state
"""

UNCOUNT = """
UPDATE payments SET refunded = greatest(0, refunded - $3), updated_at = now() WHERE business_id = $1 AND booking_id = $2
"""

IS_ROW = """
SELECT EXISTS (SELECT FROM refunds WHERE business_id = $1 AND booking_id = $2
               AND (vendor_id = $4 OR $2::text || ':refund:' || step = $3))
"""

# Undoing a checkout or a charge has no row of its own. Counted as the vendor counts, since a lost one may have been made anew.
PAYMENT = """
UPDATE payments SET refunded = $4, updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND vendor_id = $3 AND state = 'captured' AND refunded > $4
  AND NOT EXISTS (SELECT FROM booking_events WHERE business_id = $1 AND booking_id = $2 AND key = 'by-hand:void-payment')
RETURNING true
"""
CHARGE = """
UPDATE charges SET state = 'captured', decline_code = NULL, updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND vendor_id = $3 AND decline_code = 'undone' AND amount > $4
  AND NOT EXISTS (SELECT FROM booking_events
                  WHERE business_id = $1 AND booking_id = $2 AND key = 'by-hand:undo-charge:' || step)
RETURNING step
"""


async def is_asked_for(pool: asyncpg.Pool, booking: BookingRef, key: str | None, lost: Refund) -> bool:
    """Whether it is one of the booking's refunds, and not the undo of a checkout or a charge."""
    return bool(await pool.fetchval(IS_ROW, booking.business_id, booking.booking_id, key or "", lost.id))


async def lose(pool: asyncpg.Pool, booking: BookingRef, key: str | None, lost: Refund) -> bool:
    """A refund that was asked for has failed, whatever was said of it before. False for a repeat, and for what was settled by
    hand: then nothing has changed. `key` is what it was asked for with."""
    async with pool.acquire() as connection, connection.transaction():
        known = booking.business_id, booking.booking_id
        row = await connection.fetchrow(LOSE, *known, key or "", lost.id, lost.failure_code)
        if row is None:
            return False
        if row["state"] == "succeeded" and row["charge_step"] is None:
            await connection.execute(UNCOUNT, *known, row["amount"])
        amount = Money(row["amount"], row["currency"])
        await _tell(connection, booking, f"refund:{row['step']}:failed", row["step"], amount, lost)
    return True


async def lose_undo(pool: asyncpg.Pool, booking: BookingRef, payment_id: str, refunded: int, lost: Refund) -> bool:
    """The undo of a checkout or of a charge has failed after it was called done; the vendor counts so much as `refunded` now,
    in minor units. False where our books say no more than that: a repeat, or it was made anew."""
    async with pool.acquire() as connection, connection.transaction():
        known = booking.business_id, booking.booking_id, payment_id, refunded
        step = "void-payment" if await connection.fetchval(PAYMENT, *known) else None
        if step is None and (charge := await connection.fetchval(CHARGE, *known)) is not None:
            step = f"undo-charge:{charge}"
        if step is None:
            return False
        await _tell(connection, booking, f"{step}:{lost.id}:failed", step, lost.amount, lost)
        key, code = f"trouble:{step}:{lost.id}", lost.failure_code
        await tell(connection, booking, key, "trouble", step=step, code=code)  # for operators: it is not undone
    return True


async def _tell(connection: Connection, booking: BookingRef, key: str, step: str, amount: Money, lost: Refund) -> None:
    said, currency, code = amount.amount, amount.currency, lost.failure_code
    await tell(connection, booking, key, "refund_failed", step=step, amount=said, currency=currency, code=code)
