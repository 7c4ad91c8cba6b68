"""Each event on its way to each endpoint: what is due, what came back, what is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from domain.webhooks import AT_ONCE, Delivery, DeliveryState, DisabledReason, Parcel, Receipt
from store.customers import text_in
from store.events import Connection
from store.pool import Database

LEASE = timedelta(minutes=5)
"""Whoever works at a delivery is believed to be alive for so long after it should have moved on."""

# A booking's events go one after the other until each was tried once; an endpoint gets no more than so many at a time.
DUE = """
WITH waiting AS (
    SELECT DISTINCT business_id, endpoint_id FROM webhook_deliveries WHERE state = 'pending' AND due_at <= now()
)
SELECT d.business_id, d.id, d.event_id, d.endpoint_id, d.round, d.tries
FROM waiting w
CROSS JOIN LATERAL (
    SELECT d.business_id, d.id, d.event_id, d.endpoint_id, d.round, d.attempts AS tries
    FROM webhook_deliveries d
    WHERE d.business_id = w.business_id AND d.endpoint_id = w.endpoint_id AND d.state = 'pending' AND d.due_at <= now()
      AND (d.attempts > 0 OR NOT EXISTS (
          SELECT FROM webhook_deliveries e
          WHERE e.business_id = d.business_id AND e.endpoint_id = d.endpoint_id AND e.booking_id = d.booking_id
            AND e.state = 'pending' AND e.attempts = 0 AND (e.seq, e.round) < (d.seq, d.round)))
    ORDER BY d.seq, d.round
    LIMIT greatest(0, $2 - (
        SELECT count(*) FROM webhook_deliveries f
        WHERE f.business_id = w.business_id AND f.endpoint_id = w.endpoint_id AND f.state = 'pending' AND f.attempts = 0
          AND f.due_at > now()))
) d
LIMIT $1
"""

NEWS = f"""
SELECT EXISTS (SELECT FROM webhook_events WHERE payload IS NULL AND not_before <= now()) OR EXISTS ({DUE})
"""  # noqa: S608 (our own text)

STARTED = """
UPDATE webhook_deliveries SET due_at = now() + $3::interval
WHERE (business_id, id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[])) AND state = 'pending' AND due_at <= now()
"""

# The booking's next one, unless that is under way already.
NEXT = """
UPDATE webhook_deliveries SET due_at = now() + $4::interval
WHERE (business_id, id) = (
    SELECT n.business_id, n.id
    FROM webhook_deliveries d
    JOIN webhook_deliveries n
      ON n.business_id = d.business_id AND n.endpoint_id = d.endpoint_id AND n.booking_id = d.booking_id
    WHERE d.business_id = $1 AND d.id = $2 AND d.endpoint_id = $3 AND n.state = 'pending' AND n.attempts = 0
    ORDER BY n.seq, n.round
    LIMIT 1
) AND state = 'pending' AND attempts = 0 AND due_at <= now()
RETURNING business_id, id, event_id, endpoint_id, round
"""

OPEN = """
SELECT d.state, d.attempts, e.id, e.payload, p.url, p.is_enabled, p.secret, e.business_id AS customer_business_id,
       e.customer_key_id, k.wrapped AS customer_wrapped, k.wrapped_by AS customer_wrapped_by,
       CASE WHEN p.previous_secret_until > now() THEN p.previous_secret END AS previous_secret
FROM webhook_deliveries d
JOIN webhook_events e ON e.business_id = d.business_id AND e.id = d.event_id
JOIN webhook_endpoints p ON p.business_id = d.business_id AND p.id = d.endpoint_id
LEFT JOIN customer_keys k ON k.business_id = e.business_id AND k.id = e.customer_key_id
WHERE d.business_id = $1 AND d.id = $2
"""

TRIED = """
UPDATE webhook_deliveries
SET attempts = $3, state = $4, first_tried_at = coalesce(first_tried_at, $5), last_tried_at = $5, last_status = $6,
    last_error = $7, last_answer = $8, due_at = now() + $9::interval
WHERE business_id = $1 AND id = $2 AND attempts = $3 - 1 AND state = 'pending'
RETURNING first_tried_at
"""

CAME_THROUGH = """
UPDATE webhook_endpoints SET failing_since = NULL WHERE business_id = $1 AND id = $2 AND failing_since IS NOT NULL
"""

FAILED = """
UPDATE webhook_endpoints SET failing_since = $3 WHERE business_id = $1 AND id = $2 AND failing_since IS NULL
"""

# For failing only when nothing has come through since; for 410 at once.
DISABLE = """
UPDATE webhook_endpoints SET is_enabled = false, disabled_reason = $3, disabled_at = now()
WHERE business_id = $1 AND id = $2 AND is_enabled AND ($4::timestamptz IS NULL OR failing_since <= $4)
RETURNING true
"""

SKIP = "UPDATE webhook_deliveries SET state = 'skipped' WHERE business_id = $1 AND endpoint_id = $2 AND state = 'pending'"

SKIP_ONE = "UPDATE webhook_deliveries SET state = 'skipped' WHERE business_id = $1 AND id = $2 AND state = 'pending'"


@dataclass(frozen=True, slots=True)
class OpenDelivery:
    """A delivery that may be tried now: what to post, and how often it was tried."""

    parcel: Parcel
    attempts: int


async def has_news(pool: asyncpg.Pool) -> bool:
    """Whether there is anything to spread or to start. One look at an index where there is not."""
    return bool(await pool.fetchval(NEWS, 1, AT_ONCE))


async def find_due(pool: asyncpg.Pool, limit: int) -> list[Delivery]:
    """Those that nobody works at, in the order of their bookings' timelines."""
    return [Delivery(**row) for row in await pool.fetch(DUE, limit, AT_ONCE)]


async def mark_started(pool: asyncpg.Pool, started: Sequence[Delivery]) -> None:
    """The next sweep leaves these out, unless their workflows are lost. Repeatable."""
    await pool.execute(STARTED, [one.business_id for one in started], [one.id for one in started], LEASE)


async def open_delivery(database: Database, delivery: Delivery) -> OpenDelivery | None:
    """None where there is nothing to send any more: it arrived, was given up or replaced, its endpoint is
    gone, or the customer of whom it tells was erased."""
    row = await database.fetchrow(OPEN, delivery.business_id, delivery.id)
    if row is None or row["state"] != DeliveryState.PENDING:
        return None
    if not row["is_enabled"]:
        await skip_all(database, delivery.business_id, delivery.endpoint_id)
        return None
    if row["customer_key_id"] is not None and row["customer_wrapped"] is None:
        await database.execute(SKIP_ONE, delivery.business_id, delivery.id)
        return None
    secrets = tuple(secret for secret in (row["secret"], row["previous_secret"]) if secret)
    return OpenDelivery(Parcel(str(row["id"]), row["url"], text_in(row, "payload") or "", secrets), row["attempts"])


async def skip_all(database: Database, business_id: UUID, endpoint_id: UUID) -> None:
    """Gives up what is on its way to an endpoint that is disabled; a replay sends it later. Repeatable."""
    await database.execute(SKIP, business_id, endpoint_id)


async def save_receipt(pool: asyncpg.Pool, delivery: Delivery, number: int, receipt: Receipt, again_in: timedelta | None) -> None:
    """Writes down the outcome of try `number`; without `again_in` it was the last. Repeatable: a try counts once.

    An endpoint that is gone, or failed all tries of a delivery while nothing else came through, is disabled here.
    """
    async with pool.acquire() as connection, connection.transaction():
        state = DeliveryState.PENDING
        if receipt.is_taken:
            state = DeliveryState.DELIVERED
        elif receipt.says_gone or again_in is None:
            state = DeliveryState.FAILED
        first_tried_at = await connection.fetchval(
            TRIED,
            delivery.business_id,
            delivery.id,
            number,
            state.value,
            receipt.at,
            receipt.status,
            receipt.error,
            receipt.answer,
            (again_in or timedelta(0)) + LEASE,
        )
        await _judge_endpoint(connection, delivery, state, receipt, first_tried_at)


async def _judge_endpoint(
    connection: Connection, delivery: Delivery, state: DeliveryState, receipt: Receipt, first_tried_at: datetime | None
) -> None:
    endpoint = (delivery.business_id, delivery.endpoint_id)
    if state is DeliveryState.DELIVERED:
        await connection.execute(CAME_THROUGH, *endpoint)
        return
    await connection.execute(FAILED, *endpoint, receipt.at)
    if state is not DeliveryState.FAILED or first_tried_at is None:
        return
    why = DisabledReason.GONE if receipt.says_gone else DisabledReason.FAILING
    if await connection.fetchval(DISABLE, *endpoint, why.value, None if receipt.says_gone else first_tried_at):
        await skip_all(connection, *endpoint)


async def take_next(pool: asyncpg.Pool, delivery: Delivery) -> Delivery | None:
    """The next of the same booking to the same endpoint, which waited for this one's first try; for the caller to start."""
    row = await pool.fetchrow(NEXT, delivery.business_id, delivery.id, delivery.endpoint_id, LEASE)
    return Delivery(**row) if row else None
