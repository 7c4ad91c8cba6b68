"""Who waits is offered what is freed: in turn, once, and in the transaction of the booking that holds it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from domain.bookings import Actor, BookingRef, BookingStatus, HoldSlot
from domain.errors import SlotTaken
from domain.hours import Interval
from domain.waitlist import MOST_LAPSES, EntryState, offer_length
from store import bookings
from store.appointments import read_appointment
from store.cancellations import cancel
from store.services import find_service
from store.waitlist import leave, prefer
from store.waitlist_line import find_news, note_seen, read_line
from store.waitlist_read import find_entry
from tests.moves import another_provider
from tests.orders import timeline_of
from tests.waiting_line import Waitlist, booking_of, open_waitlist


@pytest.fixture
async def waitlist(pool: asyncpg.Pool) -> Waitlist:
    """Open for two appointments tomorrow, at 9:00 and 9:30."""
    return await open_waitlist(pool)


async def full(waitlist: Waitlist) -> list[BookingRef]:
    return [await waitlist.books(waitlist.at(minutes)) for minutes in (0, 30)]


async def frees(waitlist: Waitlist, booking: BookingRef) -> None:
    await waitlist.pool.execute("UPDATE bookings SET status = 'confirming' WHERE id = $1", booking.booking_id)
    await waitlist.ends(booking, BookingStatus.CANCELLED)


async def offered(waitlist: Waitlist) -> HoldSlot:
    (order,) = await waitlist.offers()
    return order


async def test_a_freed_time_goes_to_whoever_joined_first(waitlist: Waitlist) -> None:
    first_booking, _ = await full(waitlist)
    ada, _ = await waitlist.joins("Ada"), await waitlist.joins("Grace")
    assert [] == await waitlist.offers()
    await frees(waitlist, first_booking)
    order = await offered(waitlist)
    assert (ada, waitlist.at(0)) == (order.waitlist_entry_id, order.starts_at)
    assert (None, "Ada") == (order.customer, (await read_appointment(waitlist.pool, booking_of(order))).customer.name)
    assert EntryState.OFFERED is await waitlist.state_of(ada)
    assert ["held", "waitlist_offered"] == await timeline_of(waitlist.pool, booking_of(order))


async def test_priority_goes_before_the_order_of_joining(waitlist: Waitlist) -> None:
    first_booking, _ = await full(waitlist)
    await waitlist.joins("Ada")
    grace = await waitlist.joins("Grace")
    hedy = await waitlist.joins("Hedy", priority=1)
    async with waitlist.pool.acquire() as connection:
        await prefer(connection, waitlist.shop.business_id, grace, 2)
    await frees(waitlist, first_booking)
    order = await offered(waitlist)
    assert grace == order.waitlist_entry_id
    await waitlist.ends(booking_of(order), BookingStatus.CANCELLED)
    assert hedy == (await offered(waitlist)).waitlist_entry_id


@pytest.mark.parametrize(
    ("status", "lapses"), [(BookingStatus.EXPIRED, 1), (BookingStatus.CANCELLED, 0)], ids=["lapsed", "declined"]
)
async def test_who_does_not_take_it_keeps_their_place_and_the_next_is_offered_it(
    waitlist: Waitlist, status: BookingStatus, lapses: int
) -> None:
    first_booking, second_booking = await full(waitlist)
    ada, grace = await waitlist.joins("Ada"), await waitlist.joins("Grace")
    await frees(waitlist, first_booking)
    order = await offered(waitlist)
    await waitlist.ends(booking_of(order), status)
    assert "waitlist_lapsed" in await timeline_of(waitlist.pool, booking_of(order))
    entry = await find_entry(waitlist.pool, waitlist.shop.business_id, ada)
    assert entry is not None and (EntryState.WAITING, 1, lapses) == (entry.state, entry.place, entry.lapses)
    second = await offered(waitlist)
    assert (grace, order.starts_at) == (second.waitlist_entry_id, second.starts_at)
    await frees(waitlist, second_booking)
    third = await offered(waitlist)
    assert (ada, waitlist.at(30)) == (third.waitlist_entry_id, third.starts_at)


async def test_nobody_is_offered_the_same_time_twice_unless_it_failed(waitlist: Waitlist) -> None:
    await waitlist.books(waitlist.at(30))
    ada = await waitlist.joins("Ada")
    for status in (BookingStatus.FAILED, BookingStatus.EXPIRED):
        order = await offered(waitlist)
        assert ada == order.waitlist_entry_id
        await waitlist.ends(booking_of(order), status)
    assert [] == await waitlist.offers()
    assert EntryState.WAITING is await waitlist.state_of(ada)


async def test_several_offers_without_an_answer_end_the_entry(pool: asyncpg.Pool) -> None:
    waitlist = await open_waitlist(pool, hours=4)
    ada = await waitlist.joins("Ada")
    for _ in range(MOST_LAPSES):
        await waitlist.ends(booking_of(await offered(waitlist)), BookingStatus.EXPIRED)
    assert EntryState.LAPSED is await waitlist.state_of(ada)
    assert [] == await waitlist.offers()


async def test_who_confirms_waits_no_more_also_when_they_cancel_later(waitlist: Waitlist) -> None:
    ada = await waitlist.joins("Ada")
    booking = booking_of(await offered(waitlist))
    await waitlist.confirms(booking)
    assert EntryState.ACCEPTED is await waitlist.state_of(ada)
    assert "waitlist_accepted" in await timeline_of(waitlist.pool, booking)
    await cancel(waitlist.pool, booking, Actor.CUSTOMER, None, None)
    assert EntryState.ACCEPTED is await waitlist.state_of(ada)
    assert "waitlist_lapsed" not in await timeline_of(waitlist.pool, booking)


async def test_the_same_wish_is_one_entry_until_it_ends(waitlist: Waitlist) -> None:
    both = await asyncio.gather(waitlist.joins("Ada"), waitlist.joins("Ada"))
    assert 1 == len(set(both))
    async with waitlist.pool.acquire() as connection:
        assert await leave(connection, waitlist.shop.business_id, both[0])
        assert not await leave(connection, waitlist.shop.business_id, both[0])
    assert both[0] != await waitlist.joins("Ada")


async def test_an_offer_for_who_left_meanwhile_writes_nothing(waitlist: Waitlist) -> None:
    ada = await waitlist.joins("Ada")
    order = await waitlist.find()
    assert order is not None
    async with waitlist.pool.acquire() as connection:
        await leave(connection, waitlist.shop.business_id, ada)
    with pytest.raises(SlotTaken):
        await bookings.hold(waitlist.pool, order, timedelta(minutes=30))
    assert 0 == await waitlist.pool.fetchval("SELECT count(*) FROM bookings")


async def test_who_leaves_with_an_offer_stays_gone_when_it_ends(waitlist: Waitlist) -> None:
    ada = await waitlist.joins("Ada")
    booking = booking_of(await offered(waitlist))
    async with waitlist.pool.acquire() as connection:
        await leave(connection, waitlist.shop.business_id, ada)
    await waitlist.ends(booking, BookingStatus.CANCELLED)
    assert EntryState.LEFT is await waitlist.state_of(ada)


async def test_a_race_that_a_customer_wins_is_lost_cleanly(waitlist: Waitlist) -> None:
    ada = await waitlist.joins("Ada")
    order = await waitlist.find()
    assert order is not None
    await waitlist.books(order.starts_at)
    with pytest.raises(SlotTaken):
        await bookings.hold(waitlist.pool, order, timedelta(minutes=30))
    assert EntryState.WAITING is await waitlist.state_of(ada)
    assert waitlist.at(30) == (await offered(waitlist)).starts_at


async def test_two_who_look_at_once_offer_each_time_once(waitlist: Waitlist) -> None:
    for name in ("Ada", "Grace", "Hedy"):
        await waitlist.joins(name)
    made = [order for orders in await asyncio.gather(waitlist.offers(), waitlist.offers()) for order in orders]
    assert 2 == len(made) == len({order.starts_at for order in made}) == len({order.waitlist_entry_id for order in made})


async def test_only_what_fits_the_wish_is_offered(pool: asyncpg.Pool) -> None:
    waitlist = await open_waitlist(pool, hours=4)
    hedy = await another_provider(pool, waitlist.shop.business_id, waitlist.shop.service_id, "Hedy")
    await waitlist.opens(4, hedy)
    monday_only = frozenset({(waitlist.day.weekday() + 1) % 7})
    wishes = {
        "Other weekday": waitlist.wish(weekdays=monday_only),
        "Other day": waitlist.wish(first_day=waitlist.day - timedelta(days=9), last_day=waitlist.day - timedelta(days=2)),
        "Evening": waitlist.wish(times=(Interval(18 * 60, 20 * 60),)),
        "Longer": waitlist.wish(duration=timedelta(hours=5)),
        "Group": waitlist.wish(seats=2),
    }
    for name, wish in wishes.items():
        await waitlist.joins(name, wish)
    assert [] == await waitlist.offers()
    late = await waitlist.joins("Late", waitlist.wish(provider_id=hedy, times=(Interval(10 * 60 + 15, 11 * 60),)))
    order = await offered(waitlist)
    assert (late, hedy, waitlist.at(90)) == (order.waitlist_entry_id, order.provider_id, order.starts_at)


async def test_a_session_is_offered_seat_by_seat(pool: asyncpg.Pool) -> None:
    waitlist = await open_waitlist(pool, capacity=3)
    await waitlist.opens(0)
    pair = await waitlist.joins("Pair", waitlist.wish(seats=2))
    second = await waitlist.joins("Second pair", waitlist.wish(seats=2))
    single = await waitlist.joins("Single")
    await waitlist.opens(1)
    await waitlist.pool.execute("UPDATE services SET slot_step_minutes = 60 WHERE id = $1", waitlist.shop.service_id)
    made = await waitlist.offers()
    assert [(pair, 2), (single, 1)] == [(order.waitlist_entry_id, order.seats) for order in made]
    assert 1 == len({order.starts_at for order in made})
    await waitlist.ends(booking_of(made[0]), BookingStatus.EXPIRED)
    assert second == (await offered(waitlist)).waitlist_entry_id


@pytest.mark.parametrize(("minutes", "seconds"), [(600, 1800), (20, 600), (1, None)], ids=["far", "near", "too near"])
async def test_an_offer_is_shorter_when_the_start_is_near(pool: asyncpg.Pool, minutes: int, seconds: int | None) -> None:
    waitlist = await open_waitlist(pool)
    service = await find_service(pool, waitlist.shop.business_id, waitlist.shop.service_id)
    assert service is not None
    starts_at = waitlist.at(0)
    length = offer_length(service, starts_at, starts_at - timedelta(minutes=minutes))
    assert seconds == (None if length is None else length.total_seconds())


async def test_a_hold_that_is_made_late_never_goes_past_the_start(waitlist: Waitlist) -> None:
    await waitlist.joins("Ada")
    order = await waitlist.find()
    assert order is not None
    soon = replace(order, starts_at=await waitlist.pool.fetchval("SELECT now() + interval '1 minute'"))
    assert soon.starts_at == await bookings.hold(waitlist.pool, soon, timedelta(minutes=30))


async def test_a_wish_whose_days_are_over_ends(waitlist: Waitlist) -> None:
    ada = await waitlist.joins("Ada")
    await waitlist.pool.execute("UPDATE waitlist_entries SET ends_at = now() WHERE id = $1", ada)
    assert [] == await waitlist.offers()
    assert EntryState.OVER is await waitlist.state_of(ada)


async def test_whatever_frees_time_is_news_until_it_was_looked_at(waitlist: Waitlist) -> None:
    async def is_news() -> bool:
        return [waitlist.shop.service_id] == [news.service_id for news in await find_news(waitlist.pool)]

    async def is_seen() -> bool:
        assert [] == await waitlist.offers()
        return not await is_news()

    first_booking, _ = await full(waitlist)
    assert not await is_news()
    ada = await waitlist.joins("Ada", waitlist.wish(times=(Interval(0, 60),)))  # never open then
    assert await is_news() and await is_seen()
    await frees(waitlist, first_booking)
    assert await is_news() and await is_seen()
    await waitlist.opens(2)
    assert await is_news() and await is_seen()
    await waitlist.pool.execute("UPDATE services SET capacity = 2")
    assert await is_news() and await is_seen()
    async with waitlist.pool.acquire() as connection:
        await prefer(connection, waitlist.shop.business_id, ada, 5)
    assert await is_news() and await is_seen()
    await waitlist.pool.execute("UPDATE waitlists SET looked_at = now() - interval '1 hour'")
    assert await is_news() and await is_seen()
    async with waitlist.pool.acquire() as connection:
        await leave(connection, waitlist.shop.business_id, ada)
    assert await is_news() and await is_seen()
    await waitlist.opens(3)
    assert not await is_news()


async def test_who_joins_while_somebody_looks_is_news(waitlist: Waitlist) -> None:
    business_id, service_id = waitlist.shop.business_id, waitlist.shop.service_id
    await full(waitlist)
    await waitlist.joins("Ada")
    line = await read_line(waitlist.pool, business_id, service_id)
    await waitlist.joins("Grace")
    (news,) = await find_news(waitlist.pool)
    await note_seen(waitlist.pool, business_id, service_id, line.asked, news.stamp.partition(":")[2])
    assert 1 == len(await find_news(waitlist.pool))
