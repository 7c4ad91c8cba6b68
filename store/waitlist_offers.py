"""Times that are offered to those who wait: each in the transaction of its booking, so that one is never without the other."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from domain.bookings import BookingRef, BookingStatus, HoldSlot
from domain.errors import SlotTaken
from domain.waitlist import MOST_LAPSES, EntryState, OfferOutcome
from store.events import Connection, tell
from store.pool import Database

OFFERED = """
UPDATE waitlist_entries SET state = 'offered', updated_at = now()
WHERE business_id = $1 AND id = $2 AND state = 'waiting'
RETURNING id
"""

OFFER = """
INSERT INTO waitlist_offers (business_id, booking_id, entry_id, provider_id, starts_at) VALUES ($1, $2, $3, $4, $5)
"""

ENDED = """
UPDATE waitlist_offers SET outcome = $3 WHERE business_id = $1 AND booking_id = $2 AND outcome = 'open' RETURNING entry_id
"""

# Who left meanwhile stays gone.
BACK = """
UPDATE waitlist_entries
SET state = CASE WHEN $3 = 'accepted' THEN 'accepted' WHEN lapses + $4 >= $5 THEN 'lapsed' ELSE 'waiting' END,
    lapses = lapses + $4, updated_at = now()
WHERE business_id = $1 AND id = $2 AND state = 'offered'
RETURNING state
"""

LOOK_AGAIN = """
UPDATE waitlists SET asked = asked + 1
WHERE business_id = $1 AND service_id = (SELECT service_id FROM waitlist_entries WHERE business_id = $1 AND id = $2)
"""

IS_ANSWERED = "SELECT true FROM waitlist_offers WHERE business_id = $1 AND booking_id = $2 AND outcome <> 'open'"

OUTCOMES: Mapping[BookingStatus, OfferOutcome] = {
    BookingStatus.CONFIRMED: OfferOutcome.ACCEPTED,
    BookingStatus.EXPIRED: OfferOutcome.LAPSED,
    BookingStatus.CANCELLED: OfferOutcome.DECLINED,
    BookingStatus.FAILED: OfferOutcome.FAILED,
}


async def make_offer(connection: Connection, order: HoldSlot) -> None:
    """Ties the booking that is just held to the entry it is for, in the hold's own transaction.

    Raises SlotTaken for an entry that waits no more or is offered another time; the transaction must then roll back.
    """
    entry_id = order.waitlist_entry_id
    if entry_id is None:
        return
    if await connection.fetchval(OFFERED, order.business_id, entry_id) is None:
        raise SlotTaken("nobody waits for this time any more")
    await connection.execute(OFFER, order.business_id, order.booking_id, entry_id, order.provider_id, order.starts_at)
    booking = BookingRef(order.business_id, order.booking_id)
    await tell(connection, booking, "waitlist-offered", "waitlist_offered", entry=str(entry_id))


async def follow_booking(connection: Connection, booking: BookingRef, status: BookingStatus) -> None:
    """Lets the entry follow its offer's booking into this status, in the same transaction. Repeatable: only the first counts."""
    outcome = OUTCOMES.get(status)
    if outcome is None:
        return
    entry_id: UUID | None = await connection.fetchval(ENDED, booking.business_id, booking.booking_id, outcome.value)
    if entry_id is None:
        return  # the offer ended before, as when an accepted booking is cancelled later
    lapsed = int(outcome is OfferOutcome.LAPSED)
    state = await connection.fetchval(BACK, booking.business_id, entry_id, outcome.value, lapsed, MOST_LAPSES)
    await connection.execute(LOOK_AGAIN, booking.business_id, entry_id)
    kind = "waitlist_accepted" if outcome is OfferOutcome.ACCEPTED else "waitlist_lapsed"
    became = state or EntryState.LEFT.value
    key = kind.replace("_", "-")
    await tell(connection, booking, key, kind, entry=str(entry_id), outcome=outcome.value, entry_state=became)


async def is_answered(database: Database, booking: BookingRef) -> bool:
    """Whether the offer was taken or not taken, so that nobody needs to hear of it any more."""
    return bool(await database.fetchval(IS_ANSWERED, booking.business_id, booking.booking_id))
