"""Links in mails, each good for one thing once, and the mails that carry them.

Who asks for one only ever adds a row: whether the address is known is looked up by whoever sends the mail, so that neither an
answer nor the time it takes tells. A row whose `mail_due_at` has come is a mail that is still to be sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from uuid_utils.compat import uuid7

from domain.errors import LinkExpired, LinkSpent, NotFound
from domain.people import Role
from domain.tokens import one_time_token, token_hash
from store.events import Connection
from store.pool import Database

MOST_IN_AN_HOUR = 5
"""Mails of one kind to one address; further ones are not sent, whoever asks for them."""

ASK = """
INSERT INTO one_time_tokens (id, purpose, email, token_hash, locale, business_id, role, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8)
"""

USE = """
UPDATE one_time_tokens SET used_at = now(), mail_due_at = NULL
WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()
RETURNING id, email, business_id, role
"""

# Locked until the mail is sent and noted, so that two workers send it once; one that dies leaves it due.
TAKE_DUE = """
SELECT t.id, t.purpose, t.email, t.locale, t.expires_at, t.mail_tries, b.name AS business_name,
       t.expires_at <= now() OR t.used_at IS NOT NULL AS is_over,
       (SELECT p.id FROM people p WHERE lower(p.email) = lower(t.email)) AS person_id,
       (SELECT count(*) FROM one_time_tokens o
        WHERE lower(o.email) = lower(t.email) AND o.purpose = t.purpose
          AND o.mailed_at > now() - interval '1 hour') AS sent_lately
FROM one_time_tokens t LEFT JOIN businesses b ON b.business_id = t.business_id
WHERE t.mail_due_at <= now() ORDER BY t.mail_due_at LIMIT 1 FOR UPDATE OF t SKIP LOCKED
"""

FORGET = "DELETE FROM one_time_tokens WHERE expires_at < now() - interval '7 days'"
FORGET_SESSIONS = "DELETE FROM sessions WHERE expires_at < now() - interval '7 days'"
FORGET_ATTEMPTS = "DELETE FROM sso_attempts WHERE expires_at < now() - interval '7 days'"
FORGET_CODES = "DELETE FROM authorisation_codes WHERE expires_at < now() - interval '7 days'"


class Purpose(StrEnum):
    """What a link is good for, and nothing else."""

    VERIFY = "verify"
    RESET = "reset"
    INVITE = "invite"


@dataclass(frozen=True, slots=True)
class Invitation:
    """To be this in this business."""

    business_id: UUID
    role: Role


@dataclass(frozen=True, slots=True)
class Used:
    """A link that was just used."""

    id: UUID
    email: str
    invitation: Invitation | None


@dataclass(frozen=True, slots=True)
class DueMail:
    """A mail that is to be sent, and what is known of its address by now."""

    id: UUID
    purpose: Purpose
    email: str
    locale: str
    expires_at: datetime
    is_over: bool
    tries: int
    business_name: str | None
    is_known: bool
    sent_lately: int


async def ask(
    database: Database,
    secret: str,
    purpose: Purpose,
    email: str,
    lasts: timedelta,
    *,
    locale: str = "en",
    invitation: Invitation | None = None,
) -> UUID:
    """Asks for a mail with a link. Takes the same time whoever has the address."""
    token_id = uuid7()
    asked = (invitation.business_id, invitation.role.value) if invitation else (None, None)
    kept = token_hash(one_time_token(secret, token_id))
    await database.execute(ASK, token_id, purpose.value, email, kept, locale, *asked, lasts)
    return token_id


async def use(connection: Connection, token: str, purpose: Purpose) -> Used:
    """Uses the link up, in the caller's transaction, which does what it is good for. Raises NotFound, LinkSpent, LinkExpired."""
    kept = token_hash(token)
    row = await connection.fetchrow(USE, kept, purpose.value)
    if row is None:
        await _say_why(connection, kept, purpose)
        raise NotFound("there is no such link")
    invitation = Invitation(row["business_id"], Role(row["role"])) if row["business_id"] else None
    return Used(row["id"], row["email"], invitation)


async def _say_why(connection: Connection, kept: bytes, purpose: Purpose) -> None:
    known = "SELECT used_at FROM one_time_tokens WHERE token_hash = $1 AND purpose = $2"
    row = await connection.fetchrow(known, kept, purpose.value)
    if row is not None and row["used_at"] is not None:
        raise LinkSpent("the link was used already")
    if row is not None:
        raise LinkExpired("the link was not used in its time; ask for another")


async def spend_others(connection: Connection, email: str, purpose: Purpose) -> None:
    """Makes every other link of this kind to this address worthless, in the caller's transaction."""
    await connection.execute(
        "UPDATE one_time_tokens SET used_at = now(), mail_due_at = NULL"
        " WHERE lower(email) = lower($1) AND purpose = $2 AND used_at IS NULL",
        *(email, purpose.value),
    )


async def has_due_mails(database: Database) -> bool:
    """Whether there is anything to send."""
    found: bool = await database.fetchval("SELECT EXISTS (SELECT FROM one_time_tokens WHERE mail_due_at <= now())")
    return found


async def take_due_mail(connection: Connection) -> DueMail | None:
    """The next mail that is to be sent; it is this transaction's until it ends."""
    row = await connection.fetchrow(TAKE_DUE)
    if row is None:
        return None
    facts = (row["email"], row["locale"], row["expires_at"], row["is_over"], row["mail_tries"])
    return DueMail(
        row["id"], Purpose(row["purpose"]), *facts, row["business_name"], row["person_id"] is not None, row["sent_lately"]
    )


async def note_mailed(connection: Connection, token_id: UUID) -> None:
    """It is sent."""
    await connection.execute("UPDATE one_time_tokens SET mailed_at = now(), mail_due_at = NULL WHERE id = $1", token_id)


async def note_unsent(connection: Connection, token_id: UUID, again_in: timedelta | None) -> None:
    """It could not be sent now, or, for None, never will be."""
    await connection.execute(
        "UPDATE one_time_tokens SET mail_tries = mail_tries + 1, mail_due_at = now() + $2 WHERE id = $1", token_id, again_in
    )


async def forget_old(database: Database) -> None:
    """Drops links, codes and sessions that are over for a week. Repeatable."""
    for statement in (FORGET, FORGET_ATTEMPTS, FORGET_CODES, FORGET_SESSIONS):
        await database.execute(statement)


async def list_invitations(database: Database, business_id: UUID) -> Sequence[tuple[UUID, str, str, datetime]]:
    """Those that are still open, as (id, address, role, end)."""
    rows = await database.fetch(
        "SELECT id, email, role, expires_at FROM one_time_tokens"
        " WHERE business_id = $1 AND used_at IS NULL AND expires_at > now() ORDER BY id",
        business_id,
    )
    return [(row["id"], row["email"], row["role"], row["expires_at"]) for row in rows]
