"""Calendars and carriers: one event for each confirmed booking and none otherwise, and each message once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from datetime import datetime

from domain.bookings import BookingRef
from domain.calendars import CalendarGateway, FoundEvent
from domain.errors import CalendarDisconnected
from domain.findings import Finding, Rule
from domain.messages import Channel, Mailbox, SmsGateway
from store.checks.outside import EventPlace, SentMessage, read_event_places, read_sent
from store.pool import Database
from store.tenants import of_business

AT_ONCE = 8


async def check_calendars(
    database: Database, gateway: CalendarGateway, page: Sequence[BookingRef], since: datetime | None
) -> list[Finding]:
    """Asks for each event by its id."""

    async def look(place: EventPlace) -> Finding | None:
        try:
            with of_business(place.booking.business_id):
                found = await gateway.find_event(place.calendar_id, place.booking.booking_id)
        except CalendarDisconnected:
            return _finding(Rule.EVENT_MISSING, place.booking, "the calendar is closed to us") if place.is_wanted else None
        return _judged(place, found)

    return await _all(look(place) for place in await read_event_places(database, page, since))


def _judged(place: EventPlace, found: FoundEvent | None) -> Finding | None:
    if not place.is_wanted:
        return _finding(Rule.EVENT_LEFT, place.booking, f"{place.status}, at the vendor") if found else None
    if found is None:
        return _finding(Rule.EVENT_MISSING, place.booking, "not at the vendor")
    if (found.starts_at, found.ends_at) != (place.starts_at, place.ends_at):
        return _finding(Rule.EVENT_DIFFERS, place.booking, f"there {found.starts_at.isoformat()}")
    return None


async def check_texts(
    database: Database, gateway: SmsGateway, page: Sequence[BookingRef], since: datetime | None
) -> list[Finding]:
    """Looks for copies of a text by the reference at its end."""
    sent = [one for one in await read_sent(database, page, since) if one.channel == Channel.SMS and one.phone]
    numbers = {one.booking: one.phone or "" for one in sent}

    async def look(booking: BookingRef, phone: str) -> Finding | None:
        with of_business(booking.business_id):
            copies = max(await gateway.count_copies(phone, f"Ref {booking.booking_id.hex[-12:]}"), default=0)
        return _finding(Rule.MESSAGE_TWICE, booking, f"sms, {copies} copies") if copies > 1 else None

    return await _all(look(*one) for one in numbers.items())


async def check_mails(database: Database, mailbox: Mailbox, page: Sequence[BookingRef], since: datetime | None) -> list[Finding]:
    """Counts what arrived under one Message-ID. Two are what a crash between the server's yes and our note of it may leave."""
    sent = [one for one in await read_sent(database, page, since) if one.channel == Channel.EMAIL]

    async def look(one: SentMessage) -> Finding | None:
        copies = await mailbox.count_copies(one.vendor_id)
        if copies == 1:
            return None
        rule = Rule.MESSAGE_MISSING if copies == 0 else Rule.MESSAGE_TWICE_EXCUSED if copies == 2 else Rule.MESSAGE_TWICE
        return _finding(rule, one.booking, f"email {one.name}, {copies} copies")

    return await _all(look(one) for one in sent)


async def _all(looks: Iterable[Awaitable[Finding | None]]) -> list[Finding]:
    limit = asyncio.Semaphore(AT_ONCE)

    async def limited(look: Awaitable[Finding | None]) -> Finding | None:
        async with limit:
            return await look

    return [one for one in await asyncio.gather(*(limited(look) for look in looks)) if one is not None]


def _finding(rule: Rule, booking: BookingRef, detail: str) -> Finding:
    return Finding(rule, booking.booking_id, detail, business=booking.business_id)
