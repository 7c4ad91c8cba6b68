"""A database comes to the newest schema once, whoever asks and however often."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from embedded.postgres import EmbeddedPostgres
from store import migrate as migrating
from store.migrate import migrate, migrations, missing_migrations
from store.pool import open_pool

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
