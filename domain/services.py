"""What a business sells: how long it takes, what it costs and when it may be booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domain.bookings import PaymentTiming
from domain.money import Money


@dataclass(frozen=True, slots=True)
class CancellationPolicy:
    """What comes back when a paid booking is cancelled: all of it until `free_until` before the start, then a part."""

    free_until: timedelta
    late_refund_percent: int


@dataclass(frozen=True, slots=True)
class Service:
    """One thing on the price list. The buffers keep the provider's time around a slot free; the price is for one seat."""

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
