"""Customers as a business sees them, and everything that is known of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from domain.bookings import Customer
from store import customers
from store.booking_views import BookingView, booking_in
from store.bookings_read import COLUMNS as BOOKING_COLUMNS
from store.bookings_read import TABLES as BOOKING_TABLES
from store.pool import Database
from store.sealing import DataKey
from store.waitlist_read import COLUMNS as ENTRY_COLUMNS
from store.waitlist_read import TABLES as ENTRY_TABLES
from store.waitlist_read import EntryView, entry_in

# The latest details count; whoever has none any more was erased.
LIST = f"""
SELECT p.id, p.created_at, p.erased_at, p.external_id, {customers.COLUMNS}
FROM customer_keys p
LEFT JOIN LATERAL (
    SELECT * FROM customers d WHERE d.business_id = p.business_id AND d.key_id = p.id
    ORDER BY d.created_at DESC, d.id DESC LIMIT 1
) c ON true
{customers.JOIN_KEY}
WHERE p.business_id = $1 AND ($2::uuid IS NULL OR p.id = $2) AND ($3::uuid IS NULL OR p.id > $3)
  AND ($5::bytea IS NULL OR EXISTS (SELECT FROM customers e
                                    WHERE e.business_id = p.business_id AND e.key_id = p.id AND e.email_hash = $5))
  AND ($6::bytea IS NULL OR EXISTS (SELECT FROM customers e
                                    WHERE e.business_id = p.business_id AND e.key_id = p.id AND e.phone_hash = $6))
  AND ($7::text IS NULL OR p.external_id = $7)
ORDER BY p.id
LIMIT $4
"""  # noqa: S608 (our own text)

DETAILS = f"""
SELECT c.created_at, {customers.COLUMNS} FROM customers c {customers.JOIN_KEY}
WHERE c.business_id = $1 AND c.key_id = $2 ORDER BY c.created_at, c.id
"""  # noqa: S608 (our own text)

BOOKINGS = f"""
SELECT {BOOKING_COLUMNS}, b.closing_words,
       (SELECT jsonb_agg(jsonb_build_object('sequence', r.sequence, 'asked_by', r.asked_by, 'override_reason', r.override_reason,
                                            'old_starts_at', r.old_starts_at, 'starts_at', r.starts_at) ORDER BY r.sequence)
        FROM reschedules r WHERE r.business_id = b.business_id AND r.booking_id = b.id) AS moves
FROM {BOOKING_TABLES}
WHERE b.business_id = $1 AND c.key_id = $2 ORDER BY b.starts_at, b.id
"""  # noqa: S608 (our own text)

ENTRIES = f"""
SELECT {ENTRY_COLUMNS} FROM {ENTRY_TABLES} WHERE e.business_id = $1 AND c.key_id = $2 ORDER BY e.joined_at, e.id
"""  # noqa: S608 (our own text)


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer of a business, with the details that they gave last."""

    id: UUID
    details: Customer
    created_at: datetime
    erased_at: datetime | None
    external_id: str | None


@dataclass(frozen=True, slots=True)
class KnownBooking:
    """One of their bookings, with what was said of it in words."""

    booking: BookingView
    closing_words: str | None
    moves: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class KnownOf:
    """Everything that is known of a customer. `details` are all that they ever gave, since when."""

    customer: CustomerView
    details: Sequence[tuple[datetime, Customer]]
    bookings: Sequence[KnownBooking]
    entries: Sequence[EntryView]


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers to list; whatever is None does not restrict."""

    email: str | None = None
    phone: str | None = None
    external_id: str | None = None


async def list_customers(
    database: Database, business_id: UUID, wanted: CustomerFilter, after: UUID | None, limit: int
) -> list[CustomerView]:
    """In the order in which they became known, from the one after `after`."""
    email = await customers.email_hash(database, business_id, wanted.email)
    phone = await customers.phone_hash(database, business_id, wanted.phone)
    asked = None, after, limit, email, phone, wanted.external_id
    return [_view(row) for row in await database.fetch(LIST, business_id, *asked)]


async def find_customer(database: Database, business_id: UUID, customer_id: UUID) -> CustomerView | None:
    """The customer, if this business has them."""
    row = await database.fetchrow(LIST, business_id, customer_id, None, 1, None, None, None)
    return _view(row) if row else None


async def read_known(database: Database, business_id: UUID, customer_id: UUID) -> KnownOf | None:
    """All of it; None where the business has no such customer."""
    customer = await find_customer(database, business_id, customer_id)
    if customer is None:
        return None
    rows = await database.fetch(DETAILS, business_id, customer_id)
    bookings = await database.fetch(BOOKINGS, business_id, customer_id)
    entries = await database.fetch(ENTRIES, business_id, customer_id)
    return KnownOf(
        customer,
        [(row["created_at"], customers.customer_in(row)) for row in rows],
        [KnownBooking(booking_in(row), customers.text_in(row, "closing_words"), _moves(row)) for row in bookings],
        [entry_in(row) for row in entries],
    )


def _moves(row: asyncpg.Record) -> list[dict[str, Any]]:
    key, moves = customers.key_in(row), row["moves"] or ()
    return [move | {"override_reason": _opened(key, move["override_reason"])} for move in moves]


def _opened(key: DataKey | None, words: str | None) -> str | None:
    return words if words is None or key is None else key.open_text(words)


def _view(row: asyncpg.Record) -> CustomerView:
    return CustomerView(row["id"], customers.customer_in(row), row["created_at"], row["erased_at"], row["external_id"])
