"""Those who wait for a time: joining, leaving, and where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domain.bookings import Customer
from domain.waitlist import Wish
from store import customers
from store.events import Connection

# Whoever comes second with the same wish waits here for the first one's commit, and then finds the entry.
JOIN = """
INSERT INTO waitlist_entries (business_id, id, service_id, provider_id, customer_id, first_day, last_day, weekdays, times,
                              timezone, seats, duration_minutes, ends_at, priority, wish_hash, request_hash, manage_token_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT DO NOTHING
RETURNING id
"""

SAME = """
SELECT id FROM waitlist_entries
WHERE business_id = $1 AND (id = $2 OR service_id = $3 AND wish_hash = $4 AND state IN ('waiting', 'offered'))
ORDER BY id = $2 DESC
LIMIT 1
"""

# Whatever is looked at next time is news.
LOOK_AGAIN = """
INSERT INTO waitlists (business_id, service_id) VALUES ($1, $2)
ON CONFLICT (business_id, service_id) DO UPDATE SET asked = waitlists.asked + 1
"""


LEAVE = """
UPDATE waitlist_entries SET state = 'left', updated_at = now()
WHERE business_id = $1 AND id = $2 AND state IN ('waiting', 'offered')
RETURNING service_id
"""

PREFER = """
UPDATE waitlist_entries SET priority = $3, updated_at = now()
WHERE business_id = $1 AND id = $2 AND priority <> $3
RETURNING service_id
"""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Somebody who wants to wait. The hashes are SHA-256; `wish_hash` is equal for the same customer with the same wish."""

    business_id: UUID
    id: UUID
    wish: Wish
    customer: Customer
    priority: int
    wish_hash: bytes
    request_hash: bytes
    manage_token_hash: bytes


async def join(connection: Connection, entry: NewEntry) -> UUID | None:
    """Puts the entry into the line, in the caller's transaction. Returns the id of the one that was there before, for a repeat of
    the request or of the wish; None where this is the first."""
    who, wish = entry.customer, entry.wish
    customer_id = (await customers.know(connection, entry.business_id, who)).id
    wish_hash = await customers.keyed_hash(connection, entry.business_id, entry.wish_hash)
    is_new = await connection.fetchval(
        JOIN,
        entry.business_id,
        entry.id,
        wish.service_id,
        wish.provider_id,
        customer_id,
        wish.first_day,
        wish.last_day,
        sorted(wish.weekdays),
        [[time.start, time.end] for time in wish.times],
        wish.zone.key,
        wish.seats,
        None if wish.duration is None else wish.duration // timedelta(minutes=1),
        wish.until,
        entry.priority,
        wish_hash,
        entry.request_hash,
        entry.manage_token_hash,
    )
    if is_new:
        await look_again(connection, entry.business_id, wish.service_id)
        return None
    first: UUID = await connection.fetchval(SAME, entry.business_id, entry.id, wish.service_id, wish_hash)
    return first


async def look_again(connection: Connection, business_id: UUID, service_id: UUID) -> None:
    """Makes the line of this service be looked at soon, in the caller's transaction."""
    await connection.execute(LOOK_AGAIN, business_id, service_id)


async def leave(connection: Connection, business_id: UUID, entry_id: UUID) -> bool:
    """Takes the entry out of the line; an open offer stays with its booking. False where it waits no more. Repeatable."""
    service_id = await connection.fetchval(LEAVE, business_id, entry_id)
    if service_id is None:
        return False
    await look_again(connection, business_id, service_id)
    return True


async def prefer(connection: Connection, business_id: UUID, entry_id: UUID, priority: int) -> None:
    """Asks this entry before those of less priority from now on. Repeatable."""
    service_id = await connection.fetchval(PREFER, business_id, entry_id, priority)
    if service_id is not None:
        await look_again(connection, business_id, service_id)
