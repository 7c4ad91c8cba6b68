"""The fault switchboard: makes a vendor's next calls fail in the ways that real ones do."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOR_GOOD = -1


class Mode(StrEnum):
    DECLINE = "decline"  # the vendor's own no
    ERROR_500 = "error_500"  # nothing happened, the vendor says 500
    TIMEOUT_BEFORE = "timeout_before"  # nothing happened and the connection breaks
    TIMEOUT_AFTER = "timeout_after"  # it happened, the answer is lost
    DUPLICATE = "duplicate"  # the network delivers the request twice
    SLOW = "slow"  # it takes `seconds`


class Fault(BaseModel):
    """One planned fault. `operation` "*" is every operation; `times` -1 is for good. With `only`, it is for calls that say one
    of these in their path, an Idempotency-Key or their body, or are about a thing that does: one customer's address, or one
    booking's id."""

    model_config = ConfigDict(extra="forbid")

    vendor: Annotated[str, Field(pattern="^(stripe|google|twilio|smtp|receiver)$")]
    operation: Annotated[str, Field(min_length=1, max_length=40)] = "*"
    mode: Mode
    times: Annotated[int, Field(ge=FOR_GOOD, le=10_000)] = 1
    seconds: Annotated[float, Field(ge=0, le=60)] = 3.0
    only: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=50)] = ()

    def fits(self, vendor: str, operation: str, said: str) -> bool:
        return (
            self.vendor == vendor
            and self.operation in ("*", operation)
            and (not self.only or any(one in said for one in self.only))
        )


class Faults:
    """What is planned; the first that fits a call is used up by it. A call without an operation is nobody's fault."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []
        self.called: Counter[tuple[str, str]] = Counter()

    def take(self, vendor: str, operation: str | None, said: str = "") -> Fault | None:
        """The fault that strikes this call; `said` is what `only` is looked for in."""
        if operation is None:
            return None
        self.called[vendor, operation] += 1
        for fault in self.planned:
            if fault.times != 0 and fault.fits(vendor, operation, said):
                if fault.times > 0:
                    fault.times -= 1
                return fault
        return None

    @property
    def is_choosy(self) -> bool:
        """Whether some fault waits for certain calls."""
        return any(fault.only and fault.times != 0 for fault in self.planned)

    def routes(self) -> APIRouter:
        router = APIRouter(tags=["faults"])

        @router.post("/faults", status_code=201)
        async def plan(fault: Fault) -> Fault:
            self.planned.append(fault)
            return fault

        @router.get("/faults")
        async def show() -> list[Fault]:
            return [fault for fault in self.planned if fault.times != 0]

        @router.delete("/faults", status_code=204)
        async def clear() -> None:
            self.planned.clear()

        @router.get("/calls")
        async def show_calls() -> list[tuple[str, str, int]]:
            """Which operations of which vendors were called so far, how often."""
            return [(vendor, operation, times) for (vendor, operation), times in self.called.items()]

        return router


@dataclass(slots=True)
class FaultyVendor:
    """ASGI: one vendor's app behind the switchboard. `operation_of` names the operation of a method and path; `about` tells whose
    the thing is that a path names, for calls that say no more."""

    app: ASGIApp
    vendor: str
    operation_of: Callable[[str, str], str | None]
    faults: Faults
    about: Callable[[str], str] = lambda _: ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        said = ""
        if self.faults.is_choosy:
            body = await _read(receive)
            said, receive = f"{_said(scope, body)}\n{self.about(path)}", _again(body)
        fault = self.faults.take(self.vendor, self.operation_of(scope["method"], path), said)
        match fault.mode if fault else None:
            case None:
                await self.app(scope, receive, send)
            case Mode.TIMEOUT_BEFORE:
                await _break(send)
            case Mode.ERROR_500:
                await _say_500(send)
            case Mode.TIMEOUT_AFTER:
                await self.app(scope, receive, _unheard)
                await _break(send)
            case Mode.DUPLICATE:
                body = await _read(receive)
                await self.app(dict(scope), _again(body), _unheard)
                await self.app(scope, _again(body), send)
            case Mode.SLOW:
                ready_at = time.monotonic() + (fault.seconds if fault else 0)
                await self.app(scope, _late(await _read(receive), ready_at), _not_before(ready_at, send))
            case Mode.DECLINE:
                await self.app({**scope, "sandbox.decline": True}, receive, send)


async def _unheard(message: Message) -> None:
    """The answer that never arrives."""


async def _break(send: Send) -> None:
    """Begins an answer and never ends it, upon which the server closes the connection: the client sees it break."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def _say_500(send: Send) -> None:
    body = b'{"error": {"message": "a planned fault", "type": "api_error", "code": 500}}'
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _said(scope: Scope, body: bytes) -> str:
    keys = [value.decode() for name, value in scope["headers"] if name == b"idempotency-key"]
    query = scope["query_string"].decode()
    return unquote_plus("\n".join([scope["path"], query, *keys, body.decode(errors="replace")]))


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body", False):
            return body


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _late(body: bytes, ready_at: float) -> Receive:
    """The request is at the vendor, who takes their time over it."""

    async def receive() -> Message:
        await asyncio.sleep(ready_at - time.monotonic())
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _not_before(ready_at: float, send: Send) -> Send:
    """For calls without a body to read."""

    async def late(message: Message) -> None:
        await asyncio.sleep(ready_at - time.monotonic())
        await send(message)

    return late
