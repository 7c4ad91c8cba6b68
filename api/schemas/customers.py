"""Customers over HTTP: as a business sees them, everything that is known of one, and what erasing came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas.bookings import BookingAnswer, CustomerAnswer
from api.schemas.fields import Answer, Email, ExternalId, Flag, Phone, Request
from api.schemas.messages import MessageAnswer
from api.schemas.queries import PageByExternalId
from api.schemas.timelines import TimelineEntryAnswer
from api.schemas.waitlist import WaitlistEntryAnswer
from domain.bookings import Customer
from store.customers_read import CustomerView


class CustomersQuery(PageByExternalId):
    """Which customers to list; whatever is left out does not restrict."""

    email: Email | None = None
    phone: Phone | None = None


class CustomerSummary(Answer):
    """A customer, with the details that they gave last. After `erased_at` nobody knows who they were."""

    id: UUID
    customer: CustomerAnswer
    external_id: str | None
    created_at: datetime
    erased_at: datetime | None

    @classmethod
    def of(cls, found: CustomerView) -> Self:
        """This customer for HTTP."""
        return cls(
            id=found.id,
            customer=details_of(found.details),
            external_id=found.external_id,
            created_at=found.created_at,
            erased_at=found.erased_at,
        )


class CustomerList(Answer):
    """One page in the order in which they became known; `next_cursor` is null on the last."""

    items: list[CustomerSummary]
    next_cursor: str | None


class KnownDetails(Answer):
    """Details that were given once, and since when."""

    since: datetime
    customer: CustomerAnswer


class KnownOperation(Answer):
    """What staff did to a booking by hand."""

    at: datetime
    operation: str
    step: str | None
    by: str
    reason: str | None


class KnownBookingAnswer(Answer):
    """One booking, with all that was said, sent and done about it."""

    booking: BookingAnswer
    closing_words: str | None = Field(description="What was said when it was cancelled or declined.")
    changes: list[dict[str, Any]]
    operations: list[KnownOperation]
    messages: list[MessageAnswer]
    timeline: list[TimelineEntryAnswer]


class CustomerExport(Answer):
    """Everything that is known of a customer, to be handed to them. Times are in UTC where nothing else is said."""

    customer: CustomerSummary
    details: list[KnownDetails] = Field(description="All that they ever gave, the oldest first.")
    bookings: list[KnownBookingAnswer]
    waitlist: list[WaitlistEntryAnswer]


class CustomerExternalId(Request):
    """What another system calls the customer; null takes it back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"external_id": "crm-4711"}]})

    external_id: ExternalId | None


class EraseCustomer(Request):
    """Whether what is still to come is cancelled first, in the business's name, with all of the money given back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cancel": False}]})

    cancel: Flag = False


class ErasedAnswer(Answer):
    """The customer is erased, since then."""

    id: UUID
    erased_at: datetime


def details_of(who: Customer) -> CustomerAnswer:
    """The details for HTTP."""
    return CustomerAnswer(name=who.name, email=who.email, phone=who.phone, timezone=who.timezone, locale=who.locale)


def known_details(details: Sequence[tuple[datetime, Customer]]) -> list[KnownDetails]:
    """All of them for HTTP."""
    return [KnownDetails(since=since, customer=details_of(who)) for since, who in details]
