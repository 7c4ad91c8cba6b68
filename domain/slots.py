"""Which times can be booked, and why the others cannot.

The same rules make the list of free slots and check a booking before its hold, so an offered slot can be held, and a refused
one names the rule. A slot lies within the opening hours; its buffers may stick out of them, but never into another claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from domain.diary import Claim, Diary
from domain.hours import closing, days, grid
from domain.matching import match
from domain.notice import bookable_range, too_early_or_late
from domain.rules import BY_STAFF, Rule
from domain.services import Service
from domain.times import moment


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be held now, with the resources it would take beside the provider."""

    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    seats_left: int
    resource_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """A time that cannot be held: by which rule, and which entry, row or setting is behind it."""

    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    rule: Rule
    source: str


Needs = Sequence[Sequence[Diary]]
"""What a service takes beside its provider: of each need any one diary, such as one of the rooms."""


def slots(service: Service, diary: Diary, since: datetime, until: datetime, now: datetime, needs: Needs = ()) -> list[Slot]:
    """The free slots that start in `since ≤ start < until`, in order of time."""
    return [time for time in survey(service, diary, since, until, now, needs) if isinstance(time, Slot)]


def explain(service: Service, diary: Diary, since: datetime, until: datetime, now: datetime, needs: Needs = ()) -> list[Removed]:
    """Every time of the grid that is not offered, and every closed day, with the rule that removed it."""
    return why_not(survey(service, diary, since, until, now, needs), [diary], since, until)


def why_not(found: Iterable[Slot | Removed], diaries: Iterable[Diary], since: datetime, until: datetime) -> list[Removed]:
    """What a survey of these diaries did not offer, and their closed days, in order of time."""
    closed = [day for diary in diaries for day in _closed_days(diary, since, until)]
    removed = [*(time for time in found if isinstance(time, Removed)), *closed]
    return sorted(removed, key=lambda time: (time.starts_at, time.provider_id, time.ends_at))


def survey(
    service: Service, diary: Diary, since: datetime, until: datetime, now: datetime, needs: Needs = ()
) -> list[Slot | Removed]:
    """Every time of the grid, offered or not."""
    return list(_candidates(service, diary, since, until, now, 1, needs))


def check(service: Service, diary: Diary, starts_at: datetime, seats: int, now: datetime, needs: Needs = ()) -> Slot | Removed:
    """Whether these seats can be held at this time."""
    until = starts_at + timedelta.resolution
    for found in _candidates(service, diary, starts_at, until, now, seats, needs):
        if isinstance(found, Slot) or found.rule is not Rule.NONEXISTENT:
            return found
    ends_at = starts_at + service.duration
    rule, source = too_early_or_late(service, starts_at, now) or _off_the_grid(service, diary, starts_at)
    return Removed(diary.provider_id, starts_at, ends_at, rule, source)


def check_for_staff(
    service: Service, diary: Diary, starts_at: datetime, seats: int, now: datetime, needs: Needs = ()
) -> tuple[Slot | Removed, list[Removed]]:
    """The same for the business's own staff, who may set some rules aside: the slot, and what it would break.

    A claim in the way, a time that is past and too few seats refuse them like anybody.
    """
    ends_at = starts_at + service.duration
    broken = [
        Removed(diary.provider_id, starts_at, ends_at, rule, source)
        for rule, source in _all_against(service, diary, starts_at, ends_at, now)
    ]
    for removed in broken:
        if removed.rule not in BY_STAFF:
            return removed, broken
    found = _if_free(service, diary, starts_at, ends_at, seats, needs, by_staff=True)
    taken = found.resource_ids if isinstance(found, Slot) else ()
    for resource in {each.provider_id: each for need in needs for each in need if each.provider_id in taken}.values():
        for rule, source in _against_resource(service, resource, starts_at, ends_at):
            broken.append(Removed(resource.provider_id, starts_at, ends_at, rule, source))
    return found, broken


def _closed_days(diary: Diary, since: datetime, until: datetime) -> list[Removed]:
    """Every day on which the provider does not open at all."""
    zone = diary.hours.zone
    removed = []
    for day in days(since.astimezone(zone).date(), (until - timedelta.resolution).astimezone(zone).date()):
        intervals, source = diary.hours.of(day)
        if not intervals:
            removed.append(Removed(diary.provider_id, *_whole(day, diary), Rule.CLOSED, source))
    return removed


def _all_against(
    service: Service, diary: Diary, starts_at: datetime, ends_at: datetime, now: datetime
) -> Iterator[tuple[Rule, str]]:
    if early_or_late := too_early_or_late(service, starts_at, now):
        yield early_or_late
    if not any(at == starts_at and exists for at, exists in _grid_around(service, diary, starts_at)):
        yield _off_the_grid(service, diary, starts_at)
    elif not _is_open(diary, starts_at, ends_at):
        yield Rule.OUTSIDE_HOURS, diary.hours.of(starts_at.astimezone(diary.hours.zone).date())[1]
    yield from diary.blocked(starts_at, ends_at, starts_at - service.buffer_before, ends_at + service.buffer_after)
    if _session(service, diary, starts_at, None) is None:
        yield from diary.limited(starts_at)


def _against_resource(service: Service, diary: Diary, starts_at: datetime, ends_at: datetime) -> Iterator[tuple[Rule, str]]:
    """A room has hours, and no grid of its own."""
    if not _is_open(diary, starts_at, ends_at):
        yield _off_the_grid(service, diary, starts_at)
    yield from diary.blocked(starts_at, ends_at, starts_at - service.buffer_before, ends_at + service.buffer_after)
    yield from diary.limited(starts_at)


def _grid_around(service: Service, diary: Diary, at: datetime) -> Iterator[tuple[datetime, bool]]:
    day = at.astimezone(diary.hours.zone).date()
    for opening in diary.hours.openings(day - timedelta(days=1), day + timedelta(days=1)):
        for _, starts_at, exists in grid(opening, service.slot_step, diary.hours.zone):
            yield starts_at, exists


def _candidates(
    service: Service, diary: Diary, since: datetime, until: datetime, now: datetime, seats: int, needs: Needs
) -> Iterator[Slot | Removed]:
    zone = diary.hours.zone
    first, last = since.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date() + timedelta(days=1)
    openings = diary.hours.openings(first, last)
    bookable = bookable_range(service, now)
    for index, opening in enumerate(openings):
        if opening.ends_at < since or opening.starts_at >= until:
            continue
        closes_at = closing(openings, index)
        for _, starts_at, exists in grid(opening, service.slot_step, zone):
            if not since <= starts_at < until:
                continue
            ends_at = starts_at + service.duration
            if exists and bookable[0] <= starts_at <= bookable[1] and ends_at <= closes_at:
                yield _if_free(service, diary, starts_at, ends_at, seats, needs)
                continue
            refused = (
                (None if exists else (Rule.NONEXISTENT, f"timezone:{zone.key}"))
                or too_early_or_late(service, starts_at, now)
                or (Rule.OUTSIDE_HOURS, opening.source)
            )
            yield Removed(diary.provider_id, starts_at, ends_at, *refused)


def _if_free(
    service: Service, diary: Diary, starts_at: datetime, ends_at: datetime, seats: int, needs: Needs, *, by_staff: bool = False
) -> Slot | Removed:
    """A slot of the provider's, with one resource for each need; joining a session takes the session's own."""
    times = (starts_at, ends_at, starts_at - service.buffer_before, ends_at + service.buffer_after)
    seats_left, refused = _seats_left(service, diary, *times, by_staff=by_staff)
    if refused:
        return Removed(diary.provider_id, starts_at, ends_at, *refused)
    if seats_left < seats:
        rule = Rule.NO_SEATS_LEFT if service.capacity > 1 else Rule.TAKEN
        return Removed(
            diary.provider_id, starts_at, ends_at, rule, "claims" if seats_left < service.capacity else "service:capacity"
        )
    if not needs:
        return Slot(diary.provider_id, starts_at, ends_at, seats_left)
    resources = match([_that_would_do(service, need, diary.provider_id, seats, times, by_staff=by_staff) for need in needs])
    if isinstance(resources, int):
        return Removed(diary.provider_id, starts_at, ends_at, Rule.NO_RESOURCE, f"resources:{resources + 1}")
    return Slot(diary.provider_id, starts_at, ends_at, seats_left, resources)


Times = tuple[datetime, datetime, datetime, datetime]
"""A slot, and the same with its buffers."""


def _that_would_do(
    service: Service, need: Iterable[Diary], provider_id: UUID, seats: int, times: Times, *, by_staff: bool
) -> list[UUID]:
    """Those that are open and free; those in which the provider's session already sits go alone.

    Each provider prefers others, so that many at once do not all race for the same. Staff may also take one that is only
    closed, when there is no other.
    """

    def preference(resource: UUID) -> int:
        return hash((provider_id, resource))

    free, closed, joined = [], [], []
    is_running = False
    for diary in need:
        if diary.provider_id == provider_id:
            continue
        sits = _session(service, diary, times[0], provider_id) is not None
        is_running = is_running or sits
        seats_left, refused = _seats_left(service, diary, *times, for_provider=provider_id)
        enough = seats_left >= seats
        if sits:
            joined += [diary.provider_id] if enough and (refused is None or by_staff) else []
        elif enough and refused is None and _is_open(diary, times[0], times[1]):
            free.append(diary.provider_id)
        elif enough:
            closed.append(diary.provider_id)
    if is_running:
        return joined
    return sorted(free, key=preference) + sorted(closed if by_staff else [], key=preference)


def _session(service: Service, diary: Diary, starts_at: datetime, for_provider: UUID | None) -> Claim | None:
    """The same session, which others may join; one of another length at this time is another."""
    blocks = (starts_at - service.buffer_before, starts_at + service.duration + service.buffer_after)
    same = (service.id, starts_at, *blocks, service.capacity, for_provider)
    for claim in diary.claims_during(starts_at, starts_at + timedelta.resolution):
        if (claim.service_id, claim.starts_at, claim.blocks_from, claim.blocks_until, claim.capacity, claim.for_provider) == same:
            return claim
    return None


def _seats_left(
    service: Service,
    diary: Diary,
    starts_at: datetime,
    ends_at: datetime,
    blocks_from: datetime,
    blocks_until: datetime,
    *,
    for_provider: UUID | None = None,
    by_staff: bool = False,
) -> tuple[int, tuple[Rule, str] | None]:
    """A claim of the same session is joined; any other claim in the way, buffers included, refuses."""
    refused = None
    if not by_staff and (diary.blocks or diary.unknown):
        refused = next(diary.blocked(starts_at, ends_at, blocks_from, blocks_until), None)
    if diary.claims_during(blocks_from, blocks_until):
        session = _session(service, diary, starts_at, for_provider)
        return (0, (Rule.TAKEN, "claims")) if session is None else (session.capacity - session.seats_taken, refused)
    if refused is None and not by_staff and diary.limits:
        refused = next(diary.limited(starts_at), None)
    return service.capacity, refused


def _is_open(diary: Diary, starts_at: datetime, ends_at: datetime) -> bool:
    day = starts_at.astimezone(diary.hours.zone).date()
    openings = diary.hours.openings(day - timedelta(days=1), day + timedelta(days=1))
    return any(opening.starts_at <= starts_at and ends_at <= closing(openings, n) for n, opening in enumerate(openings))


def _off_the_grid(service: Service, diary: Diary, starts_at: datetime) -> tuple[Rule, str]:
    intervals, source = diary.hours.of(starts_at.astimezone(diary.hours.zone).date())
    if not intervals:
        return Rule.CLOSED, source
    if _is_open(diary, starts_at, starts_at + service.duration):
        return Rule.OFF_GRID, "service:slot_step_minutes"
    return Rule.OUTSIDE_HOURS, source


def _whole(day: date, diary: Diary) -> tuple[datetime, datetime]:
    return moment(day, 0, diary.hours.zone)[0], moment(day, 24 * 60, diary.hours.zone)[0]
