"""CalDAV against a real server: credentials, places, and files that every calendar can read."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from domain.bookings import Customer
from domain.calendars import CalendarAccident
from domain.errors import CalendarDisconnected
from gateways.calendars.caldav import CalDavCalendar
from tests.gateways.calendars.appointments import STARTS_AT, appointment
from tests.gateways.calendars.canned import Canned, Moved
from tests.gateways.calendars.peers import CalDavPeer
from tests.gateways.calendars.radicale import PASSWORD, USER
from tests.sandbox.serving import serving


async def test_a_wrong_password_is_disconnected(caldav: CalDavPeer) -> None:
    calendar = CalDavCalendar(caldav.url, USER, f"not-{PASSWORD}")
    with pytest.raises(CalendarDisconnected):
        await calendar.write_event(caldav.calendar_id, appointment())
    assert [] == await caldav.events()


async def test_the_id_is_the_bookings_and_stays(caldav: CalDavPeer) -> None:
    booked = appointment()
    assert str(booked.booking_id) == await caldav.gateway.write_event(caldav.calendar_id, booked)
    await caldav.gateway.write_event(caldav.calendar_id, booked)
    assert [booked.booking_id] == [event.booking_id for event in await caldav.events()]


async def test_a_changed_appointment_keeps_its_uid_and_raises_its_sequence(caldav: CalDavPeer) -> None:
    """C29: by these two a calendar program knows that it is a change, and which is the newer one (RFC 5546, 2.1.4)."""
    booked = appointment()
    for sequence in (0, 1, 2):
        moved = STARTS_AT + timedelta(hours=sequence)
        changed = appointment(booking_id=booked.booking_id, sequence=sequence, starts_at=moved)
        await caldav.gateway.write_event(caldav.calendar_id, changed)
        file: Any = Calendar.from_ical(await caldav.file())
        (event,) = file.walk("VEVENT")
        assert (str(booked.booking_id), sequence, moved) == (str(event["uid"]), event["sequence"], event.decoded("dtstart"))


async def test_the_file_is_icalendar_with_times_that_cannot_be_misread(caldav: CalDavPeer) -> None:
    berlin = datetime(2027, 10, 31, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin"))
    await caldav.gateway.write_event(caldav.calendar_id, appointment(starts_at=berlin))
    sent = caldav.recorder.calls[-1]
    calendar: Any = Calendar.from_ical(sent.body.decode())
    (event,) = calendar.walk("VEVENT")
    assert "text/calendar; charset=utf-8" == sent.headers["content-type"]
    assert ("2.0", "-//Slotkeeper//EN") == (calendar["version"], calendar["prodid"])
    assert [] == calendar.errors == event.errors
    assert "DTSTART:20271031T013000Z" in sent.body.decode()  # in UTC, so that no VTIMEZONE is missing
    assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} <= set(event)
    assert event["dtstamp"].dt.tzinfo is not None
    assert all(len(line.encode()) <= 75 for line in sent.body.decode().split("\r\n"))
    assert b"\n" not in sent.body.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('O\'Neil, Ada; "the" first\\n', 'O\'Neil, Ada; "the" first\\n'),
        ("Ada\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Free", "Ada END:VEVENT BEGIN:VEVENT SUMMARY:Free"),
        ("Zoë 👩🏽‍🔬 Лавлейс 阿达", "Zoë 👩🏽‍🔬 Лавлейс 阿达"),
        ("Ada\x00\x0b\x1f\x85\u2028Lovelace", "Ada Lovelace"),
        ("long " * 40, ("long " * 40).strip()),
        ("á" * 200, "á" * 200),
    ],
)
async def test_a_name_is_only_ever_a_name(caldav: CalDavPeer, name: str, shown: str) -> None:
    customer = Customer(name, "ada@example.com", None, "Europe/London", "en")
    await caldav.gateway.write_event(caldav.calendar_id, appointment(customer=customer))
    assert [f"Haircut – {shown}".strip()] == [event.summary for event in await caldav.events()]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/ada/work",
        "http://127.0.0.1:9/ada/work",
        "//evil.example/ada/work",
        "work?a=b",
        "work#part",
        "ftp:work",
    ],
)
async def test_credentials_go_to_the_configured_server_and_no_other(caldav: CalDavPeer, elsewhere: str) -> None:
    with pytest.raises(CalendarDisconnected):
        await caldav.gateway.write_event(elsewhere, appointment())
    assert [] == caldav.recorder.calls


async def test_a_redirect_does_not_take_credentials_elsewhere() -> None:
    elsewhere = Canned({"/": (404, "")})
    with serving(elsewhere) as other, serving(Moved(other)) as url, suppress(CalendarAccident, CalendarDisconnected):
        await CalDavCalendar(url, USER, PASSWORD).write_event("/ada/work/", appointment())
    assert elsewhere.authorizations  # it was followed
    assert {None} == set(elsewhere.authorizations)


@pytest.mark.parametrize("relative", [True, False])
async def test_a_calendar_may_be_named_from_the_server_or_below_its_address(caldav: CalDavPeer, relative: bool) -> None:
    below = caldav.calendar_id.removeprefix(f"/{USER}/").rstrip("/")
    calendar = CalDavCalendar(f"{caldav.url}/{USER}", USER, PASSWORD)
    await calendar.write_event(below if relative else caldav.calendar_id, appointment())
    assert 1 == len(await caldav.events())


@pytest.mark.parametrize("status", [400, 423, 429, 500, 503, 507])
async def test_what_may_pass_is_an_accident(status: int) -> None:
    with serving(Canned({"/": (status, "<html>no</html>")})) as url:
        calendar = CalDavCalendar(url, USER, PASSWORD)
        with pytest.raises(CalendarAccident):
            await calendar.write_event("/ada/work/", appointment())
        with pytest.raises(CalendarAccident):
            await calendar.delete_event_if_written("/ada/work/", appointment().booking_id)


async def test_nobody_there_is_an_accident() -> None:
    with pytest.raises(CalendarAccident):
        await CalDavCalendar("http://127.0.0.1:9", USER, PASSWORD).write_event("/ada/work/", appointment())


async def test_an_hour_and_a_half_stays_an_hour_and_a_half(caldav: CalDavPeer) -> None:
    ends_at = STARTS_AT + timedelta(minutes=90)
    await caldav.gateway.write_event(caldav.calendar_id, appointment(ends_at=ends_at))
    (event,) = await caldav.events()
    assert ends_at == event.ends_at.astimezone(UTC)
