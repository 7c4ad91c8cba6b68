"""The audit log: what staff have looked at and done, in lines that hold each other in place.

Each line has a hash, keyed for its business by the deployment, over itself and the hash of the line before. So who changes,
removes, adds or swaps lines in the database, and does not have the deployment's keys, is found out. Whoever can also put an old
copy of the whole database in its place is not: keep a line's hash elsewhere against that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from store.customers import look_up_key, vault_of
from store.events import Connection
from store.sealing import keyed

BLOCK = 64  # bytes of SHA-256
PAGE = 20_000

NOTE = "SELECT note_audit($1, $2, $3, $4, $5, $6, $7)"

LIST = """
SELECT seq, at, who, route, named, address, hash FROM audit_log
WHERE business_id = $1 AND ($2::bigint IS NULL OR seq < $2) AND ($3::text IS NULL OR who = $3)
  AND ($4::timestamptz IS NULL OR at >= $4) AND ($5::timestamptz IS NULL OR at < $5)
ORDER BY seq DESC
LIMIT $6
"""

# In steps, so that no log is too long for it.
CHECK = """
WITH page AS (
    SELECT l AS line, l.seq, l.hash,
           lag(l.hash, 1, $4::bytea) OVER (ORDER BY l.seq) AS before, lag(l.seq, 1, $5::bigint) OVER (ORDER BY l.seq) AS last
    FROM audit_log l WHERE l.business_id = $1 AND l.seq > $5 AND l.seq <= $5 + $6::bigint
)
SELECT (SELECT min(seq) FROM page WHERE seq <> last + 1 OR hash <> audit_hash($2, $3, before, line)) AS wrong,
       max(seq) AS last, (SELECT hash FROM page ORDER BY seq DESC LIMIT 1) AS hash, count(*) AS count
FROM page
"""

HEAD = """
SELECT h.seq, h.hash, (SELECT min(l.seq) FROM audit_log l WHERE l.business_id = h.business_id AND l.seq < 1) AS odd
FROM audit_heads h WHERE h.business_id = $1
"""
BUSINESSES = "SELECT business_id FROM audit_heads UNION SELECT DISTINCT business_id FROM audit_log ORDER BY 1"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what, from where: `named` are the ids in the address, and nothing about a person."""

    business_id: UUID
    who: str
    route: str
    named: Mapping[str, str]
    address: str | None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the log."""

    seq: int
    at: datetime
    who: str
    route: str
    named: Mapping[str, str]
    address: str | None
    hash: bytes


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines to list; whatever is None does not restrict. `since ≤ at < until`."""

    who: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """How many lines were looked at, and the first that is not as it was written or has one missing before it; None for none."""

    lines: int
    wrong: int | None


async def note(pool: asyncpg.Pool, asked: Asked) -> None:
    """Adds a line. It is kept when this returns, whatever becomes of what was asked for."""
    async with pool.acquire() as connection:
        halves = await _halves(connection, asked.business_id)
        said = asked.business_id, asked.who, asked.route, dict(asked.named), asked.address
        await connection.execute(NOTE, *halves, *said)


async def list_lines(
    pool: asyncpg.Pool, business_id: UUID, wanted: AuditFilter, before: int | None, limit: int
) -> list[AuditLine]:
    """The latest first, from the one before `before`."""
    rows = await pool.fetch(LIST, business_id, before, wanted.who, wanted.since, wanted.until, limit)
    return [AuditLine(**row) for row in rows]


async def list_businesses(pool: asyncpg.Pool) -> list[UUID]:
    """Those that have a log."""
    return [row["business_id"] for row in await pool.fetch(BUSINESSES)]


async def check(pool: asyncpg.Pool, business_id: UUID) -> Checked:
    """Looks at all lines of the business. Raises CannotOpen where its key cannot be opened."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        head = await connection.fetchrow(HEAD, business_id)
        halves = await _halves(connection, business_id)
        if head is not None and head["odd"] is not None:
            return Checked(0, head["odd"])
        before, last, lines = b"", 0, 0
        while (page := await connection.fetchrow(CHECK, business_id, *halves, before, last, PAGE)) and page["count"]:
            lines += page["count"]
            if page["wrong"] is not None:
                return Checked(lines, page["wrong"])
            before, last = page["hash"], page["last"]
    is_whole = head is not None and (head["seq"], head["hash"]) == (last, before)
    return Checked(lines, None if is_whole else last + 1)


async def _halves(connection: Connection, business_id: UUID) -> tuple[bytes, bytes]:
    """The business's key for its log, as HMAC takes it apart (RFC 2104)."""
    vault = vault_of(connection)
    if vault is None:
        raise RuntimeError("this pool was opened without the deployment's keys")
    key = keyed(await look_up_key(connection, vault, business_id), "audit", "log").ljust(BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)
