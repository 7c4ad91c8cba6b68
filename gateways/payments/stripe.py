"""Stripe: one PaymentIntent a booking, manual capture, void, refund, signed webhooks."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypeVar
from uuid import UUID

import stripe

from domain.errors import PaymentNotCapturable
from domain.money import Money
from domain.payments import (
    BadSignature,
    NextAction,
    Payment,
    PaymentAccident,
    PaymentNews,
    PaymentState,
    Refund,
)

T = TypeVar("T")

TIMEOUT_SECONDS = 10.0
WEBHOOK_TOLERANCE_SECONDS = 300

# Which methods can be reserved first and taken later; every other is charged at once and refunded if need be.
# https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
CAPTURABLE_LATER = frozenset(
    {
        "card",
        "card_present",
        "affirm",
        "afterpay_clearpay",
        "amazon_pay",
        "cashapp",
        "klarna",
        "link",
        "mobilepay",
        "paypal",
        "revolut_pay",
    }
)

STATES = {
    "requires_payment_method": PaymentState.CREATED,
    "requires_confirmation": PaymentState.CREATED,
    "requires_action": PaymentState.ACTION_REQUIRED,
    "processing": PaymentState.PROCESSING,
    "requires_capture": PaymentState.AUTHORISED,
    "succeeded": PaymentState.CAPTURED,
    "canceled": PaymentState.CANCELLED,
}
SECURED = (PaymentState.AUTHORISED, PaymentState.CAPTURED, PaymentState.PROCESSING)
REFUND_OPEN = ("pending", "requires_action")


class StripePayments:
    """Keeps the promises of domain.payments.PaymentGateway through Stripe's official SDK, without retries of its own."""

    def __init__(self, api_key: str, webhook_secret: str, *, api_base: str | None = None) -> None:
        self._webhook_secret = webhook_secret
        addresses: Any = {"api": api_base} if api_base else None
        self._stripe = stripe.StripeClient(
            api_key,
            base_addresses=addresses,
            max_network_retries=0,  # Temporal retries, and sees that it does
            http_client=stripe.HTTPXClient(timeout=TIMEOUT_SECONDS, allow_sync_methods=True),
        )

    async def create(self, business_id: UUID, booking_id: UUID, amount: Money, *, key: str) -> Payment:
        """Opens a PaymentIntent without a method: no money moves."""
        intent = await _ask(
            self._stripe.v1.payment_intents.create_async(
                {
                    "amount": amount.amount,
                    "currency": amount.currency.lower(),
                    "capture_method": "manual",
                    "metadata": {"business_id": str(business_id), "booking_id": str(booking_id)},
                },
                {"idempotency_key": key},
            )
        )
        return _payment(intent)

    async def authorise(self, payment_id: str, payment_method: str, *, return_url: str, key: str) -> Payment:
        """Looks first, so a repeat after a lost answer confirms nothing twice; then attaches the method and confirms."""
        present = await self.look(payment_id)
        if present.state in SECURED:
            return present
        try:
            method = await _ask(self._stripe.v1.payment_methods.retrieve_async(payment_method))
            is_later = method.type in CAPTURABLE_LATER
            await _ask(
                self._stripe.v1.payment_intents.update_async(
                    payment_id,
                    {"payment_method": payment_method, "capture_method": "manual" if is_later else "automatic"},
                    {"idempotency_key": f"{key}:method"},
                )
            )
            intent = await _ask(
                self._stripe.v1.payment_intents.confirm_async(payment_id, _confirmation(return_url), {"idempotency_key": key})
            )
        except stripe.CardError as declined:
            return await self._declined(payment_id, _decline_code(declined.error) or declined.code)
        except stripe.InvalidRequestError as refused:
            if refused.param != "payment_method" and refused.code != "resource_missing":
                raise
            return await self._declined(payment_id, refused.code)
        return _payment(intent, was_tried=True)

    async def look(self, payment_id: str) -> Payment:
        """The PaymentIntent as Stripe has it now."""
        intent = await _ask(self._stripe.v1.payment_intents.retrieve_async(payment_id, {"expand": ["latest_charge"]}))
        return _payment(intent)

    async def capture(self, payment_id: str, *, key: str) -> Payment:
        """Takes the money; looks first, so that a lost answer is found again."""
        present = await self.look(payment_id)
        if present.state is PaymentState.CAPTURED:
            return present
        if present.state is not PaymentState.AUTHORISED:
            raise PaymentNotCapturable("the authorisation is gone", state=present.state.value)
        return _payment(await _ask(self._stripe.v1.payment_intents.capture_async(payment_id, None, {"idempotency_key": key})))

    async def void_or_refund(self, payment_id: str, *, key: str) -> Payment | Refund:
        """Cancels what is open, refunds what was taken and not yet given back, leaves alone what is undone."""
        present = await self.look(payment_id)
        if present.state is PaymentState.CANCELLED:
            return present
        if present.state is PaymentState.PROCESSING:
            raise PaymentAccident("the payment is still being processed")
        if present.state is not PaymentState.CAPTURED:
            return _payment(await _ask(self._stripe.v1.payment_intents.cancel_async(payment_id, None, {"idempotency_key": key})))
        if present.refunded >= present.amount.amount:
            return Refund(payment_id, present.amount, is_final=True)
        refund = await _ask(self._stripe.v1.refunds.create_async({"payment_intent": payment_id}, {"idempotency_key": key}))
        return Refund(refund.id, Money(refund.amount, refund.currency.upper()), is_final=refund.status not in REFUND_OPEN)

    def read_webhook(self, body: bytes, signature: str) -> PaymentNews | None:
        """Verifies Stripe-Signature (at most five minutes old) and keeps only news of our own payments."""
        try:
            event = self._stripe.construct_event(body, signature, self._webhook_secret, WEBHOOK_TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, ValueError) as fault:
            raise BadSignature("the signature does not fit") from fault
        if not event.type.startswith("payment_intent."):
            return None
        intent = event.data.object
        try:
            metadata = intent["metadata"]
            booking_id, business_id = UUID(metadata["booking_id"]), UUID(metadata["business_id"])
        except (KeyError, TypeError, ValueError):
            return None  # somebody else's payment on the same account
        return PaymentNews(event.id, event.type, booking_id, business_id, intent["id"])

    async def _declined(self, payment_id: str, code: str | None) -> Payment:
        present = await self.look(payment_id)
        return Payment(payment_id, PaymentState.DECLINED, present.amount, decline_code=code)


def _confirmation(return_url: str) -> Any:
    return {"return_url": return_url} if return_url else {}


async def _ask(call: Awaitable[T]) -> T:
    """One request; what leaves open whether Stripe acted becomes a PaymentAccident, and Temporal asks again."""
    try:
        return await call
    except (stripe.APIConnectionError, stripe.RateLimitError) as accident:
        raise PaymentAccident(type(accident).__name__) from accident
    except stripe.StripeError as fault:
        is_answer = isinstance(fault, stripe.CardError) or 400 <= (fault.http_status or 500) < 500
        if is_answer and fault.http_status != 409 and fault.code != "lock_timeout":
            raise
        raise PaymentAccident(type(fault).__name__) from fault


def _payment(intent: stripe.PaymentIntent, *, was_tried: bool = False) -> Payment:
    state = STATES[intent.status]
    error = intent.last_payment_error
    if intent.status == "requires_payment_method" and (was_tried or error is not None):
        state = PaymentState.DECLINED
    return Payment(
        id=intent.id,
        state=state,
        amount=Money(intent.amount, intent.currency.upper()),
        refunded=_refunded(intent.latest_charge),
        decline_code=_decline_code(error),
        next_action=_next_action(intent),
    )


def _decline_code(error: Any) -> str | None:
    """The bank's code where there is one, otherwise Stripe's."""
    return getattr(error, "decline_code", None) or getattr(error, "code", None)


def _refunded(charge: str | stripe.Charge | None) -> int:
    return charge.amount_refunded if isinstance(charge, stripe.Charge) else 0


def _next_action(intent: stripe.PaymentIntent) -> NextAction | None:
    action = intent.next_action
    if action is None:
        return None
    redirect = getattr(action, "redirect_to_url", None)
    return NextAction(action.type, redirect.url if redirect else None, intent.client_secret)
