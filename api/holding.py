"""Takes an order for a booking: refuses what cannot be held before any workflow is started, and asks for the hold.

A refusal is not remembered: the same Idempotency-Key may succeed later. A booking is, and its repeat gets the first answer.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence, Set
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import uuid_utils
from asyncpg.pgproto import pgproto
from uuid_utils.compat import uuid7

from api.choosing import Chosen, choose, quotas
from api.commands.outcomes import BookingIsOver
from api.freshness import edition
from api.holders import holder_of
from api.problems import Problem, invalid
from api.refusals import SlotRefused, taken
from api.requests import is_same_request, personal_hash
from api.schemas.booking_requests import NewBooking
from api.turnstile import Turn, Visit
from api.wiring import Wiring
from domain.bookings import BookingRef, BrokenRule, Customer, HoldSlot
from domain.errors import KeyReused, SlotTaken
from domain.holders import BOOKING as ONE_BOOKING
from domain.policies import Policies
from domain.rules import Rule
from domain.tokens import manage_token, token_hash
from store.booking_views import BookingView
from store.bookings_read import find_any_booking, read_broken_rules, which_are_bookings
from store.customers import Known, know
from store.slots import SlotFacts, read_slot_facts
from store.time_versions import read_stamp

PATH = "POST /api/v1/bookings"
KEYS = UUID("5f0d2a36-6f0e-5c0b-9d52-6f5e1c1f0a77")  # our namespace for ids derived from Idempotency-Keys
NAMESPACE = uuid_utils.UUID(str(KEYS))
TRIES = 20  # how often another provider or room is sought when a race for one is lost
LOOK_BACK, LOOK_AHEAD = timedelta(days=1), timedelta(days=7)  # the provider's day, and where the next free slots are sought


@dataclass(frozen=True, slots=True)
class Held:
    """The booking, whether it was there before, and the rules that staff set aside for it just now."""

    booking: BookingView
    is_repeat: bool
    warnings: Sequence[BrokenRule] = ()


async def hold(wired: Wiring, wanted: NewBooking, key: str | None, staff_of: UUID | None = None) -> Held:
    """Holds the wanted slot. Raises Problem where it cannot be had. `staff_of` is the business whose key was sent along."""
    if await wired.services.enter_business(wired.pool, wanted.service_id) is None:
        raise invalid("/service_id", "names no service")
    visit = Visit(None if wanted.override else _wish(wanted), key)
    async with wired.turnstile.turn(wanted.provider_id or wanted.service_id, wanted.starts_at, visit) as turn:
        try:
            await _look_at_kept(wired, wanted, visit, turn)
            return await _hold(wired, wanted, key, staff_of, turn)
        except SlotRefused as refused:
            if visit.wish is not None and refused.tag is not None:
                wired.refusals.keep(visit.wish, refused)
                await _tell_others(wired, turn, refused)
            raise


def _wish(wanted: NewBooking) -> tuple[object, ...]:
    """Equal for those who are refused alike."""
    time = wanted.starts_at.isoformat(), wanted.customer.timezone, wanted.duration_minutes
    return wanted.service_id, wanted.provider_id, *time, wanted.seats


async def _look_at_kept(wired: Wiring, wanted: NewBooking, visit: Visit, turn: Turn) -> None:
    """Refuses for one look-up what was refused before, where nothing has changed since."""
    kept = wired.refusals.get(visit.wish)
    if kept is None or kept.tag is None:
        return
    turn.looks()
    present = await read_stamp(wired.pool, wanted.service_id, wanted.provider_id, edition())
    if kept.tag.stands(present.stamp, present.now) and not await _who_has_booked(wired, kept.business_id, [visit]):
        raise kept.again()


async def _tell_others(wired: Wiring, turn: Turn, refused: SlotRefused) -> None:
    """Whoever holds a booking under their key is called in their turn instead, and gets their first answer."""
    alike = turn.alike()
    booked = await _who_has_booked(wired, refused.business_id, alike)
    turn.tell([one for one in alike if one.key not in booked], refused)


async def _who_has_booked(wired: Wiring, business_id: UUID, visits: Sequence[Visit]) -> set[str]:
    """Those of their keys that made a booking."""
    ids = {booking_id: one.key for one in visits if one.key is not None for booking_id in _ids(business_id, one.key)}
    known = await which_are_bookings(wired.pool, business_id, list(ids)) if ids else set()
    return {ids[booking_id] for booking_id in known}


async def _hold(wired: Wiring, wanted: NewBooking, key: str | None, staff_of: UUID | None, turn: Turn) -> Held:
    lost: set[UUID] = set()
    for number in range(TRIES):
        found = await _find_place(wired, wanted, key, staff_of, turn, lost)
        if isinstance(found, Held):
            return found
        facts, chosen = found
        business_id, slot = facts.service.business_id, chosen.slot
        booking = BookingRef(business_id, _ids(business_id, key)[number] if key else uuid7())
        try:
            customer = _customer(facts, wanted, slot.provider_id)
            known = await know(wired.pool, business_id, customer)
            order = _order(wired, facts, wanted, chosen, booking, customer, known)
            with turn.trying(slot.provider_id, wanted.seats, takes_last=_takes_last(facts, chosen, wanted)):
                async with _asking(wired, order), wired.admission.place():
                    await wired.commands.hold(order, facts.on_calendar_failure)
        except BookingIsOver:
            pass  # a repeat, and the store knows how it ended
        except SlotTaken:
            if wanted.provider_id is not None and not facts.needs:
                break
            lost.add(slot.provider_id)
            continue  # another provider, or another room, may be free
        if (held := await find_any_booking(wired.pool, business_id, [booking.booking_id])) is not None:
            return Held(_same(wired, held, wanted), is_repeat=False, warnings=broken_rules(chosen))
    turn.looks()
    facts = await _facts(wired, wanted)
    choose(facts, wanted)  # says it better when a limit or the last room is what was lost
    raise taken(Rule.TAKEN, "claims", facts, wanted).for_one()


async def _find_place(
    wired: Wiring, wanted: NewBooking, key: str | None, staff_of: UUID | None, turn: Turn, lost: Set[UUID]
) -> Held | tuple[SlotFacts, Chosen]:
    """A place that is free and that nobody else tries for, as soon as there is one; or the booking that the key made before."""
    while True:
        turn.looks()
        facts = await _facts(wired, wanted)
        business_id = facts.service.business_id
        if wanted.override is not None and staff_of != business_id:
            detail = "only the business itself may set its rules aside"
            raise Problem("unauthorised", detail, [{"pointer": "/override", "detail": detail}])
        if key and (first := await find_any_booking(wired.pool, business_id, _ids(business_id, key))):
            return Held(_same(wired, first, wanted), is_repeat=True, warnings=await read_broken_rules(wired.pool, first.ref))
        chosen = _choose(facts, wanted, turn, lost)
        if chosen is not None:
            return facts, chosen
        while not await turn.wait():
            if (await read_stamp(wired.pool, wanted.service_id, wanted.provider_id, edition())).stamp != facts.stamp:
                break  # somebody who tries has what they tried for


def _choose(facts: SlotFacts, wanted: NewBooking, turn: Turn, lost: Set[UUID]) -> Chosen | None:
    """None where others try for all that is free. Raises Problem where nothing is."""
    try:
        chosen = choose(facts, wanted, lost)
    except SlotRefused as refused:
        raise refused.for_one() if lost else refused from None
    crowded = turn.crowded(_places(facts, chosen))
    if chosen.slot.provider_id in crowded and wanted.provider_id is None:
        with suppress(SlotRefused):
            chosen = choose(facts, wanted, lost | crowded)
    return chosen if turn.has_room(chosen.slot.provider_id, wanted.seats, _places(facts, chosen)) else None


def _places(facts: SlotFacts, chosen: Chosen) -> int:
    """How many places this slot has left. Of those that take a room, too, nobody can say: there may be many rooms."""
    return sys.maxsize if facts.needs else chosen.slot.seats_left


def _takes_last(facts: SlotFacts, chosen: Chosen, wanted: NewBooking) -> bool:
    return len(facts.diaries) == 1 and wanted.seats >= _places(facts, chosen)


def _ids(business_id: UUID, key: str) -> list[UUID]:
    """The ids that a request with this key may use, one a turn, so that a repeat knows where to look.

    Of a thousand who are refused at once these are 20,000: made by the standard library, they took a seventh of all their CPU.
    """
    business = str(business_id)
    return [pgproto.UUID(uuid_utils.uuid5(NAMESPACE, f"{business}:{turn}:{key}").bytes) for turn in range(TRIES)]


def _same(wired: Wiring, found: BookingView, wanted: NewBooking) -> BookingView:
    """The booking, if this request made it, whichever of two at once came first."""
    if not is_same_request(found.request_hash, wired.settings, PATH, wanted):
        raise KeyReused("this Idempotency-Key was used for another booking")
    return found


def broken_rules(chosen: Chosen) -> tuple[BrokenRule, ...]:
    """What staff set aside for this slot."""
    return tuple(BrokenRule(removed.rule, removed.source) for removed in chosen.broken)


async def _facts(wired: Wiring, wanted: NewBooking) -> SlotFacts:
    """What is known of the service, in the length that is wanted."""
    since, until = wanted.starts_at - LOOK_BACK, wanted.starts_at + LOOK_AHEAD
    facts = await read_slot_facts(wired.pool, wanted.service_id, wanted.provider_id, since, until, edition())
    if facts is None:
        raise invalid("/service_id", "names no service")
    if not facts.diaries:
        missing = "names no provider of this service" if wanted.provider_id else "names a service that nobody gives yet"
        raise invalid("/provider_id" if wanted.provider_id else "/service_id", missing)
    service = facts.service.lasting(timedelta(minutes=wanted.duration_minutes) if wanted.duration_minutes else None)
    if service is None:
        raise invalid("/duration_minutes", "is not one of the service's durations")
    return replace(facts, service=service)


def _asking(wired: Wiring, order: HoldSlot) -> AbstractAsyncContextManager[None]:
    return wired.full_holders.asking(wired.pool, order.business_id, order.holder, order.booking_id, ONE_BOOKING)


def _policies(facts: SlotFacts, wanted: NewBooking) -> Policies:
    """What the booking keeps. Staff who set the rules aside for it have said yes themselves."""
    policies = facts.service.policies(facts.business_days)
    return replace(policies, approval=None) if wanted.override else policies


def _customer(facts: SlotFacts, wanted: NewBooking, provider_id: UUID) -> Customer:
    """Whoever names no zone reads the provider's clock."""
    who, zones = wanted.customer, {diary.provider_id: diary.hours.zone.key for diary in facts.diaries}
    return Customer(who.name, who.email, who.phone, who.timezone or zones[provider_id], who.locale)


def _order(
    wired: Wiring,
    facts: SlotFacts,
    wanted: NewBooking,
    chosen: Chosen,
    booking: BookingRef,
    who: Customer,
    known: Known,
) -> HoldSlot:
    service, slot, secret = facts.service, chosen.slot, wired.settings.token_secret.get_secret_value()
    token = manage_token(secret, booking)
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
        customer=None if known.reference else who,
        customer_id=known.reference,
        manage_token_hash=token_hash(token).hex(),
        request_hash=personal_hash(wired.settings, PATH, wanted).hex(),
        resource_ids=slot.resource_ids,
        quotas=() if wanted.override else quotas(facts, slot),
        assigned_by=chosen.assigned_by,
        override_reason=known.seal(wanted.override.reason) if wanted.override else None,
        broken_rules=broken_rules(chosen),
        policies=_policies(facts, wanted),
        saves_method=service.may_charge_later,
        holder=None if wanted.override else holder_of(wired.settings, booking.business_id, who.email, who.phone),
    )
