"""Stripe's answers in our words: its accidents, its statuses, its amounts."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import stripe

from domain.money import Money
from domain.payments import NextAction, Payment, PaymentAccident, PaymentState, Refund, RefundState

T = TypeVar("T")

STATES = {
    "requires_payment_method": PaymentState.CREATED,
    "requires_confirmation": PaymentState.CREATED,
    "requires_action": PaymentState.ACTION_REQUIRED,
    "processing": PaymentState.PROCESSING,
    "requires_capture": PaymentState.AUTHORISED,
    "succeeded": PaymentState.CAPTURED,
    "canceled": PaymentState.CANCELLED,
}

REFUND_LOST = ("failed", "canceled")
REFUND_OPEN = ("pending", "requires_action")
KEY = "slotkeeper_key"  # in the metadata of what is looked for again

# Also long after a refund has succeeded: a bank may send it back. https://docs.stripe.com/refunds#failed-refunds
REFUND_NEWS = ("refund.updated", "refund.failed", "charge.refund.updated")

# Where Stripe counts otherwise than ISO 4217: hundredths of what has none, and whole ariary, whose parts nobody uses.
# https://docs.stripe.com/currencies#zero-decimal and #special-cases
IN_HUNDREDTHS = ("ISK", "UGX")
IN_WHOLES = ("MGA",)


async def ask(call: Awaitable[T]) -> T:
    """One request; what leaves open whether Stripe acted becomes a PaymentAccident, and Temporal asks again."""
    try:
        return await call
    except (stripe.APIConnectionError, stripe.RateLimitError) as accident:
        raise PaymentAccident(type(accident).__name__) from accident
    except stripe.StripeError as fault:
        is_answer = 400 <= (fault.http_status or 500) < 500
        if is_answer and fault.http_status != 409 and fault.code != "lock_timeout":
            raise
        raise PaymentAccident(type(fault).__name__) from fault


def to_stripe(money: Money) -> int:
    """The amount as Stripe counts it."""
    if money.currency in IN_WHOLES:
        return money.amount // 100
    return money.amount * (100 if money.currency in IN_HUNDREDTHS else 1)


def from_stripe(amount: int, currency: str) -> Money:
    """The amount as ISO 4217 counts it."""
    name = currency.upper()
    if name in IN_WHOLES:
        return Money(amount * 100, name)
    return Money(amount // (100 if name in IN_HUNDREDTHS else 1), name)


def payment_of(intent: stripe.PaymentIntent, *, was_tried: bool = False) -> Payment:
    """The PaymentIntent as a Payment. One that is back at its start was declined, if it `was_tried` or says so itself."""
    state = STATES[intent.status]
    error = intent.last_payment_error
    if intent.status == "requires_payment_method" and (was_tried or error is not None):
        state = PaymentState.DECLINED
    return Payment(
        id=intent.id,
        state=state,
        amount=from_stripe(intent.amount, intent.currency),
        refunded=_refunded(intent),
        decline_code=decline_code(error) if state is PaymentState.DECLINED else None,
        next_action=_next_action(intent),
        capture_before=_capture_before(intent) if state is PaymentState.AUTHORISED else None,
    )


def as_declined(present: Payment, code: str | None) -> Payment:
    """The payment, declined for this reason."""
    return Payment(present.id, PaymentState.DECLINED, present.amount, decline_code=code)


def metadata_of(thing: stripe.PaymentIntent | stripe.Refund) -> dict[str, str]:
    """What we wrote on it."""
    kept: Any = thing.metadata
    return dict(kept.to_dict()) if kept else {}


def whose(booking_id: UUID | None) -> dict[str, str]:
    """Metadata that name another booking than the payment's own, where there is one."""
    return {} if booking_id is None else {"booking_id": str(booking_id)}


def refund_of(refund: stripe.Refund) -> Refund:
    """The refund in our words."""
    if refund.status in REFUND_LOST:
        state = RefundState.FAILED
    else:
        state = RefundState.PENDING if refund.status in REFUND_OPEN else RefundState.SUCCEEDED
    code = getattr(refund, "failure_reason", None) or refund.status
    amount = from_stripe(refund.amount, refund.currency)
    return Refund(refund.id, amount, state, code if state is RefundState.FAILED else None)


def lost_in(refund: Any) -> Refund | None:
    """The refund of an event, where it has failed for good; Stripe never revives one."""
    return refund_of(refund) if getattr(refund, "status", None) in REFUND_LOST else None


def decline_code(error: Any) -> str | None:
    """The bank's code where there is one, otherwise Stripe's."""
    return getattr(error, "decline_code", None) or getattr(error, "code", None)


def code_of(declined: stripe.CardError) -> str | None:
    """The same of a card that was declined."""
    return decline_code(declined.error) or declined.code


def _refunded(intent: stripe.PaymentIntent) -> int:
    """What was given back of money that was taken. Stripe counts a released authorisation as refunded; we do not."""
    charge = intent.latest_charge
    if intent.status != "succeeded" or not isinstance(charge, stripe.Charge):
        return 0
    return from_stripe(charge.amount_refunded, intent.currency).amount


def _capture_before(intent: stripe.PaymentIntent) -> datetime | None:
    """When the bank lets go of reserved money. https://docs.stripe.com/payments/place-a-hold-on-a-payment-method"""
    charge = intent.latest_charge
    details = getattr(charge, "payment_method_details", None) if isinstance(charge, stripe.Charge) else None
    ends = getattr(getattr(details, "card", None), "capture_before", None)
    return datetime.fromtimestamp(ends, UTC) if ends else None


def _next_action(intent: stripe.PaymentIntent) -> NextAction | None:
    action = intent.next_action
    if action is None:
        return None
    redirect = getattr(action, "redirect_to_url", None)
    return NextAction(action.type, redirect.url if redirect else None, intent.client_secret)
