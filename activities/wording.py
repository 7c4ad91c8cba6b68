"""What the messages say, in their reader's language, zone and currency. Every time names its zone, so nobody has to guess."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import parse_pattern
from jinja2 import TemplateError

from activities.ics import calendar_file
from activities.rendering import render
from domain.bookings import Appointment, BookingRef
from domain.messages import NO_FACTS, Channel, Email, MessageFacts, MessageKind, Recipient, Sms
from domain.money import Money
from domain.sms import LONGEST
from domain.templates import Language, Template, TemplateKey, language_of

UNPAID = frozenset(
    {
        MessageKind.APPROVAL_REQUESTED,
        MessageKind.APPROVAL_DECLINED,
        MessageKind.WAITLIST_OFFER,
        MessageKind.PAYMENT_DECLINED,
        MessageKind.SERIES,
    }
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a message is written to, and how."""

    recipient: Recipient
    name: str
    email: str | None
    phone: str | None
    zone: str
    language: Language
    locale: Locale


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message is about. `name` tells it from the booking's other messages; `others` are the rest of its series."""

    kind: MessageKind
    name: str
    appointment: Appointment
    facts: MessageFacts = NO_FACTS
    others: tuple[Appointment, ...] = ()

    def key(self, channel: Channel) -> str:
        """The message's own, towards the carrier (promise 4)."""
        return BookingRef(self.appointment.business_id, self.appointment.booking_id).key(f"{self.name}:{channel}")


@dataclass(frozen=True, slots=True)
class Written:
    """A message with everything filled in."""

    text: str
    subject: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class _Details:
    """What is known, a line each; in HTML a table."""

    lines: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "\n".join(f"{label}: {value}" for label, value in self.lines)

    def __html__(self) -> str:
        rows = (f"<tr><th align=left>{escape(label)}</th><td>{_linked(value)}</td></tr>" for label, value in self.lines)
        return f"<table>{''.join(rows)}</table>"


def _linked(value: str) -> str:
    shown = escape(value)
    return f'<a href="{shown}">{shown}</a>' if value.startswith(("https://", "http://")) else shown


def reader_of(appointment: Appointment, recipient: Recipient) -> Reader:
    """Customers are written to in their own language, where we can, and otherwise in the business's."""
    who, own = appointment.customer, [appointment.business_locale]
    if recipient is Recipient.CUSTOMER:
        language, tag = language_of(who.locale, *own)
        if who.is_erased:
            return Reader(recipient, who.name, None, None, who.timezone, language, _locale(tag, language))
        return Reader(recipient, who.name, who.email, who.phone, who.timezone, language, _locale(tag, language))
    language, tag = language_of(*own)
    name, email, phone = appointment.provider_name, appointment.provider_email, appointment.provider_phone
    return Reader(recipient, name, email, phone, appointment.provider_timezone, language, _locale(tag, language))


def email(topic: Topic, reader: Reader, own: Template | None = None, organizer: str | None = None) -> Email | None:
    """The e-mail with its calendar file, in the business's own words where it has some; None for who left no address.

    Only customers get the file: the provider's calendar is written by us, and two entries would be one too many.
    """
    if reader.email is None:
        return None
    written = written_as(topic, reader, Channel.EMAIL, own)
    file = (
        calendar_file(topic.kind, topic.appointment, organizer, topic.others) if reader.recipient is Recipient.CUSTOMER else None
    )
    ics, method = file or (None, "PUBLISH")
    key = topic.key(Channel.EMAIL)
    return Email(key, reader.email, written.subject or "", written.text + "\n", written.html, ics, method)


def sms(topic: Topic, reader: Reader, own: Template | None = None) -> Sms | None:
    """The text; None for who left no number. Its end tells it from all others, which is how a sent copy is found again."""
    if reader.phone is None:
        return None
    told = topic.appointment
    about = f"{told.business_id}:{told.booking_id}:{topic.name}"
    return Sms(topic.key(Channel.SMS), reader.phone, sms_text(topic, reader, own), about)


def sms_text(topic: Topic, reader: Reader, own: Template | None = None) -> str:
    """What is sent, with its reference, and no longer than carriers take."""
    which = topic.name.removeprefix(topic.kind)  # two messages of one kind differ by the rest of their names
    end = f" Ref {reference(topic.appointment)}{which}"
    text = " ".join(written_as(topic, reader, Channel.SMS, own).text.split())  # also the spaces that would double its price
    return text[: LONGEST - len(end)] + end


def written_as(topic: Topic, reader: Reader, channel: Channel, own: Template | None) -> Written:
    """The message in the business's own words; in ours where it has none, or where those cannot be filled in."""
    if own is not None:
        try:
            return fill(own, topic, reader)
        except TemplateError:
            pass  # a message in our words is better than none
    return fill(packaged(TemplateKey(topic.kind, channel, reader.language)), topic, reader)


def fill(template: Template, topic: Topic, reader: Reader) -> Written:
    """The template about this topic for this reader. Raises jinja2.TemplateError."""
    said = _said(topic, reader)
    return Written(
        text=render(template.text, said),
        subject=" ".join(render(template.subject, said).split()) if template.subject is not None else None,
        html=render(template.html, said, is_html=True) if template.html is not None else None,
    )


@lru_cache(maxsize=256)
def packaged(key: TemplateKey) -> Template:
    """The template that ships with this release."""
    folder = resources.files("activities").joinpath("templates", key.language)
    text = folder.joinpath(f"{key.kind}.{key.channel}.txt").read_text("utf-8")
    if key.channel is Channel.SMS:
        return Template(text.strip())
    subject, _, body = text.partition("\n\n")
    html = folder.joinpath(f"{key.kind}.{key.channel}.html").read_text("utf-8")
    return Template(body.strip(), subject.removeprefix("Subject: "), html.strip())


@lru_cache(maxsize=len(Language))
def _labels(language: Language) -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(
        resources.files("activities").joinpath("templates", language, "labels.json").read_text("utf-8")
    )
    return found


def reference(appointment: Appointment) -> str:
    """The booking's short name for people: the random end of its id."""
    return appointment.booking_id.hex[-12:]


def _said(topic: Topic, reader: Reader) -> dict[str, Any]:
    """What the templates may use; see domain.templates.VARIABLES."""
    told, facts = topic.appointment, topic.facts
    said: dict[str, Any] = {
        "kind": topic.kind.value,
        "recipient": reader.recipient.value,
        "name": reader.name,
        "customer": told.customer.name,
        "provider": told.provider_name,
        "business": told.business_name,
        "service": told.service_name,
        "when": _when(told.starts_at, reader),
        "previous": _when(facts.previous_starts_at, reader),
        "until": _when(facts.until, reader),
        "timezone": reader.zone,
        "seats": told.seats,
        "price": _money(told.price, reader.locale),
        "refund": _money(facts.refund, reader.locale),
        "fee": _money(facts.fee, reader.locale),
        "link": facts.link,
        "occurrences": [_when(occurrence, reader) for occurrence in facts.occurrences],
        "reference": reference(told),
    }
    return said | {"details": _details(said, _labels(reader.language), topic.kind)}


def _details(said: Mapping[str, Any], labels: Mapping[str, str], kind: MessageKind) -> _Details:
    paid = "to_pay" if kind in UNPAID else "price"
    who = ("customer", said["customer"]) if said["recipient"] == Recipient.PROVIDER else ("provider", said["provider"])
    lines = [
        ("what", said["service"]),
        who,
        ("when", said["when"]),
        ("previous", said["previous"]),
        ("until", said["until"]),
        *(("occurrence", occurrence) for occurrence in said["occurrences"]),
        ("seats", str(said["seats"]) if said["seats"] > 1 else None),
        (paid, said["price"]),
        ("refund", said["refund"]),
        ("fee", said["fee"]),
        ("link", said["link"]),
        ("reference", said["reference"]),
    ]
    return _Details(tuple((labels[name], value) for name, value in lines if value is not None))


def _when(at: datetime | None, reader: Reader) -> str | None:
    if at is None:
        return None
    local: datetime = at.astimezone(ZoneInfo(reader.zone))
    day = format_skeleton("yMMMEd", local, locale=reader.locale)
    return f"{day}, {local:%H:%M} ({reader.zone})"


def _money(money: Money | None, locale: Locale) -> str | None:
    """With ISO 4217's decimals, in which prices are counted. With CLDR's, babel's own, dinars would come out a hundredfold."""
    if money is None or money.is_free:
        return None
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (money.decimals, money.decimals)
    return str(pattern.apply(money.major, locale, currency=money.currency, currency_digits=False))


def _locale(tag: str, language: Language) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale(language.value)
