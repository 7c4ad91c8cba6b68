"""Which provider's slot a request gets, and why it gets none."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from api.problems import invalid
from api.refusals import refusal
from api.schemas.booking_requests import NewBooking
from domain.assignment import in_turn, reason
from domain.bookings import Quota
from domain.diary import Diary
from domain.quotas import quotas_of
from domain.rules import Rule
from domain.slots import Removed, Slot, check, check_for_staff
from domain.times import was_skipped
from store.slots import SlotFacts


@dataclass(frozen=True, slots=True)
class Chosen:
    """The slot, why this provider where any would have done, and what staff set aside for it."""

    slot: Slot
    assigned_by: str | None
    broken: Sequence[Removed] = ()


def choose(facts: SlotFacts, wanted: NewBooking, lost: Set[UUID] = frozenset()) -> Chosen:
    """Asks the providers in the service's order; `lost` are those who just lost a race. Raises Problem.

    For staff, whoever breaks no rule goes before whoever would.
    """
    if wanted.seats > facts.service.capacity:
        raise invalid("/seats", f"must be at most {facts.service.capacity}")
    starts_at = wanted.starts_at.astimezone(UTC)
    zone = ZoneInfo(wanted.customer.timezone) if wanted.customer.timezone else facts.diaries[0].hours.zone
    if was_skipped(wanted.starts_at, zone):
        ends_at = starts_at + facts.service.duration
        skipped = Removed(facts.diaries[0].provider_id, starts_at, ends_at, Rule.NONEXISTENT, f"timezone:{zone.key}")
        raise refusal([skipped], facts, wanted)
    refused: list[Removed] = []
    breaking: list[Chosen] = []
    for diary in in_turn(facts.service.assignment, facts.diaries, starts_at):
        found, broken = _judge(facts, diary, starts_at, wanted)
        if isinstance(found, Slot) and (diary.provider_id not in lost or facts.needs):
            why = None if wanted.provider_id else reason(facts.service.assignment, diary, starts_at)
            if not broken:
                return Chosen(found, why)
            breaking.append(Chosen(found, why, broken))
        refused.append(found if isinstance(found, Removed) else _lost(found))
    if breaking:
        return breaking[0]
    raise refusal(refused, facts, wanted)


def _judge(facts: SlotFacts, diary: Diary, starts_at: datetime, wanted: NewBooking) -> tuple[Slot | Removed, Sequence[Removed]]:
    asked = (facts.service, diary, starts_at, wanted.seats, facts.now, facts.needs)
    return check_for_staff(*asked) if wanted.override else (check(*asked), ())


def _lost(slot: Slot) -> Removed:
    return Removed(slot.provider_id, slot.starts_at, slot.ends_at, Rule.TAKEN, "claims")


def quotas(facts: SlotFacts, slot: Slot) -> tuple[Quota, ...]:
    """What the hold has to count again, since others may book at the same moment."""
    return quotas_of(slot, facts.service.id, (facts.diaries, *facts.needs))
