"""Links that let whoever has them change one booking once, or decide on it: made, looked up, and spent with the change itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.bookings import BookingRef
from domain.errors import LinkExpired, LinkSpent, NotFound
from domain.links import LinkPurpose
from store.events import Connection
from store.pool import Database

MAKE = """
INSERT INTO links (business_id, token_hash, booking_id, made_by, expires_at, purpose) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (business_id, token_hash) DO NOTHING
"""

FIND = """
SELECT used_at IS NOT NULL AS is_spent, expires_at <= clock_timestamp() AS is_late
FROM links WHERE business_id = $1 AND token_hash = $2 AND booking_id = $3 AND purpose = $4
"""

EXISTS = "SELECT true FROM links WHERE business_id = $1 AND token_hash = $2 AND booking_id = $3"

SPEND = """
UPDATE links SET used_at = now()
WHERE business_id = $1 AND token_hash = $2 AND booking_id = $3 AND used_at IS NULL
RETURNING true
"""


@dataclass(frozen=True, slots=True)
class Link:
    """Whether a link can still be used."""

    is_spent: bool
    is_late: bool

    def check(self) -> None:
        """Raises LinkSpent or LinkExpired."""
        if self.is_spent:
            raise LinkSpent("this link was used already; ask the business for another")
        if self.is_late:
            raise LinkExpired("this link was not used in its time; ask the business for another")


async def make_link(
    database: Database,
    booking: BookingRef,
    token_hash: bytes,
    made_by: str,
    expires_at: datetime,
    purpose: LinkPurpose = LinkPurpose.CHANGE,
) -> None:
    """Lets this token do that with the booking once until then. Repeatable: the first one's end stays."""
    await database.execute(MAKE, booking.business_id, token_hash, booking.booking_id, made_by, expires_at, purpose.value)


async def find_link(
    database: Database, booking: BookingRef, token_hash: bytes, purpose: LinkPurpose = LinkPurpose.CHANGE
) -> Link | None:
    """The booking's link of this token, if it is for that."""
    row = await database.fetchrow(FIND, booking.business_id, token_hash, booking.booking_id, purpose.value)
    return Link(row["is_spent"], row["is_late"]) if row else None


async def spend_link(connection: Connection, booking: BookingRef, token_hash: bytes) -> None:
    """Uses the link up, in the transaction of the change that it was for. Raises LinkSpent, NotFound.

    One that was alive when the change was asked for is good to the end of it.
    """
    if await connection.fetchval(SPEND, booking.business_id, token_hash, booking.booking_id):
        return
    if not await connection.fetchval(EXISTS, booking.business_id, token_hash, booking.booking_id):
        raise NotFound("there is no such link")
    raise LinkSpent("this link was used already; ask the business for another")
