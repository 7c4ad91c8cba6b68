"""What the messages say. Every time names its zone, so that nobody has to guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.numbers import parse_pattern
from icalendar import Calendar, Event

from domain.bookings import Appointment, BookingRef
from domain.messages import NO_FACTS, Email, MessageFacts, MessageKind, Recipient, Sms
from domain.money import Money

SUBJECTS = {
    MessageKind.CONFIRMATION: "Confirmed",
    MessageKind.REMINDER: "Reminder",
    MessageKind.CANCELLED: "Cancelled",
    MessageKind.RESCHEDULED: "New time",
    MessageKind.NO_SHOW: "Missed",
    MessageKind.FOLLOW_UP: "Thank you",
    MessageKind.APPROVAL_REQUESTED: "Waits for approval",
    MessageKind.APPROVAL_DECLINED: "Declined",
    MessageKind.WAITLIST_OFFER: "A time has become free",
    MessageKind.SERIES: "Your series",
}
GREETINGS = {
    MessageKind.CONFIRMATION: "your booking with {business} is confirmed.",
    MessageKind.REMINDER: "we look forward to seeing you at {business}.",
    MessageKind.CANCELLED: "the booking with {business} is cancelled.",
    MessageKind.RESCHEDULED: "the booking with {business} has a new time.",
    MessageKind.NO_SHOW: "you were expected at {business} and did not come.",
    MessageKind.FOLLOW_UP: "thank you for your visit to {business}.",
    MessageKind.APPROVAL_REQUESTED: "the booking with {business} waits to be approved.",
    MessageKind.APPROVAL_DECLINED: "{business} could not accept the booking.",
    MessageKind.WAITLIST_OFFER: "a time that you wait for at {business} has become free and is held for you.",
    MessageKind.SERIES: "your series of bookings with {business} is made.",
}
HAS_TIME = frozenset(MessageKind) - {MessageKind.NO_SHOW, MessageKind.FOLLOW_UP, MessageKind.APPROVAL_DECLINED}


def email(
    kind: MessageKind,
    name: str,
    appointment: Appointment,
    recipient: Recipient = Recipient.CUSTOMER,
    facts: MessageFacts = NO_FACTS,
) -> Email | None:
    """The e-mail with its calendar file; None for who left no address. `name` tells it from the booking's other messages."""
    reader = _reader(appointment, recipient)
    if reader.email is None:
        return None
    lines = _lines(appointment, reader, facts)
    text = "\n".join(f"{name}: {value}" for name, value in lines)
    rows = "".join(f"<tr><th align=left>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in lines)
    greeting = f"Hello {reader.name}, " + GREETINGS[kind].format(business=appointment.business_name)
    return Email(
        key=_key(name, "email", appointment),
        to=reader.email,
        subject=f"{SUBJECTS[kind]}: {appointment.service_name}, {_when(appointment.starts_at, reader)}",
        text=f"{greeting}\n\n{text}\n",
        html=f"<p>{escape(greeting)}</p><table>{rows}</table>",
        ics=_ics(appointment) if kind in HAS_TIME else None,
    )


def sms(
    kind: MessageKind,
    name: str,
    appointment: Appointment,
    recipient: Recipient = Recipient.CUSTOMER,
    facts: MessageFacts = NO_FACTS,
) -> Sms | None:
    """One short text; None for who left no number. Its end tells it from all others: so a sent copy is found again."""
    reader = _reader(appointment, recipient)
    if reader.phone is None:
        return None
    when = _when(appointment.starts_at, reader)
    text = f"{appointment.business_name}: {SUBJECTS[kind].lower()}, {appointment.service_name}, {when}."
    if facts.link:
        text += f" {facts.link}"
    which = name.removeprefix(kind)  # two messages of one kind differ by the rest of their names
    return Sms(key=_key(name, "sms", appointment), to=reader.phone, text=f"{text} Ref {reference(appointment)}{which}")


@dataclass(frozen=True, slots=True)
class _Reader:
    name: str
    email: str | None
    phone: str | None
    zone: str
    locale: Locale


def _reader(appointment: Appointment, recipient: Recipient) -> _Reader:
    if recipient is Recipient.PROVIDER:
        who, zone, locale = appointment.provider_name, appointment.provider_timezone, appointment.business_locale
        return _Reader(who, appointment.provider_email, appointment.provider_phone, zone, _locale(locale))
    customer = appointment.customer
    return _Reader(customer.name, customer.email, customer.phone, customer.timezone, _locale(customer.locale))


def reference(appointment: Appointment) -> str:
    """The booking's short name for people: the random end of its id."""
    return appointment.booking_id.hex[-12:]


def _key(name: str, channel: str, appointment: Appointment) -> str:
    return BookingRef(appointment.business_id, appointment.booking_id).key(f"{name}:{channel}")


def _lines(appointment: Appointment, reader: _Reader, facts: MessageFacts) -> list[tuple[str, str]]:
    price = appointment.price if appointment.price and not appointment.price.is_free else None
    lines = [
        ("What", appointment.service_name),
        ("With", appointment.provider_name),
        ("When", _when(appointment.starts_at, reader)),
        ("Before", _when(facts.previous_starts_at, reader) if facts.previous_starts_at else None),
        ("Until", _when(facts.until, reader) if facts.until else None),
        *(("Also", _when(occurrence, reader)) for occurrence in facts.occurrences),
        ("Seats", str(appointment.seats) if appointment.seats > 1 else None),
        ("Paid", _money(price, reader.locale) if price else None),
        ("Refund", _money(facts.refund, reader.locale) if facts.refund else None),
        ("Fee", _money(facts.fee, reader.locale) if facts.fee else None),
        ("Link", facts.link),
        ("Reference", reference(appointment)),
    ]
    return [(name, value) for name, value in lines if value is not None]


def _when(at: datetime, reader: _Reader) -> str:
    local: datetime = at.astimezone(ZoneInfo(reader.zone))
    return f"{format_datetime(local, 'EEE d MMM yyyy, HH:mm', locale=reader.locale)} ({reader.zone})"


def _money(money: Money, locale: Locale) -> str:
    """With ISO 4217's decimals, in which prices are counted. With CLDR's, babel's own, dinars would come out a hundredfold."""
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (money.decimals, money.decimals)
    return str(pattern.apply(money.major, locale, currency=money.currency, currency_digits=False))


def _locale(tag: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _ics(appointment: Appointment) -> str:
    event = Event()
    event.add("uid", f"{appointment.booking_id}@slotkeeper")
    event.add("summary", f"{appointment.service_name} – {appointment.business_name}")
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("dtstamp", appointment.starts_at)  # fixed, so that the same message is the same bytes
    event.add("sequence", appointment.sequence)
    calendar = Calendar()
    calendar.add("prodid", "-//Slotkeeper//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return str(calendar.to_ical().decode())
