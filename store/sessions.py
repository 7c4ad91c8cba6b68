"""Log-ins: each a session with one refresh token that counts, and a mark on those that were used.

A refresh token reads `rt_{secret}` with 256 random bits, so its plain SHA-256 is enough. One that comes a second time is in two
hands: nobody can say in whose it should be, so the session ends for both.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from domain.people import Role
from domain.tokens import token_hash
from store.events import Connection
from store.pool import Database
from store.security_events import tell_security

BEGIN = "INSERT INTO sessions (id, person_id, business_id, expires_at, client_id) VALUES ($1, $2, $3, now() + $4, $5)"
KEEP = "INSERT INTO refresh_tokens (token_hash, session_id) VALUES ($1, $2)"

# An app's token is good for that app alone (RFC 6749, 6); whose own it is may send any client_id.
USE = """
UPDATE refresh_tokens t SET used_at = now() FROM sessions s
WHERE t.token_hash = $1 AND t.used_at IS NULL AND s.id = t.session_id AND s.ended_at IS NULL AND s.expires_at > now()
  AND (s.client_id IS NULL OR s.client_id = $2) AND t.created_at > now() - $3::interval
RETURNING s.id, s.person_id, s.business_id, s.client_id
"""

END_REUSED = """
UPDATE sessions s SET ended_at = now(), ended_by = 'reuse' FROM refresh_tokens t
WHERE t.token_hash = $1 AND t.used_at IS NOT NULL AND s.id = t.session_id AND s.ended_at IS NULL AND s.expires_at > now()
RETURNING s.id, s.person_id, s.business_id
"""

# One look-up for each call with an access token: so a log-out, a removal and another role hold at once.
LOOK = """
SELECT m.role FROM sessions s
LEFT JOIN memberships m ON m.business_id = $3 AND m.person_id = s.person_id
WHERE s.id = $1 AND s.person_id = $2 AND s.ended_at IS NULL AND s.expires_at > now()
"""

LIST = """
SELECT s.id, s.business_id, s.created_at, s.expires_at, c.name AS app
FROM sessions s LEFT JOIN oauth_clients c ON c.client_id = s.client_id
WHERE s.person_id = $1 AND s.ended_at IS NULL AND s.expires_at > now()
  AND ($2::timestamptz IS NULL OR (s.created_at, s.id) > ($2, $3::uuid))
  AND EXISTS (SELECT FROM refresh_tokens t WHERE t.session_id = s.id AND t.created_at > now() - $5::interval)
ORDER BY s.created_at, s.id
LIMIT $4
"""

END = """
UPDATE sessions SET ended_at = now(), ended_by = 'log-out'
WHERE person_id = $1 AND ($2::uuid IS NULL OR id = $2) AND ended_at IS NULL
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session it is, the business that is worked for, and the app that they have let."""

    id: UUID
    person_id: UUID
    business_id: UUID | None
    client_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its person sees it."""

    id: UUID
    business_id: UUID | None
    created_at: datetime
    expires_at: datetime
    app: str | None


class Standing(StrEnum):
    """What a session without a role is."""

    OVER = "over"
    NO_MEMBER = "no-member"


async def begin(
    connection: Connection, person_id: UUID, business_id: UUID | None, lasts: timedelta, client_id: UUID | None = None
) -> tuple[Session, str]:
    """A new session and its first refresh token, in the caller's transaction; for an app where one is named."""
    session = Session(uuid7(), person_id, business_id, client_id)
    await connection.execute(BEGIN, session.id, person_id, business_id, lasts, client_id)
    await tell_security(connection, "logged-in", person_id=person_id, business_id=business_id, session=str(session.id))
    return session, await _new_token(connection, session.id)


async def rotate(pool: asyncpg.Pool, token: str, idle: timedelta, client_id: UUID | None = None) -> tuple[Session, str] | None:
    """The session with its next refresh token; the given one is used up. None for one that is unknown, over, `idle` for so long,
    of another app or used before; a used one ends its session."""
    kept = token_hash(token)
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(USE, kept, client_id, idle)
        if row is not None:
            return Session(**row), await _new_token(connection, row["id"])
        reused = await connection.fetchrow(END_REUSED, kept)
        if reused is not None:
            session = Session(**reused)
            await tell_security(
                *(connection, "refresh-token-reused"),
                person_id=session.person_id,
                business_id=session.business_id,
                session=str(session.id),
            )
    return None


async def look(database: Database, session_id: UUID, person_id: UUID, business_id: UUID | None) -> Role | Standing:
    """The person's role in the business, as long as the session goes on."""
    row = await database.fetchrow(LOOK, session_id, person_id, business_id)
    if row is None:
        return Standing.OVER
    return Role(row["role"]) if row["role"] else Standing.NO_MEMBER


async def list_sessions(
    database: Database, person_id: UUID, idle: timedelta, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[OpenSession]:
    """Those of this person that go on and were not `idle` for so long, the oldest first, from the one after `after`."""
    return [OpenSession(**row) for row in await database.fetch(LIST, person_id, *(after or (None, None)), limit, idle)]


async def end(pool: asyncpg.Pool, person_id: UUID, session_id: UUID | None = None) -> int:
    """Ends this session of the person, or all of them; returns how many. Repeatable."""
    async with pool.acquire() as connection, connection.transaction():
        ended = await connection.fetch(END, person_id, session_id)
        for row in ended:
            await tell_security(connection, "logged-out", person_id=person_id, session=str(row["id"]))
    return len(ended)


async def _new_token(connection: Connection, session_id: UUID) -> str:
    token = f"rt_{secrets.token_urlsafe(32)}"
    await connection.execute(KEEP, token_hash(token), session_id)
    return token
