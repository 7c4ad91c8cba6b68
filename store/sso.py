"""Businesses' identity providers, who was sent there, and whom they mean by which subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from domain.sso import SsoIdentity
from domain.tokens import token_hash
from store.events import Connection
from store.people import Credentials
from store.pool import Database
from store.security_events import tell_security

LASTS = timedelta(minutes=10)

SAVE = """
INSERT INTO sso_connections (business_id, name, issuer, client_id, client_secret) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (business_id) DO UPDATE
SET name = excluded.name, issuer = excluded.issuer, client_id = excluded.client_id, client_secret = excluded.client_secret,
    changed_at = now()
"""

FIND = "SELECT business_id, name, issuer, client_id, client_secret, changed_at FROM sso_connections WHERE business_id = $1"

BEGIN = """
INSERT INTO sso_attempts (state_hash, business_id, issuer, mark_hash, wish, expires_at) VALUES ($1, $2, $3, $4, $5, now() + $6)
"""

USE = """
UPDATE sso_attempts SET used_at = now() WHERE state_hash = $1 AND mark_hash = $2 AND used_at IS NULL AND expires_at > now()
RETURNING business_id, issuer, wish
"""

KNOWN = """
SELECT p.id, p.password_hash, p.totp_confirmed_at IS NOT NULL AS has_second_factor
FROM sso_identities i JOIN people p ON p.id = i.person_id
WHERE i.business_id = $1 AND i.issuer = $2 AND i.subject = $3
"""

# Who joined by a mail of ours, so that the address is known to be theirs, and who is nobody else to this provider yet.
TO_LINK = """
SELECT p.id, p.password_hash, p.totp_confirmed_at IS NOT NULL AS has_second_factor
FROM memberships m JOIN people p ON p.id = m.person_id
WHERE m.business_id = $1 AND lower(p.email) = lower($2)
  AND NOT EXISTS (SELECT FROM sso_identities i WHERE i.business_id = $1 AND i.issuer = $3 AND i.person_id = p.id)
"""

LINK = """
INSERT INTO sso_identities (business_id, issuer, subject, person_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING true
"""


@dataclass(frozen=True, slots=True)
class KeptConnection:
    """A business's provider, with the secret as it is kept."""

    business_id: UUID
    name: str
    issuer: str
    client_id: str
    client_secret: bytes
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody who was sent to a provider and has come back."""

    business_id: UUID
    issuer: str
    wish: Mapping[str, str]


async def save_connection(
    connection: Connection, business_id: UUID, name: str, issuer: str, client_id: str, sealed: bytes, by: str
) -> None:
    """In the place of the one before, in the caller's transaction. Repeatable."""
    await connection.execute(SAVE, business_id, name, issuer, client_id, sealed)
    await tell_security(connection, "sso-changed", business_id=business_id, by=by)


async def find_connection(database: Database, business_id: UUID) -> KeptConnection | None:
    """The business's provider."""
    row = await database.fetchrow(FIND, business_id)
    return KeptConnection(**row) if row else None


async def drop_connection(connection: Connection, business_id: UUID, by: str) -> None:
    """Nobody logs in by it any more, in the caller's transaction. Repeatable."""
    if await connection.fetchval("DELETE FROM sso_connections WHERE business_id = $1 RETURNING true", business_id):
        await tell_security(connection, "sso-removed", business_id=business_id, by=by)


async def begin_attempt(door: Database, state: str, business_id: UUID, issuer: str, mark: str, wish: Mapping[str, str]) -> None:
    """Somebody is sent to the provider, with this state, from this browser."""
    await door.execute(BEGIN, token_hash(state), business_id, issuer, token_hash(mark), dict(wish), LASTS)


async def use_attempt(door: Database, state: str, mark: str) -> Attempt | None:
    """What was begun with this state in this browser; once, and within ten minutes."""
    row = await door.fetchrow(USE, token_hash(state), token_hash(mark))
    return Attempt(**row) if row else None


async def person_of(pool: asyncpg.Pool, business_id: UUID, identity: SsoIdentity) -> Credentials | None:
    """Whom the provider means: by its subject, or, the first time, the member with the address that it vouches for.

    None for everybody else: an account is never made here, and a member whom the provider knows by one subject is not given to
    another. Of two that come first at once, one is linked.
    """
    who = (business_id, identity.issuer, identity.subject)
    async with pool.acquire() as connection, connection.transaction():
        known = await connection.fetchrow(KNOWN, *who)
        if known is None and identity.email is not None:
            known = await connection.fetchrow(TO_LINK, business_id, identity.email, identity.issuer)
            if known is not None and not await connection.fetchval(LINK, *who, known["id"]):
                known = None
            if known is not None:
                await tell_security(connection, "sso-linked", person_id=known["id"], business_id=business_id)
    return Credentials(**known) if known else None
