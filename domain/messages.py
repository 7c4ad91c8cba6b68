"""What a carrier of messages must be able to do. Implemented in gateways/messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Email:
    """One e-mail. `key` makes its Message-ID, so that a copy of the same message is recognisable as such."""

    key: str
    to: str
    subject: str
    text: str
    html: str | None = None
    ics: str | None = None


@dataclass(frozen=True, slots=True)
class Sms:
    """One text message to an E.164 number. `text` ends with the booking's reference, by which a sent copy is found again."""

    key: str
    to: str
    text: str


class EmailGateway(Protocol):
    """Hands mail to a server. At least once: SMTP has no idempotency key, so a crash between the server's yes and our
    note of it sends the same Message-ID again."""

    async def send(self, email: Email) -> str:
        """Returns the Message-ID. Raises MessageRefused for an address refused for good (5xx), MessageAccident otherwise."""


class SmsGateway(Protocol):
    """Sends text messages. The vendor has no idempotency key, so it looks for the sent copy before it sends."""

    async def send(self, sms: Sms) -> str:
        """Returns the vendor's message id. Raises MessageRefused for a number refused for good, MessageAccident otherwise."""


class MessageAccident(Exception):
    """The carrier did not answer as it should; the message may or may not be on its way."""
