"""Timelines over HTTP: everything that happened to a booking."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from api.schemas.fields import Answer
from domain.bookings import BookingStatus
from store.booking_views import BookingView
from store.timelines import TimelineEntry


class TimelineEntryAnswer(Answer):
    """One thing that happened."""

    at: datetime
    kind: str
    status: BookingStatus | None
    detail: dict[str, Any]


class TimelineAnswer(Answer):
    """Everything that happened to a booking, oldest first, on the clock that `timezone` names."""

    booking_id: UUID
    timezone: str
    items: list[TimelineEntryAnswer]

    @classmethod
    def of(cls, booking: BookingView, entries: list[TimelineEntry]) -> Self:
        """This timeline for HTTP."""
        zone = ZoneInfo(booking.provider_timezone)
        items = [
            TimelineEntryAnswer(
                at=entry.at.astimezone(zone),
                kind=entry.kind,
                status=BookingStatus(entry.status) if entry.status else None,
                detail=dict(entry.detail),
            )
            for entry in entries
        ]
        return cls(booking_id=booking.ref.booking_id, timezone=booking.provider_timezone, items=items)
