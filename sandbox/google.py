"""A stand-in for Google Calendar's events, which takes only what Google's own discovery document describes.

https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from domain.times import zone_names
from sandbox.google_discovery import faults_of_event, faults_of_query
from sandbox.state import Row, State

EVENTS = "/calendar/v3/calendars/{calendar_id}/events"
EVENT_ID = re.compile(r"[a-v0-9]{5,1024}")


def operation_of(method: str, path: str) -> str | None:
    """The switchboard's name for a call."""
    return {"GET": "look", "DELETE": "delete_event"}.get(method, "write_event")


class GoogleRefused(Exception):
    """An error in Google's shape."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(reason)
        self.status = status
        self.body = {"error": {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}}


class GoogleSandbox:
    """Events by calendar. A calendar whose id begins with `gone` does not exist, one with `denied` is closed to us."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._events = state.shelf("google_calendars")

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.add_exception_handler(GoogleRefused, _refused)
        app.post("/token")(_token)
        app.post(EVENTS)(self._insert)
        app.get(EVENTS + "/{event_id}")(self._get)
        app.put(EVENTS + "/{event_id}")(self._update)
        app.delete(EVENTS + "/{event_id}")(self._delete)
        return app

    def calendar_events(self) -> list[Row]:
        """For `GET /state`: the events as they stand, deleted ones with status cancelled."""
        return [_shown(row["calendar_id"], row["event"]) for row in self._events.values()]

    async def _insert(self, request: Request, calendar_id: str) -> JSONResponse:
        event = await self._read(request, calendar_id, "insert")
        event_id = event.get("id")
        if not isinstance(event_id, str) or not EVENT_ID.fullmatch(event_id):
            raise GoogleRefused(400, "invalid", "Invalid resource id value.")
        if _key(calendar_id, event_id) in self._events:  # also a cancelled one: Google never frees an id
            raise GoogleRefused(409, "duplicate", "The requested identifier already exists.")
        return self._put(calendar_id, event_id, event)

    async def _update(self, request: Request, calendar_id: str, event_id: str) -> JSONResponse:
        event = await self._read(request, calendar_id, "update")
        self._find(calendar_id, event_id)
        return self._put(calendar_id, event_id, event)

    async def _get(self, request: Request, calendar_id: str, event_id: str) -> JSONResponse:
        _check(request, calendar_id, "get")
        return JSONResponse(self._find(calendar_id, event_id))

    async def _delete(self, request: Request, calendar_id: str, event_id: str) -> Response:
        _check(request, calendar_id, "delete")
        event = self._find(calendar_id, event_id)
        if event["status"] == "cancelled":
            raise GoogleRefused(410, "deleted", "Resource has been deleted")
        event["status"] = "cancelled"
        self._state.save()
        return Response(status_code=204)

    async def _read(self, request: Request, calendar_id: str, method: str) -> dict[str, Any]:
        _check(request, calendar_id, method)
        try:
            event = json.loads(await request.body())
        except ValueError:
            raise GoogleRefused(400, "parseError", "Parse Error") from None
        for fault in faults_of_event(event, method):
            raise GoogleRefused(400, "invalid", fault)
        if _moment(event["start"]) >= _moment(event["end"]):
            raise GoogleRefused(400, "timeRangeEmpty", "The specified time range is empty.")
        return dict(event)

    def _put(self, calendar_id: str, event_id: str, event: dict[str, Any]) -> JSONResponse:
        before = self._events.get(_key(calendar_id, event_id), {}).get("event")
        was_moved = before is not None and (before["start"], before["end"]) != (event["start"], event["end"])
        stored = {
            "kind": "calendar#event",
            "status": "confirmed",
            "sequence": (before or {}).get("sequence", 0) + was_moved,  # counted here, unless the caller does
            **event,
            "id": event_id,
            "iCalUID": f"{event_id}@google.com",  # one for the event's whole life
        }
        self._events[_key(calendar_id, event_id)] = {"calendar_id": calendar_id, "event": stored}
        self._state.save()
        return JSONResponse(stored)

    def _find(self, calendar_id: str, event_id: str) -> Row:
        row = self._events.get(_key(calendar_id, event_id))
        if row is None:
            raise GoogleRefused(404, "notFound", "Not Found")
        event: Row = row["event"]
        return event


async def _token(request: Request) -> JSONResponse:
    """Access for any service account that shows a signed assertion (RFC 7523, 2.1)."""
    form = dict(parse_qsl((await request.body()).decode(errors="replace")))
    if not form.get("assertion") or request.scope.get("sandbox.decline"):
        return JSONResponse({"error": "invalid_grant", "error_description": "Invalid grant: account not found"}, 400)
    return JSONResponse({"access_token": "sandbox", "expires_in": 3600, "token_type": "Bearer"})


async def _refused(_: Request, refused: Exception) -> JSONResponse:
    if not isinstance(refused, GoogleRefused):
        raise refused
    return JSONResponse(refused.body, refused.status)


def _check(request: Request, calendar_id: str, method: str) -> None:
    for fault in faults_of_query(method, request.query_params):
        raise GoogleRefused(400, "invalidParameter", fault)
    if calendar_id.startswith("gone"):
        raise GoogleRefused(404, "notFound", "Not Found")
    if calendar_id.startswith("denied") or request.scope.get("sandbox.decline"):
        raise GoogleRefused(403, "forbidden", "You need to have writer access to this calendar.")


def _moment(point: dict[str, str]) -> datetime:
    """Start or end as an instant; a day without a time is its midnight."""
    zone = point.get("timeZone")
    if zone is not None and zone not in zone_names():
        raise GoogleRefused(400, "invalid", "Invalid time zone")
    if "date" not in point and "dateTime" not in point:
        raise GoogleRefused(400, "required", "Missing time")
    at = datetime.fromisoformat(point.get("dateTime", point.get("date", "")))
    if at.tzinfo is not None:
        return at
    if zone is None and "dateTime" in point:
        raise GoogleRefused(400, "required", "Missing time zone definition")
    return at.replace(tzinfo=ZoneInfo(zone or "UTC"))


def _shown(calendar_id: str, event: Row) -> Row:
    start, end = event["start"], event["end"]
    return {
        "id": event["id"],
        "calendar_id": calendar_id,
        "booking_id": event.get("extendedProperties", {}).get("private", {}).get("booking_id"),
        "summary": event.get("summary"),
        "starts_at": start.get("dateTime", start.get("date")),
        "ends_at": end.get("dateTime", end.get("date")),
        "timezone": start.get("timeZone"),
        "status": event["status"],
        "ical_uid": event.get("iCalUID"),
        "sequence": event.get("sequence", 0),
    }


def _key(calendar_id: str, event_id: str) -> str:
    return f"{calendar_id}/{event_id}"
