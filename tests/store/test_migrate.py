"""A database comes to the newest schema once, whoever asks and however often."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from embedded.logins import logins
from embedded.postgres import EmbeddedPostgres
from store import migrate as migrating
from store.businesses import create_business
from store.logins import MissingRole, Part, check_login
from store.migrate import migrate, migrations, missing_migrations
from store.pool import open_pool, open_tenant_pool
from store.services import find_business_of_service
from store.tenants import of_business

ROOT = Path(__file__).parents[2]
PROGRAM = "import asyncio, sys; from store.migrate import migrate; print(*asyncio.run(migrate(sys.argv[1])), sep='\\n')"


@pytest.fixture
async def empty(postgres_server: EmbeddedPostgres) -> AsyncIterator[str]:
    """The address of a database without anything in it."""
    name = f"empty_{uuid4().hex}"
    connection = await asyncpg.connect(postgres_server.url("postgres"))
    await connection.execute(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


def known() -> list[str]:
    return [name for name, _ in migrations()]


async def missing(url: str) -> list[str]:
    pool = await open_pool(url, 1)
    try:
        return await missing_migrations(pool)
    finally:
        await pool.close()


async def tables(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"))
    finally:
        await connection.close()


def test_migrations_are_numbered_without_a_gap() -> None:
    assert list(range(1, len(known()) + 1)) == [int(name[:4]) for name in known()]


async def test_an_empty_database_gets_everything_and_then_nothing_new(empty: str) -> None:
    assert known() == await missing(empty)
    assert known() == await migrate(empty)
    assert [] == await missing(empty)
    assert [] == await migrate(empty)


async def test_two_programs_at_once_apply_each_migration_once(empty: str) -> None:
    """As when several pods of one release start."""
    programs = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, empty, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    outcomes = [await program.communicate() for program in programs]
    assert [0, 0] == [program.returncode for program in programs], outcomes
    assert known() == sorted(line for out, _ in outcomes for line in out.decode().split())


async def test_many_callers_at_once_apply_each_migration_once(empty: str) -> None:
    outcomes = await asyncio.gather(*(migrate(empty) for _ in range(8)))
    assert known() == sorted(name for applied in outcomes for name in applied)


async def test_a_migration_that_fails_leaves_nothing_and_can_be_mended(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [("0001_good", "CREATE TABLE good ()"), ("0002_bad", "CREATE TABLE half (); SELECT 1 / 0")]
    monkeypatch.setattr(migrating, "migrations", lambda: broken)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty)
    assert ["0002_bad"] == await missing(empty)
    mended = [broken[0], ("0002_bad", "CREATE TABLE half ()")]
    monkeypatch.setattr(migrating, "migrations", lambda: mended)
    assert ["0002_bad"] == await migrate(empty)


async def test_a_release_only_adds_what_the_one_before_had_not(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrate(empty)
    before = await tables(empty)
    newer = [*migrations(), ("9999_newer", "CREATE TABLE newer (business_id uuid)")]
    monkeypatch.setattr(migrating, "migrations", lambda: newer)
    assert ["9999_newer"] == await missing(empty)
    assert ["9999_newer"] == await migrate(empty)
    assert before + 1 == await tables(empty)


async def test_every_migration_runs_under_a_lock_timeout(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits behind a migration that waits would wait too, so it gives up first."""
    asks = [("0001_asks", "CREATE TABLE asked AS SELECT current_setting('lock_timeout') AS lock_timeout")]
    monkeypatch.setattr(migrating, "migrations", lambda: asks)
    await migrate(empty)
    connection = await asyncpg.connect(empty)
    assert "5s" == await connection.fetchval("SELECT lock_timeout FROM asked")
    await connection.close()


@pytest.fixture
async def plain_owner(postgres_server: EmbeddedPostgres, postgres_url: str) -> AsyncIterator[str]:
    """The address of an empty database whose owner may nothing else, on a server where the product's roles are known."""
    name = f"owner_{uuid4().hex}"
    connection = await asyncpg.connect(postgres_server.url("postgres"))
    await connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'of the owner'")
    await connection.execute(f"CREATE DATABASE {name} OWNER {name}")
    yield f"postgresql://{name}:of%20the%20owner@127.0.0.1:{postgres_server.port}/{name}"
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.execute(f"DROP ROLE {name}")
    await connection.close()


async def test_an_owner_who_is_no_superuser_migrates_and_lets_others_in(
    plain_owner: str, postgres_server: EmbeddedPostgres
) -> None:
    known = logins(postgres_server.url(urlsplit(plain_owner).path[1:]))
    await migrate(plain_owner, known["database_url"], known["database_steward_url"])
    tenants, stewards = await open_tenant_pool(known["database_url"], 1), await open_pool(known["database_steward_url"], 1)
    owner = await asyncpg.connect(plain_owner)
    try:
        await check_login(tenants, Part.TENANT)
        await check_login(stewards, Part.STEWARD)
        ada = await create_business(stewards, "Ada", "UTC")
        assert [ada] == [row["business_id"] for row in await owner.fetch("SELECT business_id FROM businesses")]
        with of_business(ada):
            await tenants.execute(
                "INSERT INTO services (business_id, id, name, duration_minutes, slot_step_minutes, price_amount, price_currency,"
                " payment) VALUES ($1, $1, 'Haircut', 30, 30, 0, 'EUR', 'none')",
                ada,
            )
        assert ada == await find_business_of_service(tenants, ada), "the owner's function sees all"
    finally:
        await owner.close()
        await stewards.close()
        await tenants.close()


async def test_a_role_that_the_owner_may_not_make_is_named_with_how_to_make_it(plain_owner: str) -> None:
    with pytest.raises(MissingRole, match="CREATE ROLE somebody LOGIN PASSWORD '…';") as missing:
        await migrate(plain_owner, "postgresql://somebody:hidden@127.0.0.1/shop")
    assert "hidden" not in str(missing.value)
