"""A made-up booking with everything in it, to show and to measure templates with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from babel import Locale

from activities.wording import Reader, Topic, reader_of
from domain.bookings import Appointment, Customer
from domain.messages import MessageFacts, MessageKind, Recipient
from domain.money import Money
from domain.templates import Language

STARTS_AT = datetime(2027, 3, 8, 9, tzinfo=UTC)
SAMPLE = Appointment(
    booking_id=UUID("019ac2d7-5a00-7abc-8def-0123456789ab"),
    business_id=UUID(int=0),
    business_name="Salon Lovelace",
    service_name="Massage, 60 min",
    provider_name="Grace Hopper",
    provider_timezone="Europe/Berlin",
    calendar_id=None,
    starts_at=STARTS_AT,
    ends_at=STARTS_AT + timedelta(hours=1),
    seats=2,
    price=Money(12000, "EUR"),
    customer=Customer("Ada Byron", "ada@example.com", "+4930901820", "Europe/Berlin", "en"),
    provider_email="grace@example.com",
    provider_phone="+4930901821",
)
FACTS = MessageFacts(
    link="https://example.com/b/0123456789ab",
    previous_starts_at=STARTS_AT - timedelta(days=1),
    until=STARTS_AT - timedelta(days=2),
    refund=Money(6000, "EUR"),
    fee=Money(3000, "EUR"),
    occurrences=tuple(STARTS_AT + timedelta(weeks=week) for week in range(1, 4)),
)


def sample_topic(kind: MessageKind, appointment: Appointment = SAMPLE) -> Topic:
    """A message of this kind about this booking, with every fact that there could be."""
    return Topic(kind, kind.value, appointment, FACTS)


def reading(appointment: Appointment, recipient: Recipient, language: Language) -> Reader:
    """The reader, if this were their language."""
    return replace(reader_of(appointment, recipient), language=language, locale=Locale(language.value))
