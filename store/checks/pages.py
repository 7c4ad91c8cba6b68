"""Which bookings there are to check, page by page in the order of their key, so that a million of them is many small reads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from domain.bookings import BookingRef
from store.checks import calendars, claims, messages, money, timelines
from store.checks.statements import Over, Statement
from store.pool import Database

RULES: Sequence[Statement] = (*claims.RULES, *money.RULES, *calendars.RULES, *messages.RULES, *timelines.RULES)

NEXT = """
SELECT t.business_id, t.id FROM {table} t
WHERE ($1::uuid[] IS NULL OR t.business_id = ANY($1)) AND (t.business_id, t.id) > ($2, $3)
ORDER BY t.business_id, t.id LIMIT $4
"""

# Whatever changed a moment ago may be in the middle of its next step.
AT_REST = """
SELECT page.business_id, page.id
FROM unnest($1::uuid[], $2::uuid[]) AS page (business_id, id)
WHERE NOT EXISTS (SELECT FROM booking_events e
                  WHERE e.business_id = page.business_id AND e.booking_id = page.id AND e.at > now() - $3::interval)
"""

CHANGED = """
SELECT page.business_id, page.id
FROM unnest($1::uuid[], $2::uuid[]) AS page (business_id, id)
WHERE EXISTS (SELECT FROM booking_events e
              WHERE e.business_id = page.business_id AND e.booking_id = page.id AND e.at >= $3)
"""

OPEN = """
SELECT b.business_id, b.id, b.status, b.series_id
FROM unnest($1::uuid[], $2::uuid[]) AS page (business_id, id)
JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
WHERE b.status IN ('pending', 'confirming', 'confirmed')
"""

KNOWN = """
SELECT id FROM bookings WHERE id = ANY($1::uuid[]) UNION ALL SELECT id FROM series WHERE id = ANY($1)
"""

NOWHERE = BookingRef(UUID(int=0), UUID(int=0))


async def count(database: Database, businesses: Collection[UUID] | None) -> int:
    """How many bookings there are."""
    found = await database.fetchval(
        "SELECT count(*) FROM bookings WHERE $1::uuid[] IS NULL OR business_id = ANY($1)", _list(businesses)
    )
    return int(found)


async def next_page(
    database: Database, over: Over, businesses: Collection[UUID] | None, after: BookingRef, size: int
) -> list[BookingRef]:
    """The keys after this one, of bookings or of claims."""
    rows = await database.fetch(NEXT.format(table=over.value), _list(businesses), after.business_id, after.booking_id, size)
    return [BookingRef(row["business_id"], row["id"]) for row in rows]


async def at_rest(database: Database, page: Sequence[BookingRef], quiet_for: timedelta) -> list[BookingRef]:
    """Those of which nothing was told for so long."""
    if not quiet_for:
        return list(page)
    rows = await database.fetch(AT_REST, *_keys(page), quiet_for)
    return [BookingRef(row["business_id"], row["id"]) for row in rows]


async def changed_since(database: Database, page: Sequence[BookingRef], since: datetime | None) -> list[BookingRef]:
    """Those of which something was told since then; all without."""
    if since is None:
        return list(page)
    rows = await database.fetch(CHANGED, *_keys(page), since)
    return [BookingRef(row["business_id"], row["id"]) for row in rows]


async def still_open(database: Database, page: Sequence[BookingRef]) -> list[tuple[BookingRef, str, UUID | None]]:
    """Those that have not ended, with their status and the series they belong to."""
    rows = await database.fetch(OPEN, *_keys(page))
    return [(BookingRef(row["business_id"], row["id"]), row["status"], row["series_id"]) for row in rows]


async def known_ids(database: Database, ids: Collection[UUID]) -> set[UUID]:
    """Which of these are a booking's or a series'."""
    return {row["id"] for row in await database.fetch(KNOWN, list(ids))}


def _keys(page: Sequence[BookingRef]) -> tuple[list[UUID], list[UUID]]:
    return [one.business_id for one in page], [one.booking_id for one in page]


def _list(businesses: Collection[UUID] | None) -> list[UUID] | None:
    return None if businesses is None else list(businesses)
