"""Bookings as they are shown: all of a business's own, in order, none twice and none left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from domain.bookings import BookingRef, BookingStatus, HoldSlot, PaymentTiming
from domain.money import Money
from store import bookings
from store.bookings_read import BookingFilter, find_any_booking, find_booking, list_bookings
from store.timelines import read_timeline
from tests.orders import ADA, TOMORROW, Shop, open_shop, ref

ALL = BookingFilter()
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Booked:
    """Four bookings, an hour apart; the second is cancelled and the last two start at the same time."""

    shop: Shop
    orders: list[HoldSlot]

    def at(self, n: int) -> datetime:
        return TOMORROW + n * HOUR

    def ids(self, *numbers: int) -> list[str]:
        return [str(self.orders[n].booking_id) for n in numbers]


@pytest.fixture
async def booked(shared_pool: asyncpg.Pool) -> Booked:
    shop = await open_shop(shared_pool, capacity=2)
    orders = [shop.order(TOMORROW + n * HOUR) for n in (0, 1, 2, 2)]
    for order in orders:
        await bookings.hold(shared_pool, order, timedelta(minutes=5))
    await bookings.close(shared_pool, ref(orders[1]), BookingStatus.CANCELLED, "changed-my-mind")
    return Booked(shop, orders)


async def listed(
    pool: asyncpg.Pool, shop: Shop, wanted: BookingFilter = ALL, after: tuple[datetime, BookingRef] | None = None, limit: int = 50
) -> list[str]:
    place = (after[0], after[1].booking_id) if after else None
    return [str(booking.ref.booking_id) for booking in await list_bookings(pool, shop.business_id, wanted, place, limit)]


async def test_a_booking_is_shown_with_everybody_in_it(shared_pool: asyncpg.Pool, booked: Booked) -> None:
    order = booked.orders[0]
    found = await find_booking(shared_pool, ref(order))
    assert found is not None
    assert ("Haircut", "Grace", "Europe/London") == (found.service_name, found.provider_name, found.provider_timezone)
    assert (ADA, order.starts_at, order.ends_at) == (found.customer, found.starts_at, found.ends_at)
    assert (Money(2500, "EUR"), PaymentTiming.ONLINE, 1) == (found.price, found.payment_timing, found.seats)
    assert (BookingStatus.PENDING, None, None) == (found.status, found.status_reason, found.payment)
    assert (order.request_hash, order.manage_token_hash) == (found.request_hash.hex(), found.manage_token_hash.hex())


async def test_another_business_sees_none_of_it(shared_pool: asyncpg.Pool, booked: Booked) -> None:
    other = await open_shop(shared_pool)
    stolen = BookingRef(other.business_id, booked.orders[0].booking_id)
    assert await find_booking(shared_pool, stolen) is None
    assert [] == await read_timeline(shared_pool, stolen)
    assert [] == await listed(shared_pool, other)


async def test_of_several_ids_the_one_that_became_a_booking_is_found(shared_pool: asyncpg.Pool, booked: Booked) -> None:
    wanted = booked.orders[2].booking_id
    found = await find_any_booking(shared_pool, booked.shop.business_id, [uuid7(), wanted, uuid7()])
    assert found is not None and wanted == found.ref.booking_id
    assert await find_any_booking(shared_pool, booked.shop.business_id, [uuid7()]) is None


async def test_the_list_is_in_order_of_start_and_then_of_id(shared_pool: asyncpg.Pool, booked: Booked) -> None:
    assert booked.ids(0, 1, 2, 3) == await listed(shared_pool, booked.shop)


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
async def test_pages_show_each_once_also_where_two_start_together(shared_pool: asyncpg.Pool, booked: Booked, limit: int) -> None:
    seen: list[str] = []
    after = None
    while page := await list_bookings(shared_pool, booked.shop.business_id, ALL, after, limit):
        seen += [str(booking.ref.booking_id) for booking in page]
        after = page[-1].starts_at, page[-1].ref.booking_id
    assert booked.ids(0, 1, 2, 3) == seen


async def test_a_booking_made_meanwhile_moves_no_page(shared_pool: asyncpg.Pool, booked: Booked) -> None:
    earlier = booked.shop.order(TOMORROW - HOUR)
    await bookings.hold(shared_pool, earlier, timedelta(minutes=5))
    assert booked.ids(1, 2, 3) == await listed(shared_pool, booked.shop, after=(booked.at(0), ref(booked.orders[0])))


async def test_since_is_included_and_until_is_not(shared_pool: asyncpg.Pool, booked: Booked) -> None:
    wanted = BookingFilter(since=booked.at(1), until=booked.at(2))
    assert booked.ids(1) == await listed(shared_pool, booked.shop, wanted)


async def test_each_filter_restricts(shared_pool: asyncpg.Pool, booked: Booked) -> None:
    shop = booked.shop
    assert booked.ids(1) == await listed(shared_pool, shop, BookingFilter(status=BookingStatus.CANCELLED))
    assert booked.ids(0, 1, 2, 3) == await listed(shared_pool, shop, BookingFilter(customer_email=ADA.email))
    assert booked.ids(0, 1, 2, 3) == await listed(shared_pool, shop, BookingFilter(provider_id=shop.provider_id))
    for nobody in (BookingFilter(customer_email="nobody@example.com"), BookingFilter(provider_id=uuid7())):
        assert [] == await listed(shared_pool, shop, nobody)


async def test_filters_restrict_together(shared_pool: asyncpg.Pool, booked: Booked) -> None:
    wanted = BookingFilter(provider_id=booked.shop.provider_id, status=BookingStatus.PENDING, since=booked.at(1))
    assert booked.ids(2, 3) == await listed(shared_pool, booked.shop, wanted)


async def test_a_timeline_is_told_in_order_with_its_reason(shared_pool: asyncpg.Pool, booked: Booked) -> None:
    held, cancelled = await read_timeline(shared_pool, ref(booked.orders[1]))
    assert ("held", "pending", "cancelled", "cancelled") == (held.kind, held.status, cancelled.kind, cancelled.status)
    assert held.seq < cancelled.seq and held.at < cancelled.at
    assert {"reason": "changed-my-mind"} == cancelled.detail
