"""Messages to the customer: one activity a channel, retried on its own, never undoing a booking."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg
from temporalio import activity

from activities import wording
from domain.bookings import BookingRef
from domain.errors import MessageRefused
from domain.messages import EmailGateway, SmsGateway
from store import notifications
from store.appointments import read_appointment


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Send the customer this kind of message about this booking."""

    booking: BookingRef
    kind: wording.MessageKind


class MessageActivities:
    """What was sent is written down, so a repeat sends nothing.

    Only a crash between the carrier's yes and our note of it can send a second copy: an SMS is then found again at the
    vendor, an e-mail goes out twice under one Message-ID.
    """

    def __init__(self, pool: asyncpg.Pool, email: EmailGateway | None, sms: SmsGateway | None) -> None:
        self._pool = pool
        self._email = email
        self._sms = sms

    @activity.defn
    async def send_email(self, message: SendMessage) -> None:
        """E-mails the customer. Raises MessageRefused for an address refused for good."""
        if self._email is None or await notifications.was_settled(self._pool, message.booking, message.kind, "email"):
            return
        appointment = await read_appointment(self._pool, message.booking)
        email = wording.email(message.kind, appointment)
        try:
            vendor_id = await self._email.send(email)
        except MessageRefused:
            await notifications.save(self._pool, message.booking, message.kind, "email", vendor_id=None)
            raise
        await notifications.save(self._pool, message.booking, message.kind, "email", vendor_id=vendor_id)

    @activity.defn
    async def send_sms(self, message: SendMessage) -> None:
        """Texts the customer, where they gave a number. Raises MessageRefused for a number refused for good."""
        if self._sms is None or await notifications.was_settled(self._pool, message.booking, message.kind, "sms"):
            return
        appointment = await read_appointment(self._pool, message.booking)
        if appointment.customer.phone is None:
            return
        sms = wording.sms(message.kind, appointment, appointment.customer.phone)
        try:
            vendor_id = await self._sms.send(sms)
        except MessageRefused:
            await notifications.save(self._pool, message.booking, message.kind, "sms", vendor_id=None)
            raise
        await notifications.save(self._pool, message.booking, message.kind, "sms", vendor_id=vendor_id)
