"""Bookings over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, HttpUrl

from api.schemas.approvals import ApprovalAnswer
from api.schemas.fields import Answer, Email, Instant, Integer, Locale, Name, Phone, Request, Zone
from api.schemas.policies import TierAnswer
from api.schemas.services import WEEK, PriceAnswer
from domain.bookings import BookingStatus, PaymentTiming
from domain.money import Money
from domain.payments import NextAction, RefundState
from domain.policies import RefundQuote
from domain.refunds import RefundWish
from domain.rules import Rule
from store.bookings_read import BookingView, ChargeView, PaymentView, RefundView, TimelineEntry


class NewCustomer(Request):
    """Who books. Without a time zone they are taken to be where the provider is."""

    name: Name
    email: Email
    phone: Phone | None = None
    timezone: Zone | None = None
    locale: Locale = "en"


class Override(Request):
    """Why staff set the rules aside; kept with the booking, and not shown to its customer."""

    reason: Name


class NewBooking(Request):
    """One slot for one customer. Without a `provider_id` any free provider of the service is chosen."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_id": "01a1fcad-aea2-74de-b75d-f7137c9b6109",
                    "provider_id": None,
                    "starts_at": "2027-03-08T09:00:00+01:00",
                    "seats": 1,
                    "customer": {
                        "name": "Grace Hopper",
                        "email": "grace@example.com",
                        "phone": "+4930901820",
                        "timezone": "Europe/Berlin",
                        "locale": "de-DE",
                    },
                }
            ]
        }
    )

    service_id: UUID
    provider_id: UUID | None = None
    starts_at: Instant
    seats: Annotated[Integer, Field(ge=1, le=1000)] = 1
    duration_minutes: Annotated[Integer, Field(ge=1, le=WEEK)] | None = Field(
        None, description="One of the service's durations; its own when left out."
    )
    customer: NewCustomer
    override: Override | None = Field(
        None, description="Only with the business's API key: books outside the rules; never over another booking."
    )


class ConfirmBooking(Request):
    """How to pay, where the service is paid online; nothing otherwise."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"payment_method": "pm_card_visa"}]})

    payment_method: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_\-]+$")] | None = Field(
        None, description="The payment vendor's id of the customer's payment method."
    )
    return_url: Annotated[HttpUrl, Field(max_length=2000)] | None = Field(
        None, description="Where the vendor sends the customer after a step of their own, such as 3-D Secure."
    )


class CancelBooking(Request):
    """Why, in the caller's words."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Found another time"}]})

    reason: Name | None = None
    refund: RefundWish | None = Field(
        None, description="Only with the business's API key: give back everything (the usual), what the policy says, or nothing."
    )


class CustomerAnswer(Answer):
    """Who booked."""

    name: str
    email: str
    phone: str | None
    timezone: str
    locale: str


class PaymentAnswer(Answer):
    """How the money stands; `refunded` counts minor units."""

    state: str
    amount: int
    currency: str
    refunded: int

    @classmethod
    def of(cls, payment: PaymentView) -> Self:
        """This payment for HTTP."""
        return cls(
            state=payment.state,
            amount=payment.amount.amount,
            currency=payment.amount.currency,
            refunded=payment.refunded,
        )


class RefundAnswer(Answer):
    """Money on its way back, in minor units. `requested` is not yet with the vendor, `pending` not yet with the customer."""

    amount: int
    currency: str
    state: RefundState
    reason: str

    @classmethod
    def of(cls, refund: RefundView) -> Self:
        """This refund for HTTP."""
        return cls(amount=refund.amount.amount, currency=refund.amount.currency, state=refund.state, reason=refund.reason)


class ChargeAnswer(Answer):
    """What was charged after the first payment, in minor units; `decline_code` is the vendor's where the bank said no."""

    amount: int
    currency: str
    state: str
    reason: str
    decline_code: str | None

    @classmethod
    def of(cls, charge: ChargeView) -> Self:
        """This charge for HTTP."""
        amount, code = charge.amount, charge.decline_code
        return cls(amount=amount.amount, currency=amount.currency, state=charge.state, reason=charge.reason, decline_code=code)


class NextActionAnswer(Answer):
    """What the customer has to do before their payment goes on: visit `url`, or use `client_secret` with the vendor's script."""

    kind: str
    url: str | None
    client_secret: str | None

    @classmethod
    def of(cls, action: NextAction) -> Self:
        """This action for HTTP."""
        return cls(kind=action.kind, url=action.url, client_secret=action.client_secret)


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


class CancellationAnswer(Answer):
    """What cancelling would give back, in minor units; `refund` and `kept` make up what was `paid`.

    `tier` is the one that counts, null where it is none of them. `holds_until` is the last instant of this quote, on the clock
    that `timezone` names; null where it does not get worse.
    """

    booking_id: UUID
    paid: int
    refund: int
    kept: int
    currency: str
    refund_percent: int
    tier: TierAnswer | None
    holds_until: datetime | None
    timezone: str

    @classmethod
    def of(cls, booking: BookingView, paid: Money, quote: RefundQuote) -> Self:
        """This quote for HTTP."""
        until = quote.holds_until.astimezone(ZoneInfo(booking.provider_timezone)) if quote.holds_until else None
        return cls(
            booking_id=booking.ref.booking_id,
            paid=paid.amount,
            refund=quote.refund.amount,
            kept=quote.kept.amount,
            currency=paid.currency,
            refund_percent=quote.percent,
            tier=TierAnswer.of(quote.tier) if quote.tier else None,
            holds_until=until,
            timezone=booking.provider_timezone,
        )


class BookingList(Answer):
    """One page in order of start; `next_cursor` is null on the last."""

    items: list[BookingAnswer]
    next_cursor: str | None


class TimelineEntryAnswer(Answer):
    """One thing that happened."""

    at: datetime
    kind: str
    status: BookingStatus | None
    detail: dict[str, Any]


class TimelineAnswer(Answer):
    """Everything that happened to a booking, oldest first, on the clock that `timezone` names."""

    booking_id: UUID
    timezone: str
    items: list[TimelineEntryAnswer]

    @classmethod
    def of(cls, booking: BookingView, entries: list[TimelineEntry]) -> Self:
        """This timeline for HTTP."""
        zone = ZoneInfo(booking.provider_timezone)
        items = [
            TimelineEntryAnswer(
                at=entry.at.astimezone(zone),
                kind=entry.kind,
                status=BookingStatus(entry.status) if entry.status else None,
                detail=dict(entry.detail),
            )
            for entry in entries
        ]
        return cls(booking_id=booking.ref.booking_id, timezone=booking.provider_timezone, items=items)
