"""Erases a customer: their key is destroyed, and with it all that was sealed with it, here, in backups and in Temporal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from domain.bookings import BookingRef
from domain.errors import NotFound, StillToCome
from domain.series import SeriesRef
from store import customers
from store.customers import look_up_key, vault_of
from store.events import Connection
from store.resealing import seal_same

LOCK = "SELECT erased_at FROM customer_keys WHERE business_id = $1 AND id = $2 FOR UPDATE"

# Whoever books for one of these rows at this moment waits, and then finds nobody.
ROWS = f"""
SELECT {customers.COLUMNS} FROM customers c {customers.JOIN_KEY}
WHERE c.business_id = $1 AND c.key_id = $2 FOR UPDATE OF c
"""  # noqa: S608 (our own text)

TO_COME = """
SELECT b.id, b.series_id, b.status FROM bookings b JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
WHERE c.business_id = $1 AND c.key_id = $2
  AND (b.status IN ('pending', 'confirming') OR b.status = 'confirmed' AND b.ends_at > now())
ORDER BY b.starts_at
"""

WAITING = """
SELECT e.id FROM waitlist_entries e JOIN customers c ON c.business_id = e.business_id AND c.id = e.customer_id
WHERE c.business_id = $1 AND c.key_id = $2 AND e.state IN ('waiting', 'offered') ORDER BY e.joined_at
"""

BOOKED = """
SELECT b.id FROM bookings b JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
WHERE c.business_id = $1 AND c.key_id = $2
"""

# What is sealed is gone with the key; what may be left of before is emptied. Random hashes, since these may not be missing.
NOTHING = "sha256(uuid_send(gen_random_uuid()))"
OF_BOOKINGS = (
    f"UPDATE bookings SET closing_words = NULL, override_reason = NULL, request_hash = {NOTHING}"  # noqa: S608 (our own text)
    " WHERE business_id = $1 AND id = ANY($2::uuid[])",
    "UPDATE reschedules SET override_reason = NULL WHERE business_id = $1 AND booking_id = ANY($2::uuid[])",
    "UPDATE operations SET reason = NULL WHERE business_id = $1 AND booking_id = ANY($2::uuid[])",
    "UPDATE payments SET next_action = NULL WHERE business_id = $1 AND booking_id = ANY($2::uuid[])",
    f"UPDATE series SET request_hash = {NOTHING} WHERE business_id = $1 AND payer_id = ANY($2::uuid[])",  # noqa: S608 (our own text)
    "UPDATE webhook_deliveries SET last_answer = NULL WHERE business_id = $1 AND booking_id = ANY($2::uuid[])",
    "UPDATE webhook_events SET snapshot = snapshot #- '{customer,name}' #- '{customer,email}' #- '{customer,phone}'"
    " #- '{booking,closing_words}' #- '{booking,override_reason}'"
    " WHERE business_id = $1 AND booking_id = ANY($2::uuid[]) AND snapshot IS NOT NULL",
    "DELETE FROM webhook_events WHERE business_id = $1 AND booking_id = ANY($2::uuid[])"
    " AND payload IS NOT NULL AND customer_key_id IS NULL",
)
ENTRIES = f"""
UPDATE waitlist_entries e SET request_hash = {NOTHING}, wish_hash = {NOTHING}
FROM customers c WHERE c.business_id = e.business_id AND c.id = e.customer_id AND c.business_id = $1 AND c.key_id = $2
"""  # noqa: S608 (our own text)
EMPTY = """
UPDATE customers SET sealed = NULL, email_hash = NULL, phone_hash = NULL, details_hash = NULL, account_hash = NULL,
                     timezone = 'UTC', locale = 'en'
WHERE business_id = $1 AND key_id = $2
"""
DESTROY = """
UPDATE customer_keys SET wrapped = NULL, wrapped_by = NULL, email_hash = NULL, external_id = NULL, erased_at = now()
WHERE business_id = $1 AND id = $2
RETURNING erased_at
"""


@dataclass(frozen=True, slots=True)
class ToCome:
    """What is still to come for a customer: bookings, those of them that are only held with their series, places in a line."""

    bookings: Sequence[BookingRef]
    held_series: Sequence[SeriesRef]
    entries: Sequence[UUID]


async def read_to_come(database: asyncpg.Pool | Connection, business_id: UUID, customer_id: UUID) -> ToCome:
    """What is in the way of erasing them."""
    rows = await database.fetch(TO_COME, business_id, customer_id)
    waits = await database.fetch(WAITING, business_id, customer_id)
    is_held = [row["series_id"] is not None and row["status"] != "confirmed" for row in rows]
    held = {row["series_id"] for row, held in zip(rows, is_held, strict=True) if held}
    return ToCome(
        [BookingRef(business_id, row["id"]) for row, held in zip(rows, is_held, strict=True) if not held],
        [SeriesRef(business_id, series_id) for series_id in sorted(held)],
        [row["id"] for row in waits],
    )


async def erase(pool: asyncpg.Pool, business_id: UUID, customer_id: UUID, secret: str) -> datetime:
    """Destroys the key of this customer and all that names them; returns when that was. Repeatable: the first time counts.

    Bookings, payments, timelines and histories stay as they are. Raises NotFound, and StillToCome, with nothing changed, while
    there is anything to come.
    """
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(LOCK, business_id, customer_id)
        if row is None:
            raise NotFound("there is no such customer")
        if row["erased_at"] is not None:
            first: datetime = row["erased_at"]
            return first
        await _gather(connection, business_id, customer_id, secret)
        to_come = await read_to_come(connection, business_id, customer_id)
        if to_come.bookings or to_come.held_series or to_come.entries:
            raise StillToCome("there are bookings or places on a waitlist still to come")
        ids = [row["id"] for row in await connection.fetch(BOOKED, business_id, customer_id)]
        for statement in OF_BOOKINGS:
            await connection.execute(statement, business_id, ids)
        for statement in (ENTRIES, EMPTY):
            await connection.execute(statement, business_id, customer_id)
        erased_at: datetime = await connection.fetchval(DESTROY, business_id, customer_id)
        return erased_at


async def _gather(connection: Connection, business_id: UUID, customer_id: UUID, secret: str) -> None:
    """Locks their rows, and seals what is still readable of them from before, so that it goes with the key."""
    rows = await connection.fetch(ROWS, business_id, customer_id)
    vault = vault_of(connection)
    if vault is None:
        return
    await look_up_key(connection, vault, business_id)
    emails = {customers.customer_in(row).email for row in rows}
    await seal_same(connection, vault, business_id, sorted(emails), secret)
