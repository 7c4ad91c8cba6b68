"""What the messages say. Every time names its zone, so that nobody has to guess."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from html import escape
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.numbers import parse_pattern
from icalendar import Calendar, Event

from domain.bookings import Appointment, BookingRef
from domain.messages import Email, Sms
from domain.money import Money


class MessageKind(StrEnum):
    CONFIRMATION = "confirmation"
    REMINDER = "reminder"


SUBJECTS = {MessageKind.CONFIRMATION: "Confirmed", MessageKind.REMINDER: "Reminder"}
GREETINGS = {
    MessageKind.CONFIRMATION: "Hello {customer}, your booking with {business} is confirmed.",
    MessageKind.REMINDER: "Hello {customer}, we look forward to seeing you at {business}.",
}
TEXTS = {MessageKind.CONFIRMATION: "confirmed", MessageKind.REMINDER: "reminder"}


def email(kind: MessageKind, name: str, appointment: Appointment) -> Email:
    """The e-mail with its calendar file. `name` tells it from the booking's other messages of this kind."""
    lines = _lines(appointment)
    text = "\n".join(f"{name}: {value}" for name, value in lines)
    rows = "".join(f"<tr><th align=left>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in lines)
    greeting = GREETINGS[kind].format(customer=appointment.customer.name, business=appointment.business_name)
    return Email(
        key=_key(name, "email", appointment),
        to=appointment.customer.email,
        subject=f"{SUBJECTS[kind]}: {appointment.service_name}, {_when(appointment)}",
        text=f"{greeting}\n\n{text}\n",
        html=f"<p>{escape(greeting)}</p><table>{rows}</table>",
        ics=_ics(appointment),
    )


def sms(kind: MessageKind, name: str, appointment: Appointment, phone: str) -> Sms:
    """One short text. Its end tells it from all others, which is how a sent copy is found again."""
    text = f"{appointment.business_name}: {TEXTS[kind]}, {appointment.service_name}, {_when(appointment)}."
    which = name.removeprefix(kind)  # two reminders of one booking differ by their minutes
    return Sms(key=_key(name, "sms", appointment), to=phone, text=f"{text} Ref {reference(appointment)}{which}")


def reference(appointment: Appointment) -> str:
    """The booking's short name for people: the random end of its id."""
    return appointment.booking_id.hex[-12:]


def _key(name: str, channel: str, appointment: Appointment) -> str:
    return BookingRef(appointment.business_id, appointment.booking_id).key(f"{name}:{channel}")


def _lines(appointment: Appointment) -> list[tuple[str, str]]:
    lines = [
        ("What", appointment.service_name),
        ("With", appointment.provider_name),
        ("When", _when(appointment)),
        ("Reference", reference(appointment)),
    ]
    if appointment.seats > 1:
        lines.insert(3, ("Seats", str(appointment.seats)))
    if appointment.price is not None and not appointment.price.is_free:
        lines.insert(-1, ("Paid", _money(appointment.price, _locale(appointment))))
    return lines


def _when(appointment: Appointment) -> str:
    zone = appointment.customer.timezone
    local: datetime = appointment.starts_at.astimezone(ZoneInfo(zone))
    return f"{format_datetime(local, 'EEE d MMM yyyy, HH:mm', locale=_locale(appointment))} ({zone})"


def _money(money: Money, locale: Locale) -> str:
    """With ISO 4217's decimals, in which prices are counted. With CLDR's, babel's own, dinars would come out a hundredfold."""
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (money.decimals, money.decimals)
    return str(pattern.apply(money.major, locale, currency=money.currency, currency_digits=False))


def _locale(appointment: Appointment) -> Locale:
    try:
        return Locale.parse(appointment.customer.locale, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _ics(appointment: Appointment) -> str:
    event = Event()
    event.add("uid", f"{appointment.booking_id}@slotkeeper")
    event.add("summary", f"{appointment.service_name} – {appointment.business_name}")
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("dtstamp", appointment.starts_at)  # fixed, so that the same message is the same bytes
    event.add("sequence", 0)
    calendar = Calendar()
    calendar.add("prodid", "-//Slotkeeper//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return str(calendar.to_ical().decode())
