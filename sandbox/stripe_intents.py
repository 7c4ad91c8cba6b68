"""What becomes of each PaymentIntent and its refunds. Not Stripe: it knows test methods and its own rules only.

What it allows follows https://docs.stripe.com/payments/paymentintents/lifecycle and https://docs.stripe.com/refunds.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.state import Row, State
from sandbox.stripe_methods import (
    ASK_THE_CUSTOMER,
    DECLINES,
    METHODS,
    OFF_SESSION_DECLINES,
    REFUNDS_PENDING,
    RESERVED_FOR,
    RESERVED_SOON_OVER,
    SLOW,
    confirmable,
    known_method,
)
from sandbox.stripe_requests import Failed, Refused, amount_in, check_names
from sandbox.stripe_webhooks import Webhooks

CREATE = {
    "amount",
    "currency",
    "capture_method",
    "metadata",
    "payment_method",
    "description",
    "customer",
    "automatic_payment_methods",
}
UPDATE = {"capture_method", "payment_method", "metadata", "description", "customer", "setup_future_usage"}
CONFIRM = {"return_url", "payment_method", "off_session"}
CUSTOMER = {"metadata"}
CAPTURE: set[str] = set()
CANCEL = {"cancellation_reason"}
REFUND = {"payment_intent", "amount", "metadata", "reason"}

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
GIVEN_BACK = ("pending", "succeeded")


class Intents:
    """PaymentIntents, each with at most one successful charge, and the refunds of these."""

    def __init__(
        self, state: State, webhooks: Webhooks, now: Callable[[], float] = time.time, account: str | None = None
    ) -> None:
        """Those of one account, or of all. `now` tells the time in seconds since 1970."""
        self._account = account
        self._webhooks = webhooks
        self._now = now
        self._intents = state.shelf("stripe_intents")
        self._refunds = state.shelf("stripe_refunds")
        self._customers = state.shelf("stripe_customers")

    def create_customer(self, params: dict[str, Any]) -> Row:
        check_names(params, CUSTOMER)
        customer_id = f"cus_sandbox_{secrets.token_hex(8)}"
        made = {"id": customer_id, "object": "customer", "livemode": False, "metadata": params.get("metadata", {}), "methods": []}
        self._customers[customer_id] = made
        return made

    def newest_first(self, customer_id: str | None) -> list[Row]:
        """All of this customer, or of all."""
        return [
            intent
            for intent in reversed(self._intents.values())
            if self._has(intent) and customer_id in (None, intent["customer"])
        ]

    def notes(self, ids: Iterable[str]) -> str:
        """The metadata of those of these that are intents."""
        return "\n".join(str(self._intents[one]["metadata"]) for one in ids if one in self._intents)

    def create(self, params: dict[str, Any]) -> Row:
        check_names(params, CREATE)
        if len(currency := str(params.get("currency", ""))) != 3 or not currency.isalpha() or not currency.islower():
            raise Refused(400, "parameter_missing", "a currency of three small letters is needed", param="currency")
        if "payment_method" in params:
            known_method(params["payment_method"])
        self._check_customer(params)
        intent_id = f"pi_sandbox_{secrets.token_hex(8)}"
        intent = self._intents[intent_id] = {
            "id": intent_id,
            "object": "payment_intent",
            "amount": amount_in(params),
            "currency": currency,
            "capture_method": params.get("capture_method", "automatic_async"),
            "client_secret": f"{intent_id}_secret_{secrets.token_hex(8)}",
            "created": int(time.time()),
            "description": params.get("description"),
            "livemode": False,
            "metadata": params.get("metadata", {}),
            "payment_method": params.get("payment_method"),
            "customer": params.get("customer"),
            "setup_future_usage": None,
            "automatic_payment_methods": params.get("automatic_payment_methods"),
            "status": "requires_confirmation" if "payment_method" in params else "requires_payment_method",
            "next_action": None,
            "last_payment_error": None,
            "latest_charge": None,
            "sandbox_account": self._account or "",
        }
        return intent

    def update(self, intent_id: str, params: dict[str, Any]) -> Row:
        check_names(params, UPDATE)
        intent = self._in(intent_id, OPEN)
        if "payment_method" in params:
            known_method(params["payment_method"])
            intent.update(status="requires_confirmation", next_action=None)
        self._check_customer(params)
        metadata = {**intent["metadata"], **params.get("metadata", {})}
        intent.update({name: params[name] or None for name in params.keys() & UPDATE}, metadata=metadata)
        return intent

    def confirm(self, intent_id: str, params: dict[str, Any], bank_url: str, *, is_declined: bool) -> Row:
        check_names(params, CONFIRM)
        intent = self._in(intent_id, OPEN)
        method = intent["payment_method"] = confirmable(intent, params)
        is_alone = params.get("off_session") == "true"
        if is_alone and method not in self._customers.get(intent["customer"] or "", {}).get("methods", ()):
            raise Refused(400, "payment_method_unexpected_state", "The method was not saved.", param="payment_method")
        if is_alone and intent["setup_future_usage"]:
            raise Refused(400, None, "off_session cannot be true where a method is to be saved", param="off_session")
        if is_alone and method in OFF_SESSION_DECLINES:
            self._decline(intent, *OFF_SESSION_DECLINES[method])
        if is_declined or method in DECLINES:
            self._decline(intent, "card_declined", DECLINES.get(method, "generic_decline"))
        if method in ASK_THE_CUSTOMER:
            redirect = {"url": bank_url, "return_url": params["return_url"]}
            intent.update(status="requires_action", next_action={"type": "redirect_to_url", "redirect_to_url": redirect})
            self._tell("payment_intent.requires_action", intent)
        elif method == SLOW:
            intent["status"] = "processing"
            self._tell("payment_intent.processing", intent)
        else:
            self._succeed(intent)
        return intent

    def capture(self, intent_id: str, params: dict[str, Any], *, is_declined: bool) -> Row:
        check_names(params, CAPTURE)
        intent = self.find(intent_id)
        if is_declined and intent["status"] == "requires_capture":
            intent["status"] = "canceled"  # as when an authorisation lapses
            self._tell("payment_intent.canceled", intent)
        self._in(intent_id, ("requires_capture",))
        intent["status"] = "succeeded"
        self._tell("payment_intent.succeeded", intent)
        return intent

    def cancel(self, intent_id: str, params: dict[str, Any]) -> Row:
        check_names(params, CANCEL)
        intent = self._in(intent_id, (*OPEN, "requires_capture"))
        intent.update(status="canceled", next_action=None)
        self._tell("payment_intent.canceled", intent)
        return intent

    def refund(self, params: dict[str, Any], *, is_declined: bool) -> Row:
        check_names(params, REFUND)
        intent = self.find(str(params.get("payment_intent")))
        left = intent["amount"] - self._given_back(intent)
        if intent["status"] != "succeeded":
            raise Failed(400, "charge_not_refundable", "nothing was charged", param="payment_intent")
        if left == 0:
            raise Failed(400, "charge_already_refunded", "everything was given back already")
        amount = amount_in(params) if "amount" in params else left
        if amount > left:
            raise Failed(400, None, "more than what was charged", param="amount")
        refund_id = f"re_sandbox_{secrets.token_hex(8)}"
        status = "failed" if is_declined else "pending" if intent["payment_method"] in REFUNDS_PENDING else "succeeded"
        made = self._refunds[refund_id] = {
            "id": refund_id,
            "object": "refund",
            "amount": amount,
            "created": int(time.time()),
            "currency": intent["currency"],
            "metadata": params.get("metadata", {}),
            "payment_intent": intent["id"],
            "status": status,
        }
        self._tell_refund("refund.created", made)
        return made

    def refunds_of(self, intent_id: str | None) -> list[Row]:
        """All of this payment, or of all; the newest first."""
        found = [refund for refund in reversed(self._refunds.values()) if intent_id in (None, refund["payment_intent"])]
        return [refund for refund in found if self._has(self._intents[refund["payment_intent"]])]

    def settle(self, thing_id: str, *, is_approved: bool) -> Row:
        """The bank answers: of a payment that waits for it or for the customer, or of a refund under way."""
        if (refund := self._refunds.get(thing_id)) is not None:
            return self._settle_refund(refund, is_approved=is_approved)
        intent = self._in(thing_id, ("requires_action", "processing"))
        if is_approved:
            self._succeed(intent)
        else:
            self._fail(intent, "payment_intent_authentication_failure", None)
        return intent

    def _settle_refund(self, refund: Row, *, is_approved: bool) -> Row:
        """A bank may also send back what it had taken. https://docs.stripe.com/refunds#failed-refunds"""
        if refund["status"] != "pending" and (is_approved or refund["status"] != "succeeded"):
            raise Failed(400, None, f"the refund is {refund['status']}")
        if is_approved:
            refund["status"] = "succeeded"
        else:
            refund.update(status="failed", failure_reason="lost_or_stolen_card")
            self._tell_refund("refund.failed", refund)
        self._tell_refund("refund.updated", refund)
        self._tell_refund("charge.refund.updated", refund)
        return refund

    def find(self, intent_id: str) -> Row:
        if intent_id not in self._intents or not self._has(self._intents[intent_id]):
            raise Refused(404, "resource_missing", f"No such payment_intent: '{intent_id}'", param="intent")
        intent = self._intents[intent_id]
        if intent["status"] == "requires_capture" and self._now() >= intent.get("sandbox_capture_before", math.inf):
            intent["status"] = "canceled"  # nobody took the money in time
            self._tell("payment_intent.canceled", intent)
        return intent

    def charge(self, intent: Row) -> Row | None:
        """The one charge that succeeded. A released authorisation counts as given back, though nothing was taken."""
        if intent["latest_charge"] is None:
            return None
        is_captured, is_released = intent["status"] == "succeeded", intent["status"] == "canceled"
        return {
            "id": intent["latest_charge"],
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if is_captured else 0,
            "amount_refunded": intent["amount"] if is_released else self._given_back(intent),
            "captured": is_captured,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "payment_method_details": _details(intent, is_captured),
        }

    def summary(self) -> list[Row]:
        """What each payment came to, in minor units."""
        return [
            {
                "id": intent["id"],
                "account": intent.get("sandbox_account", ""),
                "booking_id": intent["metadata"].get("booking_id"),
                "state": intent["status"],
                "authorised": intent["amount"] if intent["status"] in ("requires_capture", "succeeded") else 0,
                "captured": intent["amount"] if intent["status"] == "succeeded" else 0,
                "refunded": self._given_back(intent),
                "amount": intent["amount"],
                "currency": intent["currency"],
            }
            for intent in (self.find(intent_id) for intent_id in [*self._intents])
        ]

    def _has(self, intent: Row) -> bool:
        return self._account in (None, intent.get("sandbox_account", ""))

    def _in(self, intent_id: str, statuses: tuple[str, ...]) -> Row:
        intent = self.find(intent_id)
        if intent["status"] not in statuses:
            raise Failed(400, "payment_intent_unexpected_state", f"the status is {intent['status']}")
        return intent

    def _given_back(self, intent: Row) -> int:
        return sum(refund["amount"] for refund in self.refunds_of(intent["id"]) if refund["status"] in GIVEN_BACK)

    def _check_customer(self, params: dict[str, Any]) -> None:
        if params.get("customer") and params["customer"] not in self._customers:
            raise Refused(404, "resource_missing", f"No such customer: '{params['customer']}'", param="customer")

    def _save_method(self, intent: Row) -> None:
        if intent["setup_future_usage"] and intent["customer"]:
            self._customers[intent["customer"]]["methods"].append(intent["payment_method"])

    def _decline(self, intent: Row, code: str, decline_code: str) -> None:
        self._fail(intent, code, decline_code)
        failed = Failed(402, code, "Your card was declined.", kind="card_error", decline_code=decline_code)
        failed.error["payment_intent"] = dict(intent)
        raise failed

    def _succeed(self, intent: Row) -> None:
        self._save_method(intent)
        is_later = intent["capture_method"] == "manual"
        intent.update(status="requires_capture" if is_later else "succeeded", next_action=None, last_payment_error=None)
        intent["latest_charge"] = f"ch_sandbox_{secrets.token_hex(8)}"
        kept_for = RESERVED_SOON_OVER.get(intent["payment_method"], RESERVED_FOR)
        intent["sandbox_capture_before"] = int(self._now()) + kept_for
        self._tell("payment_intent.amount_capturable_updated" if is_later else "payment_intent.succeeded", intent)

    def _fail(self, intent: Row, code: str, decline_code: str | None) -> None:
        error = {"type": "card_error", "code": code, "decline_code": decline_code, "message": "declined"}
        intent.update(status="requires_payment_method", next_action=None, payment_method=None, last_payment_error=error)
        self._tell("payment_intent.payment_failed", intent)

    def _tell(self, kind: str, intent: Row) -> None:
        """The endpoint is the first account's; where others want to hear of theirs, nobody has said."""
        if not intent.get("sandbox_account"):
            self._webhooks.send(kind, intent)

    def _tell_refund(self, kind: str, refund: Row) -> None:
        if not self._intents[refund["payment_intent"]].get("sandbox_account"):
            self._webhooks.send(kind, refund)


def _details(intent: Row, is_captured: bool) -> Row:
    """How it was paid; while a card's money is only reserved, also until when."""
    kind = METHODS[intent["payment_method"]]
    is_reserved = kind == "card" and intent["capture_method"] == "manual" and not is_captured
    return {"type": kind, kind: {"capture_before": intent.get("sandbox_capture_before")} if is_reserved else {}}
