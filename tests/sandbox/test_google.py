"""The stand-in for Google Calendar takes what the discovery document describes, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.app import build_sandbox

EVENTS = "/google/calendar/v3/calendars/grace%40salon.example/events"
START, END = {"dateTime": "2027-03-08T09:00:00Z"}, {"dateTime": "2027-03-08T09:30:00Z"}
EVENT: dict[str, Any] = {"id": "abcde", "summary": "Haircut", "start": START, "end": END}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_sandbox().http)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as opened:
        yield opened


def reason(answer: httpx.Response) -> tuple[int, str]:
    """As Google words an error."""
    error = answer.json()["error"]
    assert error["code"] == answer.status_code
    return answer.status_code, error["errors"][0]["reason"]


@pytest.mark.parametrize(
    "event",
    [
        EVENT,
        EVENT | {"start": {"dateTime": "2027-03-08T10:00:00", "timeZone": "Europe/Berlin"}},
        EVENT | {"start": {"date": "2027-03-08"}, "end": {"date": "2027-03-09"}},
        EVENT | {"attendees": [{"email": "ada@example.com", "optional": True}], "guestsCanModify": False, "sequence": 2},
        EVENT | {"extendedProperties": {"private": {"any name": "any text"}}},
        EVENT | {"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 10}]}},
    ],
)
async def test_what_google_describes_is_taken_and_told_again(client: httpx.AsyncClient, event: dict[str, Any]) -> None:
    answer = await client.post(f"{EVENTS}?sendUpdates=none&conferenceDataVersion=1&prettyPrint=false", json=event)
    assert httpx.codes.OK == answer.status_code, answer.text
    assert event.items() <= answer.json().items()
    assert answer.json() == (await client.get(f"{EVENTS}/abcde")).json()
    assert ["grace@salon.example"] == [row["calendar_id"] for row in (await client.get("/state")).json()["calendar_events"]]


@pytest.mark.parametrize(
    "query",
    ["nonsense=1", "sendUpdates=nobody", "conferenceDataVersion=2", "maxAttendees=0", "maxAttendees=x", "supportsAttachments=1"],
)
async def test_a_query_that_google_does_not_describe_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (400, "invalidParameter") == reason(await client.post(f"{EVENTS}?{query}", json=EVENT))


async def test_each_method_has_its_own_query(client: httpx.AsyncClient) -> None:
    await client.post(EVENTS, json=EVENT)
    assert (400, "invalidParameter") == reason(await client.delete(f"{EVENTS}/abcde?maxAttendees=1"))
    assert (400, "invalidParameter") == reason(await client.get(f"{EVENTS}/abcde?sendUpdates=none"))


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Haircut"},
        {"summary": 1},
        {"start": "2027-03-08T09:00:00Z"},
        {"start": {"datetime": "2027-03-08T09:00:00Z"}},
        {"start": {"dateTime": "8 March, nine o'clock"}},
        {"start": {"dateTime": "2027-02-30T09:00:00Z"}},
        {"start": {"dateTime": "2027-03-08 09:00"}},
        {"start": {"date": "2027-3-8"}},
        {"start": {"dateTime": "2027-03-08T09:00:00Z", "timeZone": "Mars/Olympus"}},
        {"sequence": "2"},
        {"sequence": True},
        {"attendees": {"email": "ada@example.com"}},
        {"attendees": [{"mail": "ada@example.com"}]},
        {"extendedProperties": {"private": {"booking_id": 1}}},
        {"extendedProperties": {"secret": {}}},
        {"reminders": {"overrides": [{"minutes": "10"}]}},
        {"id": "ABC"},
        {"id": "xyz-1"},
        {"id": "abcd"},
        {"id": None},
    ],
)
async def test_a_body_that_google_does_not_describe_is_refused(client: httpx.AsyncClient, change: dict[str, Any]) -> None:
    assert (400, "invalid") == reason(await client.post(EVENTS, json=EVENT | change))
    assert [] == (await client.get("/state")).json()["calendar_events"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
async def test_what_is_no_json_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    assert (400, "parseError") == reason(await client.post(EVENTS, content=body))


@pytest.mark.parametrize("body", [b"[]", b'"event"', b"1", b"null"])
async def test_what_is_no_event_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    assert (400, "invalid") == reason(await client.post(EVENTS, content=body))


@pytest.mark.parametrize("missing", ["start", "end"])
async def test_an_event_needs_both_its_times(client: httpx.AsyncClient, missing: str) -> None:
    assert (400, "invalid") == reason(await client.post(EVENTS, json={key: EVENT[key] for key in EVENT if key != missing}))


@pytest.mark.parametrize("end", [START, {"dateTime": "2027-03-08T09:59:00+01:00"}])
async def test_an_event_ends_after_it_starts(client: httpx.AsyncClient, end: dict[str, str]) -> None:
    assert (400, "timeRangeEmpty") == reason(await client.post(EVENTS, json=EVENT | {"end": end}))


@pytest.mark.parametrize("start", [{}, {"dateTime": "2027-03-08T09:00:00"}])
async def test_a_time_without_a_zone_is_refused(client: httpx.AsyncClient, start: dict[str, str]) -> None:
    assert (400, "required") == reason(await client.post(EVENTS, json=EVENT | {"start": start}))


async def test_an_id_is_given_once_even_when_its_event_is_deleted(client: httpx.AsyncClient) -> None:
    await client.post(EVENTS, json=EVENT)
    assert (409, "duplicate") == reason(await client.post(EVENTS, json=EVENT))
    assert httpx.codes.NO_CONTENT == (await client.delete(f"{EVENTS}/abcde")).status_code
    assert (409, "duplicate") == reason(await client.post(EVENTS, json=EVENT))
    assert (410, "deleted") == reason(await client.delete(f"{EVENTS}/abcde"))
    assert "cancelled" == (await client.get(f"{EVENTS}/abcde")).json()["status"]
    assert httpx.codes.OK == (await client.put(f"{EVENTS}/abcde", json=EVENT | {"status": "confirmed"})).status_code
    assert "confirmed" == (await client.get(f"{EVENTS}/abcde")).json()["status"]


async def test_calendars_know_nothing_of_each_others_events(client: httpx.AsyncClient) -> None:
    await client.post(EVENTS, json=EVENT)
    other = EVENTS.replace("grace", "eve")
    assert (404, "notFound") == reason(await client.get(f"{other}/abcde"))
    assert (404, "notFound") == reason(await client.put(f"{other}/abcde", json=EVENT))
    assert (404, "notFound") == reason(await client.delete(f"{other}/abcde"))
    assert httpx.codes.OK == (await client.post(other, json=EVENT)).status_code


@pytest.mark.parametrize(("calendar", "expected"), [("gone", (404, "notFound")), ("denied", (403, "forbidden"))])
async def test_some_calendars_refuse_everything(client: httpx.AsyncClient, calendar: str, expected: tuple[int, str]) -> None:
    events = EVENTS.replace("grace", calendar)
    assert expected == reason(await client.post(events, json=EVENT))
    assert expected == reason(await client.put(f"{events}/abcde", json=EVENT))
    assert expected == reason(await client.delete(f"{events}/abcde"))


async def test_methods_that_the_stand_in_has_not_are_refused(client: httpx.AsyncClient) -> None:
    assert httpx.codes.METHOD_NOT_ALLOWED == (await client.patch(f"{EVENTS}/abcde", json=EVENT)).status_code
    assert httpx.codes.NOT_FOUND == (await client.post("/google/calendar/v3/freeBusy", json={})).status_code
