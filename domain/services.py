"""What a business sells: how long it takes, what it costs and when it may be booked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from domain.approvals import ApprovalPolicy
from domain.assignment import Assignment
from domain.bookings import PaymentTiming
from domain.messages import Channel
from domain.money import Money
from domain.policies import FREELY, NO_FEE, BusinessCalendar, CancellationPolicy, NoShowPolicy, Policies, ReschedulePolicy


@dataclass(frozen=True, slots=True)
class Duration:
    """One of several lengths in which a service is offered, with its own price for one seat."""

    length: timedelta
    price: Money


@dataclass(frozen=True, slots=True)
class Service:
    """One thing on the price list. The buffers keep the provider's time around a slot free; the price is for one seat.

    `needs` names, for each thing it takes beside its provider, those of which any one will do, such as the rooms.
    """

    business_id: UUID
    id: UUID
    name: str
    duration: timedelta
    buffer_before: timedelta
    buffer_after: timedelta
    slot_step: timedelta
    price: Money
    payment: PaymentTiming
    capacity: int
    min_notice: timedelta
    max_advance: timedelta
    cancellation_policy: CancellationPolicy
    reminders: tuple[timedelta, ...]
    durations: tuple[Duration, ...] = ()
    max_per_day: int | None = None
    max_per_week: int | None = None
    assignment: Assignment = Assignment.LEAST_BUSY
    needs: tuple[tuple[UUID, ...], ...] = ()
    reschedule_policy: ReschedulePolicy = FREELY
    no_show_policy: NoShowPolicy = NO_FEE
    follow_up: timedelta | None = None
    reminder_channels: tuple[tuple[Channel, ...], ...] = ()
    waitlist_offer: timedelta = timedelta(minutes=30)
    approval: ApprovalPolicy | None = None
    external_id: str | None = None

    @property
    def may_charge_later(self) -> bool:
        """Whether the way of paying has to be kept: for the fee of a no-show, for a move to a dearer length, or to reserve the
        money anew while the provider has not answered."""
        return self.no_show_policy.has_fee or bool(self.durations) or self.approval is not None

    def policies(self, calendar: BusinessCalendar) -> Policies:
        """What a booking made now keeps, with the days on which the business works."""
        return Policies(
            self.cancellation_policy, self.reschedule_policy, self.no_show_policy, self.follow_up, calendar, self.approval
        )

    def lasting(self, length: timedelta | None) -> Service | None:
        """The service in this length, and at its price; its own for None. None where it is not offered so."""
        if length is None or length == self.duration:
            return self
        for offered in self.durations:
            if offered.length == length:
                return replace(self, duration=length, price=offered.price)
        return None
