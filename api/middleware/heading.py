"""What every answer says beside what was asked: the request's id, and what its route has left to be said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

REQUEST_ID = "X-Request-Id"
SANE = re.compile(r"[A-Za-z0-9._:-]{8,128}")  # goes into logs as it is
LEFT = "slotkeeper.headers"

_request_id: ContextVar[str | None] = ContextVar("slotkeeper_request_id", default=None)


def request_id() -> str | None:
    """By which this request is found in the log; None outside of one."""
    return _request_id.get()


def say_with_the_answer(request: Request, headers: Mapping[str, str]) -> None:
    """These headers go with whatever is answered, a refusal too. Several Links are one list (RFC 8288)."""
    request.scope.setdefault(LEFT, []).extend(headers.items())


class Heading:
    """Takes the caller's id for the request, or makes one, and says it with the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(REQUEST_ID, "")
        mine = sent if SANE.fullmatch(sent) else str(uuid7())
        _request_id.set(mine)  # for the rest of the task: the log's line comes after
        left: list[tuple[str, str]] = []
        scope[LEFT] = left

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = mine
                for name, value in left:
                    headers.append(name, value)
            await send(message)

        await self._app(scope, receive, say)
