"""What keeps a provider's time from being sold beside their hours and other bookings."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.diary import Block, Limit, monday_of
from domain.rules import Rule
from tests.domain.test_slots import BERLIN, HAIRCUT, MONDAY, at, claim, diary, offered, rules

NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)
BUFFERED = replace(HAIRCUT, buffer_before=timedelta(minutes=30), buffer_after=timedelta(minutes=30))


def block(start: str, end: str, rule: Rule) -> Block:
    return Block(at(start), at(end), rule, f"{rule.value}:1")


def test_time_off_takes_the_slots_it_touches_and_their_buffers_may_reach_into_it() -> None:
    book = replace(diary(), blocks=[block("10:00", "10:30", Rule.TIME_OFF)])
    assert ["09:00", "10:30", "11:00"] == offered(HAIRCUT, book) == offered(BUFFERED, book)
    assert ("time-off", "time-off:1") == rules(HAIRCUT, book)["09:30"]


def test_a_busy_entry_takes_the_buffers_too() -> None:
    book = replace(diary(), blocks=[block("10:00", "10:30", Rule.BUSY)])
    assert ["09:00", "10:30", "11:00"] == offered(HAIRCUT, book)
    assert ["11:00"] == offered(BUFFERED, book)
    assert ("busy", "busy:1") == rules(BUFFERED, book)["09:00"]


def test_while_a_calendar_is_unknown_nothing_is_offered_and_each_time_says_so() -> None:
    book = replace(diary(), unknown=["Google", "Work"])
    assert [] == offered(HAIRCUT, book)
    assert {("availability-unknown", "calendar:Google")} == {rules(HAIRCUT, book)[time] for time in offered(HAIRCUT, diary())}


def limit(per_day: int | None, per_week: int | None, *starts: datetime, zone: ZoneInfo = BERLIN) -> Limit:
    return Limit(per_day, per_week, zone, starts, "provider")


def test_a_full_day_refuses_and_the_next_does_not() -> None:
    full = limit(2, None, at("09:00"), at("20:00"))
    assert (Rule.DAY_LIMIT, "provider:max_per_day") == full.refuses(at("10:00"))
    assert full.refuses(at("10:00", MONDAY + DAY)) is None
    assert limit(2, None, at("09:00")).refuses(at("10:00")) is None


def test_a_week_begins_on_monday() -> None:
    full = limit(None, 1, at("09:00", MONDAY + 6 * DAY))
    for day, expected in ((-1, None), (0, (Rule.WEEK_LIMIT, "provider:max_per_week")), (7, None)):
        assert expected == full.refuses(at("10:00", MONDAY + day * DAY))
    assert MONDAY == monday_of(MONDAY) == monday_of(MONDAY + 6 * DAY)


def test_a_day_is_a_day_of_the_limit_s_zone() -> None:
    """02:00 on Monday in Berlin is still Sunday in New York."""
    night = at("02:00")
    assert limit(1, None, night).refuses(at("12:00")) is not None
    assert limit(1, None, night, zone=NEW_YORK).refuses(at("12:00")) is None
    assert limit(None, 1, night, zone=NEW_YORK).refuses(at("12:00")) is None
    assert limit(1, None, night, zone=NEW_YORK).refuses(at("23:00", MONDAY - DAY)) is not None


def test_the_day_s_limit_is_named_before_the_week_s() -> None:
    both = limit(1, 1, at("09:00"))
    assert (Rule.DAY_LIMIT, Rule.WEEK_LIMIT) == tuple(
        found[0] for day in (0, 1) if (found := both.refuses(at("10:00", MONDAY + day * DAY)))
    )


def test_who_joins_a_session_adds_nothing_to_a_limit() -> None:
    course = replace(HAIRCUT, capacity=3, slot_step=timedelta(hours=1))
    running = claim("10:00", "11:00", capacity=3, seats=1, service=course.id)
    assert ["10:00"] == offered(course, replace(diary(running), limits=[limit(1, 1, at("10:00"))]))


times = st.integers(0, 42 * 24).map(lambda hours: datetime(2027, 3, 1, tzinfo=UTC) + timedelta(hours=hours))


@given(st.lists(times, max_size=40), st.integers(1, 4), st.integers(1, 8), st.sampled_from([BERLIN, NEW_YORK]))
def test_booking_until_refused_never_exceeds_a_limit(wanted: list[datetime], a_day: int, a_week: int, zone: ZoneInfo) -> None:
    taken: list[datetime] = []
    for start in wanted:
        if limit(a_day, a_week, *taken, zone=zone).refuses(start) is None:
            taken.append(start)
    days = [start.astimezone(zone).date() for start in taken]
    assert max(Counter(days).values(), default=0) <= a_day
    assert max(Counter(day.isocalendar()[:2] for day in days).values(), default=0) <= a_week
    refused = [start.astimezone(zone).date() for start in wanted if start not in taken]
    for day in refused:
        assert days.count(day) == a_day or [each.isocalendar()[:2] for each in days].count(day.isocalendar()[:2]) == a_week


@pytest.mark.parametrize(("start", "expected"), [("08:00", 1), ("08:01", 1), ("09:00", 0), ("07:00", 0)])
def test_claims_that_touch_a_time_are_found(start: str, expected: int) -> None:
    book = diary(claim("08:00", "09:00"), claim("10:00", "11:00"))
    assert expected == len(book.claims_during(at(start), at(start) + timedelta(minutes=30)))
