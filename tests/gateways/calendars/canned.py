"""A server that says one thing only, whatever it is asked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send


@dataclass(slots=True)
class Canned:
    """ASGI: answers by path prefix, and remembers the Authorization of each call."""

    answers: dict[str, tuple[int, str]]
    authorizations: list[str | None] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body", False):
            pass
        status, body = next(answer for prefix, answer in self.answers.items() if scope["path"].startswith(prefix))
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.authorizations.append(headers.get("authorization"))
        sent = [(b"content-type", b"application/json"), (b"content-length", str(len(body.encode())).encode())]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": body.encode()})


@dataclass(frozen=True, slots=True)
class Moved:
    """ASGI: asks for a password, and sends whoever has one to another server."""

    to: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        knows = any(name == b"authorization" for name, _ in scope["headers"])
        ask, move = (b"www-authenticate", b'Basic realm="calendar"'), (b"location", (self.to + scope["path"]).encode())
        headers = [move if knows else ask, (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 307 if knows else 401, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def google_error(status: int, reason: str) -> tuple[int, str]:
    """An error as Google words it: https://developers.google.com/workspace/calendar/api/guides/errors"""
    error = {"errors": [{"domain": "global", "reason": reason, "message": "No"}], "code": status, "message": "No"}
    return status, json.dumps({"error": error})
