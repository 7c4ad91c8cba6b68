"""A business's own system: takes webhooks, verifies them with the library that such systems use, and answers as it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from tests.waiting import PATIENCE, until

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came."""

    id: str
    signatures: str
    body: bytes
    headers: dict[str, str]
    is_verified: bool

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event

    @property
    def type(self) -> str:
        return str(self.event["type"])


@dataclass(slots=True)
class Receiver:
    """`answers` are the next statuses, then `usual`; `hangs` keeps every request until the end of the test."""

    url: str = ""
    secret: str = ""
    usual: int = 200
    body: str = "thank you"
    headers: dict[str, str] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    hangs: bool = False
    got: list[Received] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        signatures = headers.get("webhook-signature", "")
        self.got.append(Received(headers.get("webhook-id", ""), signatures, body, headers, verifies(self.secret, body, headers)))
        if self.hangs:
            await asyncio.Event().wait()
        status = self.answers.pop(0) if self.answers else self.usual
        return web.Response(status=status, text=self.body, headers=self.headers)

    @property
    def types(self) -> list[str]:
        return [one.type for one in self.got]

    def of(self, booking_id: str) -> list[str]:
        """The types that were told of this booking, in the order of their coming."""
        return [one.type for one in self.got if one.event["data"].get("id") == booking_id]

    async def gets(self, count: int, seconds: float = PATIENCE) -> None:
        """Waits for so many requests; shows those that came instead."""
        try:
            await until(lambda: len(self.got) >= count, seconds)
        except TimeoutError:
            raise AssertionError(f"only {self.types}") from None


def verifies(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    if not secret:
        return False
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a port of its own; what hangs is cut off at the end."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://{HOST}:{port}/hooks"
    try:
        yield receiver
    finally:
        await runner.cleanup()
