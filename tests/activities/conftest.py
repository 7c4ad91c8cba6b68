"""Activities as a worker runs them, on a real database, with the vendors' stand-ins behind the real gateways."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from embedded.postgres import EmbeddedPostgres
from store.pool import open_pool
from tests.activities.cases import REMINDED_BEFORE
from tests.activities.saga import Saga
from tests.activities.vendors import Vendors, served
from tests.databases import copied
from tests.orders import open_shop


@pytest.fixture(scope="module")
async def database_url(postgres_server: EmbeddedPostgres, postgres_url: str) -> AsyncIterator[str]:
    """One database for all tests of a file: each has a business of its own."""
    async with copied(postgres_server, postgres_url) as url:
        yield url


@pytest.fixture(scope="module")
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """One pool for all tests of a file."""
    opened = await open_pool(database_url, 10)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def _vendors() -> AsyncIterator[Vendors]:
    async with served() as vendors:
        yield vendors


@pytest.fixture
async def vendors(_vendors: Vendors) -> Vendors:
    await _vendors.reset()
    return _vendors


@pytest.fixture
async def saga(pool: asyncpg.Pool, vendors: Vendors) -> Saga:
    shop = await open_shop(pool)
    await pool.execute("UPDATE services SET reminder_minutes = $2 WHERE id = $1", shop.service_id, [REMINDED_BEFORE])
    return Saga(pool, vendors, shop, shop.order())
