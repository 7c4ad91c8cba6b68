"""Stripe: one PaymentIntent a booking, manual capture, void, refund, signed webhooks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import stripe

from domain.errors import PaymentMethodUnsuitable, PaymentNotCapturable, RefundRefused
from domain.money import Money
from domain.payments import BadSignature, Payment, PaymentAccident, PaymentNews, PaymentState, Refund, RefundState
from gateways.payments.stripe_answers import (
    REFUND_LOST,
    REFUND_NEWS,
    REFUND_OPEN,
    ask,
    decline_code,
    from_stripe,
    lost_in,
    metadata_of,
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

# Which methods can be charged again without their owner. https://docs.stripe.com/payments/payment-methods/payment-method-support
CHARGEABLE_AGAIN = frozenset(
    {"card", "sepa_debit", "us_bank_account", "acss_debit", "au_becs_debit", "bacs_debit", "link", "paypal"}
)

# A saved method that is gone or does not fit, and amounts that no bank takes. https://docs.stripe.com/error-codes
NEVER_CHARGEABLE = ("amount_too_small", "amount_too_large", "payment_method_unexpected_state", "resource_missing")

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

    async def authorise(
        self,
        payment_id: str,
        payment_method: str,
        *,
        return_url: str,
        key: str,
        save: bool = False,
        only_reserve: bool = False,
    ) -> Payment:
        """Looks first, so a repeat after a lost answer confirms nothing twice; then attaches the method and confirms."""
        present = await self.look(payment_id)
        if present.state in NOTHING_TO_AUTHORISE:
            return present
        if not payment_method:
            return _declined(present, "parameter_missing")
        try:
            await self._choose(payment_id, payment_method, key=f"{key}:method", save=save, only_reserve=only_reserve)
            confirmation = self._confirmation(return_url)
            intent = await ask(self._stripe.v1.payment_intents.confirm_async(payment_id, confirmation, {"idempotency_key": key}))
        except stripe.CardError as declined:
            return _declined(present, _code_of(declined))
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

    async def refund(self, payment_id: str, amount: Money, *, key: str, booking_id: UUID | None = None) -> Refund:
        """A refund carries its key, so that one whose answer was lost is found again, also after Stripe has forgotten the key."""
        for made in await self._refunds(payment_id):
            if metadata_of(made).get(KEY) == key:
                return refund_of(made)
        try:
            return refund_of(await self._give_back(payment_id, to_stripe(amount), key, key, booking_id))
        except stripe.InvalidRequestError as refused:
            if refused.code in TRY_LATER:
                raise PaymentAccident("the money is not there yet") from refused
            raise RefundRefused("this cannot be given back", code=refused.code) from refused

    async def charge_saved(self, payment_id: str, amount: Money, *, key: str, booking_id: UUID | None = None) -> Payment:
        """A PaymentIntent of its own for the customer of the first one, off session; it carries its key, to be found again."""
        return await self._pay_away(payment_id, amount, key, booking_id)

    async def renew(self, payment_id: str, amount: Money, *, key: str) -> Payment:
        """The same with manual capture. Looks again in the end: only the charge says how long the money stays reserved."""
        renewed = await self._pay_away(payment_id, amount, key, None, is_later=True)
        return await self.look(renewed.id) if renewed.state is PaymentState.AUTHORISED else renewed

    async def _pay_away(
        self, payment_id: str, amount: Money, key: str, booking_id: UUID | None, *, is_later: bool = False
    ) -> Payment:
        """Pays with the saved method, its owner away."""
        first = await ask(self._stripe.v1.payment_intents.retrieve_async(payment_id))
        if first.customer is None or first.payment_method is None or not _is_kept(first):
            return Payment("", PaymentState.DECLINED, amount, decline_code="no_saved_method")
        try:
            made = await self._charge_under(str(first.customer), key)
            made = made or await self._open_charge(first, amount, key, booking_id, is_later=is_later)
            if made.status != "requires_confirmation":
                return _unattended(payment_of(made))
            call = self._stripe.v1.payment_intents.confirm_async(made.id, {"off_session": True}, {"idempotency_key": key})
            return _unattended(payment_of(await ask(call), was_tried=True))
        except stripe.CardError as declined:
            return Payment(_failed_id(declined), PaymentState.DECLINED, amount, decline_code=_code_of(declined))
        except stripe.InvalidRequestError as refused:
            if refused.code not in NEVER_CHARGEABLE:
                raise
            return Payment("", PaymentState.DECLINED, amount, decline_code=refused.code)

    async def undo_charge_if_made(self, payment_id: str, *, key: str) -> Payment | Refund | None:
        """The charge carries its key, so it is found also where its answer never came."""
        first = await ask(self._stripe.v1.payment_intents.retrieve_async(payment_id))
        made = await self._charge_under(str(first.customer), key) if first.customer else None
        return await self.void_or_refund(made.id, key=f"{key}:undo") if made else None

    def read_webhook(self, body: bytes, signature: str) -> PaymentNews | None:
        """Verifies Stripe-Signature (at most five minutes old) and keeps only news of our own payments."""
        try:
            event = self._stripe.construct_event(body, signature, self._webhook_secret, WEBHOOK_TOLERANCE_SECONDS)
            kind, intent = event.type, event.data.object
        except (stripe.SignatureVerificationError, *NO_EVENT) as fault:
            raise BadSignature("the signature does not fit, or what is signed is no event") from fault
        if not kind.startswith("payment_intent.") and kind not in REFUND_NEWS:
            return None
        try:
            metadata = intent["metadata"]
            booking_id, business_id = UUID(metadata["booking_id"]), UUID(metadata["business_id"])
        except (KeyError, TypeError, ValueError):
            return None  # somebody else's payment on the same account
        if kind in REFUND_NEWS:
            whose = booking_id, business_id, str(intent["payment_intent"])
            return PaymentNews(event.id, kind, *whose, lost_in(intent), getattr(metadata, KEY, None))
        return PaymentNews(event.id, kind, booking_id, business_id, str(intent["id"]))

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

    async def _charge_under(self, customer: str, key: str) -> stripe.PaymentIntent | None:
        made = await ask(self._stripe.v1.payment_intents.list_async({"customer": customer, "limit": 100}))
        while True:
            for intent in made.data:
                if metadata_of(intent).get(KEY) == key:
                    return intent
            if not made.has_more:
                return None
            made = await ask(made.next_page_async())

    async def _open_charge(
        self, first: stripe.PaymentIntent, amount: Money, key: str, booking_id: UUID | None, *, is_later: bool
    ) -> stripe.PaymentIntent:
        order: stripe.params.PaymentIntentCreateParams = {
            "amount": to_stripe(amount),
            "currency": amount.currency.lower(),
            "customer": str(first.customer),
            "payment_method": str(first.payment_method),
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {**metadata_of(first), **_whose(booking_id), KEY: key},
        }
        if is_later:
            order["capture_method"] = "manual"
        return await ask(self._stripe.v1.payment_intents.create_async(order, {"idempotency_key": f"{key}:open"}))

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
        """The newest first. All of them: a payment that many bookings share may have many."""
        page = await ask(self._stripe.v1.refunds.list_async({"payment_intent": payment_id, "limit": 100}))
        found = list(page.data)
        while page.has_more:
            page = await ask(page.next_page_async())
            found += page.data
        return found

    async def _give_back(
        self, payment_id: str, amount: int | None, key: str, idempotency_key: str, booking_id: UUID | None = None
    ) -> stripe.Refund:
        """So much, or all that is left. The refund says whose it is, so that news of it find the booking."""
        intent = await ask(self._stripe.v1.payment_intents.retrieve_async(payment_id))
        order: stripe.params.RefundCreateParams = {
            "payment_intent": payment_id,
            "metadata": {**metadata_of(intent), **_whose(booking_id), KEY: key},
        }
        if amount is not None:
            order["amount"] = amount
        return await ask(self._stripe.v1.refunds.create_async(order, {"idempotency_key": idempotency_key}))


def _is_kept(paid: stripe.PaymentIntent) -> bool:
    """Whether its method may be charged again: it was saved with this payment, or is the saved one that made it."""
    return paid.setup_future_usage is not None or KEY in metadata_of(paid)


def _whose(booking_id: UUID | None) -> dict[str, str]:
    return {} if booking_id is None else {"booking_id": str(booking_id)}


def _code_of(declined: stripe.CardError) -> str | None:
    return decline_code(declined.error) or declined.code


def _failed_id(declined: stripe.CardError) -> str:
    """The payment that was declined, as the error names it."""
    intent = getattr(declined.error, "payment_intent", None)
    return str(intent["id"]) if intent else ""


def _unattended(payment: Payment) -> Payment:
    """Nobody is there who could do what the bank asks for."""
    if payment.state is PaymentState.ACTION_REQUIRED:
        return _declined(payment, "authentication_required")
    return payment


def _declined(present: Payment, code: str | None) -> Payment:
    return Payment(present.id, PaymentState.DECLINED, present.amount, decline_code=code)
