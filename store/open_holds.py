"""How much somebody holds, counted in the transaction of their next hold, so that many at once are no way around it."""

from __future__ import annotations

from uuid import UUID

from domain.holders import BOOKING, SERIES, Holder, OpenHolds, check_open
from store.events import Connection
from store.pool import Database

# Whoever counts waits for those who count the same. It is the last thing that a hold does, so that nobody waits for long, and
# in the order of the keys, so that nobody waits for each other.
LOCK = "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS k"

# What is held under the mailbox or the phone is one customer's, and counts once. By the indexes of what is only held.
COUNT = f"""
WITH held AS (
    SELECT 'customer' AS whose, id, series_id, hold_expires_at FROM bookings
    WHERE business_id = $1 AND held_for_mailbox = $2 AND status = 'pending'
    UNION
    SELECT 'customer', id, series_id, hold_expires_at FROM bookings
    WHERE business_id = $1 AND held_for_phone = $3 AND status = 'pending'
    UNION
    SELECT 'address', id, series_id, hold_expires_at FROM bookings
    WHERE business_id = $1 AND held_from = $4 AND status = 'pending'
)
SELECT whose, {BOOKING} * count(*) FILTER (WHERE series_id IS NULL) + {SERIES} * count(DISTINCT series_id) AS weight,
       min(hold_expires_at) AS next_end, clock_timestamp() AS now
FROM held
WHERE hold_expires_at > clock_timestamp() AND id <> $5 AND series_id IS DISTINCT FROM $5
GROUP BY whose
"""  # noqa: S608 (our own numbers)


async def check(connection: Connection, business_id: UUID, holder: Holder | None, its_id: UUID, weight: int) -> None:
    """For the booking or series of this id, after it was written: others who hold for the same customer wait for the caller's
    transaction. Raises TooManyHolds; the transaction must then roll back."""
    if holder is not None:
        await connection.execute(LOCK, sorted(_number(business_id, key) for key in _limited(holder)))
        await look(connection, business_id, holder, its_id, weight)


async def look(database: Database, business_id: UUID, holder: Holder, its_id: UUID, weight: int) -> None:
    """The same without waiting: right for now. Raises TooManyHolds."""
    rows = await database.fetch(COUNT, business_id, *keys_of(holder), its_id)
    found = [OpenHolds(row["whose"], row["weight"], row["next_end"]) for row in rows]
    if found:
        check_open(found, holder, weight, rows[0]["now"])


def keys_of(holder: Holder | None) -> tuple[bytes | None, bytes | None, bytes | None]:
    """As they are kept with a booking: mailbox, phone, address."""
    if holder is None:
        return None, None, None
    mailbox, phone, address = (bytes.fromhex(key) if key else None for key in (holder.mailbox, holder.phone, holder.address))
    return mailbox, phone, address


def _limited(holder: Holder) -> list[str]:
    customer = [holder.mailbox, holder.phone] if holder.most else []
    address = [holder.address] if holder.most_from_address else []
    return [key for key in (*customer, *address) if key]


def _number(business_id: UUID, key: str) -> int:
    """As PostgreSQL names such locks."""
    return int.from_bytes(
        bytes(one ^ other for one, other in zip(business_id.bytes, bytes.fromhex(key), strict=True))[:8], signed=True
    )
