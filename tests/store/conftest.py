"""One database for all tests of a file, where each has a business of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from embedded.postgres import EmbeddedPostgres
from store.pool import open_pool
from tests.databases import VAULT, copied


@pytest.fixture(scope="module")
async def shared_pool(postgres_server: EmbeddedPostgres, postgres_url: str) -> AsyncIterator[asyncpg.Pool]:
    async with copied(postgres_server, postgres_url) as url:
        opened = await open_pool(url, 10, VAULT)
        yield opened
        await opened.close()
