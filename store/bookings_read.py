"""Bookings as they are shown, found and listed: with the names of everyone in them and their payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.bookings import BookingRef, BookingStatus, BrokenRule
from domain.errors import HoldTooLate
from domain.rules import Rule
from store import customers
from store.booking_views import BookingView, booking_in
from store.pool import Database

COLUMNS = f"""b.business_id, b.id, b.service_id, s.name AS service_name, b.provider_id, p.name AS provider_name,
       p.timezone AS provider_timezone, b.starts_at, b.ends_at, b.seats, b.price_amount, b.price_currency, b.payment,
       b.status, b.status_reason, b.resource_ids, b.override_reason, b.hold_expires_at, b.created_at,
       b.manage_token_hash, b.request_hash, b.series_id,
       {customers.COLUMNS},
       a.decide_by, a.verdict, a.payment_needed,
       m.state AS payment_state, m.amount AS payment_amount, m.currency AS payment_currency, m.refunded, m.next_action,
       (SELECT jsonb_agg(jsonb_build_array(r.amount, r.currency, r.state, r.reason) ORDER BY r.created_at, r.step)
        FROM refunds r WHERE r.business_id = b.business_id AND r.booking_id = b.id) AS refunds,
       (SELECT jsonb_agg(jsonb_build_array(k.amount, k.currency, k.state, k.reason, k.decline_code) ORDER BY k.created_at, k.step)
        FROM charges k WHERE k.business_id = b.business_id AND k.booking_id = b.id) AS charges,
       (SELECT max(v.seq) FROM booking_events v WHERE v.business_id = b.business_id AND v.booking_id = b.id) AS version"""  # noqa: S608 (our own text)

TABLES = f"""bookings b
JOIN services s ON s.business_id = b.business_id AND s.id = b.service_id
JOIN providers p ON p.business_id = b.business_id AND p.id = b.provider_id
JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
{customers.JOIN_KEY}
LEFT JOIN approvals a ON a.business_id = b.business_id AND a.booking_id = b.id
LEFT JOIN payments m ON m.business_id = b.business_id AND m.booking_id = b.id"""

GET = f"SELECT {COLUMNS} FROM {TABLES} WHERE b.business_id = $1 AND b.id = ANY($2::uuid[])"  # noqa: S608 (our own text)
GET_HELD = f"{GET} AND b.status_reason IS DISTINCT FROM '{HoldTooLate.code}'"

LIST = f"""
SELECT {COLUMNS} FROM {TABLES}
WHERE b.business_id = $1
  AND ($2::uuid IS NULL OR b.provider_id = $2)
  AND ($3::text IS NULL OR c.email_hash = $10 OR c.email = $3)
  AND ($11::text IS NULL OR k.external_id = $11)
  AND ($4::text IS NULL OR b.status = $4)
  AND ($5::timestamptz IS NULL OR b.starts_at >= $5)
  AND ($6::timestamptz IS NULL OR b.starts_at < $6)
  AND ($7::timestamptz IS NULL OR (b.starts_at, b.id) > ($7, $8::uuid))
ORDER BY b.starts_at, b.id
LIMIT $9
"""  # noqa: S608 (our own text)

BROKEN = "SELECT detail FROM booking_events WHERE business_id = $1 AND booking_id = $2 AND kind = 'rules_overridden'"


@dataclass(frozen=True, slots=True)
class BookingFilter:
    """Which bookings to list; whatever is None does not restrict. `since ≤ start < until`."""

    provider_id: UUID | None = None
    customer_email: str | None = None
    status: BookingStatus | None = None
    since: datetime | None = None
    until: datetime | None = None
    customer_external_id: str | None = None


async def find_booking(database: Database, booking: BookingRef) -> BookingView | None:
    """The booking, if this business has it."""
    row = await database.fetchrow(GET, booking.business_id, [booking.booking_id])
    return booking_in(row) if row else None


async def find_any_booking(database: Database, business_id: UUID, booking_ids: Sequence[UUID]) -> BookingView | None:
    """The one of these ids that was held as a booking."""
    row = await database.fetchrow(GET_HELD, business_id, list(booking_ids))
    return booking_in(row) if row else None


async def which_are_bookings(database: Database, business_id: UUID, booking_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these ids that became bookings."""
    known = "SELECT id FROM bookings WHERE business_id = $1 AND id = ANY($2::uuid[])"
    rows = await database.fetch(known, business_id, booking_ids)
    return {row["id"] for row in rows}


async def list_bookings(
    database: Database, business_id: UUID, wanted: BookingFilter, after: tuple[datetime, UUID] | None, limit: int
) -> list[BookingView]:
    """The bookings in order of start and id, from the one after `after`."""
    after_start, after_id = after or (None, None)
    hashed = await customers.email_hash(database, business_id, wanted.customer_email)
    rows = await database.fetch(
        LIST,
        business_id,
        wanted.provider_id,
        wanted.customer_email,
        wanted.status.value if wanted.status else None,
        wanted.since,
        wanted.until,
        after_start,
        after_id,
        limit,
        hashed,
        wanted.customer_external_id,
    )
    return [booking_in(row) for row in rows]


async def read_broken_rules(database: Database, booking: BookingRef) -> list[BrokenRule]:
    """What staff set aside when they made the booking."""
    detail = await database.fetchval(BROKEN, booking.business_id, booking.booking_id)
    if detail is None:
        return []
    pairs = zip(detail["rules"].split(", "), detail["sources"], strict=True)
    return [BrokenRule(Rule(rule), source) for rule, source in pairs]
