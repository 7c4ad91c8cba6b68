"""Codes that an app gets for a person's yes, each good for one session within a minute (RFC 6749, 4.1.2).

A code reads `ac_{secret}` with 256 random bits, so its plain SHA-256 is enough.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg

from domain.oauth import is_verified
from domain.tokens import token_hash
from store.events import Connection
from store.pool import Database
from store.security_events import tell_security
from store.sessions import Session, begin

LASTS = timedelta(minutes=1)

CREATE = """
INSERT INTO authorisation_codes (code_hash, client_id, person_id, business_id, redirect_uri, code_challenge, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + $7)
"""

USE = """
UPDATE authorisation_codes SET used_at = now() WHERE code_hash = $1 AND used_at IS NULL AND expires_at > now()
RETURNING client_id, person_id, business_id, redirect_uri, code_challenge
"""

NOTE = "UPDATE authorisation_codes SET session_id = $2 WHERE code_hash = $1"

END_REUSED = """
UPDATE sessions s SET ended_at = now(), ended_by = 'reuse' FROM authorisation_codes c
WHERE c.code_hash = $1 AND c.used_at IS NOT NULL AND s.id = c.session_id AND s.ended_at IS NULL
RETURNING s.id, s.person_id, s.business_id
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person said yes to."""

    client_id: UUID
    person_id: UUID
    business_id: UUID | None
    redirect_uri: str
    code_challenge: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What an app shows with a code."""

    client_id: UUID
    redirect_uri: str
    code_verifier: str


async def create_code(database: Database, grant: Grant) -> str:
    """A code for this yes, good for a minute."""
    code = f"ac_{secrets.token_urlsafe(32)}"
    said = (grant.client_id, grant.person_id, grant.business_id, grant.redirect_uri, grant.code_challenge)
    await database.execute(CREATE, token_hash(code), *said, LASTS)
    return code


async def redeem(pool: asyncpg.Pool, code: str, shown: Shown, lasts: timedelta) -> tuple[Session, str] | None:
    """A session and its first refresh token for the code. None for one that is unknown, too old, another app's or used before.

    Whatever is wrong with what is shown, the code is spent: there is no second guess. A second use ends the session that the
    first one gave, since one of the two has stolen it.
    """
    kept = token_hash(code)
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(USE, kept)
        if row is None:
            await _end_reused(connection, kept)
            return None
        grant = Grant(**row)
        if not _is_for(grant, shown):
            await tell_security(connection, "code-refused", person_id=grant.person_id, business_id=grant.business_id)
            return None
        begun = await begin(connection, grant.person_id, grant.business_id, lasts, grant.client_id)
        await connection.execute(NOTE, kept, begun[0].id)
        return begun


def _is_for(grant: Grant, shown: Shown) -> bool:
    """RFC 6749, 4.1.3: of the same client, with the same address; RFC 7636, 4.6: by whoever began."""
    is_same = (grant.client_id, grant.redirect_uri) == (shown.client_id, shown.redirect_uri)
    return is_verified(shown.code_verifier, grant.code_challenge) and is_same


async def _end_reused(connection: Connection, kept: bytes) -> None:
    ended = await connection.fetchrow(END_REUSED, kept)
    if ended is not None:
        who = {"person_id": ended["person_id"], "business_id": ended["business_id"]}
        await tell_security(connection, "code-reused", **who, session=str(ended["id"]))
