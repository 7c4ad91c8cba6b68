"""Callers who all ask in the same instant, each on a connection of their own that is open already.

They speak just enough HTTP to be much lighter than the server that they ask, with which they share the machine.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
AGAIN = re.compile(rb"\r\nretry-after: *(\d+)", re.IGNORECASE)
END = b"\r\n\r\n"
OPENED_AT_ONCE = 200
IDLE_AT_MOST = 2.0
"""Seconds after which a connection is not used again: the server closes it after some more, and a request would be lost."""
LOST = 0
"""The status of an answer that never came, because the connection broke."""
UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller was told in the end, after how many seconds, and how often they were told to ask again before."""

    status: int
    body: bytes
    seconds: float
    asked_again: int = 0

    @property
    def said(self) -> dict[str, Any]:
        return dict(json.loads(self.body)) if self.body else {}


@dataclass(slots=True, eq=False)
class Caller(asyncio.Protocol):
    """One connection. Asks one thing at a time."""

    heard: bytes = b""
    answered: asyncio.Future[tuple[int, bytes, int]] | None = None
    transport: asyncio.Transport | None = None
    answered_at: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard += data
        head, end, body = self.heard.partition(END)
        length = LENGTH.search(head)
        if not end or length is None or len(body) < int(length[1]):
            return
        again, self.heard, self.answered_at = AGAIN.search(head), b"", time.monotonic()
        self._tell((int(head[9:12]), body, int(again[1]) if again else 0))

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._tell((LOST, str(exc or "closed").encode(), 0))

    def is_ready(self) -> bool:
        """Whether it may be asked over this connection; otherwise it is closed."""
        idle = 0.0 if self.answered_at is None else time.monotonic() - self.answered_at
        if self.transport is not None and (self.transport.is_closing() or idle > IDLE_AT_MOST):
            self.transport.abort()
            self.transport = None
        return self.transport is not None

    async def ask(self, request: bytes) -> tuple[int, bytes, int]:
        """The status, the body, and after how many seconds to ask again if so."""
        if self.transport is None:
            return LOST, b"not connected", 0
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answered

    def _tell(self, answer: tuple[int, bytes, int]) -> None:
        if self.answered is not None and not self.answered.done():
            self.answered.set_result(answer)


@dataclass(slots=True)
class Crowd:
    """So many connections to one address; one that was idle is opened anew."""

    api_url: str
    callers: list[Caller] = field(default_factory=list)

    async def gather(self, count: int) -> None:
        """Opens what is missing, a few at once: it is not the connecting that is tried here."""
        self.callers = [caller for caller in self.callers if caller.is_ready()]
        while (missing := count - len(self.callers)) > 0:
            await asyncio.gather(*(self._connect() for _ in range(min(missing, OPENED_AT_ONCE))))

    async def ask(self, requests: Sequence[bytes]) -> list[Answer]:
        """All at once; each asks again when told to, as the same caller with the same key."""
        await self.gather(len(requests))
        return list(await asyncio.gather(*(self._ask(*one) for one in zip(self.callers, requests, strict=False))))

    def close(self) -> None:
        for caller in self.callers:
            if caller.transport is not None:
                caller.transport.abort()
        self.callers.clear()

    async def _connect(self) -> Caller:
        host, port = urlsplit(self.api_url).hostname or "", urlsplit(self.api_url).port or 80
        _, caller = await asyncio.get_running_loop().create_connection(Caller, host, port)
        self.callers.append(caller)
        return caller

    async def _ask(self, caller: Caller, request: bytes) -> Answer:
        began, asked_again = time.perf_counter(), 0
        while True:
            status, body, again = await caller.ask(request)
            if status != UNAVAILABLE or not again:
                return Answer(status, body, time.perf_counter() - began, asked_again)
            asked_again += 1
            await asyncio.sleep(again)
            if not caller.is_ready():
                caller = await self._connect()


def booking(api_url: str, body: dict[str, Any], key: str) -> bytes:
    """POST /bookings as it goes over the wire."""
    sent = json.dumps(body).encode()
    head = f"POST /api/v1/bookings HTTP/1.1\r\nHost: {urlsplit(api_url).netloc}\r\nContent-Type: application/json\r\n"
    return f"{head}Idempotency-Key: {key}\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent
