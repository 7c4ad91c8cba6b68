"""What the messages say, in everybody's language, zone and currency."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from icalendar import Calendar

from activities import wording
from domain.bookings import Appointment, Customer
from domain.messages import Email, MessageKind, Sms
from domain.money import Money

BOOKING = UUID("01a1fcad-aea2-74de-b75d-f7137c9b6109")
BEFORE_THE_CLOCKS_CHANGE = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)


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
    )
    return dataclasses.replace(plain, **changes)


def email(kind: MessageKind, name: str, told: Appointment, *more: Any) -> Email:
    written = wording.email(kind, name, told, *more)
    assert written is not None
    return written


def sms(kind: MessageKind, name: str, told: Appointment, *more: Any) -> Sms:
    written = wording.sms(kind, name, told, *more)
    assert written is not None
    return written


def line(name: str, told: Appointment) -> str | None:
    text = email(MessageKind.CONFIRMATION, "confirmation", told).text
    found = [row.partition(": ")[2] for row in text.splitlines() if row.startswith(f"{name}: ")]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("locale", "zone", "expected"),
    [
        ("en-GB", "Europe/Berlin", "Sun 28 Mar 2027, 01:30 (Europe/Berlin)"),
        ("de-AT", "Asia/Tokyo", "So. 28 März 2027, 09:30 (Asia/Tokyo)"),
        ("pl", "America/New_York", "sob. 27 mar 2027, 20:30 (America/New_York)"),
        ("xx-unheard-of", "UTC", "Sun 28 Mar 2027, 00:30 (UTC)"),
    ],
)
def test_the_time_is_the_customers_and_names_its_zone(locale: str, zone: str, expected: str) -> None:
    assert expected == line("When", appointment({"locale": locale, "timezone": zone}))


@pytest.mark.parametrize(
    ("price", "locale", "expected"),
    [
        (Money(123450, "EUR"), "en-GB", "€1,234.50"),
        (Money(123450, "EUR"), "de", "1.234,50\xa0€"),
        (Money(500, "JPY"), "en", "¥500"),
        (Money(12345, "KWD"), "en", "KWD12.345"),
        (Money(0, "EUR"), "en", None),
        (None, "en", None),
    ],
)
def test_the_price_is_said_as_the_customer_writes_it(price: Money | None, locale: str, expected: str | None) -> None:
    assert expected == line("Paid", appointment({"locale": locale}, price=price))


def test_seats_are_said_where_there_are_several() -> None:
    assert (None, "3") == (line("Seats", appointment()), line("Seats", appointment(seats=3)))


def test_names_cannot_write_into_the_page() -> None:
    told = appointment({"name": "<b>Ada</b> {business} & Co"}, service_name="<script>alert(1)</script>")
    page = email(MessageKind.CONFIRMATION, "confirmation", told)
    assert page.html is not None
    assert "<script>" not in page.html and "<b>" not in page.html
    assert "Hello &lt;b&gt;Ada&lt;/b&gt; {business} &amp; Co, your booking with Salon Byron is confirmed." in page.html
    assert "Hello <b>Ada</b> {business} & Co, your booking with Salon Byron is confirmed." in page.text


def test_the_calendar_file_holds_the_appointment() -> None:
    told = appointment(service_name="Cut; wash, dry\\go")
    (event,) = Calendar.from_ical(str(email(MessageKind.CONFIRMATION, "confirmation", told).ics)).walk("VEVENT")
    assert (told.starts_at, told.ends_at) == (event.decoded("DTSTART"), event.decoded("DTEND"))
    assert ("Cut; wash, dry\\go – Salon Byron", f"{BOOKING}@slotkeeper") == (str(event["SUMMARY"]), str(event["UID"]))


def test_the_same_message_is_the_same_bytes() -> None:
    """Whatever is repeated can be recognised."""
    told = appointment()
    for kind, name in ((MessageKind.CONFIRMATION, "confirmation"), (MessageKind.REMINDER, "reminder-60")):
        assert email(kind, name, told) == email(kind, name, told)
        assert sms(kind, name, told) == sms(kind, name, told)


def test_no_two_messages_of_one_booking_are_alike() -> None:
    """An SMS is found again by its text, so another must not have the same."""
    told = appointment()
    names = [
        (MessageKind.CONFIRMATION, "confirmation"),
        (MessageKind.REMINDER, "reminder-60"),
        (MessageKind.REMINDER, "reminder-1440"),
    ]
    assert 3 == len({sms(kind, name, told).text for kind, name in names})
    assert 3 == len({email(kind, name, told).key for kind, name in names})


def test_a_text_tells_who_what_and_when() -> None:
    text = sms(MessageKind.CONFIRMATION, "confirmation", appointment()).text
    assert "Salon Byron: confirmed, Haircut, Sun 28 Mar 2027, 01:30 (Europe/Berlin). Ref f7137c9b6109" == text
