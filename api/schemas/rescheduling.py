"""Changes of a booking's time over HTTP, and the links that allow one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas.booking_requests import Override
from api.schemas.bookings import BookingAnswer, BrokenRuleAnswer
from api.schemas.fields import WEEK, YEAR, Answer, Instant, Integer, Request


class RescheduleBooking(Request):
    """Another time for a booking. What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"starts_at": "2027-03-09T14:30:00+01:00"}]})

    starts_at: Instant
    provider_id: UUID | None = Field(None, description="Another provider of the service; the booking's own when left out.")
    duration_minutes: Annotated[Integer, Field(ge=1, le=WEEK)] | None = Field(
        None, description="Another of the service's durations, at its price; as long as now when left out."
    )
    override: Override | None = Field(
        None, description="Only with the business's API key: moves outside the rules; never over another booking."
    )


class RescheduledAnswer(BookingAnswer):
    """The booking at its new time. `sequence` counts its changes; `warnings` are the rules that were set aside for this one."""

    sequence: int
    warnings: tuple[BrokenRuleAnswer, ...] = ()


class NewLink(Request):
    """A link for one change. Without `expires_in_minutes` it is good until the appointment begins."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"expires_in_minutes": 1440}]})

    expires_in_minutes: Annotated[Integer, Field(ge=1, le=YEAR)] | None = None


class LinkAnswer(Answer):
    """A fresh link. Whoever sends `token` as Authorization: Bearer … may reschedule the booking once; it is shown only here."""

    token: str
    expires_at: datetime
