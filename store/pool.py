"""How programs reach PostgreSQL: one pool each, with JSON as Python values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.accidents import DoesNotAnswer

Database = asyncpg.Pool | asyncpg.Connection | PoolConnectionProxy
"""Whatever can run one statement."""


async def open_pool(database_url: str, size: int = 10) -> asyncpg.Pool:
    """Connects at once, so that a wrong address fails at start. The caller closes the pool. Instants come back in UTC.

    Raises DoesNotAnswer.
    """
    with reaching(database_url):
        return await asyncpg.create_pool(
            database_url,
            min_size=min(size, 2),
            max_size=size,
            init=_read_json,
            reset=_leave_as_is,
            command_timeout=30,
            server_settings={"application_name": "slotkeeper", "timezone": "UTC"},
        )


@contextmanager
def reaching(database_url: str) -> Iterator[None]:
    """Around the first connection: says which database it is that does not let us in."""
    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
        why = (fault.strerror if isinstance(fault, OSError) else None) or str(fault) or type(fault).__name__
        raise DoesNotAnswer("the database", _without_login(database_url), why) from fault


def _without_login(database_url: str) -> str:
    return database_url.rpartition("@")[2].partition("?")[0].rpartition("//")[2]


async def _read_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def _leave_as_is(_: asyncpg.Connection) -> None:
    """Nothing here outlives its transaction (no SET, LISTEN or session lock), so there is nothing to undo after each use.

    asyncpg's own way is one more statement for every one of ours. It still rolls back what was left open.
    """
