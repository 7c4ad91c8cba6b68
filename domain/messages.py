"""What messages there are, whom they reach, and what a carrier of them must be able to do. Carriers are in gateways/messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.money import Money


class MessageKind(StrEnum):
    """Why somebody is written to."""

    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    MOVED_AWAY = "moved_away"
    NO_SHOW = "no_show"
    FOLLOW_UP = "follow_up"
    APPROVAL_REQUESTED = "approval_requested"
    APPROVAL_DECLINED = "approval_declined"
    WAITLIST_OFFER = "waitlist_offer"
    SERIES = "series"
    PAYMENT_DECLINED = "payment_declined"


class Recipient(StrEnum):
    """Who is written to: each in their own language and zone, and only where they left an address."""

    CUSTOMER = "customer"
    PROVIDER = "provider"


class Channel(StrEnum):
    """By what a message goes."""

    EMAIL = "email"
    SMS = "sms"


class DeliveryState(StrEnum):
    """What became of a message, in the order in which it can be heard of. E-mail is never heard of again once it is `sent`.

    `queued`: not handed over yet, or the carrier has it and says more later. `refused`: the carrier would not take it.
    """

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DeliveryNews:
    """What a carrier says later of a message: `about` is what was sent with it, `code` the carrier's own number."""

    about: str
    vendor_id: str
    state: DeliveryState
    code: str | None


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What a message says beside the appointment itself; whatever is None is left out.

    `link` leads to what the reader may do about it. `until` is when an offer or a request lapses.
    """

    link: str | None = None
    previous_starts_at: datetime | None = None
    until: datetime | None = None
    refund: Money | None = None
    fee: Money | None = None
    occurrences: tuple[datetime, ...] = ()


NO_FACTS = MessageFacts()


@dataclass(frozen=True, slots=True)
class Email:
    """One e-mail. `key` makes its Message-ID, so that a copy of the same message is recognisable as such."""

    key: str
    to: str
    subject: str
    text: str
    html: str | None = None
    ics: str | None = None
    ics_method: str = "PUBLISH"


@dataclass(frozen=True, slots=True)
class Sms:
    """One text message to an E.164 number. `text` ends with the booking's reference, by which a sent copy is found again.

    `about` comes back with the news of it, where the carrier sends any.
    """

    key: str
    to: str
    text: str
    about: str = ""


class EmailGateway(Protocol):
    """Hands mail to a server. At least once: SMTP has no idempotency key, so a crash between the server's yes and our
    note of it sends the same Message-ID again."""

    async def send(self, email: Email) -> str:
        """Returns the Message-ID. Raises MessageRefused for an address refused for good (5xx), MessageAccident otherwise."""

    async def sends_from(self) -> str | None:
        """The address that the present business's mail comes from; None where it has no account to send with."""


class Mailbox(Protocol):
    """Where sent e-mail can be looked at, which SMTP does not offer: a stand-in's outbox, or a journaling mailbox."""

    async def count_copies(self, message_id: str) -> int:
        """How often the e-mail with this Message-ID arrived."""


class SmsGateway(Protocol):
    """Sends text messages. The vendor has no idempotency key, so it looks for the sent copy before it sends."""

    async def send(self, sms: Sms) -> str:
        """Returns the vendor's message id. Raises MessageRefused for a number refused for good, MessageAccident otherwise."""

    async def sends_from(self) -> str | None:
        """What the present business's texts come from; None where it has no account to send with."""

    @property
    def first_state(self) -> DeliveryState:
        """What a message is that was just handed over: `queued` where the carrier will say more, otherwise `sent`."""

    async def count_copies(self, to: str, reference: str) -> tuple[int, ...]:
        """How often each text with this reference in it was sent to this number lately. Raises MessageAccident."""

    def read_news(self, query: str, body: bytes, signature: str) -> DeliveryNews | None:
        """A delivery status as the carrier posted it; None for one that changes nothing. Raises BadSignature."""


class MessageAccident(Exception):
    """The carrier did not answer as it should; the message may or may not be on its way."""
