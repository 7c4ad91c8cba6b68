"""How programs reach PostgreSQL: one pool each, with JSON as Python values."""

from __future__ import annotations

import json

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Database = asyncpg.Pool | asyncpg.Connection | PoolConnectionProxy
"""Whatever can run one statement."""


async def open_pool(database_url: str, size: int = 10) -> asyncpg.Pool:
    """Connects at once, so that a wrong address fails at start. The caller closes the pool. Instants come back in UTC."""
    return await asyncpg.create_pool(
        database_url,
        min_size=min(size, 2),
        max_size=size,
        init=_read_json,
        command_timeout=30,
        server_settings={"application_name": "slotkeeper", "timezone": "UTC"},
    )


async def _read_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
