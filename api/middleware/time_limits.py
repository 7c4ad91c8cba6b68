"""How long somebody may take to send a request, and we to answer it: nobody keeps a place here by being slow."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem


class TimeLimits:
    """A body is here within so many seconds, whatever it trickles; an answer is begun within so many after that."""

    def __init__(self, app: ASGIApp, body: float, answer: float) -> None:
        self._app = app
        self._body = body
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body_until = asyncio.get_running_loop().time() + self._body
        is_whole = has_begun = False

        async def in_time() -> Message:
            nonlocal is_whole
            if is_whole:
                return await receive()  # only tells when the client has left
            try:
                async with asyncio.timeout_at(body_until):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            is_whole = not message.get("more_body", False)
            return message

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            async with asyncio.timeout(self._body + self._answer) as limit:
                await self._app(scope, in_time, noted)
        except TimeoutError:
            if has_begun or not limit.expired():
                raise
            detail = "this took longer than anybody waits; please send the same request again"
            await Problem("unavailable", detail, headers={"Retry-After": "5"}).response()(scope, receive, send)
