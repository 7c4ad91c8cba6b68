"""A customer's own bookings over HTTP."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from api.schemas.bookings import BookingAnswer
from api.schemas.fields import Answer
from api.schemas.queries import Page, QueryInstant
from domain.bookings import BookingStatus


class OwnBookingsQuery(Page):
    """Which of one's own bookings to list; whatever is left out does not restrict."""

    status: BookingStatus | None = None
    from_: QueryInstant | None = Field(None, alias="from", description="Bookings that start at this time or later.")
    to: QueryInstant | None = Field(None, description="Bookings that start before this time.")


class OwnBookingAnswer(BookingAnswer):
    """A booking of one's own, and with whom."""

    business_id: UUID
    business_name: str


class OwnBookingList(Answer):
    """One page; `next_cursor` is null on the last."""

    items: list[OwnBookingAnswer]
    next_cursor: str | None
