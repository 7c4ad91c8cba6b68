"""A booking goes only the ways that are allowed, and each step is told with it or not at all."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import asyncpg
import pytest

from domain.bookings import ALLOWED_TRANSITIONS, BookingRef, BookingStatus
from domain.errors import HoldTooLate, NotFound, SlotTaken, TransitionNotAllowed
from store import bookings, claims
from store.bookings_read import find_any_booking, find_booking
from tests.orders import TOMORROW, Shop, open_shop, ref, status_of, timeline_of

FIVE_MINUTES = timedelta(minutes=5)
WAYS = {
    BookingStatus.PENDING: [],
    BookingStatus.CONFIRMING: [BookingStatus.CONFIRMING],
    BookingStatus.CONFIRMED: [BookingStatus.CONFIRMING, BookingStatus.CONFIRMED],
    BookingStatus.COMPLETED: [BookingStatus.CONFIRMING, BookingStatus.CONFIRMED, BookingStatus.COMPLETED],
    BookingStatus.NO_SHOW: [BookingStatus.CONFIRMING, BookingStatus.CONFIRMED, BookingStatus.NO_SHOW],
    BookingStatus.EXPIRED: [BookingStatus.EXPIRED],
    BookingStatus.CANCELLED: [BookingStatus.CANCELLED],
    BookingStatus.FAILED: [BookingStatus.FAILED],
}
"""From `pending`, how each status is reached."""

ALLOWED = {(present, target) for present, targets in ALLOWED_TRANSITIONS.items() for target in targets}
PAIRS = [(present, target) for present in BookingStatus for target in BookingStatus]


async def move(pool: asyncpg.Pool, booking: BookingRef, target: BookingStatus, key: str | None = None) -> bool:
    async with pool.acquire() as connection, connection.transaction():
        return await bookings.move(connection, booking, target, key=key or target.value, kind=target.value)


async def held(pool: asyncpg.Pool, shop: Shop | None = None) -> BookingRef:
    order = (shop or await open_shop(pool)).order()
    await bookings.hold(pool, order, FIVE_MINUTES)
    return ref(order)


@pytest.fixture
async def booking(shared_pool: asyncpg.Pool) -> BookingRef:
    return await held(shared_pool)


def test_every_status_is_reached_here() -> None:
    assert set(BookingStatus) == set(WAYS)
    for way in WAYS.values():
        assert {(one, other) for one, other in pairwise([BookingStatus.PENDING, *way])} <= ALLOWED


@pytest.mark.parametrize(("present", "target"), PAIRS, ids=lambda status: status.value)
async def test_only_allowed_transitions_are_made(
    shared_pool: asyncpg.Pool, booking: BookingRef, present: BookingStatus, target: BookingStatus
) -> None:
    for step in WAYS[present]:
        await move(shared_pool, booking, step)
    told = await timeline_of(shared_pool, booking)
    if (present, target) in ALLOWED:
        assert await move(shared_pool, booking, target, key="once more")
        assert target.value == await status_of(shared_pool, booking)
        assert [*told, target.value] == await timeline_of(shared_pool, booking)
    else:
        with pytest.raises(TransitionNotAllowed):
            await move(shared_pool, booking, target, key="once more")
        assert present.value == await status_of(shared_pool, booking)
        assert told == await timeline_of(shared_pool, booking)


async def test_a_step_that_was_done_before_changes_nothing(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    assert await move(shared_pool, booking, BookingStatus.CONFIRMING)
    await move(shared_pool, booking, BookingStatus.CONFIRMED)
    assert not await move(shared_pool, booking, BookingStatus.CONFIRMING)
    assert "confirmed" == await status_of(shared_pool, booking)


async def test_steps_at_once_queue_and_only_those_that_are_still_allowed_are_made(
    shared_pool: asyncpg.Pool, booking: BookingRef
) -> None:
    steps = (BookingStatus.EXPIRED, BookingStatus.CANCELLED, BookingStatus.CONFIRMING)
    outcomes = await asyncio.gather(*(move(shared_pool, booking, step) for step in steps), return_exceptions=True)
    went = [BookingStatus.PENDING, *map(BookingStatus, (await timeline_of(shared_pool, booking))[1:])]
    assert 1 <= outcomes.count(True) == len(went) - 1
    assert set(pairwise(went)) <= ALLOWED
    assert went[-1].value == await status_of(shared_pool, booking)


async def test_moving_what_is_not_there_is_refused(shared_pool: asyncpg.Pool) -> None:
    shop = await open_shop(shared_pool)
    with pytest.raises(NotFound):
        await move(shared_pool, ref(shop.order()), BookingStatus.CONFIRMING)


async def test_another_business_cannot_move_it(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    other = await open_shop(shared_pool)
    with pytest.raises(NotFound):
        await move(shared_pool, BookingRef(other.business_id, booking.booking_id), BookingStatus.CANCELLED)


async def test_a_refused_hold_leaves_no_trace(shared_pool: asyncpg.Pool) -> None:
    shop = await open_shop(shared_pool)
    await held(shared_pool, shop)
    refused = shop.order()
    with pytest.raises(SlotTaken):
        await bookings.hold(shared_pool, refused, FIVE_MINUTES)
    assert await status_of(shared_pool, ref(refused)) is None
    assert [] == await timeline_of(shared_pool, ref(refused))


async def test_the_same_order_at_once_is_one_booking(shared_pool: asyncpg.Pool) -> None:
    order = (await open_shop(shared_pool)).order()
    ends = await asyncio.gather(*(bookings.hold(shared_pool, order, FIVE_MINUTES) for _ in range(8)))
    assert 1 == len(set(ends))
    assert ["held"] == await timeline_of(shared_pool, ref(order))


async def test_a_customer_with_the_same_details_is_one_and_with_others_another(shared_pool: asyncpg.Pool) -> None:
    """A public form must not change what somebody else has written."""
    shop = await open_shop(shared_pool)
    for hour in range(2):
        await bookings.hold(shared_pool, shop.order(TOMORROW + timedelta(hours=hour)), FIVE_MINUTES)
    assert 1 == await shared_pool.fetchval("SELECT count(*) FROM customers WHERE business_id = $1", shop.business_id)


async def test_closing_frees_the_time_and_a_confirmed_booking_is_not_closed_so(shared_pool: asyncpg.Pool) -> None:
    shop = await open_shop(shared_pool)
    booking = await held(shared_pool, shop)
    await bookings.close(shared_pool, booking, BookingStatus.EXPIRED, "hold-expired")
    kept = await held(shared_pool, shop)
    for step in WAYS[BookingStatus.CONFIRMED]:
        await move(shared_pool, kept, step)
    with pytest.raises(TransitionNotAllowed):
        await bookings.close(shared_pool, kept, BookingStatus.EXPIRED, "hold-expired")
    assert "confirmed" == await status_of(shared_pool, kept)
    with pytest.raises(SlotTaken):  # neither was its time freed
        await held(shared_pool, shop)


async def test_a_claim_that_was_made_permanent_does_not_lapse(shared_pool: asyncpg.Pool) -> None:
    shop = await open_shop(shared_pool)
    order = shop.order()
    await bookings.hold(shared_pool, order, timedelta(seconds=-1))
    async with shared_pool.acquire() as connection, connection.transaction():
        await claims.make_permanent(connection, ref(order))
        await claims.make_permanent(connection, ref(order))
    with pytest.raises(SlotTaken):
        await held(shared_pool, shop)


async def test_a_hold_after_its_time_writes_an_expired_booking_without_a_claim(shared_pool: asyncpg.Pool) -> None:
    order = (await open_shop(shared_pool)).order()
    for _ in range(2):  # the answer may be lost
        with pytest.raises(HoldTooLate):
            await bookings.hold(shared_pool, order, FIVE_MINUTES, datetime.now(UTC) - FIVE_MINUTES)
    assert ("expired", ["not_held"]) == (await status_of(shared_pool, ref(order)), await timeline_of(shared_pool, ref(order)))
    assert 0 == await shared_pool.fetchval("SELECT count(*) FROM claim_seats WHERE booking_id = $1", order.booking_id)
    assert await find_any_booking(shared_pool, order.business_id, [order.booking_id]) is None
    assert await find_booking(shared_pool, ref(order)) is not None


async def test_what_is_held_already_stays_held_when_it_is_asked_for_after_its_time(shared_pool: asyncpg.Pool) -> None:
    order = (await open_shop(shared_pool)).order()
    until = await bookings.hold(shared_pool, order, FIVE_MINUTES)
    assert until == await bookings.hold(shared_pool, order, FIVE_MINUTES, datetime.now(UTC) - FIVE_MINUTES)
    assert ["held"] == await timeline_of(shared_pool, ref(order))
