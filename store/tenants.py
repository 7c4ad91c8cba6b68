"""Whose rows a statement is about: the business that whoever asks belongs to, which PostgreSQL holds each row against.

    with of_business(business_id):
        await find_service(pool, business_id, service_id)

It is named once for a request or an activity, by what they showed or were given, and not by the statement. A pool that was made
by `open_tenant_pool` tells PostgreSQL before a connection is used, which costs a round trip only where the connection worked
for another business before. A statement without a business is an error there, never an empty answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

SETTING = "slotkeeper.business_id"
NOBODY = "no business was named"
"""What stands there otherwise. It is no UUID, so that the policies' cast fails and says this."""

TELL = f"SELECT set_config('{SETTING}', $1, false)"

_named: ContextVar[UUID | None] = ContextVar("slotkeeper_business", default=None)


class TenantConnection(asyncpg.Connection):
    """Remembers for whom PostgreSQL believes it to work."""

    __slots__ = ("_works_for",)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._works_for = NOBODY

    async def work_for(self, business: str) -> None:
        """Outside of a transaction: one that is rolled back would take the business along."""
        if business != self._works_for:
            self._works_for = ""  # where this is cut off, nobody knows which
            await self.execute(TELL, business)
            self._works_for = business


async def tell_business(connection: PoolConnectionProxy) -> None:
    """Before each use of a connection, whoever had it before."""
    business_id = _named.get()
    await connection.work_for(NOBODY if business_id is None else str(business_id))  # type: ignore[attr-defined] # it is ours


def enter_business(business_id: UUID) -> None:
    """From here on, for the rest of the task, everything is about this business."""
    _named.set(business_id)


def present_business() -> UUID | None:
    """Whom everything is about here."""
    return _named.get()


@contextmanager
def of_business(business_id: UUID | None) -> Iterator[None]:
    """Everything within is about this business, or, for None, about none; also in tasks that begin within."""
    token = _named.set(business_id)
    try:
        yield
    finally:
        _named.reset(token)
