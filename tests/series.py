"""Series of a shop, as the API would order them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import asyncpg
from uuid_utils.compat import uuid7

from domain.bookings import BookingRef, HoldSlot
from domain.series import HoldSeries, SeriesMode, SeriesPayment, SeriesRef, WantedOccurrence
from tests.orders import TOMORROW, Shop

WEEK = timedelta(days=7)
AT_ONCE, PER_OCCURRENCE = SeriesPayment.AT_ONCE, SeriesPayment.PER_OCCURRENCE
ALL_OR_NOTHING, BEST_EFFORT = SeriesMode.ALL_OR_NOTHING, SeriesMode.BEST_EFFORT


def weeks(count: int, first: datetime = TOMORROW) -> list[datetime]:
    return [first + number * WEEK for number in range(count)]


def series_of(
    shop: Shop,
    starts: Sequence[datetime],
    *,
    payment: SeriesPayment = AT_ONCE,
    mode: SeriesMode = ALL_OR_NOTHING,
    paid: bool = True,
) -> HoldSeries:
    """One at each of these times, each of the shop's price."""
    pattern = shop.order(starts[0], paid=paid)
    wanted = [
        WantedOccurrence(number, uuid7(), shop.provider_id, at, pattern.manage_token_hash) for number, at in enumerate(starts)
    ]
    return HoldSeries(
        SeriesRef(shop.business_id, uuid7()),
        pattern,
        tuple(wanted),
        (),
        "FREQ=WEEKLY",
        "Europe/London",
        shop.provider_id,
        mode,
        payment,
        pattern.manage_token_hash,
        pattern.request_hash,
    )


def series_around(order: HoldSlot) -> HoldSeries:
    """The same each time: this order, which pays first, and the next week's; each is paid by itself."""
    wanted = (
        WantedOccurrence(0, order.booking_id, order.provider_id, order.starts_at, order.manage_token_hash),
        WantedOccurrence(1, next_of(order).booking_id, order.provider_id, order.starts_at + WEEK, order.manage_token_hash),
    )
    return HoldSeries(
        SeriesRef(order.business_id, order.booking_id),
        order,
        wanted,
        (),
        "FREQ=WEEKLY",
        "Europe/London",
        order.provider_id,
        ALL_OR_NOTHING,
        PER_OCCURRENCE,
        order.manage_token_hash,
        order.request_hash,
    )


def next_of(order: HoldSlot) -> BookingRef:
    """The second of the series around it."""
    return BookingRef(order.business_id, uuid5(order.booking_id, "1"))


def refs(series: HoldSeries) -> list[BookingRef]:
    """The bookings that it becomes where all are held."""
    return [BookingRef(series.ref.business_id, one.booking_id) for one in series.wanted]


async def statuses(pool: asyncpg.Pool, series: HoldSeries) -> list[str]:
    """Of its bookings, in order of their numbers."""
    rows = await pool.fetch(
        "SELECT b.status FROM series_occurrences o JOIN bookings b ON b.id = o.booking_id"
        " WHERE o.series_id = $1 ORDER BY o.number",
        series.ref.series_id,
    )
    return [row["status"] for row in rows]


async def series_status(pool: asyncpg.Pool, series_id: UUID) -> str | None:
    status: str | None = await pool.fetchval("SELECT status FROM series WHERE id = $1", series_id)
    return status


async def paid(pool: asyncpg.Pool, series: HoldSeries) -> list[tuple[int, int]]:
    """What was paid and given back of each booking that was paid, in order of their numbers."""
    rows = await pool.fetch(
        "SELECT m.amount, m.refunded FROM series_occurrences o JOIN payments m ON m.booking_id = o.booking_id"
        " WHERE o.series_id = $1 AND m.state = 'captured' ORDER BY o.number",
        series.ref.series_id,
    )
    return [(row["amount"], row["refunded"]) for row in rows]
