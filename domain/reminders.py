"""The reminders that a customer gets before their appointment."""

from __future__ import annotations

from dataclasses import dataclass

from domain.bookings import BookingRef


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder of one booking, so many minutes before it starts. Carries nothing personal.

    `sequence` says of which state of the appointment: each reschedule makes new reminders.
    """

    booking: BookingRef
    minutes_before: int
    sequence: int = 0

    @property
    def workflow_id(self) -> str:
        """One workflow for each reminder, however often it is started."""
        again = f"-{self.sequence}" if self.sequence else ""
        return f"reminder-{self.booking.booking_id}-{self.minutes_before}{again}"
