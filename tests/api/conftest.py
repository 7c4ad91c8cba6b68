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
from embedded.postgres import EmbeddedPostgres
from settings import PaymentsVendor, Settings
from store.api_keys import create_api_key
from store.businesses import create_business
from tests.api.shop import FakeCommands, Shop
from tests.databases import copied

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
async def database_url(postgres_server: EmbeddedPostgres, postgres_url: str) -> AsyncIterator[str]:
    """One database for all tests of a file: each has a business of its own, so none sees another's rows."""
    async with copied(postgres_server, postgres_url) as url:
        yield url


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        token_secret="a secret of the tests, long enough",
        payments=PaymentsVendor.STRIPE,
        stripe_api_key="sk_test_unused",
        stripe_webhook_secret="whsec_unused",
    )


@pytest.fixture
def commands(pool: asyncpg.Pool) -> FakeCommands:
    return FakeCommands(pool)


@pytest.fixture
def app(pool: asyncpg.Pool, settings: Settings, commands: FakeCommands) -> FastAPI:
    return build_app(settings, Wiring(settings, pool, commands, None))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test") as client:
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
