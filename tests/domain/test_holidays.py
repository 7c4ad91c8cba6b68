"""Public holidays, and which of them a business keeps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.holidays import HolidayCalendar, UnknownPlace, public_holidays

YEAR = date(2027, 1, 1), date(2027, 12, 31)
GOOD_FRIDAY = date(2027, 3, 26)


def test_a_country_s_holidays_are_kept_by_name() -> None:
    kept = HolidayCalendar("DE").between(*YEAR)
    assert ("Good Friday", "New Year's Day") == (kept[GOOD_FRIDAY], kept[date(2027, 1, 1)])


def test_one_that_is_not_kept_is_a_day_like_others() -> None:
    kept = HolidayCalendar("DE", not_kept=frozenset({"Good Friday"})).between(*YEAR)
    assert {GOOD_FRIDAY} == HolidayCalendar("DE").between(*YEAR).keys() - kept.keys()


def test_a_region_adds_its_own() -> None:
    epiphany = date(2027, 1, 6)
    assert "Epiphany" == HolidayCalendar("DE", "BY").between(*YEAR)[epiphany]
    assert epiphany not in HolidayCalendar("DE", "BE").between(*YEAR)
    assert epiphany not in HolidayCalendar("DE").between(*YEAR)


def test_a_day_that_stands_in_for_another_is_kept_under_its_own_name() -> None:
    """25 and 26 December 2027 are a Saturday and a Sunday; in Britain Monday and Tuesday are free instead."""
    kept = HolidayCalendar("GB", "ENG").between(date(2027, 12, 25), date(2027, 12, 28))
    assert {25, 26, 27, 28} == {day.day for day in kept}
    assert all("observed" in kept[date(2027, 12, day)] for day in (27, 28))
    not_kept = frozenset(kept[date(2027, 12, day)] for day in (27, 28))
    assert {25, 26} == {day.day for day in HolidayCalendar("GB", "ENG", not_kept).between(date(2027, 12, 20), YEAR[1])}


def test_only_the_dates_asked_for_are_answered_also_over_new_year() -> None:
    found = HolidayCalendar("DE").between(date(2026, 12, 26), date(2027, 1, 1))
    assert {date(2026, 12, 26), date(2027, 1, 1)} == set(found)


def test_of_two_on_one_day_the_kept_one_closes_it() -> None:
    """Whichever day it is; they fall together in other years in other countries."""
    years = (public_holidays(country, None, year) for country in ("JP", "IN", "LK", "MY") for year in range(2026, 2031))
    country_days = [(day, names) for year in years for day, names in year.items() if len(names) > 1]
    assert country_days
    day, (first, *others) = country_days[0]
    calendars = [HolidayCalendar(country, None, frozenset({first})) for country in ("JP", "IN", "LK", "MY")]
    assert "; ".join(others) in [calendar.between(day, day).get(day) for calendar in calendars]


@pytest.mark.parametrize(("country", "region"), [("XX", None), ("DE", "XX"), ("Germany", None), ("", None)])
def test_a_place_without_a_calendar_is_refused(country: str, region: str | None) -> None:
    with pytest.raises(UnknownPlace):
        HolidayCalendar(country, region).between(YEAR[0], YEAR[0] + timedelta(days=1))
