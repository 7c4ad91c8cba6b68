"""What the saga does to our own database: hold the slot, keep it, close the booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
from temporalio import activity

from domain.bookings import BookingRef, BookingStatus, HoldSlot
from store import bookings, claims
from store.events import tell


@dataclass(frozen=True, slots=True)
class HoldFor:
    """Hold this slot for so many seconds, where whoever asked for it still waits: they do until `answer_by`."""

    order: HoldSlot
    seconds: float
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConfirmationAttempt:
    """The customer's n-th try to confirm; counts from 1. `reason` says why it ended, where it has."""

    booking: BookingRef
    attempt: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CloseBooking:
    """End the booking in this final status, for this reason (a code). `words` are what people said, if they did."""

    booking: BookingRef
    status: BookingStatus
    reason: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong without deciding the booking; `code` is stable."""

    booking: BookingRef
    step: str
    code: str


class BookingActivities:
    """Each is one transaction, repeatable by the key of its line on the timeline."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def hold_slot(self, hold: HoldFor) -> datetime:
        """Holds the slot; returns when the hold ends. Raises SlotTaken and TooManyHolds, with nothing written, and HoldTooLate,
        with a booking that has expired."""
        return await bookings.hold(self._pool, hold.order, timedelta(seconds=hold.seconds), hold.answer_by)

    @activity.defn
    async def begin_confirmation(self, attempt: ConfirmationAttempt) -> None:
        """The customer has confirmed: from now on the booking is being paid."""
        await bookings.begin_confirmation(self._pool, attempt.booking, attempt.attempt)

    @activity.defn
    async def return_to_hold(self, attempt: ConfirmationAttempt) -> None:
        """The card was refused: the slot stays held and another card may be tried."""
        key = f"pending:{attempt.attempt}"
        await self._move(attempt.booking, BookingStatus.PENDING, key, "back_to_hold", attempt.reason)

    @activity.defn
    async def secure_claim(self, booking: BookingRef) -> None:
        """Makes the hold permanent. Raises HoldExpired when another has taken the time since."""
        async with self._pool.acquire() as connection, connection.transaction():
            await claims.make_permanent(connection, booking)
            await tell(connection, booking, "claim-secured", "claim_secured")

    @activity.defn
    async def confirm_booking(self, booking: BookingRef) -> None:
        """The booking is confirmed."""
        await self._move(booking, BookingStatus.CONFIRMED, "confirmed", "confirmed", None)

    @activity.defn
    async def close_booking(self, close: CloseBooking) -> None:
        """Undoes the hold and gives the booking its final status; a no-op where no hold ever happened."""
        await bookings.close(self._pool, close.booking, close.status, close.reason, close.words)

    @activity.defn
    async def complete_booking(self, booking: BookingRef) -> None:
        """The appointment's time is over; its claim leaves the hot table."""
        async with self._pool.acquire() as connection, connection.transaction():
            await bookings.move(connection, booking, BookingStatus.COMPLETED, key="completed", kind="completed")
            await claims.release_if_held(connection, booking)

    @activity.defn
    async def tell_trouble(self, trouble: Trouble) -> None:
        """Puts on the timeline that a step did not work out."""
        async with self._pool.acquire() as connection, connection.transaction():
            key = f"trouble:{trouble.step}:{trouble.code}"
            await tell(connection, trouble.booking, key, "trouble", step=trouble.step, code=trouble.code)

    async def _move(self, booking: BookingRef, target: BookingStatus, key: str, kind: str, reason: str | None) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await bookings.move(connection, booking, target, key=key, kind=kind, reason=reason)
