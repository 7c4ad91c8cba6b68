"""Who gets what back when a booking is cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.bookings import Actor
from domain.money import Money
from domain.policies import Policies, RefundQuote, quote_refund, refund_in_full, refund_nothing


class RefundWish(StrEnum):
    """What staff may choose when they cancel: everything, what the policy gives, or nothing."""

    FULL = "full"
    POLICY = "policy"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What a cancelled booking gives back, and the steps of the refunds that it is made of: one for each payment."""

    refund: Money | None
    steps: tuple[str, ...] = ()


def quote(policies: Policies, paid: Money, starts_at: datetime, now: datetime, by: Actor, wish: RefundWish | None) -> RefundQuote:
    """Customers get what the policy gives. Where the business cancels, everything comes back unless staff chose otherwise."""
    chosen = (wish or RefundWish.FULL) if by is Actor.STAFF else RefundWish.POLICY
    match chosen:
        case RefundWish.FULL:
            return refund_in_full(paid)
        case RefundWish.NONE:
            return refund_nothing(paid)
        case RefundWish.POLICY:
            return quote_refund(policies, paid, starts_at, now)
