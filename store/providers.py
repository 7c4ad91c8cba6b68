"""Who gives the services."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from domain.providers import Provider
from store.external_ids import unlike_others
from store.pool import Database

# One statement: the provider with what they give.
CREATE = """
WITH provider AS (
    INSERT INTO providers (business_id, id, name, timezone, email, phone, calendar_id, max_per_day, max_per_week, external_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    RETURNING business_id, id
)
INSERT INTO provider_services (business_id, provider_id, service_id)
SELECT provider.business_id, provider.id, given.id FROM provider, unnest($11::uuid[]) AS given (id)
"""

REPLACE = """
UPDATE providers
SET name = $3, timezone = $4, email = $5, phone = $6, calendar_id = $7, max_per_day = $8, max_per_week = $9,
    external_id = $10
WHERE business_id = $1 AND id = $2
"""

# What they go on giving keeps its priority and its turn.
GIVE_ONLY = """
WITH no_longer AS (
    DELETE FROM provider_services WHERE business_id = $1 AND provider_id = $2 AND NOT service_id = ANY($3::uuid[])
)
INSERT INTO provider_services (business_id, provider_id, service_id)
SELECT $1, $2, given.id FROM unnest($3::uuid[]) AS given (id)
ON CONFLICT DO NOTHING
"""

GIVE = """
INSERT INTO provider_services (business_id, provider_id, service_id, priority) VALUES ($1, $2, $3, $4)
ON CONFLICT (business_id, provider_id, service_id) DO UPDATE SET priority = excluded.priority
"""

COLUMNS = """p.business_id, p.id, p.name, p.timezone, p.email, p.phone, p.calendar_id, p.max_per_day, p.max_per_week,
       p.external_id,
       array(SELECT g.service_id FROM provider_services g
             WHERE g.business_id = p.business_id AND g.provider_id = p.id ORDER BY g.service_id) AS service_ids"""

GET = f"SELECT {COLUMNS} FROM providers p WHERE p.business_id = $1 AND p.id = $2"  # noqa: S608 (our own column list)

LIST = f"""
SELECT {COLUMNS} FROM providers p
WHERE p.business_id = $1 AND ($2::uuid IS NULL OR p.id > $2) AND ($4::text IS NULL OR p.external_id = $4)
ORDER BY p.id
LIMIT $3
"""  # noqa: S608 (our own column list)


async def create_provider(database: Database, provider: Provider) -> None:
    """Adds the provider and the services they give; the id must be new and the services must exist. Raises ExternalIdTaken."""
    with unlike_others("provider"):
        await database.execute(CREATE, *_values(provider), list(provider.service_ids))


async def replace_provider(database: Database, provider: Provider) -> None:
    """Puts the provider in the place of what had their id; the services they give must exist.

    What is booked stays at its instant, also where the zone changes. In the caller's transaction; repeatable.
    Raises ExternalIdTaken.
    """
    with unlike_others("provider"):
        await database.execute(REPLACE, *_values(provider))
    await database.execute(GIVE_ONLY, provider.business_id, provider.id, list(provider.service_ids))


def _values(provider: Provider) -> tuple[object, ...]:
    return (
        provider.business_id,
        provider.id,
        provider.name,
        provider.timezone,
        provider.email,
        provider.phone,
        provider.calendar_id,
        provider.max_per_day,
        provider.max_per_week,
        provider.external_id,
    )


async def give_service(database: Database, business_id: UUID, provider_id: UUID, service_id: UUID, priority: int) -> None:
    """Lets an existing provider give an existing service, or changes their priority in it. Repeatable."""
    await database.execute(GIVE, business_id, provider_id, service_id, priority)


async def find_provider(database: Database, business_id: UUID, provider_id: UUID) -> Provider | None:
    """This business's provider of that id."""
    row = await database.fetchrow(GET, business_id, provider_id)
    return _provider_in(row) if row else None


async def list_providers(
    database: Database, business_id: UUID, after: UUID | None, limit: int, external_id: str | None = None
) -> list[Provider]:
    """The providers in the order they were made, from the one after `after`; or the one with this external id."""
    return [_provider_in(row) for row in await database.fetch(LIST, business_id, after, limit, external_id)]


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
        external_id=row["external_id"],
    )
