"""When a provider works: weekly hours in wall time, replaced for a season or on single dates, turned into instants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.times import moment

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Opening hours of one day in minutes from midnight; 1440 is the next midnight."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MIDNIGHT:
            raise ValueError("opening hours start before they end, within one day")


@dataclass(frozen=True, slots=True)
class Opening:
    """One interval of one date as instants, and which entry of the schedule says so."""

    day: date
    interval: Interval
    starts_at: datetime
    ends_at: datetime
    source: str

    @property
    def is_plain(self) -> bool:
        """Whether it takes as long as the clock on the wall says, so that no clock is changed in it.

        No zone changes its clocks twice in a day.
        """
        return self.ends_at - self.starts_at == timedelta(minutes=self.interval.end - self.interval.start)


@dataclass(frozen=True, slots=True)
class Period:
    """A week's hours (0 is Monday) that hold from one date to another, both included, such as the summer's."""

    first: date
    last: date
    weekly: Mapping[int, Sequence[Interval]]


@dataclass(frozen=True, slots=True)
class Hours:
    """A provider's hours on any date.

    A date that has hours of its own goes before everything else: none means closed. A public holiday that the business keeps
    is closed. Otherwise the week of the period counts that began last of those that hold on the date.
    """

    zone: ZoneInfo
    periods: Sequence[Period]
    overrides: Mapping[date, Sequence[Interval]]
    holidays: Mapping[date, str]

    @classmethod
    def of_week(cls, zone: ZoneInfo, weekly: Mapping[int, Sequence[Interval]]) -> Hours:
        """The same week always, with no exceptions."""
        return cls(zone, [Period(date.min, date.max, weekly)], {}, {})

    def of(self, day: date) -> tuple[Sequence[Interval], str]:
        """What holds on this date, and where it is written: `availability:<date>`, `holiday:<name>` or `schedule:<weekday>`.

        A period that does not hold for ever adds the date it began: `schedule:<weekday>@<date>`.
        """
        if day in self.overrides:
            return self.overrides[day], f"availability:{day}"
        if day in self.holidays:
            return (), f"holiday:{self.holidays[day]}"
        weekday = f"schedule:{WEEKDAYS[day.weekday()]}"
        holding = [period for period in self.periods if period.first <= day <= period.last]
        if not holding:
            return (), weekday
        period = max(holding, key=lambda period: period.first)
        return period.weekly.get(day.weekday(), ()), weekday if period.first == date.min else f"{weekday}@{period.first}"

    def openings(self, first: date, last: date) -> list[Opening]:
        """All openings of these dates, in order of time."""
        found = []
        for day in days(first, last):
            intervals, source = self.of(day)
            for interval in sorted(intervals):
                starts_at, _ = moment(day, interval.start, self.zone)
                ends_at, _ = moment(day, interval.end, self.zone)
                found.append(Opening(day, interval, starts_at, ends_at, source))
        return found


def days(first: date, last: date) -> Iterator[date]:
    """Every date from the first to the last."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def grid(opening: Opening, step: timedelta, zone: ZoneInfo) -> Iterator[tuple[int, datetime, bool]]:
    """The starting times of an opening, every step on the clock from its start: minute of the day, instant, whether it exists."""
    step_minutes = step // timedelta(minutes=1)
    minutes = range(opening.interval.start, opening.interval.end, step_minutes)
    if opening.is_plain:
        yield from ((minute, opening.starts_at + n * step, True) for n, minute in enumerate(minutes))
        return
    for minute in minutes:
        at, exists = moment(opening.day, minute, zone)
        yield minute, at, exists


def closing(openings: Sequence[Opening], index: int) -> datetime:
    """When the provider really closes: openings that touch, also over midnight, are one."""
    ends_at = openings[index].ends_at
    for following in openings[index + 1 :]:
        if following.starts_at > ends_at:
            break
        ends_at = max(ends_at, following.ends_at)
    return ends_at
