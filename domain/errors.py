"""The answers that are not a yes: each a domain exception with a stable code.

An answer is final for the request that got it; accidents (a timeout, a vendor's 503) are other exceptions and are retried.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class Answer(Exception):
    """A refusal that a caller can act on. `code` never changes once released; `facts` holds only plain JSON values."""

    code: ClassVar[str]

    def __init__(self, detail: str, **facts: str | int | None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts: Mapping[str, str | int | None] = facts


class SlotTaken(Answer):
    """Somebody else holds or has booked this time."""

    code = "slot-taken"


class SlotNotOffered(Answer):
    """The business does not sell this time: outside its hours, off the grid, too soon or too far."""

    code = "slot-not-offered"


class TooManyHolds(Answer):
    """Somebody holds as much as may be held at once; what they confirm or give up makes room for more."""

    code = "too-many-holds"


class HoldExpired(Answer):
    """The time to confirm is over and the slot has been given up."""

    code = "hold-expired"


class HoldTooLate(Answer):
    """Whoever asked for this hold was told to come again, before anybody could get to it."""

    code = "hold-too-late"


class PaymentDeclined(Answer):
    """The bank or the customer said no; another card may be tried while the hold lasts."""

    code = "payment-declined"


class PaymentMethodUnsuitable(PaymentDeclined):
    """This way of paying would be charged at once, where the money may only be reserved; another may be tried."""

    code = "payment-method-unsuitable"


class PaymentNotRenewed(Answer):
    """The reserved money was let go before the provider answered, and the customer named no other way to pay."""

    code = "payment-not-renewed"


class PaymentNotCapturable(Answer):
    """The authorisation is gone (cancelled or lapsed at the vendor), so there is nothing to capture."""

    code = "payment-not-capturable"


class RefundRefused(Answer):
    """The vendor will not give this money back: more than is left of it, or a payment that is disputed."""

    code = "refund-refused"


class CalendarDisconnected(Answer):
    """The provider's calendar refuses us for good: it is gone or access to it was withdrawn."""

    code = "calendar-disconnected"


class MessageRefused(Answer):
    """The vendor will never deliver this message, such as one to a number that does not exist."""

    code = "message-refused"


class TransitionNotAllowed(Answer):
    """The booking's status does not allow what was asked."""

    code = "not-allowed-now"


class ChangedMeanwhile(Answer):
    """It is not as it was when whoever asks looked at it, and they asked to change only that."""

    code = "changed-meanwhile"


class ChangeUnderWay(Answer):
    """The booking is just being changed; whoever asks again in a moment is heard."""

    code = "change-under-way"


class ApprovalDeclined(Answer):
    """The provider said no."""

    code = "declined"


class NotAnswered(Answer):
    """The provider had so long to say yes, and did not."""

    code = "not-answered"


class ExternalIdTaken(Answer):
    """Another of the business's things of this kind has this id of another system."""

    code = "external-id-taken"


class BookingFailed(Answer):
    """A step could not be done in its time; everything was undone and nothing is charged."""

    code = "booking-failed"


class BookingOver(Answer):
    """The booking has ended or its time has passed, so there is nothing left to change."""

    code = "booking-over"


class TooLateToReschedule(Answer):
    """The appointment is nearer than the notice its policy asks of whoever moves it."""

    code = "too-late-to-reschedule"


class TooManyReschedules(Answer):
    """The booking was moved as often as its policy allows."""

    code = "too-many-reschedules"


class LinkSpent(Answer):
    """The link was used for its one change already."""

    code = "link-spent"


class LinkExpired(Answer):
    """The link was not used in its time."""

    code = "link-expired"


class StepNotUnderWay(Answer):
    """Nothing of this name goes on, or was left undone, so there is nothing to do about it."""

    code = "step-not-under-way"


class StepNotSkippable(Answer):
    """This step is never left out: it moves money, or gives back what was taken."""

    code = "step-not-skippable"


class NotSettledThatWay(Answer):
    """This step cannot be called done by hand in this way."""

    code = "not-settled-that-way"


class RefundTooLarge(Answer):
    """More than what is left of what was paid."""

    code = "refund-too-large"


class MalformedOperation(Answer):
    """A field of the operation cannot be read as what it has to be."""

    code = "malformed-operation"


class StepSkipped(Answer):
    """An operator has left this step out; whatever waited for it goes on."""

    code = "step-skipped"


class StepSettled(Answer):
    """An operator has done this step by hand; whatever waited for it goes on."""

    code = "step-settled"


class StillToCome(Answer):
    """A customer who has anything still to come is not erased."""

    code = "still-to-come"


class NotFound(Answer):
    """There is no such thing in this business."""

    code = "not-found"


class LastOwner(Answer):
    """A business is never left without somebody who may do everything."""

    code = "last-owner"


class KeyReused(Answer):
    """The Idempotency-Key was used before for another request."""

    code = "idempotency-key-reused"


ANSWERS: Mapping[str, type[Answer]] = {
    answer.code: answer
    for answer in (
        SlotTaken, SlotNotOffered, TooManyHolds, HoldExpired, HoldTooLate, PaymentDeclined, PaymentNotCapturable, RefundRefused,
        CalendarDisconnected, MessageRefused, BookingFailed, ChangeUnderWay, TransitionNotAllowed, NotFound, KeyReused, LastOwner,
        PaymentMethodUnsuitable, PaymentNotRenewed, ApprovalDeclined, NotAnswered,
        BookingOver, TooLateToReschedule, TooManyReschedules, LinkSpent, LinkExpired,
        ChangedMeanwhile, StepNotUnderWay, StepNotSkippable, NotSettledThatWay, RefundTooLarge, MalformedOperation, StepSkipped,
        StepSettled,
        StillToCome, ExternalIdTaken,
    )
}  # fmt: skip
