"""Takes an order for a booking: refuses what cannot be held before any workflow is started, and asks for the hold.

A refusal is not remembered: the same Idempotency-Key may succeed later. A booking is, and its repeat gets the first answer.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from api.commands import BookingIsOver
from api.problems import Problem, invalid
from api.refusals import not_offered, taken
from api.requests import request_hash
from api.schemas.bookings import NewBooking
from api.tokens import manage_token, token_hash
from api.wiring import Wiring
from domain.bookings import BookingRef, Customer, HoldSlot
from domain.errors import KeyReused, SlotTaken
from domain.slots import Diary, Removed, Rule, Slot, check
from domain.times import was_skipped
from store.bookings_read import BookingView, find_any_booking, find_booking
from store.slots import SlotFacts, read_slot_facts

PATH = "POST /api/v1/bookings"
KEYS = UUID("5f0d2a36-6f0e-5c0b-9d52-6f5e1c1f0a77")  # our namespace for ids derived from Idempotency-Keys
TRIES = 5  # how many providers are asked in turn when "any" loses a race
LOOK_BACK, LOOK_AHEAD = timedelta(days=1), timedelta(days=7)  # the provider's day, and where the next free slots are sought


@dataclass(frozen=True, slots=True)
class Held:
    """The booking, and whether it was there before."""

    booking: BookingView
    is_repeat: bool


async def hold(wired: Wiring, wanted: NewBooking, key: str | None) -> Held:
    """Holds the wanted slot. Raises Problem where it cannot be had."""
    async with wired.turnstile.turn(wanted.provider_id or wanted.service_id, wanted.starts_at):
        return await _hold(wired, wanted, key)


async def _hold(wired: Wiring, wanted: NewBooking, key: str | None) -> Held:
    lost: set[UUID] = set()
    for turn in range(TRIES):
        facts = await _facts(wired, wanted)
        business_id = facts.service.business_id
        if key and (first := await find_any_booking(wired.pool, business_id, _ids(business_id, key))):
            return Held(_same(first, wanted), is_repeat=True)
        slot = _choose(facts, wanted, lost)
        booking = BookingRef(business_id, _ids(business_id, key)[turn] if key else uuid7())
        try:
            await wired.commands.hold(_order(wired, facts, wanted, slot, booking), facts.on_calendar_failure)
        except BookingIsOver:
            pass  # a repeat, and the store knows how it ended
        except SlotTaken:
            if wanted.provider_id is not None:
                break
            lost.add(slot.provider_id)
            continue  # another provider may be free
        if (held := await find_booking(wired.pool, booking)) is not None:
            return Held(_same(held, wanted), is_repeat=False)
    facts = await _facts(wired, wanted)
    raise taken(Rule.TAKEN, facts, wanted)


def _ids(business_id: UUID, key: str) -> list[UUID]:
    """The ids that a request with this key may use, one a turn, so that a repeat knows where to look."""
    return [uuid5(KEYS, f"{business_id}:{turn}:{key}") for turn in range(TRIES)]


def _same(found: BookingView, wanted: NewBooking) -> BookingView:
    """The booking, if this request made it, whichever of two at once came first."""
    if found.request_hash != request_hash(PATH, wanted):
        raise KeyReused("this Idempotency-Key was used for another booking")
    return found


async def _facts(wired: Wiring, wanted: NewBooking) -> SlotFacts:
    since, until = wanted.starts_at - LOOK_BACK, wanted.starts_at + LOOK_AHEAD
    facts = await read_slot_facts(wired.pool, wanted.service_id, wanted.provider_id, since, until)
    if facts is None:
        raise invalid("/service_id", "names no service")
    if not facts.diaries:
        missing = "names no provider of this service" if wanted.provider_id else "names a service that nobody gives yet"
        raise invalid("/provider_id" if wanted.provider_id else "/service_id", missing)
    return facts


def _choose(facts: SlotFacts, wanted: NewBooking, lost: Set[UUID]) -> Slot:
    """The slot as one provider can give it: of several, the one with the least to do that day. Raises Problem."""
    if wanted.seats > facts.service.capacity:
        raise invalid("/seats", f"must be at most {facts.service.capacity}")
    zone = ZoneInfo(wanted.customer.timezone) if wanted.customer.timezone else facts.diaries[0].hours.zone
    if was_skipped(wanted.starts_at, zone):
        raise not_offered(Rule.NONEXISTENT, f"timezone:{zone.key}")
    starts_at = wanted.starts_at.astimezone(UTC)
    refused: list[Removed] = []
    for diary in sorted(facts.diaries, key=lambda diary: (_claims_that_day(diary, starts_at), diary.provider_id)):
        found = check(facts.service, diary, starts_at, wanted.seats, facts.now)
        if isinstance(found, Slot) and diary.provider_id not in lost:
            return found
        refused.append(found if isinstance(found, Removed) else _lost(found))
    raise _refusal(refused, facts, wanted)


def _lost(slot: Slot) -> Removed:
    return Removed(slot.provider_id, slot.starts_at, slot.ends_at, Rule.TAKEN, "claims")


def _claims_that_day(diary: Diary, at: datetime) -> int:
    day = at.astimezone(diary.hours.zone).date()
    return sum(claim.starts_at.astimezone(diary.hours.zone).date() == day for claim in diary.claims)


def _refusal(refused: Sequence[Removed], facts: SlotFacts, wanted: NewBooking) -> Problem:
    """Where any provider would have had the time, it is taken; otherwise nobody offers it."""
    for found in refused:
        if found.rule in (Rule.TAKEN, Rule.NO_SEATS_LEFT):
            return taken(found.rule, facts, wanted)
    return not_offered(refused[0].rule, refused[0].source)


def _order(wired: Wiring, facts: SlotFacts, wanted: NewBooking, slot: Slot, booking: BookingRef) -> HoldSlot:
    service, who = facts.service, wanted.customer
    zones = {diary.provider_id: diary.hours.zone.key for diary in facts.diaries}
    token = manage_token(wired.settings.token_secret.get_secret_value(), booking)
    return HoldSlot(
        business_id=booking.business_id,
        booking_id=booking.booking_id,
        service_id=service.id,
        provider_id=slot.provider_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        blocks_from=slot.starts_at - service.buffer_before,
        blocks_until=slot.ends_at + service.buffer_after,
        capacity=service.capacity,
        seats=wanted.seats,
        price=service.price.times(wanted.seats),
        payment=service.payment,
        customer=Customer(who.name, who.email, who.phone, who.timezone or zones[slot.provider_id], who.locale),
        manage_token_hash=token_hash(token).hex(),
        request_hash=request_hash(PATH, wanted).hex(),
    )
