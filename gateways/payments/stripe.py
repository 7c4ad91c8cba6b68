"""Stripe: one PaymentIntent a booking, manual capture, void, refund, signed webhooks."""

from __future__ import annotations

from gateways.payments.stripe_authorising import Authorising
from gateways.payments.stripe_books import Books
from gateways.payments.stripe_news import News
from gateways.payments.stripe_saved_methods import SavedMethods


class StripePayments(Authorising, SavedMethods, News, Books):
    """Keeps the promises of domain.payments.PaymentGateway through Stripe's official SDK, without retries of its own."""
