"""What a caller reads who cannot have a slot: the rule, in words and as a code, and where there is still room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from api.freshness import Tag
from api.problems import FieldError, Problem
from api.schemas.booking_requests import NewBooking
from api.schemas.slots import shown
from domain.notice import next_turn
from domain.rules import IS_TAKEN, Rule
from domain.slots import Removed, Slot, survey
from store.booking_views import BookingView
from store.slots import SlotFacts

NEXT_SLOTS = 5

WORDS = {
    Rule.IN_THE_PAST: "is in the past",
    Rule.TOO_SOON: "is sooner than this service can be booked",
    Rule.TOO_FAR: "is further ahead than this service can be booked",
    Rule.CLOSED: "is on a day without opening hours",
    Rule.OUTSIDE_HOURS: "is outside the opening hours, or ends after they do",
    Rule.OFF_GRID: "is not one of the starting times",
    Rule.NONEXISTENT: "does not exist: the clocks jump over it that day",
    Rule.TIME_OFF: "is in the provider's time off",
    Rule.BUSY: "is taken in the provider's own calendar",
    Rule.UNKNOWN: "cannot be judged: the provider's own calendar could not be read lately",
    Rule.DAY_LIMIT: "is on a day that is full",
    Rule.WEEK_LIMIT: "is in a week that is full",
    Rule.NO_RESOURCE: "has no room or machine left",
    Rule.TAKEN: "is taken",
    Rule.NO_SEATS_LEFT: "has too few seats left",
}


class SlotRefused(Problem):
    """This business does not give this time now. With a `tag`, it is as true for others with the same wish while that stands."""

    def __init__(self, business_id: UUID, code: str, rule: Rule, error: FieldError, tag: Tag | None = None, **more: Any) -> None:
        super().__init__(code, f"this time {WORDS[rule]}", [error], more={"rule": rule.value, **more})
        self.business_id = business_id
        self.tag = tag
        self._again = partial(SlotRefused, business_id, code, rule, error, tag, **more)
        self._body = b""

    def again(self) -> SlotRefused:
        """The same for somebody else: written once, raised once each, so that none keeps alive what another was about."""
        twin = self._again()
        twin._body = self._body = self.written()
        return twin

    def for_one(self) -> SlotRefused:
        """This refusal, where it is about one caller's lost race rather than about the time."""
        self.tag = None
        return self

    def written(self) -> bytes:
        """The body, made once for all who are told the same."""
        return self._body or super().written()


def refusal(refused: Sequence[Removed], facts: SlotFacts, wanted: NewBooking) -> SlotRefused:
    """Where any provider would have had the time, it is taken; otherwise nobody offers it."""
    for found in refused:
        if found.rule in IS_TAKEN:
            return taken(found.rule, found.source, facts, wanted)
    rule, source = refused[0].rule, refused[0].source
    error, tag = _error("/starts_at", rule, source), _tag(facts, [wanted.starts_at])
    return SlotRefused(facts.service.business_id, "slot-not-offered", rule, error, tag)


def taken(rule: Rule, source: str, facts: SlotFacts, wanted: NewBooking) -> SlotRefused:
    """Somebody was faster; here is what is free next."""
    service, now = facts.service, facts.now
    found = [time for diary in facts.diaries for time in survey(service, diary, wanted.starts_at, facts.until, now, facts.needs)]
    free = [time for time in found if isinstance(time, Slot) and time.seats_left >= wanted.seats]
    free.sort(key=lambda slot: (slot.starts_at, slot.provider_id))
    starts = [wanted.starts_at, *(time.starts_at for time in found)]
    zone = facts.diaries[0].hours.zone
    pointer = "/seats" if rule is Rule.NO_SEATS_LEFT else "/starts_at"
    return SlotRefused(
        facts.service.business_id,
        "slot-taken",
        rule,
        _error(pointer, rule, source),
        _tag(facts, starts),
        next_slots=[slot.model_dump(mode="json") for slot in shown(free[:NEXT_SLOTS], zone)],
        timezone=zone.key,
    )


def _tag(facts: SlotFacts, starts: Iterable[datetime]) -> Tag:
    """What is said of these times stands as long as the facts do, and until the clock says otherwise."""
    return Tag.of(facts.stamp, facts.stands_until, next_turn(facts.service, starts, facts.now))


def check_is_alone(booking: BookingView) -> None:
    """Until its series is confirmed, a booking is held, paid and given up with it. Raises Problem, which names the series."""
    if booking.is_held_with_series:
        detail = "the booking is held with its series: confirm or cancel that"
        facts = {"booking_status": booking.status.value, "series_id": str(booking.series_id)}
        raise Problem("not-allowed-now", detail, more=facts)


def _error(pointer: str, rule: Rule, source: str) -> FieldError:
    return {"pointer": pointer, "detail": WORDS[rule], "rule": rule.value, "source": source}
