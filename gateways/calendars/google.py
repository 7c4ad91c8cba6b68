"""Google Calendar, through Google's official client, whose calls block and so run in threads.

https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

from __future__ import annotations

import asyncio
import base64
import http.client
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import google_auth_httplib2
import httplib2
from google.auth.credentials import AnonymousCredentials, Credentials
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import Error, HttpError

from domain.bookings import Appointment
from domain.calendars import CalendarAccident, FoundEvent
from domain.errors import CalendarDisconnected
from domain.vendor_accounts import AccountAccident, AccountRefused

SCOPES = ("https://www.googleapis.com/auth/calendar.events",)
TIMEOUT_SECONDS = 10.0
NOBODYS = "slotkeeper0account0check"
# A 403 for one of these is a matter of pace, not of access: https://developers.google.com/workspace/calendar/api/guides/errors
PACE = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "calendarUsageLimitsExceeded"})


class GoogleCalendar:
    """The provider shares their calendar with our service account. The event's id is the booking's, so a repeat is the same."""

    def __init__(
        self,
        credentials: Path | Mapping[str, str] | None,
        api_base: str | None = None,
        *,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        """`credentials` are a service account's key file, or what is in it; None to come without, as to a stand-in."""
        self._timeout = timeout
        self._credentials: Credentials
        if credentials is None:
            self._credentials = AnonymousCredentials()  # type: ignore[no-untyped-call]
        elif isinstance(credentials, Path):
            self._credentials = service_account.Credentials.from_service_account_file(str(credentials), scopes=SCOPES)  # type: ignore[no-untyped-call]
        else:
            self._credentials = service_account.Credentials.from_service_account_info(credentials, scopes=SCOPES)  # type: ignore[no-untyped-call]
        # The client puts this before the paths of the discovery document, whose own servicePath it leaves out.
        options = {"api_endpoint": f"{api_base.rstrip('/')}/calendar/v3/"} if api_base else None
        api: Any = build(
            "calendar", "v3", http=self._http(), client_options=options, static_discovery=True, cache_discovery=False
        )
        self._events = api.events()  # made once: each time, its methods are worked out from the discovery document

    async def is_there(self) -> bool:
        return True

    async def write_event(self, calendar_id: str, appointment: Appointment) -> str:
        """Inserts; where the id exists already, also as a deleted event, brings it to this state.

        A changed appointment has mostly been written before, so it is updated first and only inserted where it is missing.
        Google keeps the event's iCalUID and raises its sequence itself.
        """
        event_id, body = _event_id(appointment.booking_id), _event(appointment)
        insert = partial(self._events.insert, calendarId=calendar_id, body={**body, "id": event_id}, sendUpdates="none")
        update = partial(self._events.update, calendarId=calendar_id, eventId=event_id, body=body, sendUpdates="none")
        first, then, otherwise = insert, update, http.client.CONFLICT
        if appointment.sequence:
            first, then, otherwise = update, insert, http.client.NOT_FOUND
        try:
            answer = await self._run(first())
        except HttpError as fault:
            if fault.status_code != otherwise:
                raise _translated(fault) from None
            answer = await self._checked(then())
        if not isinstance(answer, dict) or answer.get("id") != event_id:
            raise CalendarAccident("the answer is not Google's")  # the client passes on as it is what is no JSON
        return event_id

    async def delete_event_if_written(self, calendar_id: str, booking_id: UUID) -> None:
        """404 and 410 mean that there is nothing left to delete."""
        try:
            await self._run(self._events.delete(calendarId=calendar_id, eventId=_event_id(booking_id), sendUpdates="none"))
        except HttpError as fault:
            if fault.status_code not in (http.client.NOT_FOUND, http.client.GONE):
                raise _translated(fault) from None

    async def find_event(self, calendar_id: str, booking_id: UUID) -> FoundEvent | None:
        """A deleted event stays to be found at Google, as a cancelled one."""
        try:
            event = await self._run(self._events.get(calendarId=calendar_id, eventId=_event_id(booking_id)))
        except HttpError as fault:
            if fault.status_code in (http.client.NOT_FOUND, http.client.GONE):
                return None
            raise _translated(fault) from None
        if event.get("status") == "cancelled":
            return None
        return FoundEvent(*(datetime.fromisoformat(event[end]["dateTime"]) for end in ("start", "end")))

    async def check_access(self) -> None:
        """Gets access, and asks for an event that nobody has in the account's own calendar. Raises AccountRefused and
        AccountAccident."""
        try:
            await self._run(self._events.get(calendarId="primary", eventId=NOBODYS))
        except HttpError as fault:
            if fault.status_code == http.client.NOT_FOUND:
                return
            if isinstance(_translated(fault), CalendarDisconnected):
                detail = "may not use Google Calendar; the API has to be enabled in its project"
                raise AccountRefused("service_account_key", detail) from None
            raise AccountAccident(f"Google answered {fault.status_code}") from None
        except CalendarDisconnected:
            raise AccountRefused("service_account_key", "is not taken by Google") from None
        except CalendarAccident as accident:
            raise AccountAccident(f"Google does not answer as it should ({accident})") from None

    async def _checked(self, request: Any) -> Any:
        try:
            return await self._run(request)
        except HttpError as fault:
            raise _translated(fault) from None

    async def _run(self, request: Any) -> Any:
        """In a thread, with an HTTP object of its own: httplib2 is not safe to share.

        Causes are dropped on purpose: their texts name the calendar, which is often a person's address, and would end up in
        Temporal's history.
        """
        try:
            return await asyncio.to_thread(request.execute, http=self._http(), num_retries=0)
        except HttpError:
            raise
        except RefreshError as refused:
            if refused.retryable:
                raise CalendarAccident("Google could not renew our access now") from None
            raise CalendarDisconnected("Google no longer takes our credentials") from None
        except (OSError, Error, httplib2.HttpLib2Error, http.client.HTTPException, GoogleAuthError) as accident:
            raise CalendarAccident(type(accident).__name__) from None

    def _http(self) -> Any:
        return google_auth_httplib2.AuthorizedHttp(self._credentials, http=httplib2.Http(timeout=self._timeout))


def _event_id(booking_id: UUID) -> str:
    """Google takes ids of base32hex, lower case: a–v and 0–9."""
    return base64.b32hexencode(booking_id.bytes).decode().rstrip("=").lower()


def _event(appointment: Appointment) -> dict[str, Any]:
    zone = appointment.provider_timezone
    return {
        "summary": f"{appointment.service_name} – {appointment.customer.name}",
        "description": f"Booking {appointment.booking_id}",
        "start": {"dateTime": appointment.starts_at.isoformat(), "timeZone": zone},
        "end": {"dateTime": appointment.ends_at.isoformat(), "timeZone": zone},
        "status": "confirmed",
        "extendedProperties": {"private": {"booking_id": str(appointment.booking_id)}},
    }


def _translated(fault: HttpError) -> Exception:
    """By status and reason code, never by text."""
    details: list[object] = fault.error_details if isinstance(fault.error_details, list) else []
    reasons = {str(detail.get("reason")) for detail in details if isinstance(detail, dict)}
    if fault.status_code in (401, 404) or (fault.status_code == http.client.FORBIDDEN and not reasons & PACE):
        return CalendarDisconnected("the provider's calendar is gone or closed to us", vendor_status=fault.status_code)
    return CalendarAccident(" ".join((f"Google answered {fault.status_code}", *sorted(reasons))))
