"""The delivery log of an endpoint, and sending again what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from domain.webhooks import DeliveryState
from store.events import Connection
from store.pool import Database

COLUMNS = """d.id, d.event_id, e.type, e.at AS happened_at, d.booking_id, d.state, d.attempts, d.round, d.created_at,
       d.last_tried_at, d.last_status, d.last_error, d.last_answer"""

LIST = f"""
SELECT {COLUMNS}
FROM webhook_deliveries d
JOIN webhook_events e ON e.business_id = d.business_id AND e.id = d.event_id
WHERE d.business_id = $1 AND d.endpoint_id = $2 AND ($3::text IS NULL OR d.state = $3) AND ($4::uuid IS NULL OR d.id < $4)
ORDER BY d.id DESC
LIMIT $5
"""  # noqa: S608 (our own text)

GET = f"""
SELECT {COLUMNS}
FROM webhook_deliveries d
JOIN webhook_events e ON e.business_id = d.business_id AND e.id = d.event_id
WHERE d.business_id = $1 AND d.endpoint_id = $2 AND d.id = $3
"""  # noqa: S608 (our own text)

# Replays of one endpoint queue here, so that each has a round of its own.
TURN = "SELECT true FROM webhook_endpoints WHERE business_id = $1 AND id = $2 FOR NO KEY UPDATE"

NEW = """
INSERT INTO webhook_deliveries (business_id, id, endpoint_id, event_id, booking_id, seq)
SELECT business_id, $3, $2, id, booking_id, seq FROM webhook_events WHERE business_id = $1 AND id = $4
"""

# What waits for its next try is sent now instead; what was never tried is on its way already.
AGAIN = """
WITH wanted AS (
    SELECT e.id, e.booking_id, e.seq
    FROM webhook_events e
    WHERE e.business_id = $1 AND e.payload IS NOT NULL AND {chosen}
      AND NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.business_id = $1 AND d.endpoint_id = $2 AND d.event_id = e.id
                      AND d.state = 'pending' AND d.attempts = 0)
), replaced AS (
    UPDATE webhook_deliveries d SET state = 'replaced' FROM wanted w
    WHERE d.business_id = $1 AND d.endpoint_id = $2 AND d.event_id = w.id AND d.state = 'pending'
), made AS (
    INSERT INTO webhook_deliveries (business_id, id, endpoint_id, event_id, booking_id, seq, round)
    SELECT $1, uuid_by_time(), $2, w.id, w.booking_id, w.seq,
           (SELECT coalesce(max(d.round) + 1, 0) FROM webhook_deliveries d
            WHERE d.business_id = $1 AND d.endpoint_id = $2 AND d.event_id = w.id)
    FROM wanted w
    RETURNING id
)
"""

ONE_AGAIN = (
    AGAIN.format(  # noqa: S608 (our own text)
        chosen="e.id = (SELECT event_id FROM webhook_deliveries WHERE business_id = $1 AND endpoint_id = $2 AND id = $3)"
    )
    + "SELECT id FROM made"
)

RANGE_AGAIN = (
    AGAIN.format(  # noqa: S608 (our own text)
        chosen="""e.at >= $3 AND e.at < $4 AND e.kind <> 'test'
      AND EXISTS (SELECT FROM webhook_endpoints p WHERE p.business_id = $1 AND p.id = $2
                  AND (p.event_types = '{}' OR e.type = ANY (p.event_types)))
      AND NOT ($5 AND EXISTS (SELECT FROM webhook_deliveries d WHERE d.business_id = $1 AND d.endpoint_id = $2
                              AND d.event_id = e.id AND d.state = 'delivered'))"""
    )
    + "SELECT count(*) FROM made"
)


@dataclass(frozen=True, slots=True)
class LoggedDelivery:
    """One delivery as its business sees it. `round` counts replays; `last_error` is a code, where there was no answer at all."""

    id: UUID
    event_id: UUID
    type: str
    happened_at: datetime
    booking_id: UUID | None
    state: DeliveryState
    attempts: int
    round: int
    created_at: datetime
    last_tried_at: datetime | None
    last_status: int | None
    last_error: str | None
    last_answer: str | None


async def list_deliveries(
    database: Database, business_id: UUID, endpoint_id: UUID, state: DeliveryState | None, before: UUID | None, limit: int
) -> list[LoggedDelivery]:
    """The latest first, from the one before `before`."""
    rows = await database.fetch(LIST, business_id, endpoint_id, state.value if state else None, before, limit)
    return [_logged(row) for row in rows]


async def find_delivery(database: Database, business_id: UUID, endpoint_id: UUID, delivery_id: UUID) -> LoggedDelivery | None:
    """The delivery, if this endpoint of this business has it."""
    row = await database.fetchrow(GET, business_id, endpoint_id, delivery_id)
    return _logged(row) if row else None


async def create_delivery(database: Database, business_id: UUID, endpoint_id: UUID, delivery_id: UUID, event_id: UUID) -> None:
    """Sends this event to this endpoint, whatever else it wants to hear."""
    await database.execute(NEW, business_id, endpoint_id, delivery_id, event_id)


async def replay(connection: Connection, business_id: UUID, endpoint_id: UUID, delivery_id: UUID) -> UUID | None:
    """Sends the same event once more, in the caller's transaction; returns the new delivery. None: it is on its way already."""
    await connection.execute(TURN, business_id, endpoint_id)
    made: UUID | None = await connection.fetchval(ONE_AGAIN, business_id, endpoint_id, delivery_id)
    return made


async def replay_range(
    connection: Connection, business_id: UUID, endpoint_id: UUID, since: datetime, until: datetime, *, missed_only: bool
) -> int:
    """Sends again what happened in `since ≤ time < until`, in the caller's transaction; also what no endpoint got then.

    Returns how many are sent. What is on its way already is left alone.
    """
    await connection.execute(TURN, business_id, endpoint_id)
    return int(await connection.fetchval(RANGE_AGAIN, business_id, endpoint_id, since, until, missed_only))


def _logged(row: asyncpg.Record) -> LoggedDelivery:
    return LoggedDelivery(**(dict(row) | {"state": DeliveryState(row["state"])}))
