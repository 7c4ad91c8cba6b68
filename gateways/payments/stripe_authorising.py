"""Authorising and capturing: one PaymentIntent a booking, its money reserved first and taken later."""

from __future__ import annotations

from uuid import UUID

import stripe

from domain.errors import PaymentMethodUnsuitable, PaymentNotCapturable
from domain.money import Money
from domain.payments import Payment, PaymentAccident, PaymentState
from gateways.payments.stripe_answers import as_declined, ask, code_of, metadata_of, payment_of, to_stripe
from gateways.payments.stripe_client import OnStripe

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

# Which methods can be charged again without their owner. https://docs.stripe.com/payments/payment-methods/payment-method-support
CHARGEABLE_AGAIN = frozenset(
    {"card", "sepa_debit", "us_bank_account", "acss_debit", "au_becs_debit", "bacs_debit", "link", "paypal"}
)

NOTHING_TO_AUTHORISE = (PaymentState.AUTHORISED, PaymentState.CAPTURED, PaymentState.PROCESSING, PaymentState.CANCELLED)


class Authorising(OnStripe):
    """Each looks first, so that a repeat after a lost answer does nothing twice, but where the caller knows how it stands."""

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

    async def authorise(
        self,
        payment_id: str,
        payment_method: str,
        *,
        return_url: str,
        key: str,
        save: bool = False,
        only_reserve: bool = False,
        opened: Payment | None = None,
    ) -> Payment:
        """Looks first, so a repeat after a lost answer confirms nothing twice; then attaches the method and confirms."""
        present = opened or await self.look(payment_id)
        if present.state in NOTHING_TO_AUTHORISE:
            return present
        if not payment_method:
            return as_declined(present, "parameter_missing")
        try:
            await self._choose(payment_id, payment_method, key=f"{key}:method", save=save, only_reserve=only_reserve)
            confirmation = self._confirmation(return_url)
            intent = await ask(self._stripe.v1.payment_intents.confirm_async(payment_id, confirmation, {"idempotency_key": key}))
        except stripe.CardError as declined:
            return as_declined(present, code_of(declined))
        except stripe.InvalidRequestError as refused:
            if refused.param != "payment_method" and refused.code != "resource_missing":
                raise
            return as_declined(present, refused.code)
        return payment_of(intent, was_tried=True)

    async def capture(self, payment_id: str, *, key: str, is_reserved: bool = False) -> Payment:
        """Takes the money; looks first, so that a lost answer is found again, and after a no, to learn what it means."""
        present = None if is_reserved else await self.look(payment_id)
        if present is None or present.state is PaymentState.AUTHORISED:
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

    async def _choose(self, payment_id: str, payment_method: str, *, key: str, save: bool, only_reserve: bool) -> None:
        """Attaches the method, and with it whether the money is taken later or at once, and whether the method is kept."""
        method = await ask(self._stripe.v1.payment_methods.retrieve_async(payment_method))
        if only_reserve and method.type not in CAPTURABLE_LATER:
            raise PaymentMethodUnsuitable("this way of paying would be charged at once; choose another, such as a card")
        choice: stripe.params.PaymentIntentUpdateParams = {
            "payment_method": payment_method,
            "capture_method": "manual" if method.type in CAPTURABLE_LATER else "automatic",
        }
        if save and method.type in CHARGEABLE_AGAIN:
            choice["customer"] = await self._customer_of(payment_id)
            choice["setup_future_usage"] = "off_session"
        elif save:
            choice["setup_future_usage"] = ""  # a card that was tried before may have set it
        await ask(self._stripe.v1.payment_intents.update_async(payment_id, choice, {"idempotency_key": key}))

    async def _customer_of(self, payment_id: str) -> str:
        """Each payment's own: a saved method belongs to one booking, and nothing personal is told to Stripe."""
        intent = await ask(self._stripe.v1.payment_intents.retrieve_async(payment_id))
        if intent.customer is not None:
            return str(intent.customer)
        order: stripe.params.CustomerCreateParams = {"metadata": metadata_of(intent)}
        customer = await ask(self._stripe.v1.customers.create_async(order, {"idempotency_key": f"{payment_id}:customer"}))
        return str(customer.id)

    def _confirmation(self, return_url: str) -> stripe.params.PaymentIntentConfirmParams:
        url = return_url or self._return_url
        confirmation: stripe.params.PaymentIntentConfirmParams = {"expand": ["latest_charge"]}
        if url:
            confirmation["return_url"] = url
        return confirmation
