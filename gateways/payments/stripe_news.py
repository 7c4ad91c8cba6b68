"""News: what Stripe's signed webhooks say of our payments."""

from __future__ import annotations

from uuid import UUID

import stripe

from domain.payments import BadSignature, PaymentNews
from gateways.payments.stripe_answers import KEY, REFUND_NEWS, lost_in
from gateways.payments.stripe_client import OnStripe

WEBHOOK_TOLERANCE_SECONDS = 300
NO_EVENT = (ValueError, TypeError, AttributeError)  # what the SDK raises for bodies and signatures that Stripe never sends


class News(OnStripe):
    """Trusts only what is signed with our secret."""

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
