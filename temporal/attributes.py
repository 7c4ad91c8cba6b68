"""The search attributes by which operators find bookings. None says anything about the customer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

BUSINESS = SearchAttributeKey.for_keyword("BusinessId")
PROVIDER = SearchAttributeKey.for_keyword("ProviderId")
STATUS = SearchAttributeKey.for_keyword("BookingStatus")
STARTS_AT = SearchAttributeKey.for_datetime("StartsAt")

ALL = (BUSINESS, PROVIDER, STATUS, STARTS_AT)


def of_booking(business_id: UUID, provider_id: UUID, starts_at: datetime, status: str) -> TypedSearchAttributes:
    """What a booking's workflow is found by."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(BUSINESS, str(business_id)),
            SearchAttributePair(PROVIDER, str(provider_id)),
            SearchAttributePair(STATUS, status),
            SearchAttributePair(STARTS_AT, starts_at),
        ]
    )
