"""Each call of staff leaves a line in the audit log before anything is done or shown for it.

What a call changes is changed by its booking's workflow as often as here, so a line cannot be in the transaction of every change;
it is there before. A line without a change is a call that was refused, or that a crash cut off; a change without a line there is
none.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from store.audit import Asked, note

WORDS = frozenset({"account_kind", "kind", "channel", "language", "valid_from"})
"""What an address may say beside ids."""
WORD = re.compile(r"[a-z][a-z_]{1,23}|\d{4}-\d\d-\d\d")


@dataclass(slots=True)
class Call:
    """The request that is being answered, and for whom it was noted."""

    scope: Scope
    noted: set[str] = field(default_factory=set)


_present: ContextVar[Call | None] = ContextVar("slotkeeper_call", default=None)


class Auditing:
    """Remembers which request a caller is found out for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = _present.set(Call(scope))
        try:
            await self._app(scope, receive, send)
        finally:
            _present.reset(token)


async def audit(pool: asyncpg.Pool, business_id: UUID, who: str) -> None:
    """Writes down that `who` asks for this, once a request."""
    call = _present.get()
    if call is None:
        raise RuntimeError("the application has no Auditing around it")
    if who not in call.noted:
        await note(pool, Asked(business_id, who, _route(call.scope), _named(call.scope), _address(call.scope)))
        call.noted.add(who)


def _route(scope: Scope) -> str:
    """As it is declared: the address itself may say anything."""
    return f"{scope['method']} {getattr(scope.get('route'), 'path', 'unknown')}"


def _named(scope: Scope) -> dict[str, str]:
    query = QueryParams(scope["query_string"])
    said = {**{name: value for name, value in query.multi_items() if name.endswith("_id")}, **scope.get("path_params", {})}
    return {
        name: str(value) for name, value in said.items() if _is_id(str(value)) or (name in WORDS and WORD.fullmatch(str(value)))
    }


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return len(value) == 36


def _address(scope: Scope) -> str | None:
    client = scope.get("client")
    return str(client[0]) if client else None
