"""Where businesses want to hear of their bookings: the addresses, their secrets, and whether anything comes through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from store.pool import Database

COLUMNS = """id, url, description, event_types, is_enabled, disabled_reason, disabled_at, failing_since,
       CASE WHEN previous_secret_until > now() THEN previous_secret_until END AS previous_secret_until, created_at"""

CREATE = f"""
INSERT INTO webhook_endpoints (business_id, id, url, description, event_types, is_enabled, secret)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING {COLUMNS}
"""  # noqa: S608 (our own text)

GET = f"SELECT {COLUMNS} FROM webhook_endpoints WHERE business_id = $1 AND id = $2"  # noqa: S608 (our own text)

LIST = f"""
SELECT {COLUMNS} FROM webhook_endpoints
WHERE business_id = $1 AND ($2::uuid IS NULL OR id > $2)
ORDER BY id
LIMIT $3
"""  # noqa: S608 (our own text)

# Enabled again, it starts afresh: whatever was wrong is believed to be mended.
CHANGE = f"""
UPDATE webhook_endpoints
SET url = $3, description = $4, event_types = $5, is_enabled = $6,
    disabled_reason = CASE WHEN is_enabled OR NOT $6 THEN disabled_reason END,
    disabled_at = CASE WHEN $6 THEN NULL ELSE coalesce(disabled_at, now()) END,
    failing_since = CASE WHEN is_enabled OR NOT $6 THEN failing_since END
WHERE business_id = $1 AND id = $2
RETURNING {COLUMNS}
"""  # noqa: S608 (our own text)

ROTATE = """
UPDATE webhook_endpoints SET previous_secret = secret, previous_secret_until = now() + $4::interval, secret = $3
WHERE business_id = $1 AND id = $2
RETURNING previous_secret_until
"""


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """One address. No `event_types` means all; `disabled_reason` is None where the business itself wants it so."""

    id: UUID
    url: str
    description: str | None
    event_types: Sequence[str]
    is_enabled: bool
    disabled_reason: str | None
    disabled_at: datetime | None
    failing_since: datetime | None
    previous_secret_until: datetime | None
    created_at: datetime


async def create_endpoint(
    database: Database,
    business_id: UUID,
    endpoint_id: UUID,
    url: str,
    description: str | None,
    event_types: Sequence[str],
    secret: str,
    *,
    is_enabled: bool = True,
) -> WebhookEndpoint:
    """Whatever happens to the business's bookings from now on is told there."""
    row = await database.fetchrow(CREATE, business_id, endpoint_id, url, description, list(event_types), is_enabled, secret)
    assert row is not None  # noqa: S101 (an INSERT without a condition)
    return WebhookEndpoint(**row)


async def find_endpoint(
    database: Database, business_id: UUID, endpoint_id: UUID, *, to_change: bool = False
) -> WebhookEndpoint | None:
    """The endpoint, if this business has it; held until the end of the caller's transaction where it is to be changed."""
    row = await database.fetchrow(f"{GET} FOR NO KEY UPDATE" if to_change else GET, business_id, endpoint_id)
    return WebhookEndpoint(**row) if row else None


async def list_endpoints(database: Database, business_id: UUID, after: UUID | None, limit: int) -> list[WebhookEndpoint]:
    """In the order they were made, from the one after `after`."""
    return [WebhookEndpoint(**row) for row in await database.fetch(LIST, business_id, after, limit)]


async def change_endpoint(
    database: Database,
    business_id: UUID,
    endpoint_id: UUID,
    url: str,
    description: str | None,
    event_types: Sequence[str],
    *,
    is_enabled: bool,
) -> WebhookEndpoint | None:
    """Holds for whatever is told from now on, retries included. None where there is no such endpoint. Repeatable."""
    row = await database.fetchrow(CHANGE, business_id, endpoint_id, url, description, list(event_types), is_enabled)
    return WebhookEndpoint(**row) if row else None


async def rotate_secret(
    database: Database, business_id: UUID, endpoint_id: UUID, secret: str, old_valid_for: timedelta
) -> datetime | None:
    """Signs with `secret` from now on, and with the one before, too, until the returned time. None: no such endpoint."""
    until: datetime | None = await database.fetchval(ROTATE, business_id, endpoint_id, secret, old_valid_for)
    return until


async def drop_endpoint(database: Database, business_id: UUID, endpoint_id: UUID) -> bool:
    """Forgets it with its log; what is on its way is given up. False when there is none."""
    dropped = await database.fetchval(
        "DELETE FROM webhook_endpoints WHERE business_id = $1 AND id = $2 RETURNING true", business_id, endpoint_id
    )
    return bool(dropped)
