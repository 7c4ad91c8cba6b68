"""Saved methods: what is charged or reserved again while the customer is away."""

from __future__ import annotations

from uuid import UUID

import stripe

from domain.money import Money
from domain.payments import Payment, PaymentState, Refund
from gateways.payments.stripe_answers import KEY, as_declined, ask, code_of, metadata_of, payment_of, to_stripe, whose
from gateways.payments.stripe_refunds import Refunding

# A saved method that is gone or does not fit, and amounts that no bank takes. https://docs.stripe.com/error-codes
NEVER_CHARGEABLE = ("amount_too_small", "amount_too_large", "payment_method_unexpected_state", "resource_missing")


class SavedMethods(Refunding):
    """Each further payment is a PaymentIntent of its own on the method of the first one."""

    async def charge_saved(self, payment_id: str, amount: Money, *, key: str, booking_id: UUID | None = None) -> Payment:
        """A PaymentIntent of its own for the customer of the first one, off session; it carries its key, to be found again."""
        return await self._pay_away(payment_id, amount, key, booking_id)

    async def renew(self, payment_id: str, amount: Money, *, key: str) -> Payment:
        """The same with manual capture. Looks again in the end: only the charge says how long the money stays reserved."""
        renewed = await self._pay_away(payment_id, amount, key, None, is_later=True)
        return await self.look(renewed.id) if renewed.state is PaymentState.AUTHORISED else renewed

    async def undo_charge_if_made(self, payment_id: str, *, key: str) -> Payment | Refund | None:
        """The charge carries its key, so it is found also where its answer never came."""
        first = await ask(self._stripe.v1.payment_intents.retrieve_async(payment_id))
        made = await self._charge_under(str(first.customer), key) if first.customer else None
        return await self.void_or_refund(made.id, key=f"{key}:undo") if made else None

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
            return Payment(_failed_id(declined), PaymentState.DECLINED, amount, decline_code=code_of(declined))
        except stripe.InvalidRequestError as refused:
            if refused.code not in NEVER_CHARGEABLE:
                raise
            return Payment("", PaymentState.DECLINED, amount, decline_code=refused.code)

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
            "metadata": {**metadata_of(first), **whose(booking_id), KEY: key},
        }
        if is_later:
            order["capture_method"] = "manual"
        return await ask(self._stripe.v1.payment_intents.create_async(order, {"idempotency_key": f"{key}:open"}))


def _is_kept(paid: stripe.PaymentIntent) -> bool:
    """Whether its method may be charged again: it was saved with this payment, or is the saved one that made it."""
    return paid.setup_future_usage is not None or KEY in metadata_of(paid)


def _failed_id(declined: stripe.CardError) -> str:
    """The payment that was declined, as the error names it."""
    intent = getattr(declined.error, "payment_intent", None)
    return str(intent["id"]) if intent else ""


def _unattended(payment: Payment) -> Payment:
    """Nobody is there who could do what the bank asks for."""
    if payment.state is PaymentState.ACTION_REQUIRED:
        return as_declined(payment, "authentication_required")
    return payment
