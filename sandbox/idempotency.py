"""Stripe's idempotency keys: the same key and parameters get the first answer, other parameters are refused.

https://docs.stripe.com/api/idempotent_requests
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from sandbox.state import Row, State

Answer = Callable[[dict[str, Any]], Awaitable[Row]]


class Refused(Exception):
    """An error in Stripe's shape."""

    def __init__(self, status: int, code: str, message: str, *, kind: str = "invalid_request_error", **more: str | None) -> None:
        super().__init__(code)
        self.status = status
        self.error = {"type": kind, "code": code, "message": message, **more}


async def remembered(state: State, request: Request, params: dict[str, Any], act: Answer) -> JSONResponse:
    """Acts once for each key. Errors are remembered too, as Stripe does, but for those found before anything began."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return JSONResponse(await act(params))
    answers = state.shelf("stripe_idempotency")
    asked = {"path": request.url.path, "params": params}
    if (first := answers.get(key)) is not None:
        if first["asked"] != asked:
            raise Refused(400, "idempotency_key_in_use", "this key was used with other parameters", kind="idempotency_error")
        return JSONResponse(first["body"], first["status"], {"Idempotent-Replayed": "true"})
    status, body = 200, {}
    try:
        body = await act(params)
    except Refused as refused:
        if refused.status != 402:
            raise
        status, body = refused.status, {"error": refused.error}
    answers[key] = {"asked": asked, "status": status, "body": body}
    return JSONResponse(body, status)
