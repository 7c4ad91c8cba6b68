"""The swap: the new time is taken, or nothing has changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.bookings import BookingRef, BookingStatus, HoldSlot, Quota
from domain.errors import LinkSpent, SlotTaken, TransitionNotAllowed
from domain.links import link_hash, link_token
from domain.rescheduling import Move
from store import bookings, claims, rescheduling
from store.links import find_link, make_link
from tests.moves import another_provider, euros, move_of
from tests.orders import TOMORROW, Shop, open_shop, ref, timeline_of

FIVE_MINUTES = timedelta(minutes=5)
HALF_AN_HOUR = timedelta(minutes=30)
LATER = TOMORROW + timedelta(hours=3)


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> Shop:
    return await open_shop(pool)


async def confirm(pool: asyncpg.Pool, booking: BookingRef) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await bookings.move(connection, booking, BookingStatus.CONFIRMING, key="confirming:1", kind="confirming")
        await claims.make_permanent(connection, booking)
        await bookings.move(connection, booking, BookingStatus.CONFIRMED, key="confirmed", kind="confirmed")


async def booked(pool: asyncpg.Pool, order: HoldSlot) -> HoldSlot:
    await bookings.hold(pool, order, FIVE_MINUTES)
    await confirm(pool, ref(order))
    return order


async def claimed(pool: asyncpg.Pool, order: HoldSlot) -> list[tuple[Any, datetime, datetime, int]]:
    """Everything that the booking sits in: whose, from when to when, how many seats are taken there."""
    rows = await pool.fetch(
        "SELECT c.provider_id, c.during, c.seats_taken FROM claim_seats s JOIN claims c ON c.id = s.claim_id"
        " WHERE s.booking_id = $1 ORDER BY lower(c.during), c.provider_id",
        order.booking_id,
    )
    return [(row["provider_id"], row["during"].lower, row["during"].upper, row["seats_taken"]) for row in rows]


async def place(pool: asyncpg.Pool, order: HoldSlot) -> tuple[Any, ...]:
    row = await pool.fetchrow(
        "SELECT provider_id, starts_at, ends_at, price_amount, sequence FROM bookings WHERE id = $1", order.booking_id
    )
    assert row is not None
    return tuple(row)


async def test_a_move_changes_claim_row_reminders_and_timeline_together(pool: asyncpg.Pool, shop: Shop) -> None:
    await pool.execute("UPDATE services SET reminder_minutes = '{60}'")
    order = await booked(pool, shop.order())
    moved = await rescheduling.make(pool, move_of(order, LATER, minutes=60, price=euros(4000)))
    assert (1, shop.provider_id, LATER, LATER + 2 * HALF_AN_HOUR) == (
        moved.sequence, moved.provider_id, moved.starts_at, moved.ends_at,
    )  # fmt: skip
    assert (shop.provider_id, LATER, LATER + 2 * HALF_AN_HOUR, 4000, 1) == await place(pool, order)
    assert [(shop.provider_id, LATER, LATER + 2 * HALF_AN_HOUR, 1)] == await claimed(pool, order)
    reminders = await pool.fetch("SELECT due_at, sequence FROM reminders")
    assert [(LATER - 2 * HALF_AN_HOUR, 1)] == [tuple(row) for row in reminders]
    assert ["held", "confirming", "confirmed", "rescheduled"] == await timeline_of(pool, ref(order))
    assert 1 == await pool.fetchval("SELECT count(*) FROM claims")


async def test_a_move_that_was_made_answers_again(pool: asyncpg.Pool, shop: Shop) -> None:
    order = await booked(pool, shop.order())
    move = move_of(order, LATER)
    first, second, third = await asyncio.gather(*(rescheduling.make(pool, move) for _ in range(3)))
    assert first == second == third
    assert 1 == (await timeline_of(pool, ref(order))).count("rescheduled")


@pytest.mark.parametrize("by", [timedelta(minutes=15), timedelta(minutes=-15), timedelta(0)])
async def test_a_booking_moves_into_its_own_old_time(pool: asyncpg.Pool, shop: Shop, by: timedelta) -> None:
    order = await booked(pool, shop.order(buffer=20))
    await rescheduling.make(pool, move_of(order, TOMORROW + by, minutes=45))
    buffer, starts_at = timedelta(minutes=20), TOMORROW + by
    assert [(shop.provider_id, starts_at - buffer, starts_at + timedelta(minutes=45) + buffer, 1)] == await claimed(pool, order)


async def test_a_taken_time_leaves_the_old_one_untouched(pool: asyncpg.Pool, shop: Shop) -> None:
    order = await booked(pool, shop.order())
    await booked(pool, shop.order(LATER))
    before = await claimed(pool, order), await place(pool, order), await timeline_of(pool, ref(order))
    with pytest.raises(SlotTaken):
        await rescheduling.make(pool, move_of(order, LATER + timedelta(minutes=15)))
    assert before == (await claimed(pool, order), await place(pool, order), await timeline_of(pool, ref(order)))


async def test_a_lapsed_hold_is_not_in_the_way(pool: asyncpg.Pool, shop: Shop) -> None:
    order = await booked(pool, shop.order())
    lapsed = shop.order(LATER)
    await bookings.hold(pool, lapsed, timedelta(seconds=-1))
    await rescheduling.make(pool, move_of(order, LATER))
    assert [] == await claimed(pool, lapsed)
    assert "hold_lapsed" in await timeline_of(pool, ref(lapsed))


async def test_two_bookings_that_swap_their_times_at_once_both_keep_their_own(pool: asyncpg.Pool, shop: Shop) -> None:
    """Neither gives its own up before it has the other's; and neither waits for the other for ever."""
    first, second = await booked(pool, shop.order()), await booked(pool, shop.order(LATER))
    moves = (move_of(first, LATER), move_of(second, TOMORROW))
    outcomes = await asyncio.wait_for(
        asyncio.gather(*(rescheduling.make(pool, move) for move in moves), return_exceptions=True), 0.9
    )  # before PostgreSQL would have to look for a deadlock
    assert [SlotTaken, SlotTaken] == [type(outcome) for outcome in outcomes]
    assert (TOMORROW, LATER) == ((await place(pool, first))[1], (await place(pool, second))[1])


async def test_of_many_that_want_one_time_one_gets_it_and_the_others_keep_theirs(pool: asyncpg.Pool, shop: Shop) -> None:
    orders = [await booked(pool, shop.order(TOMORROW + n * HALF_AN_HOUR)) for n in range(8)]
    wanted = TOMORROW + timedelta(hours=6)
    outcomes = await asyncio.gather(
        *(rescheduling.make(pool, move_of(order, wanted)) for order in orders),
        *(bookings.hold(pool, shop.order(wanted), FIVE_MINUTES) for _ in range(8)),
        return_exceptions=True,
    )
    assert 15 == sum(isinstance(outcome, SlotTaken) for outcome in outcomes)
    for order in orders:
        assert 1 == len(await claimed(pool, order))
    assert 1 == await pool.fetchval("SELECT count(*) FROM claims WHERE starts_at = $1", wanted)


async def test_another_provider_and_room_are_exchanged_with_the_time(pool: asyncpg.Pool, shop: Shop) -> None:
    names = ("Red room", "Blue room", "Hedy")
    red, blue, hedy = [await another_provider(pool, shop.business_id, shop.service_id, name) for name in names]
    order = await booked(pool, replace(shop.order(), resource_ids=(red,)))
    await rescheduling.make(pool, move_of(order, LATER, provider_id=hedy, resource_ids=(blue,)))
    assert {hedy, blue} == {who for who, *_ in await claimed(pool, order)}
    assert [blue] == await pool.fetchval("SELECT resource_ids FROM bookings")
    left = "SELECT calendar_id FROM left_calendars"
    assert ["g@example.com"] == [row["calendar_id"] for row in await pool.fetch(left)]


async def test_a_room_that_is_taken_undoes_the_provider_too(pool: asyncpg.Pool, shop: Shop) -> None:
    room = await another_provider(pool, shop.business_id, shop.service_id)
    order = await booked(pool, replace(shop.order(), resource_ids=(room,)))
    await booked(pool, replace(shop.order(LATER), provider_id=room))
    before = await claimed(pool, order)
    with pytest.raises(SlotTaken):
        await rescheduling.make(pool, move_of(order, LATER))
    assert before == await claimed(pool, order)


async def test_seats_of_a_session_are_carried_over(pool: asyncpg.Pool) -> None:
    """Who opened a session leaves it to those who stay, and joins another."""
    shop = await open_shop(pool, capacity=5)
    opener, stays = await booked(pool, shop.order(seats=2)), await booked(pool, shop.order(seats=1))
    there = await booked(pool, shop.order(LATER, seats=3))
    await rescheduling.make(pool, move_of(opener, LATER))
    assert [1] == [seats for *_, seats in await claimed(pool, stays)]
    assert [5] == [seats for *_, seats in await claimed(pool, there)] == [seats for *_, seats in await claimed(pool, opener)]
    with pytest.raises(SlotTaken):
        await rescheduling.make(pool, move_of(stays, LATER))
    await rescheduling.make(pool, move_of(opener, TOMORROW, sequence=2))
    assert [3] == [seats for *_, seats in await claimed(pool, stays)]


async def test_a_full_day_does_not_count_the_booking_itself(pool: asyncpg.Pool, shop: Shop) -> None:
    midnight = TOMORROW.replace(hour=0)
    of_provider = Quota(midnight, midnight + timedelta(days=1), 1, provider_id=shop.provider_id)
    of_service = Quota(midnight, midnight + timedelta(days=1), 1, service_id=shop.service_id)
    order = await booked(pool, replace(shop.order(), quotas=(of_provider, of_service)))
    await rescheduling.make(pool, move_of(order, LATER, quotas=(of_provider, of_service)))
    other = await booked(pool, shop.order(TOMORROW + timedelta(days=1)))
    with pytest.raises(SlotTaken, match="no more"):
        await rescheduling.make(pool, move_of(other, TOMORROW, quotas=(of_provider,)))


async def test_a_move_worked_out_before_another_one_is_refused(pool: asyncpg.Pool, shop: Shop) -> None:
    order = await booked(pool, shop.order())
    early, late = move_of(order, LATER), move_of(order, LATER + HALF_AN_HOUR)
    await rescheduling.make(pool, late)
    with pytest.raises(TransitionNotAllowed):
        await rescheduling.make(pool, early)
    assert LATER + HALF_AN_HOUR == (await place(pool, order))[1]


async def test_what_is_only_held_is_not_moved(pool: asyncpg.Pool, shop: Shop) -> None:
    order = shop.order()
    await bookings.hold(pool, order, FIVE_MINUTES)
    with pytest.raises(TransitionNotAllowed):
        await rescheduling.make(pool, move_of(order, LATER))


async def reserved(pool: asyncpg.Pool, order: HoldSlot, move: Move) -> list[tuple[Any, datetime, datetime, int]]:
    await rescheduling.reserve(pool, move)
    await rescheduling.reserve(pool, move)
    return await claimed(pool, order)


async def test_a_reserved_time_is_beside_the_old_one_until_it_is_given_back(pool: asyncpg.Pool, shop: Shop) -> None:
    order = await booked(pool, shop.order())
    old = await claimed(pool, order)
    move = move_of(order, LATER, price=euros(3000))
    assert [*old, (shop.provider_id, LATER, LATER + HALF_AN_HOUR, 1)] == await reserved(pool, order, move)
    with pytest.raises(SlotTaken):
        await bookings.hold(pool, shop.order(LATER), FIVE_MINUTES)
    for _ in range(2):
        await rescheduling.undo_reserve_if_made(pool, move)
        assert old == await claimed(pool, order)
    await bookings.hold(pool, shop.order(LATER), FIVE_MINUTES)


@pytest.mark.parametrize(
    ("by", "minutes", "beside"), [(0, 60, [(30, 60)]), (15, 30, [(30, 45)]), (-15, 60, [(-15, 0), (30, 45)])]
)
async def test_only_what_is_missing_is_reserved_around_the_own_old_time(
    pool: asyncpg.Pool, shop: Shop, by: int, minutes: int, beside: list[tuple[int, int]]
) -> None:
    order = await booked(pool, shop.order())
    old = await claimed(pool, order)
    move = move_of(order, TOMORROW + timedelta(minutes=by), minutes=minutes, price=euros(3000))
    pieces = [(TOMORROW + timedelta(minutes=since), TOMORROW + timedelta(minutes=until)) for since, until in beside]
    found = await reserved(pool, order, move)
    assert sorted([(since, until) for _, since, until, _ in old] + pieces) == [(since, until) for _, since, until, _ in found]
    await rescheduling.undo_reserve_if_made(pool, move)
    assert old == await claimed(pool, order)
    await rescheduling.reserve(pool, move_of(order, move.starts_at, minutes=minutes, price=euros(3000)))
    await rescheduling.make(pool, move)
    assert [(move.starts_at, move.ends_at)] == [(since, until) for _, since, until, _ in await claimed(pool, order)]
    await rescheduling.undo_reserve_if_made(pool, move)
    assert 1 == len(await claimed(pool, order))


async def test_a_link_is_spent_by_the_change_and_not_by_a_refusal(pool: asyncpg.Pool, shop: Shop) -> None:
    order = await booked(pool, shop.order())
    await booked(pool, shop.order(LATER))
    kept = link_hash(link_token("secret", ref(order), "staff:1"))
    await make_link(pool, ref(order), kept, "staff", datetime.now(UTC) + timedelta(hours=1))
    with pytest.raises(SlotTaken):
        await rescheduling.make(pool, move_of(order, LATER, link_hash=kept.hex()))
    found = await find_link(pool, ref(order), kept)
    assert found is not None and not found.is_spent
    await rescheduling.make(pool, move_of(order, LATER + HALF_AN_HOUR, link_hash=kept.hex()))
    with pytest.raises(LinkSpent):
        await rescheduling.make(pool, move_of(order, TOMORROW, sequence=2, link_hash=kept.hex()))
