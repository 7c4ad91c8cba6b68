"""Databases for tests, copied from the migrated one: that is faster than to migrate each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from embedded.logins import logins
from embedded.postgres import EmbeddedPostgres
from settings import Settings
from store.pool import open_pool, open_tenant_pool
from store.sealing import deployments_vault

SETTINGS = Settings(database_url="postgresql://unused", token_secret="t" * 32)
VAULT = deployments_vault(SETTINGS)
"""The same keys as programs have that are started with this secret."""


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


@asynccontextmanager
async def product_pools(owner_url: str, size: int = 20) -> AsyncIterator[tuple[asyncpg.Pool, asyncpg.Pool]]:
    """What the product works with on this owner's database: for one business at a time, and for all."""
    known = logins(owner_url)
    tenant = await open_tenant_pool(known["database_url"], size, VAULT)
    steward = await open_pool(known["database_steward_url"], 4, VAULT)
    try:
        yield tenant, steward
    finally:
        await tenant.close()
        await steward.close()


@asynccontextmanager
async def opened_door(owner_url: str, size: int = 4) -> AsyncIterator[asyncpg.Pool]:
    """What the API looks people up with."""
    door = await open_pool(logins(owner_url)["database_door_url"], size)
    try:
        yield door
    finally:
        await door.close()
