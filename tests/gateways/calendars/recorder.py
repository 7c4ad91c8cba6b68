"""Writes down what a client sends, on the way to whoever answers it."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `target` is the path as it was sent, with its query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Recorder:
    """ASGI: passes everything on unchanged. `running` counts the calls that may yet have an effect."""

    app: ASGIApp
    mounted_at: str = ""
    calls: list[Call] = field(default_factory=list)
    running: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body, more = b"", True
        while more:  # also what the app would refuse to read
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        unread = [{"type": "http.request", "body": body, "more_body": False}]

        async def heard() -> Message:
            return unread.pop() if unread else await receive()

        query = scope["query_string"]
        target = (scope["raw_path"] + (b"?" + query if query else b"")).decode()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.calls.append(Call(scope["method"], target.removeprefix(self.mounted_at), headers, body))
        self.running += 1
        try:
            await self.app(scope, heard, send)
        finally:
            self.running -= 1
