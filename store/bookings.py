"""The bookings themselves: each change of status is one transaction with its line on the timeline."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from domain.bookings import ALLOWED_TRANSITIONS, BookingRef, BookingStatus, HoldSlot, check_transition
from domain.errors import HoldTooLate, NotFound, SlotTaken
from domain.holders import BOOKING as ONE_BOOKING
from store import calendar_events, claims, customers, open_holds, quotas, reminders, waitlist_offers
from store.events import Connection, tell
from store.policies import policies_json

BOOKING = """
INSERT INTO bookings (business_id, id, service_id, provider_id, customer_id, starts_at, ends_at, blocks, capacity, seats,
                      price_amount, price_currency, payment, status, hold_expires_at, manage_token_hash, request_hash,
                      resource_ids, override_reason, policies, waitlist_entry_id, held_for_mailbox, held_for_phone, held_from)
VALUES ($1, $2, $3, $4, $5, $6, $7, tstzrange($8, $9), $10, $11, $12, $13, $14, 'pending', $15, $16, $17, $18, $19, $20, $21,
        $22, $23, $24)
ON CONFLICT (business_id, id) DO NOTHING
RETURNING id
"""

ASSIGNED = """
UPDATE provider_services SET last_assigned_at = clock_timestamp()
WHERE business_id = $1 AND provider_id = $2 AND service_id = $3
"""

# NO KEY: a taker of this booking's lapsed hold tells so on its timeline, and that foreign key must not wait for us.
PRESENT = "SELECT status FROM bookings WHERE business_id = $1 AND id = $2 FOR NO KEY UPDATE"

# A cancelled appointment is a later state of it, also in the customer's calendar (RFC 5546, 2.1.4).
MOVE = """
UPDATE bookings SET status = $3, status_reason = $4, updated_at = now(),
       sequence = sequence + (status = 'confirmed' AND $3 = 'cancelled')::int
WHERE business_id = $1 AND id = $2 AND status = ANY($5::text[])
RETURNING waitlist_entry_id
"""

GONE = frozenset({BookingStatus.CANCELLED, BookingStatus.FAILED, BookingStatus.EXPIRED})


FIRST_HOLD = "SELECT hold_expires_at, status_reason FROM bookings WHERE business_id = $1 AND id = $2"


async def hold(pool: asyncpg.Pool, order: HoldSlot, hold_for: timedelta, answer_by: datetime | None = None) -> datetime:
    """Creates the booking and claims its slot; returns when the hold ends, by the database's clock. An offer's ends by its start.

    Raises SlotTaken and TooManyHolds, with nothing written. After `answer_by` whoever asked was told to come again: raises
    HoldTooLate, with a booking that has expired and whose timeline says why. Repeatable: a booking that exists already answers
    its first hold's end.
    """
    async with pool.acquire() as connection:
        now: datetime = await connection.fetchval("SELECT now()")
        expires_at = now + hold_for
        if order.waitlist_entry_id is not None:
            expires_at = min(expires_at, order.starts_at)
        if answer_by is not None and now >= answer_by:
            is_new = await _note_too_late(connection, order, answer_by)
        else:
            async with asyncio.timeout(seconds_until(answer_by, now)), connection.transaction():
                is_new = await hold_until(connection, order, expires_at)
                if is_new:
                    await open_holds.check(connection, order.business_id, order.holder, order.booking_id, ONE_BOOKING)
            if is_new:
                return expires_at.astimezone(UTC)
        (first,) = await connection.fetch(FIRST_HOLD, order.business_id, order.booking_id)
    if is_new or first["status_reason"] == HoldTooLate.code:
        raise HoldTooLate("nobody waits for this hold any more")
    held_until: datetime = first["hold_expires_at"]
    return held_until.astimezone(UTC)


def seconds_until(answer_by: datetime | None, now: datetime) -> float | None:
    """How long a hold may still take; None where nobody waits for it."""
    return None if answer_by is None else (answer_by - now).total_seconds()


async def _note_too_late(connection: Connection, order: HoldSlot, answer_by: datetime) -> bool:
    """Writes the booking as one that has expired before it was held; it claims nothing. False where it exists already."""
    booking = BookingRef(order.business_id, order.booking_id)
    async with connection.transaction():
        if not await _insert(connection, order, answer_by):
            return False
        pending, expired, why = [BookingStatus.PENDING.value], BookingStatus.EXPIRED, HoldTooLate.code
        await connection.execute(MOVE, booking.business_id, booking.booking_id, expired.value, why, pending)
        await tell(connection, booking, "not-held", "not_held", status=expired, reason=why, answer_by=answer_by.isoformat())
    return True


async def hold_until(connection: Connection, order: HoldSlot, expires_at: datetime) -> bool:
    """Creates the booking and claims its slot in the caller's transaction; False where the booking exists already.

    Raises SlotTaken; the caller's transaction must then roll back.
    """
    booking = BookingRef(order.business_id, order.booking_id)
    if not await _insert(connection, order, expires_at):
        return False
    await quotas.check(connection, order)
    await claims.take(connection, order, expires_at)
    await tell(
        connection,
        booking,
        "held",
        "held",
        status=BookingStatus.PENDING,
        expires_at=expires_at.isoformat(),
        seats=order.seats,
        assigned_by=order.assigned_by,
    )
    await waitlist_offers.make_offer(connection, order)
    if order.assigned_by is not None:
        await connection.execute(ASSIGNED, order.business_id, order.provider_id, order.service_id)
    if order.broken_rules:
        rules = ", ".join(broken.rule.value for broken in order.broken_rules)
        sources = [broken.source for broken in order.broken_rules]
        await tell(connection, booking, "overridden", "rules_overridden", rules=rules, sources=sources)
    return True


async def _insert(connection: Connection, order: HoldSlot, expires_at: datetime) -> bool:
    customer_id = await _customer(connection, order)
    inserted = await connection.fetchval(
        BOOKING,
        order.business_id,
        order.booking_id,
        order.service_id,
        order.provider_id,
        customer_id,
        order.starts_at,
        order.ends_at,
        order.blocks_from,
        order.blocks_until,
        order.capacity,
        order.seats,
        order.price.amount,
        order.price.currency,
        order.payment.value,
        expires_at,
        bytes.fromhex(order.manage_token_hash),
        bytes.fromhex(order.request_hash),
        list(order.resource_ids),
        order.override_reason,
        policies_json(order.policies),
        order.waitlist_entry_id,
        *open_holds.keys_of(order.holder),
    )
    return inserted is not None


async def _customer(connection: Connection, order: HoldSlot) -> UUID:
    """Raises SlotTaken where they were erased since they asked: whoever asks again is somebody new."""
    if order.customer_id is None:
        if order.customer is None:
            raise RuntimeError("an order says who books")
        return (await customers.know(connection, order.business_id, order.customer)).id
    if not await customers.is_present(connection, order.business_id, order.customer_id):
        raise SlotTaken("the customer was erased meanwhile")
    return order.customer_id


async def move(
    connection: Connection,
    booking: BookingRef,
    target: BookingStatus,
    *,
    key: str,
    kind: str,
    reason: str | None = None,
    **said: str | int | None,
) -> bool:
    """Changes the status and tells it, in the caller's transaction. False when `key` was done before: nothing is changed.

    The booking's reminders come with its confirmation and go with its end. `said` goes on the timeline: codes and numbers.
    Raises NotFound, or TransitionNotAllowed when the present status does not lead to `target`.
    """
    present = await connection.fetchval(PRESENT, booking.business_id, booking.booking_id)
    if present is None:
        raise NotFound("there is no such booking")
    if not await tell(connection, booking, key, kind, status=target, reason=reason, **said):
        return False
    check_transition(BookingStatus(present), target)
    sources = [source.value for source, targets in ALLOWED_TRANSITIONS.items() if target in targets]
    offered_to = await connection.fetchval(MOVE, booking.business_id, booking.booking_id, target.value, reason, sources)
    if offered_to is not None:
        await waitlist_offers.follow_booking(connection, booking, target)
    if target in GONE and present != BookingStatus.PENDING:  # what is only held has no event
        await calendar_events.note_unwanted(connection, booking)
    if target is BookingStatus.CONFIRMED:
        await reminders.plan(connection, booking)
    elif present == BookingStatus.CONFIRMED:
        await reminders.drop_all(connection, booking)
    return True


async def begin_confirmation(pool: asyncpg.Pool, booking: BookingRef, attempt: int) -> None:
    """The customer's n-th try to confirm has begun. Repeatable. Raises as `move`."""
    async with pool.acquire() as connection, connection.transaction():
        await move(connection, booking, BookingStatus.CONFIRMING, key=f"confirming:{attempt}", kind="confirming")


async def keep_words(connection: Connection, booking: BookingRef, words: str | None) -> None:
    """Keeps what people said when they ended the booking: here only, sealed, for it may say anything about them. Repeatable."""
    if words is not None:
        words = await customers.seal_words(connection, booking, words)
        await connection.execute(
            "UPDATE bookings SET closing_words = $3 WHERE business_id = $1 AND id = $2",
            booking.business_id,
            booking.booking_id,
            words,
        )


async def close(pool: asyncpg.Pool, booking: BookingRef, status: BookingStatus, reason: str, words: str | None = None) -> None:
    """Ends a booking that was not confirmed: frees its time and gives it its final status, together.

    Repeatable; a booking that was never written (its hold was refused) is left alone, and so is one that has ended.
    """
    async with pool.acquire() as connection, connection.transaction():
        present = await connection.fetchval(PRESENT, booking.business_id, booking.booking_id)
        if present is None or BookingStatus(present).is_final:
            return
        await claims.release_if_held(connection, booking)
        await move(connection, booking, status, key=status.value, kind=status.value, reason=reason)
        await keep_words(connection, booking, words)
