"""The reminders that a customer gets before their appointment, and when nobody is to be disturbed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.bookings import BookingRef
from domain.messages import Channel
from domain.times import moment

EVERY_CHANNEL = tuple(Channel)
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder of one booking, so many minutes before it starts. Carries nothing personal.

    `sequence` says of which state of the appointment: each reschedule makes new reminders.
    """

    booking: BookingRef
    minutes_before: int
    sequence: int = 0
    channels: tuple[Channel, ...] = EVERY_CHANNEL

    @property
    def workflow_id(self) -> str:
        """One workflow for each reminder, however often it is started."""
        again = f"-{self.sequence}" if self.sequence else ""
        return f"reminder-{self.booking.booking_id}-{self.minutes_before}{again}"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nobody wants to hear from a business: wall time in minutes from midnight; `until` before `since` passes midnight."""

    since: int
    until: int

    def before(self, due_at: datetime, zone: ZoneInfo) -> datetime:
        """When to send what is due at this moment: then, or, if that is inside the quiet hours of this zone, at their start."""
        wall = due_at.astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        is_quiet = (minute - self.since) % DAY < (self.until - self.since) % DAY
        if not is_quiet:
            return due_at
        day = wall.date() if minute >= self.since else wall.date() - timedelta(days=1)
        return min(moment(day, self.since, zone)[0], due_at)  # in the hour that the clocks repeat, its start may come again


@dataclass(frozen=True, slots=True)
class MessageSettings:
    """How a business writes to people. `locale` is what those are written to in whose own language we cannot write."""

    locale: str
    quiet_hours: QuietHours | None
