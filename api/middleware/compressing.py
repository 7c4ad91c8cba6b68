"""Long answers to reads go compressed to whoever takes them so.

Only answers to GET that are there as a whole: what comes in pieces would be held up, and what fits one packet gains nothing.
BREACH needs a browser that sends its credential by itself, and an attacker's words beside the secret. Our credentials are in a
header that no page of another site makes a browser send, and secrets that are shown once are answers to POST: never compressed.
"""

from __future__ import annotations

import asyncio
import gzip

from cachetools import LRUCache
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.conditions import COMPRESSED

SHORTEST = 1400  # bytes: about one packet
LONG = 100_000  # from here on in a thread, for it takes some milliseconds
KEPT_BYTES = 16 * 1024 * 1024  # of what was squeezed lately: many ask for the same slots
LEVEL = 1  # twice as quick as the others, for a tenth more bytes of JSON
KINDS = ("application/json", "text/", "application/javascript")


class Compressing:
    """gzip, which every client knows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: LRUCache[tuple[object, ...], bytes] = LRUCache(KEPT_BYTES, len)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        is_taken = takes_gzip(Headers(scope=scope).get("accept-encoding", ""))
        start: Message | None = None

        async def compress(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                if is_worth_it(message):
                    start = message
                    return
                if message["status"] == 304:
                    MutableHeaders(scope=message).add_vary_header("Accept-Encoding")
            elif start is not None and message["type"] == "http.response.body":
                begun, start = start, None
                headers = MutableHeaders(scope=begun)
                headers.add_vary_header("Accept-Encoding")
                if is_taken and not message.get("more_body"):
                    where = (scope["path"], scope.get("query_string", b""))
                    message = {**message, "body": await self._compressed(where, message.get("body", b""), headers)}
                await send(begun)
            await send(message)

        await self._app(scope, receive, compress)

    async def _compressed(self, where: tuple[object, ...], body: bytes, headers: MutableHeaders) -> bytes:
        """What has a tag is squeezed once: a tag stands for one answer to one question."""
        tag = headers.get("etag", "")
        squeezed = self._kept.get((*where, tag)) if tag else None
        if squeezed is None:
            squeezed = await asyncio.to_thread(_gzip, body) if len(body) >= LONG else _gzip(body)
            if tag and len(squeezed) <= self._kept.maxsize:
                self._kept[(*where, tag)] = squeezed
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(squeezed))
        if tag.startswith('"'):  # a strong one is of these very bytes (RFC 9110, 8.8.3.3)
            headers["ETag"] = f'{tag[:-1]}{COMPRESSED}"'
        return squeezed


def takes_gzip(accepted: str) -> bool:
    """By RFC 9110, 12.5.3: named, or everything is, and not with a weight of nothing."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        weights[name.strip()] = weight.replace(" ", "").removeprefix("q=").rstrip("0.") != "" or "=" not in weight
    return weights.get("gzip", weights.get("*", False))


def is_worth_it(start: Message) -> bool:
    """A whole answer of our own that is long enough and not compressed already."""
    headers = Headers(raw=start["headers"])
    length = headers.get("content-length", "0")
    is_long = length.isdigit() and int(length) >= SHORTEST
    is_text = headers.get("content-type", "").startswith(KINDS) and "content-encoding" not in headers
    return start["status"] == 200 and is_long and is_text


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)
