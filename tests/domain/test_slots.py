"""Which times are offered, and which rule removed the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bookings import PaymentTiming
from domain.diary import Claim, Diary
from domain.hours import Hours, Interval, Period
from domain.money import Money
from domain.policies import CancellationPolicy
from domain.rules import Rule
from domain.services import Service
from domain.slots import Removed, Slot, check, explain, slots

BERLIN = ZoneInfo("Europe/Berlin")
PROVIDER, OTHER_SERVICE = UUID(int=2), UUID(int=9)
MONDAY = date(2027, 3, 8)
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
NINE_TO_TWELVE = Interval(9 * 60, 12 * 60)

HAIRCUT = Service(
    business_id=UUID(int=1),
    id=UUID(int=3),
    name="Haircut",
    duration=timedelta(minutes=60),
    buffer_before=timedelta(),
    buffer_after=timedelta(),
    slot_step=timedelta(minutes=30),
    price=Money(0, "EUR"),
    payment=PaymentTiming.NONE,
    capacity=1,
    min_notice=timedelta(),
    max_advance=timedelta(days=90),
    cancellation_policy=CancellationPolicy(timedelta(), 0),
    reminders=(),
)


def at(clock: str, day: date = MONDAY, zone: ZoneInfo = BERLIN) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


def diary(
    *claims: Claim,
    weekly: Mapping[int, Sequence[Interval]] | None = None,
    overrides: Mapping[date, Sequence[Interval]] | None = None,
    zone: ZoneInfo = BERLIN,
) -> Diary:
    week = Period(date.min, date.max, {0: [NINE_TO_TWELVE]} if weekly is None else weekly)
    return Diary(PROVIDER, Hours(zone, [week], overrides or {}, {}), claims)


def claim(start: str, end: str, *, capacity: int = 1, seats: int = 1, service: UUID = OTHER_SERVICE, buffer: int = 0) -> Claim:
    around = timedelta(minutes=buffer)
    return Claim(service, at(start), at(start) - around, at(end) + around, capacity, seats)


def clocks(found: Sequence[Slot], zone: ZoneInfo = BERLIN) -> list[str]:
    return [slot.starts_at.astimezone(zone).strftime("%H:%M") for slot in found]


def offered(service: Service, book: Diary, day: date = MONDAY, now: datetime = NOW) -> list[str]:
    zone = book.hours.zone
    since = at("00:00", day, zone)
    until = at("00:00", day + timedelta(days=1), zone)
    return clocks(slots(service, book, since, until, now), zone)


def rules(service: Service, book: Diary, day: date = MONDAY, now: datetime = NOW) -> dict[str, tuple[str, str]]:
    since, until = at("00:00", day), at("00:00", day + timedelta(days=1))
    return {
        removed.starts_at.astimezone(BERLIN).strftime("%H:%M"): (removed.rule.value, removed.source)
        for removed in explain(service, book, since, until, now)
    }


def test_slots_start_every_step_and_end_before_closing() -> None:
    assert ["09:00", "09:30", "10:00", "10:30", "11:00"] == offered(HAIRCUT, diary())


def test_the_grid_begins_with_each_interval() -> None:
    book = diary(weekly={0: [Interval(13 * 60 + 10, 15 * 60), NINE_TO_TWELVE]})
    assert ["09:00", "09:30", "10:00", "10:30", "11:00", "13:10", "13:40"] == offered(HAIRCUT, book)


def test_intervals_that_touch_are_one_opening() -> None:
    book = diary(weekly={0: [Interval(9 * 60, 11 * 60), Interval(11 * 60, 12 * 60)]})
    assert ["09:00", "09:30", "10:00", "10:30", "11:00"] == offered(HAIRCUT, book)


def test_a_slot_may_reach_over_midnight_where_both_days_are_open() -> None:
    book = diary(weekly={0: [Interval(23 * 60, 24 * 60)], 1: [Interval(0, 60)]})
    assert ["23:00", "23:30"] == offered(HAIRCUT, book)
    assert ["23:00"] == offered(HAIRCUT, diary(weekly={0: [Interval(23 * 60, 24 * 60)]}))


def test_a_date_of_its_own_replaces_the_weekly_hours() -> None:
    book = diary(overrides={MONDAY: [Interval(14 * 60, 16 * 60)], MONDAY + timedelta(days=1): [NINE_TO_TWELVE]})
    assert ["14:00", "14:30", "15:00"] == offered(HAIRCUT, book)
    assert ["09:00", "09:30", "10:00", "10:30", "11:00"] == offered(HAIRCUT, book, MONDAY + timedelta(days=1))


def test_a_date_without_intervals_is_closed() -> None:
    book = diary(overrides={MONDAY: []})
    assert [] == offered(HAIRCUT, book)
    assert {"00:00": ("closed", "availability:2027-03-08")} == rules(HAIRCUT, book)
    assert {"00:00": ("closed", "schedule:tuesday")} == rules(HAIRCUT, book, MONDAY + timedelta(days=1))


def test_claims_take_the_slots_they_touch_and_no_others() -> None:
    assert ["09:00", "11:00"] == offered(HAIRCUT, diary(claim("10:00", "11:00")))
    assert ("taken", "claims") == rules(HAIRCUT, diary(claim("10:00", "11:00")))["09:30"]


def test_our_buffers_keep_clear_of_claims_and_may_stick_out_of_the_hours() -> None:
    service = replace(HAIRCUT, buffer_before=timedelta(minutes=15), buffer_after=timedelta(minutes=15))
    assert ["09:00", "09:30", "10:00", "10:30", "11:00"] == offered(service, diary())
    assert ["11:00"] == offered(service, diary(claim("09:30", "10:45")))
    assert [] == offered(service, diary(claim("09:30", "10:46")))


def test_the_buffers_of_others_are_theirs_too() -> None:
    assert ["11:00"] == offered(HAIRCUT, diary(claim("10:00", "10:30", buffer=30)))


@pytest.mark.parametrize(
    ("notice", "now", "expected"),
    [
        (0, "09:00", ["09:30", "10:00", "10:30", "11:00"]),
        (0, "08:59", ["09:00", "09:30", "10:00", "10:30", "11:00"]),
        (60, "09:00", ["10:00", "10:30", "11:00"]),
        (61, "09:00", ["10:30", "11:00"]),
        (1440, "09:00", []),
    ],
)
def test_minimum_notice_is_kept_to_the_minute(notice: int, now: str, expected: list[str]) -> None:
    service = replace(HAIRCUT, min_notice=timedelta(minutes=notice))
    assert expected == offered(service, diary(), now=at(now))


def test_maximum_advance_is_kept_to_the_second() -> None:
    service = replace(HAIRCUT, max_advance=timedelta(days=7))
    assert ["09:00", "09:30"] == offered(service, diary(), now=at("09:30") - timedelta(days=7))
    assert ["09:00"] == offered(service, diary(), now=at("09:30") - timedelta(days=7, seconds=1))


def test_a_session_is_offered_while_it_has_seats() -> None:
    course = replace(HAIRCUT, capacity=3, slot_step=timedelta(minutes=60))
    running = diary(claim("10:00", "11:00", capacity=3, seats=2, service=course.id))
    found = slots(course, running, at("00:00"), at("23:00"), NOW)
    assert [("09:00", 3), ("10:00", 1), ("11:00", 3)] == list(
        zip(clocks(found), [slot.seats_left for slot in found], strict=True)
    )
    full = diary(claim("10:00", "11:00", capacity=3, seats=3, service=course.id))
    assert ["09:00", "11:00"] == offered(course, full)
    assert ("no-seats-left", "claims") == rules(course, full)["10:00"]


def test_a_session_of_another_service_or_size_is_in_the_way() -> None:
    course = replace(HAIRCUT, capacity=3)
    assert "10:00" not in offered(course, diary(claim("10:00", "11:00", capacity=3, seats=1)))
    assert "10:00" not in offered(course, diary(claim("10:00", "11:00", capacity=2, seats=1, service=course.id)))


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [
        (at("09:00"), None),
        (at("09:15"), ("off-grid", "service:slot_step_minutes")),
        (at("09:00") + timedelta(seconds=1), ("off-grid", "service:slot_step_minutes")),
        (at("11:30"), ("outside-hours", "schedule:monday")),
        (at("11:15"), ("outside-hours", "schedule:monday")),
        (at("08:30"), ("outside-hours", "schedule:monday")),
        (at("20:00"), ("outside-hours", "schedule:monday")),
        (at("09:00", MONDAY + timedelta(days=1)), ("closed", "schedule:tuesday")),
        (at("09:00", MONDAY - timedelta(days=14)), ("in-the-past", "clock")),
        (at("09:00", MONDAY + timedelta(days=7 * 20)), ("too-far", "service:max_advance_days")),
        (at("10:00"), ("taken", "claims")),
    ],
)
def test_a_refused_time_names_its_rule(starts_at: datetime, expected: tuple[str, str] | None) -> None:
    """C51: "slot not found", and nobody can tell why."""
    found = check(HAIRCUT, diary(claim("10:00", "11:00")), starts_at, 1, NOW)
    assert expected == ((found.rule.value, found.source) if isinstance(found, Removed) else None)


def test_more_seats_than_a_session_has_are_refused() -> None:
    course = replace(HAIRCUT, capacity=3)
    running = diary(claim("10:00", "11:00", capacity=3, seats=2, service=course.id))
    assert isinstance(check(course, running, at("10:00"), 1, NOW), Slot)
    refused = check(course, running, at("10:00"), 2, NOW)
    assert isinstance(refused, Removed)
    assert Rule.NO_SEATS_LEFT is refused.rule


def test_hours_keep_to_the_wall_clock_when_it_changes() -> None:
    """C24: an hour's shift after the change."""
    week = {day: [NINE_TO_TWELVE] for day in range(7)}
    saturday, sunday = date(2027, 3, 27), date(2027, 3, 28)
    for day in (saturday, sunday):
        assert "09:00" == offered(HAIRCUT, diary(weekly=week), day)[0]
    found = slots(HAIRCUT, diary(weekly=week), at("00:00", saturday), at("00:00", sunday + timedelta(days=1)), NOW)
    assert timedelta(hours=23) == found[5].starts_at - found[0].starts_at


def test_times_that_the_clocks_jump_over_are_not_offered() -> None:
    night = diary(weekly={6: [Interval(0, 5 * 60)]})
    sunday = date(2027, 3, 28)
    hourly = replace(HAIRCUT, slot_step=timedelta(hours=1))
    assert ["00:00", "01:00", "03:00", "04:00"] == offered(hourly, night, sunday)
    removed = explain(hourly, night, at("00:00", sunday), at("00:00", sunday + timedelta(days=1)), NOW)
    assert [Rule.NONEXISTENT] == [found.rule for found in removed]
    assert isinstance(check(hourly, night, at("03:00", sunday), 1, NOW), Slot)


def test_times_that_happen_twice_are_offered_once() -> None:
    night = diary(weekly={6: [Interval(0, 5 * 60)]})
    sunday = date(2027, 10, 31)
    hourly = replace(HAIRCUT, slot_step=timedelta(hours=1), max_advance=timedelta(days=400))
    found = slots(hourly, night, at("00:00", sunday), at("00:00", sunday + timedelta(days=1)), NOW)
    assert ["00:00", "01:00", "02:00", "03:00", "04:00"] == clocks(found)
    assert timedelta(hours=2) == found[3].starts_at - found[2].starts_at
    assert 5 == len({slot.starts_at for slot in found})


def test_the_range_is_half_open() -> None:
    assert ["09:30", "10:00"] == clocks(slots(HAIRCUT, diary(), at("09:30"), at("10:30"), NOW))


busy = st.lists(st.tuples(st.integers(0, 300), st.integers(5, 120)), max_size=5)


@given(
    busy=busy,
    duration=st.integers(5, 240),
    step=st.integers(5, 120),
    before=st.integers(0, 45),
    after=st.integers(0, 45),
    notice=st.integers(0, 10_000),
    now_minutes=st.integers(-20_000, 500),
)
def test_what_is_offered_can_be_held_and_what_is_removed_cannot(
    busy: list[tuple[int, int]], duration: int, step: int, before: int, after: int, notice: int, now_minutes: int
) -> None:
    service = replace(
        HAIRCUT,
        duration=timedelta(minutes=duration),
        slot_step=timedelta(minutes=step),
        buffer_before=timedelta(minutes=before),
        buffer_after=timedelta(minutes=after),
        min_notice=timedelta(minutes=notice),
    )
    claims, free_from = [], at("08:00")
    for gap, length in busy:
        start = free_from + timedelta(minutes=gap)
        free_from = start + timedelta(minutes=length)
        claims.append(Claim(OTHER_SERVICE, start, start, free_from, 1, 1))
    book, now = diary(*claims), at("09:00") + timedelta(minutes=now_minutes)
    day = at("00:00"), at("00:00", MONDAY + timedelta(days=1))
    found = slots(service, book, *day, now)
    for slot in found:
        assert slot == check(service, book, slot.starts_at, 1, now)
        blocks_from, blocks_until = slot.starts_at - service.buffer_before, slot.ends_at + service.buffer_after
        assert not any(claim.blocks_from < blocks_until and blocks_from < claim.blocks_until for claim in claims)
        assert at("09:00") <= slot.starts_at
        assert slot.ends_at <= at("12:00")
    removed = explain(service, book, *day, now)
    for time in removed:
        assert time == check(service, book, time.starts_at, 1, now)
    grid = {at("09:00") + timedelta(minutes=minute) for minute in range(0, 180, step)}
    assert grid == {slot.starts_at for slot in found} | {time.starts_at for time in removed}
