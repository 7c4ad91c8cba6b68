"""Databases for tests, copied from the migrated one: that is faster than to migrate each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from embedded.postgres import EmbeddedPostgres


@asynccontextmanager
async def copied(server: EmbeddedPostgres, migrated_url: str) -> AsyncIterator[str]:
    """The address of a copy of its own; the copy is gone afterwards, whoever is still connected to it."""
    name = f"test_{uuid4().hex}"
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {urlsplit(migrated_url).path[1:]}")
        yield server.url(name)
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()
