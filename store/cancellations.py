"""Ending a confirmed booking before its time: what it gives back, and the one transaction that does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from domain.bookings import Actor, BookingRef, BookingStatus
from domain.errors import NotFound
from domain.money import Money
from domain.policies import Policies, RefundQuote
from domain.refunds import Cancellation, RefundWish, quote
from store import bookings, claims, refunds
from store.conditions import check_unchanged
from store.events import Connection
from store.policies import policies_in
from store.pool import Database

STEP = "cancel"
CODES = {Actor.CUSTOMER: "cancelled-by-customer", Actor.STAFF: "cancelled-by-staff"}

# Locked as every change of a booking is, so that what is paid and what is left of it does not change meanwhile.
LOCK = "SELECT status FROM bookings WHERE business_id = $1 AND id = $2 FOR NO KEY UPDATE"

FACTS = """
SELECT policies, starts_at, price_currency, clock_timestamp() AS now FROM bookings WHERE business_id = $1 AND id = $2
"""


@dataclass(frozen=True, slots=True)
class CancellationFacts:
    """What the refund depends on. `paid` is what is left of all payments after earlier refunds."""

    policies: Policies
    starts_at: datetime
    now: datetime
    paid: Money

    def quote(self, by: Actor, wish: RefundWish | None) -> RefundQuote:
        """What cancelling at this moment gives back."""
        return quote(self.policies, self.paid, self.starts_at, self.now, by, wish)


async def read_cancellation_facts(database: Database, booking: BookingRef) -> CancellationFacts:
    """As they are now, by the database's clock. Raises NotFound."""
    row = await database.fetchrow(FACTS, booking.business_id, booking.booking_id)
    if row is None:
        raise NotFound("there is no such booking")
    paid = await refunds.read_left(database, booking) or Money(0, row["price_currency"])
    return CancellationFacts(policies_in(row["policies"]), row["starts_at"], row["now"], paid)


async def cancel(
    pool: asyncpg.Pool,
    booking: BookingRef,
    by: Actor,
    words: str | None,
    wish: RefundWish | None,
    version: int | None = None,
) -> Cancellation:
    """Closes a confirmed booking: its time is free, its reminders are gone, and its refund is asked for, all or nothing.

    Repeatable: the first one's refund stays. Raises NotFound, ChangedMeanwhile, and TransitionNotAllowed for one that is not
    confirmed.
    """
    async with pool.acquire() as connection, connection.transaction():
        if not await _is_cancelled(connection, booking):
            await check_unchanged(connection, booking, version)
            await _cancel(connection, booking, by, words, wish)
        return await _asked_back(connection, booking)


async def undo(pool: asyncpg.Pool, booking: BookingRef, reason: str) -> Cancellation:
    """Closes a confirmed booking that cannot be kept as its business wants it: as a cancel does, but all of its money comes back.

    Repeatable. Raises NotFound, and TransitionNotAllowed for one that is not confirmed. `reason` is a code.
    """
    async with pool.acquire() as connection, connection.transaction():
        if not await _is_cancelled(connection, booking):
            facts = await read_cancellation_facts(connection, booking)
            await _close(connection, booking, reason, refund=facts.paid.amount)
            if not facts.paid.is_free:
                await refunds.request_in_parts(connection, booking, STEP, facts.paid, reason=reason, by=Actor.STAFF)
        return await _asked_back(connection, booking)


async def _is_cancelled(connection: Connection, booking: BookingRef) -> bool:
    return bool(await connection.fetchval(LOCK, booking.business_id, booking.booking_id) == BookingStatus.CANCELLED)


async def _asked_back(connection: Connection, booking: BookingRef) -> Cancellation:
    mine = await refunds.list_parts(connection, booking, STEP)
    if not mine:
        return Cancellation(None)
    total = Money(sum(row.amount.amount for row in mine), mine[0].amount.currency)
    return Cancellation(total, tuple(row.step for row in mine))


async def _cancel(connection: Connection, booking: BookingRef, by: Actor, words: str | None, wish: RefundWish | None) -> None:
    facts = await read_cancellation_facts(connection, booking)
    quoted = facts.quote(by, wish)
    code = CODES[by]
    said = {"by": by.value, "percent": quoted.percent, "refund": quoted.refund.amount, "kept": quoted.kept.amount}
    await _close(connection, booking, code, **said)
    await bookings.keep_words(connection, booking, words)
    if not quoted.refund.is_free:
        await refunds.request_in_parts(connection, booking, STEP, quoted.refund, reason=code, by=by)


async def _close(connection: Connection, booking: BookingRef, code: str, **said: str | int) -> None:
    target = BookingStatus.CANCELLED
    await bookings.move(connection, booking, target, key=target.value, kind=target.value, reason=code, **said)
    await claims.release_if_held(connection, booking)
