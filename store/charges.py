"""What was charged after the first payment, on the method that it saved: one row a step."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from domain.bookings import BookingRef
from domain.money import Money
from domain.payments import Payment, PaymentState
from domain.vendor_accounts import bare_id
from store.events import Connection, tell
from store.pool import Database

REQUEST = """
INSERT INTO charges (business_id, booking_id, step, amount, currency, reason) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
RETURNING true
"""

FIND = """
SELECT step, amount, currency, vendor_id, state, decline_code FROM charges
WHERE business_id = $1 AND booking_id = $2 AND step = $3
"""

# The last word stays.
SAVE = """
UPDATE charges SET vendor_id = coalesce($4, vendor_id), state = $5, decline_code = $6, updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND step = $3 AND state NOT IN ('captured', 'declined')
"""

UNDONE = """
UPDATE charges SET state = 'declined', decline_code = 'undone', updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND step = $3 AND decline_code IS DISTINCT FROM 'undone'
RETURNING true
"""

KEPT = {PaymentState.CAPTURED: "captured", PaymentState.DECLINED: "declined", PaymentState.CANCELLED: "declined"}
UNDER_WAY = "processing"


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One later charge as we know it. `state` is requested, processing, captured or declined."""

    step: str
    amount: Money
    state: str
    vendor_id: str | None = None
    decline_code: str | None = None

    @property
    def is_final(self) -> bool:
        return self.state in KEPT.values()


async def request(connection: Connection, booking: BookingRef, step: str, amount: Money, *, reason: str) -> bool:
    """Writes down that this is to be charged, in the caller's transaction, and tells it. False when it was before.

    `step` is unique among the booking's charges, `reason` a code.
    """
    new = await connection.fetchval(
        REQUEST, booking.business_id, booking.booking_id, step, amount.amount, amount.currency, reason
    )
    if new:
        key, said = f"charge-requested:{step}", amount.amount
        await tell(connection, booking, key, "charge_requested", step=step, amount=said, currency=amount.currency, reason=reason)
    return bool(new)


async def find_charge(database: Database, booking: BookingRef, step: str) -> ChargeRow | None:
    """The charge of this step; None when there is none."""
    row = await database.fetchrow(FIND, booking.business_id, booking.booking_id, step)
    if row is None:
        return None
    amount = Money(row["amount"], row["currency"])
    return ChargeRow(row["step"], amount, row["state"], row["vendor_id"], row["decline_code"])


async def vendor_id(database: Database, booking: BookingRef, step: str) -> str | None:
    """The vendor's id of the payment that was charged for this step; None while there is none."""
    row = await find_charge(database, booking, step)
    return row.vendor_id if row else None


async def save(pool: asyncpg.Pool, booking: BookingRef, step: str, payment: Payment) -> None:
    """Records what the vendor says and tells it. Repeatable."""
    state = KEPT.get(payment.state, UNDER_WAY)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            SAVE, booking.business_id, booking.booking_id, step, payment.id or None, state, payment.decline_code
        )
        await tell(
            connection,
            booking,
            f"charge:{step}:{state}",
            f"charge_{state}",
            step=step,
            vendor_id=bare_id(payment.id) or None,
            amount=payment.amount.amount,
            currency=payment.amount.currency,
            code=payment.decline_code,
        )


async def save_undone(pool: asyncpg.Pool, booking: BookingRef, step: str) -> None:
    """Records that nothing is left of the charge, whatever had become of it, and tells it. Repeatable."""
    async with pool.acquire() as connection, connection.transaction():
        if await connection.fetchval(UNDONE, booking.business_id, booking.booking_id, step):
            await tell(connection, booking, f"charge:{step}:undone", "charge_undone", step=step)
