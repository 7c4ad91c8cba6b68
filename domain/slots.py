"""Which times can be booked, and why the others cannot.

The same rules make the list of free slots and check a booking before its hold, so an offered slot can be held, and a refused
one names the rule. A slot lies within the opening hours; its buffers may stick out of them, but never into another claim.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.hours import Hours, closing, days, grid
from domain.services import Service
from domain.times import moment


class Rule(StrEnum):
    """Why a time is not offered. Codes never change once released."""

    IN_THE_PAST = "in-the-past"
    TOO_SOON = "too-soon"
    TOO_FAR = "too-far"
    CLOSED = "closed"
    OUTSIDE_HOURS = "outside-hours"
    OFF_GRID = "off-grid"
    NONEXISTENT = "nonexistent-local-time"
    TAKEN = "taken"
    NO_SEATS_LEFT = "no-seats-left"


@dataclass(frozen=True, slots=True)
class Claim:
    """Time that is occupied, buffers included. `seats_taken` counts only seats that are held or booked now."""

    service_id: UUID
    starts_at: datetime
    blocks_from: datetime
    blocks_until: datetime
    capacity: int
    seats_taken: int


@dataclass(frozen=True, slots=True)
class Diary:
    """One provider's hours and claims. The claims are in order of time and never overlap: the store's lock sees to it."""

    provider_id: UUID
    hours: Hours
    claims: Sequence[Claim]


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be held now."""

    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    seats_left: int


@dataclass(frozen=True, slots=True)
class Removed:
    """A time that cannot be held: by which rule, and which entry, row or setting is behind it."""

    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    rule: Rule
    source: str


def slots(service: Service, diary: Diary, since: datetime, until: datetime, now: datetime) -> list[Slot]:
    """The free slots that start in `since ≤ start < until`, in order of time."""
    return [found for found in _candidates(service, diary, since, until, now, 1) if isinstance(found, Slot)]


def explain(service: Service, diary: Diary, since: datetime, until: datetime, now: datetime) -> list[Removed]:
    """Every time of the grid that is not offered, and every closed day, with the rule that removed it."""
    zone = diary.hours.zone
    removed = [found for found in _candidates(service, diary, since, until, now, 1) if isinstance(found, Removed)]
    for day in days(since.astimezone(zone).date(), (until - timedelta(microseconds=1)).astimezone(zone).date()):
        intervals, source = diary.hours.of(day)
        if not intervals:
            removed.append(Removed(diary.provider_id, *_whole(day, diary), Rule.CLOSED, source))
    return sorted(removed, key=lambda found: (found.starts_at, found.ends_at))


def check(service: Service, diary: Diary, starts_at: datetime, seats: int, now: datetime) -> Slot | Removed:
    """Whether these seats can be held at this time."""
    until = starts_at + timedelta(microseconds=1)
    for found in _candidates(service, diary, starts_at, until, now, seats):
        if isinstance(found, Slot) or found.rule is not Rule.NONEXISTENT:
            return found
    ends_at = starts_at + service.duration
    rule, source = _too_early_or_late(service, starts_at, now) or _off_the_grid(service, diary, starts_at)
    return Removed(diary.provider_id, starts_at, ends_at, rule, source)


def _candidates(
    service: Service, diary: Diary, since: datetime, until: datetime, now: datetime, seats: int
) -> Iterator[Slot | Removed]:
    zone = diary.hours.zone
    first, last = since.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date() + timedelta(days=1)
    openings = diary.hours.openings(first, last)
    for index, opening in enumerate(openings):
        if opening.ends_at <= since or opening.starts_at >= until:
            continue
        closes_at = closing(openings, index)
        for _, starts_at, exists in grid(opening, service.slot_step, zone):
            if not since <= starts_at < until:
                continue
            ends_at = starts_at + service.duration
            refused = (
                (None if exists else (Rule.NONEXISTENT, f"timezone:{zone.key}"))
                or _too_early_or_late(service, starts_at, now)
                or (None if ends_at <= closes_at else (Rule.OUTSIDE_HOURS, opening.source))
            )
            if refused:
                yield Removed(diary.provider_id, starts_at, ends_at, *refused)
            else:
                yield _if_free(service, diary, starts_at, ends_at, seats)


def _too_early_or_late(service: Service, starts_at: datetime, now: datetime) -> tuple[Rule, str] | None:
    if starts_at <= now:
        return Rule.IN_THE_PAST, "clock"
    if starts_at < now + service.min_notice:
        return Rule.TOO_SOON, "service:min_notice_minutes"
    if starts_at > now + service.max_advance:
        return Rule.TOO_FAR, "service:max_advance_days"
    return None


def _if_free(service: Service, diary: Diary, starts_at: datetime, ends_at: datetime, seats: int) -> Slot | Removed:
    """A claim of the same session with seats left is joined; any other claim in the way, buffers included, refuses."""
    blocks_from, blocks_until = starts_at - service.buffer_before, ends_at + service.buffer_after
    index = bisect_right(diary.claims, blocks_from, key=lambda claim: claim.blocks_until)
    in_the_way = diary.claims[index : bisect_right(diary.claims, blocks_until - timedelta.resolution, key=_blocks_from)]
    for claim in in_the_way:
        if (claim.service_id, claim.starts_at, claim.capacity) == (service.id, starts_at, service.capacity):
            seats_left = claim.capacity - claim.seats_taken
            if seats_left >= seats:
                return Slot(diary.provider_id, starts_at, ends_at, seats_left)
            rule = Rule.NO_SEATS_LEFT if service.capacity > 1 else Rule.TAKEN
            return Removed(diary.provider_id, starts_at, ends_at, rule, "claims")
    if in_the_way:
        return Removed(diary.provider_id, starts_at, ends_at, Rule.TAKEN, "claims")
    if seats > service.capacity:
        return Removed(diary.provider_id, starts_at, ends_at, Rule.NO_SEATS_LEFT, "service:capacity")
    return Slot(diary.provider_id, starts_at, ends_at, service.capacity)


def _blocks_from(claim: Claim) -> datetime:
    return claim.blocks_from


def _off_the_grid(service: Service, diary: Diary, starts_at: datetime) -> tuple[Rule, str]:
    day = starts_at.astimezone(diary.hours.zone).date()
    intervals, source = diary.hours.of(day)
    if not intervals:
        return Rule.CLOSED, source
    openings = diary.hours.openings(day - timedelta(days=1), day + timedelta(days=1))
    for index, opening in enumerate(openings):
        if opening.starts_at <= starts_at and starts_at + service.duration <= closing(openings, index):
            return Rule.OFF_GRID, "service:slot_step_minutes"
    return Rule.OUTSIDE_HOURS, source


def _whole(day: date, diary: Diary) -> tuple[datetime, datetime]:
    return moment(day, 0, diary.hours.zone)[0], moment(day, 24 * 60, diary.hours.zone)[0]
