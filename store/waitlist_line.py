"""The line of those who wait for one service, as whoever makes the offers looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from domain.bookings import Customer
from domain.waitlist import Waiting
from store.customers import COLUMNS, JOIN_KEY, customer_in
from store.pool import Database
from store.time_versions import STAMP
from store.waitlist_read import wish_in

FORGOTTEN_AFTER = timedelta(minutes=15)
"""Whoever makes the offers looks more often by themselves; a line that was not looked at for so long has nobody."""

END_THE_OVER = """
UPDATE waitlist_entries SET state = 'over', updated_at = now()
WHERE business_id = $1 AND service_id = $2 AND state = 'waiting' AND ends_at <= now()
"""

ASKED = "SELECT asked FROM waitlists WHERE business_id = $1 AND service_id = $2"

LINE = """
SELECT e.id, e.service_id, e.provider_id, e.first_day, e.last_day, e.weekdays, e.times, e.timezone, e.seats, e.duration_minutes,
       e.ends_at, e.state, (
           SELECT array_agg(ROW (o.provider_id, o.starts_at)) FROM waitlist_offers o
           WHERE o.business_id = e.business_id AND o.entry_id = e.id AND o.outcome IN ('lapsed', 'declined')) AS refused
FROM waitlist_entries e
WHERE e.business_id = $1 AND e.service_id = $2 AND e.state IN ('waiting', 'offered')
ORDER BY e.priority DESC, e.joined_at, e.id
"""

WHO = f"""
SELECT e.request_hash, {COLUMNS}
FROM waitlist_entries e JOIN customers c ON c.business_id = e.business_id AND c.id = e.customer_id
{JOIN_KEY}
WHERE e.business_id = $1 AND e.id = $2
"""  # noqa: S608 (our own text)

SEEN = """
UPDATE waitlists SET seen = concat($3::bigint, ':', $4::text), looked_at = clock_timestamp()
WHERE business_id = $1 AND service_id = $2
"""

# The same stamp as of the service's free slots: whatever frees time, or takes it, moves it. Where nobody waits any more, whoever
# makes the offers is told so once.
NEWS = f"""
SELECT w.business_id, w.service_id, concat(w.asked, ':', present.stamp) AS stamp
FROM waitlists w
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM waitlist_entries e WHERE e.business_id = w.business_id AND e.service_id = w.service_id
                     AND e.state IN ('waiting', 'offered')) AS is_awaited
) line
CROSS JOIN LATERAL (
    WITH s AS (SELECT w.business_id, w.service_id AS id WHERE line.is_awaited), stamp AS ({STAMP})
    SELECT stamp FROM stamp
) present
WHERE CASE WHEN line.is_awaited
           THEN w.seen IS DISTINCT FROM concat(w.asked, ':', present.stamp) OR w.looked_at < now() - $1::interval
           ELSE split_part(w.seen, ':', 1) IS DISTINCT FROM w.asked::text END
"""  # noqa: S608 (our own fragment)


@dataclass(frozen=True, slots=True)
class Line:
    """Those who wait, in the order in which they are asked.

    `asked` grows with each change of the line. `open_entries` also counts those who are offered a time now; `ends_at` is when the
    first of their wishes is over.
    """

    asked: int
    waiting: Sequence[Waiting]
    open_entries: int
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """A line that has to be looked at, since what it was looked at for is not as it was. `stamp` is how that is now."""

    business_id: UUID
    service_id: UUID
    stamp: str


async def read_line(database: Database, business_id: UUID, service_id: UUID) -> Line:
    """The line as it is now; entries whose last day is over end here. Repeatable."""
    await database.execute(END_THE_OVER, business_id, service_id)
    asked = await database.fetchval(ASKED, business_id, service_id)  # first: what changes meanwhile is looked at again
    rows = await database.fetch(LINE, business_id, service_id)
    waiting = [row for row in rows if row["state"] == "waiting"]
    ends_at = min((row["ends_at"] for row in waiting), default=None)
    return Line(asked or 0, [_waiting_in(row) for row in waiting], len(rows), ends_at)


async def read_customer(database: Database, business_id: UUID, entry_id: UUID) -> tuple[UUID | Customer, bytes]:
    """By what an order names who waits, and the hash of the request that they joined with."""
    (row,) = await database.fetch(WHO, business_id, entry_id)
    return customer_in(row) if row["customer_key_id"] is None else row["customer_id"], row["request_hash"]


async def note_seen(database: Database, business_id: UUID, service_id: UUID, asked: int, stamp: str) -> None:
    """Nobody waits, or nothing fits as long as the line and the stamp of the service's slots are these. Repeatable."""
    await database.execute(SEEN, business_id, service_id, asked, stamp)


async def find_news(database: Database) -> list[News]:
    """The lines that have to be looked at: somebody joined, or time was freed or taken, or nobody has looked for long."""
    rows = await database.fetch(NEWS, FORGOTTEN_AFTER, None, "")
    return [News(row["business_id"], row["service_id"], row["stamp"]) for row in rows]


def _waiting_in(row: asyncpg.Record) -> Waiting:
    refused = frozenset((provider_id, starts_at) for provider_id, starts_at in row["refused"] or ())
    return Waiting(row["id"], wish_in(row), refused)
