"""What happened to accounts, sessions, roles and keys, kept for whoever looks into it later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from store.pool import Database

LIST = """
SELECT id, at, kind, person_id, business_id, detail FROM security_events
WHERE {whose} = $1 AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3::uuid))
ORDER BY at DESC, id DESC LIMIT $4
"""
# Anybody can make these, and without an account they are about nobody.
FORGET_REFUSED = "DELETE FROM security_events WHERE kind = 'login-refused' AND at <= now() - interval '90 days'"
OF_BUSINESS, OF_PERSON = LIST.format(whose="business_id"), LIST.format(whose="person_id")

Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """One thing that happened to a person, or in a business, or both."""

    id: UUID
    at: datetime
    kind: str
    person_id: UUID | None
    business_id: UUID | None
    detail: Mapping[str, str]


async def tell_security(
    database: Database, kind: str, *, person_id: UUID | None = None, business_id: UUID | None = None, **detail: str
) -> None:
    """Adds one event, in the caller's transaction. `detail` holds codes and ids, never what a person typed."""
    await database.execute(
        "INSERT INTO security_events (id, kind, person_id, business_id, detail) VALUES ($1, $2, $3, $4, $5)",
        uuid7(),
        kind,
        person_id,
        business_id,
        detail,
    )


async def list_events_of_business(
    database: Database, business_id: UUID, before: Place | None, limit: int
) -> Sequence[SecurityEvent]:
    """The latest first, from the one before `before`."""
    return [SecurityEvent(**row) for row in await database.fetch(OF_BUSINESS, business_id, *(before or (None, None)), limit)]


async def list_events_of_person(database: Database, person_id: UUID, before: Place | None, limit: int) -> Sequence[SecurityEvent]:
    """The same of one person, with whatever business. Asked at the door."""
    return [SecurityEvent(**row) for row in await database.fetch(OF_PERSON, person_id, *(before or (None, None)), limit)]


async def forget_refused(door: Database) -> None:
    """Drops log-ins that were refused three months ago. Repeatable."""
    await door.execute(FORGET_REFUSED)
