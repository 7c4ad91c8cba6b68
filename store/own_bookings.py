"""What somebody has booked as a customer, with every business, by the address that is known to be theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.bookings import BookingStatus
from store.booking_views import BookingView, booking_in
from store.bookings_read import COLUMNS, TABLES
from store.pool import Database

BUSINESSES = """
SELECT b.business_id, b.name FROM businesses_of_customer($1, $2) AS own (business_id) JOIN businesses b USING (business_id)
ORDER BY b.business_id
"""

LIST = f"""
SELECT {COLUMNS} FROM {TABLES}
WHERE b.business_id = $1
  AND b.customer_id IN (SELECT id FROM customers WHERE business_id = $1 AND account_hash = $9
                        UNION ALL SELECT id FROM customers WHERE business_id = $1 AND lower(email) = lower($2))
  AND ($3::text IS NULL OR b.status = $3)
  AND ($4::timestamptz IS NULL OR b.starts_at >= $4)
  AND ($5::timestamptz IS NULL OR b.starts_at < $5)
  AND ($6::timestamptz IS NULL OR (b.starts_at, b.id) > ($6, $7::uuid))
ORDER BY b.starts_at, b.id LIMIT $8
"""  # noqa: S608 (our own text)


@dataclass(frozen=True, slots=True)
class Account:
    """An address that somebody has shown to be theirs, and the hash by which it is found where customers are sealed."""

    email: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class OwnFilter:
    """Which bookings to list; whatever is None does not restrict. `since ≤ start < until`."""

    status: BookingStatus | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_businesses(door: Database, whose: Account) -> Sequence[tuple[UUID, str]]:
    """Where somebody with this address has booked, as (id, name). Asked at the door."""
    return [(row["business_id"], row["name"]) for row in await door.fetch(BUSINESSES, whose.email, whose.hash)]


async def list_own_bookings(
    database: Database, business_id: UUID, whose: Account, wanted: OwnFilter, after: tuple[datetime, UUID] | None, limit: int
) -> list[BookingView]:
    """Those with one business, in order of start and id, from the one after `after`."""
    after_start, after_id = after or (None, None)
    status = wanted.status.value if wanted.status else None
    asked = whose.email, status, wanted.since, wanted.until, after_start, after_id, limit, whose.hash
    rows = await database.fetch(LIST, business_id, *asked)
    return [booking_in(row) for row in rows]
