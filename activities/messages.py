"""Messages to the customer: one activity a channel, retried on its own, never undoing a booking."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg
from temporalio import activity

from activities import wording
from activities.wording import MessageKind
from domain.bookings import BookingRef
from domain.errors import MessageRefused
from domain.messages import EmailGateway, SmsGateway
from domain.reminders import Reminder
from store import notifications, reminders
from store.appointments import read_appointment


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Send the customer this kind of message about this booking; a reminder also says which of them it is."""

    booking: BookingRef
    kind: MessageKind
    minutes_before: int | None = None

    @property
    def name(self) -> str:
        """What this message is called in the delivery log; a booking has at most one of each name and channel."""
        return self.kind if self.minutes_before is None else Reminder(self.booking, self.minutes_before).kind


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
        if self._email is None or not await self._is_wanted(message, "email"):
            return
        appointment = await read_appointment(self._pool, message.booking)
        email = wording.email(message.kind, message.name, appointment)
        try:
            vendor_id = await self._email.send(email)
        except MessageRefused:
            await notifications.save(self._pool, message.booking, message.name, "email", vendor_id=None)
            raise
        await notifications.save(self._pool, message.booking, message.name, "email", vendor_id=vendor_id)

    @activity.defn
    async def send_sms(self, message: SendMessage) -> None:
        """Texts the customer, where they gave a number. Raises MessageRefused for a number refused for good."""
        if self._sms is None or not await self._is_wanted(message, "sms"):
            return
        appointment = await read_appointment(self._pool, message.booking)
        if appointment.customer.phone is None:
            return
        sms = wording.sms(message.kind, message.name, appointment, appointment.customer.phone)
        try:
            vendor_id = await self._sms.send(sms)
        except MessageRefused:
            await notifications.save(self._pool, message.booking, message.name, "sms", vendor_id=None)
            raise
        await notifications.save(self._pool, message.booking, message.name, "sms", vendor_id=vendor_id)

    async def _is_wanted(self, message: SendMessage, channel: str) -> bool:
        """Asked right before each try: not what went out already, and no reminder of a booking that is over."""
        if await notifications.was_settled(self._pool, message.booking, message.name, channel):
            return False
        if message.minutes_before is None:
            return True
        return await reminders.wanted_until(self._pool, Reminder(message.booking, message.minutes_before)) is not None
