"""One whole system for all journeys; each test opens a business of its own in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from embedded.postgres import EmbeddedPostgres
from store.pool import open_pool
from temporal.setup import register
from tests.databases import VAULT
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.salon import Salon, open_salon
from tests.workflows.system import hasty_settings


@pytest.fixture(scope="session")
async def engines(postgres_server: EmbeddedPostgres, postgres_url: str, temporal_server: str) -> AsyncIterator[Engines]:
    """A database of the journeys' own, and Temporal with our search attributes."""
    name = f"journeys_{uuid4().hex}"
    connection = await asyncpg.connect(postgres_server.url("postgres"))
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {urlsplit(postgres_url).path[1:]}")
        url = postgres_server.url(name)
        await register(hasty_settings(url, temporal_server))
        pool = await open_pool(url, 20, VAULT)
        yield Engines(url, temporal_server, pool)
        await pool.close()
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def system(engines: Engines) -> AsyncIterator[Deployment]:
    """API, worker and vendors, with holds of half a minute."""
    async with deployed(engines, f"journeys-{uuid4().hex}") as deployment:
        yield deployment


@pytest.fixture(scope="session")
async def hasty_system(system: Deployment) -> AsyncIterator[Deployment]:
    """The same with holds of two seconds."""
    async with system.another_api(hold_seconds=2) as deployment:
        yield deployment


@pytest.fixture
async def salon(system: Deployment) -> AsyncIterator[Salon]:
    """A business whose service is paid online."""
    yield await open_salon(system)
    await system.tidy_up()


@pytest.fixture
async def hasty_salon(hasty_system: Deployment) -> AsyncIterator[Salon]:
    """The same; its holds last two seconds."""
    yield await open_salon(hasty_system)
    await hasty_system.tidy_up()


@pytest.fixture
async def free_salon(system: Deployment) -> AsyncIterator[Salon]:
    """A business whose service costs nothing."""
    yield await open_salon(system, price={"amount": 0, "currency": "EUR"}, payment="none")
    await system.tidy_up()
