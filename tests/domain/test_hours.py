"""Which of several things said about a date holds on it."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.hours import Hours, Interval, Period
from tests.domain.test_slots import BERLIN, MONDAY

SUMMER = date(2027, 6, 1), date(2027, 8, 31)
DAY = timedelta(days=1)
MORNING, EVENING, NOON = Interval(9 * 60, 12 * 60), Interval(17 * 60, 20 * 60), Interval(12 * 60, 13 * 60)
ALWAYS = Period(date.min, date.max, dict.fromkeys(range(7), (MORNING,)))
IN_SUMMER = Period(*SUMMER, dict.fromkeys(range(7), (EVENING,)))


def hours(*periods: Period, **more: object) -> Hours:
    return Hours(BERLIN, periods, more.get("overrides", {}), more.get("holidays", {}))  # type: ignore[arg-type]


def test_a_season_holds_from_its_first_day_to_its_last() -> None:
    book = hours(ALWAYS, IN_SUMMER)
    assert ((MORNING,), "schedule:monday") == book.of(SUMMER[0] - DAY)
    assert ((EVENING,), "schedule:tuesday@2027-06-01") == book.of(SUMMER[0])
    assert ((EVENING,), "schedule:tuesday@2027-06-01") == book.of(SUMMER[1])
    assert ((MORNING,), "schedule:wednesday") == book.of(SUMMER[1] + DAY)


def test_of_seasons_that_overlap_the_one_that_began_last_holds_alone() -> None:
    in_july = Period(date(2027, 7, 1), date(2027, 7, 31), {0: (NOON,)})
    for periods in ((ALWAYS, IN_SUMMER, in_july), (in_july, IN_SUMMER, ALWAYS)):
        book = hours(*periods)
        assert ((NOON,), "schedule:monday@2027-07-01") == book.of(date(2027, 7, 5))
        assert ((), "schedule:tuesday@2027-07-01") == book.of(date(2027, 7, 6))
        assert ((EVENING,), "schedule:monday@2027-06-01") == book.of(date(2027, 8, 2))


def test_an_empty_season_is_closed_all_the_time() -> None:
    book = hours(ALWAYS, Period(*SUMMER, {}))
    assert [] == book.openings(*SUMMER)
    assert 2 == len(book.openings(SUMMER[0] - DAY, SUMMER[1] + DAY))


def test_without_any_season_on_a_date_it_is_closed() -> None:
    assert ((), "schedule:monday") == hours(IN_SUMMER).of(MONDAY)


def test_a_date_of_its_own_goes_before_a_holiday_and_that_before_the_week() -> None:
    easter = {MONDAY: "Easter Monday"}
    assert ((), "holiday:Easter Monday") == hours(ALWAYS, holidays=easter).of(MONDAY)
    both = hours(ALWAYS, holidays=easter, overrides={MONDAY: (NOON,), MONDAY + DAY: ()})
    assert ((NOON,), "availability:2027-03-08") == both.of(MONDAY)
    assert ((), "availability:2027-03-09") == both.of(MONDAY + DAY)


starts = st.dates(date(2027, 1, 1), date(2027, 12, 31))


@given(
    st.lists(st.tuples(starts, st.integers(0, 200), st.sampled_from([(MORNING,), (EVENING,), (NOON,), ()])), max_size=6), starts
)
def test_whichever_seasons_there_are_one_week_holds(said: list[tuple[date, int, tuple[Interval, ...]]], day: date) -> None:
    """By first day each season is said once; replaying them in the order they begin, the last word counts."""
    seasons = {first: (first + timedelta(days=length), week) for first, length, week in said}
    expected: tuple[Interval, ...] = (MORNING,)
    for first in sorted(seasons):
        last, week = seasons[first]
        if first <= day <= last:
            expected = week
    periods = [Period(first, last, dict.fromkeys(range(7), week)) for first, (last, week) in seasons.items()]
    assert expected == hours(*periods, ALWAYS).of(day)[0]
