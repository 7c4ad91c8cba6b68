"""Links in messages by which their reader may change a booking once, or decide on it, on a page of the business's own."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from domain.bookings import Appointment, BookingRef
from domain.links import LinkPurpose, link_hash, link_token
from domain.messages import MessageKind, Recipient
from domain.tokens import manage_token
from store.links import make_link

OFFERS = {
    (Recipient.CUSTOMER, MessageKind.CONFIRMATION): LinkPurpose.CHANGE,
    (Recipient.CUSTOMER, MessageKind.REMINDER): LinkPurpose.CHANGE,
    (Recipient.CUSTOMER, MessageKind.RESCHEDULED): LinkPurpose.CHANGE,
    (Recipient.PROVIDER, MessageKind.APPROVAL_REQUESTED): LinkPurpose.APPROVAL,
}
"""Which messages carry a link, and what for."""


class MessageLinks:
    """Each message has one link of its own, whatever channels it goes by: who sends it again makes the same."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        page: str | None,
        secret: str,
        approval_page: str | None = None,
        offer_page: str | None = None,
    ) -> None:
        """The pages' addresses, for customers and for providers, with {booking} and {token} where these go."""
        self._offer_page = offer_page
        self._pool = pool
        self._pages = {LinkPurpose.CHANGE: page, LinkPurpose.APPROVAL: approval_page}
        self._secret = secret

    async def link_in(
        self, name: str, kind: MessageKind, recipient: Recipient, appointment: Appointment, until: datetime | None = None
    ) -> str | None:
        """The address for the message of this name; None where it offers nothing, or there is no page for it. The link is good
        `until` then, otherwise until the appointment begins as it stands now."""
        if recipient is Recipient.CUSTOMER and kind is MessageKind.WAITLIST_OFFER:
            return self._offer_in(appointment)
        purpose = OFFERS.get((recipient, kind))
        page = self._pages[purpose] if purpose else None
        if purpose is None or page is None:
            return None
        booking = BookingRef(appointment.business_id, appointment.booking_id)
        token = link_token(self._secret, booking, f"message:{name}")
        await make_link(self._pool, booking, link_hash(token), name, until or appointment.starts_at, purpose)
        return _address(page, booking, token)

    def _offer_in(self, appointment: Appointment) -> str | None:
        """Where the customer confirms what is held for them: they have not had the booking's token yet."""
        booking = BookingRef(appointment.business_id, appointment.booking_id)
        return _address(self._offer_page, booking, manage_token(self._secret, booking)) if self._offer_page else None


def _address(page: str, booking: BookingRef, token: str) -> str:
    return page.replace("{booking}", str(booking.booking_id)).replace("{token}", token)
