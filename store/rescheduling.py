"""Moves a booking to another time: its claims, its row, its reminders and its timeline in one transaction, or nothing."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import asyncpg

from domain.bookings import BookingRef, BookingStatus
from domain.errors import NotFound, TransitionNotAllowed
from domain.money import Money
from domain.rescheduling import Movable, Move, Moved
from store import quotas, refunds, reminders
from store.claim_moves import exchange, give_back_if_reserved
from store.claim_moves import reserve as claim_beside
from store.events import Connection, tell
from store.links import find_link, spend_link
from store.policies import policies_in
from store.pool import Database

STANDING = """
SELECT b.status, b.starts_at, b.ends_at, b.sequence, b.policies,
       (SELECT count(*) FROM reschedules r
        WHERE r.business_id = b.business_id AND r.booking_id = b.id AND r.asked_by = 'customer') AS moves
FROM bookings b WHERE b.business_id = $1 AND b.id = $2
"""

# NO KEY: a taker of another booking's lapsed hold tells so on its timeline, and that foreign key must not wait for us.
LOCK = """
SELECT status, sequence, provider_id, resource_ids, starts_at, ends_at, blocks, price_amount, price_currency
FROM bookings WHERE business_id = $1 AND id = $2
FOR NO KEY UPDATE
"""

MOVE = """
UPDATE bookings
SET provider_id = $3, starts_at = $4, ends_at = $5, blocks = tstzrange($6, $7), price_amount = $8, resource_ids = $9,
    override_reason = coalesce($10, override_reason), sequence = $11, updated_at = now()
WHERE business_id = $1 AND id = $2
"""

KEEP = """
INSERT INTO reschedules (business_id, booking_id, sequence, move_id, asked_by, override_reason, request_key, request_hash,
                         old_provider_id, old_starts_at, old_ends_at, old_price_amount,
                         provider_id, starts_at, ends_at, price_amount)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""

# Where its event may still stand: where it was written, and where the provider's calendar is now.
LEAVE_CALENDAR = """
INSERT INTO left_calendars (business_id, booking_id, calendar_id)
SELECT $1, $2, calendar_id
FROM (SELECT coalesce(calendar_id, email) AS calendar_id FROM providers WHERE business_id = $1 AND id = $3
      UNION SELECT calendar_id FROM calendar_events WHERE business_id = $1 AND booking_id = $2 AND state = 'written') known
WHERE calendar_id IS NOT NULL
ON CONFLICT DO NOTHING
"""

IS_RESERVED = "SELECT true FROM booking_events WHERE business_id = $1 AND booking_id = $2 AND key = $3"

DONE = """
SELECT r.sequence, r.provider_id, r.starts_at, r.ends_at, r.price_amount, b.price_currency, r.request_hash,
       r.provider_id <> r.old_provider_id AS has_new_provider
FROM reschedules r JOIN bookings b ON b.business_id = r.business_id AND b.id = r.booking_id
WHERE r.business_id = $1 AND r.booking_id = $2 AND
"""


async def find_movable(database: Database, booking: BookingRef) -> Movable | None:
    """What decides whether this booking may be moved."""
    row = await database.fetchrow(STANDING, booking.business_id, booking.booking_id)
    if row is None:
        return None
    policy = policies_in(row["policies"]).reschedule
    return Movable(BookingStatus(row["status"]), row["starts_at"], row["ends_at"], row["sequence"], row["moves"], policy)


async def find_answer(database: Database, booking: BookingRef, request_key: bytes) -> tuple[Moved, bytes] | None:
    """What the first request with this key came to, and its hash; None where it moved nothing."""
    row = await database.fetchrow(f"{DONE} r.request_key = $3", booking.business_id, booking.booking_id, request_key)
    return (_moved_in(row), row["request_hash"]) if row else None


async def reserve(pool: asyncpg.Pool, move: Move) -> None:
    """Claims the new time beside the old one, so that it can be paid for: afterwards both are the booking's. Repeatable.

    Raises SlotTaken and TransitionNotAllowed, with nothing written.
    """
    async with pool.acquire() as connection, connection.transaction():
        await _lock(connection, move)
        if not await tell(connection, move.booking, f"{move.step}:reserved", "time_reserved"):
            return
        await quotas.check(connection, move)
        if move.link_hash is not None:
            link = await find_link(connection, move.booking, bytes.fromhex(move.link_hash))
            if link is not None and link.is_spent:
                link.check()
        await claim_beside(connection, move)


async def undo_reserve_if_made(pool: asyncpg.Pool, move: Move) -> None:
    """Gives the new time back and keeps the old one. Repeatable; a no-op where nothing was reserved, or the move is made."""
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(LOCK, move.business_id, move.booking_id)
        if row is None:
            return
        of, blocks = {row["provider_id"], *row["resource_ids"]}, (row["blocks"].lower, row["blocks"].upper)
        if await give_back_if_reserved(connection, move.booking, of, blocks):
            await tell(connection, move.booking, f"{move.step}:given-back", "time_given_back")


async def make(pool: asyncpg.Pool, move: Move) -> Moved:
    """The swap: the new time is taken and the old one given up, at once; returns where the booking is now.

    Raises SlotTaken, TransitionNotAllowed and LinkSpent, with nothing written. Repeatable: a move that was made answers again.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(LOCK, move.business_id, move.booking_id)  # a repeat waits for the try that it repeats
        done = await connection.fetchrow(f"{DONE} r.move_id = $3", move.business_id, move.booking_id, move.id)
        if done is not None:
            return _moved_in(done, await _refund_steps(connection, move))
        old = await _lock(connection, move)
        if not await connection.fetchval(IS_RESERVED, move.business_id, move.booking_id, f"{move.step}:reserved"):
            await quotas.check(connection, move)  # what was reserved was counted then, and is paid for by now
        if move.link_hash is not None:
            await spend_link(connection, move.booking, bytes.fromhex(move.link_hash))
        await exchange(connection, move)
        await _write(connection, move, old)
        await reminders.replan(connection, move.booking)
        await _tell(connection, move)
        await _ask_for_refund(connection, move)
        steps = await _refund_steps(connection, move)
    is_elsewhere = move.provider_id != old["provider_id"]
    return Moved(move.sequence, move.provider_id, move.starts_at, move.ends_at, move.price, steps, is_elsewhere)


async def _lock(connection: Connection, move: Move) -> asyncpg.Record:
    """The booking's row, which stays as it is until the end of the transaction. Raises NotFound, TransitionNotAllowed."""
    row = await connection.fetchrow(LOCK, move.business_id, move.booking_id)
    if row is None:
        raise NotFound("there is no such booking")
    if row["status"] != BookingStatus.CONFIRMED:
        raise TransitionNotAllowed(f"a booking that is {row['status']} cannot be moved", status=row["status"])
    if row["sequence"] != move.sequence - 1:
        raise TransitionNotAllowed("the booking was moved meanwhile; look at it again", status=row["status"])
    return row


async def _write(connection: Connection, move: Move, old: asyncpg.Record) -> None:
    booking = (move.business_id, move.booking_id)
    if move.provider_id != old["provider_id"]:
        await connection.execute(LEAVE_CALENDAR, *booking, old["provider_id"])
    await connection.execute(
        MOVE,
        *booking,
        move.provider_id,
        move.starts_at,
        move.ends_at,
        move.blocks_from,
        move.blocks_until,
        move.price.amount,
        list(move.resource_ids),
        move.override_reason,
        move.sequence,
    )
    await connection.execute(
        KEEP,
        *booking,
        move.sequence,
        move.id,
        move.asked_by.value,
        move.override_reason,
        bytes.fromhex(move.request_key) if move.request_key else None,
        bytes.fromhex(move.request_hash),
        old["provider_id"],
        old["starts_at"],
        old["ends_at"],
        old["price_amount"],
        move.provider_id,
        move.starts_at,
        move.ends_at,
        move.price.amount,
    )


async def _tell(connection: Connection, move: Move) -> None:
    said: dict[str, Any] = {
        "sequence": move.sequence,
        "by": move.asked_by.value,
        "starts_at": move.starts_at.astimezone(UTC).isoformat(),
        "ends_at": move.ends_at.astimezone(UTC).isoformat(),
        "provider_id": str(move.provider_id),
        "price": move.price.amount if move.price != move.old_price else None,
    }
    await tell(connection, move.booking, f"rescheduled:{move.sequence}", "rescheduled", status=BookingStatus.CONFIRMED, **said)
    if move.broken_rules:
        rules = ", ".join(broken.rule.value for broken in move.broken_rules)
        sources = [broken.source for broken in move.broken_rules]
        await tell(connection, move.booking, f"{move.step}:overridden", "move_overridden", rules=rules, sources=sources)


async def _ask_for_refund(connection: Connection, move: Move) -> None:
    if not move.cheaper_by.is_free:
        amount, by = move.cheaper_by, move.asked_by
        await refunds.request_in_parts(connection, move.booking, move.step, amount, reason="rescheduled", by=by)


async def _refund_steps(connection: Connection, move: Move) -> tuple[str, ...]:
    return tuple(row.step for row in await refunds.list_parts(connection, move.booking, move.step))


def _moved_in(row: asyncpg.Record, refund_steps: tuple[str, ...] = ()) -> Moved:
    price = Money(row["price_amount"], row["price_currency"])
    times = row["starts_at"], row["ends_at"]
    return Moved(row["sequence"], row["provider_id"], *times, price, refund_steps, row["has_new_provider"])
