"""Bookings as they are shown: with the names of everyone in them, their payment and their timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from domain.approvals import ApprovalState
from domain.bookings import BookingRef, BookingStatus, BrokenRule, Customer, PaymentTiming
from domain.money import Money
from domain.payments import NextAction, RefundState
from domain.rules import Rule
from store.pool import Database

COLUMNS = """b.business_id, b.id, b.service_id, s.name AS service_name, b.provider_id, p.name AS provider_name,
       p.timezone AS provider_timezone, b.starts_at, b.ends_at, b.seats, b.price_amount, b.price_currency, b.payment,
       b.status, b.status_reason, b.resource_ids, b.override_reason, b.hold_expires_at, b.created_at,
       b.manage_token_hash, b.request_hash, b.series_id,
       c.name AS customer_name, c.email AS customer_email, c.phone AS customer_phone, c.timezone AS customer_timezone,
       c.locale AS customer_locale,
       a.decide_by, a.verdict, a.payment_needed,
       m.state AS payment_state, m.amount AS payment_amount, m.currency AS payment_currency, m.refunded, m.next_action,
       (SELECT jsonb_agg(jsonb_build_array(r.amount, r.currency, r.state, r.reason) ORDER BY r.created_at, r.step)
        FROM refunds r WHERE r.business_id = b.business_id AND r.booking_id = b.id) AS refunds,
       (SELECT jsonb_agg(jsonb_build_array(k.amount, k.currency, k.state, k.reason, k.decline_code) ORDER BY k.created_at, k.step)
        FROM charges k WHERE k.business_id = b.business_id AND k.booking_id = b.id) AS charges"""

TABLES = """bookings b
JOIN services s ON s.business_id = b.business_id AND s.id = b.service_id
JOIN providers p ON p.business_id = b.business_id AND p.id = b.provider_id
JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
LEFT JOIN approvals a ON a.business_id = b.business_id AND a.booking_id = b.id
LEFT JOIN payments m ON m.business_id = b.business_id AND m.booking_id = b.id"""

GET = f"SELECT {COLUMNS} FROM {TABLES} WHERE b.business_id = $1 AND b.id = ANY($2::uuid[])"  # noqa: S608 (our own text)

LIST = f"""
SELECT {COLUMNS} FROM {TABLES}
WHERE b.business_id = $1
  AND ($2::uuid IS NULL OR b.provider_id = $2)
  AND ($3::text IS NULL OR c.email = $3)
  AND ($4::text IS NULL OR b.status = $4)
  AND ($5::timestamptz IS NULL OR b.starts_at >= $5)
  AND ($6::timestamptz IS NULL OR b.starts_at < $6)
  AND ($7::timestamptz IS NULL OR (b.starts_at, b.id) > ($7, $8::uuid))
ORDER BY b.starts_at, b.id
LIMIT $9
"""  # noqa: S608 (our own text)

TIMELINE = """
SELECT seq, kind, status, detail, at FROM booking_events WHERE business_id = $1 AND booking_id = $2 ORDER BY seq
"""


BROKEN = "SELECT detail FROM booking_events WHERE business_id = $1 AND booking_id = $2 AND kind = 'rules_overridden'"


@dataclass(frozen=True, slots=True)
class PaymentView:
    """How the booking's payment stands."""

    state: str
    amount: Money
    refunded: int
    next_action: NextAction | None


@dataclass(frozen=True, slots=True)
class RefundView:
    """Money on its way back since the booking was confirmed; `reason` is a code."""

    amount: Money
    state: RefundState
    reason: str


@dataclass(frozen=True, slots=True)
class ChargeView:
    """What was charged after the first payment; `reason` is a code."""

    amount: Money
    state: str
    reason: str
    decline_code: str | None


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """How the provider's yes stands, and until when they have time for it."""

    state: ApprovalState
    decide_by: datetime
    payment_needed: bool


@dataclass(frozen=True, slots=True)
class BookingView:
    """One booking with everything its readers want to see. The price is for all seats."""

    ref: BookingRef
    service_id: UUID
    service_name: str
    provider_id: UUID
    provider_name: str
    provider_timezone: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    price: Money
    payment_timing: PaymentTiming
    status: BookingStatus
    status_reason: str | None
    hold_expires_at: datetime
    created_at: datetime
    customer: Customer
    payment: PaymentView | None
    manage_token_hash: bytes
    request_hash: bytes
    resource_ids: Sequence[UUID] = ()
    override_reason: str | None = None
    series_id: UUID | None = None
    refunds: Sequence[RefundView] = ()
    charges: Sequence[ChargeView] = ()
    approval: ApprovalView | None = None

    @property
    def is_held_with_series(self) -> bool:
        """Whether it is one of a series that is not confirmed yet, so that only the series has a workflow."""
        return self.series_id is not None and self.status in (BookingStatus.PENDING, BookingStatus.CONFIRMING)


@dataclass(frozen=True, slots=True)
class BookingFilter:
    """Which bookings to list; whatever is None does not restrict. `since ≤ start < until`."""

    provider_id: UUID | None = None
    customer_email: str | None = None
    status: BookingStatus | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a booking's story."""

    seq: int
    kind: str
    status: str | None
    detail: Mapping[str, Any]
    at: datetime


async def find_booking(database: Database, booking: BookingRef) -> BookingView | None:
    """The booking, if this business has it."""
    return await find_any_booking(database, booking.business_id, [booking.booking_id])


async def find_any_booking(database: Database, business_id: UUID, booking_ids: Sequence[UUID]) -> BookingView | None:
    """The one of these ids that became a booking."""
    row = await database.fetchrow(GET, business_id, list(booking_ids))
    return booking_in(row) if row else None


async def list_bookings(
    database: Database, business_id: UUID, wanted: BookingFilter, after: tuple[datetime, UUID] | None, limit: int
) -> list[BookingView]:
    """The bookings in order of start and id, from the one after `after`."""
    after_start, after_id = after or (None, None)
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
    )
    return [booking_in(row) for row in rows]


async def read_broken_rules(database: Database, booking: BookingRef) -> list[BrokenRule]:
    """What staff set aside when they made the booking."""
    detail = await database.fetchval(BROKEN, booking.business_id, booking.booking_id)
    if detail is None:
        return []
    pairs = zip(detail["rules"].split(", "), detail["sources"], strict=True)
    return [BrokenRule(Rule(rule), source) for rule, source in pairs]


async def read_timeline(database: Database, booking: BookingRef) -> list[TimelineEntry]:
    """What happened to the booking, oldest first."""
    rows = await database.fetch(TIMELINE, booking.business_id, booking.booking_id)
    return [TimelineEntry(**row) for row in rows]


def booking_in(row: asyncpg.Record) -> BookingView:
    """The booking in a row of COLUMNS."""
    return BookingView(
        ref=BookingRef(row["business_id"], row["id"]),
        service_id=row["service_id"],
        service_name=row["service_name"],
        provider_id=row["provider_id"],
        provider_name=row["provider_name"],
        provider_timezone=row["provider_timezone"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        seats=row["seats"],
        price=Money(row["price_amount"], row["price_currency"]),
        payment_timing=PaymentTiming(row["payment"]),
        status=BookingStatus(row["status"]),
        status_reason=row["status_reason"],
        hold_expires_at=row["hold_expires_at"],
        created_at=row["created_at"],
        customer=Customer(
            row["customer_name"],
            row["customer_email"],
            row["customer_phone"],
            row["customer_timezone"],
            row["customer_locale"],
        ),
        payment=_payment_in(row) if row["payment_state"] else None,
        manage_token_hash=row["manage_token_hash"],
        request_hash=row["request_hash"],
        resource_ids=row["resource_ids"],
        override_reason=row["override_reason"],
        series_id=row["series_id"],
        refunds=[
            RefundView(Money(amount, currency), RefundState(state), reason)
            for amount, currency, state, reason in row["refunds"] or ()
        ],
        charges=[
            ChargeView(Money(amount, currency), state, reason, code)
            for amount, currency, state, reason, code in row["charges"] or ()
        ],
        approval=_approval_in(row) if row["decide_by"] else None,
    )


def _approval_in(row: asyncpg.Record) -> ApprovalView:
    """A wait that ended without a verdict ended with the booking: by silence, or before anybody could answer."""
    status = BookingStatus(row["status"])
    if row["verdict"] is not None:
        state = ApprovalState(row["verdict"])
    elif not status.is_final:
        state = ApprovalState.WAITING
    else:
        state = ApprovalState.LAPSED if status is BookingStatus.EXPIRED else ApprovalState.WITHDRAWN
    return ApprovalView(state, row["decide_by"], row["payment_needed"] and not status.is_final)


def _payment_in(row: asyncpg.Record) -> PaymentView:
    action = row["next_action"]
    return PaymentView(
        state=row["payment_state"],
        amount=Money(row["payment_amount"], row["payment_currency"]),
        refunded=row["refunded"],
        next_action=NextAction(**action) if action else None,
    )
