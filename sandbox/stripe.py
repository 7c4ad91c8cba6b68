"""A stand-in for the slice of Stripe's API that a booking uses. Not Stripe: it knows test methods and its own rules only.

What it refuses and answers follows https://docs.stripe.com/api/payment_intents and https://docs.stripe.com/api/idempotent_requests.
"""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse

from sandbox.idempotency import Answer, Refused, remembered
from sandbox.state import Row, State
from sandbox.stripe_webhooks import Webhooks

# Stripe's own test methods, and two that are charged at once.
METHODS = {
    "pm_card_visa": "card",
    "pm_card_mastercard": "card",
    "pm_card_chargeDeclined": "card",
    "pm_card_chargeDeclinedInsufficientFunds": "card",
    "pm_card_authenticationRequired": "card",
    "pm_sandbox_sepa": "sepa_debit",
    "pm_sandbox_ideal": "ideal",
}
DECLINES = {"pm_card_chargeDeclined": "generic_decline", "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds"}
ASK_THE_CUSTOMER = ("pm_card_authenticationRequired", "pm_sandbox_ideal")
MANUAL_CAPTURE = ("card",)

CREATE = {"amount", "currency", "capture_method", "metadata", "payment_method", "description"}
UPDATE = {"capture_method", "payment_method", "metadata", "description"}
CONFIRM = {"return_url", "payment_method"}


def operation_of(method: str, path: str) -> str | None:
    """The switchboard's name for a call."""
    last = path.rstrip("/").rsplit("/", 1)[-1]
    if method == "GET":
        return "look"
    named = {"confirm": "authorise", "capture": "capture", "cancel": "void", "refunds": "refund", "payment_intents": "create"}
    return named.get(last, "update")


class StripeSandbox:
    """PaymentIntents, PaymentMethods and Refunds, with idempotency keys and signed webhooks."""

    def __init__(self, state: State, webhooks: Webhooks) -> None:
        self._state = state
        self._webhooks = webhooks
        self._intents = state.shelf("stripe_intents")
        self._refunds = state.shelf("stripe_refunds")

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.add_exception_handler(Refused, _refused)
        app.post("/v1/payment_intents")(self._create)
        app.get("/v1/payment_intents/{intent_id}")(self._retrieve)
        app.post("/v1/payment_intents/{intent_id}")(self._update)
        app.post("/v1/payment_intents/{intent_id}/confirm")(self._confirm)
        app.post("/v1/payment_intents/{intent_id}/capture")(self._capture)
        app.post("/v1/payment_intents/{intent_id}/cancel")(self._cancel)
        app.get("/v1/payment_methods/{method_id}")(self._method)
        app.post("/v1/refunds")(self._refund)
        app.get("/bank/{intent_id}", response_class=HTMLResponse)(self._bank_page)
        app.post("/bank/{intent_id}/{verdict}")(self._bank)
        return app

    def payments(self) -> list[Row]:
        """For `GET /state`: what each payment came to, in minor units."""
        return [
            {
                "id": intent["id"],
                "booking_id": intent["metadata"].get("booking_id"),
                "state": intent["status"],
                "authorised": intent["amount"] if intent["status"] in ("requires_capture", "succeeded") else 0,
                "captured": intent["amount"] if intent["status"] == "succeeded" else 0,
                "refunded": intent["amount_refunded"],
                "amount": intent["amount"],
                "currency": intent["currency"],
            }
            for intent in self._intents.values()
        ]

    async def _create(self, request: Request) -> JSONResponse:
        async def create(params: dict[str, Any]) -> Row:
            _only(params, CREATE)
            if not str(params.get("amount", "")).isdigit() or int(params["amount"]) < 1:
                raise Refused(400, "parameter_invalid_integer", "amount must be a positive integer", param="amount")
            intent_id = f"pi_sandbox_{secrets.token_hex(8)}"
            intent = {
                "id": intent_id,
                "object": "payment_intent",
                "amount": int(params["amount"]),
                "currency": params.get("currency", ""),
                "capture_method": params.get("capture_method", "automatic_async"),
                "client_secret": f"{intent_id}_secret_{secrets.token_hex(8)}",
                "created": int(time.time()),
                "livemode": False,
                "metadata": params.get("metadata", {}),
                "payment_method": params.get("payment_method"),
                "status": "requires_payment_method",
                "next_action": None,
                "last_payment_error": None,
                "amount_refunded": 0,
            }
            self._intents[intent_id] = intent
            return self._shown(intent)

        return await self._once(request, create)

    async def _retrieve(self, request: Request, intent_id: str) -> JSONResponse:
        _authorised(request)
        return JSONResponse(self._shown(self._find(intent_id)))

    async def _update(self, request: Request, intent_id: str) -> JSONResponse:
        async def update(params: dict[str, Any]) -> Row:
            _only(params, UPDATE)
            intent = self._find(intent_id)
            if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
                raise _wrong_state(intent)
            if "payment_method" in params:
                _known_method(params["payment_method"])
                intent.update(status="requires_confirmation", next_action=None)
            intent.update(params)
            return self._shown(intent)

        return await self._once(request, update)

    async def _confirm(self, request: Request, intent_id: str) -> JSONResponse:
        declined = bool(request.scope.get("sandbox.decline"))

        async def confirm(params: dict[str, Any]) -> Row:
            _only(params, CONFIRM)
            intent = self._find(intent_id)
            if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
                raise _wrong_state(intent)
            method = params.get("payment_method") or intent["payment_method"]
            if method is None:
                raise Refused(400, "parameter_missing", "a payment_method is needed", param="payment_method")
            kind = _known_method(method)
            if intent["capture_method"] == "manual" and kind not in MANUAL_CAPTURE:
                raise Refused(400, "payment_intent_unexpected_state", f"{kind} cannot be captured later", param="capture_method")
            intent["payment_method"] = method
            if declined or method in DECLINES:
                raise self._decline(intent, DECLINES.get(method, "generic_decline"))
            if method in ASK_THE_CUSTOMER:
                url = str(request.url_for("_bank_page", intent_id=intent_id))
                action = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": params.get("return_url")}}
                intent.update(status="requires_action", next_action=action)
                self._tell("payment_intent.requires_action", intent)
            else:
                self._succeed(intent)
            return self._shown(intent)

        return await self._once(request, confirm)

    async def _capture(self, request: Request, intent_id: str) -> JSONResponse:
        declined = bool(request.scope.get("sandbox.decline"))

        async def capture(params: dict[str, Any]) -> Row:
            _only(params, set())
            intent = self._find(intent_id)
            if declined and intent["status"] == "requires_capture":
                intent["status"] = "canceled"  # as when an authorisation lapses
            if intent["status"] != "requires_capture":
                raise _wrong_state(intent)
            intent["status"] = "succeeded"
            self._tell("payment_intent.succeeded", intent)
            return self._shown(intent)

        return await self._once(request, capture)

    async def _cancel(self, request: Request, intent_id: str) -> JSONResponse:
        async def cancel(params: dict[str, Any]) -> Row:
            _only(params, {"cancellation_reason"})
            intent = self._find(intent_id)
            if intent["status"] in ("succeeded", "canceled"):
                raise _wrong_state(intent)
            intent.update(status="canceled", next_action=None)
            self._tell("payment_intent.canceled", intent)
            return self._shown(intent)

        return await self._once(request, cancel)

    async def _refund(self, request: Request) -> JSONResponse:
        async def refund(params: dict[str, Any]) -> Row:
            _only(params, {"payment_intent", "amount", "metadata", "reason"})
            intent = self._find(str(params.get("payment_intent")))
            amount = int(params.get("amount", intent["amount"] - intent["amount_refunded"]))
            if intent["status"] != "succeeded":
                raise Refused(400, "charge_not_refundable", "nothing was charged", param="payment_intent")
            if amount < 1 or intent["amount_refunded"] + amount > intent["amount"]:
                raise Refused(400, "charge_already_refunded", "more than what was charged", param="amount")
            intent["amount_refunded"] += amount
            made = {
                "id": f"re_sandbox_{secrets.token_hex(8)}",
                "object": "refund",
                "amount": amount,
                "currency": intent["currency"],
                "payment_intent": intent["id"],
                "status": "succeeded",
            }
            self._refunds[made["id"]] = made
            return made

        return await self._once(request, refund)

    async def _method(self, request: Request, method_id: str) -> JSONResponse:
        _authorised(request)
        return JSONResponse({"id": method_id, "object": "payment_method", "type": _known_method(method_id), "livemode": False})

    async def _bank_page(self, intent_id: str) -> str:
        self._find(intent_id)
        buttons = "".join(
            f'<form method=post action="{intent_id}/{verdict}"><button>{verdict}</button></form>'
            for verdict in ("approve", "refuse")
        )
        return f"<!doctype html><title>Sandbox bank</title><h1>SANDBOX: your bank asks</h1>{buttons}"

    async def _bank(self, intent_id: str, verdict: str) -> JSONResponse:
        intent = self._find(intent_id)
        if intent["status"] != "requires_action" or verdict not in ("approve", "refuse"):
            raise _wrong_state(intent)
        if verdict == "approve":
            self._succeed(intent)
        else:
            self._fail(intent, "payment_intent_authentication_failure", None)
        self._state.save()
        return JSONResponse(self._shown(intent))

    def _succeed(self, intent: Row) -> None:
        is_later = intent["capture_method"] == "manual"
        intent.update(status="requires_capture" if is_later else "succeeded", next_action=None, last_payment_error=None)
        self._tell("payment_intent.amount_capturable_updated" if is_later else "payment_intent.succeeded", intent)

    def _decline(self, intent: Row, decline_code: str) -> Refused:
        self._fail(intent, "card_declined", decline_code)
        return Refused(402, "card_declined", "Your card was declined.", kind="card_error", decline_code=decline_code)

    def _fail(self, intent: Row, code: str, decline_code: str | None) -> None:
        error = {"type": "card_error", "code": code, "decline_code": decline_code, "message": "declined"}
        intent.update(status="requires_payment_method", next_action=None, payment_method=None, last_payment_error=error)
        self._tell("payment_intent.payment_failed", intent)

    def _tell(self, kind: str, intent: Row) -> None:
        self._webhooks.send(kind, self._shown(intent))

    def _find(self, intent_id: str) -> Row:
        if intent_id not in self._intents:
            raise Refused(404, "resource_missing", f"No such payment_intent: {intent_id}", param="intent")
        return self._intents[intent_id]

    def _shown(self, intent: Row) -> Row:
        shown = {name: value for name, value in intent.items() if name != "amount_refunded"}
        is_charged = intent["status"] in ("requires_capture", "succeeded")
        charge = {"id": f"ch_{intent['id']}", "object": "charge", "amount_refunded": intent["amount_refunded"]}
        return {**shown, "latest_charge": charge if is_charged else None}

    async def _once(self, request: Request, act: Answer) -> JSONResponse:
        _authorised(request)
        params = _nested(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        try:
            return await remembered(self._state, request, params, act)
        finally:
            self._state.save()


async def _refused(_: Request, refused: Exception) -> JSONResponse:
    if not isinstance(refused, Refused):
        raise refused
    return JSONResponse({"error": refused.error}, refused.status)


def _authorised(request: Request) -> None:
    if not request.headers.get("authorization", "").startswith("Bearer sk_"):
        raise Refused(401, "api_key_missing", "You did not provide an API key.")


def _known_method(method: str) -> str:
    if method not in METHODS:
        raise Refused(404, "resource_missing", f"No such PaymentMethod: '{method}'", param="payment_method")
    return METHODS[method]


def _only(params: dict[str, Any], known: set[str]) -> None:
    for name in params.keys() - known - {"expand"}:
        raise Refused(400, "parameter_unknown", f"Received unknown parameter: {name}", param=name)


def _wrong_state(intent: Row) -> Refused:
    return Refused(400, "payment_intent_unexpected_state", f"the status is {intent['status']}")


def _nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`metadata[booking_id]=…` as Stripe's form encoding means it; lists are not needed here but for `expand`."""
    params: dict[str, Any] = {}
    for name, value in pairs:
        outer, _, inner = name.partition("[")
        if inner:
            params.setdefault(outer, {})[inner.rstrip("]")] = value
        else:
            params[outer] = value
    return params
