"""Series as they are shown: every time that the rule named, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from domain.bookings import BookingRef, BookingStatus, PaymentTiming
from domain.money import Money
from domain.rules import Rule
from domain.series import SeriesMode, SeriesPayment, SeriesRef
from store.pool import Database

GET = """
SELECT s.business_id, s.id, s.service_id, s.provider_id, s.rule, s.time_zone, s.mode, s.payment, s.status, s.status_reason,
       s.hold_expires_at, s.manage_token_hash, s.request_hash, s.created_at,
       b.seats, b.payment AS timing
FROM series s JOIN bookings b ON b.business_id = s.business_id AND b.id = s.payer_id
WHERE s.business_id = $1 AND s.id = ANY($2::uuid[])
"""

OCCURRENCES = """
SELECT o.number, o.booking_id, o.is_shifted, o.rule, o.source, b.status, b.price_amount, b.price_currency, b.provider_id,
       coalesce(b.starts_at, o.starts_at) AS starts_at, b.ends_at,
       m.amount AS paid, coalesce(m.refunded, 0) AS refunded
FROM series_occurrences o
LEFT JOIN bookings b ON b.business_id = o.business_id AND b.id = o.booking_id
LEFT JOIN payments m ON m.business_id = o.business_id AND m.booking_id = o.booking_id AND m.state = 'captured'
WHERE o.business_id = $1 AND o.series_id = $2
ORDER BY o.number
"""

PAYS_FOR = """
SELECT s.id FROM series s
WHERE s.business_id = $1 AND s.payer_id = $2 AND s.status IN ('pending', 'confirming')
"""


@dataclass(frozen=True, slots=True)
class OccurrenceView:
    """One time of a series: a booking, or refused by a rule. `paid` is what was taken for it, `refunded` what came back."""

    number: int
    starts_at: datetime
    is_shifted: bool
    ends_at: datetime | None = None
    booking: BookingRef | None = None
    provider_id: UUID | None = None
    status: BookingStatus | None = None
    price: Money | None = None
    paid: Money | None = None
    refunded: int = 0
    rule: Rule | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series with all its times, in their order."""

    ref: SeriesRef
    service_id: UUID
    provider_id: UUID | None
    rule: str
    time_zone: str
    mode: SeriesMode
    payment: SeriesPayment
    status: BookingStatus
    status_reason: str | None
    seats: int
    timing: PaymentTiming
    hold_expires_at: datetime
    created_at: datetime
    manage_token_hash: bytes
    request_hash: bytes
    occurrences: Sequence[OccurrenceView]

    @property
    def bookings(self) -> list[OccurrenceView]:
        """Those that are bookings."""
        return [one for one in self.occurrences if one.booking is not None]

    @property
    def prices(self) -> list[Money]:
        """What each of them costs."""
        return [one.price for one in self.occurrences if one.price is not None]


async def find_series(database: Database, ref: SeriesRef) -> SeriesView | None:
    """The series, if this business has it."""
    return await find_any_series(database, ref.business_id, [ref.series_id])


async def find_any_series(database: Database, business_id: UUID, series_ids: Sequence[UUID]) -> SeriesView | None:
    """The one of these ids that became a series."""
    row = await database.fetchrow(GET, business_id, list(series_ids))
    if row is None:
        return None
    found = await database.fetch(OCCURRENCES, business_id, row["id"])
    return SeriesView(
        ref=SeriesRef(business_id, row["id"]),
        service_id=row["service_id"],
        provider_id=row["provider_id"],
        rule=row["rule"],
        time_zone=row["time_zone"],
        mode=SeriesMode(row["mode"]),
        payment=SeriesPayment(row["payment"]),
        status=BookingStatus(row["status"]),
        status_reason=row["status_reason"],
        seats=row["seats"],
        timing=PaymentTiming(row["timing"]),
        hold_expires_at=row["hold_expires_at"],
        created_at=row["created_at"],
        manage_token_hash=row["manage_token_hash"],
        request_hash=row["request_hash"],
        occurrences=[_occurrence_in(business_id, each) for each in found],
    )


async def find_series_paid_by(database: Database, booking: BookingRef) -> SeriesRef | None:
    """The series that waits for this booking's payment; None for every other booking."""
    found = await database.fetchval(PAYS_FOR, booking.business_id, booking.booking_id)
    return SeriesRef(booking.business_id, found) if found else None


def _occurrence_in(business_id: UUID, row: asyncpg.Record) -> OccurrenceView:
    is_booking = row["booking_id"] is not None
    return OccurrenceView(
        number=row["number"],
        starts_at=row["starts_at"],
        is_shifted=row["is_shifted"],
        ends_at=row["ends_at"],
        booking=BookingRef(business_id, row["booking_id"]) if is_booking else None,
        provider_id=row["provider_id"],
        status=BookingStatus(row["status"]) if is_booking else None,
        price=Money(row["price_amount"], row["price_currency"]) if is_booking else None,
        paid=Money(row["paid"], row["price_currency"]) if row["paid"] is not None else None,
        refunded=row["refunded"],
        rule=Rule(row["rule"]) if row["rule"] else None,
        source=row["source"],
    )
