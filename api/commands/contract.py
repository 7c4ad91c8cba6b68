"""What the routes ask of the bookings' workflows, whoever carries it there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self
from uuid import UUID

from api.commands.outcomes import ConfirmOutcome
from domain.bookings import BookingRef, BookingStatus, HoldSlot, OnCalendarFailure
from domain.operations import Operated, UnderWay, Wish
from domain.payments import PaymentNews
from domain.rescheduling import Move, Moved
from domain.series import HoldSeries, SeriesRef
from workflows.messages import Cancel, CancelSeries, Decide


@dataclass(frozen=True, slots=True)
class Ended:
    """A booking that has ended, as its workflow is started again for operators."""

    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    status: BookingStatus


class Commands(Protocol):
    """What the routes ask of the bookings' workflows. Refusals rise as domain Answers, exactly as the workflow gave them."""

    async def hold(self, order: HoldSlot, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        """Starts the booking and returns when the slot is held. A repeat with the same booking id gets the first outcome."""

    async def confirm(self, booking: BookingRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome: ...

    async def cancel(self, booking: BookingRef, cancel: Cancel) -> None:
        """Returns when the booking is closed and its refund is asked for; a second cancel at once joins the first."""

    async def reschedule(self, move: Move, request_id: str) -> Moved | None:
        """Moves the booking; None while it is still worked on. A repeat with the same `request_id` joins the first."""

    async def mark_no_show(self, booking: BookingRef, version: int | None = None) -> None:
        """Returns when the booking is a no-show and its fee is asked for. Only while it is what it was at this version."""

    async def decide(self, booking: BookingRef, decide: Decide) -> bool:
        """Says the provider's yes or no; true when the booking is confirmed or closed by it, false while that is worked on."""

    async def pay(self, booking: BookingRef, payment_method: str, return_url: str | None) -> ConfirmOutcome:
        """Pays for an occurrence of a series whose saved payment method was refused."""

    async def tell_payment_news(self, news: PaymentNews, series: SeriesRef | None = None) -> None:
        """Signals the booking that its payment changed, or the series that it pays for; one that is over already ignores it."""

    async def hold_series(self, series: HoldSeries, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        """Starts the series and returns when it is held. A repeat with the same series id gets the first outcome."""

    async def confirm_series(self, series: SeriesRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome: ...

    async def cancel_series(self, series: SeriesRef, cancel: Cancel) -> None:
        """Gives up a series that is only held; returns when it is closed."""

    async def cancel_occurrences(self, series: SeriesRef, cancel: CancelSeries) -> None:
        """Has these bookings of a confirmed series asked to cancel themselves; returns when that is sure to happen."""

    async def operate(self, booking: BookingRef, wish: Wish, over: Ended | None = None) -> Operated:
        """Does what an operator wants; the same `operation_id` gets the first outcome. `over` is how a booking has ended: its
        workflow is started again for what is left to be done."""

    async def under_way(self, booking: BookingRef) -> UnderWay | None:
        """What the booking's workflow is at; None where nobody answers."""

    def waiting(self, seconds: float) -> Self:
        """The same for a caller who waits so long for what confirm, pay, reschedule and decide come to; it goes on afterwards."""

    async def worker_is_polling(self) -> bool: ...

    async def backlog_seconds(self) -> float:
        """How long tasks wait for a worker."""
