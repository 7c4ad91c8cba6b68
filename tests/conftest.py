"""The engines that tests run on: a real PostgreSQL and a real Temporal, started once a session."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from embedded.logins import logins
from embedded.postgres import EmbeddedPostgres
from embedded.temporal import TemporalServer
from tests.databases import VAULT, copied, opened_door, product_pools

TEMPLATE = "template_migrated"
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}  # tests may lose what they wrote

RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}|whsec_[A-Za-z0-9+/=]+")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Leaves out what is made up anew each time: processes that share the tests must call them by the same names."""
    return RANDOM.sub("…", val) if isinstance(val, str) and RANDOM.search(val) else None


@pytest.fixture(scope="session")
def engines_folder() -> Iterator[Path]:
    """Not pytest's own temporary folder: as root PostgreSQL runs as `nobody`, who cannot enter that."""
    with tempfile.TemporaryDirectory(prefix="slotkeeper-tests-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_server(engines_folder: Path) -> Iterator[EmbeddedPostgres]:
    """The session's PostgreSQL."""
    server = EmbeddedPostgres(engines_folder / "postgres", settings=QUICK)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
async def postgres_url(postgres_server: EmbeddedPostgres) -> str:
    """The address of a database with all migrations, which the tests' databases are copied from; nobody stays connected to it."""
    from store.migrate import migrate

    postgres_server.create_database_if_missing(TEMPLATE)
    url = postgres_server.url(TEMPLATE)
    known = logins(url)
    await migrate(url, known["database_url"], known["database_steward_url"], known["database_door_url"])
    return url


@pytest.fixture
async def database_url(postgres_server: EmbeddedPostgres, postgres_url: str) -> AsyncIterator[str]:
    """A migrated database of the test's own."""
    async with copied(postgres_server, postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def temporal_server(engines_folder: Path) -> Iterator[str]:
    """The address of the session's Temporal, which keeps its state in memory."""
    server = TemporalServer(None, log_folder=engines_folder)
    server.start()
    yield server.address
    server.stop()


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """The owner's pool on the test's database: it sees all rows, and the tests look with it at what the product has done."""
    from store.pool import open_pool

    opened = await open_pool(database_url, 20, VAULT)
    yield opened
    await opened.close()


@pytest.fixture
async def pools(database_url: str) -> AsyncIterator[tuple[asyncpg.Pool, asyncpg.Pool]]:
    """The product's own pools on the test's database: for one business at a time, and for all."""
    async with product_pools(database_url) as pools:
        yield pools


@pytest.fixture
def tenant_pool(pools: tuple[asyncpg.Pool, asyncpg.Pool]) -> asyncpg.Pool:
    """What the API works with."""
    return pools[0]


@pytest.fixture
async def door_pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """What the API looks people up with."""
    async with opened_door(database_url) as door:
        yield door
