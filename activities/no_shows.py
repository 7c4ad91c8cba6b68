"""Calling a booking a no-show in our own database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import asyncpg
from temporalio import activity

from domain.bookings import BookingRef
from domain.money import Money
from store import no_shows


@dataclass(frozen=True, slots=True)
class MarkBooking(BookingRef):
    """Nobody came to this booking. Only while it is what it was at this `version`, where one is said.

    A kind of BookingRef, which is what came here before there were versions.
    """

    version: int | None = None

    @classmethod
    def of(cls, booking: BookingRef, version: int | None = None) -> Self:
        return cls(booking.business_id, booking.booking_id, version)

    @property
    def booking(self) -> BookingRef:
        return BookingRef(self.business_id, self.booking_id)


class NoShowActivities:
    """One transaction; the first decides."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def mark_no_show(self, mark: MarkBooking) -> Money | None:
        """Gives the booking its status and asks for its fee, if there is one. Raises TransitionNotAllowed, ChangedMeanwhile."""
        return await no_shows.mark(self._pool, mark.booking, mark.version)
