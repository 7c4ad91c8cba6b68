"""What our books say that vendors should have of each booking, for who asks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from domain.bookings import BookingRef
from domain.messages import Channel
from store import customers
from store.pool import Database

# The calendar of its provider, and any in which its event was or may still be. What is over stays as it is.
EVENTS = """
SELECT b.business_id, b.id, b.status, b.starts_at, b.ends_at, place.calendar_id,
       coalesce(b.status = 'confirmed' AND place.calendar_id = coalesce(p.calendar_id, p.email), false) AS is_wanted
FROM unnest($1::uuid[], $2::uuid[]) AS page (business_id, id)
JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
JOIN providers p ON p.business_id = b.business_id AND p.id = b.provider_id
CROSS JOIN LATERAL (
    SELECT coalesce(p.calendar_id, p.email) AS calendar_id
    UNION SELECT k.calendar_id FROM calendar_events k WHERE k.business_id = b.business_id AND k.booking_id = b.id
    UNION SELECT coalesce(o.calendar_id, o.email) FROM reschedules r
          JOIN providers o ON o.business_id = r.business_id AND o.id = r.old_provider_id
          WHERE r.business_id = b.business_id AND r.booking_id = b.id
) place
WHERE place.calendar_id IS NOT NULL AND b.status NOT IN ('completed', 'no_show')
  AND ($3::timestamptz IS NULL OR b.ends_at > now() AND (b.status = 'confirmed' OR b.updated_at >= $3))
  AND NOT EXISTS (SELECT FROM operations o WHERE o.business_id = b.business_id AND o.booking_id = b.id
                    AND o.step IN ('write-calendar-event', 'delete-calendar-event') AND o.kind IN ('skip', 'settle'))
"""

SENT = f"""
SELECT n.business_id, n.booking_id AS id, n.kind AS name, n.channel, n.vendor_id, {customers.COLUMNS}
FROM unnest($1::uuid[], $2::uuid[]) AS page (business_id, id)
JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
{customers.JOIN_KEY}
JOIN notifications n ON n.business_id = b.business_id AND n.booking_id = b.id
WHERE n.vendor_id IS NOT NULL AND ($3::timestamptz IS NULL OR n.updated_at >= $3)
ORDER BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class EventPlace:
    """One calendar in which a booking's event should stand, as `is_wanted` says, or should not."""

    booking: BookingRef
    status: str
    calendar_id: str
    starts_at: datetime
    ends_at: datetime
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message that a carrier has taken. `phone` is its customer's, personal, and goes into no finding."""

    booking: BookingRef
    name: str
    channel: str
    vendor_id: str
    phone: str | None


async def read_event_places(database: Database, page: Sequence[BookingRef], since: datetime | None) -> list[EventPlace]:
    """Of these bookings; with `since` only of those still to come that are confirmed or have changed since then."""
    return [
        EventPlace(
            BookingRef(row["business_id"], row["id"]),
            row["status"],
            row["calendar_id"],
            row["starts_at"],
            row["ends_at"],
            row["is_wanted"],
        )
        for row in await database.fetch(EVENTS, *_keys(page), since)
    ]


async def read_sent(database: Database, page: Sequence[BookingRef], since: datetime | None) -> list[SentMessage]:
    """Of these bookings; with `since` only what was sent or heard of since then."""
    return [
        SentMessage(BookingRef(row["business_id"], row["id"]), row["name"], row["channel"], row["vendor_id"], _phone(row))
        for row in await database.fetch(SENT, *_keys(page), since)
    ]


def _phone(row: asyncpg.Record) -> str | None:
    return customers.customer_in(row).phone if row["channel"] == Channel.SMS else None


def _keys(page: Sequence[BookingRef]) -> tuple[list[object], list[object]]:
    return [one.business_id for one in page], [one.booking_id for one in page]
