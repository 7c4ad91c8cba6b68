"""Takes a wish for the waitlist: refuses what could never be offered, and keeps one entry for each customer and wish."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

from api.problems import Problem, invalid, not_found
from api.requests import is_same_request, personal_hash
from api.schemas.waitlist import NewWaitlistEntry, render_entry
from api.wiring import Wiring
from domain.bookings import Customer
from domain.errors import KeyReused
from domain.tokens import entry_token, token_hash
from domain.waitlist import Wish
from domain.webhooks import JOINED
from store.events import Connection
from store.slots import SlotFacts, read_slot_facts
from store.waitlist import NewEntry
from store.waitlist import join as join_line
from store.waitlist_read import EntryView, find_entry
from store.webhook_events import tell_at_once

PATH = "POST /api/v1/waitlist"
KEYS = UUID("0c8e5d0a-1d1f-5a57-9f53-6a3bb6a1c5d2")  # our namespace for ids derived from Idempotency-Keys
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Joined:
    """The entry, whether it was there before, and whether this very request made it, now or before."""

    entry: EntryView
    is_repeat: bool
    is_own: bool


async def join_waitlist(wired: Wiring, wanted: NewWaitlistEntry, key: str | None, staff_of: UUID | None) -> Joined:
    """Puts the customer into the line. Raises Problem and KeyReused. `staff_of` is the business whose key was sent along."""
    if await wired.services.enter_business(wired.pool, wanted.service_id) is None:
        raise invalid("/service_id", "names no service")
    facts = await _facts(wired, wanted)
    business_id = facts.service.business_id
    if wanted.priority is not None and staff_of != business_id:
        detail = "only the business itself may give priority"
        raise Problem("unauthorised", detail, [{"pointer": "/priority", "detail": detail}])
    own_id = uuid5(KEYS, f"{business_id}:{key}") if key else uuid7()
    settings = wired.settings
    hashed = personal_hash(settings, PATH, wanted)
    if key and (first := await find_entry(wired.pool, business_id, own_id)):
        return _repeat(first, own_id, is_same=is_same_request(first.request_hash, settings, PATH, wanted))
    new = _entry(wired, wanted, facts, own_id, hashed)
    async with wired.pool.acquire() as connection, connection.transaction():
        first_id = await join_line(connection, new)
        if first_id is None:
            await tell_of_entry(connection, JOINED, business_id, own_id)
    entry = await find_entry(wired.pool, business_id, first_id or own_id)
    if entry is None:
        raise not_found("entry of the waitlist")
    is_same = is_same_request(entry.request_hash, settings, PATH, wanted)
    return _repeat(entry, own_id, is_same=is_same) if first_id else Joined(entry, is_repeat=False, is_own=True)


async def tell_of_entry(connection: Connection, name: str, business_id: UUID, entry_id: UUID) -> None:
    """Tells the business's own systems of this entry as it is now, in the caller's transaction."""
    entry = await find_entry(connection, business_id, entry_id)
    if entry is not None:
        now = datetime.now(UTC)
        await tell_at_once(connection, business_id, name, now, render_entry(name, entry, now), entry.customer_id)


def _repeat(entry: EntryView, own_id: UUID, *, is_same: bool) -> Joined:
    """Who has another key, or none, is not told the token: a guess of somebody's wish must not be worth it."""
    if entry.id == own_id and not is_same:
        raise KeyReused("this Idempotency-Key was used for another request")
    return Joined(entry, is_repeat=True, is_own=entry.id == own_id)


async def _facts(wired: Wiring, wanted: NewWaitlistEntry) -> SlotFacts:
    now = datetime.now(UTC)
    facts = await read_slot_facts(wired.pool, wanted.service_id, wanted.provider_id, now, now + A_DAY)
    if facts is None:
        raise invalid("/service_id", "names no service")
    if not facts.diaries:
        missing = "names no provider of this service" if wanted.provider_id else "names a service that nobody gives yet"
        raise invalid("/provider_id" if wanted.provider_id else "/service_id", missing)
    length = timedelta(minutes=wanted.duration_minutes) if wanted.duration_minutes else None
    service = facts.service.lasting(length)
    if service is None:
        raise invalid("/duration_minutes", "is not one of the service's durations")
    if wanted.seats > service.capacity:
        raise invalid("/seats", f"must be at most {service.capacity}")
    return facts


def _entry(wired: Wiring, wanted: NewWaitlistEntry, facts: SlotFacts, own_id: UUID, hashed: bytes) -> NewEntry:
    zone, who = facts.diaries[0].hours.zone, wanted.customer
    wish = wanted.as_wish(zone)
    if wish.until <= facts.now:
        raise invalid("/to", "is over already")
    if wish.since > facts.now + facts.service.max_advance:
        raise invalid("/from", "is further ahead than this service can be booked")
    customer = Customer(who.name, who.email, who.phone, who.timezone or wish.zone.key, who.locale)
    business_id = facts.service.business_id
    token = entry_token(wired.settings.token_secret.get_secret_value(), business_id, own_id)
    return NewEntry(
        business_id=business_id,
        id=own_id,
        wish=wish,
        customer=customer,
        priority=wanted.priority or 0,
        wish_hash=_wish_hash(wish, customer),
        request_hash=hashed,
        manage_token_hash=token_hash(token),
    )


def _wish_hash(wish: Wish, who: Customer) -> bytes:
    """Equal for the same person who wants the same. A changed detail is another person: a public form speaks for nobody."""
    times = [[time.start, time.end] for time in wish.times]
    days = [wish.first_day.isoformat(), wish.last_day.isoformat(), sorted(wish.weekdays), times, wish.zone.key]
    minutes = None if wish.duration is None else wish.duration // timedelta(minutes=1)
    what = [str(wish.service_id), str(wish.provider_id), wish.seats, minutes]
    whom = [who.name, who.email, who.phone, who.timezone, who.locale]
    return hashlib.sha256(json.dumps([what, days, whom]).encode()).digest()
