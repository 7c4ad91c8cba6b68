"""Bookings over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from api.conditions import Condition
from api.schemas.approvals import ApprovalAnswer
from api.schemas.fields import Answer
from api.schemas.payments import ChargeAnswer, NextActionAnswer, PaymentAnswer, PriceAnswer, RefundAnswer
from domain.bookings import BookingStatus, PaymentTiming
from domain.rules import Rule
from store.booking_views import BookingView


class CustomerAnswer(Answer):
    """Who booked."""

    name: str
    email: str
    phone: str | None
    timezone: str
    locale: str


class BookingAnswer(Answer):
    """A booking as it stands. Its times are on the provider's clock, which `timezone` names; the price is for all seats."""

    id: UUID
    status: BookingStatus
    status_reason: str | None
    service_id: UUID
    service_name: str
    provider_id: UUID
    provider_name: str
    resource_ids: list[UUID]
    starts_at: datetime
    ends_at: datetime
    timezone: str
    seats: int
    price: PriceAnswer
    payment_required: bool
    payment: PaymentAnswer | None
    refunds: list[RefundAnswer]
    charges: list[ChargeAnswer]
    approval: ApprovalAnswer | None = Field(description="How the provider's yes stands; null where none was asked for.")
    next_action: NextActionAnswer | None
    hold_expires_at: datetime
    created_at: datetime
    customer: CustomerAnswer
    series_id: UUID | None = None
    override_reason: str | None = Field(
        None, description="Why the business set its rules aside; only its staff are told, by the list and when they book."
    )

    @classmethod
    def of(cls, booking: BookingView, **more: Any) -> Self:
        """This booking for HTTP; `more` replaces or adds fields."""
        zone = ZoneInfo(booking.provider_timezone)
        who = booking.customer
        action = booking.payment.next_action if booking.payment else None
        fields: dict[str, Any] = {
            "id": booking.ref.booking_id,
            "status": booking.status,
            "status_reason": booking.status_reason,
            "service_id": booking.service_id,
            "service_name": booking.service_name,
            "provider_id": booking.provider_id,
            "provider_name": booking.provider_name,
            "resource_ids": list(booking.resource_ids),
            "starts_at": booking.starts_at.astimezone(zone),
            "ends_at": booking.ends_at.astimezone(zone),
            "timezone": booking.provider_timezone,
            "seats": booking.seats,
            "price": PriceAnswer.of(booking.price),
            "payment_required": booking.payment_timing is PaymentTiming.ONLINE and not booking.price.is_free,
            "payment": PaymentAnswer.of(booking.payment) if booking.payment else None,
            "refunds": [RefundAnswer.of(refund) for refund in booking.refunds],
            "charges": [ChargeAnswer.of(charge) for charge in booking.charges],
            "approval": ApprovalAnswer.of(booking.approval, zone) if booking.approval else None,
            "next_action": NextActionAnswer.of(action) if action else None,
            "hold_expires_at": booking.hold_expires_at.astimezone(zone),
            "created_at": booking.created_at.astimezone(zone),
            "series_id": booking.series_id,
            "customer": CustomerAnswer(name=who.name, email=who.email, phone=who.phone, timezone=who.timezone, locale=who.locale),
        }
        return cls(**(fields | more))


def version_seen(booking: BookingView, seen: Condition) -> int | None:
    """The version that the caller's change is meant for, which its transaction looks at; None for whichever. Raises Problem."""
    seen.check(BookingAnswer.of(booking))
    return booking.version if seen.is_about_one_version else None


class BrokenRuleAnswer(Answer):
    """A rule that staff set aside, and the entry or setting behind it."""

    rule: Rule
    source: str
    detail: str


class HeldAnswer(BookingAnswer):
    """A fresh booking. `manage_token` lets its holder confirm, cancel and see it; it is shown only here.

    `warnings` are the rules that were set aside for it.
    """

    manage_token: str
    warnings: tuple[BrokenRuleAnswer, ...] = ()


class BookingList(Answer):
    """One page in order of start; `next_cursor` is null on the last."""

    items: list[BookingAnswer]
    next_cursor: str | None
