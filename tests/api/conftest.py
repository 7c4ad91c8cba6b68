"""The application on a real database, with the commands faked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from api.application import build_app
from api.wiring import Wiring
from embedded.logins import logins
from embedded.postgres import EmbeddedPostgres
from settings import PaymentsVendor, Settings
from store.api_keys import create_api_key
from store.businesses import create_business
from tests.api.shop import FakeCommands, Shop
from tests.api.staff import SECRET
from tests.databases import copied
from tests.unlimited import UNLIMITED

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
async def database_url(postgres_server: EmbeddedPostgres, postgres_url: str) -> AsyncIterator[str]:
    """One database for all tests of a file: each has a business of its own, so none sees another's rows."""
    async with copied(postgres_server, postgres_url) as url:
        yield url


@pytest.fixture
def settings(database_url: str) -> Settings:
    known = {
        **logins(database_url),
        **UNLIMITED,
        "token_secret": SECRET,
        "payments": PaymentsVendor.STRIPE,
        "stripe_api_key": "sk_test_unused",
        "stripe_webhook_secret": "whsec_unused",
    }
    return Settings.model_validate(known)


@pytest.fixture
def commands(pool: asyncpg.Pool) -> FakeCommands:
    return FakeCommands(pool)


@pytest.fixture
def app(tenant_pool: asyncpg.Pool, door_pool: asyncpg.Pool, settings: Settings, commands: FakeCommands) -> FastAPI:
    return build_app(settings, Wiring(settings, tenant_pool, door_pool, commands, None))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Names all its requests alike, so that answers which must not differ can be compared byte for byte."""
    transport, alike = httpx.ASGITransport(app), {"X-Request-Id": "of-the-tests"}
    async with httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test", headers=alike) as client:
        yield client


@pytest.fixture
async def shop(client: httpx.AsyncClient, pool: asyncpg.Pool) -> Shop:
    business_id = await create_business(pool, "Salon Byron", "Europe/Berlin")
    return Shop(client, pool, business_id, await create_api_key(pool, business_id, "tests"))


@pytest.fixture
async def other_shop(client: httpx.AsyncClient, pool: asyncpg.Pool) -> Shop:
    business_id = await create_business(pool, "Salon Babbage", "Europe/London")
    return Shop(client, pool, business_id, await create_api_key(pool, business_id, "tests"))


@pytest.fixture
def nine_in_a_week() -> datetime:
    """09:00 in Berlin, seven days from now."""
    day = datetime.now(BERLIN).date() + timedelta(days=7)
    return datetime(day.year, day.month, day.day, 9, tzinfo=BERLIN)
