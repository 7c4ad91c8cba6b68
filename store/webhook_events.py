"""What there is to tell: kept by the database in the transaction of each change, then made into what is sent to whom."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from domain.webhooks import KEPT_FOR, TEST, public_name
from store.booking_views import BookingView, booking_in
from store.bookings_read import COLUMNS
from store.customers import JOIN_KEY, customer_key, key_in
from store.events import Connection
from store.pool import Database

SPREADS = 7_305_281_990_442  # any number: one at a time spreads, so that a booking's events keep their order

PUT_OFF_FOR = timedelta(minutes=10)

log = logging.getLogger("slotkeeper.webhooks")

# The rows as they were when it was committed, read like those of today.
UNSPREAD = f"""
SELECT e.business_id AS event_business_id, e.id AS event_id, e.seq, e.kind, e.detail, e.at, {COLUMNS}
FROM (SELECT * FROM webhook_events WHERE payload IS NULL AND not_before <= now() ORDER BY seq LIMIT $1) e
CROSS JOIN LATERAL jsonb_populate_record(NULL::bookings, e.snapshot -> 'booking') b
CROSS JOIN LATERAL jsonb_populate_record(NULL::services, e.snapshot -> 'service') s
CROSS JOIN LATERAL jsonb_populate_record(NULL::providers, e.snapshot -> 'provider') p
CROSS JOIN LATERAL jsonb_populate_record(NULL::customers, e.snapshot -> 'customer') c
{JOIN_KEY}
CROSS JOIN LATERAL jsonb_populate_record(NULL::payments, nullif(e.snapshot -> 'payment', 'null')) m
LEFT JOIN approvals a ON a.business_id = b.business_id AND a.booking_id = b.id AND a.asked_at <= e.at
ORDER BY e.seq
"""  # noqa: S608 (our own text)

DROP = "DELETE FROM webhook_events WHERE business_id = $1 AND id = $2"

PUT_OFF = "UPDATE webhook_events SET not_before = now() + $3::interval WHERE business_id = $1 AND id = $2"

TELL = """
UPDATE webhook_events SET type = $3, payload = $4, snapshot = NULL, customer_key_id = $5 WHERE business_id = $1 AND id = $2
"""

SPREAD = """
INSERT INTO webhook_deliveries (business_id, id, endpoint_id, event_id, booking_id, seq)
SELECT e.business_id, uuid_by_time(), p.id, e.id, e.booking_id, e.seq
FROM unnest($1::uuid[], $2::uuid[]) AS told (business_id, id)
JOIN webhook_events e ON e.business_id = told.business_id AND e.id = told.id
JOIN webhook_endpoints p ON p.business_id = e.business_id
WHERE p.is_enabled AND p.created_at <= e.at AND (p.event_types = '{}' OR e.type = ANY (p.event_types))
ON CONFLICT DO NOTHING
"""

NEW_TEST = """
INSERT INTO webhook_events (business_id, id, seq, kind, at, type, payload) VALUES ($1, $2, 0, 'test', $3, $4, $5)
"""

NEW_AT_ONCE = """
INSERT INTO webhook_events (business_id, id, seq, kind, at, type, payload, customer_key_id)
SELECT $1, $2, 0, $4, $3, $4, $5, $6 WHERE EXISTS (SELECT FROM webhook_endpoints WHERE business_id = $1)
"""

FORGET = """
DELETE FROM webhook_events
WHERE (business_id, id) IN (SELECT business_id, id FROM webhook_events WHERE at < now() - $1::interval LIMIT $2)
"""


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One thing to tell of a booking: `sequence` grows along the booking; `detail` holds the timeline's codes and numbers."""

    id: UUID
    type: str
    at: datetime
    sequence: int
    detail: Mapping[str, Any]
    booking: BookingView


Render = Callable[[WebhookEvent], str]
"""The event as it is sent."""


async def spread(pool: asyncpg.Pool, render: Render, limit: int) -> int:
    """Makes what was kept into deliveries, in the order of the timelines; what is told to nobody is dropped.

    One that cannot be rendered is our bug: it is put off and logged, and is in nobody's way.
    Returns how many events were looked at; 0 also while another does this. Repeatable.
    """
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", SPREADS):
            return 0
        rows = await connection.fetch(UNSPREAD, limit)
        told: list[tuple[UUID, UUID, str, str, UUID | None]] = []
        for row in rows:
            place = row["event_business_id"], row["event_id"]
            if (name := public_name(row["kind"], row["detail"])) is None:
                await connection.execute(DROP, *place)
            elif (payload := _rendered(row, name, render)) is None:
                await connection.execute(PUT_OFF, *place, PUT_OFF_FOR)
            else:
                key = key_in(row)
                told.append((*place, name, key.seal_text(payload) if key else payload, key.id if key else None))
        await connection.executemany(TELL, told)
        await connection.execute(SPREAD, [business_id for business_id, *_ in told], [event_id for _, event_id, *_ in told])
    return len(rows)


def _rendered(row: asyncpg.Record, name: str, render: Render) -> str | None:
    try:
        return render(WebhookEvent(row["event_id"], name, row["at"], row["seq"], row["detail"], booking_in(row)))
    except Exception:
        log.exception("the event %s cannot be rendered", row["event_id"])
        return None


async def create_test(database: Database, business_id: UUID, event_id: UUID, at: datetime, payload: str) -> None:
    """An event that tells of nothing."""
    await database.execute(NEW_TEST, business_id, event_id, at, TEST, payload)


async def tell_at_once(
    connection: Connection, business_id: UUID, name: str, at: datetime, payload: str, about: UUID | None = None
) -> None:
    """What is told of something that has no timeline; kept and on its way exactly when the caller's transaction commits.

    `about` is the row of the customer whom it names."""
    event_id, key = uuid7(), await customer_key(connection, business_id, about) if about is not None else None
    sealed = key.seal_text(payload) if key else payload
    await connection.execute(NEW_AT_ONCE, business_id, event_id, at, name, sealed, key.id if key else None)
    await connection.execute(SPREAD, [business_id], [event_id])


async def forget_old(pool: asyncpg.Pool, limit: int) -> None:
    """Events and their log are kept for a month; this drops some of what is older. Repeatable."""
    await pool.execute(FORGET, KEPT_FOR, limit)
