"""Our row of a payment beside the vendor's: in what they differ, and what may be done about it without asking anybody."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.bookings import BookingRef, BookingStatus
from domain.money import Money
from domain.payments import Payment, PaymentState

UNTOUCHED = (PaymentState.CREATED, PaymentState.DECLINED, PaymentState.CANCELLED)
WAITING = (PaymentState.AUTHORISED, PaymentState.ACTION_REQUIRED)
GONE = frozenset({BookingStatus.EXPIRED, BookingStatus.CANCELLED, BookingStatus.FAILED})
UNDER_WAY = frozenset({BookingStatus.PENDING, BookingStatus.CONFIRMING})
FIRST = "payment"


class DifferenceKind(StrEnum):
    """Stable codes."""

    LAGS = "row-lags"  # the vendor has gone on, and our row has not
    RETURNED_MORE = "returned-more"  # more came back than we asked for: somebody did it at the vendor's
    RETURNED_LESS = "returned-less"  # we think that it came back, and it did not
    NOT_TAKEN = "not-taken"  # we think that it was taken, and it was not
    STILL_RESERVED = "still-reserved"  # the booking is over, or another payment counts
    OTHER_AMOUNT = "other-amount"
    MISSING = "missing"  # the vendor knows no such payment
    UNKNOWN = "unknown"  # no booking of ours knows this payment
    CLOSED = "closed"  # the business's own account does not let us look any more


class Repair(StrEnum):
    """What is safe: to write down what the vendor says, and to let go of money that nobody waits for. Never to charge."""

    FOLLOW = "follow"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A payment as our books have it. `part` is `payment`, `charge:{step}` or `renewal:{number}`.

    `amount` and `refunded` are those of all bookings that share it, as `is_shared` says. `coming_back` is asked of the vendor
    and not final. With `is_by_hand` somebody has said that it was settled outside.
    """

    booking: BookingRef
    status: BookingStatus
    part: str
    vendor_id: str
    state: str
    amount: Money
    refunded: int = 0
    coming_back: int = 0
    is_shared: bool = False
    is_by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One payment that is not the same here and there. `theirs` is None where the vendor does not know it."""

    kind: DifferenceKind
    booking: BookingRef
    part: str
    vendor_id: str
    ours: str
    theirs: Payment | None
    at_risk: Money | None
    repair: Repair | None = None
    is_shared: bool = False
    has_booking: bool = True

    @property
    def says(self) -> str:
        """In codes and numbers."""
        there = f"{self.theirs.state}, {self.theirs.refunded} back" if self.theirs else "nothing"
        return f"{self.kind} {self.part} {self.vendor_id}: here {self.ours}, there {there}"


def compare(ours: Recorded, theirs: Payment | None) -> Difference | None:
    """How the two differ; None where they agree, or where a checkout is still at it."""
    if ours.status in UNDER_WAY or ours.is_by_hand:
        return None
    found = _kind(ours, theirs)
    if found is None:
        return None
    kind, at_risk, repair = found
    risk = Money(at_risk, ours.amount.currency) if at_risk else None
    here = f"{ours.state}, {ours.refunded} back"
    return Difference(kind, ours.booking, ours.part, ours.vendor_id, here, theirs, risk, repair, ours.is_shared)


def closed(ours: Recorded) -> Difference | None:
    """Of a payment that its vendor does not show us any more; nothing is known of it but our own row."""
    if ours.status in UNDER_WAY or ours.is_by_hand:
        return None
    here = f"{ours.state}, {ours.refunded} back"
    return Difference(DifferenceKind.CLOSED, ours.booking, ours.part, ours.vendor_id, here, None, None, None, ours.is_shared)


def _kind(ours: Recorded, theirs: Payment | None) -> tuple[DifferenceKind, int, Repair | None] | None:
    if theirs is None:
        return DifferenceKind.MISSING, ours.amount.amount if ours.state == PaymentState.CAPTURED else 0, None
    if theirs.state in WAITING:
        is_needless = ours.status in GONE or ours.part.startswith("renewal:")
        if is_needless and ours.state != PaymentState.CAPTURED:
            return DifferenceKind.STILL_RESERVED, theirs.amount.amount, Repair.VOID
    if ours.part.startswith("renewal:"):
        return None  # what was taken of those is in no row of their own
    if ours.amount != theirs.amount:
        return DifferenceKind.OTHER_AMOUNT, abs(ours.amount.amount - theirs.amount.amount), None
    return _state_kind(ours, theirs) if _agrees_not(ours, theirs) else _refund_kind(ours, theirs)


def _agrees_not(ours: Recorded, theirs: Payment) -> bool:
    return (ours.state == PaymentState.CAPTURED) is not (theirs.state is PaymentState.CAPTURED)


def _state_kind(ours: Recorded, theirs: Payment) -> tuple[DifferenceKind, int, Repair | None] | None:
    left = theirs.amount.amount - theirs.refunded
    if ours.state == PaymentState.CAPTURED:
        return DifferenceKind.NOT_TAKEN, ours.amount.amount - ours.refunded, None
    if ours.part != FIRST and ours.state == PaymentState.DECLINED:  # an undone charge is given back, and says so by its state
        return (DifferenceKind.RETURNED_LESS, left, None) if left else None
    is_kept = ours.status not in GONE
    return DifferenceKind.LAGS, 0 if is_kept else left, None if ours.is_shared else Repair.FOLLOW


def _refund_kind(ours: Recorded, theirs: Payment) -> tuple[DifferenceKind, int, Repair | None] | None:
    if theirs.state is PaymentState.CANCELLED and ours.state not in UNTOUCHED:
        return DifferenceKind.LAGS, 0, None if ours.is_shared else Repair.FOLLOW
    if theirs.state is not PaymentState.CAPTURED:
        return None
    if theirs.refunded < ours.refunded:
        return DifferenceKind.RETURNED_LESS, ours.refunded - theirs.refunded, None
    if theirs.refunded > ours.refunded + ours.coming_back:
        more = theirs.refunded - ours.refunded - ours.coming_back
        may_follow = ours.part == FIRST and not ours.is_shared and not ours.coming_back
        return DifferenceKind.RETURNED_MORE, more, Repair.FOLLOW if may_follow else None
    return None


def judge_unknown(booking: BookingRef, status: BookingStatus | None, key: str | None, theirs: Payment) -> Difference | None:
    """A payment that no row of ours names: None where no money is in it, or where a checkout may still write it down."""
    if status in UNDER_WAY or theirs.state in UNTOUCHED or theirs.state is PaymentState.PROCESSING:
        return None
    left = Money(theirs.amount.amount - theirs.refunded, theirs.amount.currency)
    if left.is_free:
        return None
    part = part_of(booking, key)
    repair = None
    if theirs.state in WAITING:
        repair = Repair.VOID if status in GONE else None
    elif part.startswith("charge:") and status is not None and status not in GONE:
        repair = Repair.FOLLOW
    kind, is_there = DifferenceKind.UNKNOWN, status is not None
    return Difference(kind, booking, part, theirs.id, "nothing", theirs, left, repair, has_booking=is_there)


def part_of(booking: BookingRef, key: str | None) -> str:
    """Which step of the booking made a payment under this key."""
    step = (key or "").removeprefix(f"{booking.booking_id}:")
    return step if step.startswith("charge:") else FIRST
