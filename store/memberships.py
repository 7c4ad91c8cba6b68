"""Who works for which business, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.errors import LastOwner, NotFound
from domain.people import Membership, Role
from store.events import Connection
from store.pool import Database
from store.security_events import tell_security

OF_PERSON = """
SELECT m.business_id, b.name AS business_name, m.role FROM memberships m JOIN businesses b USING (business_id)
WHERE m.person_id = $1 ORDER BY m.created_at, m.business_id
"""

LIST = """
SELECT p.id AS person_id, p.email, p.name, m.role, p.totp_confirmed_at IS NOT NULL AS has_second_factor, m.created_at AS since
FROM memberships m JOIN people p ON p.id = m.person_id
WHERE m.business_id = $1 AND ($2::uuid IS NULL OR m.person_id = $2)
  AND ($3::timestamptz IS NULL OR (m.created_at, m.person_id) > ($3, $4::uuid))
ORDER BY m.created_at, m.person_id
LIMIT $5
"""

# One who is in already keeps the role: an invitation never takes any away.
JOIN = "INSERT INTO memberships (business_id, person_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true"

# Whoever takes an owner away first locks all of them, so that two cannot take each other away.
LOCK_OWNERS = "SELECT person_id FROM memberships WHERE business_id = $1 AND role = 'owner' ORDER BY person_id FOR UPDATE"


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a business, as the business sees them."""

    person_id: UUID
    email: str
    name: str
    role: str
    has_second_factor: bool
    since: datetime


async def list_memberships(database: Database, person_id: UUID) -> Sequence[Membership]:
    """All businesses that this person works for."""
    rows = await database.fetch(OF_PERSON, person_id)
    return [Membership(row["business_id"], row["business_name"], Role(row["role"])) for row in rows]


async def find_role(database: Database, business_id: UUID, person_id: UUID) -> Role | None:
    """What the person is in this business; None for somebody who is nothing there."""
    role = await database.fetchval(
        "SELECT role FROM memberships WHERE business_id = $1 AND person_id = $2", business_id, person_id
    )
    return Role(role) if role else None


async def list_members(
    database: Database, business_id: UUID, after: tuple[datetime, UUID] | None = None, limit: int | None = None
) -> Sequence[Member]:
    """Everybody of this business, in the order in which they joined, from the one after `after`."""
    return [Member(**row) for row in await database.fetch(LIST, business_id, None, *(after or (None, None)), limit)]


async def find_member(database: Database, business_id: UUID, person_id: UUID) -> Member | None:
    """One person of this business."""
    row = await database.fetchrow(LIST, business_id, person_id, None, None, 1)
    return Member(**row) if row else None


async def join(connection: Connection, business_id: UUID, person_id: UUID, role: Role, by: str) -> bool:
    """Makes the person a member, in the caller's transaction; False for one who was in already, who stays what they are."""
    is_new: bool | None = await connection.fetchval(JOIN, business_id, person_id, role.value)
    if is_new:
        await tell_security(connection, "member-joined", person_id=person_id, business_id=business_id, role=role.value, by=by)
    return is_new is not None


async def change_role(connection: Connection, business_id: UUID, person_id: UUID, role: Role, by: str) -> None:
    """Holds from the next request on, in the caller's transaction. Repeatable. Raises NotFound, LastOwner."""
    if role is not Role.OWNER:
        await _check_owner_stays(connection, business_id, person_id)
    changed = await connection.fetchval(
        "UPDATE memberships SET role = $3 WHERE business_id = $1 AND person_id = $2 RETURNING true",
        *(business_id, person_id, role.value),
    )
    if changed is None:
        raise NotFound("there is no such member")
    await tell_security(connection, "role-changed", person_id=person_id, business_id=business_id, role=role.value, by=by)


async def remove(connection: Connection, business_id: UUID, person_id: UUID, by: str) -> None:
    """From the next request on the person may do nothing there; in the caller's transaction. Raises NotFound, LastOwner."""
    await _check_owner_stays(connection, business_id, person_id)
    removed = await connection.fetchval(
        "DELETE FROM memberships WHERE business_id = $1 AND person_id = $2 RETURNING true", business_id, person_id
    )
    if removed is None:
        raise NotFound("there is no such member")
    await tell_security(connection, "member-removed", person_id=person_id, business_id=business_id, by=by)


async def _check_owner_stays(connection: Connection, business_id: UUID, person_id: UUID) -> None:
    """Raises LastOwner where this person is the only one."""
    if [person_id] == [row["person_id"] for row in await connection.fetch(LOCK_OWNERS, business_id)]:
        raise LastOwner("this is the business's last owner; make somebody else an owner first")
