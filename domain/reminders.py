"""The reminders that a customer gets before their appointment."""

from __future__ import annotations

from dataclasses import dataclass

from domain.bookings import BookingRef


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder of one booking, so many minutes before it starts. Carries nothing personal."""

    booking: BookingRef
    minutes_before: int

    @property
    def kind(self) -> str:
        """Its name among the booking's messages; a booking has at most one of each."""
        return f"reminder-{self.minutes_before}"

    @property
    def workflow_id(self) -> str:
        """One workflow for each reminder, however often it is started."""
        return f"reminder-{self.booking.booking_id}-{self.minutes_before}"
