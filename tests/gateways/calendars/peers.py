"""The calendars that a gateway is tested against, all used in the same way."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

import httpx
from icalendar import Calendar

from domain.calendars import CalendarGateway
from gateways.calendars.caldav import CalDavCalendar
from gateways.calendars.google import GoogleCalendar
from sandbox.faults import Fault, Faults, Mode
from tests.gateways.calendars.radicale import OTHER, PASSWORD, USER
from tests.gateways.calendars.recorder import Recorder

HASTY = 1  # seconds until a gateway gives up waiting


@dataclass(frozen=True, slots=True)
class Seen:
    """One event as it stands in the calendar."""

    booking_id: UUID
    summary: str
    starts_at: datetime
    ends_at: datetime


class Peer(Protocol):
    """A calendar, its gateway, and the names of calendars that refuse us for good."""

    gateway: CalendarGateway
    calendar_id: str
    gone: str
    denied: str
    recorder: Recorder

    @abstractmethod
    def hasty(self) -> CalendarGateway:
        """A gateway that soon gives up waiting."""

    @abstractmethod
    async def plan(self, mode: Mode, operation: str, *, times: int = 1, seconds: float = 0.0) -> None:
        """Makes the next calls go wrong."""

    @abstractmethod
    async def events(self) -> list[Seen]:
        """What somebody who looks into the calendar sees."""


class GooglePeer(Peer):
    """Our sandbox, behind a recorder."""

    calendar_id = "grace@salon.example"
    gone = "gone@salon.example"
    denied = "denied@salon.example"

    def __init__(self, url: str, recorder: Recorder, client: httpx.AsyncClient) -> None:
        self._url = url
        self.client = client
        self.recorder = recorder
        self.gateway = GoogleCalendar(None, f"{url}/google")

    async def clear(self) -> None:
        """For the next test."""
        for path in ("faults", "state"):
            (await self.client.delete(f"{self._url}/{path}")).raise_for_status()
        self.recorder.calls.clear()

    def hasty(self) -> CalendarGateway:
        return GoogleCalendar(None, f"{self._url}/google/", timeout=HASTY)

    async def plan(self, mode: Mode, operation: str, *, times: int = 1, seconds: float = 0.0) -> None:
        fault = {"vendor": "google", "operation": operation, "mode": mode, "times": times, "seconds": seconds}
        (await self.client.post(f"{self._url}/faults", json=fault)).raise_for_status()

    async def events(self) -> list[Seen]:
        rows = (await self.client.get(f"{self._url}/state")).json()["calendar_events"]
        return [
            Seen(
                UUID(row["booking_id"]),
                row["summary"],
                datetime.fromisoformat(row["starts_at"]),
                datetime.fromisoformat(row["ends_at"]),
            )
            for row in rows
            if row["status"] != "cancelled" and row["calendar_id"] == self.calendar_id
        ]


class CalDavPeer(Peer):
    """One new calendar on a real Radicale, behind the same switchboard of faults as the sandbox has."""

    def __init__(self, url: str, radicale_url: str, faults: Faults, recorder: Recorder, client: httpx.AsyncClient) -> None:
        self.client = client
        self.calendar_id = f"/{USER}/work-{uuid4()}/"
        self.gone = f"{USER}/nowhere"
        self.denied = f"/{OTHER}/work/"
        self.recorder = recorder
        self.url = url
        self.gateway = CalDavCalendar(url, USER, PASSWORD)
        self._radicale_url = radicale_url
        self._faults = faults

    def hasty(self) -> CalendarGateway:
        return CalDavCalendar(f"{self.url}/", USER, PASSWORD, timeout=HASTY)

    async def plan(self, mode: Mode, operation: str, *, times: int = 1, seconds: float = 0.0) -> None:
        self._faults.planned.append(
            Fault.model_construct(vendor="caldav", operation=operation, mode=mode, times=times, seconds=seconds)
        )

    async def open(self) -> None:
        made = await self.client.request("MKCALENDAR", self._radicale_url + self.calendar_id, auth=(USER, PASSWORD))
        made.raise_for_status()

    async def file(self) -> str:
        """The whole calendar as one file."""
        answer = await self.client.get(self._radicale_url + self.calendar_id, auth=(USER, PASSWORD))
        return answer.raise_for_status().text

    async def events(self) -> list[Seen]:
        found = Calendar.from_ical(await self.file()).walk("VEVENT")
        return [
            Seen(UUID(str(event["uid"])), str(event["summary"]), event.decoded("dtstart"), event.decoded("dtend"))
            for event in found
        ]
