"""The delivery log: what became of each message, by each channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from domain.bookings import BookingRef
from domain.messages import DeliveryState, Recipient
from store.events import Connection, tell
from store.pool import Database

# News may overtake each other: a state only ever gives way to a later one.
NOTE = """
INSERT INTO notifications AS n (business_id, booking_id, kind, channel, recipient, state, vendor_id, code)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (business_id, booking_id, kind, channel) DO UPDATE
SET state = excluded.state, code = excluded.code, vendor_id = coalesce(excluded.vendor_id, n.vendor_id), updated_at = now()
WHERE array_position($9::text[], n.state) < array_position($9, excluded.state)
   OR n.state = excluded.state AND n.vendor_id IS NULL AND excluded.vendor_id IS NOT NULL
RETURNING true
"""

# A row that stands already is written again: whoever cannot write now could not note afterwards that it was sent.
BEGIN = """
INSERT INTO notifications AS n (business_id, booking_id, kind, channel, recipient, state) VALUES ($1, $2, $3, $4, $5, 'queued')
ON CONFLICT (business_id, booking_id, kind, channel) DO UPDATE SET updated_at = now()
WHERE n.vendor_id IS NULL AND n.state <> 'refused' AND n.settled_at IS NULL
RETURNING true
"""

LEAVE_OUT = """
INSERT INTO notifications AS n (business_id, booking_id, kind, channel, recipient, state, code, settled_at)
VALUES ($1, $2, $3, $4, $5, 'refused', 'left-out', now())
ON CONFLICT (business_id, booking_id, kind, channel) DO UPDATE
SET state = 'refused', code = 'left-out', settled_at = now(), updated_at = now()
WHERE n.vendor_id IS NULL AND n.state = 'queued'
"""

ORDER = [state.value for state in DeliveryState]

LIST = """
SELECT kind AS name, channel, recipient, state, code, created_at, updated_at FROM notifications
WHERE business_id = $1 AND booking_id = $2 ORDER BY created_at, kind, channel
"""


@dataclass(frozen=True, slots=True)
class Notification:
    """One message of the delivery log. `name` is its kind and what tells it from others of that kind; `code` the carrier's."""

    name: str
    channel: str
    recipient: str
    state: str
    code: str | None
    created_at: datetime
    updated_at: datetime


async def begin_try(
    database: Database, booking: BookingRef, name: str, channel: str, recipient: Recipient = Recipient.CUSTOMER
) -> bool:
    """Writes down, right before it is handed to the carrier, that this message is being tried; False for one that is not to be
    sent: the carrier has taken it or refused it for good, or an operator has settled it. Repeatable.

    So a try whose end nobody noted is in the log, and while the database is away nothing is sent that could not be noted.
    """
    values = booking.business_id, booking.booking_id, name, channel, recipient.value
    return bool(await database.fetchval(BEGIN, *values))


async def note(
    pool: asyncpg.Pool,
    booking: BookingRef,
    name: str,
    channel: str,
    state: DeliveryState,
    *,
    vendor_id: str | None = None,
    code: str | int | None = None,
    recipient: Recipient = Recipient.CUSTOMER,
) -> None:
    """Writes down what became of a message, and tells it. Repeatable, and older news change nothing.

    That it is still being tried is `begin_try`'s to write. `code` is the carrier's own number; its words may hold addresses and
    are not kept. Raises ForeignKeyViolationError for a booking that does not exist.
    """
    said = str(code) if code is not None else None
    async with pool.acquire() as connection, connection.transaction():
        values = booking.business_id, booking.booking_id, name, channel, recipient.value, state.value, vendor_id, said
        is_news = await connection.fetchval(NOTE, *values, ORDER)
        if is_news:
            key = f"{name}:{channel}:{state}"
            await tell(connection, booking, key, f"notification_{state}", channel=channel, message=name, code=said)


async def leave_out(connection: Connection, booking: BookingRef, name: str, channel: str) -> None:
    """This message is not to be sent any more, in the caller's transaction. Repeatable; one that was sent stays so."""
    recipient = Recipient.PROVIDER if name.endswith(f"-{Recipient.PROVIDER}") else Recipient.CUSTOMER
    await connection.execute(LEAVE_OUT, booking.business_id, booking.booking_id, name, channel, recipient.value)


async def list_notifications(database: Database, booking: BookingRef) -> Sequence[Notification]:
    """The booking's messages, in the order in which they were first tried."""
    return [Notification(**row) for row in await database.fetch(LIST, booking.business_id, booking.booking_id)]
