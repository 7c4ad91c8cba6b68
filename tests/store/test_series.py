"""Series in the database: all their times in one transaction, or none of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from domain.bookings import BookingStatus, Quota
from domain.errors import HoldExpired, SlotTaken
from domain.money import Money
from domain.payments import Payment, PaymentState
from domain.series import CloseSeries, HoldSeries
from store import bookings, payments, series
from tests.orders import TOMORROW, Shop, open_shop, timeline_of
from tests.series import AT_ONCE, BEST_EFFORT, PER_OCCURRENCE, WEEK, paid, refs, series_of, series_status, statuses, weeks

FIVE_MINUTES = timedelta(minutes=5)
OVER = timedelta(seconds=-1)
WRITTEN = """
SELECT (SELECT count(*) FROM bookings WHERE business_id = $1), (SELECT count(*) FROM claims WHERE business_id = $1),
       (SELECT count(*) FROM claim_seats WHERE business_id = $1), (SELECT count(*) FROM series WHERE business_id = $1),
       (SELECT count(*) FROM series_occurrences WHERE business_id = $1),
       (SELECT count(*) FROM booking_events WHERE business_id = $1)
"""


@pytest.fixture
async def shop(shared_pool: asyncpg.Pool) -> Shop:
    return await open_shop(shared_pool)


async def written(pool: asyncpg.Pool, shop: Shop) -> tuple[int, ...]:
    """Bookings, claims, seats, series, occurrences and lines of timelines."""
    row = await pool.fetchrow(WRITTEN, shop.business_id)
    assert row is not None
    return tuple(row)


async def test_all_times_are_held_as_bookings_of_one_series(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    wanted = series_of(shop, weeks(12))
    held = await series.hold(shared_pool, wanted, FIVE_MINUTES)
    assert tuple(one.booking_id for one in wanted.wanted) == held.booking_ids
    assert (12, 12, 12, 1, 12, 13) == await written(shared_pool, shop)
    assert ["pending"] * 12 == await statuses(shared_pool, wanted)
    assert ["held", "series_created"] == await timeline_of(shared_pool, refs(wanted)[0])


@pytest.mark.parametrize("number", [0, 6, 11])
async def test_one_taken_time_leaves_no_claim_of_all_the_others(shared_pool: asyncpg.Pool, shop: Shop, number: int) -> None:
    """All or nothing: also where it is the seventh, or the last."""
    await bookings.hold(shared_pool, shop.order(weeks(12)[number]), FIVE_MINUTES)
    before = await written(shared_pool, shop)
    with pytest.raises(SlotTaken):
        await series.hold(shared_pool, series_of(shop, weeks(12)), FIVE_MINUTES)
    assert before == await written(shared_pool, shop)


async def test_the_best_effort_holds_the_others_and_says_which_was_taken(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    await bookings.hold(shared_pool, shop.order(weeks(12)[6]), FIVE_MINUTES)
    wanted = series_of(shop, weeks(12), mode=BEST_EFFORT)
    held = await series.hold(shared_pool, wanted, FIVE_MINUTES)
    assert 11 == len(held.booking_ids)
    rows = await shared_pool.fetch(
        "SELECT number, rule, source FROM series_occurrences WHERE series_id = $1 AND booking_id IS NULL", wanted.ref.series_id
    )
    assert [(6, "taken", "claims")] == [tuple(row) for row in rows]
    assert held == await series.hold(shared_pool, wanted, FIVE_MINUTES)


async def test_the_best_effort_that_finds_nothing_writes_nothing(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    for at in weeks(3):
        await bookings.hold(shared_pool, shop.order(at), FIVE_MINUTES)
    before = await written(shared_pool, shop)
    with pytest.raises(SlotTaken):
        await series.hold(shared_pool, series_of(shop, weeks(3), mode=BEST_EFFORT), FIVE_MINUTES)
    assert before == await written(shared_pool, shop)


async def test_of_two_series_at_once_one_has_all_and_the_other_nothing(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    for week in range(5):
        both = [series_of(shop, weeks(6, TOMORROW + week * 10 * WEEK)) for _ in range(2)]
        outcomes = await asyncio.gather(*(series.hold(shared_pool, one, FIVE_MINUTES) for one in both), return_exceptions=True)
        won = [one for one, outcome in zip(both, outcomes, strict=True) if not isinstance(outcome, BaseException)]
        assert 1 == len(won), outcomes
        assert [6, 0] == sorted([len(await statuses(shared_pool, one)) for one in both], reverse=True)


async def test_the_occurrences_of_a_series_count_towards_its_own_limits(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    """Two a day: the third of the same day is one too many, though nobody else has booked anything."""
    day = TOMORROW.replace(hour=0)
    quota = Quota(day, day + timedelta(days=1), 2, provider_id=shop.provider_id)
    wanted = series_of(shop, [TOMORROW + timedelta(hours=hour) for hour in range(3)], mode=BEST_EFFORT)
    limited = replace(wanted, wanted=tuple(replace(one, quotas=(quota,)) for one in wanted.wanted))
    assert 2 == len((await series.hold(shared_pool, limited, FIVE_MINUTES)).booking_ids)


async def test_holding_twice_at_once_is_one_series(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    wanted = series_of(shop, weeks(4))
    both = await asyncio.gather(*(series.hold(shared_pool, wanted, FIVE_MINUTES) for _ in range(2)))
    assert both[0].booking_ids == both[1].booking_ids
    assert (4, 4, 4, 1, 4, 5) == await written(shared_pool, shop)


async def captured(pool: asyncpg.Pool, wanted: HoldSeries, amount: int) -> None:
    payment = Payment(f"pay_{wanted.ref.series_id}", PaymentState.CAPTURED, Money(amount, "EUR"))
    await payments.save(pool, refs(wanted)[0], "stripe", payment, key="payment-captured", kind="payment_captured")


async def test_one_payment_for_all_is_divided_among_the_bookings(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    wanted = series_of(shop, weeks(4), payment=AT_ONCE)
    await series.hold(shared_pool, wanted, FIVE_MINUTES)
    await series.begin(shared_pool, wanted.ref, 1)
    await series.secure(shared_pool, wanted.ref)
    await captured(shared_pool, wanted, 10_000)
    for _ in range(2):
        await series.confirm(shared_pool, wanted.ref)
    assert [(2500, 0)] * 4 == await paid(shared_pool, wanted)
    assert ["confirmed"] * 4 == await statuses(shared_pool, wanted)
    vendor_ids = await shared_pool.fetch("SELECT DISTINCT vendor_id FROM payments WHERE business_id = $1", shop.business_id)
    assert 1 == len(vendor_ids)


async def test_where_each_is_paid_by_itself_only_the_first_has_a_payment(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    wanted = series_of(shop, weeks(4), payment=PER_OCCURRENCE)
    await series.hold(shared_pool, wanted, FIVE_MINUTES)
    await series.begin(shared_pool, wanted.ref, 1)
    await captured(shared_pool, wanted, 2500)
    await series.confirm(shared_pool, wanted.ref)
    assert [(2500, 0)] == await paid(shared_pool, wanted)
    price, payer_vendor_id = await series.read_unpaid(shared_pool, refs(wanted)[3])
    assert (Money(2500, "EUR"), f"pay_{wanted.ref.series_id}") == (price, payer_vendor_id)


async def test_a_series_whose_hold_lapsed_and_lost_one_time_secures_none(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    wanted = series_of(shop, weeks(3))
    await series.hold(shared_pool, wanted, OVER)
    await series.begin(shared_pool, wanted.ref, 1)
    await bookings.hold(shared_pool, shop.order(weeks(3)[1]), FIVE_MINUTES)
    with pytest.raises(HoldExpired):
        await series.secure(shared_pool, wanted.ref)
    kept = "SELECT count(*) FROM claim_seats WHERE business_id = $1 AND expires_at IS NULL"
    assert 0 == await shared_pool.fetchval(kept, shop.business_id)


@pytest.mark.parametrize("status", [BookingStatus.EXPIRED, BookingStatus.CANCELLED, BookingStatus.FAILED])
async def test_a_series_that_is_given_up_frees_all_its_times(
    shared_pool: asyncpg.Pool, shop: Shop, status: BookingStatus
) -> None:
    wanted = series_of(shop, weeks(3))
    await series.hold(shared_pool, wanted, FIVE_MINUTES)
    for _ in range(2):
        await series.close(shared_pool, CloseSeries(wanted.ref, status, "a-reason"))
    assert [status.value] * 3 == await statuses(shared_pool, wanted)
    assert status.value == await series_status(shared_pool, wanted.ref.series_id)
    assert 0 == (await written(shared_pool, shop))[1]
    await series.hold(shared_pool, series_of(shop, weeks(3)), FIVE_MINUTES)


async def test_a_series_that_was_never_held_is_closed_without_a_trace(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    await series.close(shared_pool, CloseSeries(series_of(shop, weeks(2)).ref, BookingStatus.FAILED, "slot-taken"))
    assert (0,) * 6 == await written(shared_pool, shop)


async def test_what_is_not_paid_in_time_gives_its_own_time_back_and_no_other(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    wanted = series_of(shop, weeks(3), payment=PER_OCCURRENCE)
    await series.hold(shared_pool, wanted, FIVE_MINUTES)
    await series.begin(shared_pool, wanted.ref, 1)
    await series.confirm(shared_pool, wanted.ref)
    for _ in range(2):
        await series.release_unpaid(shared_pool, refs(wanted)[1], "unpaid")
    assert ["confirmed", "cancelled", "confirmed"] == await statuses(shared_pool, wanted)
    assert 2 == (await written(shared_pool, shop))[1]
