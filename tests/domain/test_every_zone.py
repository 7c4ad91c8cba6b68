"""Slots on the days when clocks are changed, in every zone there is.

The expected starts are worked out the other way round: from each quarter of an hour that really passes to what the wall says.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from domain.diary import Diary
from domain.hours import Hours, Interval, days
from domain.rules import Rule
from domain.services import Service
from domain.slots import Removed, Slot, check, explain, slots
from domain.times import zone_names
from tests.domain.test_slots import HAIRCUT, PROVIDER

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
NOW = FIRST - timedelta(days=30)
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
Wall = tuple[date, int]


@cache
def changes(name: str) -> tuple[datetime, ...]:
    """The instants from 2026 to 2030 at which the zone's clocks are changed, to the quarter of an hour."""
    zone, found = ZoneInfo(name), []
    at, offset = FIRST, FIRST.astimezone(zone).utcoffset()
    while at < LAST:
        following = at + DAY
        if (later := following.astimezone(zone).utcoffset()) != offset:
            quarters = [at + n * QUARTER for n in range(1, 97)]
            found.append(next(q for q in quarters if q.astimezone(zone).utcoffset() == later))
        at, offset = following, later
    return tuple(found)


def days_of_change() -> Iterator[tuple[ZoneInfo, date]]:
    """Every zone with each date on which its clocks are changed (two, at midnight); one that never does, with any date."""
    for name in sorted(zone_names()):
        zone = ZoneInfo(name)
        for at in changes(name) or (datetime(2028, 2, 29, 12, tzinfo=UTC),):
            for day in {moment.astimezone(zone).date() for moment in (at - timedelta(hours=1), at)}:
                yield zone, day


@dataclass(frozen=True)
class Reality:
    """The quarters of an hour around a date, each with what the wall says when it begins."""

    instants: Sequence[datetime]
    walls: Sequence[Wall]
    first: Mapping[Wall, datetime]

    @classmethod
    def around(cls, day: date, zone: ZoneInfo) -> Reality:
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=40)
        instants = [begin + n * QUARTER for n in range(4 * 104)]
        local = [at.astimezone(zone) for at in instants]
        walls = [(at.date(), at.hour * 60 + at.minute) for at in local]
        first: dict[Wall, datetime] = {}
        for at, wall in zip(instants, walls, strict=True):
            first.setdefault(wall, at)
        return cls(instants, walls, first)

    def reached(self, day: date, minute: int) -> datetime:
        """When the wall first says this, or more."""
        wall = (day, minute) if minute < 1440 else (day + DAY, 0)
        if wall in self.first:
            return self.first[wall]
        known = sorted(self.first)
        return self.first[known[bisect_left(known, wall)]]


def a_service(minutes: int, step: int) -> Service:
    length = timedelta(minutes=minutes)
    return replace(HAIRCUT, duration=length, slot_step=timedelta(minutes=step), max_advance=timedelta(days=3000))


def offered(service: Service, book: Diary, day: date, reality: Reality) -> tuple[list[Slot], list[Removed], datetime, datetime]:
    since, until = reality.reached(day, 0), reality.reached(day, 1440)
    asked = (service, book, since, until, NOW)
    return slots(*asked), explain(*asked), since, until


def test_the_changes_are_found() -> None:
    """The search itself: Europe changes twice a year, Morocco around each Ramadan, Lord Howe by half an hour, India never."""
    assert [datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)] == [
        at for at in changes("Europe/Berlin") if at.year == 2027
    ]
    assert () == changes("Asia/Kolkata")
    assert 10 == len(changes("Australia/Lord_Howe"))
    assert {2026, 2027, 2028, 2029, 2030} == {at.year for at in changes("Africa/Casablanca")}
    assert 500 < len(zone_names())


def test_around_the_clock_each_half_hour_that_exists_is_offered_once_in_every_zone() -> None:
    """C24: no slot lost, doubled or overlapping; they add up to the hours the wall shows that day."""
    always = {weekday: [Interval(0, 1440)] for weekday in range(7)}
    service = a_service(30, 30)
    for zone, day in days_of_change():
        reality = Reality.around(day, zone)
        since, until = reality.reached(day, 0), reality.reached(day, 1440)
        found = slots(service, Diary(PROVIDER, Hours.of_week(zone, always)), since, until, NOW)
        shown = [minute for (on, minute) in reality.first if on == day]
        halves = [reality.first[day, minute] for minute in sorted(shown) if minute % 30 == 0]
        assert halves == [slot.starts_at for slot in found], (zone.key, day)
        assert len(shown) * QUARTER == sum((slot.ends_at - slot.starts_at for slot in found), timedelta()), (zone.key, day)
        assert all(before.ends_at <= after.starts_at for before, after in pairwise(found)), (zone.key, day)
        twice = sum(on == day for on, _ in reality.walls) - len(shown)
        assert until - since == (len(shown) + twice) * QUARTER, (zone.key, day)


def skipped_between(since: datetime, until: datetime, grid: Sequence[int], day: date, reality: Reality) -> int:
    """How many of these times are jumped over at an instant of this range, also at its beginning: on the evening before."""
    walls = [(on, minute) for on in (day - DAY, day) for minute in grid]
    return sum(wall not in reality.first and since <= reality.reached(*wall) < until for wall in walls)


@cache
def kinds() -> list[tuple[ZoneInfo, date]]:
    """One of all the zones that change at the same instant, from the same offset to the same, with the dates of that change."""
    found: dict[object, tuple[ZoneInfo, date]] = {}
    for name in sorted(zone_names()):
        zone = ZoneInfo(name)
        for at in changes(name):
            before, after = ((at + side).astimezone(zone) for side in (-QUARTER, timedelta()))
            for day in {before.date(), after.date()}:
                found.setdefault((at, before.utcoffset(), after.utcoffset(), day), (zone, day))
    return list(found.values())


SHIFTS: Mapping[str, Sequence[Interval]] = {
    "a night's": [Interval(0, 5 * 60)],
    "two that meet in the small hours": [Interval(30, 2 * 60 + 30), Interval(2 * 60 + 30, 6 * 60)],
    "one that ends and one that begins in the hour that is changed": [Interval(0, 2 * 60 + 15), Interval(2 * 60 + 45, 4 * 60)],
    "the evening's and the day's": [Interval(9 * 60, 17 * 60), Interval(22 * 60, 24 * 60)],
    "nothing but what may be skipped": [Interval(0, 60), Interval(2 * 60, 3 * 60)],
}


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize(("minutes", "step"), [(15, 15), (60, 30)])
def test_every_shift_offers_what_fits_into_its_hours_at_every_kind_of_change(shift: str, minutes: int, step: int) -> None:
    """C24: what is offered starts at a wall time that exists, on the shift's grid, and ends within its hours."""
    intervals, service = SHIFTS[shift], a_service(minutes, step)
    for zone, day in kinds():
        reality = Reality.around(day, zone)
        book = Diary(PROVIDER, Hours.of_week(zone, dict.fromkeys(range(7), intervals)))
        found, removed, since, until = offered(service, book, day, reality)
        spans = open_spans(intervals, day, reality)
        grid = [minute for interval in intervals for minute in range(interval.start, interval.end, step)]
        exists = [reality.first[day, minute] for minute in grid if (day, minute) in reality.first]
        expected = [at for at in exists if any(opens <= at and at + service.duration <= closes for opens, closes in spans)]
        assert expected == [slot.starts_at for slot in found], (zone.key, day)
        assert len(set(expected)) == len(found), (zone.key, day)
        assert {service.duration} >= {slot.ends_at - slot.starts_at for slot in found}, (zone.key, day)
        told = len(exists) + skipped_between(since, until, grid, day, reality)
        assert told == len(found) + len(removed), (zone.key, day)


def open_spans(intervals: Sequence[Interval], day: date, reality: Reality) -> list[tuple[datetime, datetime]]:
    """When the shift really begins and ends on this date and the next; two that meet are one."""
    spans: list[tuple[datetime, datetime]] = []
    for on in days(day, day + DAY):
        for interval in intervals:
            since, until = reality.reached(on, interval.start), reality.reached(on, interval.end)
            if spans and spans[-1][1] >= since:
                since, _ = spans.pop()
            spans.append((since, until))
    return spans


def test_what_is_offered_on_a_day_of_change_can_be_held_in_every_zone() -> None:
    """C24, C25: shown is booked. A time that happens again is off the grid the second time, and said so."""
    always = {weekday: [Interval(0, 1440)] for weekday in range(7)}
    service = a_service(30, 30)
    for zone, day in (kind for kind in kinds() if kind[1].year == 2028):
        reality = Reality.around(day, zone)
        book = Diary(PROVIDER, Hours.of_week(zone, always))
        found, _, since, until = offered(service, book, day, reality)
        starts = {slot.starts_at: slot for slot in found}
        for at in reality.instants:
            if since <= at < until:
                judged = check(service, book, at, 1, NOW)
                if at in starts:
                    assert starts[at] == judged, (zone.key, day)
                else:
                    assert isinstance(judged, Removed) and judged.rule is Rule.OFF_GRID, (zone.key, day)
