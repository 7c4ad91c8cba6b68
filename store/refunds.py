"""Money on its way back: one row for each time, from our wish for it to the vendor's last word."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from domain.bookings import Actor, BookingRef
from domain.money import Money
from domain.payments import Refund, RefundState
from store.events import Connection, tell
from store.pool import Database

REQUEST = """
INSERT INTO refunds (business_id, booking_id, step, amount, currency, reason, asked_by, charge_step)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING
RETURNING true
"""

COLUMNS = "step, charge_step, amount, currency, vendor_id, state, failure_code, reason, asked_by"

# The last word stays: a late note of a try that was thought dead reopens nothing.
SAVE = """
UPDATE refunds SET vendor_id = $4, state = $5, failure_code = $6, updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND step = $3 AND state NOT IN ('succeeded', 'failed')
RETURNING true
"""

# What the vendor has or will have given back; undoing a checkout has no row here and is written there directly.
COUNT = """
UPDATE payments p SET refunded = least(p.amount, greatest(p.refunded, r.sum)), updated_at = now()
FROM (SELECT coalesce(sum(amount), 0) AS sum FROM refunds
      WHERE business_id = $1 AND booking_id = $2 AND state = 'succeeded' AND charge_step IS NULL) r
WHERE p.business_id = $1 AND p.booking_id = $2
"""


# What could still be given back of each payment, the newest first. A refund that has failed gave nothing back.
LEFT = """
SELECT paid.charge_step, paid.currency,
       greatest(0, paid.amount - greatest(paid.refunded, coalesce(back.amount, 0)))::bigint AS left
FROM (SELECT step AS charge_step, amount, 0 AS refunded, currency, created_at FROM charges
      WHERE business_id = $1 AND booking_id = $2 AND state = 'captured'
      UNION ALL
      SELECT NULL, amount, refunded, currency, '-infinity' FROM payments
      WHERE business_id = $1 AND booking_id = $2 AND state = 'captured') paid
LEFT JOIN LATERAL (
    SELECT sum(r.amount) AS amount FROM refunds r
    WHERE r.business_id = $1 AND r.booking_id = $2 AND r.charge_step IS NOT DISTINCT FROM paid.charge_step
      AND r.state <> 'failed'
) back ON true
ORDER BY paid.created_at DESC, paid.charge_step
"""


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund as we know it. `reason` is a code. It comes from the first payment, or from the charge of `charge_step`."""

    step: str
    amount: Money
    state: RefundState
    reason: str
    asked_by: Actor
    vendor_id: str | None = None
    failure_code: str | None = None
    charge_step: str | None = None


async def request(
    connection: Connection,
    booking: BookingRef,
    step: str,
    amount: Money,
    *,
    reason: str,
    by: Actor,
    charge_step: str | None = None,
) -> bool:
    """Writes down that this is to be given back, in the caller's transaction, and tells it. False when it was before.

    `step` is unique among the booking's refunds, `reason` a code.
    """
    new = await connection.fetchval(
        REQUEST,
        booking.business_id,
        booking.booking_id,
        step,
        amount.amount,
        amount.currency,
        reason,
        by.value,
        charge_step,
    )
    if new:
        await tell(
            connection,
            booking,
            f"refund-requested:{step}",
            "refund_requested",
            step=step,
            by=by.value,
            amount=amount.amount,
            currency=amount.currency,
            reason=reason,
        )
    return bool(new)


async def read_left(database: Database, booking: BookingRef) -> Money | None:
    """What is left of all that was paid for the booking, refunds under way taken off; None where nothing was ever paid."""
    rows = await database.fetch(LEFT, booking.business_id, booking.booking_id)
    return Money(sum(row["left"] for row in rows), rows[0]["currency"]) if rows else None


async def request_in_parts(
    connection: Connection, booking: BookingRef, step: str, amount: Money, *, reason: str, by: Actor
) -> None:
    """Asks for this much from the booking's payments, the newest first: steps `{step}/0`, `{step}/1`, …"""
    missing = amount.amount
    for number, row in enumerate(await connection.fetch(LEFT, booking.business_id, booking.booking_id)):
        part = Money(min(missing, row["left"]), row["currency"])
        if not part.is_free:
            step_of_part = f"{step}/{number}"
            await request(connection, booking, step_of_part, part, reason=reason, by=by, charge_step=row["charge_step"])
        missing -= part.amount


async def list_parts(database: Database, booking: BookingRef, step: str) -> list[RefundRow]:
    """The refunds that make up what was asked for in this step."""
    return [row for row in await list_refunds(database, booking) if row.step.split("/")[0] == step]


async def find_refund(database: Database, booking: BookingRef, step: str) -> RefundRow | None:
    """The refund of this step; None when there is none."""
    row = await database.fetchrow(
        f"SELECT {COLUMNS} FROM refunds WHERE business_id = $1 AND booking_id = $2 AND step = $3",  # noqa: S608 (our own text)
        booking.business_id,
        booking.booking_id,
        step,
    )
    return _row_in(row) if row else None


async def list_refunds(database: Database, booking: BookingRef) -> list[RefundRow]:
    """All of the booking's, the oldest first."""
    rows = await database.fetch(
        f"SELECT {COLUMNS} FROM refunds WHERE business_id = $1 AND booking_id = $2 ORDER BY created_at, step",  # noqa: S608 (our own text)
        booking.business_id,
        booking.booking_id,
    )
    return [_row_in(row) for row in rows]


async def save(pool: asyncpg.Pool, booking: BookingRef, step: str, refund: Refund) -> None:
    """Records what the vendor says and tells it; what came back is counted with the payment. Repeatable."""
    async with pool.acquire() as connection, connection.transaction():
        known, vendor_id = (booking.business_id, booking.booking_id, step), refund.id or None
        if not await connection.fetchval(SAVE, *known, vendor_id, refund.state.value, refund.failure_code):
            return
        await connection.execute(COUNT, booking.business_id, booking.booking_id)
        kind = "payment_refunded" if refund.state is RefundState.SUCCEEDED else f"refund_{refund.state.value}"
        await tell(
            connection,
            booking,
            f"refund:{step}:{refund.state}",
            kind,
            step=step,
            amount=refund.amount.amount,
            currency=refund.amount.currency,
            code=refund.failure_code,
        )


def _row_in(row: asyncpg.Record) -> RefundRow:
    return RefundRow(
        step=row["step"],
        amount=Money(row["amount"], row["currency"]),
        state=RefundState(row["state"]),
        reason=row["reason"],
        asked_by=Actor(row["asked_by"]),
        vendor_id=row["vendor_id"],
        failure_code=row["failure_code"],
        charge_step=row["charge_step"],
    )
