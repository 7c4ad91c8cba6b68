"""A stand-in for Google Calendar's events, which takes only what Google's own discovery document describes.

https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

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
        self._events = state.shelf("google_events")

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.add_exception_handler(GoogleRefused, _refused)
        app.post(EVENTS)(self._insert)
        app.get(EVENTS + "/{event_id}")(self._get)
        app.put(EVENTS + "/{event_id}")(self._update)
        app.delete(EVENTS + "/{event_id}")(self._delete)
        return app

    def calendar_events(self) -> list[Row]:
        """For `GET /state`: the events as they stand, deleted ones with status cancelled."""
        return [
            {
                "id": event["id"],
                "calendar_id": event["calendar_id"],
                "booking_id": event.get("extendedProperties", {}).get("private", {}).get("booking_id"),
                "summary": event.get("summary"),
                "starts_at": event["start"]["dateTime"],
                "ends_at": event["end"]["dateTime"],
                "timezone": event["start"].get("timeZone"),
                "status": event["status"],
            }
            for event in self._events.values()
        ]

    async def _insert(self, request: Request, calendar_id: str) -> JSONResponse:
        event = await self._read(request, calendar_id, "insert")
        event_id = event.get("id")
        if not isinstance(event_id, str) or not EVENT_ID.fullmatch(event_id):
            raise GoogleRefused(400, "invalid", "Invalid resource id value.")
        if f"{calendar_id}/{event_id}" in self._events:  # also a cancelled one: Google never frees an id
            raise GoogleRefused(409, "duplicate", "The requested identifier already exists.")
        return self._put(calendar_id, event_id, event)

    async def _update(self, request: Request, calendar_id: str, event_id: str) -> JSONResponse:
        event = await self._read(request, calendar_id, "update")
        self._find(calendar_id, event_id)
        return self._put(calendar_id, event_id, event)

    async def _get(self, request: Request, calendar_id: str, event_id: str) -> JSONResponse:
        _check_calendar(request, calendar_id)
        return JSONResponse(self._find(calendar_id, event_id))

    async def _delete(self, request: Request, calendar_id: str, event_id: str) -> Response:
        _check_calendar(request, calendar_id)
        _check_query("delete", request.query_params)
        event = self._find(calendar_id, event_id)
        if event["status"] == "cancelled":
            raise GoogleRefused(410, "deleted", "Resource has been deleted")
        event["status"] = "cancelled"
        self._state.save()
        return Response(status_code=204)

    async def _read(self, request: Request, calendar_id: str, method: str) -> dict[str, Any]:
        _check_calendar(request, calendar_id)
        _check_query(method, request.query_params)
        event = json.loads(await request.body())
        _check_schema(event, "Event", "event")
        if not {"start", "end"} <= event.keys():
            raise GoogleRefused(400, "required", "Missing start or end.")
        return dict(event)

    def _put(self, calendar_id: str, event_id: str, event: dict[str, Any]) -> JSONResponse:
        stored = {"status": "confirmed", **event, "id": event_id, "calendar_id": calendar_id}
        self._events[f"{calendar_id}/{event_id}"] = stored
        self._state.save()
        return JSONResponse(stored)

    def _find(self, calendar_id: str, event_id: str) -> Row:
        event = self._events.get(f"{calendar_id}/{event_id}")
        if event is None:
            raise GoogleRefused(404, "notFound", "Not Found")
        return event


async def _refused(_: Request, refused: Exception) -> JSONResponse:
    if not isinstance(refused, GoogleRefused):
        raise refused
    return JSONResponse(refused.body, refused.status)


def _check_calendar(request: Request, calendar_id: str) -> None:
    if calendar_id.startswith("gone"):
        raise GoogleRefused(404, "notFound", "Not Found")
    if calendar_id.startswith("denied") or request.scope.get("sandbox.decline"):
        raise GoogleRefused(403, "forbidden", "You need to have writer access to this calendar.")


@cache
def discovery() -> dict[str, Any]:
    """Google's own description of the API, as it ships with its client library."""
    folder = resources.files("googleapiclient").joinpath("discovery_cache/documents/calendar.v3.json")
    described: dict[str, Any] = json.loads(folder.read_text())
    return described


def _check_query(method: str, query: Mapping[str, str]) -> None:
    known = discovery()["resources"]["events"]["methods"][method]["parameters"].keys() | discovery()["parameters"].keys()
    for name in query.keys() - known:
        raise GoogleRefused(400, "invalidParameter", f"Unknown parameter {name}")


def _check_schema(value: dict[str, Any], schema: str, place: str) -> None:
    """Each field must be described; types are checked as far as the document tells them."""
    described = discovery()["schemas"][schema]["properties"]
    for name, inner in value.items():
        if name not in described:
            raise GoogleRefused(400, "invalid", f"Unknown field {place}.{name}")
        _check_value(inner, described[name], f"{place}.{name}")


def _check_value(value: Any, described: dict[str, Any], place: str) -> None:
    kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    if "$ref" in described and isinstance(value, dict):
        _check_schema(value, described["$ref"], place)
    elif not isinstance(value, kinds[described.get("type", "object")]):
        raise GoogleRefused(400, "invalid", f"{place} has the wrong type")
    elif isinstance(value, dict) and "properties" in described:
        for name, inner in value.items():
            if name not in described["properties"]:
                raise GoogleRefused(400, "invalid", f"Unknown field {place}.{name}")
            _check_value(inner, described["properties"][name], f"{place}.{name}")
