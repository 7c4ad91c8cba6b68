"""Promise 1 and 3 where they are kept: in PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from domain.bookings import BookingStatus
from domain.errors import HoldExpired, SlotTaken
from store import bookings, claims
from tests.orders import TOMORROW, open_shop, ref, status_of, timeline_of

FIVE_MINUTES = timedelta(minutes=5)
OVER = timedelta(seconds=-1)


async def test_fifty_parallel_holds_of_one_slot_leave_one_claim(pool: asyncpg.Pool) -> None:
    """C1, C2: two browsers book the same slot."""
    shop = await open_shop(pool)
    outcomes = await asyncio.gather(*(bookings.hold(pool, shop.order(), FIVE_MINUTES) for _ in range(50)), return_exceptions=True)
    assert 49 == sum(isinstance(outcome, SlotTaken) for outcome in outcomes)
    assert 1 == await pool.fetchval("SELECT count(*) FROM claims")
    assert 1 == await pool.fetchval("SELECT count(*) FROM bookings")


async def test_a_repeated_hold_is_the_first_one(pool: asyncpg.Pool) -> None:
    order = (await open_shop(pool)).order()
    first = await bookings.hold(pool, order, FIVE_MINUTES)
    assert first == await bookings.hold(pool, order, FIVE_MINUTES)
    assert 1 == await pool.fetchval("SELECT count(*) FROM claim_seats")


async def test_buffers_are_part_of_the_claim(pool: asyncpg.Pool) -> None:
    shop = await open_shop(pool)
    await bookings.hold(pool, shop.order(buffer=15), FIVE_MINUTES)
    with pytest.raises(SlotTaken):
        await bookings.hold(pool, shop.order(TOMORROW + timedelta(minutes=30)), FIVE_MINUTES)
    await bookings.hold(pool, shop.order(TOMORROW + timedelta(minutes=45)), FIVE_MINUTES)


async def test_an_expired_hold_is_free_for_the_next_and_says_so(pool: asyncpg.Pool) -> None:
    """Nobody swept: the taker removed it in the same transaction."""
    shop = await open_shop(pool)
    lapsed, taker = shop.order(), shop.order()
    await bookings.hold(pool, lapsed, OVER)
    await bookings.hold(pool, taker, FIVE_MINUTES)
    assert ["held", "hold_lapsed"] == await timeline_of(pool, ref(lapsed))
    async with pool.acquire() as connection, connection.transaction():
        with pytest.raises(HoldExpired):
            await claims.make_permanent(connection, ref(lapsed))


async def test_an_expired_hold_that_nobody_took_can_still_be_kept(pool: asyncpg.Pool) -> None:
    shop = await open_shop(pool)
    late = shop.order()
    await bookings.hold(pool, late, OVER)
    async with pool.acquire() as connection, connection.transaction():
        await claims.make_permanent(connection, ref(late))
    with pytest.raises(SlotTaken):
        await bookings.hold(pool, shop.order(), FIVE_MINUTES)


async def test_the_database_itself_refuses_an_overlap(pool: asyncpg.Pool) -> None:
    """Not even a hand-written INSERT gets past the constraint."""
    shop = await open_shop(pool)
    await bookings.hold(pool, shop.order(), FIVE_MINUTES)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await pool.execute(
            "INSERT INTO claims SELECT business_id, gen_random_uuid(), provider_id, service_id, starts_at, during, 1, 1"
            " FROM claims"
        )


async def test_a_crowd_fills_a_session_to_its_last_seat_and_no_further(pool: asyncpg.Pool) -> None:
    """C6: the first two seats of a session are one group, and the last seat is sold once."""
    shop = await open_shop(pool, capacity=10)
    outcomes = await asyncio.gather(*(bookings.hold(pool, shop.order(), FIVE_MINUTES) for _ in range(40)), return_exceptions=True)
    assert 30 == sum(isinstance(outcome, SlotTaken) for outcome in outcomes)
    assert [10] == [row["seats_taken"] for row in await pool.fetch("SELECT seats_taken FROM claims")]


async def test_parallel_releases_of_a_session_leave_nothing_behind(pool: asyncpg.Pool) -> None:
    shop = await open_shop(pool, capacity=10)
    orders = [shop.order() for _ in range(10)]
    for order in orders:
        await bookings.hold(pool, order, FIVE_MINUTES)

    async def release(number: int) -> None:
        async with pool.acquire() as connection, connection.transaction():
            assert await claims.release_if_held(connection, ref(orders[number]))

    await asyncio.gather(*(release(number) for number in range(10)))
    assert 0 == await pool.fetchval("SELECT count(*) FROM claims")


async def test_the_timeline_cannot_be_rewritten(pool: asyncpg.Pool) -> None:
    order = (await open_shop(pool)).order()
    await bookings.hold(pool, order, FIVE_MINUTES)
    with pytest.raises(asyncpg.RaiseError):
        await pool.execute("UPDATE booking_events SET kind = 'something else'")
    with pytest.raises(asyncpg.RaiseError):
        await pool.execute("DELETE FROM booking_events")


async def test_taking_lapsed_holds_while_their_bookings_close_never_deadlocks(pool: asyncpg.Pool) -> None:
    shop = await open_shop(pool)
    for _ in range(20):
        lapsed, taker = shop.order(), shop.order()
        await bookings.hold(pool, lapsed, OVER)
        await asyncio.gather(
            bookings.close(pool, ref(lapsed), BookingStatus.EXPIRED, "hold-expired"),
            bookings.hold(pool, taker, OVER),
        )
        assert "expired" == await status_of(pool, ref(lapsed))
        await bookings.close(pool, ref(taker), BookingStatus.CANCELLED, "test")
