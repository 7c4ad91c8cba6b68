"""The lock of the system: who occupies a provider's time (promise 1).

The exclusion constraint `no_overlap` is what makes a second claim impossible; nothing here is trusted to.
A hold past its end counts as free: whoever takes the time next removes it in the same transaction (promise 3).

A booking sits in one claim of its provider and one of each resource, all or none. Two transactions never wait for each other
in a circle for long: each locks bookings first, then claims in the order of their providers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from domain.bookings import BookingRef
from domain.errors import HoldExpired, SlotTaken
from store.events import Connection, tell
from store.pool import Database

LAPSED = """
SELECT DISTINCT s.booking_id
FROM claims c JOIN claim_seats s ON s.business_id = c.business_id AND s.claim_id = c.id
WHERE c.business_id = $1 AND c.provider_id = ANY($2::uuid[]) AND c.during && tstzrange($3, $4)
  AND s.expires_at <= clock_timestamp()
ORDER BY s.booking_id
"""

# NO KEY: others may tell on its timeline meanwhile.
LOCK_BOOKING = "SELECT true FROM bookings WHERE business_id = $1 AND id = $2 FOR NO KEY UPDATE"

IS_LAPSED = """
SELECT bool_and(expires_at <= clock_timestamp()) FROM claim_seats WHERE business_id = $1 AND booking_id = $2
"""

# DO NOTHING rather than an error: PostgreSQL then inserts speculatively, and parallel takers of one time queue instead of
# deadlocking. https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
TAKE = """
INSERT INTO claims (business_id, id, provider_id, service_id, starts_at, during, capacity, seats_taken, for_provider)
VALUES ($1, $2, $3, $4, $5, tstzrange($6, $7), $8, $9, $10)
ON CONFLICT DO NOTHING
RETURNING id
"""

JOIN_SESSION = """
UPDATE claims SET seats_taken = seats_taken + $8
WHERE business_id = $1 AND provider_id = $2 AND service_id = $3 AND starts_at = $4 AND during = tstzrange($5, $6)
  AND capacity = $7 AND seats_taken + $8 <= capacity AND for_provider IS NOT DISTINCT FROM $9
RETURNING id
"""

SIT = "INSERT INTO claim_seats (business_id, booking_id, claim_id, seats, expires_at) VALUES ($1, $2, $3, $4, $5)"

SEATS = """
SELECT s.claim_id, s.seats, c.seats_taken, c.provider_id, c.during
FROM claim_seats s JOIN claims c ON c.business_id = s.business_id AND c.id = s.claim_id
WHERE s.business_id = $1 AND s.booking_id = $2 AND ($3::uuid IS NULL OR c.provider_id = $3)
ORDER BY c.provider_id
FOR UPDATE
"""

DURING = """
SELECT s.booking_id
FROM claims c
JOIN claim_seats s ON s.business_id = c.business_id AND s.claim_id = c.id
JOIN bookings b ON b.business_id = s.business_id AND b.id = s.booking_id
WHERE c.business_id = $1 AND c.provider_id = $2 AND c.during && tstzrange($3, $4)
  AND b.starts_at < $4 AND b.ends_at > $3 AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())
ORDER BY b.starts_at, b.id
"""

# A seat that is kept already is left as it is: nothing of the provider's time changes.
KEEP = """
WITH kept AS (
    UPDATE claim_seats SET expires_at = NULL WHERE business_id = $1 AND booking_id = $2 AND expires_at IS NOT NULL
)
SELECT count(*) FROM claim_seats WHERE business_id = $1 AND booking_id = $2
"""


class Wanted(Protocol):
    """The time that is to be claimed: a slot with its buffers, its provider and what it takes beside."""

    @property
    def business_id(self) -> UUID: ...
    @property
    def booking_id(self) -> UUID: ...
    @property
    def service_id(self) -> UUID: ...
    @property
    def provider_id(self) -> UUID: ...
    @property
    def resource_ids(self) -> tuple[UUID, ...]: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def blocks_from(self) -> datetime: ...
    @property
    def blocks_until(self) -> datetime: ...
    @property
    def capacity(self) -> int: ...
    @property
    def seats(self) -> int: ...


async def bookings_during(
    database: Database, business_id: UUID, provider_id: UUID, since: datetime, until: datetime
) -> list[UUID]:
    """The bookings, held or firm, for which this provider or resource is taken in that time; buffers do not count."""
    rows = await database.fetch(DURING, business_id, provider_id, since, until)
    return [row["booking_id"] for row in rows]


async def take(connection: Connection, order: Wanted, expires_at: datetime | None) -> None:
    """Claims the slot for the order's booking, which must exist; a hold until `expires_at`, permanent without.

    Raises SlotTaken when another live claim overlaps one of its provider or resources, or a session has too few seats left;
    the caller's transaction must then roll back. Not repeatable by itself: callers look first whether the booking already sits.
    """
    everyone = sorted((order.provider_id, *order.resource_ids))
    await remove_lapsed(connection, order, everyone)
    for provider_id in everyone:
        # The booking's own id says who opened the claim.
        own_id = order.booking_id if provider_id == order.provider_id else uuid7()
        await sit(connection, order, provider_id, own_id, expires_at)


async def sit(connection: Connection, order: Wanted, provider_id: UUID, own_id: UUID, expires_at: datetime | None) -> None:
    """Claims the slot at one of its providers under `own_id`, or joins the session there. Raises SlotTaken."""
    claim_id = await _claim_or_join(connection, order, provider_id, own_id)
    if claim_id is None:
        raise SlotTaken("this time was just taken")
    await connection.execute(SIT, order.business_id, order.booking_id, claim_id, order.seats, expires_at)


async def _claim_or_join(connection: Connection, order: Wanted, provider_id: UUID, claim_id: UUID) -> UUID | None:
    during = (order.starts_at, order.blocks_from, order.blocks_until)
    for_provider = None if provider_id == order.provider_id else order.provider_id
    session = (order.business_id, provider_id, order.service_id, *during, order.capacity, order.seats, for_provider)
    if order.capacity > 1 and (joined := await connection.fetchval(JOIN_SESSION, *session)):
        return UUID(str(joined))
    claimed = await connection.fetchval(
        TAKE, order.business_id, claim_id, provider_id, order.service_id, *during, order.capacity, order.seats, for_provider
    )
    if claimed is None and order.capacity > 1:  # somebody opened the session between the two statements
        claimed = await connection.fetchval(JOIN_SESSION, *session)
    return None if claimed is None else UUID(str(claimed))


async def remove_lapsed(connection: Connection, order: Wanted, everyone: Sequence[UUID]) -> None:
    """Removes the holds in the way whose time is over (promise 3)."""
    lapsed = await connection.fetch(LAPSED, order.business_id, everyone, order.blocks_from, order.blocks_until)
    for row in lapsed:
        booking = BookingRef(order.business_id, row["booking_id"])
        await connection.execute(LOCK_BOOKING, booking.business_id, booking.booking_id)
        if await connection.fetchval(IS_LAPSED, booking.business_id, booking.booking_id):  # nobody kept or freed it meanwhile
            await release_if_held(connection, booking)
            await tell(connection, booking, "hold-lapsed", "hold_lapsed")


async def make_permanent(connection: Connection, booking: BookingRef) -> None:
    """Turns the hold into a permanent claim, also a late one that nobody has taken yet. Repeatable.

    Raises HoldExpired when the hold has lapsed and its time was given to another.
    """
    await connection.execute(LOCK_BOOKING, booking.business_id, booking.booking_id)
    if not await connection.fetchval(KEEP, booking.business_id, booking.booking_id):
        raise HoldExpired("the hold ended before the booking was confirmed")


async def release_if_held(connection: Connection, booking: BookingRef) -> bool:
    """Frees the booking's seats, and each provider's time with the last of them. False when there was nothing to free."""
    seats = await connection.fetch(SEATS, booking.business_id, booking.booking_id, None)
    await give_up(connection, booking, seats)
    return bool(seats)


async def give_up(connection: Connection, booking: BookingRef, seats: Sequence[asyncpg.Record]) -> None:
    """Frees these seats of the booking, which SEATS has locked."""
    taken = [seat["claim_id"] for seat in seats]
    await connection.execute(
        "DELETE FROM claim_seats WHERE business_id = $1 AND booking_id = $2 AND claim_id = ANY($3::uuid[])",
        booking.business_id,
        booking.booking_id,
        taken,
    )
    for seat in seats:
        if seat["seats_taken"] == seat["seats"]:
            await connection.execute(
                "DELETE FROM claims WHERE business_id = $1 AND id = $2", booking.business_id, seat["claim_id"]
            )
        else:
            await connection.execute(
                "UPDATE claims SET seats_taken = seats_taken - $3 WHERE business_id = $1 AND id = $2",
                booking.business_id,
                seat["claim_id"],
                seat["seats"],
            )
