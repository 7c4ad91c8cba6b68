"""Stripe's own books: what it has of one payment, and lists of what was made or given back in some time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import stripe

from domain.payments import MadePage, MadePayment, Payment
from gateways.payments.stripe_answers import KEY, ask, metadata_of, payment_of
from gateways.payments.stripe_client import OnStripe

LISTED = 100  # the most that Stripe lists at once
LISTED_REFUNDS = 25  # the payment of each is asked for at the same time


class Books(OnStripe):
    """Changes nothing."""

    async def find(self, payment_id: str) -> Payment | None:
        """The PaymentIntent, where Stripe has one of this id."""
        try:
            return await self.look(payment_id)
        except stripe.InvalidRequestError as refused:
            if refused.code != "resource_missing":
                raise
            return None

    async def list_made(self, since: datetime, until: datetime, after: str | None = None) -> MadePage:
        """PaymentIntents with a booking's metadata; what else is on the account is passed over."""
        order: stripe.params.PaymentIntentListParams = {
            "created": _between(since, until),
            "limit": LISTED,
            "expand": ["data.latest_charge"],
        }
        if after:
            order["starting_after"] = after
        page = await ask(self._stripe.v1.payment_intents.list_async(order))
        return MadePage(_ours(page.data), page.data[-1].id if page.has_more else None)

    async def list_refunded(self, since: datetime, until: datetime, after: str | None = None) -> MadePage:
        """By the Refunds, which are also there where somebody gave money back in Stripe's dashboard."""
        order: stripe.params.RefundListParams = {"created": _between(since, until), "limit": LISTED_REFUNDS}
        if after:
            order["starting_after"] = after
        page = await ask(self._stripe.v1.refunds.list_async(order))
        named = dict.fromkeys(str(refund.payment_intent) for refund in page.data if refund.payment_intent)
        wanted: stripe.params.PaymentIntentRetrieveParams = {"expand": ["latest_charge"]}
        asked = (ask(self._stripe.v1.payment_intents.retrieve_async(one, wanted)) for one in named)
        intents = await asyncio.gather(*asked)
        return MadePage(_ours(intents), page.data[-1].id if page.has_more else None)


def _between(since: datetime, until: datetime) -> Any:
    return {"gte": int(since.timestamp()), "lt": int(until.timestamp()) + 1}  # whole seconds


def _ours(intents: Sequence[stripe.PaymentIntent]) -> tuple[MadePayment, ...]:
    found = []
    for intent in intents:
        said = metadata_of(intent)
        try:
            business_id, booking_id = UUID(said["business_id"]), UUID(said["booking_id"])
        except (KeyError, ValueError):
            continue  # somebody else's payment on the same account
        made_at = datetime.fromtimestamp(intent.created, UTC)
        found.append(MadePayment(payment_of(intent), business_id, booking_id, made_at, said.get(KEY)))
    return tuple(found)
