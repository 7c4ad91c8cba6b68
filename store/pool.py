"""How programs reach PostgreSQL: one pool each, with JSON as Python values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.accidents import DoesNotAnswer
from store.sealing import Row, Vault
from store.tenants import NOBODY, SETTING, TenantConnection, tell_business

Database = asyncpg.Pool | asyncpg.Connection | PoolConnectionProxy
"""Whatever can run one statement."""


ABOUT_US = {"application_name": "slotkeeper", "timezone": "UTC"}


async def open_pool(database_url: str, size: int = 10, vault: Vault | None = None) -> asyncpg.Pool:
    """For work over all businesses. Connects at once, so that a wrong address fails at start. The caller closes the pool.
    Instants come back in UTC. Without a vault customers' details can neither be opened nor sealed.

    Raises DoesNotAnswer.
    """
    with reaching(database_url):
        return await asyncpg.create_pool(
            database_url,
            **_options(size, vault),
            connection_class=_with(vault, asyncpg.Connection),
            server_settings=ABOUT_US,
        )


async def open_tenant_pool(database_url: str, size: int = 10, vault: Vault | None = None) -> asyncpg.Pool:
    """The same for work that is about one business at a time, which `store.tenants` names.

    Raises DoesNotAnswer.
    """
    with reaching(database_url):
        return await asyncpg.create_pool(
            database_url,
            **_options(size, vault),
            connection_class=_with(vault, TenantConnection),
            setup=tell_business,
            server_settings={**ABOUT_US, SETTING: NOBODY},
        )


def _options(size: int, vault: Vault | None) -> dict[str, Any]:
    return {
        "min_size": min(size, 2),
        "max_size": size,
        "init": _read_json,
        "reset": _leave_as_is,
        "command_timeout": 30,
        "record_class": rows_with(vault),
    }


def rows_with(vault: Vault | None) -> type[Row]:
    """The kind of rows that can open what is sealed in them."""
    return _with(vault, Row)


def _with(vault: Vault | None, kind: type) -> type:
    """The same kind of thing, with these keys at hand."""
    return type(kind.__name__, (kind,), {"__slots__": (), "vault": vault})


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
    """Nothing here outlives its transaction (no LISTEN or session lock), so there is nothing to undo after each use; for whom a
    connection works is said before each.

    asyncpg's own way is one more statement for every one of ours. It still rolls back what was left open.
    """
