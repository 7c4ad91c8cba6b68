"""What comes back when: by any policy, at any time, in any zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bookings import Actor
from domain.money import Money
from domain.policies import (
    BusinessCalendar,
    CancellationPolicy,
    NoShowPolicy,
    Notice,
    NoticeUnit,
    Policies,
    Tier,
    quote_refund,
)
from domain.refunds import RefundWish, quote

BERLIN = ZoneInfo("Europe/Berlin")
IN_BERLIN = BusinessCalendar("Europe/Berlin", "DE", "BE")
PAID = Money(2500, "EUR")
SECOND = timedelta(seconds=1)

zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"])
calendars = st.builds(BusinessCalendar, zones, st.sampled_from([None, "DE", "US", "SA", "IR"]))
units = st.sampled_from(NoticeUnit)
notices = st.builds(Notice, st.integers(0, 400), units)
tiers = st.builds(Tier, notices, st.integers(0, 100))
frees = st.none() | st.integers(0, 20_000).map(lambda minutes: timedelta(minutes=minutes))
cancellations = st.builds(CancellationPolicy, frees, st.integers(0, 100), st.lists(tiers, max_size=4).map(tuple))
policies = st.builds(lambda policy, calendar: Policies(cancellation=policy, calendar=calendar), cancellations, calendars)
instants = st.integers(0, 3 * 366 * 24 * 60).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute))
sums = st.builds(Money, st.integers(0, 10_000_000), st.sampled_from(["EUR", "JPY", "ISK"])) | st.builds(
    Money, st.integers(0, 10_000).map(lambda tens: tens * 10), st.sampled_from(["KWD", "TND"])
)


@settings(deadline=None)
@given(policies, sums, instants, instants)
def test_what_comes_back_and_what_is_kept_make_up_what_was_paid(
    kept: Policies, paid: Money, starts_at: datetime, now: datetime
) -> None:
    """C16, C21: no money appears or disappears."""
    quoted = quote_refund(kept, paid, starts_at, now)
    assert paid == Money(quoted.refund.amount + quoted.kept.amount, paid.currency)
    assert 0 <= quoted.refund.amount <= paid.amount
    assert quoted.refund.amount == paid.amount if quoted.percent == 100 else True
    assert quoted.refund.is_free if quoted.percent == 0 else True


@settings(deadline=None)
@given(policies, sums, instants, instants, instants)
def test_waiting_never_pays(kept: Policies, paid: Money, starts_at: datetime, one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert quote_refund(kept, paid, starts_at, earlier).refund.amount >= quote_refund(kept, paid, starts_at, later).refund.amount


@settings(deadline=None)
@given(policies, instants, instants)
def test_a_quote_holds_until_its_last_instant_and_no_longer(kept: Policies, starts_at: datetime, now: datetime) -> None:
    quoted = quote_refund(kept, PAID, starts_at, now)
    if quoted.holds_until is None:
        assert quoted.percent == quote_refund(kept, PAID, starts_at, max(now, starts_at) + timedelta(days=4000)).percent
        return
    assert now <= quoted.holds_until
    assert quoted.percent == quote_refund(kept, PAID, starts_at, quoted.holds_until).percent
    assert quoted.percent > quote_refund(kept, PAID, starts_at, quoted.holds_until + SECOND).percent


@settings(deadline=None)
@given(notices, instants, calendars)
def test_a_deadline_is_never_after_the_start(notice: Notice, starts_at: datetime, calendar: BusinessCalendar) -> None:
    deadline = notice.deadline(starts_at, calendar)
    assert deadline <= starts_at
    if notice.count == 0:
        assert deadline == starts_at


@settings(deadline=None)
@given(st.integers(1, 60), instants, calendars)
def test_between_a_deadline_in_business_days_and_the_start_lie_so_many(
    days: int, starts_at: datetime, calendar: BusinessCalendar
) -> None:
    """Counted from the other end: the deadline's own date and those up to the start's, which is not counted."""
    zone = ZoneInfo(calendar.zone)
    first = Notice(days, NoticeUnit.BUSINESS_DAYS).deadline(starts_at, calendar).astimezone(zone).date()
    last = starts_at.astimezone(zone).date()
    counted = [first + timedelta(days=number) for number in range((last - first).days)]
    assert days == sum(calendar.is_business_day(day) for day in counted)
    assert calendar.is_business_day(first)


def at(wall: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("count", "unit", "starts_at", "deadline"),
    [
        (24, NoticeUnit.HOURS, "2027-03-28T10:00", "2027-03-27T09:00"),  # the night of the change has 23 hours
        (1, NoticeUnit.DAYS, "2027-03-28T10:00", "2027-03-27T10:00"),
        (24, NoticeUnit.HOURS, "2027-10-31T10:00", "2027-10-30T11:00"),
        (1, NoticeUnit.DAYS, "2027-10-31T10:00", "2027-10-30T10:00"),
        (1, NoticeUnit.DAYS, "2027-03-29T02:30", "2027-03-28T03:00"),  # that time never was: the clocks jumped over it
        (1, NoticeUnit.DAYS, "2027-11-01T02:30", "2027-10-31T02:30"),  # it came twice: the first
        (1, NoticeUnit.BUSINESS_DAYS, "2027-03-08T10:00", "2027-03-05T10:00"),  # 8 March is Women's Day in Berlin, a Monday
        (1, NoticeUnit.BUSINESS_DAYS, "2027-03-09T10:00", "2027-03-05T10:00"),
        (2, NoticeUnit.BUSINESS_DAYS, "2027-03-30T10:00", "2027-03-24T10:00"),  # over Easter: Friday and Monday are holidays
        (1, NoticeUnit.BUSINESS_DAYS, "2027-03-13T10:00", "2027-03-12T10:00"),  # for a Saturday, Friday
        (90, NoticeUnit.MINUTES, "2027-03-28T03:30", "2027-03-28T01:00"),
    ],
)
def test_deadlines_by_the_calendar_and_by_the_clock(count: int, unit: NoticeUnit, starts_at: str, deadline: str) -> None:
    found = Notice(count, unit).deadline(at(starts_at), IN_BERLIN)
    assert at(deadline).astimezone(UTC) == found


def test_a_holiday_that_is_not_kept_is_a_business_day() -> None:
    kept = BusinessCalendar("Europe/Berlin", "DE", "BE")
    assert not kept.is_business_day(date(2027, 3, 8))
    assert BusinessCalendar("Europe/Berlin", "DE", "BE", ("Women's Day",)).is_business_day(date(2027, 3, 8))


def test_weekends_are_the_countrys_own() -> None:
    friday, saturday, sunday = (date(2027, 3, day) for day in (5, 6, 7))
    riyadh = BusinessCalendar("Asia/Riyadh", "SA")
    assert [False, False, True] == [riyadh.is_business_day(day) for day in (friday, saturday, sunday)]
    assert [True, False, False] == [BusinessCalendar().is_business_day(day) for day in (friday, saturday, sunday)]


TIERS = CancellationPolicy(
    None,
    10,
    (Tier(Notice(7, NoticeUnit.DAYS), 100), Tier(Notice(48, NoticeUnit.HOURS), 50)),
)


def test_each_tier_counts_up_to_its_own_instant() -> None:
    starts_at, kept = at("2027-06-14T10:00"), Policies(cancellation=TIERS, calendar=IN_BERLIN)
    full, half = at("2027-06-07T10:00"), at("2027-06-12T10:00")
    expected = [(full, 2500), (full + SECOND, 1250), (half, 1250), (half + SECOND, 250), (starts_at + SECOND, 250)]
    assert expected == [(now, quote_refund(kept, PAID, starts_at, now).refund.amount) for now, _ in expected]
    first = quote_refund(kept, PAID, starts_at, full)
    assert (TIERS.tiers[0], full) == (first.tier, first.holds_until)


def test_parts_are_rounded_for_the_customer_and_to_what_vendors_can_move() -> None:
    assert Money(13, "EUR") == Money(25, "EUR").part(50)
    assert Money(1690, "KWD") == Money(5120, "KWD").part(33)
    assert Money(5120, "KWD") == Money(5120, "KWD").part(100)


def test_staff_give_back_everything_unless_they_choose() -> None:
    starts_at, kept = at("2027-06-14T10:00"), Policies(cancellation=TIERS, calendar=IN_BERLIN)
    late = starts_at - SECOND

    def given(by: Actor, wish: RefundWish | None) -> int:
        return quote(kept, PAID, starts_at, late, by, wish).refund.amount

    by_staff = [given(Actor.STAFF, wish) for wish in (None, RefundWish.FULL, RefundWish.POLICY, RefundWish.NONE)]
    assert [2500, 2500, 250, 0] == by_staff
    assert 250 == given(Actor.CUSTOMER, RefundWish.FULL)


@settings(deadline=None)
@given(sums, st.integers(0, 100))
def test_a_fee_is_a_part_of_the_price_or_a_fixed_amount(price: Money, percent: int) -> None:
    fee = NoShowPolicy(fee_percent=percent).fee(price)
    assert fee.amount <= price.amount * percent / 100
    assert Money(700, price.currency) == NoShowPolicy(fee_amount=700).fee(price)
