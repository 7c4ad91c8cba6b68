"""Lays a wanted series out, and judges each of its times as if it were booked after those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from api.choosing import Chosen, choose
from api.holding import LOOK_AHEAD, LOOK_BACK
from api.problems import Problem, invalid
from api.schemas.booking_requests import NewBooking
from api.schemas.payments import PriceAnswer
from api.schemas.series import NewSeries, OccurrenceAnswer, OccurrenceResult
from api.wiring import Wiring
from domain.diary import Claim, Diary
from domain.money import Money
from domain.recurrence import BadRule, BadStart, Occurrence, Rule, occurrences, read_rule
from domain.slots import Slot
from store.slots import SlotFacts, read_slot_facts


@dataclass(frozen=True, slots=True)
class Judged:
    """One time of the series: which slot it gets, or why it gets none. `facts` are those it was judged by."""

    occurrence: Occurrence
    facts: SlotFacts
    chosen: Chosen | None = None
    refusal: Problem | None = None

    def answer(self, zone: ZoneInfo, price: Money) -> OccurrenceAnswer:
        """As a preview and a refusal show it."""
        fields = {
            "number": self.occurrence.number,
            "starts_at": self.occurrence.starts_at.astimezone(zone),
            "is_shifted": self.occurrence.is_shifted,
        }
        if self.refusal is None:
            free = {"result": OccurrenceResult.FREE, "price": PriceAnswer.of(price)}
            chosen = {"provider_id": self.chosen.slot.provider_id} if self.chosen else {}
            return OccurrenceAnswer.model_validate(fields | free | chosen)
        return OccurrenceAnswer.model_validate(fields | {"result": OccurrenceResult.REFUSED} | reason(self.refusal))


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The whole series as it could be held now."""

    rule: Rule
    zone: ZoneInfo
    facts: SlotFacts
    judged: Sequence[Judged]

    @property
    def price(self) -> Money:
        """What each occurrence costs, for all its seats."""
        return self.facts.service.price

    @property
    def free(self) -> list[Judged]:
        return [one for one in self.judged if one.chosen is not None]

    def answers(self) -> list[OccurrenceAnswer]:
        """Every occurrence for HTTP."""
        return [one.answer(self.zone, self.price) for one in self.judged]


def reason(refusal: Problem) -> dict[str, object]:
    """The rule, what is behind it, in words, and what is free next."""
    error = refusal.errors[0]
    slots = refusal.more.get("next_slots", [])
    return {"rule": error["rule"], "source": error["source"], "detail": error["detail"], "next_slots": slots}


async def lay_out(wired: Wiring, wanted: NewSeries) -> LaidOut:
    """Every time of the series with what becomes of it. Raises Problem where the request itself is wrong."""
    try:
        rule = read_rule(wanted.rrule)
    except BadRule as fault:
        raise invalid("/rrule", str(fault)) from None
    facts = await _facts(wired, wanted, wanted.starts_at)
    if facts.service.approval is not None:
        raise invalid("/service_id", "names a service whose providers are asked about each booking: book them one by one")
    if wanted.seats > facts.service.capacity:
        raise invalid("/seats", f"must be at most {facts.service.capacity}")
    zone = facts.diaries[0].hours.zone if wanted.provider_id else ZoneInfo(facts.business_timezone)
    horizon = facts.now + facts.service.max_advance
    try:
        times = occurrences(rule, wanted.starts_at, zone, max(horizon, wanted.starts_at))
    except BadRule as fault:
        raise invalid("/rrule", str(fault)) from None
    except BadStart as fault:
        raise invalid("/starts_at", str(fault)) from None
    facts = await _facts(wired, wanted, min(times[-1].starts_at, max(horizon, wanted.starts_at)))
    service = replace(facts.service, price=facts.service.price.times(wanted.seats))
    return LaidOut(rule, zone, replace(facts, service=service), _judge_all(facts, wanted, times))


def _judge_all(facts: SlotFacts, wanted: NewSeries, times: Sequence[Occurrence]) -> Sequence[Judged]:
    """In their order: what is free for one counts as booked for the next, towards the limits of days and weeks too."""
    found = []
    for occurrence in times:
        around = replace(facts, until=occurrence.starts_at + LOOK_AHEAD)
        try:
            chosen = choose(around, _alone(wanted, occurrence))
        except Problem as refusal:
            found.append(Judged(occurrence, around, refusal=refusal))
            continue
        found.append(Judged(occurrence, around, chosen))
        facts = _and_one(facts, chosen.slot, wanted.seats)
    return found


def _alone(wanted: NewSeries, occurrence: Occurrence) -> NewBooking:
    """This occurrence as if nothing else were booked."""
    return NewBooking.model_construct(
        service_id=wanted.service_id,
        provider_id=wanted.provider_id,
        starts_at=occurrence.starts_at,
        seats=wanted.seats,
        duration_minutes=wanted.duration_minutes,
        customer=wanted.customer,
        override=None,
    )


def _and_one(facts: SlotFacts, slot: Slot, seats: int) -> SlotFacts:
    service = facts.service
    blocks = (slot.starts_at - service.buffer_before, slot.ends_at + service.buffer_after)

    def with_it(diary: Diary) -> Diary:
        is_given_by = diary.provider_id == slot.provider_id
        for_provider = None if is_given_by else slot.provider_id
        claim = Claim(service.id, slot.starts_at, *blocks, service.capacity, seats, for_provider)
        return diary.and_one(claim, is_own=is_given_by or diary.provider_id in slot.resource_ids)

    diaries = [with_it(diary) for diary in facts.diaries]
    return replace(facts, diaries=diaries, needs=[[with_it(diary) for diary in need] for need in facts.needs])


async def _facts(wired: Wiring, wanted: NewSeries, last: datetime) -> SlotFacts:
    """What is known of the service from the first occurrence to the last one that may be booked."""
    if await wired.services.enter_business(wired.pool, wanted.service_id) is None:
        raise invalid("/service_id", "names no service")
    since = wanted.starts_at - LOOK_BACK
    facts = await read_slot_facts(wired.pool, wanted.service_id, wanted.provider_id, since, last + LOOK_AHEAD)
    if facts is None:
        raise invalid("/service_id", "names no service")
    if not facts.diaries:
        missing = "names no provider of this service" if wanted.provider_id else "names a service that nobody gives yet"
        raise invalid("/provider_id" if wanted.provider_id else "/service_id", missing)
    service = facts.service.lasting(timedelta(minutes=wanted.duration_minutes) if wanted.duration_minutes else None)
    if service is None:
        raise invalid("/duration_minutes", "is not one of the service's durations")
    return replace(facts, service=service)
