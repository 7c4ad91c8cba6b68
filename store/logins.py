"""Who logs in to the database, and what each may: the owner migrates, tenants see one business at a time, stewards all,
doorkeepers the people.

Policies speak of three roles that cannot log in. What logs in is a member of one of them: `slotkeeper_tenants` are the API and
the worker, at whatever they do for one business; `slotkeeper_stewards` are the worker's sweeps, the checker and the commands of
whoever runs the deployment; `slotkeeper_doorkeepers` are the API where it finds out who somebody is, before a business is known:
they alone see the hashes of passwords and refresh tokens, and nothing of what a business does.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from contextlib import suppress
from enum import StrEnum
from urllib.parse import unquote, urlsplit

import asyncpg

from store.pool import Database


class Part(StrEnum):
    """The role of PostgreSQL that a login is a member of."""

    TENANT = "slotkeeper_tenants"
    STEWARD = "slotkeeper_stewards"
    DOORKEEPER = "slotkeeper_doorkeepers"


class WrongLogin(Exception):
    """This login may more than it should, or not what it needs; the text says what, and how to mend it."""


class MissingRole(Exception):
    """A role has to be made by somebody who may; the text is the SQL."""


# Stewards read everything; they write what the sweeps, the reconciliation and the opening of a business change.
STEWARDS_WRITE = (
    *("api_keys", "booking_events", "businesses", "charges", "payments", "refunds", "reminders", "time_versions"),
    *("webhook_deliveries", "webhook_endpoints", "webhook_events", "one_time_tokens", "sessions"),
    *("authorisation_codes", "oauth_clients", "sso_attempts"),
)

# What is known of people above the businesses. Tenants see of it what their migration says, column by column.
DOOR = (
    *("authorisation_codes", "familiar_addresses", "oauth_clients", "one_time_tokens", "people", "rate_limits"),
    *("recovery_codes", "refresh_tokens", "security_events", "sessions", "sso_attempts", "sso_connections", "sso_identities"),
)
SECRET = ("people", "recovery_codes", "refresh_tokens")
DOORKEEPERS = (*DOOR, "memberships")
TABLES = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"

# What would let somebody pass by the policies; and what they are for.
MAY = """
SELECT r.rolname AS login, r.rolsuper AS is_superuser, r.rolbypassrls AS bypasses,
       (SELECT min(m.rolname) FROM pg_roles m
        WHERE (m.rolsuper OR m.rolbypassrls) AND m.oid <> r.oid AND pg_has_role(r.oid, m.oid, 'MEMBER')) AS becomes,
       (SELECT min(c.relname) FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owns,
       (SELECT array_agg(m.rolname::text) FROM pg_roles m
        WHERE m.rolname = ANY ($1::text[]) AND pg_has_role(r.oid, m.oid, 'MEMBER')) AS parts,
       (SELECT min(c.relname) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND (a.attname = 'business_id' AND NOT a.attisdropped OR c.relname = ANY ($2::text[]))
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)) AS open_table,
       to_regclass('public.businesses') IS NOT NULL AS is_migrated
FROM pg_roles r WHERE r.rolname = current_user
"""


async def check_login(database: Database, part: Part) -> None:
    """Raises WrongLogin where this connection's login could pass by the policies, or is not made for this part."""
    row = await database.fetchrow(MAY, [one.value for one in Part], DOOR)
    assert row is not None  # noqa: S101 (whoever asks is logged in)
    login = row["login"]
    if row["is_superuser"]:
        raise WrongLogin(f"{login} is a superuser, whom no policy binds; {_how(part)}")
    if row["bypasses"]:
        raise WrongLogin(f"{login} has BYPASSRLS, so no policy binds it; {_how(part)}")
    if row["becomes"] is not None:
        raise WrongLogin(f"{login} can become {row['becomes']}, whom no policy binds; {_how(part)}")
    if row["owns"] is not None:
        raise WrongLogin(f"{login} owns the table {row['owns']}, or can become its owner; {_how(part)}")
    if not row["is_migrated"]:
        return  # there is nothing to see yet, and whoever is not ready says so
    if part not in (row["parts"] or ()):
        raise WrongLogin(f"{login} is no member of {part}; {_how(part)}")
    if part is not Part.STEWARD and Part.STEWARD in row["parts"]:
        raise WrongLogin(f"{login} is a member of {Part.STEWARD}, which sees all businesses; {_how(part)}")
    if part is Part.TENANT and Part.DOORKEEPER in row["parts"]:
        raise WrongLogin(f"{login} is a member of {Part.DOORKEEPER}, which sees all people; {_how(part)}")
    if row["open_table"] is not None:
        raise WrongLogin(f"the table {row['open_table']} is open to all businesses; run `slotkeeper migrate`")


def _how(part: Part) -> str:
    return f"use a login of its own that is a member of {part} and nothing else (README, “Who logs in to the database”)"


async def make_parts(owner: asyncpg.Connection) -> None:
    """The roles that policies speak of. Repeatable. Raises MissingRole where the owner may not make them."""
    for part in Part:
        await _make(owner, part, f"CREATE ROLE {part} NOLOGIN")


async def let_in(owner: asyncpg.Connection, logins: Sequence[tuple[Part, str]]) -> None:
    """Gives the roles what they need in this database, and makes the logins of these addresses members. Repeatable.

    A login that does not exist is made with the password of its address. Raises MissingRole where the owner may not do that.
    """
    await owner.execute(_grants({row["tablename"] for row in await owner.fetch(TABLES)}))
    for part, address in logins:
        parts = urlsplit(address)
        name, password = unquote(parts.username or ""), unquote(parts.password or "")
        if not name or name == await owner.fetchval("SELECT current_user"):
            continue  # refused when it logs in, with the reason
        create = await owner.fetchval("SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)", name, password)
        shown = await owner.fetchval("SELECT format('CREATE ROLE %I LOGIN PASSWORD ''…''', $1::text)", name)
        await _make(owner, name, create, shown)
        if not await owner.fetchval("SELECT pg_has_role($1::name, $2::name, 'MEMBER')", name, part.value):
            grant = await owner.fetchval("SELECT format('GRANT %I TO %I', $1::text, $2::text)", part.value, name)
            await _allowed(owner, grant, grant)


def _grants(tables: Set[str]) -> str:
    """Whatever of the product's tables there is."""
    owned = tables - set(DOOR)
    given = (
        ("SELECT", owned, Part.TENANT),
        ("INSERT, UPDATE, DELETE", owned - {"schema_migrations"}, Part.TENANT),
        ("SELECT", tables - set(SECRET), Part.STEWARD),
        ("INSERT, UPDATE, DELETE", tables & set(STEWARDS_WRITE), Part.STEWARD),
        ("SELECT, INSERT, UPDATE, DELETE", tables & set(DOORKEEPERS), Part.DOORKEEPER),
    )
    roles = ", ".join(Part)
    said = [
        f"GRANT USAGE ON SCHEMA public TO {roles}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {roles}",
        *(f"GRANT {what} ON {', '.join(sorted(named))} TO {part}" for what, named, part in given if named),
        *([f"REVOKE INSERT, DELETE ON businesses FROM {Part.TENANT}"] if "businesses" in tables else ()),
        *([f"REVOKE UPDATE, DELETE ON audit_log FROM {Part.TENANT}"] if "audit_log" in tables else ()),
    ]
    return "; ".join(said)


async def _make(owner: asyncpg.Connection, name: str, sql: str, shown: str | None = None) -> None:
    if not await owner.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", name):
        with suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):  # another database's migration was faster
            await _allowed(owner, sql, shown or sql)


async def _allowed(owner: asyncpg.Connection, sql: str, shown: str) -> None:
    try:
        await owner.execute(sql)
    except asyncpg.InsufficientPrivilegeError:
        raise MissingRole(f"the owner of the database may not do this; somebody who may has to, once: {shown};") from None
