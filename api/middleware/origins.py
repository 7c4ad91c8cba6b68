"""Which web pages may ask from a visitor's browser: those of the origins that the business itself has listed (CORS).

Never `*`, and never with credentials: nothing here reads a cookie. A preflight shows no credential and no body, so it is answered
by whether any business has listed the origin; the answer itself is only shown to pages whose origin its own business has listed.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import asyncpg
from cachetools import TTLCache
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ACCIDENTS
from api.wiring import Wiring
from store.businesses import is_listed_origin
from store.pool import Database
from store.tenants import present_business

METHODS = "GET, POST, PUT, PATCH, DELETE"
SENT = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer, X-Request-Id"
SHOWN = (
    "ETag, Link, Location, Retry-After, WWW-Authenticate, X-Request-Id, Idempotent-Replayed, Preference-Applied, Deprecation, "
    "Sunset, RateLimit, RateLimit-Policy"
)
ASKED = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
KEPT_SECONDS = 30  # a browser keeps a preflight longer, by MAX_AGE
MAX_AGE = "600"
MOST = 10_000


class KnownOrigins:
    """What was looked up lately, so that a page's requests cost one look."""

    def __init__(self) -> None:
        self._known: TTLCache[tuple[str, UUID | None], bool] = TTLCache(MOST, KEPT_SECONDS)

    async def is_listed(self, database: Database, origin: str, business_id: UUID | None) -> bool:
        """By this business, or for None by any."""
        key = (origin, business_id)
        if (known := self._known.get(key)) is None:
            try:
                known = self._known[key] = await is_listed_origin(database, origin, business_id)
            except (*ACCIDENTS, asyncpg.InterfaceError):
                return False  # the answer itself says what is away
        return known


class Origins:
    """Answers preflights, and says with each answer whether the page that asked may read it."""

    def __init__(self, app: ASGIApp, wiring: Callable[[], Wiring]) -> None:
        self._app = app
        self._wiring = wiring
        self._known = KnownOrigins()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = sent.get("origin")
        if origin is None or len(origin) > 300:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and "access-control-request-method" in sent:
            await (await self._preflight(origin))(scope, receive, send)
            return

        async def show(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if await self._known.is_listed(self._wiring().pool, origin, present_business()):
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Expose-Headers"] = SHOWN
            await send(message)

        await self._app(scope, receive, show)

    async def _preflight(self, origin: str) -> Response:
        answer = Response(status_code=204, headers={"Vary": ASKED})
        if await self._known.is_listed(self._wiring().pool, origin, None):
            answer.headers.update(
                {
                    "Access-Control-Allow-Origin": origin,
                    "Access-Control-Allow-Methods": METHODS,
                    "Access-Control-Allow-Headers": SENT,
                    "Access-Control-Max-Age": MAX_AGE,
                }
            )
        return answer
