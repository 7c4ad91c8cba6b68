"""What an outside calendar must be able to do for a booking. Implemented in gateways/calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.bookings import Appointment


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """When a calendar says that a booking takes place."""

    starts_at: datetime
    ends_at: datetime


class CalendarGateway(Protocol):
    """A calendar vendor. The event's id comes from the booking's id, so writing twice leaves one event.

    Raises CalendarDisconnected for what will never work (no such calendar, access withdrawn) and CalendarAccident otherwise.
    """

    async def is_there(self) -> bool:
        """Whether the present business has an account to write calendars with."""

    async def write_event(self, calendar_id: str, appointment: Appointment) -> str:
        """Creates the event, or brings an existing one (also a deleted one) to this state; returns the vendor's event id."""

    async def delete_event_if_written(self, calendar_id: str, booking_id: UUID) -> None:
        """Removes the booking's event; one that never was or is already gone is fine."""

    async def find_event(self, calendar_id: str, booking_id: UUID) -> FoundEvent | None:
        """The booking's event as it stands there now; None where there is none, or where it was deleted. Changes nothing."""


class CalendarAccident(Exception):
    """The calendar did not answer as it should. Retrying is safe."""
