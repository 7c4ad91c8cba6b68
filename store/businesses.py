"""The tenants: every other row belongs to one of them."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7

from domain.bookings import OnCalendarFailure
from store.pool import Database


async def create_business(
    database: Database,
    name: str,
    timezone: str,
    on_calendar_failure: OnCalendarFailure | str = OnCalendarFailure.UNDO,
    *,
    business_id: UUID | None = None,
) -> UUID:
    """Returns the new business's id. A given `business_id` must be new."""
    chosen = business_id or uuid7()
    await database.execute(
        "INSERT INTO businesses (business_id, name, timezone, on_calendar_failure) VALUES ($1, $2, $3, $4)",
        chosen,
        name,
        timezone,
        OnCalendarFailure(on_calendar_failure).value,
    )
    return chosen


async def set_calendar_policy(database: Database, business_id: UUID, policy: OnCalendarFailure) -> None:
    """Holds for bookings made from now on. Repeatable."""
    await database.execute("UPDATE businesses SET on_calendar_failure = $2 WHERE business_id = $1", business_id, policy.value)


async def read_timezone(database: Database, business_id: UUID) -> str:
    """The IANA zone of the business's own clock."""
    zone: str = await database.fetchval("SELECT timezone FROM businesses WHERE business_id = $1", business_id)
    return zone


async def is_listed_origin(database: Database, origin: str, business_id: UUID | None) -> bool:
    """Whether pages of this origin may ask this business, or, for None, any. Whoever asks has shown nothing yet."""
    listed: bool = await database.fetchval("SELECT is_listed_origin($1, $2)", origin, business_id)
    return listed


async def find_business(database: Database, name: str) -> UUID | None:
    """The oldest business of this name."""
    found = await database.fetchval(
        "SELECT business_id FROM businesses WHERE name = $1 ORDER BY created_at, business_id LIMIT 1", name
    )
    return UUID(str(found)) if found is not None else None
