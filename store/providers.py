"""Who gives the services."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from domain.providers import Provider
from store.pool import Database

# One statement: the provider with what they give.
CREATE = """
WITH provider AS (
    INSERT INTO providers (business_id, id, name, timezone, email, phone, calendar_id, max_per_day, max_per_week)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $9, $10)
    RETURNING business_id, id
)
INSERT INTO provider_services (business_id, provider_id, service_id)
SELECT provider.business_id, provider.id, given.id FROM provider, unnest($8::uuid[]) AS given (id)
"""

GIVE = """
INSERT INTO provider_services (business_id, provider_id, service_id, priority) VALUES ($1, $2, $3, $4)
ON CONFLICT (business_id, provider_id, service_id) DO UPDATE SET priority = excluded.priority
"""

COLUMNS = """p.business_id, p.id, p.name, p.timezone, p.email, p.phone, p.calendar_id, p.max_per_day, p.max_per_week,
       array(SELECT g.service_id FROM provider_services g
             WHERE g.business_id = p.business_id AND g.provider_id = p.id ORDER BY g.service_id) AS service_ids"""

GET = f"SELECT {COLUMNS} FROM providers p WHERE p.business_id = $1 AND p.id = $2"  # noqa: S608 (our own column list)

LIST = f"""
SELECT {COLUMNS} FROM providers p
WHERE p.business_id = $1 AND ($2::uuid IS NULL OR p.id > $2)
ORDER BY p.id
LIMIT $3
"""  # noqa: S608 (our own column list)


async def create_provider(database: Database, provider: Provider) -> None:
    """Adds the provider and the services they give; the id must be new and the services must exist."""
    await database.execute(
        CREATE,
        provider.business_id,
        provider.id,
        provider.name,
        provider.timezone,
        provider.email,
        provider.phone,
        provider.calendar_id,
        list(provider.service_ids),
        provider.max_per_day,
        provider.max_per_week,
    )


async def give_service(database: Database, business_id: UUID, provider_id: UUID, service_id: UUID, priority: int) -> None:
    """Lets an existing provider give an existing service, or changes their priority in it. Repeatable."""
    await database.execute(GIVE, business_id, provider_id, service_id, priority)


async def find_provider(database: Database, business_id: UUID, provider_id: UUID) -> Provider | None:
    """This business's provider of that id."""
    row = await database.fetchrow(GET, business_id, provider_id)
    return _provider_in(row) if row else None


async def list_providers(database: Database, business_id: UUID, after: UUID | None, limit: int) -> list[Provider]:
    """The providers in the order they were made, from the one after `after`."""
    return [_provider_in(row) for row in await database.fetch(LIST, business_id, after, limit)]


async def unknown_providers(database: Database, business_id: UUID, provider_ids: list[UUID]) -> set[UUID]:
    """Which of these are no providers of this business."""
    if not provider_ids:
        return set()
    rows = await database.fetch(
        "SELECT id FROM providers WHERE business_id = $1 AND id = ANY($2::uuid[])", business_id, provider_ids
    )
    return set(provider_ids) - {row["id"] for row in rows}


def _provider_in(row: asyncpg.Record) -> Provider:
    return Provider(
        business_id=row["business_id"],
        id=row["id"],
        name=row["name"],
        timezone=row["timezone"],
        email=row["email"],
        phone=row["phone"],
        calendar_id=row["calendar_id"],
        service_ids=tuple(row["service_ids"]),
        max_per_day=row["max_per_day"],
        max_per_week=row["max_per_week"],
    )
