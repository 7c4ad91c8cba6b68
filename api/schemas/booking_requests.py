"""What is asked of bookings over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, HttpUrl

from api.schemas.fields import WEEK, Email, Instant, Integer, Locale, Name, Phone, Request, Zone
from domain.refunds import RefundWish


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
