"""What a cancellation would give back, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from api.schemas.fields import Answer
from api.schemas.policies import TierAnswer
from domain.money import Money
from domain.policies import RefundQuote
from store.booking_views import BookingView


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
