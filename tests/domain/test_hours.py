"""Opening hours as they are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.hours import Hours, Interval, Period, closing, days, grid

MONDAY = date(2027, 3, 8)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(("start", "end"), [(0, 0), (60, 60), (60, 30), (-1, 60), (0, 1441), (1440, 1440)])
def test_hours_start_before_they_end_within_one_day(start: int, end: int) -> None:
    with pytest.raises(ValueError):
        Interval(start, end)


def test_a_day_may_be_open_from_midnight_to_midnight() -> None:
    hours = Hours.of_week(BERLIN, {0: [Interval(0, 1440)], 1: [Interval(0, 60)]})
    first, second = hours.openings(MONDAY, MONDAY + timedelta(days=1))
    assert datetime(2027, 3, 7, 23, tzinfo=UTC) == first.starts_at
    assert first.ends_at == second.starts_at
    assert second.ends_at == closing([first, second], 0)  # openings that touch are one


def test_a_date_of_its_own_goes_before_the_week_and_says_so() -> None:
    hours = Hours(BERLIN, [Period(date.min, date.max, {0: [Interval(540, 600)]})], {MONDAY: []}, {})
    assert ([], "availability:2027-03-08") == hours.of(MONDAY)
    assert ([Interval(540, 600)], "schedule:monday") == hours.of(MONDAY + timedelta(days=7))
    assert ((), "schedule:sunday") == hours.of(MONDAY - timedelta(days=1))


def test_openings_are_in_order_however_they_were_written() -> None:
    hours = Hours.of_week(BERLIN, {0: [Interval(780, 1020), Interval(540, 720)]})
    assert [540, 780] == [opening.interval.start for opening in hours.openings(MONDAY, MONDAY)]


def test_both_ends_of_a_range_of_dates_belong_to_it() -> None:
    assert [MONDAY, MONDAY + timedelta(days=1)] == list(days(MONDAY, MONDAY + timedelta(days=1)))
    assert [] == list(days(MONDAY, MONDAY - timedelta(days=1)))


def test_starting_times_lie_a_step_apart_on_the_clock_also_when_it_is_changed() -> None:
    sunday = date(2027, 3, 28)  # 02:00 becomes 03:00
    hours = Hours.of_week(BERLIN, {6: [Interval(60, 240)]})
    (opening,) = hours.openings(sunday, sunday)
    found = [(minute, exists) for minute, _, exists in grid(opening, timedelta(hours=1), BERLIN)]
    assert [(60, True), (120, False), (180, True)] == found
    assert timedelta(hours=2) == opening.ends_at - opening.starts_at
