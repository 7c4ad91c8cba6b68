"""What happened to a booking, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.bookings import BookingRef
from store.pool import Database

TIMELINE = """
SELECT seq, kind, status, detail, at FROM booking_events WHERE business_id = $1 AND booking_id = $2 ORDER BY seq
"""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a booking's story."""

    seq: int
    kind: str
    status: str | None
    detail: Mapping[str, Any]
    at: datetime


async def read_timeline(database: Database, booking: BookingRef) -> list[TimelineEntry]:
    """What happened to the booking, oldest first."""
    rows = await database.fetch(TIMELINE, booking.business_id, booking.booking_id)
    return [TimelineEntry(**row) for row in rows]
