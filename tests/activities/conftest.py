"""Activities as a worker runs them, on a real database, with the vendors' stand-ins behind the real gateways."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from domain.webhooks import KEPT_FOR, TEST, new_secret
from embedded.postgres import EmbeddedPostgres
from store.pool import open_pool
from store.webhook_endpoints import create_endpoint
from store.webhook_events import create_test
from store.webhook_log import create_delivery
from tests.activities.cases import REMINDED_BEFORE
from tests.activities.saga import Saga
from tests.activities.vendors import Vendors, served
from tests.databases import VAULT, copied, product_pools
from tests.orders import open_shop


@pytest.fixture(scope="module")
async def database_url(postgres_server: EmbeddedPostgres, postgres_url: str) -> AsyncIterator[str]:
    """One database for all tests of a file: each has a business of its own."""
    async with copied(postgres_server, postgres_url) as url:
        yield url


@pytest.fixture(scope="module")
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """One pool for all tests of a file."""
    opened = await open_pool(database_url, 10, VAULT)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def pools(database_url: str) -> AsyncIterator[tuple[asyncpg.Pool, asyncpg.Pool]]:
    """What the worker works with: for one business at a time, and for all."""
    async with product_pools(database_url, 10) as pools:
        yield pools


@pytest.fixture(scope="session")
async def _vendors() -> AsyncIterator[Vendors]:
    async with served() as vendors:
        yield vendors


@pytest.fixture
async def vendors(_vendors: Vendors) -> Vendors:
    await _vendors.reset()
    return _vendors


@pytest.fixture
async def saga(pool: asyncpg.Pool, pools: tuple[asyncpg.Pool, asyncpg.Pool], vendors: Vendors) -> Saga:
    shop = await open_shop(pool)
    await pool.execute("UPDATE services SET reminder_minutes = $2 WHERE id = $1", shop.service_id, [REMINDED_BEFORE])
    await listen(pool, vendors, shop.business_id)
    return Saga(pool, pools, vendors, shop, shop.order())


async def listen(pool: asyncpg.Pool, vendors: Vendors, business_id: UUID) -> None:
    """An endpoint to which a test is on its way, under the business's own id, and an event that is too old to be kept."""
    secret, now = new_secret(), datetime.now(UTC)
    base = str(vendors.settings.stripe_api_base).removesuffix("/stripe")
    (await vendors.switchboard.put("/receiver/salon", json={"secrets": [secret]})).raise_for_status()
    await create_endpoint(pool, business_id, business_id, f"{base}/receiver/salon", None, (), secret)
    payload = json.dumps({"type": TEST})
    await create_test(pool, business_id, business_id, now, payload)
    await create_delivery(pool, business_id, business_id, business_id, business_id)
    await create_test(pool, business_id, uuid7(), now - KEPT_FOR - timedelta(hours=1), payload)
