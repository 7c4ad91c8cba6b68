"""How a booking's claims move to another time without its ever being without any (promise 1 and the swap).

Moves of one provider go one after the other, or two that swap their times would each wait for the other to let go. Beyond
that the order is the claims' own: bookings first, then claims in the order of their providers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from domain.bookings import BookingRef
from domain.errors import SlotTaken
from store.claims import SEATS, SIT, TAKE, Wanted, give_up, remove_lapsed, sit
from store.events import Connection

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 1))"  # the quotas' locks have another seed

WHOSE = """
SELECT DISTINCT c.provider_id
FROM claim_seats s JOIN claims c ON c.business_id = s.business_id AND c.id = s.claim_id
WHERE s.business_id = $1 AND s.booking_id = $2
"""


async def exchange(connection: Connection, wanted: Wanted) -> None:
    """Gives up all that the booking sits in and claims this time instead, for good; its row must be locked already.

    Both at once for everybody else: at each provider in turn the old time is given up and the new one claimed, and one that is
    not to be had undoes it all. So a booking may move into its own old time. Raises SlotTaken; the caller's transaction must
    then roll back. Not repeatable by itself.
    """
    booking, new = _of(wanted), {wanted.provider_id, *wanted.resource_ids}
    old = await _lock_and_find_old(connection, wanted, new)
    await remove_lapsed(connection, wanted, sorted(new))
    for provider_id in sorted(new | old):
        await give_up(connection, booking, await _seats(connection, booking, provider_id))
        if provider_id in new:  # under a new id: in the session that it leaves, others may still sit
            await sit(connection, wanted, provider_id, uuid7(), None)


async def reserve(connection: Connection, wanted: Wanted) -> None:
    """Claims what the booking does not have yet of this time, beside what it has; its row must be locked already.

    For a booking that sits alone. Raises SlotTaken; the caller's transaction must then roll back. Not repeatable by itself.
    """
    booking, new = _of(wanted), sorted({wanted.provider_id, *wanted.resource_ids})
    await _lock_and_find_old(connection, wanted, new)
    await remove_lapsed(connection, wanted, new)
    for provider_id in new:
        for missing in _missing(wanted, await _seats(connection, booking, provider_id)):
            claim_id, for_provider = uuid7(), None if provider_id == wanted.provider_id else wanted.provider_id
            taking = (wanted.business_id, claim_id, provider_id, wanted.service_id, wanted.starts_at, *missing)
            if not await connection.fetchval(TAKE, *taking, wanted.capacity, wanted.seats, for_provider):
                raise SlotTaken("this time was just taken")
            await connection.execute(SIT, wanted.business_id, wanted.booking_id, claim_id, wanted.seats, None)


async def give_back_if_reserved(
    connection: Connection, booking: BookingRef, of: Collection[UUID], blocks: tuple[datetime, datetime]
) -> bool:
    """Frees whatever the booking has beside the time `blocks` of these providers. False when that is nothing. Repeatable."""
    beside = [
        seat
        for seat in await _seats(connection, booking, None)
        if seat["provider_id"] not in of or (seat["during"].lower, seat["during"].upper) != blocks
    ]
    if beside:
        await give_up(connection, booking, beside)
    return bool(beside)


def _of(wanted: Wanted) -> BookingRef:
    return BookingRef(wanted.business_id, wanted.booking_id)


async def _lock_and_find_old(connection: Connection, wanted: Wanted, new: Collection[UUID]) -> set[UUID]:
    """Whose time the booking has now. Only its own transactions change that, and its row is locked."""
    old = {row["provider_id"] for row in await connection.fetch(WHOSE, wanted.business_id, wanted.booking_id)}
    for provider_id in sorted(old.union(new)):
        await connection.execute(ONE_AT_A_TIME, f"{wanted.business_id}:{provider_id}")
    return old


async def _seats(connection: Connection, booking: BookingRef, provider_id: UUID | None) -> Sequence[asyncpg.Record]:
    return await connection.fetch(SEATS, booking.business_id, booking.booking_id, provider_id)


def _missing(wanted: Wanted, seats: Sequence[asyncpg.Record]) -> list[tuple[datetime, datetime]]:
    """What of the wanted time is outside of the time that the booking has."""
    missing = [(wanted.blocks_from, wanted.blocks_until)]
    for seat in seats:
        since, until = seat["during"].lower, seat["during"].upper
        sides = [side for start, end in missing for side in ((start, min(end, since)), (max(start, until), end))]
        missing = [(start, end) for start, end in sides if start < end]
    return missing
