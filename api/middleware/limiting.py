"""Keeps everybody within their limits: counts each request for its address, its caller and its business, and says how it stands.

The header fields are those of draft-ietf-httpapi-ratelimit-headers-11: `RateLimit-Policy` says what may be asked for in which
time (`"address";q=3000;w=60`), `RateLimit` what is left of it, and for how many seconds at least (`"address";r=2999;t=1`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.middleware.client_address import Address, Network, address_of, is_in, subject_of
from api.problems import Problem
from api.rate_limits import RateLimits
from domain.rate_limits import Limit, Standing

WORDS = {
    Limit.ADDRESS: "more requests come from this address than it may send",
    Limit.CALLER: "more requests come with this credential than may be sent with it",
    Limit.BUSINESS: "more requests come for this business than it may be sent",
    Limit.ENTRANCE: "more log-ins, registrations and mails' links come from this address than it may send",
    Limit.LOG_IN: "this account was tried too often",
    Limit.ACCOUNT: "this account was tried too often",
    Limit.MAILS: "mails to this address were asked for too often",
    Limit.SECOND_FACTOR: "too many codes were tried",
}


@dataclass(slots=True)
class Meter:
    """One request, and how it stands with each limit that it was counted for. `is_free` comes from a network without limits."""

    limits: RateLimits
    address: Address | None
    is_free: bool
    standings: dict[str, Standing] = field(default_factory=dict)

    async def count(self, limit: Limit, subject: str) -> None:
        """Raises Problem where that is one too many."""
        if not self.is_free and (standing := await self.limits.count(limit, subject)) is not None:
            self.note(standing)

    def note(self, standing: Standing) -> None:
        """Raises Problem where it is refused."""
        self.standings[standing.limit.told] = standing
        if standing.is_refused:
            raise rate_limited(standing)

    def headers(self) -> list[tuple[bytes, bytes]]:
        """How the request stands; nothing where it was not counted."""
        if not self.standings:
            return []
        policies = (f'"{name}";q={one.rate.most};w={one.rate.seconds}' for name, one in self.standings.items())
        left = (f'"{name}";r={one.left};t={one.again_in}' for name, one in self.standings.items())
        return [(b"ratelimit-policy", ", ".join(policies).encode()), (b"ratelimit", ", ".join(left).encode())]


_present: ContextVar[Meter | None] = ContextVar("slotkeeper_meter", default=None)


def present_meter() -> Meter | None:
    """Of the request that this task is about."""
    return _present.get()


def present_address() -> Address | None:
    """From where the present request comes, where that is known."""
    meter = _present.get()
    return None if meter is None else meter.address


async def count_caller(name: str) -> None:
    """Counts the present request for whoever has shown a good credential. Raises Problem."""
    if (meter := _present.get()) is not None:
        await meter.count(Limit.CALLER, name)


async def count_business(business_id: UUID, *, is_known: bool) -> None:
    """Counts the present request for the business that it is about. Those who have shown a credential are counted apart from
    everybody else, so that a crowd of strangers keeps nobody out who works or has booked there. Raises Problem."""
    if (meter := _present.get()) is not None:
        await meter.count(Limit.BUSINESS, f"{business_id}:{'known' if is_known else 'anybody'}")


def rate_limited(standing: Standing) -> Problem:
    """The answer to one request too many; says which limit, and when to come again."""
    name, seconds = standing.limit.told, standing.again_in
    detail = f"{WORDS[standing.limit]}: {standing.rate.most} in {standing.rate.seconds} s; come again in {seconds} s"
    return Problem("rate-limited", detail, headers={"Retry-After": str(seconds)}, more={"limit": name})


class Limiting:
    """Counts each request for its address before anything else is done about it, and adds the header fields to its answer."""

    def __init__(self, app: ASGIApp, free: Sequence[Network]) -> None:
        self._app = app
        self._free = free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wiring = getattr(scope["app"].state, "wiring", None) if scope["type"] == "http" else None
        if wiring is None:
            await self._app(scope, receive, send)
            return
        address = address_of(scope)
        meter = Meter(wiring.rate_limits, address, is_in(address, self._free))

        async def with_standing(message: Message) -> None:
            if message["type"] == "http.response.start" and meter.standings:
                message = {**message, "headers": [*message.get("headers", ()), *meter.headers()]}
            await send(message)

        token = _present.set(meter)
        try:
            await meter.count(Limit.ADDRESS, subject_of(address))
            await self._app(scope, receive, with_standing)
        except Problem as refused:  # only ours: the application answers its own
            await refused.response()(scope, receive, with_standing)
        finally:
            _present.reset(token)
