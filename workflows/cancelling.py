"""Cancels a confirmed booking: closes it at once, then gives the money back, clears the calendar and tells everyone."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.calendars import CalendarActivities
    from activities.cancellations import CancelBooking, CancellationActivities, UndoBooking
    from activities.errors import answer_in
    from domain.bookings import BookingStatus
    from domain.messages import MessageFacts, MessageKind
    from domain.payments import RefundState
    from domain.refunds import Cancellation
    from workflows import unpaid
    from workflows.kept import Kept
    from workflows.messages import Cancel, Cancelled
    from workflows.refunding import ask_for_refund, await_refund
    from workflows.steps import at_vendor, first_in_database, in_database, tell_trouble
    from workflows.telling import tell_people

ANSWER_WITHIN = timedelta(seconds=5)
WORTH_TELLING = timedelta(days=1)
CALENDAR_FOR = timedelta(days=30)


async def cancel(kept: Kept, request: Cancel) -> Cancelled:
    """Closes the booking in one transaction and asks for the refund; says how far that got within a few seconds."""
    order = CancelBooking(kept.booking, request.by, request.reason, request.refund, request.version)
    closed = await first_in_database(CancellationActivities.cancel_booking, order, summary="Close the booking")
    _close(kept, closed, "Cancelled. Gives the money back and tells everyone.")
    states = [await ask_for_refund(kept, step, ANSWER_WITHIN) for step in closed.steps]
    kept.beside(clean_up(kept))
    return Cancelled(closed.refund, _least(states))


async def undo(kept: Kept) -> None:
    """Gives up what cannot be kept as its business wants it: the time is free, and all that was paid for it comes back."""
    order = UndoBooking(kept.booking, kept.message.undo_because or "accident")
    closed = await in_database(CancellationActivities.undo_booking, order, summary="Undo the booking")
    _close(kept, closed, f"Undone because: {order.reason}. Gives the money back and tells everyone.")
    kept.beside(clean_up(kept))


def _close(kept: Kept, closed: Cancellation, words: str) -> None:
    kept.change(refund=closed.refund, refund_steps=closed.steps)
    kept.become(BookingStatus.CANCELLED)
    kept.show(words)


async def clean_up(kept: Kept) -> None:
    """What follows a cancel and nobody waits for, side by side: none holds up another. May be begun anew."""
    await kept.stop_leftovers()
    facts = MessageFacts(refund=kept.message.refund)
    await asyncio.gather(
        *(await_refund(kept, step) for step in kept.message.refund_steps),
        _clear_calendar(kept),
        unpaid.undo(kept),
        tell_people(kept.booking, MessageKind.CANCELLED, WORTH_TELLING, facts=facts),
    )


async def _clear_calendar(kept: Kept) -> None:
    """For a month; a calendar that refuses us for good keeps the event, which is told."""
    try:
        delete = CalendarActivities.delete_calendar_event_if_written
        await at_vendor(delete, kept.booking, summary="Delete the calendar event", within=CALENDAR_FOR)
    except FailureError as failure:
        answer = answer_in(failure)
        await tell_trouble(kept.booking, "delete-calendar-event", answer.code if answer else "given-up")


def _least(states: list[RefundState]) -> RefundState | None:
    """How the refund as a whole stands: as its worst part."""
    order = (RefundState.FAILED, RefundState.REQUESTED, RefundState.PENDING, RefundState.SUCCEEDED)
    return min(states, key=order.index, default=None)
