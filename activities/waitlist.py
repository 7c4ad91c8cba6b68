"""Finding whose turn it is on a waitlist, and which free time they are offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from temporalio import activity
from uuid_utils.compat import uuid7

from domain.bookings import BookingRef, Customer, HoldSlot, OnCalendarFailure
from domain.quotas import quotas_of
from domain.tokens import manage_token, token_hash
from domain.waitlist import Fit, first_fit
from store.slots import SlotFacts, read_slot_facts
from store.waitlist_line import Line, note_seen, read_customer, read_line

LOOK_AROUND = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lost:
    """A time that somebody else was faster to take."""

    entry_id: UUID
    provider_id: UUID
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class FindOffer:
    """Look at the line of this service once; what was `lost` a moment ago is left out."""

    business_id: UUID
    service_id: UUID
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """Hold this for so many seconds, for the customer who is named in it."""

    order: HoldSlot
    seconds: float
    on_calendar_failure: OnCalendarFailure


@dataclass(frozen=True, slots=True)
class Found:
    """Who is offered what now, if anybody. `look_at` is when time itself changes that; None where nobody waits any more."""

    offer: Offer | None = None
    is_awaited: bool = False
    look_at: datetime | None = None


class WaitlistActivities:
    """Looks with the same rules as customers do; the offer's own hold decides."""

    def __init__(self, pool: asyncpg.Pool, token_secret: str) -> None:
        self._pool = pool
        self._token_secret = token_secret

    @activity.defn
    async def find_offer(self, ask: FindOffer) -> Found:
        """The first in the line who fits, and their time; nothing is held yet. Repeatable.

        Entries whose last day is over end here.
        """
        line = await read_line(self._pool, ask.business_id, ask.service_id)
        if not line.open_entries:
            await note_seen(self._pool, ask.business_id, ask.service_id, line.asked, "")
            return Found()
        since, until = _range(line)
        facts = await read_slot_facts(self._pool, ask.service_id, None, since, until)
        if facts is None:
            return Found()
        lost = {(one.entry_id, one.provider_id, one.starts_at) for one in ask.lost}
        fit = first_fit(line.waiting, facts.service, facts.diaries, facts.needs, facts.now, lost)
        if fit is not None:
            return Found(await self._offer(facts, fit), is_awaited=True)
        await note_seen(self._pool, ask.business_id, ask.service_id, line.asked, facts.stamp)
        turns = [turn for turn in (facts.stands_until, line.ends_at) if turn is not None]
        return Found(is_awaited=True, look_at=min(turns, default=None))

    async def _offer(self, facts: SlotFacts, fit: Fit) -> Offer:
        service, slot, entry = fit.service, fit.slot, fit.entry
        who, request_hash = await read_customer(self._pool, service.business_id, entry.id)
        booking = BookingRef(service.business_id, uuid7())
        order = HoldSlot(
            business_id=service.business_id,
            booking_id=booking.booking_id,
            service_id=service.id,
            provider_id=slot.provider_id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            blocks_from=slot.starts_at - service.buffer_before,
            blocks_until=slot.ends_at + service.buffer_after,
            capacity=service.capacity,
            seats=entry.wish.seats,
            price=service.price.times(entry.wish.seats),
            payment=service.payment,
            customer=who if isinstance(who, Customer) else None,
            customer_id=None if isinstance(who, Customer) else who,
            manage_token_hash=token_hash(manage_token(self._token_secret, booking)).hex(),
            request_hash=request_hash.hex(),
            resource_ids=slot.resource_ids,
            quotas=quotas_of(slot, service.id, (facts.diaries, *facts.needs)),
            assigned_by=fit.assigned_by,
            policies=service.policies(facts.business_days),
            saves_method=service.may_charge_later,
            waitlist_entry_id=entry.id,
        )
        return Offer(order, fit.hold_for.total_seconds(), facts.on_calendar_failure)


def _range(line: Line) -> tuple[datetime, datetime]:
    """All days that anybody waits for, from today on."""
    today = datetime.now(UTC) - LOOK_AROUND
    wishes = [entry.wish for entry in line.waiting]
    since = max(today, min((wish.since for wish in wishes), default=today))
    return since, max(since + LOOK_AROUND, max((wish.until for wish in wishes), default=since))
