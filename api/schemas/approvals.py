"""Approvals over HTTP."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from api.schemas.fields import Answer, Integer, Name, Request
from domain.approvals import ApprovalState
from store.booking_views import ApprovalView


class ApprovalNeed(StrEnum):
    """Whether a service's bookings need the provider's yes."""

    NONE = "none"
    REQUIRED = "required"


ApprovalHours = Annotated[
    Integer, Field(ge=1, le=720, description="How long the provider has; never longer than until an hour before the start.")
]


class DeclineBooking(Request):
    """Why, in the provider's words. The business keeps them; the customer is not told."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "On holiday"}]})

    reason: Name | None = None


class ApprovalAnswer(Answer):
    """How the provider's yes stands: `lapsed` where no answer came, `withdrawn` where the booking ended before one did.

    `decide_by` is on the provider's clock. Where `payment_needed`, the customer has to confirm once more with another payment
    method: the reserved money could not be renewed.
    """

    state: ApprovalState
    decide_by: datetime
    payment_needed: bool

    @classmethod
    def of(cls, approval: ApprovalView, zone: ZoneInfo) -> Self:
        """This approval for HTTP."""
        is_needed = approval.payment_needed
        return cls(state=approval.state, decide_by=approval.decide_by.astimezone(zone), payment_needed=is_needed)
