"""Moves a booking to another time: refuses what cannot be, and asks the booking's workflow for the rest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from api.changing import Changing
from api.choosing import Chosen, choose, quotas
from api.commands.contract import Commands
from api.commands.outcomes import BookingIsOver
from api.conditions import Condition
from api.holding import LOOK_AHEAD, LOOK_BACK, TRIES, broken_rules
from api.problems import Problem, invalid, not_found
from api.refusals import taken
from api.requests import request_hash
from api.schemas.booking_requests import NewBooking, NewCustomer
from api.schemas.bookings import BookingAnswer
from api.schemas.rescheduling import RescheduleBooking
from api.turnstile import Turn
from api.wiring import Wiring
from domain.bookings import Actor, BrokenRule
from domain.errors import BookingOver, KeyReused, SlotTaken
from domain.rescheduling import Movable, Move, Moved, check_may_move
from domain.rules import Rule
from store.booking_views import BookingView
from store.bookings_read import find_booking
from store.customers import seal_words
from store.rescheduling import find_answer, find_movable
from store.slots import SlotFacts, read_slot_facts

PATH = "POST /api/v1/bookings/{}/reschedule"


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """Where the booking is now; None while the workflow still works on it. A repeat's is where the first one brought it."""

    moved: Moved | None
    is_repeat: bool = False
    warnings: tuple[BrokenRule, ...] = ()


async def reschedule(
    wired: Wiring,
    change: Changing,
    wanted: RescheduleBooking,
    key: str | None,
    seen: Condition | None = None,
    commands: Commands | None = None,
) -> Rescheduled:
    """Moves the booking, or leaves it where it is and raises Problem or a domain Answer.

    A booking that is there already is not moved again. One that is only held is not moved at all: see check_may_move.
    """
    booking = change.booking
    hashed = request_hash(PATH.format(booking.ref.booking_id), wanted)
    if key and (first := await find_answer(wired.pool, booking.ref, _hashed(key))):
        if first[1] != hashed:
            raise KeyReused("this Idempotency-Key was used for another change")
        return Rescheduled(first[0], is_repeat=True)
    change.check_link()
    if wanted.override is not None and change.actor is not Actor.STAFF:
        detail = "only the business itself may set its rules aside"
        raise Problem("unauthorised", detail, [{"pointer": "/override", "detail": detail}])
    movable = await find_movable(wired.pool, booking.ref)
    if movable is None:
        raise not_found("booking")
    if seen is not None:
        await _check_is_seen(wired, booking, seen)
    check_may_move(movable, change.actor, datetime.now(UTC))
    async with wired.turnstile.turn(wanted.provider_id or booking.provider_id, wanted.starts_at) as turn:
        return await _move(wired, commands or wired.commands, change, wanted, key, movable, turn)


async def _check_is_seen(wired: Wiring, booking: BookingView, seen: Condition) -> None:
    """Looked at after the sequence was read, which the transaction of the move holds against the booking's. Raises Problem."""
    present = await find_booking(wired.pool, booking.ref)
    seen.check(BookingAnswer.of(present) if present else None)


async def _move(
    wired: Wiring,
    commands: Commands,
    change: Changing,
    wanted: RescheduleBooking,
    key: str | None,
    movable: Movable,
    turn: Turn,
) -> Rescheduled:
    booking = change.booking
    wish = _as_booking(booking, wanted)
    for number in range(TRIES):
        facts = await _facts(wired, booking, wanted)
        chosen = choose(facts, wish)
        if _is_there(booking, chosen):
            return Rescheduled(Moved(movable.sequence, booking.provider_id, booking.starts_at, booking.ends_at, booking.price))
        words = await seal_words(wired.pool, booking.ref, wanted.override.reason if wanted.override else None)
        move = replace(_order(change, wanted, facts, chosen, movable, key), override_reason=words)
        request_id = f"reschedule:{_hashed(key).hex()}:{number}" if key else f"reschedule:{move.id}"
        try:
            with turn.trying(move.provider_id, move.seats, takes_last=move.seats >= chosen.slot.seats_left):
                return Rescheduled(await commands.reschedule(move, request_id), warnings=move.broken_rules)
        except BookingIsOver:
            raise BookingOver("the booking is over") from None
        except SlotTaken:
            if not facts.needs:
                break  # otherwise another room may be free
    facts = await _facts(wired, booking, wanted)
    choose(facts, wish)  # says it better when a limit or the last room is what was lost
    raise taken(Rule.TAKEN, "claims", facts, wish)


def _as_booking(booking: BookingView, wanted: RescheduleBooking) -> NewBooking:
    """The same wish as that of somebody who books the new time, so that one set of rules judges both."""
    who = booking.customer
    return NewBooking.model_construct(
        service_id=booking.service_id,
        provider_id=wanted.provider_id or booking.provider_id,
        starts_at=wanted.starts_at,
        seats=booking.seats,
        duration_minutes=wanted.duration_minutes,
        customer=NewCustomer.model_construct(
            name=who.name, email=who.email, phone=who.phone, timezone=who.timezone, locale=who.locale
        ),
        override=wanted.override,
    )


async def _facts(wired: Wiring, booking: BookingView, wanted: RescheduleBooking) -> SlotFacts:
    """What is known of the service in the length that is wanted, as if the booking had given up its time."""
    provider_id = wanted.provider_id or booking.provider_id
    since, until = wanted.starts_at - LOOK_BACK, wanted.starts_at + LOOK_AHEAD
    without = booking.ref.booking_id
    facts = await read_slot_facts(wired.pool, booking.service_id, provider_id, since, until, without=without)
    if facts is None or not facts.diaries:
        raise invalid("/provider_id", "names no provider of this service")
    length = booking.ends_at - booking.starts_at
    if wanted.duration_minutes is None or timedelta(minutes=wanted.duration_minutes) == length:
        return replace(facts, service=replace(facts.service, duration=length))  # sold so, whatever is offered today
    service = facts.service.lasting(timedelta(minutes=wanted.duration_minutes))
    if service is None:
        raise invalid("/duration_minutes", "is not one of the service's durations")
    return replace(facts, service=service)


def _is_there(booking: BookingView, chosen: Chosen) -> bool:
    place = (chosen.slot.provider_id, chosen.slot.starts_at, chosen.slot.ends_at)
    return place == (booking.provider_id, booking.starts_at, booking.ends_at)


def _order(
    change: Changing, wanted: RescheduleBooking, facts: SlotFacts, chosen: Chosen, movable: Movable, key: str | None
) -> Move:
    booking, slot, service = change.booking, chosen.slot, facts.service
    is_as_long = slot.ends_at - slot.starts_at == booking.ends_at - booking.starts_at
    return Move(
        business_id=booking.ref.business_id,
        booking_id=booking.ref.booking_id,
        id=UUID(str(uuid7())),
        sequence=movable.sequence + 1,
        service_id=booking.service_id,
        provider_id=slot.provider_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        blocks_from=slot.starts_at - service.buffer_before,
        blocks_until=slot.ends_at + service.buffer_after,
        capacity=service.capacity,
        seats=booking.seats,
        old_price=booking.price,
        price=booking.price if is_as_long else service.price.times(booking.seats),  # the price of the day it was booked
        payment=booking.payment_timing,
        asked_by=change.actor,
        request_hash=request_hash(PATH.format(booking.ref.booking_id), wanted).hex(),
        request_key=_hashed(key).hex() if key else None,
        link_hash=change.link_hash.hex() if change.link_hash else None,
        resource_ids=slot.resource_ids,
        quotas=() if wanted.override else quotas(facts, slot),
        broken_rules=broken_rules(chosen),
    )


def _hashed(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
