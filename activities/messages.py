"""Messages to the customer and the provider: one activity a channel, retried on its own, never undoing a booking."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from functools import partial

import asyncpg
from temporalio import activity

from activities import wording
from activities.links import MessageLinks
from activities.wording import Reader, Topic
from domain.bookings import BookingRef
from domain.errors import MessageRefused
from domain.messages import (
    NO_FACTS,
    Channel,
    DeliveryState,
    EmailGateway,
    MessageAccident,
    MessageFacts,
    MessageKind,
    Recipient,
    SmsGateway,
)
from domain.reminders import Reminder
from domain.templates import Template, TemplateKey
from store import notifications, reminders, templates, waitlist_offers
from store.appointments import (
    is_theirs_again,
    read_appointment,
    read_appointment_before,
    read_rest_of_series,
    was_given_on,
)


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Send this kind of message about this booking to one of its people; a reminder also says which of them it is.

    What may honestly be said twice, as a second reschedule, has another `sequence` each time. One that is sent again with the
    same is a repeat and does nothing. `again` counts the copies that operators have asked for.
    """

    booking: BookingRef
    kind: MessageKind
    recipient: Recipient = Recipient.CUSTOMER
    sequence: int = 0
    minutes_before: int | None = None
    facts: MessageFacts = NO_FACTS
    again: int = 0

    @property
    def name(self) -> str:
        """What this message is called in the delivery log; a booking has at most one of each name and channel."""
        name: str = self.kind
        if self.minutes_before is not None:
            name += f"-{self.minutes_before}"
        if self.sequence:
            name += f".{self.sequence}"
        if self.again:
            name += f"+{self.again}"
        return name if self.recipient is Recipient.CUSTOMER else f"{name}-{self.recipient}"


@dataclass(frozen=True, slots=True)
class Reminded:
    """How the first try of a reminder went: by which channels it is still to be sent, and until when that makes sense.

    Without an `until` there is nothing more to do.
    """

    until: datetime | None
    left: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class TryMessage:
    """Try to send this message once, by these channels."""

    message: SendMessage
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """How that went: by which channels it is still to be sent, and which of them refused it for good."""

    left: tuple[Channel, ...]
    refused: tuple[Channel, ...] = ()


def reminder_message(reminder: Reminder) -> SendMessage:
    """What a reminder comes to."""
    return SendMessage(reminder.booking, MessageKind.REMINDER, sequence=reminder.sequence, minutes_before=reminder.minutes_before)


class MessageActivities:
    """What was sent is written down, so a repeat sends nothing.

    Only a crash between the carrier's yes and our note of it can send a second copy: an SMS is then found again at the
    vendor, an e-mail goes out twice under one Message-ID. Nothing leaves before the database has written down that it is tried,
    so each further copy takes a further crash.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        email: EmailGateway | None,
        sms: SmsGateway | None,
        links: MessageLinks | None = None,
    ) -> None:
        """Without `links` no message offers its customer to change the booking."""
        self._pool = pool
        self._links = links
        self._email = email
        self._sms = sms

    @activity.defn
    async def remind(self, reminder: Reminder) -> Reminded:
        """Sends a reminder by all its channels at once, and forgets it when none is left. Never raises for a carrier.

        All in one, since many are due in the same minute. What was sent is not sent again when this is repeated.
        """
        until = await reminders.wanted_until(self._pool, reminder)
        if until is None:
            await reminders.drop(self._pool, reminder)
            return Reminded(None, ())
        message = reminder_message(reminder)
        topic, reader = await self._read(message)
        done = await asyncio.gather(*(self._try(message, topic, reader, channel) for channel in reminder.channels))
        left = tuple(channel for channel, is_done in zip(reminder.channels, done, strict=True) if not is_done)
        if left:
            return Reminded(until, left)
        await reminders.drop(self._pool, reminder)
        return Reminded(None, ())

    @activity.defn
    async def try_message(self, order: TryMessage) -> Tried:
        """Sends a message by several channels at once, as far as the first try goes. What was sent is not sent again when this is
        repeated. Never raises for a carrier."""
        topic, reader = await self._read(order.message)
        tries = (self._try_wanted(order.message, topic, reader, channel) for channel in order.channels)
        done = await asyncio.gather(*tries, return_exceptions=True)  # none is left alone with a try that still goes on
        ends = list(zip(order.channels, done, strict=True))
        refused = tuple(channel for channel, end in ends if isinstance(end, MessageRefused))
        return Tried(tuple(channel for channel, end in ends if end is not None and channel not in refused), refused)

    @activity.defn
    async def send_email(self, message: SendMessage) -> None:
        """E-mails the reader, where they left an address. Raises MessageRefused for an address refused for good."""
        if self._email is not None and await self._is_wanted(message):
            await self._send(message, *await self._read(message), Channel.EMAIL)

    @activity.defn
    async def send_sms(self, message: SendMessage) -> None:
        """Texts the reader, where they gave a number. Raises MessageRefused for a number refused for good."""
        if self._sms is not None and await self._is_wanted(message):
            await self._send(message, *await self._read(message), Channel.SMS)

    async def _try_wanted(self, message: SendMessage, topic: Topic, reader: Reader, channel: Channel) -> None:
        if await self._is_wanted(message):
            await self._send(message, topic, reader, channel)

    async def _try(self, message: SendMessage, topic: Topic, reader: Reader, channel: Channel) -> bool:
        """Whether there is nothing more to do, because it is sent or will never be."""
        try:
            await self._send(message, topic, reader, channel)
        except MessageAccident:
            return False
        except MessageRefused:
            return True
        return True

    async def _send(self, message: SendMessage, topic: Topic, reader: Reader, channel: Channel) -> None:
        own = await self._own(topic, reader, channel)
        if channel is Channel.EMAIL and self._email is not None:
            sender = await self._email.sends_from()  # whom calendar files name as their organizer
            email = wording.email(topic, reader, own, parseaddr(sender or "")[1] or None)
            if email is not None and sender is not None:
                await self._hand_over(message, channel, partial(self._email.send, email), DeliveryState.SENT)
        elif channel is Channel.SMS and self._sms is not None:
            sms = wording.sms(topic, reader, own)
            if sms is not None and await self._sms.sends_from() is not None:
                await self._hand_over(message, channel, partial(self._sms.send, sms), self._sms.first_state)

    async def _read(self, message: SendMessage) -> tuple[Topic, Reader]:
        if message.kind is MessageKind.MOVED_AWAY:
            appointment = await read_appointment_before(self._pool, message.booking, message.sequence)
        else:
            appointment = await read_appointment(self._pool, message.booking)
        facts = message.facts
        if self._links is not None and facts.link is None:
            about = (message.kind, message.recipient, appointment)
            facts = replace(facts, link=await self._links.link_in(message.name, *about, until=facts.until))
        others = await read_rest_of_series(self._pool, message.booking) if message.kind is MessageKind.SERIES else ()
        topic = Topic(message.kind, message.name, appointment, facts, others)
        return topic, wording.reader_of(appointment, message.recipient)

    async def _own(self, topic: Topic, reader: Reader, channel: Channel) -> Template | None:
        key = TemplateKey(topic.kind, channel, reader.language)
        return await templates.find_template(self._pool, topic.appointment.business_id, key)

    async def _hand_over(
        self, message: SendMessage, channel: Channel, send: Callable[[], Awaitable[str]], sent: DeliveryState
    ) -> None:
        """Whatever comes of it is in the delivery log: also that it is being tried, before anything leaves."""
        if not await notifications.begin_try(self._pool, message.booking, message.name, channel, message.recipient):
            return
        note = partial(notifications.note, self._pool, message.booking, message.name, channel, recipient=message.recipient)
        try:
            vendor_id = await send()
        except MessageRefused as refused:
            await note(DeliveryState.REFUSED, code=refused.facts.get("code"))
            raise
        await note(sent, vendor_id=vendor_id)

    async def _is_wanted(self, message: SendMessage) -> bool:
        """Asked before each try: not what is no longer true."""
        if message.kind is MessageKind.WAITLIST_OFFER:
            return not await waitlist_offers.is_answered(self._pool, message.booking)
        if message.minutes_before is None:
            return await self._is_for_them(message)
        reminder = Reminder(message.booking, message.minutes_before, message.sequence)
        return await reminders.wanted_until(self._pool, reminder) is not None

    async def _is_for_them(self, message: SendMessage) -> bool:
        """A late word to a provider must not say the opposite of a newer one, when the booking was given on or has come back."""
        if message.kind is MessageKind.MOVED_AWAY:
            return not await is_theirs_again(self._pool, message.booking, message.sequence)
        if message.kind is MessageKind.CONFIRMATION and message.recipient is Recipient.PROVIDER and not message.again:
            return not await was_given_on(self._pool, message.booking, message.sequence)
        return True
