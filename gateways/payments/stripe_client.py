"""Stripe's client: one for all the stories, without retries of its own."""

from __future__ import annotations

from typing import Any

import stripe

from domain.payments import Payment, PaymentAccident
from domain.vendor_accounts import AccountAccident, AccountRefused
from gateways.payments.stripe_answers import ask, payment_of

TIMEOUT_SECONDS = 10.0


class OnStripe:
    """What every story of a payment is told with.

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

    async def check_access(self) -> None:
        """Lists payments, which a restricted key must be allowed to as well. Raises AccountRefused and AccountAccident."""
        try:
            await ask(self._stripe.v1.payment_intents.list_async({"limit": 1}))
        except stripe.AuthenticationError:
            raise AccountRefused("api_key", "is not taken by Stripe") from None
        except stripe.PermissionError:
            raise AccountRefused(
                "api_key", "may not see payments; it needs to write PaymentIntents, Customers and Refunds"
            ) from None
        except stripe.StripeError as no:
            raise AccountRefused("api_key", f"is refused by Stripe ({no.code or no.http_status})") from None
        except PaymentAccident as accident:
            raise AccountAccident(f"Stripe does not answer as it should ({accident})") from None

    async def look(self, payment_id: str) -> Payment:
        """The PaymentIntent as Stripe has it now."""
        return payment_of(await ask(self._stripe.v1.payment_intents.retrieve_async(payment_id, {"expand": ["latest_charge"]})))
