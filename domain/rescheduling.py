"""Moving a booking to another time, provider or length: what is wanted, and until when and how often it may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.bookings import Actor, BookingRef, BookingStatus, BrokenRule, PaymentTiming, Quota
from domain.errors import BookingOver, TooLateToReschedule, TooManyReschedules, TransitionNotAllowed
from domain.money import Money
from domain.policies import ReschedulePolicy


@dataclass(frozen=True, slots=True)
class Move:
    """All that is needed to move one booking, worked out and checked by the API before the workflow is asked.

    `id` tells this try from every other; `sequence` is what the booking's own becomes, so a move that was worked out before
    another one is refused. `blocks_from` and `blocks_until` are the new time with its buffers. The prices are for all seats.
    The hashes are SHA-256 in hexadecimal; `link_hash` names the link that is spent with it.
    """

    business_id: UUID
    booking_id: UUID
    id: UUID
    sequence: int
    service_id: UUID
    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    blocks_from: datetime
    blocks_until: datetime
    capacity: int
    seats: int
    old_price: Money
    price: Money
    payment: PaymentTiming
    asked_by: Actor
    request_hash: str
    request_key: str | None = None
    link_hash: str | None = None
    resource_ids: tuple[UUID, ...] = ()
    quotas: tuple[Quota, ...] = ()
    override_reason: str | None = None
    broken_rules: tuple[BrokenRule, ...] = ()

    @property
    def booking(self) -> BookingRef:
        """Which booking it moves."""
        return BookingRef(self.business_id, self.booking_id)

    @property
    def step(self) -> str:
        """Names this try in idempotency keys and on the timeline."""
        return f"reschedule:{self.id.hex[-12:]}"

    @property
    def dearer_by(self) -> Money:
        """What is to be paid online because the new time costs more; nothing where it does not."""
        return self._online(self.price.amount - self.old_price.amount)

    @property
    def cheaper_by(self) -> Money:
        """What was paid online too much because the new time costs less; nothing where it does not."""
        return self._online(self.old_price.amount - self.price.amount)

    def _online(self, amount: int) -> Money:
        return Money(max(0, amount) if self.payment is PaymentTiming.ONLINE else 0, self.price.currency)


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a move brought its booking, and what its `sequence` is since. `refund_steps` name what it gives back.

    `has_new_provider`: it left the day of the one who had it before.
    """

    sequence: int
    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    price: Money
    refund_steps: tuple[str, ...] = ()
    has_new_provider: bool = False


@dataclass(frozen=True, slots=True)
class Movable:
    """What decides whether a booking may be moved. `moves` counts those its customer has made."""

    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    sequence: int
    moves: int
    policy: ReschedulePolicy


def check_may_move(booking: Movable, asked_by: Actor, now: datetime) -> None:
    """Until when and how often a customer may is the policy of the day they booked; staff may until the appointment begins.

    A booking that is only held is not moved: whoever holds it cancels and holds another time, which costs nothing and keeps
    a checkout from changing under the payment. Raises TransitionNotAllowed, BookingOver, TooLateToReschedule, TooManyReschedules.
    """
    if booking.status in (BookingStatus.PENDING, BookingStatus.CONFIRMING):
        detail = "a booking that is only held is not moved: cancel it and hold another time"
        raise TransitionNotAllowed(detail, status=booking.status.value)
    if booking.status is not BookingStatus.CONFIRMED or booking.ends_at <= now:
        raise BookingOver("the booking is over", status=booking.status.value)
    if booking.starts_at <= now:
        raise TooLateToReschedule("the appointment has begun")
    if asked_by is Actor.STAFF:
        return
    if booking.starts_at - booking.policy.min_notice < now:
        minutes = int(booking.policy.min_notice.total_seconds() // 60)
        raise TooLateToReschedule("it is too late to move this booking", min_notice_minutes=minutes)
    if booking.policy.most_times is not None and booking.moves >= booking.policy.most_times:
        raise TooManyReschedules("this booking was moved as often as it may be", most_times=booking.policy.most_times)
