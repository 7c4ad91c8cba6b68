"""What is unfinished by the books alone: it needs neither Temporal nor a worker to be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from domain.bookings import BookingRef
from domain.outside_steps import StuckThing
from store.pool import Database

# Each part has an index of its own that holds only what is open (migration 0012). {where} narrows every part.
OPEN = """
WITH stuck AS (
    -- money that is not back yet, or never will be unless somebody finds another way
    SELECT business_id, booking_id, 'refund-not-done' AS thing, 'refund:' || step AS step, created_at AS since,
           coalesce(failure_code, state) AS code
    FROM refunds WHERE state <> 'succeeded' AND failure_code IS DISTINCT FROM 'not-needed' AND {where}
    UNION ALL
    -- charges of which nobody knows what became
    SELECT business_id, booking_id, 'charge-unknown', 'charge:' || step, created_at, state
    FROM charges WHERE state IN ('requested', 'processing') AND {where}
    UNION ALL
    -- messages that no carrier has taken, or that did not arrive
    SELECT business_id, booking_id,
           CASE WHEN kind LIKE 'reminder%' THEN 'reminder-not-sent' ELSE channel || '-not-sent' END,
           channel || ':' || kind, created_at, coalesce(code, state)
    FROM notifications
    WHERE settled_at IS NULL AND (state IN ('undelivered', 'refused') OR state = 'queued' AND vendor_id IS NULL)
      AND created_at > now() - interval '30 days' AND {where}
    UNION ALL
    -- reminders that are due and were not even tried: no sweep, or no worker
    SELECT business_id, booking_id, 'reminder-not-sent', 'reminder:' || minutes_before, due_at,
           CASE WHEN started_at IS NULL THEN 'not-started' ELSE 'not-done' END
    FROM reminders WHERE due_at < now() AND {where}
    UNION ALL
    -- events that still stand for bookings that are gone
    SELECT business_id, booking_id, 'calendar-not-deleted', 'delete-calendar-event', unwanted_since, 'written'
    FROM calendar_events WHERE state = 'written' AND unwanted_since IS NOT NULL AND {where}
    UNION ALL
    -- holds that should have ended: no worker, or an undo that does not get through
    SELECT business_id, id, 'hold-not-released', 'hold', hold_expires_at, status
    FROM bookings b WHERE status IN ('pending', 'confirming') AND hold_expires_at < now() AND {where_booking}
      AND NOT EXISTS ( -- its provider may still say yes
          SELECT FROM approvals a WHERE a.business_id = b.business_id AND a.booking_id = b.id AND a.decide_by > now())
    UNION ALL
    -- what was told as trouble and is not mended since
    SELECT e.business_id, e.booking_id,
           CASE WHEN e.detail ->> 'step' LIKE 'calendar%' THEN 'calendar-not-written'
                WHEN e.detail ->> 'step' LIKE 'undo-charge%' THEN 'charge-not-undone'
                WHEN e.detail ->> 'step' LIKE 'void-%' THEN 'authorisation-not-voided' ELSE 'hold-not-released' END,
           CASE WHEN e.detail ->> 'step' LIKE 'calendar%' THEN 'write-calendar-event' ELSE e.detail ->> 'step' END,
           min(e.at), (array_agg(e.detail ->> 'code' ORDER BY e.seq DESC))[1]
    FROM booking_events e JOIN bookings b ON b.business_id = e.business_id AND b.id = e.booking_id
    WHERE e.kind = 'trouble' AND e.at > now() - interval '90 days' AND {where_event}
      AND (e.detail ->> 'step' IN ('release', 'give-back-new-time') OR e.detail ->> 'step' LIKE ANY ('{{void-%,undo-charge%}}')
           OR e.detail ->> 'step' LIKE 'calendar%' AND b.status = 'confirmed' AND b.ends_at > now())
      AND NOT EXISTS (
          SELECT FROM booking_events d
          WHERE d.business_id = e.business_id AND d.booking_id = e.booking_id AND d.seq > e.seq
            AND (d.kind = 'calendar_written' AND e.detail ->> 'step' LIKE 'calendar%'
                 OR d.kind IN ('payment_voided', 'payment_refunded') AND e.detail ->> 'step' = 'void-payment'
                 OR d.kind = 'charge_undone' AND e.detail ->> 'step' = 'undo-charge:' || (d.detail ->> 'step')))
      AND NOT EXISTS (
          SELECT FROM operations o
          WHERE o.business_id = e.business_id AND o.booking_id = e.booking_id AND o.asked_at > e.at
            AND o.kind IN ('settle', 'skip')
            AND o.step = CASE WHEN e.detail ->> 'step' LIKE 'calendar%' THEN 'write-calendar-event' ELSE e.detail ->> 'step' END)
    GROUP BY 1, 2, 3, 4
)
"""

FOUND = "SELECT booking_id, thing, step, since, code FROM stuck WHERE since <= now()"

LIST = (
    OPEN.format(where="business_id = $1", where_booking="business_id = $1", where_event="e.business_id = $1")
    + f"""
{FOUND} - $2::interval AND ($3::timestamptz IS NULL OR (since, booking_id, step) > ($3, $4::uuid, $5::text))
ORDER BY since, booking_id, step
LIMIT $6
"""
)

OF_BOOKING = f"""
{
    OPEN.format(
        where="business_id = $1 AND booking_id = $2",
        where_booking="business_id = $1 AND id = $2",
        where_event="e.business_id = $1 AND e.booking_id = $2",
    )
}
{FOUND} ORDER BY since, step
"""

COUNT = (
    OPEN.format(where="true", where_booking="true", where_event="true")
    + """
SELECT thing, count(*) AS count, min(since) AS oldest FROM stuck WHERE since <= now() - $1::interval GROUP BY thing ORDER BY 3
"""
)


@dataclass(frozen=True, slots=True)
class Stuck:
    """One thing that is not done. `step` names it for operators, `code` says how it stands."""

    booking_id: UUID
    thing: StuckThing
    step: str
    since: datetime
    code: str | None


@dataclass(frozen=True, slots=True)
class StuckCount:
    """How many things of a kind are stuck, and since when the oldest is."""

    thing: StuckThing
    count: int
    oldest: datetime


async def list_stuck(
    database: Database, business_id: UUID, older_than: timedelta, after: tuple[datetime, UUID, str] | None, limit: int
) -> Sequence[Stuck]:
    """What is stuck for longer than that, the oldest first, from the one after `after`."""
    since, booking_id, step = after or (None, None, None)
    return [_stuck_in(row) for row in await database.fetch(LIST, business_id, older_than, since, booking_id, step, limit)]


async def list_stuck_of(database: Database, booking: BookingRef) -> Sequence[Stuck]:
    """All that is unfinished of one booking, however young it is."""
    return [_stuck_in(row) for row in await database.fetch(OF_BOOKING, booking.business_id, booking.booking_id)]


async def count_stuck(database: Database, older_than: timedelta) -> Sequence[StuckCount]:
    """Over all businesses, what has waited longest first."""
    rows = await database.fetch(COUNT, older_than)
    return [StuckCount(StuckThing(row["thing"]), row["count"], row["oldest"]) for row in rows]


def _stuck_in(row: asyncpg.Record) -> Stuck:
    return Stuck(row["booking_id"], StuckThing(row["thing"]), row["step"], row["since"], row["code"])
