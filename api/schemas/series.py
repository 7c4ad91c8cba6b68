"""Series of bookings over HTTP."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, model_validator

from api.schemas.booking_requests import NewCustomer
from api.schemas.cancellations import CancellationAnswer
from api.schemas.fields import WEEK, Answer, Instant, Integer, Name, Request
from api.schemas.payments import NextActionAnswer, PriceAnswer
from api.schemas.slots import SlotAnswer
from domain.bookings import BookingStatus, PaymentTiming
from domain.money import Money
from domain.recurrence import LONGEST
from domain.refunds import RefundWish
from domain.rules import Rule
from domain.series import Scope, SeriesMode, SeriesPayment
from store.series_read import OccurrenceView, SeriesView


class NewSeries(Request):
    """The same service again and again, for one customer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_id": "01a1fcad-aea2-74de-b75d-f7137c9b6109",
                    "provider_id": None,
                    "starts_at": "2027-03-08T09:00:00+01:00",
                    "rrule": "FREQ=WEEKLY;COUNT=12",
                    "mode": "best_effort",
                    "payment": "per_occurrence",
                    "customer": {"name": "Grace Hopper", "email": "grace@example.com", "timezone": "Europe/Berlin"},
                }
            ]
        }
    )

    service_id: UUID
    provider_id: UUID | None = None
    starts_at: Instant = Field(description="The first occurrence: it must be one by the rule.")
    rrule: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(
        description="RFC 5545, 3.3.10, without a finer FREQ than DAILY: at most 200 occurrences, on the provider's wall clock "
        "(the business's, where any provider will do). UNTIL is a UTC time. Without COUNT or UNTIL it goes as far as the service "
        "can be booked; an occurrence beyond that is refused as `too-far`. A time of day that the clocks jump over becomes the "
        "instant of the jump and is marked `is_shifted`."
    )
    seats: Annotated[Integer, Field(ge=1, le=1000)] = 1
    duration_minutes: Annotated[Integer, Field(ge=1, le=WEEK)] | None = Field(
        None, description="One of the service's durations; its own when left out."
    )
    customer: NewCustomer
    mode: SeriesMode = Field(
        SeriesMode.ALL_OR_NOTHING, description="Whether it is held only when every occurrence can be, or as many as can."
    )
    payment: SeriesPayment = Field(
        SeriesPayment.PER_OCCURRENCE,
        description="Where the service is paid online: all of it when the series is confirmed, or the first occurrence then and "
        "each later one some days before its start, with the same payment method.",
    )


class CancelSeriesRequest(Request):
    """How much of it. A series that is only held is given up as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"scope": "all", "reason": "We move away"}]})

    scope: Scope = Scope.ALL
    booking_id: UUID | None = Field(None, description="The occurrence, for `one` and `from_here`.")
    reason: Name | None = None
    refund: RefundWish | None = Field(
        None, description="Only with the business's API key: give back everything (the usual), what the policy says, or nothing."
    )

    @model_validator(mode="after")
    def _names_an_occurrence(self) -> Self:
        if (self.booking_id is None) is not (self.scope is Scope.ALL):
            raise ValueError("needs booking_id for the scopes one and from_here, and only for these")
        return self


class OccurrenceResult(StrEnum):
    """`free` is what a preview says of what could be held."""

    FREE = "free"
    HELD = "held"
    REFUSED = "refused"


class OccurrenceAnswer(Answer):
    """One time of the series: a booking, or the rule that refused it, the setting or entry behind that, and what is free next.

    `is_shifted`: its time of day does not exist that day, so it is at the instant of the jump. `manage_token` is the booking's
    own, shown only when the series is made.
    """

    number: int
    result: OccurrenceResult
    starts_at: datetime
    is_shifted: bool
    provider_id: UUID | None = None
    booking_id: UUID | None = None
    status: BookingStatus | None = None
    price: PriceAnswer | None = None
    paid: int = 0
    refunded: int = 0
    manage_token: str | None = None
    rule: Rule | None = None
    source: str | None = None
    detail: str | None = None
    next_slots: tuple[SlotAnswer, ...] = ()

    @classmethod
    def of(cls, one: OccurrenceView, zone: ZoneInfo, detail: str | None = None, **more: object) -> Self:
        """This occurrence for HTTP; `more` replaces or adds fields."""
        fields: dict[str, object] = {
            "number": one.number,
            "result": OccurrenceResult.HELD if one.booking else OccurrenceResult.REFUSED,
            "starts_at": one.starts_at.astimezone(zone),
            "is_shifted": one.is_shifted,
            "provider_id": one.provider_id,
            "booking_id": one.booking.booking_id if one.booking else None,
            "status": one.status,
            "price": PriceAnswer.of(one.price) if one.price else None,
            "paid": one.paid.amount if one.paid else 0,
            "refunded": one.refunded,
            "rule": one.rule,
            "source": one.source,
            "detail": detail,
        }
        return cls.model_validate(fields | more)


class SeriesPreview(Answer):
    """What would come of it now; nothing is held. `due_now` is paid when it is confirmed, `total` in the end."""

    rrule: str
    timezone: str
    occurrences: list[OccurrenceAnswer]
    due_now: PriceAnswer
    total: PriceAnswer


class SeriesAnswer(Answer):
    """A series as it stands, on the clock that `timezone` names. `due_now` is what confirming it costs, `total` all of it.

    Until it is confirmed it is held, paid and given up as one; then each booking goes its own way, and has its own status.
    """

    id: UUID
    status: BookingStatus
    status_reason: str | None
    service_id: UUID
    provider_id: UUID | None
    rrule: str
    timezone: str
    mode: SeriesMode
    payment: SeriesPayment
    payment_required: bool
    seats: int
    hold_expires_at: datetime
    created_at: datetime
    due_now: PriceAnswer
    total: PriceAnswer
    next_action: NextActionAnswer | None = None
    occurrences: list[OccurrenceAnswer]

    @classmethod
    def of(cls, series: SeriesView, occurrences: list[OccurrenceAnswer], **more: object) -> Self:
        """This series for HTTP; `more` replaces or adds fields."""
        zone = ZoneInfo(series.time_zone)
        total = Money(sum(price.amount for price in series.prices), series.prices[0].currency)
        is_paid = series.timing is PaymentTiming.ONLINE and not total.is_free
        now = series.prices[0] if series.payment is SeriesPayment.PER_OCCURRENCE else total
        fields: dict[str, object] = {
            "id": series.ref.series_id,
            "status": series.status,
            "status_reason": series.status_reason,
            "service_id": series.service_id,
            "provider_id": series.provider_id,
            "rrule": series.rule,
            "timezone": series.time_zone,
            "mode": series.mode,
            "payment": series.payment,
            "payment_required": is_paid,
            "seats": series.seats,
            "hold_expires_at": series.hold_expires_at.astimezone(zone),
            "created_at": series.created_at.astimezone(zone),
            "due_now": PriceAnswer.of(now if is_paid else Money(0, total.currency)),
            "total": PriceAnswer.of(total),
            "occurrences": occurrences,
        }
        return cls.model_validate(fields | more)


class HeldSeriesAnswer(SeriesAnswer):
    """A fresh series. `manage_token` lets its holder see, confirm and cancel all of it; it is shown only here."""

    manage_token: str


class SeriesCancellationAnswer(Answer):
    """What cancelling these bookings now would give back: each by its own policy and notice, and their sum in minor units."""

    refund: int
    kept: int
    currency: str
    items: list[CancellationAnswer]
