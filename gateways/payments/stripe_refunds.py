"""Giving back: what is only reserved is let go, what was taken is refunded."""

from __future__ import annotations

from uuid import UUID

import stripe

from domain.errors import RefundRefused
from domain.money import Money
from domain.payments import Payment, PaymentAccident, PaymentState, Refund, RefundState
from gateways.payments.stripe_answers import (
    KEY,
    REFUND_LOST,
    REFUND_OPEN,
    ask,
    from_stripe,
    metadata_of,
    payment_of,
    refund_of,
    to_stripe,
    whose,
)
from gateways.payments.stripe_client import OnStripe

DONE = (PaymentState.CAPTURED, PaymentState.CANCELLED, PaymentState.PROCESSING)
TRY_LATER = ("balance_insufficient",)


class Refunding(OnStripe):
    """Each refund carries its key, to be found again."""

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
            "metadata": {**metadata_of(intent), **whose(booking_id), KEY: key},
        }
        if amount is not None:
            order["amount"] = amount
        return await ask(self._stripe.v1.refunds.create_async(order, {"idempotency_key": idempotency_key}))
