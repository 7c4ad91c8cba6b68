"""Cancelling a confirmed booking in our own database."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg
from temporalio import activity

from domain.bookings import Actor, BookingRef
from domain.refunds import Cancellation, RefundWish
from store import cancellations


@dataclass(frozen=True, slots=True)
class CancelBooking:
    """End this confirmed booking. `words` are what people said, `wish` what staff chose to give back. Only while it is what it
    was at this `version`, where one is said."""

    booking: BookingRef
    by: Actor
    words: str | None = None
    wish: RefundWish | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class UndoBooking:
    """End this confirmed booking, which cannot be kept. `reason` is a code."""

    booking: BookingRef
    reason: str


class CancellationActivities:
    """One transaction; the first decides."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def cancel_booking(self, cancel: CancelBooking) -> Cancellation:
        """Frees the time, drops the reminders and asks for the refund, at once. Raises TransitionNotAllowed, ChangedMeanwhile."""
        whose = cancel.booking, cancel.by, cancel.words, cancel.wish
        return await cancellations.cancel(self._pool, *whose, cancel.version)

    @activity.defn
    async def undo_booking(self, undo: UndoBooking) -> Cancellation:
        """The same where nobody wished it: all that was paid comes back. Raises TransitionNotAllowed."""
        return await cancellations.undo(self._pool, undo.booking, undo.reason)
