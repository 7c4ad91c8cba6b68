"""Rules of RFC 5545 on a provider's wall clock: in every zone, over every change of clocks, and however they are misspelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from domain.recurrence import MOST, BadRule, BadStart, occurrences, read_rule
from domain.times import instant, zone_names

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
FAR = datetime(2100, 1, 1, tzinfo=UTC)
ZONES = sorted(zone_names())


def wall(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 (what a clock on the wall shows has no zone)


def walls(rule: str, first: datetime, zone: ZoneInfo = BERLIN, horizon: datetime = FAR) -> list[str]:
    """What the clock on the wall shows at each occurrence."""
    found = occurrences(read_rule(rule), instant(first, zone), zone, horizon)
    return [f"{one.starts_at.astimezone(zone):%Y-%m-%d %H:%M}" for one in found]


# From RFC 5545, 3.8.5.3, in its own zone; what has no end here has a COUNT instead.
EXAMPLES = [
    ("FREQ=DAILY;UNTIL=19970905T130000Z", ["02", "03", "04", "05"], "1997-09-{} 09:00"),
    ("FREQ=WEEKLY;COUNT=4", ["09-02", "09-09", "09-16", "09-23"], "1997-{} 09:00"),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=5;WKST=SU", ["09-02", "09-16", "09-30", "10-14", "10-28"], "1997-{} 09:00"),
    ("FREQ=WEEKLY;COUNT=4;WKST=SU;BYDAY=TU,TH", ["09-02", "09-04", "09-09", "09-11"], "1997-{} 09:00"),
    ("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=2,15", ["09-02", "09-15", "10-02", "10-15"], "1997-{} 09:00"),
    ("FREQ=MONTHLY;COUNT=3;BYDAY=1TU", ["09-02", "10-07", "11-04"], "1997-{} 09:00"),
    ("FREQ=YEARLY;INTERVAL=2;COUNT=3;BYMONTH=9", ["1997", "1999", "2001"], "{}-09-02 09:00"),
    ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2;COUNT=4", ["09-02", "10-02", "11-04", "12-02"], "1997-{} 09:00"),
    ("FREQ=YEARLY;BYWEEKNO=36;BYDAY=TU;COUNT=3", ["1997-09-02", "1998-09-01", "1999-09-07"], "{} 09:00"),
    ("FREQ=YEARLY;BYYEARDAY=245;COUNT=3", ["1997-09-02", "1998-09-02", "1999-09-02"], "{} 09:00"),
]


@pytest.mark.parametrize(("rule", "days", "shape"), EXAMPLES, ids=[rule for rule, _, _ in EXAMPLES])
def test_the_examples_of_the_rfc(rule: str, days: list[str], shape: str) -> None:
    assert [shape.format(day) for day in days] == walls(rule, wall(1997, 9, 2, 9), NEW_YORK)


@pytest.mark.parametrize("name", ZONES)
def test_a_weekly_series_keeps_its_time_of_day_in_every_zone_over_the_changes_of_clocks(name: str) -> None:
    """Two years hold every change that a zone has; noon exists in all of them."""
    zone = ZoneInfo(name)
    shown = walls("FREQ=WEEKLY;COUNT=105", wall(2027, 1, 4, 12), zone)
    assert [f"{wall(2027, 1, 4, 12) + timedelta(weeks=week):%Y-%m-%d %H:%M}" for week in range(105)] == shown


@limits(max_examples=80, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(wall(2024, 1, 1), wall(2030, 1, 1)),
    st.sampled_from(["FREQ=DAILY;COUNT=60", "FREQ=WEEKLY;COUNT=60", "FREQ=MONTHLY;COUNT=12", "FREQ=YEARLY;COUNT=4"]),
)
@example("Europe/Berlin", wall(2027, 3, 14, 2, 30), "FREQ=WEEKLY;COUNT=60")
def test_every_occurrence_is_at_its_time_of_day_or_says_that_there_is_none(name: str, first: datetime, rule: str) -> None:
    zone, first = ZoneInfo(name), first.replace(second=0, microsecond=0)
    starts_at = instant(first, zone)
    first = starts_at.astimezone(zone).replace(tzinfo=None, fold=0)
    for one in occurrences(read_rule(rule), starts_at, zone, FAR):
        shown = one.starts_at.astimezone(zone)
        is_kept = (shown.hour, shown.minute) == (first.hour, first.minute)
        assert is_kept is not one.is_shifted, (shown, one)
        before = (one.starts_at - timedelta(minutes=1)).astimezone(zone)
        assert is_kept or before.utcoffset() != shown.utcoffset(), "only a jump moves it"


def test_a_time_that_the_clocks_jump_over_is_the_instant_of_the_jump_and_told() -> None:
    found = occurrences(read_rule("FREQ=WEEKLY;COUNT=4"), instant(wall(2027, 3, 14, 2, 30), BERLIN), BERLIN, FAR)
    shown = [(f"{one.starts_at.astimezone(BERLIN):%d %H:%M %z}", one.is_shifted) for one in found]
    assert [("14 02:30 +0100", False), ("21 02:30 +0100", False), ("28 03:00 +0200", True), ("04 02:30 +0200", False)] == shown


def test_a_time_that_comes_twice_is_its_first() -> None:
    found = occurrences(read_rule("FREQ=WEEKLY;COUNT=2"), instant(wall(2027, 10, 24, 2, 30), BERLIN), BERLIN, FAR)
    assert [(24, 2), (31, 2)] == [(one.starts_at.astimezone(BERLIN).day, one.starts_at.astimezone(BERLIN).hour) for one in found]
    assert timedelta(days=7) == found[1].starts_at - found[0].starts_at  # an hour more for the second time


def test_who_starts_at_the_second_of_two_equal_times_gets_it() -> None:
    second = datetime(2027, 10, 31, 2, 30, tzinfo=BERLIN, fold=1)
    assert second.astimezone(UTC) == occurrences(read_rule("FREQ=WEEKLY;COUNT=2"), second, BERLIN, FAR)[0].starts_at


def test_yearly_is_each_year_and_the_29th_of_february_each_leap_year() -> None:
    """C23: a yearly recurrence booked one."""
    assert [f"{year}-05-03 09:00" for year in range(2027, 2037)] == walls("FREQ=YEARLY;COUNT=10", wall(2027, 5, 3, 9))
    leap = walls("FREQ=YEARLY;UNTIL=20410101T000000Z", wall(2028, 2, 29, 9))
    assert ["2028-02-29 09:00", "2032-02-29 09:00", "2036-02-29 09:00", "2040-02-29 09:00"] == leap


def test_the_31st_skips_the_months_that_have_none() -> None:
    shown = walls("FREQ=MONTHLY;COUNT=4", wall(2027, 1, 31, 9))
    assert ["2027-01-31 09:00", "2027-03-31 09:00", "2027-05-31 09:00", "2027-07-31 09:00"] == shown


def test_the_last_workday_of_each_month() -> None:
    shown = walls("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=4", wall(2027, 1, 29, 9))
    assert ["2027-01-29 09:00", "2027-02-26 09:00", "2027-03-31 09:00", "2027-04-30 09:00"] == shown


def test_until_is_an_instant_and_its_own_occurrence_still_counts() -> None:
    """Nine in Berlin in April is seven in UTC: what counts is neither the date nor the wall."""
    first = wall(2027, 3, 22, 9)
    assert ["2027-03-22 09:00", "2027-03-29 09:00"] == walls("FREQ=WEEKLY;UNTIL=20270329T070000Z", first)
    assert ["2027-03-22 09:00"] == walls("FREQ=WEEKLY;UNTIL=20270329T065959Z", first)


def test_an_endless_rule_goes_to_the_horizon_and_no_further_than_the_most() -> None:
    first = wall(2027, 1, 4, 9)
    assert 13 == len(walls("FREQ=WEEKLY", first, horizon=datetime(2027, 3, 31, tzinfo=UTC)))
    assert MOST == len(walls("FREQ=DAILY", first))


def test_more_than_the_most_is_refused() -> None:
    with pytest.raises(BadRule, match="at most 200"):
        walls("FREQ=DAILY;UNTIL=20290101T000000Z", wall(2027, 1, 4, 9))


@pytest.mark.parametrize("rule", ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31"])
def test_what_never_comes_true_is_refused_soon(rule: str) -> None:
    """The library would look until the year 9999."""
    with pytest.raises(BadStart, match="never comes true"):
        walls(rule, wall(2027, 1, 4, 9))


def test_the_series_begins_with_what_its_rule_says() -> None:
    with pytest.raises(BadStart, match="2027-01-05 09:00"):
        walls("FREQ=WEEKLY;BYDAY=TU", wall(2027, 1, 4, 9))


MISSPELLED = [
    "", "WEEKLY", "FREQ=HOURLY", "FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;COUNT=-1", "FREQ=WEEKLY;COUNT=201", "FREQ=WEEKLY;INTERVAL=0",
    "FREQ=WEEKLY;FREQ=DAILY", "COUNT=3", "FREQ=WEEKLY;COUNT=3;UNTIL=20270401T000000Z", "FREQ=WEEKLY;UNTIL=20270401",
    "FREQ=WEEKLY;UNTIL=20270401T090000", "FREQ=WEEKLY;UNTIL=20271301T000000Z", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=2MO",
    "FREQ=DAILY;BYDAY=1FR", "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYYEARDAY=5", "FREQ=MONTHLY;BYWEEKNO=5",
    "FREQ=MONTHLY;BYSETPOS=1", "FREQ=DAILY;BYSETPOS=1;BYDAY=MO", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=0",
    "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYEASTER=0", "FREQ=DAILY;BYHOUR=9", "FREQ=WEEKLY\nEXDATE:20270401", "FREQ=WEEKLY;",
    "FREQ=WEEKLY;DTSTART=20270401T000000Z", "FREQ=YEARLY;BYDAY=54MO", "FREQ=WEEKLY;WKST=1",
]  # fmt: skip


@pytest.mark.parametrize("text", MISSPELLED)
def test_what_is_no_rule_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadRule) as refused:
        read_rule(text)
    assert str(refused.value)


@limits(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["FREQ=MONTHLY", "COUNT=3", "BYDAY=MO", "BYDAY=-1SU", "BYSETPOS=-1", "INTERVAL=400", "x", ";", "="]))
)
def test_whatever_is_sent_is_a_rule_or_refused(parts: list[str]) -> None:
    try:
        rule = read_rule(";".join(parts))
        found = occurrences(rule, instant(wall(2027, 1, 4, 9), BERLIN), BERLIN, FAR)
    except (BadRule, BadStart):
        return
    assert 1 <= len(found) <= MOST
    assert sorted(found, key=lambda one: one.starts_at) == found


def test_the_usual_prefix_and_small_letters_are_understood() -> None:
    assert "FREQ=WEEKLY;COUNT=3" == read_rule(" rrule:freq=weekly;count=3 ").text
