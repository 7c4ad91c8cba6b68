"""What the messages say, in everybody's language, zone and currency."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from icalendar import Calendar

from activities import wording
from activities.wording import Topic
from domain.bookings import Appointment, Customer
from domain.messages import NO_FACTS, Channel, Email, MessageFacts, MessageKind, Recipient, Sms
from domain.money import Money
from domain.sms import length_of
from domain.templates import Language, Template, TemplateKey

BOOKING = UUID("01a1fcad-aea2-74de-b75d-f7137c9b6109")
BEFORE_THE_CLOCKS_CHANGE = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
EVERY_FACT = MessageFacts(
    link="https://shop.example/b/1",
    previous_starts_at=BEFORE_THE_CLOCKS_CHANGE - timedelta(days=1),
    until=BEFORE_THE_CLOCKS_CHANGE - timedelta(hours=2),
    refund=Money(2500, "EUR"),
    fee=Money(1000, "EUR"),
    occurrences=(BEFORE_THE_CLOCKS_CHANGE, BEFORE_THE_CLOCKS_CHANGE + timedelta(days=7)),
)


def appointment(customer: dict[str, Any] | None = None, **changes: Any) -> Appointment:
    who = Customer("Ada Lovelace", "ada@example.com", "+442071838750", "Europe/Berlin", "en-GB")
    plain = Appointment(
        booking_id=BOOKING,
        business_id=uuid4(),
        business_name="Salon Byron",
        service_name="Haircut",
        provider_name="Grace",
        provider_timezone="Europe/London",
        calendar_id=None,
        starts_at=BEFORE_THE_CLOCKS_CHANGE,
        ends_at=BEFORE_THE_CLOCKS_CHANGE + timedelta(hours=1),
        seats=1,
        price=Money(123450, "EUR"),
        customer=dataclasses.replace(who, **(customer or {})),
        provider_email="grace@example.com",
        provider_phone="+441632960001",
    )
    return dataclasses.replace(plain, **changes)


def email(
    told: Appointment,
    kind: MessageKind = MessageKind.CONFIRMATION,
    *,
    name: str | None = None,
    to: Recipient = Recipient.CUSTOMER,
    facts: MessageFacts = NO_FACTS,
    own: Template | None = None,
    organizer: str | None = "salon@example.com",
) -> Email:
    written = wording.email(Topic(kind, name or kind.value, told, facts), wording.reader_of(told, to), own, organizer)
    assert written is not None
    return written


def sms(
    told: Appointment,
    kind: MessageKind = MessageKind.CONFIRMATION,
    *,
    name: str | None = None,
    to: Recipient = Recipient.CUSTOMER,
    facts: MessageFacts = NO_FACTS,
    own: Template | None = None,
) -> Sms:
    written = wording.sms(Topic(kind, name or kind.value, told, facts), wording.reader_of(told, to), own)
    assert written is not None
    return written


def line(name: str, told: Appointment) -> str | None:
    found = [row.partition(": ")[2] for row in email(told).text.splitlines() if row.startswith(f"{name}: ")]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("locale", "zone", "label", "expected"),
    [
        ("en-GB", "Europe/Berlin", "When", "Sun, 28 Mar 2027, 01:30 (Europe/Berlin)"),
        ("en", "Europe/Berlin", "When", "Sun, Mar 28, 2027, 01:30 (Europe/Berlin)"),
        ("de-AT", "Asia/Tokyo", "Wann", "So., 28. März 2027, 09:30 (Asia/Tokyo)"),
        ("es-MX", "America/New_York", "Cuándo", "sáb, 27 de mar de 2027, 20:30 (America/New_York)"),
        ("fr-CH", "Europe/Zurich", "Quand", "dim. 28 mars 2027, 01:30 (Europe/Zurich)"),
        ("pl", "America/New_York", "When", "Sat, Mar 27, 2027, 20:30 (America/New_York)"),
        ("xx-unheard-of", "UTC", "When", "Sun, Mar 28, 2027, 00:30 (UTC)"),
    ],
)
def test_the_time_is_the_customers_and_names_its_zone(locale: str, zone: str, label: str, expected: str) -> None:
    """C25: mail in the host's zone, and without its name."""
    assert expected == line(label, appointment({"locale": locale, "timezone": zone}))


def test_who_speaks_what_we_cannot_write_reads_the_businesss_language() -> None:
    polish = {"locale": "pl"}
    assert "Guten Tag Ada Lovelace" in email(appointment(polish, business_locale="de-DE")).text
    assert "Hello Ada Lovelace" in email(appointment(polish, business_locale="nl")).text


def test_providers_read_the_businesss_language_and_their_own_zone() -> None:
    told = appointment({"locale": "fr"}, business_locale="de")
    page = email(told, MessageKind.CANCELLED, to=Recipient.PROVIDER, name="cancelled-provider")
    assert ("grace@example.com", None) == (page.to, page.ics)
    assert "Guten Tag Grace, die Buchung von Ada Lovelace ist storniert." in page.text
    assert "00:30 (Europe/London)" in page.text
    assert None is wording.email(
        Topic(MessageKind.CANCELLED, "x", dataclasses.replace(told, provider_email=None)),
        wording.reader_of(dataclasses.replace(told, provider_email=None), Recipient.PROVIDER),
    )


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("to", Recipient)
def test_every_kind_can_be_said_to_everyone_in_every_language(kind: MessageKind, language: Language, to: Recipient) -> None:
    told = appointment({"locale": language.value}, business_locale=language.value)
    for facts in (NO_FACTS, EVERY_FACT):
        page, text = email(told, kind, to=to, facts=facts), sms(told, kind, to=to, facts=facts)
        assert all(part and "{" not in part and "None" not in part for part in (page.subject, page.text, page.html, text.text))
        zone = "Europe/Berlin" if to is Recipient.CUSTOMER else "Europe/London"
        assert f"({zone})" in page.subject and f"({zone})" in page.text and f"({zone})" in text.text
        for said in (told.service_name, told.business_name if to is Recipient.CUSTOMER else told.customer.name):
            assert said in page.text and said in text.text and said in str(page.html)
        assert length_of(text.text).segments <= 4, text.text
    assert "https://shop.example/b/1" in page.text and 'href="https://shop.example/b/1"' in str(page.html)


def test_languages_differ() -> None:
    for kind in MessageKind:
        said = {wording.packaged(TemplateKey(kind, channel, language)) for language in Language for channel in Channel}
        assert 2 * len(Language) == len(said), kind


@pytest.mark.parametrize(
    ("price", "locale", "label", "expected"),
    [
        (Money(123450, "EUR"), "en-GB", "Paid", "€1,234.50"),
        (Money(123450, "EUR"), "de", "Bezahlt", "1.234,50\xa0€"),
        (Money(500, "JPY"), "en", "Paid", "¥500"),
        (Money(12345, "KWD"), "en", "Paid", "KWD12.345"),
        (Money(1500, "MGA"), "fr", "Payé", "15,00\xa0MGA"),
        (Money(0, "EUR"), "en", "Paid", None),
        (None, "en", "Paid", None),
    ],
)
def test_the_price_is_said_as_the_customer_writes_it(price: Money | None, locale: str, label: str, expected: str | None) -> None:
    assert expected == line(label, appointment({"locale": locale}, price=price))


def test_what_is_not_charged_yet_is_not_called_paid() -> None:
    text = email(appointment(), MessageKind.APPROVAL_REQUESTED).text
    assert "Price: €1,234.50" in text and "Paid" not in text


def test_seats_are_said_where_there_are_several() -> None:
    assert (None, "3") == (line("Seats", appointment()), line("Seats", appointment(seats=3)))


def test_names_cannot_write_into_the_page() -> None:
    told = appointment({"name": "<b>Ada</b> {{ business }} & Co"}, service_name="<script>alert(1)</script>")
    page = email(told)
    assert page.html is not None
    assert "<script>" not in page.html and "<b>" not in page.html
    assert "Hello &lt;b&gt;Ada&lt;/b&gt; {{ business }} &amp; Co, your booking with Salon Byron is confirmed." in page.html
    assert "Hello <b>Ada</b> {{ business }} & Co, your booking with Salon Byron is confirmed." in page.text


def test_a_businesss_own_words_are_used_and_escaped_in_html() -> None:
    own = Template("Ahoy {{ name }}! {{ when }}", "  See you,\n{{ name }}", "<h1>{{ name }}</h1>{{ details }}")
    page = email(appointment({"name": "A & B"}), own=own)
    assert ("See you, A & B", "Ahoy A & B! Sun, 28 Mar 2027, 01:30 (Europe/Berlin)\n") == (page.subject, page.text)
    assert page.html is not None and page.html.startswith("<h1>A &amp; B</h1><table><tr><th")


def test_own_words_that_cannot_be_filled_in_do_not_keep_the_message_back() -> None:
    """C32: a message that never came."""
    assert email(appointment()).text == email(appointment(), own=Template("{{ nobody_knows }}", "x")).text


def test_a_text_keeps_its_reference_however_long_it_is() -> None:
    text = sms(appointment(), own=Template("long " * 1000)).text
    assert (1600, True) == (len(text), text.endswith(" Ref f7137c9b6109"))


def test_the_calendar_file_holds_the_appointment() -> None:
    told = appointment(service_name="Cut; wash, dry\\go")
    page = email(told)
    calendar = Calendar.from_ical(str(page.ics))
    (event,) = calendar.walk("VEVENT")
    assert (told.starts_at, told.ends_at) == (event.decoded("DTSTART"), event.decoded("DTEND"))
    assert ("Cut; wash, dry\\go – Salon Byron", f"{BOOKING}@slotkeeper") == (str(event["SUMMARY"]), str(event["UID"]))
    assert ("mailto:salon@example.com", "mailto:ada@example.com") == (str(event["ORGANIZER"]), str(event["ATTENDEE"]))
    assert ("REQUEST", "REQUEST", 0) == (page.ics_method, str(calendar["METHOD"]), event["SEQUENCE"])


@pytest.mark.parametrize(
    ("kind", "method", "status"),
    [
        (MessageKind.RESCHEDULED, "REQUEST", "CONFIRMED"),
        (MessageKind.REMINDER, "REQUEST", "CONFIRMED"),
        (MessageKind.CANCELLED, "CANCEL", "CANCELLED"),
    ],
)
def test_a_change_reaches_the_same_entry(kind: MessageKind, method: str, status: str) -> None:
    calendar = Calendar.from_ical(str(email(appointment(sequence=3), kind).ics))
    (event,) = calendar.walk("VEVENT")
    assert (method, status, 3) == (str(calendar["METHOD"]), str(event["STATUS"]), event["SEQUENCE"])
    assert f"{BOOKING}@slotkeeper" == str(event["UID"])


def test_nobody_is_invited_before_it_is_confirmed_or_after_it_is_over() -> None:
    with_file = {kind for kind in MessageKind if email(appointment(), kind).ics}
    kinds = {MessageKind.CONFIRMATION, MessageKind.REMINDER, MessageKind.RESCHEDULED, MessageKind.CANCELLED, MessageKind.SERIES}
    assert kinds == with_file
    assert "PUBLISH" == email(appointment(), organizer=None).ics_method, "an invitation needs somebody who invites"


def test_the_same_message_is_the_same_bytes() -> None:
    """Whatever is repeated can be recognised."""
    told = appointment()
    for kind, name in ((MessageKind.CONFIRMATION, "confirmation"), (MessageKind.REMINDER, "reminder-60")):
        assert email(told, kind, name=name) == email(told, kind, name=name)
        assert sms(told, kind, name=name) == sms(told, kind, name=name)


def test_no_two_messages_of_one_booking_are_alike() -> None:
    """An SMS is found again by its text, so another must not have the same."""
    told = appointment()
    names = [
        (MessageKind.CONFIRMATION, "confirmation"),
        (MessageKind.REMINDER, "reminder-60"),
        (MessageKind.REMINDER, "reminder-1440"),
        (MessageKind.RESCHEDULED, "rescheduled.1"),
        (MessageKind.RESCHEDULED, "rescheduled.2"),
    ]
    assert 5 == len({sms(told, kind, name=name).text for kind, name in names})
    assert 5 == len({email(told, kind, name=name).key for kind, name in names})


def test_a_text_tells_who_what_and_when() -> None:
    text = sms(appointment()).text
    assert "Salon Byron: confirmed, Haircut, Sun, 28 Mar 2027, 01:30 (Europe/Berlin). Ref f7137c9b6109" == text
