"""What is known of one provider's time: their hours, what occupies it, and how much of it may be sold."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.hours import Hours
from domain.rules import Rule


@dataclass(frozen=True, slots=True)
class Claim:
    """Time that is occupied, buffers included. `seats_taken` counts only seats that are held or booked now.

    `for_provider` is whose session a resource is taken for; None in the provider's own diary.
    """

    service_id: UUID
    starts_at: datetime
    blocks_from: datetime
    blocks_until: datetime
    capacity: int
    seats_taken: int
    for_provider: UUID | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Time in which the provider gives nothing, for another reason than a claim: time off, or an entry of their own calendar.

    A slot's buffers keep clear of a busy entry, as of any appointment; they may reach into time off, as out of the hours.
    """

    starts_at: datetime
    ends_at: datetime
    rule: Rule
    source: str

    def is_hit_by(self, starts_at: datetime, ends_at: datetime, blocks_from: datetime, blocks_until: datetime) -> bool:
        """Whether a slot, with its buffers, falls into this time."""
        if self.rule is Rule.TIME_OFF:
            return self.starts_at < ends_at and starts_at < self.ends_at
        return self.starts_at < blocks_until and blocks_from < self.ends_at


class Limit:
    """At most so many bookings a day or a week, and those that count. A day begins at midnight in `zone`, a week on Monday."""

    __slots__ = ("_days", "_weeks", "per_day", "per_week", "source", "zone")

    def __init__(
        self, per_day: int | None, per_week: int | None, zone: ZoneInfo, starts: Sequence[datetime], source: str
    ) -> None:
        self.zone = zone
        self.per_day = per_day
        self.per_week = per_week
        self.source = source
        local = [start.astimezone(zone).date() for start in starts]
        self._days = Counter(local)
        self._weeks = Counter(monday_of(day) for day in local)

    def and_one(self, starts_at: datetime) -> Limit:
        """The same with one more that counts."""
        more = Limit(self.per_day, self.per_week, self.zone, (starts_at,), self.source)
        more._days += self._days
        more._weeks += self._weeks
        return more

    def refuses(self, starts_at: datetime) -> tuple[Rule, str] | None:
        """The rule, and the setting behind it, when no more may be booked on this time's day or in its week."""
        day = starts_at.astimezone(self.zone).date()
        if self.per_day is not None and self._days[day] >= self.per_day:
            return Rule.DAY_LIMIT, f"{self.source}:max_per_day"
        if self.per_week is not None and self._weeks[monday_of(day)] >= self.per_week:
            return Rule.WEEK_LIMIT, f"{self.source}:max_per_week"
        return None


@dataclass(frozen=True, slots=True)
class Diary:
    """One provider's hours and all that is in them.

    The claims are in order of time and never overlap: the store's lock sees to it. `unknown` names the calendars of theirs that
    could not be read lately; while it is not empty nobody knows whether they are free.
    """

    provider_id: UUID
    hours: Hours
    claims: Sequence[Claim] = ()
    blocks: Sequence[Block] = ()
    unknown: Sequence[str] = ()
    limits: Sequence[Limit] = ()
    priority: int = 0
    last_assigned_at: datetime | None = None
    _starts: Sequence[datetime] = field(init=False, repr=False, compare=False)
    _ends: Sequence[datetime] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", [claim.blocks_from for claim in self.claims])
        object.__setattr__(self, "_ends", [claim.blocks_until for claim in self.claims])

    def and_one(self, claim: Claim, *, is_own: bool) -> Diary:
        """The same with one more booking of the service; `is_own` where it is given by this provider or takes this resource."""
        limits = [limit.and_one(claim.starts_at) if is_own or limit.source == "service" else limit for limit in self.limits]
        if not is_own or self.claims_during(claim.blocks_from, claim.blocks_until):  # a session that it joins is there already
            return replace(self, limits=limits)
        at = bisect_left(self._starts, claim.blocks_from)
        return replace(self, limits=limits, claims=[*self.claims[:at], claim, *self.claims[at:]])

    def claims_during(self, since: datetime, until: datetime) -> Sequence[Claim]:
        """The claims that touch this time."""
        return self.claims[bisect_right(self._ends, since) : bisect_left(self._starts, until)]

    def blocked(
        self, starts_at: datetime, ends_at: datetime, blocks_from: datetime, blocks_until: datetime
    ) -> Iterator[tuple[Rule, str]]:
        """Everything but claims, hours and limits that keeps a slot from this time."""
        if self.unknown:
            yield Rule.UNKNOWN, f"calendar:{self.unknown[0]}"
        for block in self.blocks:
            if block.is_hit_by(starts_at, ends_at, blocks_from, blocks_until):
                yield block.rule, block.source

    def limited(self, starts_at: datetime) -> Iterator[tuple[Rule, str]]:
        """The limits that are reached on this time's day or in its week. Who joins a session adds nothing to them."""
        return (refused for limit in self.limits if (refused := limit.refuses(starts_at)))


def monday_of(day: date) -> date:
    """The week of a day."""
    return day - timedelta(days=day.weekday())
