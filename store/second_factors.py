"""Second factors: an encrypted secret for codes that change, and the hashes of recovery codes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg

from domain.tokens import token_hash
from store.pool import Database
from store.security_events import tell_security

# Only until it is confirmed: one that counts is not replaced by whoever has a session.
ENROL = "UPDATE people SET totp_secret = $2, totp_step = NULL WHERE id = $1 AND totp_confirmed_at IS NULL RETURNING true"

CONFIRM = """
UPDATE people SET totp_confirmed_at = now(), totp_step = $2 WHERE id = $1 AND totp_confirmed_at IS NULL AND totp_secret = $3
RETURNING true
"""

# Of two log-ins with one code only one finds its step unused (RFC 6238, 5.2).
USE_STEP = "UPDATE people SET totp_step = $2 WHERE id = $1 AND (totp_step IS NULL OR totp_step < $2) RETURNING true"

USE_RECOVERY = """
UPDATE recovery_codes SET used_at = now() WHERE person_id = $1 AND code_hash = $2 AND used_at IS NULL RETURNING true
"""

DROP = """
UPDATE people SET totp_secret = NULL, totp_confirmed_at = NULL, totp_step = NULL WHERE id = $1 AND totp_secret IS NOT NULL
RETURNING true
"""

COUNT_REFUSED = """
SELECT count(*) FROM security_events WHERE person_id = $1 AND at > now() - $2::interval AND kind = 'second-factor-refused'
"""


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """The encrypted secret, and whether it counts."""

    secret: bytes
    is_confirmed: bool


async def find_second_factor(database: Database, person_id: UUID) -> SecondFactor | None:
    """The person's, also one that is not confirmed yet."""
    row = await database.fetchrow(
        "SELECT totp_secret AS secret, totp_confirmed_at IS NOT NULL AS is_confirmed FROM people WHERE id = $1", person_id
    )
    return SecondFactor(**row) if row and row["secret"] else None


async def enrol(database: Database, person_id: UUID, secret: bytes) -> bool:
    """Keeps a secret that does not count before it is confirmed; False where one counts already."""
    return await database.fetchval(ENROL, person_id, secret) is not None


async def confirm(pool: asyncpg.Pool, person_id: UUID, step: int, secret: bytes, codes: Collection[str]) -> bool:
    """From now on this secret counts, and these recovery codes; False where one counts already, or another was enrolled."""
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(CONFIRM, person_id, step, secret):
            return False
        await connection.execute("DELETE FROM recovery_codes WHERE person_id = $1", person_id)
        await connection.executemany(
            "INSERT INTO recovery_codes (person_id, code_hash) VALUES ($1, $2)", [(person_id, token_hash(code)) for code in codes]
        )
        await tell_security(connection, "second-factor-set", person_id=person_id)
    return True


async def use_step(database: Database, person_id: UUID, step: int) -> bool:
    """Whether the code of this time step was not taken before; now it is."""
    return await database.fetchval(USE_STEP, person_id, step) is not None


async def use_recovery_code(database: Database, person_id: UUID, code: str) -> bool:
    """Whether this recovery code was still good; now it is not."""
    if not await database.fetchval(USE_RECOVERY, person_id, token_hash(code)):
        return False
    await tell_security(database, "recovery-code-used", person_id=person_id)
    return True


async def drop(pool: asyncpg.Pool, person_id: UUID) -> None:
    """The password alone counts again. Repeatable."""
    async with pool.acquire() as connection, connection.transaction():
        if await connection.fetchval(DROP, person_id):
            await connection.execute("DELETE FROM recovery_codes WHERE person_id = $1", person_id)
            await tell_security(connection, "second-factor-dropped", person_id=person_id)


async def count_refused(database: Database, person_id: UUID, within: timedelta) -> int:
    """How many wrong codes came lately."""
    found: int = await database.fetchval(COUNT_REFUSED, person_id, within)
    return found
