"""Calling a booking a no-show: its status and the fee that its policy asks, in one transaction."""

from __future__ import annotations

from datetime import timedelta

import asyncpg

from domain.bookings import BookingRef, BookingStatus
from domain.errors import NotFound, TransitionNotAllowed
from domain.money import Money
from store import bookings, charges, claims
from store.conditions import check_unchanged
from store.events import Connection
from store.policies import policies_in

STEP = "no-show"

# Locked as every change of a booking is. The clock is the database's.
STANDING = """
SELECT b.status, b.starts_at, b.ends_at, b.policies, b.price_amount, b.price_currency, clock_timestamp() AS now,
       EXISTS (SELECT FROM payments m WHERE m.business_id = b.business_id AND m.booking_id = b.id AND m.state = 'captured')
           AS is_paid
FROM bookings b WHERE b.business_id = $1 AND b.id = $2 FOR NO KEY UPDATE OF b
"""


async def mark(pool: asyncpg.Pool, booking: BookingRef, version: int | None = None) -> Money | None:
    """Makes the booking a no-show and asks for its fee, all or nothing; returns the fee, None where there is none.

    Repeatable. Raises NotFound, ChangedMeanwhile, and TransitionNotAllowed before the start, after the window, and for what did
    not take place.
    """
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(STANDING, booking.business_id, booking.booking_id)
        if row is None:
            raise NotFound("there is no such booking")
        if row["status"] != BookingStatus.NO_SHOW:
            await check_unchanged(connection, booking, version)
            await _mark(connection, booking, row)
        charge = await charges.find_charge(connection, booking, STEP)
        return charge.amount if charge else None


async def _mark(connection: Connection, booking: BookingRef, row: asyncpg.Record) -> None:
    policy = policies_in(row["policies"]).no_show
    _check_window(row, policy.window)
    fee = policy.fee(Money(row["price_amount"], row["price_currency"]))
    is_due = row["is_paid"] and not fee.is_free
    target = BookingStatus.NO_SHOW
    said = fee.amount if is_due else 0
    await bookings.move(connection, booking, target, key=target.value, kind=target.value, reason=STEP, by="staff", fee=said)
    await claims.release_if_held(connection, booking)
    if is_due:
        await charges.request(connection, booking, STEP, fee, reason=STEP)


def _check_window(row: asyncpg.Record, window: timedelta) -> None:
    if row["now"] < row["starts_at"]:
        raise TransitionNotAllowed("the appointment has not begun", status=row["status"])
    if row["now"] > row["ends_at"] + window:
        minutes = window // timedelta(minutes=1)
        raise TransitionNotAllowed("the time to say so is over", status=row["status"], window_minutes=minutes)
