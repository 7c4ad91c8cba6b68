"""The short way for an order as nearly everybody sends it: of a thousand who want one slot, each has to be heard.

Whatever is unusual about a request, a mistake above all, goes FastAPI's own way, which says what is wrong: both answer alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.requests import KEY, LONGEST_KEY
from api.schemas.booking_requests import NewBooking
from api.schemas.bookings import HeldAnswer
from api.wiring import Wiring

Book = Callable[[Wiring, NewBooking, Request, Response, str | None], Awaitable[HeldAnswer]]


class UsualOrders(APIRoute):
    """The route of an endpoint that takes a `Book`'s arguments: working out which it wants took a third of a refusal's CPU."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What Starlette calls."""
        in_general, book = super().get_route_handler(), self.endpoint

        async def handle(request: Request) -> Response:
            order = await _usual(request)
            return await _answer(book, request, *order) if order is not None else await in_general(request)

        return handle


async def _usual(request: Request) -> tuple[NewBooking, str | None] | None:
    """The wish and the Idempotency-Key, or None where anything about them needs a second look. Raises Problem as FastAPI's way
    does: where nothing new can be begun, before the fields are looked at."""
    keys = request.headers.getlist("idempotency-key")
    if request.headers.getlist("content-type") != ["application/json"] or len(keys) > 1 or not all(map(_is_key, keys)):
        return None
    try:
        sent = json.loads(await request.body())
    except ClientDisconnect:
        raise HTTPException(400, "There was an error parsing the body") from None
    except (ValueError, RecursionError):
        return None
    if not keys:
        wired: Wiring = request.app.state.wiring
        wired.admission.check()
    try:
        return NewBooking.model_validate(sent), keys[0] if keys else None
    except ValidationError:
        return None


async def _answer(book: Book, request: Request, wanted: NewBooking, key: str | None) -> Response:
    more = Response()
    del more.headers["content-length"]
    held = await book(request.app.state.wiring, wanted, request, more, key)
    answer = Response(held.model_dump_json(), 201, media_type="application/json")
    answer.headers.raw.extend(more.headers.raw)
    return answer


def _is_key(key: str) -> bool:
    return len(key) <= LONGEST_KEY and re.fullmatch(KEY, key) is not None
