"""Stripe: one PaymentIntent a booking, manual capture, void, refund, signed webhooks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import stripe

from domain.errors import PaymentNotCapturable, RefundRefused
from domain.money import Money
from domain.payments import BadSignature, Payment, PaymentAccident, PaymentNews, PaymentState, Refund, RefundState
from gateways.payments.stripe_answers import (
    REFUND_LOST,
    REFUND_OPEN,
    ask,
    decline_code,
    from_stripe,
    payment_of,
    refund_of,
    to_stripe,
)

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

NOTHING_TO_AUTHORISE = (PaymentState.AUTHORISED, PaymentState.CAPTURED, PaymentState.PROCESSING, PaymentState.CANCELLED)
DONE = (PaymentState.CAPTURED, PaymentState.CANCELLED, PaymentState.PROCESSING)
NO_EVENT = (ValueError, TypeError, AttributeError)  # what the SDK raises for bodies and signatures that Stripe never sends
TRY_LATER = ("balance_insufficient",)
KEY = "slotkeeper_key"  # in a refund's metadata


class StripePayments:
    """Keeps the promises of domain.payments.PaymentGateway through Stripe's official SDK, without retries of its own.

    `return_url` is where customers come back to when the caller names no page; Stripe wants one even for cards.
    """

    def __init__(
        self,
        api_key: str,
        webhook_secret: str,
        *,
        api_base: str | None = None,
        return_url: str = "",
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._webhook_secret = webhook_secret
        self._return_url = return_url
        addresses: Any = {"api": api_base} if api_base else None
        self._stripe = stripe.StripeClient(
            api_key,
            base_addresses=addresses,
            max_network_retries=0,  # Temporal retries, and sees that it does
            http_client=stripe.HTTPXClient(timeout=timeout_seconds),  # refuses blocking calls
        )

    async def create(self, business_id: UUID, booking_id: UUID, amount: Money, *, key: str) -> Payment:
        """Opens a PaymentIntent without a method: no money moves."""
        intent = await ask(
            self._stripe.v1.payment_intents.create_async(
                {
                    "amount": to_stripe(amount),
                    "currency": amount.currency.lower(),
                    "capture_method": "manual",
                    "metadata": {"business_id": str(business_id), "booking_id": str(booking_id)},
                },
                {"idempotency_key": key},
            )
        )
        return payment_of(intent)

    async def authorise(self, payment_id: str, payment_method: str, *, return_url: str, key: str) -> Payment:
        """Looks first, so a repeat after a lost answer confirms nothing twice; then attaches the method and confirms."""
        present = await self.look(payment_id)
        if present.state in NOTHING_TO_AUTHORISE:
            return present
        if not payment_method:
            return _declined(present, "parameter_missing")
        try:
            await self._choose(payment_id, payment_method, key=f"{key}:method")
            confirmation = self._confirmation(return_url)
            intent = await ask(self._stripe.v1.payment_intents.confirm_async(payment_id, confirmation, {"idempotency_key": key}))
        except stripe.CardError as declined:
            return _declined(present, decline_code(declined.error) or declined.code)
        except stripe.InvalidRequestError as refused:
            if refused.param != "payment_method" and refused.code != "resource_missing":
                raise
            return _declined(present, refused.code)
        return payment_of(intent, was_tried=True)

    async def look(self, payment_id: str) -> Payment:
        """The PaymentIntent as Stripe has it now."""
        return payment_of(await ask(self._stripe.v1.payment_intents.retrieve_async(payment_id, {"expand": ["latest_charge"]})))

    async def capture(self, payment_id: str, *, key: str) -> Payment:
        """Takes the money; looks first, so that a lost answer is found again, and after a no, to learn what it means."""
        present = await self.look(payment_id)
        if present.state is PaymentState.AUTHORISED:
            try:
                call = self._stripe.v1.payment_intents.capture_async(payment_id, None, {"idempotency_key": key})
                present = payment_of(await ask(call))
            except (stripe.CardError, stripe.InvalidRequestError):
                present = await self.look(payment_id)
                if present.state is PaymentState.AUTHORISED:
                    raise
        if present.state is PaymentState.PROCESSING:
            raise PaymentAccident("the payment is still being processed")
        if present.state is not PaymentState.CAPTURED:
            raise PaymentNotCapturable("the authorisation is gone", state=present.state.value)
        return present

    async def void_or_refund(self, payment_id: str, *, key: str) -> Payment | Refund:
        """Cancels what is open, refunds what was taken and not yet given back, leaves alone what is undone."""
        present = await self.look(payment_id)
        if present.state not in DONE:
            present = await self._void(payment_id, key=f"{key}:void")
        if present.state is PaymentState.PROCESSING:
            raise PaymentAccident("the payment is still being processed")
        return await self._refund(present, key=key) if present.state is PaymentState.CAPTURED else present

    async def refund(self, payment_id: str, amount: Money, *, key: str) -> Refund:
        """A refund carries its key, so that one whose answer was lost is found again, also after Stripe has forgotten the key."""
        for made in await self._refunds(payment_id):
            if _key_of(made) == key:
                return refund_of(made)
        try:
            return refund_of(await self._give_back(payment_id, to_stripe(amount), key, key))
        except stripe.InvalidRequestError as refused:
            if refused.code in TRY_LATER:
                raise PaymentAccident("the money is not there yet") from refused
            raise RefundRefused("this cannot be given back", code=refused.code) from refused

    def read_webhook(self, body: bytes, signature: str) -> PaymentNews | None:
        """Verifies Stripe-Signature (at most five minutes old) and keeps only news of our own payments."""
        try:
            event = self._stripe.construct_event(body, signature, self._webhook_secret, WEBHOOK_TOLERANCE_SECONDS)
            kind, intent = event.type, event.data.object
        except (stripe.SignatureVerificationError, *NO_EVENT) as fault:
            raise BadSignature("the signature does not fit, or what is signed is no event") from fault
        if not kind.startswith("payment_intent."):
            return None
        try:
            metadata = intent["metadata"]
            booking_id, business_id = UUID(metadata["booking_id"]), UUID(metadata["business_id"])
        except (KeyError, TypeError, ValueError):
            return None  # somebody else's payment on the same account
        return PaymentNews(event.id, kind, booking_id, business_id, intent["id"])

    async def _choose(self, payment_id: str, payment_method: str, *, key: str) -> None:
        """Attaches the method, and with it whether the money is taken later or at once."""
        method = await ask(self._stripe.v1.payment_methods.retrieve_async(payment_method))
        await ask(
            self._stripe.v1.payment_intents.update_async(
                payment_id,
                {
                    "payment_method": payment_method,
                    "capture_method": "manual" if method.type in CAPTURABLE_LATER else "automatic",
                },
                {"idempotency_key": key},
            )
        )

    def _confirmation(self, return_url: str) -> stripe.params.PaymentIntentConfirmParams:
        url = return_url or self._return_url
        return {"return_url": url} if url else {}

    async def _void(self, payment_id: str, *, key: str) -> Payment:
        """Cancels; where the payment was faster, what it has become."""
        try:
            return payment_of(await ask(self._stripe.v1.payment_intents.cancel_async(payment_id, None, {"idempotency_key": key})))
        except stripe.InvalidRequestError:
            present = await self.look(payment_id)
            if present.state not in DONE:
                raise
            return present

    async def _refund(self, present: Payment, *, key: str) -> Refund:
        """Gives back what is left. A refund that Stripe lost later is made anew, so its key counts the lost ones."""
        made = await self._refunds(present.id)
        lost = [refund for refund in made if refund.status in REFUND_LOST]
        alive = [refund for refund in made if refund.status not in REFUND_LOST]
        if from_stripe(sum(refund.amount for refund in alive), present.amount.currency).amount < present.amount.amount:
            newest = await self._give_back(present.id, None, key, f"{key}:refund:{len(lost)}")
            if newest.status in REFUND_LOST:
                raise PaymentAccident("the refund failed")
            alive.insert(0, newest)
        is_final = all(refund.status not in REFUND_OPEN for refund in alive)
        return Refund(alive[0].id, present.amount, RefundState.SUCCEEDED if is_final else RefundState.PENDING)

    async def _refunds(self, payment_id: str) -> list[stripe.Refund]:
        """The newest first."""
        return list((await ask(self._stripe.v1.refunds.list_async({"payment_intent": payment_id, "limit": 100}))).data)

    async def _give_back(self, payment_id: str, amount: int | None, key: str, idempotency_key: str) -> stripe.Refund:
        """So much, or all that is left. The refund says whose it is, so that news of it find the booking."""
        intent = await ask(self._stripe.v1.payment_intents.retrieve_async(payment_id))
        order: stripe.params.RefundCreateParams = {
            "payment_intent": payment_id,
            "metadata": {**_metadata_of(intent), KEY: key},
        }
        if amount is not None:
            order["amount"] = amount
        return await ask(self._stripe.v1.refunds.create_async(order, {"idempotency_key": idempotency_key}))


def _key_of(refund: stripe.Refund) -> str | None:
    return _metadata_of(refund).get(KEY)


def _metadata_of(thing: stripe.PaymentIntent | stripe.Refund) -> dict[str, str]:
    kept: Any = thing.metadata
    return dict(kept.to_dict()) if kept else {}


def _declined(present: Payment, code: str | None) -> Payment:
    return Payment(present.id, PaymentState.DECLINED, present.amount, decline_code=code)
