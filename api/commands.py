"""The only place where the API talks to Temporal: each command is one message to one booking's workflow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.bookings import BookingRef, HoldSlot
from domain.payments import NextAction, PaymentNews


class Progress(StrEnum):
    CONFIRMED = "confirmed"
    WORKING = "working"
    ACTION_REQUIRED = "action_required"


@dataclass(frozen=True, slots=True)
class ConfirmOutcome:
    """What confirming came to: done, still working, or the customer has something to do first."""

    progress: Progress
    next_action: NextAction | None = None


class Commands(Protocol):
    """What the routes ask of the bookings' workflows. Refusals rise as domain Answers, exactly as the workflow gave them."""

    async def hold(self, order: HoldSlot) -> None:
        """Starts the booking and returns when the slot is held. A repeat with the same booking id gets the first outcome."""

    async def confirm(self, booking: BookingRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome: ...

    async def cancel(self, booking: BookingRef, reason: str) -> None: ...

    async def tell_payment_news(self, news: PaymentNews) -> None:
        """Signals the booking that its payment changed; one that is over already ignores it."""

    async def worker_is_polling(self) -> bool: ...
