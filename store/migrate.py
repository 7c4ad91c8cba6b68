"""Brings a database to the newest schema: numbered SQL files, forward only, one transaction each."""

from __future__ import annotations

from importlib import resources

import asyncpg

from store.logins import Part, let_in, make_parts
from store.pool import reaching

LOCK = 7_305_281_990_441  # any number, the same for all programs: only one migrates at a time


def migrations() -> list[tuple[str, str]]:
    """The migrations that ship with this release, as (name, SQL), in order."""
    files = (f for f in resources.files("store").joinpath("migrations").iterdir() if f.name.endswith(".sql"))
    return [(file.name.removesuffix(".sql"), file.read_text()) for file in sorted(files, key=lambda f: f.name)]


async def migrate(
    database_url: str, tenant_url: str | None = None, steward_url: str | None = None, door_url: str | None = None
) -> list[str]:
    """Applies what is missing as the owner, lets the logins of the other addresses in, and returns the names of what was missing.

    Safe to run again and from several programs at once. Raises DoesNotAnswer, and MissingRole where somebody else has to make a
    role first.
    """
    with reaching(database_url):
        connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        done = {row["name"] for row in await connection.fetch("SELECT name FROM schema_migrations")}
        await make_parts(connection)
        missing = [(name, sql) for name, sql in migrations() if name not in done]
        for name, sql in missing:
            async with connection.transaction():
                await connection.execute("SET LOCAL lock_timeout = '5s'")
                await connection.execute(sql)
                await connection.execute("INSERT INTO schema_migrations (name) VALUES ($1)", name)
        logins = (Part.TENANT, tenant_url), (Part.STEWARD, steward_url), (Part.DOORKEEPER, door_url)
        await let_in(connection, [(part, url) for part, url in logins if url is not None])
        return [name for name, _ in missing]
    finally:
        await connection.close()  # releases the advisory lock too


async def missing_migrations(pool: asyncpg.Pool) -> list[str]:
    """What the database still lacks; a program refuses to be ready until this is empty."""
    known = [name for name, _ in migrations()]
    if await pool.fetchval("SELECT to_regclass('schema_migrations')") is None:
        return known
    done = {row["name"] for row in await pool.fetch("SELECT name FROM schema_migrations")}
    return [name for name in known if name not in done]
