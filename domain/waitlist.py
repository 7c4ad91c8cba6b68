"""Waiting for a time: what somebody wishes for, whose turn it is, and which free time they are offered.

Whoever joined first is asked first, unless the business gives priority. An offer that is not taken leaves its entry at its place;
the same time is never offered to it again, and after MOST_LAPSES offers without an answer it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.assignment import in_turn, reason
from domain.diary import Diary
from domain.hours import Interval
from domain.services import Service
from domain.slots import Needs, Slot, check, slots
from domain.times import moment

MOST_LAPSES = 3
SHORTEST_OFFER = timedelta(minutes=1)
"""Less is not worth a message: such a time is left to whoever books it."""


class EntryState(StrEnum):
    """Where somebody's waiting stands. `lapsed`: offers were not answered; `over`: no day is left of what they wished for."""

    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"
    LEFT = "left"
    OVER = "over"

    @property
    def is_open(self) -> bool:
        return self in (EntryState.WAITING, EntryState.OFFERED)


class OfferOutcome(StrEnum):
    """What became of an offer. `failed`: they wanted it and it could not be done, so the same time may be offered again."""

    OPEN = "open"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"
    DECLINED = "declined"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Wish:
    """The times somebody would take: of which service, on which days and at which times of day on the clock of `zone`.

    `weekdays` (0 is Monday) and `times` restrict nothing where they are empty; a time of day is when the appointment starts.
    """

    service_id: UUID
    provider_id: UUID | None
    first_day: date
    last_day: date
    zone: ZoneInfo
    weekdays: frozenset[int] = frozenset()
    times: tuple[Interval, ...] = ()
    seats: int = 1
    duration: timedelta | None = None

    @property
    def since(self) -> datetime:
        return moment(self.first_day, 0, self.zone)[0]

    @property
    def until(self) -> datetime:
        return moment(self.last_day, 24 * 60, self.zone)[0]

    def fits(self, starts_at: datetime) -> bool:
        """Whether an appointment that starts then is one of these."""
        wall = starts_at.astimezone(self.zone)
        if not self.first_day <= wall.date() <= self.last_day:
            return False
        if self.weekdays and wall.weekday() not in self.weekdays:
            return False
        minute = wall.hour * 60 + wall.minute
        return not self.times or any(time.start <= minute < time.end for time in self.times)


Time = tuple[UUID, datetime]
"""A start of one provider's."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry in its place. `refused` are the times that were offered to it and not taken."""

    id: UUID
    wish: Wish
    refused: frozenset[Time] = frozenset()


@dataclass(frozen=True, slots=True)
class Fit:
    """A time for an entry, for so long, and why this provider where any would have done."""

    entry: Waiting
    service: Service
    slot: Slot
    hold_for: timedelta
    assigned_by: str | None


def offer_length(service: Service, starts_at: datetime, now: datetime) -> timedelta | None:
    """For how long a time is offered: as the service says, and at most for half of what is left until it begins.

    None where that is too short to be worth it.
    """
    length = min(service.waitlist_offer, (starts_at - now) / 2)
    return length if length >= SHORTEST_OFFER else None


def first_fit(
    line: Sequence[Waiting],
    service: Service,
    diaries: Sequence[Diary],
    needs: Needs,
    now: datetime,
    lost: Collection[tuple[UUID, UUID, datetime]] = (),
) -> Fit | None:
    """The first in this line for whom there is a time, and their earliest time.

    `lost` are (entry, provider, start) that were just lost in a race.
    """
    free = _free_times(diaries, needs, now)
    for entry in line:
        wanted = service.lasting(entry.wish.duration)
        if wanted is None or entry.wish.seats > wanted.capacity:
            continue  # the service was changed meanwhile
        passed_over = entry.refused | {(provider, start) for who, provider, start in lost if who == entry.id}
        if (fit := _fit(entry, wanted, needs, now, free, passed_over)) is not None:
            return fit
    return None


Free = Callable[[Service, Wish], Sequence[tuple[datetime, Diary]]]


def _free_times(diaries: Sequence[Diary], needs: Needs, now: datetime) -> Free:
    """What is free in the days of a wish: worked out once for all wishes for the same days."""
    known: dict[tuple[object, ...], list[tuple[datetime, Diary]]] = {}

    def free(service: Service, wish: Wish) -> Sequence[tuple[datetime, Diary]]:
        key = (wish.since, wish.until, wish.provider_id, service.duration)
        if key not in known:
            since = max(wish.since, now)
            found = [
                (slot.starts_at, diary)
                for diary in diaries
                if wish.provider_id in (None, diary.provider_id) and since < wish.until
                for slot in slots(service, diary, since, wish.until, now, needs)
            ]
            known[key] = sorted(found, key=lambda time: time[0])
        return known[key]

    return free


def _fit(
    entry: Waiting,
    service: Service,
    needs: Needs,
    now: datetime,
    free: Free,
    passed_over: Collection[Time],
) -> Fit | None:
    wish = entry.wish
    times: dict[datetime, list[Diary]] = {}
    for starts_at, diary in free(service, wish):
        if wish.fits(starts_at) and (diary.provider_id, starts_at) not in passed_over:
            times.setdefault(starts_at, []).append(diary)
    for starts_at, givers in times.items():
        hold_for = offer_length(service, starts_at, now)
        for diary in in_turn(service.assignment, givers, starts_at) if hold_for else ():
            found = check(service, diary, starts_at, wish.seats, now, needs)
            if isinstance(found, Slot) and hold_for:
                why = None if wish.provider_id else reason(service.assignment, diary, starts_at)
                return Fit(entry, service, found, hold_for, why)
    return None
