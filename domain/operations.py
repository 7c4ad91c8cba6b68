"""What operators may do to a booking by hand: the typed operations, which steps allow them, and what each comes to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.bookings import BookingRef, BookingStatus
from domain.errors import MalformedOperation, NotSettledThatWay
from domain.messages import Channel, MessageFacts, MessageKind, Recipient
from domain.money import Money

OPERATOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,79}")
OPERATION_ID = re.compile(r"[\x21-\x7e]{1,200}")
LONGEST_REASON = 500
EMAIL, PHONE = re.compile(r"[^\s@]{1,64}@[^\s@]+\.[^\s@]{2,}"), re.compile(r"\+[1-9]\d{5,14}")


class OperationKind(StrEnum):
    """Retry a step now, leave it out, call it done by hand, give money back, send a message again, give up a hold."""

    RETRY = "retry"
    SKIP = "skip"
    SETTLE = "settle"
    REFUND = "refund"
    RESEND = "resend"
    GIVE_UP_HOLD = "give-up-hold"


class ByHand(StrEnum):
    """What somebody did outside, at the vendor's or in person. `not_needed`: looked, and there is nothing to be done."""

    REFUNDED = "refunded"
    VOIDED = "voided"
    DELETED = "deleted"
    CHARGED = "charged"
    NOT_NEEDED = "not_needed"


class StuckThing(StrEnum):
    """What can get stuck. Each has a page of its own name in docs/runbooks."""

    HOLD = "hold-not-released"
    AUTHORISATION = "payment-not-authorised"
    VOID = "authorisation-not-voided"
    CAPTURE = "capture-not-done"
    REFUND = "refund-not-done"
    CHARGE = "charge-unknown"
    UNDO_CHARGE = "charge-not-undone"
    CALENDAR_WRITE = "calendar-not-written"
    CALENDAR_DELETE = "calendar-not-deleted"
    EMAIL = "email-not-sent"
    SMS = "sms-not-sent"
    REMINDER = "reminder-not-sent"


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of outside step: what it is called while it lasts, and what operators may do about it beside trying it now."""

    thing: StuckThing
    may_skip: bool = False
    settled_by: frozenset[ByHand] = frozenset()


_DONE = frozenset({ByHand.REFUNDED, ByHand.VOIDED, ByHand.NOT_NEEDED})

STEPS: Mapping[str, Step] = {
    "authorise-payment": Step(StuckThing.AUTHORISATION),
    "check-payment": Step(StuckThing.AUTHORISATION),
    "renew-payment": Step(StuckThing.AUTHORISATION),
    "check-renewal": Step(StuckThing.AUTHORISATION),
    "capture-payment": Step(StuckThing.CAPTURE),
    "void-replaced-payment": Step(StuckThing.VOID, settled_by=_DONE),
    "void-renewals": Step(StuckThing.VOID, settled_by=_DONE),
    "void-payment": Step(StuckThing.VOID, settled_by=_DONE),
    "refund": Step(StuckThing.REFUND, settled_by=frozenset({ByHand.REFUNDED, ByHand.NOT_NEEDED})),
    "charge": Step(StuckThing.CHARGE, settled_by=frozenset({ByHand.CHARGED, ByHand.NOT_NEEDED})),
    "charge-occurrence": Step(StuckThing.CHARGE),
    "undo-occurrence-charge": Step(StuckThing.UNDO_CHARGE, settled_by=_DONE),
    "undo-charge": Step(StuckThing.UNDO_CHARGE, settled_by=_DONE),
    "write-calendar-event": Step(StuckThing.CALENDAR_WRITE, may_skip=True),
    "delete-calendar-event": Step(
        StuckThing.CALENDAR_DELETE, may_skip=True, settled_by=frozenset({ByHand.DELETED, ByHand.NOT_NEEDED})
    ),
    "email": Step(StuckThing.EMAIL, may_skip=True),
    "sms": Step(StuckThing.SMS, may_skip=True),
}
"""By the name that a step has before its first colon: `refund:cancel/0` is a `refund`, `email:confirmation` an `email`."""

# Of which messages an operator may send another copy, and what the booking has to be for them to be true.
RESENDABLE: Mapping[MessageKind, frozenset[BookingStatus]] = {
    MessageKind.CONFIRMATION: frozenset({BookingStatus.CONFIRMED}),
    MessageKind.REMINDER: frozenset({BookingStatus.CONFIRMED}),
    MessageKind.RESCHEDULED: frozenset({BookingStatus.CONFIRMED}),
    MessageKind.CANCELLED: frozenset({BookingStatus.CANCELLED}),
    MessageKind.NO_SHOW: frozenset({BookingStatus.NO_SHOW}),
    MessageKind.FOLLOW_UP: frozenset({BookingStatus.COMPLETED}),
}
REFUNDABLE = frozenset({BookingStatus.CONFIRMED, BookingStatus.COMPLETED, BookingStatus.NO_SHOW, BookingStatus.CANCELLED})


def step_of(name: str) -> Step | None:
    """What kind of step this is; None for a name that is none."""
    return STEPS.get(name.partition(":")[0])


@dataclass(frozen=True, slots=True)
class RetryStep:
    """Try this step now. `operator` is who asks, as a code; the same `operation_id` again is a repeat and does nothing."""

    operator: str
    step: str
    operation_id: str | None = None


@dataclass(frozen=True, slots=True)
class SkipStep:
    """Leave this step out: a message or a calendar, never money."""

    operator: str
    step: str
    operation_id: str | None = None


@dataclass(frozen=True, slots=True)
class SettleStep:
    """This step was `done` by hand; `reason` says in words what was done, and is kept with the operation only."""

    operator: str
    step: str
    done: ByHand
    reason: str
    operation_id: str | None = None


@dataclass(frozen=True, slots=True)
class RefundBooking:
    """Give back this much, in minor units of the booking's currency; None is all that is left."""

    operator: str
    reason: str
    amount: int | None = None
    operation_id: str | None = None


@dataclass(frozen=True, slots=True)
class ResendMessage:
    """Send this message once more. A corrected `email` or `phone` becomes the booking's own from now on."""

    operator: str
    kind: MessageKind
    channel: Channel
    recipient: Recipient = Recipient.CUSTOMER
    email: str | None = None
    phone: str | None = None
    operation_id: str | None = None


@dataclass(frozen=True, slots=True)
class GiveUpHold:
    """End this booking while it is only held; whatever was reserved for it is undone."""

    operator: str
    reason: str | None = None
    operation_id: str | None = None


Wish = RetryStep | SkipStep | SettleStep | RefundBooking | ResendMessage | GiveUpHold


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as it is written down. `said` are its codes and numbers, by which a repeat is known; `reason` is in words.

    The `id` is unique among the booking's operations.
    """

    booking: BookingRef
    id: str
    kind: OperationKind
    by: str
    step: str | None = None
    said: str | None = None
    reason: str | None = None


KINDS: Mapping[type, OperationKind] = {
    RetryStep: OperationKind.RETRY,
    SkipStep: OperationKind.SKIP,
    SettleStep: OperationKind.SETTLE,
    RefundBooking: OperationKind.REFUND,
    ResendMessage: OperationKind.RESEND,
    GiveUpHold: OperationKind.GIVE_UP_HOLD,
}


def check_wish(wish: Wish, operation_id: str) -> None:
    """What a Web UI's hand-written JSON may get wrong. Raises MalformedOperation, which names the field."""
    if not OPERATOR.fullmatch(wish.operator):
        raise MalformedOperation("operator: must be a name of letters, digits and . : _ -", field="operator")
    if not OPERATION_ID.fullmatch(operation_id):
        raise MalformedOperation("operation_id: must be 1 to 200 printable characters without spaces", field="operation_id")
    reason = getattr(wish, "reason", None)
    if reason is not None and not (0 < len(reason.strip()) <= LONGEST_REASON):
        raise MalformedOperation(f"reason: must have 1 to {LONGEST_REASON} characters", field="reason")
    if isinstance(wish, RefundBooking) and wish.amount is not None and wish.amount <= 0:
        raise MalformedOperation("amount: must be more than nothing, in minor units", field="amount")
    if isinstance(wish, ResendMessage):
        _check_address(wish)


def _check_address(wish: ResendMessage) -> None:
    if wish.recipient is not Recipient.CUSTOMER and (wish.email or wish.phone):
        raise MalformedOperation("recipient: only a customer's address is corrected here", field="recipient")
    if wish.email is not None and not EMAIL.fullmatch(wish.email):
        raise MalformedOperation("email: must be an address such as grace@example.com", field="email")
    if wish.phone is not None and not PHONE.fullmatch(wish.phone):
        raise MalformedOperation("phone: must be a number such as +4930901820", field="phone")


def check_settled(step: str, done: ByHand) -> None:
    """Raises MalformedOperation for a name that is no step's, NotSettledThatWay for what is never done by hand so."""
    known = step_of(step)
    if known is None:
        raise MalformedOperation("step: there is no step of this name", field="step")
    if done not in known.settled_by:
        ways = ", ".join(sorted(way.value for way in known.settled_by)) or "nothing"
        raise NotSettledThatWay(f"what may be done by hand of this step: {ways}", field="done")


def operation_of(booking: BookingRef, operation_id: str, wish: Wish) -> Operation:
    """The wish as it is written down; of a corrected address only that there is one."""
    step, said = getattr(wish, "step", None), None
    if isinstance(wish, SettleStep):
        said = wish.done.value
    if isinstance(wish, RefundBooking):
        said = "all" if wish.amount is None else str(wish.amount)
    if isinstance(wish, ResendMessage):
        step = f"{wish.channel}:{wish.kind}" + ("" if wish.recipient is Recipient.CUSTOMER else f"-{wish.recipient}")
        said = "corrected" if wish.email or wish.phone else None
    reason = getattr(wish, "reason", None)
    return Operation(booking, operation_id, KINDS[type(wish)], wish.operator, step, said, reason)


@dataclass(frozen=True, slots=True)
class Operated:
    """What an operation came to: a code. `amount` is what is given back. `is_repeat`: it was answered before, nothing is new."""

    id: str
    outcome: str
    amount: Money | None = None
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """The refunds that an operator's refund is made of: one for each payment."""

    amount: Money
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resend:
    """What is to be sent once more: the `again`-th copy, with what the message says beside the appointment."""

    again: int
    sequence: int
    facts: MessageFacts


@dataclass(frozen=True, slots=True)
class StepUnderWay:
    """A step that goes on right now. It `rests` between two looks or tries, until `until` where that is known."""

    name: str
    since: datetime
    rests: bool
    until: datetime | None
    may: tuple[OperationKind, ...]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What a booking's workflow is at."""

    steps: tuple[StepUnderWay, ...]
