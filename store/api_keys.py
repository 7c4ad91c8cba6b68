"""The keys by which a business's own programs call the API; only their SHA-256 is kept.

A key reads `slk_{business id}_{secret}`: it names its business, so that the look-up leads with it. The secret has 256 random
bits, so a plain hash is enough, and looking that hash up tells an attacker's clock nothing about any key.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from domain.errors import NotFound
from domain.people import EVERYTHING, Permission
from domain.tokens import token_hash
from store.allowed_networks import Network
from store.pool import Database
from store.security_events import tell_security

CREATE = """
INSERT INTO api_keys (business_id, id, key_hash, name, scopes, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (business_id, key_hash) DO NOTHING
"""

LIVE = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())"

OPEN = f"""
SELECT id, scopes, last_used_at IS NULL OR last_used_at < now() - interval '1 minute' AS is_to_note,
       ARRAY(SELECT network FROM allowed_networks WHERE business_id = $1) AS networks
FROM api_keys WHERE business_id = $1 AND key_hash = $2 AND {LIVE}
"""  # noqa: S608 (all of it is our own text)

# The first of many calls at once notes it for all of them.
NOTE_USE = """
UPDATE api_keys SET last_used_at = now()
WHERE business_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
"""

LIST = """
SELECT id, name, scopes, created_at, expires_at, last_used_at, revoked_at, replaced_by FROM api_keys
WHERE business_id = $1 AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4
"""

REPLACE = f"""
UPDATE api_keys SET replaced_by = $3, expires_at = least(expires_at, now() + $4)
WHERE business_id = $1 AND id = $2 AND replaced_by IS NULL AND {LIVE}
RETURNING name, scopes, created_at
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class OpenedKey:
    """A key that was just shown, and what it may do."""

    id: UUID
    business_id: UUID
    permissions: frozenset[Permission]
    networks: Sequence[Network]
    """From where its business is worked for."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key as its business sees it. `last_used_at` is true to the minute."""

    id: UUID
    name: str
    scopes: tuple[Permission, ...] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    replaced_by: UUID | None


def new_key(business_id: UUID) -> str:
    """A fresh key, not yet registered."""
    return f"slk_{business_id.hex}_{secrets.token_hex(32)}"


async def create_api_key(
    database: Database,
    business_id: UUID,
    name: str,
    key: str | None = None,
    *,
    key_id: UUID | None = None,
    scopes: Collection[Permission] | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Registers a new key, or the given one, and returns its text, which is nowhere else. Repeatable with a given key.

    Without scopes it may do everything. Raises ValueError when the given key does not name this business.
    """
    text = key or new_key(business_id)
    if business_of(text) != business_id:
        raise ValueError("an API key reads slk_{business id}_{secret}")
    kept = None if scopes is None else sorted(scope.value for scope in scopes)
    await database.execute(CREATE, business_id, key_id or uuid7(), token_hash(text), name, kept, expires_at)
    return text


async def open_key(database: Database, key: str) -> OpenedKey | None:
    """The key and what it may do, and notes that it was used; None for one that is malformed, unknown, expired or revoked."""
    business_id = business_of(key)
    row = await database.fetchrow(OPEN, business_id, token_hash(key)) if business_id else None
    if row is None or business_id is None:
        return None
    if row["is_to_note"]:
        await database.execute(NOTE_USE, business_id, row["id"])
    permissions = EVERYTHING if row["scopes"] is None else _known(row["scopes"])
    return OpenedKey(row["id"], business_id, permissions, row["networks"])


async def list_keys(database: Database, business_id: UUID, after: UUID | None, limit: int) -> Sequence[KeyRow]:
    """The keys of the business, also those that open nothing any more, the oldest first, from the one after `after`."""
    return [_row(row) for row in await database.fetch(LIST, business_id, None, after, limit)]


async def find_key_row(database: Database, business_id: UUID, key_id: UUID) -> KeyRow | None:
    """The business's key of this id."""
    row = await database.fetchrow(LIST, business_id, key_id, None, 1)
    return _row(row) if row else None


async def replace_key(
    pool: asyncpg.Pool, business_id: UUID, key_id: UUID, overlap: timedelta, lasts: timedelta | None, by: str
) -> tuple[UUID, str]:
    """A new key in place of this one, with its name and scopes; the old one is good for `overlap` more. Returns the new one's id
    and text. Raises NotFound, also for one that opens nothing any more or was replaced before."""
    new_id = uuid7()
    async with pool.acquire() as connection, connection.transaction():
        old = await connection.fetchrow(REPLACE, business_id, key_id, new_id, overlap)
        if old is None:
            raise NotFound("there is no such key to replace")
        scopes = None if old["scopes"] is None else _known(old["scopes"])
        until = None if lasts is None else await connection.fetchval("SELECT now() + $1::interval", lasts)
        text = await create_api_key(connection, business_id, old["name"], key_id=new_id, scopes=scopes, expires_at=until)
        await tell_security(connection, "key-replaced", business_id=business_id, key=str(key_id), new=str(new_id), by=by)
    return new_id, text


async def revoke_key(pool: asyncpg.Pool, business_id: UUID, key_id: UUID, by: str) -> None:
    """The key is worthless from now on. Repeatable. Raises NotFound."""
    async with pool.acquire() as connection, connection.transaction():
        revoked = await connection.fetchval(
            "UPDATE api_keys SET revoked_at = now() WHERE business_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING true",
            *(business_id, key_id),
        )
        if revoked:
            await tell_security(connection, "key-revoked", business_id=business_id, key=str(key_id), by=by)
        elif await find_key_row(connection, business_id, key_id) is None:
            raise NotFound("there is no such key")


async def find_business_by_key(database: Database, key: str) -> UUID | None:
    """The business this key belongs to; None for a key that is malformed, unknown or revoked."""
    business_id = business_of(key)
    if business_id is None:
        return None
    return business_id if await database.fetchval(OPEN, business_id, token_hash(key)) else None


async def revoke_api_key(database: Database, key: str) -> bool:
    """Makes the key worthless from now on; False when it already was."""
    revoked = await database.fetchval(
        "UPDATE api_keys SET revoked_at = now() WHERE business_id = $1 AND key_hash = $2 AND revoked_at IS NULL RETURNING id",
        business_of(key),
        token_hash(key),
    )
    return revoked is not None


def business_of(key: str) -> UUID | None:
    """The business a key names, whether or not it is known; None when it has not the form of a key."""
    parts = key.split("_")
    if len(parts) != 3 or parts[0] != "slk" or len(parts[1]) != 32 or len(parts[2]) < 32 or not key.isascii():
        return None
    try:
        return UUID(hex=parts[1])
    except ValueError:
        return None


def _row(row: asyncpg.Record) -> KeyRow:
    scopes = None if row["scopes"] is None else tuple(sorted(_known(row["scopes"])))
    return KeyRow(**{**row, "scopes": scopes})


def _known(scopes: Sequence[str]) -> frozenset[Permission]:
    """Those that this release knows: one that a later release gave means nothing here."""
    return frozenset(Permission(scope) for scope in scopes if scope in Permission.__members__.values())
