"""Calling a booking a no-show in our own database."""

from __future__ import annotations

import asyncpg
from temporalio import activity

from domain.bookings import BookingRef
from domain.money import Money
from store import no_shows


class NoShowActivities:
    """One transaction; the first decides."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def mark_no_show(self, booking: BookingRef) -> Money | None:
        """Gives the booking its status and asks for its fee, if there is one. Raises TransitionNotAllowed."""
        return await no_shows.mark(self._pool, booking)
