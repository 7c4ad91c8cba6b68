"""Brings our books to what somebody has done by hand, so that nothing tries to do it once more."""

from __future__ import annotations

from typing import Any

import asyncpg

from domain.bookings import BookingRef
from domain.errors import StepNotUnderWay
from domain.operation_checks import check_settled
from domain.operations import Operation
from domain.outside_steps import ByHand
from store import operations
from store.events import Connection, tell

NOT_NEEDED = "not-needed"

# What was final stays, except a refund that the vendor could not make: then somebody has found another way.
REFUND = """
UPDATE refunds SET state = $4, failure_code = $5, updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND step = $3 AND state <> 'succeeded' AND failure_code IS DISTINCT FROM 'not-needed'
RETURNING true
"""
COUNT = """
UPDATE payments p SET refunded = least(p.amount, greatest(p.refunded, r.sum)), updated_at = now()
FROM (SELECT coalesce(sum(amount), 0) AS sum FROM refunds
      WHERE business_id = $1 AND booking_id = $2 AND state = 'succeeded' AND charge_step IS NULL) r
WHERE p.business_id = $1 AND p.booking_id = $2
"""
CHARGE = """
UPDATE charges SET state = $4, decline_code = $5, updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND step = $3 AND state IN ('requested', 'processing')
RETURNING true
"""
UNDONE = """
UPDATE charges SET state = 'declined', decline_code = 'undone', updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND step = $3 AND decline_code IS DISTINCT FROM 'undone'
RETURNING true
"""
VOIDED = """
UPDATE payments SET state = 'cancelled', next_action = NULL, updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND state NOT IN ('captured', 'cancelled')
RETURNING true
"""
REFUNDED = """
UPDATE payments SET state = 'captured', refunded = amount, next_action = NULL, updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND state <> 'cancelled' AND refunded < amount
RETURNING true
"""
DELETED = """
UPDATE calendar_events SET state = 'deleted', updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND state = 'written'
RETURNING true
"""
AMOUNTS = {
    "refund": "SELECT amount, currency FROM refunds WHERE business_id = $1 AND booking_id = $2 AND step = $3",
    "charge": "SELECT amount, currency FROM charges WHERE business_id = $1 AND booking_id = $2 AND step = $3",
    "undo-charge": "SELECT amount, currency FROM charges WHERE business_id = $1 AND booking_id = $2 AND step = $3",
    "void-payment": "SELECT amount, currency FROM payments WHERE business_id = $1 AND booking_id = $2",
}
LEFT_UNDONE = """
SELECT EXISTS (
    SELECT FROM booking_events e
    WHERE e.business_id = $1 AND e.booking_id = $2 AND e.kind = 'trouble' AND e.detail ->> 'step' = $3
) AND NOT EXISTS (
    SELECT FROM operations o WHERE o.business_id = $1 AND o.booking_id = $2 AND o.kind = 'settle' AND o.step = $3 AND o.id <> $4
)
"""


async def settle(pool: asyncpg.Pool, operation: Operation, done: ByHand, *, is_under_way: bool) -> None:
    """Calls a step done. Repeatable. `is_under_way`: the workflow was at it and has stopped.

    Raises NotSettledThatWay, KeyReused, and StepNotUnderWay where nothing of that name was left undone.
    """
    name = operation.step or ""
    check_settled(name, done)
    async with pool.acquire() as connection, connection.transaction():
        await operations.lock(connection, operation.booking)
        if not await operations.note(connection, operation):
            return
        changed = await _change_books(connection, operation.booking, name, done)
        known = operation.booking.business_id, operation.booking.booking_id, name, operation.id
        if not changed and not is_under_way and not await connection.fetchval(LEFT_UNDONE, *known):
            raise StepNotUnderWay("nothing of this name was left undone", step=name)


async def _change_books(connection: Connection, booking: BookingRef, name: str, done: ByHand) -> bool:
    kind, _, part = name.partition(":")
    known = booking.business_id, booking.booking_id
    is_needed = done is not ByHand.NOT_NEEDED
    changed: object = None
    if kind == "refund":
        became = ("succeeded", None) if is_needed else ("failed", NOT_NEEDED)
        changed = await connection.fetchval(REFUND, *known, part, *became)
        await connection.execute(COUNT, *known)
    elif kind == "charge":
        became = ("captured", None) if is_needed else ("declined", NOT_NEEDED)
        changed = await connection.fetchval(CHARGE, *known, part, *became)
    elif kind == "undo-charge" and is_needed:
        changed = await connection.fetchval(UNDONE, *known, part)
    elif kind == "void-payment" and is_needed:
        changed = await connection.fetchval(VOIDED if done is ByHand.VOIDED else REFUNDED, *known)
    elif kind == "delete-calendar-event":
        changed = await connection.fetchval(DELETED, *known)
    if changed:
        said = await _money(connection, booking, kind, part) if is_needed else {}
        await tell(connection, booking, f"by-hand:{name}", "settled_by_hand", step=name, done=done.value, by_hand=True, **said)
    return bool(changed)


async def _money(connection: Connection, booking: BookingRef, kind: str, part: str) -> dict[str, Any]:
    """How much of it was moved, where it is about money."""
    if (read := AMOUNTS.get(kind)) is None:
        return {}
    known = (booking.business_id, booking.booking_id, part)
    row = await connection.fetchrow(read, *known[: 2 if kind == "void-payment" else 3])
    return {"amount": row["amount"], "currency": row["currency"]} if row else {}
