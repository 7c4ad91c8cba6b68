"""Any CalDAV server (RFC 4791): one iCalendar resource a booking, named by the booking's id."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from unicodedata import category
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from caldav.async_davclient import AsyncDAVClient
from caldav.lib.error import AuthorizationError, DAVError, RateLimitError
from icalendar import Calendar, Event
from niquests import AsyncSession
from niquests.exceptions import TooManyRedirects

from domain.bookings import Appointment
from domain.calendars import CalendarAccident, FoundEvent
from domain.errors import CalendarDisconnected
from domain.vendor_accounts import AccountAccident, AccountRefused

TIMEOUT_SECONDS = 10
ICALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}
PROPERTIES = '<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'


class CalDavCalendar:
    """`calendar_id` is the collection's path below the server's address. Credentials go to that server and no other. With
    `session` each connection is made by one of these."""

    def __init__(
        self,
        url: str,
        username: str,
        password: str,
        *,
        timeout: int = TIMEOUT_SECONDS,
        session: Callable[[], AsyncSession] | None = None,
    ) -> None:
        self._timeout = timeout
        self._session = session
        self._url = url if url.endswith("/") else f"{url}/"
        self._username = username
        self._password = password

    async def is_there(self) -> bool:
        return True

    async def write_event(self, calendar_id: str, appointment: Appointment) -> str:
        """Puts the resource if there is none; one that is there already is brought to this state."""
        url = self._resource(calendar_id, appointment.booking_id)
        body = _icalendar(appointment)
        async with self._client() as client:
            first = await client.put(url, body, {**ICALENDAR, "If-None-Match": "*"})
            if first.status == 412:  # it is there already: RFC 9110, 13.1.2
                first = await client.put(url, body, ICALENDAR)
            _check(first.status)
        return str(appointment.booking_id)

    async def delete_event_if_written(self, calendar_id: str, booking_id: UUID) -> None:
        async with self._client() as client:
            answer = await client.delete(self._resource(calendar_id, booking_id))
            if answer.status not in (404, 410):
                _check(answer.status)

    async def find_event(self, calendar_id: str, booking_id: UUID) -> FoundEvent | None:
        async with self._client() as client:
            answer = await client.request(self._resource(calendar_id, booking_id), "GET")
            if answer.status in (404, 410):
                return None
            _check(answer.status)
            return _found_in(answer.raw)

    async def check_access(self) -> None:
        """Asks for the server's own properties (RFC 4918, 9.1). Raises AccountRefused and AccountAccident."""
        try:
            async with self._client() as client:
                status = (await client.request(self._url, "PROPFIND", PROPERTIES, {"Depth": "0"})).status
        except CalendarDisconnected:
            raise AccountRefused("password", "is not taken by the server for this user") from None
        except CalendarAccident as accident:
            if isinstance(accident.__context__, TooManyRedirects):
                raise AccountRefused("url", "leads elsewhere; say where it leads to") from None
            raise AccountAccident(f"the calendar server does not answer as it should ({accident})") from None
        if status in (401, 403):
            raise AccountRefused("password", "is not taken by the server for this user")
        if status >= 500 or status == 429:
            raise AccountAccident(f"the calendar server answered {status}")
        if status != 207:  # RFC 4918, 11.1
            raise AccountRefused("url", f"is no CalDAV server: it answers {status}")

    def _resource(self, calendar_id: str, booking_id: UUID) -> str:
        collection = urljoin(self._url, calendar_id if calendar_id.endswith("/") else f"{calendar_id}/")
        place = urlsplit(collection)
        if place[:2] != urlsplit(self._url)[:2] or place.query or place.fragment:
            raise CalendarDisconnected("the calendar's address is not a path on the server that is configured")
        return urljoin(collection, f"{booking_id}.ics")

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[AsyncDAVClient]:
        is_plain = urlsplit(self._url).scheme == "http"  # a server on this machine, or one the operator trusts
        client = _Client(
            self._session,
            self._url,
            username=self._username,
            password=self._password,
            timeout=self._timeout,
            enable_rfc6764=False,
            require_tls=not is_plain,
            rate_limit_handle=False,
        )
        try:
            yield client
        except AuthorizationError:  # causes are dropped: their texts name the calendar, which may be a person's address
            raise CalendarDisconnected("the calendar no longer takes our credentials") from None
        except (RateLimitError, DAVError, OSError) as accident:
            raise CalendarAccident(type(accident).__name__) from None
        finally:
            await client.close()


class _Client(AsyncDAVClient):
    """The library's client on connections that are given to it; it makes new ones where it falls back to an older HTTP."""

    def __init__(self, session: Callable[[], AsyncSession] | None, *args: Any, **kwargs: Any) -> None:
        self._given = session
        super().__init__(*args, **kwargs)

    def _create_session(self) -> None:
        if self._given is None:
            super()._create_session()
        else:
            self.session = self._given()


def _check(status: int) -> None:
    if 200 <= status < 300:
        return
    if status in (401, 403, 404, 409, 410):  # 409: the collection does not exist (RFC 4918, 9.7.1)
        raise CalendarDisconnected("the calendar is gone or closed to us", vendor_status=status)
    raise CalendarAccident(f"the calendar answered {status}")


def _found_in(text: str) -> FoundEvent | None:
    try:
        events = Calendar.from_ical(text).walk("VEVENT")
    except ValueError as fault:
        raise CalendarAccident("the answer is no calendar") from fault
    for event in events:
        if isinstance(event, Event) and str(event.get("status", "")).upper() != "CANCELLED":
            return FoundEvent(_instant(event.start), _instant(event.end))
    return None


def _instant(when: date) -> datetime:
    """Somebody may have made it an event of whole days."""
    return when if isinstance(when, datetime) else datetime(when.year, when.month, when.day, tzinfo=UTC)


def _icalendar(appointment: Appointment) -> str:
    event = Event()
    event.add("uid", str(appointment.booking_id))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", datetime.now(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))  # in UTC it needs no VTIMEZONE and cannot be misread
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("summary", _line(f"{appointment.service_name} – {appointment.customer.name}"))
    event.add("description", f"Booking {appointment.booking_id}")
    calendar = Calendar()
    calendar.add("prodid", "-//Slotkeeper//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _line(text: str) -> str:
    """One line without control characters, which RFC 5545 forbids in text and some servers refuse."""
    return " ".join("".join(" " if category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in text).split())
