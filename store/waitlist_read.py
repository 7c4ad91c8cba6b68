"""Those who wait for a time, as their readers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from domain.bookings import BookingRef, Customer
from domain.hours import Interval
from domain.waitlist import EntryState, Wish
from store import customers
from store.customers import customer_in
from store.pool import Database

# An entry's place counts those before it; the offer is the last that is open.
COLUMNS = f"""e.business_id, e.id, e.service_id, e.provider_id, e.first_day, e.last_day, e.weekdays, e.times, e.timezone, e.seats,
       e.duration_minutes, e.ends_at, e.priority, e.state, e.lapses, e.request_hash, e.manage_token_hash, e.joined_at,
       {customers.COLUMNS}, o.booking_id, o.provider_id AS offered_provider_id, o.starts_at, b.ends_at AS booking_ends_at,
       b.hold_expires_at, p.timezone AS offered_timezone,
       (SELECT count(*) FROM waitlist_entries f
        WHERE f.business_id = e.business_id AND f.service_id = e.service_id AND f.state IN ('waiting', 'offered')
          AND (-f.priority, f.joined_at, f.id) <= (-e.priority, e.joined_at, e.id)) AS place"""  # noqa: S608 (our own text)

TABLES = f"""waitlist_entries e
JOIN customers c ON c.business_id = e.business_id AND c.id = e.customer_id
{customers.JOIN_KEY}
LEFT JOIN waitlist_offers o ON o.business_id = e.business_id AND o.entry_id = e.id AND o.outcome = 'open'
LEFT JOIN bookings b ON b.business_id = o.business_id AND b.id = o.booking_id
LEFT JOIN providers p ON p.business_id = o.business_id AND p.id = o.provider_id"""

GET = f"SELECT {COLUMNS} FROM {TABLES} WHERE e.business_id = $1 AND e.id = $2"  # noqa: S608 (our own text)

LIST = f"""
SELECT {COLUMNS} FROM {TABLES}
WHERE e.business_id = $1
  AND ($2::uuid IS NULL OR e.service_id = $2)
  AND ($3::text IS NULL OR e.state = $3)
  AND ($4::text IS NULL OR c.email_hash = $8 OR c.email = $4)
  AND ($5::timestamptz IS NULL OR (e.joined_at, e.id) > ($5, $6::uuid))
ORDER BY e.joined_at, e.id
LIMIT $7
"""  # noqa: S608 (our own text)


@dataclass(frozen=True, slots=True)
class OfferView:
    """The time that is held for an entry now."""

    booking: BookingRef
    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    timezone: str
    hold_expires_at: datetime


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry with everything its readers want to see. `place` counts from 1; None for one that waits no more."""

    business_id: UUID
    id: UUID
    wish: Wish
    customer: Customer
    state: EntryState
    place: int | None
    priority: int
    lapses: int
    joined_at: datetime
    request_hash: bytes
    manage_token_hash: bytes
    offer: OfferView | None
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries to list; whatever is None does not restrict."""

    service_id: UUID | None = None
    state: EntryState | None = None
    customer_email: str | None = None


async def find_entry(database: Database, business_id: UUID, entry_id: UUID) -> EntryView | None:
    """The entry, if this business has it."""
    row = await database.fetchrow(GET, business_id, entry_id)
    return entry_in(row) if row else None


async def list_entries(
    database: Database, business_id: UUID, wanted: EntryFilter, after: tuple[datetime, UUID] | None, limit: int
) -> list[EntryView]:
    """The entries in the order they joined, from the one after `after`."""
    after_time, after_id = after or (None, None)
    state = wanted.state.value if wanted.state else None
    email = wanted.customer_email
    hashed = await customers.email_hash(database, business_id, email)
    rows = await database.fetch(LIST, business_id, wanted.service_id, state, email, after_time, after_id, limit, hashed)
    return [entry_in(row) for row in rows]


def wish_in(row: asyncpg.Record | Mapping[str, Any]) -> Wish:
    """The wish in a row of an entry."""
    times: Sequence[Sequence[int]] = row["times"]
    return Wish(
        service_id=row["service_id"],
        provider_id=row["provider_id"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        zone=ZoneInfo(row["timezone"]),
        weekdays=frozenset(row["weekdays"]),
        times=tuple(Interval(start, end) for start, end in times),
        seats=row["seats"],
        duration=None if row["duration_minutes"] is None else timedelta(minutes=row["duration_minutes"]),
    )


def entry_in(row: asyncpg.Record) -> EntryView:
    """The entry in a row of COLUMNS."""
    state = EntryState(row["state"])
    return EntryView(
        business_id=row["business_id"],
        id=row["id"],
        wish=wish_in(row),
        customer=customer_in(row),
        state=state,
        place=row["place"] if state.is_open else None,
        priority=row["priority"],
        lapses=row["lapses"],
        joined_at=row["joined_at"],
        request_hash=row["request_hash"],
        manage_token_hash=row["manage_token_hash"],
        offer=_offer_in(row) if row["booking_id"] else None,
        customer_id=row["customer_id"],
    )


def _offer_in(row: asyncpg.Record) -> OfferView:
    return OfferView(
        booking=BookingRef(row["business_id"], row["booking_id"]),
        provider_id=row["offered_provider_id"],
        starts_at=row["starts_at"],
        ends_at=row["booking_ends_at"],
        timezone=row["offered_timezone"],
        hold_expires_at=row["hold_expires_at"],
    )
