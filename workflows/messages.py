"""What can be said to a booking's workflow, and what it answers. The saga and the appointment receive the same messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.approvals import Decider, Verdict
from domain.bookings import Actor, BookingRef, BookingStatus, HoldSlot, OnCalendarFailure
from domain.money import Money
from domain.payments import NextAction, PaymentState, RefundState
from domain.policies import USUAL, Policies
from domain.refunds import RefundWish
from domain.series import HoldSeries, SeriesRef


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds each part may take before the booking is given up; for messages, how long they are tried at least."""

    hold: float
    payment: float
    calendar: float
    capture: float
    notify: float


@dataclass(frozen=True, slots=True)
class BookSlot:
    """Book this slot, with these limits and the business's policy at the time. Whoever asks waits until `answer_by`."""

    order: HoldSlot
    patience: Patience
    on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """The slot is held until then."""

    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Confirm:
    """The customer wants the booking, and pays with this where it is paid online."""

    payment_method: str | None = None
    return_url: str | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How confirming went: done, or the customer has `next_action` to do first, or the provider has to say yes."""

    is_confirmed: bool
    next_action: NextAction | None = None
    waits_for_approval: bool = False


@dataclass(frozen=True, slots=True)
class Decide:
    """What the provider says of a booking that waits for them, and who says it. `words` are theirs to the customer.

    `link_hash` is the SHA-256, in hexadecimal, of the link by which they say it.
    """

    verdict: Verdict
    by: Decider
    link_hash: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of it: the booking's status. It is still confirming where the customer has to name another way to pay."""

    status: BookingStatus


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give the booking up. `reason` is what people said, in their words; `refund` is what staff chose to give back. Where a
    `version` is said, one that is confirmed is cancelled only while it is what it was then."""

    by: Actor = Actor.CUSTOMER
    reason: str | None = None
    refund: RefundWish | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The booking is closed. How its refund stands by now; both are None where nothing comes back."""

    refund: Money | None = None
    state: RefundState | None = None


@dataclass(frozen=True, slots=True)
class MarkNoShow:
    """Nobody came. Only staff say so. Only while the booking is what it was at this `version`, where one is said."""

    version: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NoShowMarked:
    """The booking is a no-show. How the charge of its fee stands by now; both are None where nothing is charged."""

    fee: Money | None = None
    state: PaymentState | None = None


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay with this what the saved method was refused for."""

    payment_method: str
    return_url: str | None = None


@dataclass(frozen=True, slots=True)
class DuePayment:
    """What an occurrence of a series still costs: charged on the saved method so many seconds before its start.

    Where that was refused, the customer has `pay_seconds` to pay with another, until `until`. `look_at` is when the vendor is
    asked next, and `attempts` count the other methods.
    """

    price: Money
    before_seconds: float
    pay_seconds: float
    is_tried: bool = False
    until: datetime | None = None
    look_at: datetime | None = None
    attempts: int = 0


class UnfinishedStep(StrEnum):
    """What the saga could not finish in its time and the appointment goes on trying."""

    CALENDAR = "calendar"
    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class KeepAppointment:
    """Keep this confirmed appointment until it is over and nothing is left to be done. Also how one run hands on to the next.

    `refund` and `refund_steps` are what a cancel gives back, `fee` is what a no-show costs. A run of more than `most_events`
    is followed by a new one. `is_reopened`: it had ended, and operators have something to do with it once more.
    A charge is tried for `payment_seconds`, messages for `notify_seconds` also once the appointment has begun.
    A booking that is in no calendar after `event_within_seconds` is undone, or told of and kept, by `on_calendar_failure`;
    `undo_because` is the code of why.
    """

    booking: BookingRef
    starts_at: datetime
    ends_at: datetime
    unfinished: tuple[UnfinishedStep, ...] = ()
    policies: Policies = USUAL
    status: BookingStatus = BookingStatus.CONFIRMED
    refund: Money | None = None
    refund_steps: tuple[str, ...] = ()
    fee: Money | None = None
    is_followed_up: bool = False
    is_reopened: bool = False
    due: DuePayment | None = None
    most_events: int = 4_000
    payment_seconds: float = 60.0
    notify_seconds: float = 120.0
    event_within_seconds: float | None = None
    on_calendar_failure: OnCalendarFailure = OnCalendarFailure.CONFIRM_ANYWAY
    undo_because: str | None = None


@dataclass(frozen=True, slots=True)
class BookSeries:
    """Book this series, with these limits. Where each occurrence is paid by itself, it is charged `charge_before_seconds` before
    its start, and a customer whose card is refused then has `pay_seconds` to pay with another."""

    series: HoldSeries
    patience: Patience
    charge_before_seconds: float
    pay_seconds: float
    on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeepSeries:
    """Keep this confirmed series until the last of its bookings is over. `first` stands for all of them where one has to."""

    ref: SeriesRef
    first: BookingRef
    ends_at: datetime
    booking_ids: tuple[UUID, ...]
    starts: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class CancelSeries:
    """Cancel these bookings of the series, each by its own policy."""

    booking_ids: tuple[UUID, ...]
    cancel: Cancel


@dataclass(frozen=True, slots=True)
class KeepWaitlist:
    """Offer freed times of this service to those who wait for it. The offers' bookings have this patience, but for their hold.

    The line is looked at every `check_seconds` also where nothing is heard. No offer lasts longer than `longest_offer_seconds`.
    """

    business_id: UUID
    service_id: UUID
    patience: Patience
    longest_offer_seconds: float = 604_800.0
    check_seconds: float = 300.0
    most_events: int = 2_000


@dataclass(frozen=True, slots=True)
class TellOffer:
    """Tell the customer of this booking that the time is held for them until then, because they wait for one."""

    booking: BookingRef
    until: datetime


@dataclass(frozen=True, slots=True)
class Over:
    """How a booking's workflow ended; `reason` is a code. Where `was_held` is false, nothing was ever written."""

    status: BookingStatus
    reason: str
    was_held: bool = True
