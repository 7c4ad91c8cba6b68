"""A stand-in for the slice of Stripe's API that a booking uses. Not Stripe.

https://docs.stripe.com/api/payment_intents
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from sandbox.idempotency import Act, FirstAnswers
from sandbox.state import Row, State
from sandbox.stripe_intents import Intents
from sandbox.stripe_methods import known_method
from sandbox.stripe_requests import (
    Refused,
    account_of,
    check_key,
    expanded,
    is_declined,
    listed,
    method_in,
    nested,
    operation_of,
    refusal,
)
from sandbox.stripe_webhooks import Webhooks

__all__ = ["StripeSandbox", "operation_of"]

VERDICTS = {"approve": True, "refuse": False}


class StripeSandbox:
    """PaymentIntents, Customers, PaymentMethods and Refunds over HTTP, with idempotency keys and signed webhooks."""

    def __init__(self, state: State, webhooks: Webhooks, now: Callable[[], float] = time.time) -> None:
        """`now` tells the time in seconds since 1970."""
        self._state = state
        self._webhooks, self._now = webhooks, now
        self._intents = Intents(state, webhooks, now)
        self._first_answers = FirstAnswers(state)

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.add_exception_handler(Refused, refusal)
        app.post("/v1/payment_intents")(self._create)
        app.get("/v1/payment_intents")(self._list)
        app.get("/v1/payment_intents/{intent_id}")(self._retrieve)
        app.post("/v1/customers")(self._customer)
        app.post("/v1/payment_intents/{intent_id}")(self._update)
        app.post("/v1/payment_intents/{intent_id}/confirm")(self._confirm)
        app.post("/v1/payment_intents/{intent_id}/capture")(self._capture)
        app.post("/v1/payment_intents/{intent_id}/cancel")(self._cancel)
        app.get("/v1/payment_methods/{method_id}")(self._method)
        app.post("/v1/refunds")(self._refund)
        app.get("/v1/refunds")(self._refunds)
        app.get("/bank/{intent_id}", response_class=HTMLResponse)(self._bank_page)
        app.post("/bank/{thing_id}/{verdict}")(self._bank)
        return app

    def payments(self) -> list[Row]:
        """For `GET /state`."""
        return self._intents.summary()

    def _of(self, request: Request) -> Intents:
        """What the key's account has."""
        return Intents(self._state, self._webhooks, self._now, account_of(request))

    def about(self, path: str) -> str:
        """What the caller has noted on the payment that a path names."""
        return self._intents.notes(path.split("/"))

    async def _create(self, request: Request) -> JSONResponse:
        return await self._once(request, self._of(request).create)

    async def _retrieve(self, request: Request, intent_id: str) -> JSONResponse:
        check_key(request)
        params = nested(request.query_params.multi_items())
        return JSONResponse(self._shown(self._of(request).find(intent_id), params))

    async def _list(self, request: Request) -> JSONResponse:
        check_key(request)
        params = nested(request.query_params.multi_items())
        page = listed(self._of(request).newest_first(params.get("customer")), params)
        if "data.latest_charge" in expanded(params):
            page["data"] = [{**one, "latest_charge": self._of(request).charge(one)} for one in page["data"]]
        return JSONResponse(page)

    async def _customer(self, request: Request) -> JSONResponse:
        return await self._once(request, self._of(request).create_customer)

    async def _update(self, request: Request, intent_id: str) -> JSONResponse:
        return await self._once(request, lambda params: self._of(request).update(intent_id, params))

    async def _confirm(self, request: Request, intent_id: str) -> JSONResponse:
        bank_url = str(request.url.replace(path=f"{request.scope['root_path']}/bank/{intent_id}"))
        is_no = is_declined(request)
        return await self._once(request, lambda params: self._of(request).confirm(intent_id, params, bank_url, is_declined=is_no))

    async def _capture(self, request: Request, intent_id: str) -> JSONResponse:
        is_no = is_declined(request)
        return await self._once(request, lambda params: self._of(request).capture(intent_id, params, is_declined=is_no))

    async def _cancel(self, request: Request, intent_id: str) -> JSONResponse:
        return await self._once(request, lambda params: self._of(request).cancel(intent_id, params))

    async def _refund(self, request: Request) -> JSONResponse:
        is_no = is_declined(request)
        return await self._once(request, lambda params: self._of(request).refund(params, is_declined=is_no))

    async def _refunds(self, request: Request) -> JSONResponse:
        check_key(request)
        params = nested(request.query_params.multi_items())
        return JSONResponse(listed(self._of(request).refunds_of(params.get("payment_intent")), params))

    async def _method(self, request: Request, method_id: str) -> JSONResponse:
        check_key(request)
        kind = known_method(method_in(method_id))
        return JSONResponse({"id": method_id, "object": "payment_method", "type": kind, "livemode": False})

    async def _bank_page(self, intent_id: str) -> str:
        self._intents.find(intent_id)
        buttons = "".join(
            f'<form method=post action="{intent_id}/{verdict}"><button>{verdict}</button></form>' for verdict in VERDICTS
        )
        return f"<!doctype html><title>Sandbox bank</title><h1>SANDBOX: your bank asks</h1>{buttons}"

    async def _bank(self, thing_id: str, verdict: str) -> Response:
        """Answers for the bank, then sends the customer back to where the payment said."""
        if verdict not in VERDICTS:
            raise Refused(404, "resource_missing", "the bank approves or refuses", param="verdict")
        asked = thing_id.startswith("pi_") and self._intents.find(thing_id)["next_action"]
        settled = self._intents.settle(thing_id, is_approved=VERDICTS[verdict])
        self._state.save()
        if not asked:
            return JSONResponse(settled)
        back = asked["redirect_to_url"]["return_url"]
        outcome = {"payment_intent": thing_id, "redirect_status": "succeeded" if VERDICTS[verdict] else "failed"}
        return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{urlencode(outcome)}", 303)

    def _shown(self, thing: Row, params: dict[str, Any]) -> Row:
        """As the caller asked to see it: related things are ids unless they are expanded."""
        wanted = expanded(params)
        return {**thing, "latest_charge": self._intents.charge(thing)} if "latest_charge" in wanted else dict(thing)

    async def _once(self, request: Request, act: Act) -> JSONResponse:
        check_key(request)
        try:
            return await self._first_answers.once(request, lambda params: self._shown(act(params), params))
        finally:
            self._state.save()
