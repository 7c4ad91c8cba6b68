"""Stripe's idempotency keys: the same key and request get the first answer, any other request is refused.

https://docs.stripe.com/api/idempotent_requests
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from sandbox.state import Row, State
from sandbox.stripe_requests import Failed, Refused, params_of

Act = Callable[[dict[str, Any]], Row]


class FirstAnswers:
    """What was answered under each key. Stripe forgets after a day, this stand-in never."""

    def __init__(self, state: State) -> None:
        self._answers = state.shelf("stripe_idempotency")
        self._running: set[str] = set()

    async def once(self, request: Request, act: Act) -> JSONResponse:
        """Acts once for each key, while a key's request runs for no other. Without a key, acts each time."""
        key = request.headers.get("idempotency-key")
        if key is None:
            return JSONResponse(act(await params_of(request)))
        if key in self._running:
            raise Refused(409, "idempotency_key_in_use", "A request with this key is still running.", kind="idempotency_error")
        self._running.add(key)
        try:
            return self._answer(key, {"path": request.url.path, "params": await params_of(request)}, act)
        finally:
            self._running.discard(key)

    def _answer(self, key: str, asked: Row, act: Act) -> JSONResponse:
        first = self._answers.get(key)
        if first is None:
            first = self._answers[key] = {"asked": asked, **_tried(asked["params"], act)}
            return JSONResponse(first["body"], first["status"])
        if first["asked"] != asked:
            message = "Keys can only be used with the same endpoint and parameters they were first used with."
            raise Refused(400, None, message, kind="idempotency_error")
        return JSONResponse(first["body"], first["status"], {"Idempotent-Replayed": "true"})


def _tried(params: dict[str, Any], act: Act) -> Row:
    """A failure is an answer too; a refusal rises, for nothing began and the key stays free."""
    try:
        return {"status": 200, "body": act(params)}
    except Failed as failed:
        return {"status": failed.status, "body": {"error": failed.error}}
