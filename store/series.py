"""A series' bookings as one: each change of them all, until they are confirmed, is one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg

from domain.bookings import BookingRef, BookingStatus
from domain.errors import HoldTooLate, NotFound, SlotTaken
from domain.holders import SERIES as ONE_SERIES
from domain.money import Money
from domain.rules import Rule
from domain.series import CloseSeries, HeldSeries, HoldSeries, RefusedOccurrence, SeriesMode, SeriesRef
from domain.series import WantedOccurrence as Wanted
from store import bookings, claims, open_holds
from store.bookings import seconds_until
from store.events import Connection, tell

CREATE = """
INSERT INTO series (business_id, id, service_id, provider_id, rule, time_zone, mode, payment, status, payer_id,
                    hold_expires_at, manage_token_hash, request_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10, $11, $12)
"""

OCCURRENCE = """
INSERT INTO series_occurrences (business_id, series_id, number, starts_at, is_shifted, booking_id, rule, source)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""

HELD = """
SELECT s.hold_expires_at, array_agg(o.booking_id ORDER BY o.number) FILTER (WHERE o.booking_id IS NOT NULL) AS booking_ids
FROM series s JOIN series_occurrences o ON o.business_id = s.business_id AND o.series_id = s.id
WHERE s.business_id = $1 AND s.id = $2
GROUP BY s.business_id, s.id
"""

BELONG = "UPDATE bookings SET series_id = $2 WHERE business_id = $1 AND id = ANY($3::uuid[])"

# The bookings first, in the order of their ids, as everybody locks several.
LOCK = """
SELECT id FROM bookings WHERE business_id = $1 AND series_id = $2 ORDER BY id FOR NO KEY UPDATE
"""

BECOME = "UPDATE series SET status = $3, status_reason = $4, updated_at = now() WHERE business_id = $1 AND id = $2"

# What was paid for all of them becomes the payment of each: its own price, at the vendor still the one payment.
SPLIT = """
INSERT INTO payments (business_id, booking_id, vendor, vendor_id, state, amount, currency)
SELECT b.business_id, b.id, m.vendor, m.vendor_id, m.state, b.price_amount, b.price_currency
FROM series s
JOIN payments m ON m.business_id = s.business_id AND m.booking_id = s.payer_id
JOIN bookings b ON b.business_id = s.business_id AND b.series_id = s.id
WHERE s.business_id = $1 AND s.id = $2 AND s.payment = 'at_once' AND s.status <> 'confirmed' AND b.price_amount > 0
ON CONFLICT (business_id, booking_id) DO UPDATE SET amount = excluded.amount, updated_at = now()
"""

UNPAID = """
SELECT b.price_amount, b.price_currency, s.payer_id,
       (SELECT m.vendor_id FROM payments m WHERE m.business_id = b.business_id AND m.booking_id = s.payer_id) AS payer_vendor_id
FROM bookings b JOIN series s ON s.business_id = b.business_id AND s.id = b.series_id
WHERE b.business_id = $1 AND b.id = $2
"""


async def hold(pool: asyncpg.Pool, series: HoldSeries, hold_for: timedelta, answer_by: datetime | None = None) -> HeldSeries:
    """Claims the times of the series in one transaction: all of them or none, or as many as are free, as it is wanted.

    Raises SlotTaken, with nothing written, where that is none, TooManyHolds, and HoldTooLate after `answer_by`. Repeatable: a
    series that exists answers what was held.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", series.ref.workflow_id)
        if (first := await _held(connection, series.ref)) is not None:
            return first
        now: datetime = await connection.fetchval("SELECT clock_timestamp()")
        if answer_by is not None and now >= answer_by:
            raise HoldTooLate("nobody waits for this series any more")
        expires_at = now + hold_for
        async with asyncio.timeout(seconds_until(answer_by, now)):
            held, lost = await _claim(connection, series, expires_at)
        if not held:
            raise SlotTaken("these times were just taken")
        await _create(connection, series, held, [*series.refused, *lost], expires_at)
        ref = series.ref
        await open_holds.check(connection, ref.business_id, series.pattern.holder, ref.series_id, ONE_SERIES)
    return HeldSeries(expires_at.astimezone(UTC), tuple(one.booking_id for one in held))


async def _claim(
    connection: Connection, series: HoldSeries, expires_at: datetime
) -> tuple[list[Wanted], list[RefusedOccurrence]]:
    """In order of time, as every series does, so that two of them queue rather than lock each other out."""
    held: list[Wanted] = []
    lost: list[RefusedOccurrence] = []
    for one in series.wanted:
        try:
            async with connection.transaction():  # a savepoint: what is lost leaves nothing behind
                await bookings.hold_until(connection, series.order(one), expires_at)
            held.append(one)
        except SlotTaken:
            if series.mode is SeriesMode.ALL_OR_NOTHING:
                raise
            lost.append(RefusedOccurrence(one.number, one.starts_at, Rule.TAKEN, "claims", one.is_shifted))
    return held, lost


async def _create(
    connection: Connection,
    series: HoldSeries,
    held: Sequence[Wanted],
    refused: Sequence[RefusedOccurrence],
    expires_at: datetime,
) -> None:
    ref, first = series.ref, held[0].booking_id
    await connection.execute(
        CREATE,
        ref.business_id,
        ref.series_id,
        series.pattern.service_id,
        series.provider_id,
        series.rule,
        series.zone,
        series.mode.value,
        series.payment.value,
        first,
        expires_at,
        bytes.fromhex(series.manage_token_hash),
        bytes.fromhex(series.request_hash),
    )
    await connection.execute(BELONG, ref.business_id, ref.series_id, [one.booking_id for one in held])
    rows: list[tuple[object, ...]] = [(one.number, one.starts_at, one.is_shifted, one.booking_id, None, None) for one in held]
    rows += [(one.number, one.starts_at, one.is_shifted, None, one.rule.value, one.source) for one in refused]
    await connection.executemany(OCCURRENCE, [(ref.business_id, ref.series_id, *row) for row in rows])
    payer, name = BookingRef(ref.business_id, first), str(ref.series_id)
    await tell(connection, payer, "series-created", "series_created", series_id=name, held=len(held), refused=len(refused))


async def _held(connection: Connection, ref: SeriesRef) -> HeldSeries | None:
    row = await connection.fetchrow(HELD, ref.business_id, ref.series_id)
    return HeldSeries(row["hold_expires_at"].astimezone(UTC), tuple(row["booking_ids"])) if row else None


async def begin(pool: asyncpg.Pool, ref: SeriesRef, attempt: int) -> None:
    """The customer has confirmed: from now on the series is being paid. Repeatable by the number of the try."""
    await _move_all(pool, ref, BookingStatus.CONFIRMING, f"confirming:{attempt}", "confirming", None)


async def return_to_hold(pool: asyncpg.Pool, ref: SeriesRef, attempt: int, reason: str | None) -> None:
    """The card was refused: the series stays held. Repeatable."""
    await _move_all(pool, ref, BookingStatus.PENDING, f"pending:{attempt}", "back_to_hold", reason)


async def _move_all(pool: asyncpg.Pool, ref: SeriesRef, target: BookingStatus, key: str, kind: str, reason: str | None) -> None:
    async with pool.acquire() as connection, connection.transaction():
        is_new = False
        for booking in await _lock(connection, ref):
            is_new |= await bookings.move(connection, booking, target, key=key, kind=kind, reason=reason)
        if is_new:
            await connection.execute(BECOME, ref.business_id, ref.series_id, target.value, reason)


async def secure(pool: asyncpg.Pool, ref: SeriesRef) -> None:
    """Makes all claims permanent, or none. Raises HoldExpired when another has taken one of the times since. Repeatable."""
    async with pool.acquire() as connection, connection.transaction():
        for booking in await _lock(connection, ref):
            await claims.make_permanent(connection, booking)
            await tell(connection, booking, "claim-secured", "claim_secured")


async def confirm(pool: asyncpg.Pool, ref: SeriesRef) -> None:
    """All bookings are confirmed, and a payment for all of them is divided among them. Repeatable."""
    async with pool.acquire() as connection, connection.transaction():
        found = await _lock(connection, ref)
        await connection.execute(SPLIT, ref.business_id, ref.series_id)
        for booking in found:
            target = BookingStatus.CONFIRMED
            await bookings.move(connection, booking, target, key=target.value, kind=target.value)
        if await tell(connection, found[0], "series-confirmed", "series_confirmed", series_id=str(ref.series_id)):
            await connection.execute(BECOME, ref.business_id, ref.series_id, BookingStatus.CONFIRMED.value, None)


async def close(pool: asyncpg.Pool, close: CloseSeries) -> None:
    """Ends a series that was not confirmed: frees all its times and gives every booking its final status, together.

    Repeatable; one that was never written (its hold was refused) is left alone, and so is one that has ended.
    """
    ref, status = close.ref, close.status
    async with pool.acquire() as connection, connection.transaction():
        for booking in await _lock(connection, ref):
            present = await connection.fetchval(bookings.PRESENT, booking.business_id, booking.booking_id)
            if BookingStatus(present).is_final:
                continue
            await claims.release_if_held(connection, booking)
            await bookings.move(connection, booking, status, key=status.value, kind=status.value, reason=close.reason)
            await bookings.keep_words(connection, booking, close.words)
            await connection.execute(BECOME, ref.business_id, ref.series_id, status.value, close.reason)


async def _lock(connection: Connection, ref: SeriesRef) -> list[BookingRef]:
    """Keeps the bookings of the series as they are until the end of the transaction."""
    rows = await connection.fetch(LOCK, ref.business_id, ref.series_id)
    return [BookingRef(ref.business_id, row["id"]) for row in rows]


async def read_unpaid(pool: asyncpg.Pool, booking: BookingRef) -> tuple[Money, str | None]:
    """What an occurrence costs now, and the vendor's payment whose method is to be charged for it. Raises NotFound."""
    row = await pool.fetchrow(UNPAID, booking.business_id, booking.booking_id)
    if row is None:
        raise NotFound("there is no such booking in a series")
    return Money(row["price_amount"], row["price_currency"]), row["payer_vendor_id"]


async def release_unpaid(pool: asyncpg.Pool, booking: BookingRef, reason: str) -> None:
    """Ends a confirmed booking that was not paid in its time: its time is free, its reminders are gone. Repeatable.

    Raises TransitionNotAllowed for one that is not confirmed.
    """
    target = BookingStatus.CANCELLED
    async with pool.acquire() as connection, connection.transaction():
        await bookings.move(connection, booking, target, key=target.value, kind=target.value, reason=reason)
        await claims.release_if_held(connection, booking)
