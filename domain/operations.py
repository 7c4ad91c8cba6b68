"""What operators may do to a booking by hand: the typed operations, which steps allow them, and what each comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.bookings import BookingRef, BookingStatus
from domain.messages import Channel, MessageFacts, MessageKind, Recipient
from domain.money import Money
from domain.outside_steps import ByHand


class OperationKind(StrEnum):
    """Retry a step now, leave it out, call it done by hand, give money back, send a message again, give up a hold."""

    RETRY = "retry"
    SKIP = "skip"
    SETTLE = "settle"
    REFUND = "refund"
    RESEND = "resend"
    GIVE_UP_HOLD = "give-up-hold"


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
    """This step was `done` by hand; `reason` says in words what was done, and is kept with the operation only. Only while the
    booking is what it was at this `version`, where one is said."""

    operator: str
    step: str
    done: ByHand
    reason: str
    operation_id: str | None = None
    version: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RefundBooking:
    """Give back this much, in minor units of the booking's currency; None is all that is left. Only while the booking is what it
    was at this `version`, where one is said."""

    operator: str
    reason: str
    amount: int | None = None
    operation_id: str | None = None
    version: int | None = field(default=None, compare=False)


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

    The `id` is unique among the booking's operations. `version` is not written down: what was changed since refuses it.
    """

    booking: BookingRef
    id: str
    kind: OperationKind
    by: str
    step: str | None = None
    said: str | None = None
    reason: str | None = None
    version: int | None = None


KINDS: Mapping[type, OperationKind] = {
    RetryStep: OperationKind.RETRY,
    SkipStep: OperationKind.SKIP,
    SettleStep: OperationKind.SETTLE,
    RefundBooking: OperationKind.REFUND,
    ResendMessage: OperationKind.RESEND,
    GiveUpHold: OperationKind.GIVE_UP_HOLD,
}


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
    version = getattr(wish, "version", None)
    return Operation(booking, operation_id, KINDS[type(wish)], wish.operator, step, said, reason, version)


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
