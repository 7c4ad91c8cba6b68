"""What a business has said about its time and which bookings it has, judged the plain way: every rule on its own.

Nothing here shares code with the rule engine but the meaning of a wall time and the names of the holidays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.holidays import HolidayCalendar
from domain.hours import WEEKDAYS, Interval
from domain.rules import Rule
from domain.services import Service
from domain.times import moment as moment_of

DAY = timedelta(days=1)
moment = lru_cache(maxsize=50_000)(moment_of)
Week = Mapping[int, Sequence[Interval]]
Reason = tuple[Rule, str]


@dataclass
class Outside:
    """A calendar outside: whether its last reading is fresh, and what was read."""

    name: str
    is_fresh: bool = False
    times: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)


@dataclass
class Person:
    """A provider or a room, and all that was said of their time; a season by its first day."""

    id: UUID
    zone: ZoneInfo
    seasons: dict[date, tuple[date, Week]] = field(default_factory=dict)
    dates: dict[date, Sequence[Interval]] = field(default_factory=dict)
    away: dict[UUID, tuple[datetime, datetime]] = field(default_factory=dict)
    outside: dict[UUID, Outside] = field(default_factory=dict)
    per_day: int | None = None
    per_week: int | None = None


@dataclass(frozen=True)
class Booked:
    """A booking as the table of bookings tells it. `occupies`: held or firm, and not over; `counts`: sold."""

    id: UUID
    service_id: UUID
    provider_id: UUID
    resource_ids: Sequence[UUID]
    starts_at: datetime
    blocks_from: datetime
    blocks_until: datetime
    capacity: int
    seats: int
    occupies: bool
    counts: bool
    is_over: bool

    def uses(self, who: UUID) -> bool:
        return who == self.provider_id or who in self.resource_ids


@dataclass
class Truth:
    """All of one business."""

    zone: ZoneInfo
    people: dict[UUID, Person] = field(default_factory=dict)
    holidays: HolidayCalendar | None = None
    booked: Sequence[Booked] = ()

    def hours(self, who: Person, day: date) -> tuple[Sequence[Interval], str]:
        """What holds on this date, and where that is written."""
        if day in who.dates:
            return who.dates[day], f"availability:{day}"
        if self.holidays and (kept := self.holidays.between(day, day)):
            return (), f"holiday:{kept[day]}"
        name = f"schedule:{WEEKDAYS[day.weekday()]}"
        begun = sorted(first for first, (last, _) in who.seasons.items() if first <= day <= last)
        if not begun:
            return (), name
        return who.seasons[begun[-1]][1].get(day.weekday(), ()), name if begun[-1] == date.min else f"{name}@{begun[-1]}"

    def grid(self, service: Service, who: Person, since: datetime, until: datetime) -> list[datetime]:
        """The starting times that exist, in order."""
        step, found = service.slot_step // timedelta(minutes=1), []
        for day in _dates(since, until, who.zone):
            for interval in self.hours(who, day)[0]:
                starts = (moment(day, minute, who.zone) for minute in range(interval.start, interval.end, step))
                found += [at for at, exists in starts if exists and since <= at < until]
        return sorted(found)

    def is_open(self, who: Person, starts_at: datetime, ends_at: datetime) -> bool:
        """Within hours that follow on one another."""
        spans: list[tuple[datetime, datetime]] = []
        for day in _dates(starts_at, ends_at, who.zone):
            for interval in sorted(self.hours(who, day)[0]):
                opens, closes = (moment(day, minute, who.zone)[0] for minute in (interval.start, interval.end))
                if spans and spans[-1][1] >= opens:
                    opens, _ = spans.pop()
                spans.append((opens, closes))
        return any(opens <= starts_at and ends_at <= closes for opens, closes in spans)

    def against(self, service: Service, who: Person, starts_at: datetime, seats: int, now: datetime) -> set[Reason]:
        """Every reason why this time cannot be had of this provider; none: it can."""
        session = self.session(service, who, starts_at)
        reasons = {
            *_clock(service, starts_at, now),
            *self._written(service, who, starts_at),
            *self._blocked(service, who, starts_at),
        }
        if session:
            full = sum(booked.seats for booked in session) + seats > service.capacity
            reasons |= {(Rule.NO_SEATS_LEFT, "claims")} if full else set()
            own = [self.people[resource] for resource in session[0].resource_ids]
            if any(set(self._blocked(service, resource, starts_at)) for resource in own):
                reasons |= {(Rule.NO_RESOURCE, f"resources:{n}") for n in range(1, len(service.needs) + 1)}
            return reasons
        if self._is_taken(service, who, starts_at):
            rule = Rule.NO_SEATS_LEFT if service.capacity > 1 else Rule.TAKEN
            return reasons | {(rule, "claims"), (Rule.TAKEN, "claims")}
        reasons |= set(self._sold_out(service, starts_at)) | set(self._limited(who, starts_at))
        return reasons | set(self._without_resource(service, who, starts_at))

    def session(self, service: Service, who: Person, starts_at: datetime) -> list[Booked]:
        """The group that sits at this time, which one may join."""
        blocks = _blocks(service, starts_at)
        return [
            booked
            for booked in self.booked
            if booked.occupies and service.capacity > 1
            and (booked.service_id, booked.provider_id, booked.starts_at) == (service.id, who.id, starts_at)
            and (booked.blocks_from, booked.blocks_until) == blocks
        ]  # fmt: skip

    def _written(self, service: Service, who: Person, starts_at: datetime) -> Iterator[Reason]:
        intervals, source = self.hours(who, starts_at.astimezone(who.zone).date())
        if not intervals:
            yield Rule.CLOSED, source
        elif not self.is_open(who, starts_at, starts_at + service.duration):
            yield Rule.OUTSIDE_HOURS, source
        elif starts_at not in self.grid(service, who, starts_at, starts_at + timedelta.resolution):
            yield Rule.OFF_GRID, "service:slot_step_minutes"

    def _blocked(self, service: Service, who: Person, starts_at: datetime) -> Iterator[Reason]:
        ends_at, (blocks_from, blocks_until) = starts_at + service.duration, _blocks(service, starts_at)
        for entry, (leaves, returns) in who.away.items():
            if _instant(leaves, who.zone) < ends_at and starts_at < _instant(returns, who.zone):
                yield Rule.TIME_OFF, f"time_off:{entry}"
        for calendar in who.outside.values():
            if not calendar.is_fresh:
                yield Rule.UNKNOWN, f"calendar:{calendar.name}"
            for name, (since, until) in calendar.times.items():
                if since < blocks_until and blocks_from < until:
                    yield Rule.BUSY, f"calendar:{calendar.name}:{name}"

    def _is_taken(self, service: Service, who: Person, starts_at: datetime) -> bool:
        since, until = _blocks(service, starts_at)
        return any(
            booked.occupies and booked.uses(who.id) and booked.blocks_from < until and since < booked.blocks_until
            for booked in self.booked
        )

    def _sold_out(self, service: Service, starts_at: datetime) -> Iterator[Reason]:
        sold = {
            (booked.provider_id, booked.starts_at) for booked in self.booked if booked.counts and booked.service_id == service.id
        }
        yield from _reached("service", service.max_per_day, service.max_per_week, [at for _, at in sold], starts_at, self.zone)

    def _limited(self, who: Person, starts_at: datetime) -> Iterator[Reason]:
        given = {
            (booked.service_id, booked.starts_at)
            for booked in self.booked
            if booked.uses(who.id) and (booked.occupies or booked.is_over)
        }
        yield from _reached("provider", who.per_day, who.per_week, [at for _, at in given], starts_at, who.zone)

    def _without_resource(self, service: Service, provider: Person, starts_at: datetime) -> Iterator[Reason]:
        free = [
            [one for one in need if one != provider.id and self._is_free(service, self.people[one], starts_at)]
            for need in service.needs
        ]
        for n in range(1, len(free) + 1):
            if not any(len(set(choice)) == n for choice in product(*free[:n])):
                yield Rule.NO_RESOURCE, f"resources:{n}"
                return

    def _is_free(self, service: Service, who: Person, starts_at: datetime) -> bool:
        against = (*self._blocked(service, who, starts_at), *self._limited(who, starts_at))
        is_open = self.is_open(who, starts_at, starts_at + service.duration)
        return is_open and not against and not self._is_taken(service, who, starts_at)


def _clock(service: Service, starts_at: datetime, now: datetime) -> Iterator[Reason]:
    if starts_at <= now:
        yield Rule.IN_THE_PAST, "clock"
    if starts_at < now + service.min_notice:
        yield Rule.TOO_SOON, "service:min_notice_minutes"
    if starts_at > now + service.max_advance:
        yield Rule.TOO_FAR, "service:max_advance_days"


def _reached(
    whose: str, per_day: int | None, per_week: int | None, sold: Sequence[datetime], starts_at: datetime, zone: ZoneInfo
) -> Iterator[Reason]:
    day, on = starts_at.astimezone(zone).date(), [at.astimezone(zone).date() for at in sold]
    if per_day is not None and on.count(day) >= per_day:
        yield Rule.DAY_LIMIT, f"{whose}:max_per_day"
    if per_week is not None and [each.isocalendar()[:2] for each in on].count(day.isocalendar()[:2]) >= per_week:
        yield Rule.WEEK_LIMIT, f"{whose}:max_per_week"


def _blocks(service: Service, starts_at: datetime) -> tuple[datetime, datetime]:
    return starts_at - service.buffer_before, starts_at + service.duration + service.buffer_after


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return moment(wall.date(), wall.hour * 60 + wall.minute, zone)[0]


def _dates(since: datetime, until: datetime, zone: ZoneInfo) -> list[date]:
    first, last = since.astimezone(zone).date() - DAY, until.astimezone(zone).date() + DAY
    return [first + n * DAY for n in range((last - first).days + 1)]
