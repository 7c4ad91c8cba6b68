"""Test methods: how each pays, and what speaks against paying with one."""

from __future__ import annotations

from typing import Any

from sandbox.state import Row
from sandbox.stripe_requests import Refused

# Stripe's own test methods, three that are charged at once, two that say no once their owner has gone, and two whose money is
# reserved for seconds, of which the last is good for no second time.
METHODS = {
    "pm_card_visa": "card",
    "pm_card_mastercard": "card",
    "pm_card_chargeDeclined": "card",
    "pm_card_chargeDeclinedInsufficientFunds": "card",
    "pm_card_authenticationRequired": "card",
    "pm_card_pendingRefund": "card",
    "pm_sandbox_declinesLater": "card",
    "pm_sandbox_asksLater": "card",
    "pm_sandbox_endsSoon": "card",
    "pm_sandbox_endsSoonDeclinesLater": "card",
    "pm_sandbox_sepa": "sepa_debit",
    "pm_sandbox_ideal": "ideal",
    "pm_sandbox_slow_bank": "sepa_debit",
}
DECLINES = {"pm_card_chargeDeclined": "generic_decline", "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds"}
ASK_THE_CUSTOMER = ("pm_card_authenticationRequired", "pm_sandbox_ideal")
SLOW = "pm_sandbox_slow_bank"  # charges and refunds wait until the bank's page is answered
OFF_SESSION_DECLINES = {
    "pm_sandbox_declinesLater": ("card_declined", "insufficient_funds"),
    "pm_sandbox_endsSoonDeclinesLater": ("card_declined", "insufficient_funds"),
    "pm_sandbox_asksLater": ("authentication_required", "authentication_required"),
    "pm_card_authenticationRequired": ("authentication_required", "authentication_required"),
}
REFUNDS_PENDING = (SLOW, "pm_card_pendingRefund")  # until the bank's page is answered
MANUAL_CAPTURE = ("card",)
# For how long money stays reserved, in seconds. https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
RESERVED_FOR = 7 * 86400
RESERVED_SOON_OVER = dict.fromkeys(("pm_sandbox_endsSoon", "pm_sandbox_endsSoonDeclinesLater"), 6)
KEPT_FOR_LATER = ("card", "sepa_debit")


def known_method(method: str) -> str:
    """The method's type."""
    if method not in METHODS:
        raise Refused(404, "resource_missing", f"No such PaymentMethod: '{method}'", param="payment_method")
    return METHODS[method]


def confirmable(intent: Row, params: dict[str, Any]) -> str:
    """The method to confirm with, once nothing speaks against it."""
    method = params.get("payment_method") or intent["payment_method"]
    if method is None:
        raise Refused(400, "parameter_missing", "a payment_method is needed", param="payment_method")
    kind = known_method(method)
    if intent["setup_future_usage"] and (kind not in KEPT_FOR_LATER or intent["customer"] is None):
        raise Refused(400, None, f"{kind} cannot be kept for later", param="setup_future_usage")
    if intent["capture_method"] == "manual" and kind not in MANUAL_CAPTURE:
        raise Refused(400, None, f"{kind} cannot be captured later", param="capture_method")
    stays_here = (intent["automatic_payment_methods"] or {}).get("allow_redirects") == "never"
    if (
        not params.get("return_url") and not stays_here
    ):  # needed even for cards: the account takes methods that send the customer elsewhere
        raise Refused(400, None, "A `return_url` must be specified", param="return_url")
    return str(method)
