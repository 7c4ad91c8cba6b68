"""Links in messages by which their reader may change a booking once, on a page of the business's own."""

from __future__ import annotations

import asyncpg

from domain.bookings import Appointment, BookingRef
from domain.links import link_hash, link_token
from domain.messages import MessageKind
from store.links import make_link

OFFER_CHANGES = frozenset({MessageKind.CONFIRMATION, MessageKind.REMINDER, MessageKind.RESCHEDULED})


class MessageLinks:
    """Each message has one link of its own, whatever channels it goes by: who sends it again makes the same."""

    def __init__(self, pool: asyncpg.Pool, page: str, secret: str) -> None:
        """`page` is the page's address, with {booking} and {token} where these go."""
        self._pool = pool
        self._page = page
        self._secret = secret

    async def link_in(self, name: str, appointment: Appointment) -> str:
        """The address for the message of this name; its link is good until the appointment begins as it stands now."""
        booking = BookingRef(appointment.business_id, appointment.booking_id)
        token = link_token(self._secret, booking, f"message:{name}")
        await make_link(self._pool, booking, link_hash(token), name, appointment.starts_at)
        return self._page.replace("{booking}", str(booking.booking_id)).replace("{token}", token)
