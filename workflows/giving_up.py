"""How a checkout that is given up ends: its last status and why, and what those are told who wait for it."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.bookings import CloseBooking
    from activities.errors import answer_in, as_failure
    from domain.bookings import BookingRef, BookingStatus
    from domain.errors import (
        ApprovalDeclined,
        BookingFailed,
        HoldExpired,
        HoldTooLate,
        NotAnswered,
        PaymentNotRenewed,
        TransitionNotAllowed,
    )
    from workflows.approving import Approval
    from workflows.checkout import CANCELLED
    from workflows.messages import Cancel

NOT_HELD = "hold-failed"  # a local activity's failure does not say which it was
EXPIRING = (HoldExpired, HoldTooLate, NotAnswered, PaymentNotRenewed)
"""Answers that say that somebody's time was over."""


def end_of(
    booking: BookingRef, why: BaseException, cancel: Cancel | None, approval: Approval | None, *, was_held: bool
) -> CloseBooking:
    """A cancel of the workflow itself is an operator's; a failed step without an answer gives its name."""
    answer = answer_in(why)
    is_asked = cancel is not None and isinstance(why, ApplicationError) and why.type == CANCELLED
    words = cancel.reason if cancel is not None and is_asked else None
    if isinstance(answer, EXPIRING):
        return CloseBooking(booking, BookingStatus.EXPIRED, answer.code)
    if isinstance(answer, ApprovalDeclined):
        return CloseBooking(booking, BookingStatus.CANCELLED, answer.code, approval.words if approval is not None else None)
    if workflow.cancellation_reason() is not None:
        return CloseBooking(booking, BookingStatus.CANCELLED, "operator", words)
    if cancel is not None and is_asked:
        return CloseBooking(booking, BookingStatus.CANCELLED, f"cancelled-by-{cancel.by}", words)
    if answer is None and not was_held:
        return CloseBooking(booking, BookingStatus.FAILED, NOT_HELD)
    if answer is None and isinstance(why, ActivityError):
        return CloseBooking(booking, BookingStatus.FAILED, f"{why.activity_type.replace('_', '-')}-failed")
    return CloseBooking(booking, BookingStatus.FAILED, answer.code if answer else "accident")


def refusal_of(end: CloseBooking, why: BaseException, *, was_held: bool) -> ApplicationError:
    """For whoever waits for the hold, for a confirmation or for a decision."""
    answer = answer_in(why)
    if end.status is BookingStatus.CANCELLED and was_held:
        return as_failure(TransitionNotAllowed("the booking was cancelled first", status=end.status.value))
    is_for_the_caller = not was_held or isinstance(answer, (HoldExpired, NotAnswered, TransitionNotAllowed))
    if answer is None or not is_for_the_caller:
        return as_failure(BookingFailed("it could not be done, and everything was undone", reason=end.reason))
    return as_failure(answer)
