"""How much one customer, and one address, may hold at once; also when they ask for everything in one moment."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.bookings import BookingStatus, HoldSlot
from domain.errors import TooManyHolds
from domain.holders import Holder
from store import bookings, series
from store.claims import release_if_held
from tests.orders import TOMORROW, Shop, open_shop, ref
from tests.series import series_of, weeks

FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture
async def shop(shared_pool: asyncpg.Pool) -> Shop:
    return await open_shop(shared_pool)


def somebody(most: int = 10, most_from_address: int = 0, **changed: Any) -> Holder:
    made = {"mailbox": uuid4().hex, "phone": uuid4().hex, "address": uuid4().hex} | changed
    return Holder(**made, most=most, most_from_address=most_from_address)


def orders(shop: Shop, holder: Holder | None, count: int, first: int = 0) -> list[HoldSlot]:
    """So many at times that nobody else wants."""
    return [replace(shop.order(TOMORROW + timedelta(minutes=30 * (first + n))), holder=holder) for n in range(count)]


async def hold_all(pool: asyncpg.Pool, wanted: Sequence[HoldSlot]) -> list[TooManyHolds]:
    """All at once; the refusals."""
    outcomes = await asyncio.gather(*(bookings.hold(pool, one, FIVE_MINUTES) for one in wanted), return_exceptions=True)
    unexpected = [one for one in outcomes if isinstance(one, BaseException) and not isinstance(one, TooManyHolds)]
    assert [] == unexpected
    return [one for one in outcomes if isinstance(one, TooManyHolds)]


async def rows(pool: asyncpg.Pool, shop: Shop) -> tuple[int, int, int]:
    """How many bookings, claims and seats the shop has."""
    count = "SELECT (SELECT count(*) FROM {}  WHERE business_id = $1)"
    return tuple([await pool.fetchval(count.format(table), shop.business_id) for table in ("bookings", "claims", "claim_seats")])


async def test_of_fifty_holds_at_once_a_customer_has_no_more_than_the_cap(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    refused = await hold_all(shared_pool, orders(shop, somebody(10), 50))
    assert 40 == len(refused)
    assert (10, 10, 10) == await rows(shared_pool, shop)  # of those who were refused nothing is left
    assert {("customer", 10)} == {(one.facts["limit"], one.facts["most"]) for one in refused}
    waits = {int(one.facts["retry_after"] or 0) for one in refused}
    assert min(waits) > 100 and max(waits) <= 300


async def test_an_address_has_a_cap_of_its_own_whoever_asks_from_there(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    address = uuid4().hex
    wanted = [order for n in range(20) for order in orders(shop, somebody(10, 8, address=address), 1, n)]
    refused = await hold_all(shared_pool, wanted)
    assert [("address", 8)] * 12 == [(one.facts["limit"], one.facts["most"]) for one in refused]
    assert [] == await hold_all(shared_pool, orders(shop, somebody(10, 8), 1, 30))


async def test_one_customer_is_who_has_the_mailbox_or_the_phone(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    ada = somebody(4)
    assert [] == await hold_all(shared_pool, orders(shop, ada, 2))
    assert [] == await hold_all(shared_pool, orders(shop, replace(ada, phone=None), 1, 2))
    assert [] == await hold_all(shared_pool, orders(shop, replace(ada, mailbox=uuid4().hex), 1, 3))
    assert 1 == len(await hold_all(shared_pool, orders(shop, ada, 1, 4)))
    assert [] == await hold_all(shared_pool, orders(shop, somebody(4), 1, 5))


async def test_what_is_confirmed_given_up_or_over_makes_room(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    ada = somebody(3)
    held = orders(shop, ada, 3)
    assert [] == await hold_all(shared_pool, held)
    paid, left, lapsed = held
    await bookings.begin_confirmation(shared_pool, ref(paid), 1)
    await bookings.close(shared_pool, ref(left), BookingStatus.CANCELLED, "cancelled-by-customer")
    await shared_pool.execute("UPDATE bookings SET hold_expires_at = now() WHERE id = $1", lapsed.booking_id)
    assert 1 == len(await hold_all(shared_pool, orders(shop, ada, 4, 10)))


async def test_a_hold_that_is_repeated_gets_its_first_answer_though_the_cap_is_reached(
    shared_pool: asyncpg.Pool, shop: Shop
) -> None:
    ada = somebody(2)
    first, second = orders(shop, ada, 2)
    until = await bookings.hold(shared_pool, first, FIVE_MINUTES)
    await bookings.hold(shared_pool, second, FIVE_MINUTES)
    assert until == await bookings.hold(shared_pool, first, FIVE_MINUTES)


async def test_many_seats_of_one_session_are_one_hold(shared_pool: asyncpg.Pool) -> None:
    group = await open_shop(shared_pool, capacity=20)
    ada = somebody(2)
    for seats in (9, 9):
        await bookings.hold(shared_pool, replace(group.order(seats=seats), holder=ada), FIVE_MINUTES)
    with pytest.raises(TooManyHolds):
        await bookings.hold(shared_pool, replace(group.order(seats=1), holder=ada), FIVE_MINUTES)


async def test_a_series_counts_as_five_however_many_times_it_has(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    ada = somebody(10)
    for day in range(3):
        wanted = series_of(shop, weeks(12, TOMORROW + timedelta(hours=day)))
        wanted = replace(wanted, pattern=replace(wanted.pattern, holder=ada))
        if day < 2:
            held = await series.hold(shared_pool, wanted, FIVE_MINUTES)
            assert held == await series.hold(shared_pool, wanted, FIVE_MINUTES)
        else:
            with pytest.raises(TooManyHolds):
                await series.hold(shared_pool, wanted, FIVE_MINUTES)
    assert (24, 24, 24) == await rows(shared_pool, shop)
    assert 1 == len(await hold_all(shared_pool, orders(shop, ada, 1, 11)))


async def test_the_first_series_is_never_too_many(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    wanted = series_of(shop, weeks(3))
    wanted = replace(wanted, pattern=replace(wanted.pattern, holder=somebody(1)))
    assert 3 == len((await series.hold(shared_pool, wanted, FIVE_MINUTES)).booking_ids)


async def test_a_series_and_bookings_of_one_customer_at_once_keep_to_the_cap(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    ada = somebody(6)
    wanted = series_of(shop, weeks(3, TOMORROW + timedelta(hours=11)))
    wanted = replace(wanted, pattern=replace(wanted.pattern, holder=ada))
    holds = [bookings.hold(shared_pool, one, FIVE_MINUTES) for one in orders(shop, ada, 6)]
    outcomes = await asyncio.gather(series.hold(shared_pool, wanted, FIVE_MINUTES), *holds, return_exceptions=True)
    has_series = not isinstance(outcomes[0], BaseException)
    alone = sum(not isinstance(one, BaseException) for one in outcomes[1:])
    assert all(isinstance(one, TooManyHolds) for one in outcomes if isinstance(one, BaseException))
    assert 5 * has_series + alone <= 6
    assert 1 <= alone


async def test_another_business_counts_by_itself(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    ada, other = somebody(2), await open_shop(shared_pool)
    assert [] == await hold_all(shared_pool, orders(shop, ada, 2) + orders(other, ada, 2))


async def test_whom_no_limit_names_holds_what_they_like(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    assert [] == await hold_all(shared_pool, orders(shop, None, 30))
    assert [] == await hold_all(shared_pool, orders(shop, somebody(0, 0), 15, 30))


async def test_a_hold_whose_claim_is_gone_still_counts_until_it_ends(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    """What counts is the checkout that is open, not who has the time by now."""
    ada = somebody(1)
    (order,) = orders(shop, ada, 1)
    await bookings.hold(shared_pool, order, FIVE_MINUTES)
    async with shared_pool.acquire() as connection, connection.transaction():
        await release_if_held(connection, ref(order))
    assert 1 == len(await hold_all(shared_pool, orders(shop, ada, 1, 5)))
