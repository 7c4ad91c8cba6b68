"""People's accounts; only who has shown that the address is theirs has one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from domain.people import Person
from store.events import Connection
from store.pool import Database
from store.security_events import tell_security

FIND = "SELECT id, email, name, totp_confirmed_at IS NOT NULL AS has_second_factor, created_at FROM people WHERE id = $1"

FIND_CREDENTIALS = """
SELECT id, password_hash, totp_confirmed_at IS NOT NULL AS has_second_factor FROM people WHERE lower(email) = lower($1)
"""

FIND_KNOWN = "SELECT id, password_hash, totp_confirmed_at IS NOT NULL AS has_second_factor FROM people WHERE id = $1"

CREATE = """
INSERT INTO people (id, email, name, password_hash) VALUES ($1, $2, $3, $4)
ON CONFLICT (lower(email)) DO NOTHING
RETURNING id
"""

END_SESSIONS = """
UPDATE sessions SET ended_at = now(), ended_by = 'new-password'
WHERE person_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2
"""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a log-in is held against."""

    id: UUID
    password_hash: str
    has_second_factor: bool


async def find_person(database: Database, person_id: UUID) -> Person | None:
    """The person of this id."""
    row = await database.fetchrow(FIND, person_id)
    return Person(**row) if row else None


async def find_credentials(database: Database, email: str) -> Credentials | None:
    """Of the account with this address, however its letters are written."""
    row = await database.fetchrow(FIND_CREDENTIALS, email)
    return Credentials(**row) if row else None


async def find_known(database: Database, person_id: UUID) -> Credentials | None:
    """Of the account with this id."""
    row = await database.fetchrow(FIND_KNOWN, person_id)
    return Credentials(**row) if row else None


async def read_password_hash(database: Database, person_id: UUID) -> str:
    """Of a person who exists."""
    kept: str = await database.fetchval("SELECT password_hash FROM people WHERE id = $1", person_id)
    return kept


async def create_person(connection: Connection, email: str, name: str, password_hash: str) -> UUID | None:
    """Opens the account, in the caller's transaction; None where the address has one already, which stays as it is."""
    person_id: UUID | None = await connection.fetchval(CREATE, uuid7(), email, name, password_hash)
    if person_id is not None:
        await tell_security(connection, "registered", person_id=person_id)
    return person_id


async def renew_hash(database: Database, person_id: UUID, old: str, new: str) -> None:
    """Keeps the same password under today's parameters, unless it was changed meanwhile. Repeatable."""
    await database.execute("UPDATE people SET password_hash = $3 WHERE id = $1 AND password_hash = $2", person_id, old, new)


async def set_password(connection: Connection, person_id: UUID, password_hash: str, keep: UUID | None = None) -> None:
    """From now on this password counts, and every session ends but the one to `keep`. In the caller's transaction."""
    await connection.execute("UPDATE people SET password_hash = $2 WHERE id = $1", person_id, password_hash)
    await connection.execute(END_SESSIONS, person_id, keep)
    await tell_security(connection, "password-changed", person_id=person_id)
