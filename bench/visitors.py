"""People at the API of a system that dies now and then: they ask again until somebody answers."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx

from api.holding import KEYS
from bench.mortal import Mortal

PATIENCE = 100.0
"""Seconds until somebody gives up asking: longer than any step of a booking is tried."""
AGAIN_AFTER = (0.4, 2.0)
"""Seconds until somebody asks again, at first and at last: who asks too often keeps a slow system from answering."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OPEN = {"weekly": {day: [{"start": "08:00", "end": "18:00"}] for day in DAYS}}
SERVICE: dict[str, Any] = {
    "name": "One hour",
    "duration_minutes": 60,
    "slot_step_minutes": 60,
    "price": {"amount": 5000, "currency": "EUR"},
    "payment": "online",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that somebody wants of the API."""

    method: str
    path: str
    body: Any = None
    token: str | None = None
    key: str | None = None


class NobodyAnswers(Exception):
    """Somebody asked again and again, and got no answer that counts."""

    def __init__(self, asked: Asked, said: str) -> None:
        super().__init__(f"{asked.method} {asked.path}: {said}")
        self.asked = asked


@dataclass(slots=True)
class Visitors:
    """The API, as everybody meets it. `unexpected` counts the answers that nobody should ever get."""

    mortal: Mortal
    http: httpx.AsyncClient
    unexpected: Counter[str] = field(default_factory=Counter)
    refused: dict[str, str] = field(default_factory=dict)
    """By what they authorised themselves with, the last no that each of them got."""

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, key: str | None = None
    ) -> httpx.Response:
        """The first answer that is one: asks again when the connection breaks, and when it is told to. The key makes that safe.

        Raises NobodyAnswers.
        """
        headers = {"Authorization": f"Bearer {token or self.mortal.api_key}", "If-Match": "*"}  # visitors take things as they are
        headers |= {"Idempotency-Key": key} if key else {}
        url, until = f"{self.mortal.api_url}/api/v1{path}", time.monotonic() + PATIENCE
        said, (pause, longest) = "nothing", AGAIN_AFTER
        while time.monotonic() < until:
            try:
                answer = await self.http.request(method, url, json=body, headers=headers)
            except httpx.TransportError as accident:
                said = type(accident).__name__
            else:
                if not _is_to_ask_again(answer):
                    if answer.is_client_error:
                        self.refused[token or ""] = f"{method} {_shape(path)}: {answer.status_code} {answer.text[:300]}"
                    return answer
                said = f"{answer.status_code} {answer.text[:300]}"
                if answer.status_code in (500, 502, 504):
                    self.unexpected[f"{method} {_shape(path)}: {said}"] += 1
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, longest)
        raise NobodyAnswers(Asked(method, path, body, token, key), said)

    async def get(self, path: str, token: str) -> dict[str, Any]:
        answer = await self.ask("GET", path, token=token)
        return dict(answer.raise_for_status().json())

    async def at_bank(self, page: str, verdict: str) -> None:
        """The customer at their bank's page: `approve` or `refuse`."""
        answer = await self.http.post(f"{page}/{verdict}")  # sends the customer back to the business
        if answer.is_error:
            answer.raise_for_status()

    async def open(self, **service: Any) -> str:
        """A service for sale."""
        made = await self.ask("POST", "/services", SERVICE | service)
        return str(made.raise_for_status().json()["id"])

    async def hire(self, name: str, service_id: str) -> str:
        """Somebody who gives it, every day from eight to six."""
        who = {"name": name, "timezone": "Europe/Berlin", "email": f"{_slug(name)}@provider.example", "service_ids": [service_id]}
        made = await self.ask("POST", "/providers", who | {"calendar_id": f"{_slug(name)}@calendar.example"})
        provider_id = str(made.raise_for_status().json()["id"])
        (await self.ask("PUT", f"/providers/{provider_id}/schedule", OPEN)).raise_for_status()
        return provider_id

    def booking_id(self, key: str) -> UUID:
        """The id of the booking that is held with this Idempotency-Key."""
        return uuid5(KEYS, f"{self.mortal.business_id}:0:{key}")

    def series_id(self, key: str) -> UUID:
        return uuid5(KEYS, f"{self.mortal.business_id}:series:0:{key}")


def client() -> httpx.AsyncClient:
    """For plain HTTP to this machine: without certificates to read, without a limit of connections."""
    untrusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unlimited = httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=2)
    return httpx.AsyncClient(trust_env=False, verify=untrusting, timeout=30, limits=unlimited)


def day(number: int) -> date:
    """So many days from now: far enough for no reminder to fall due."""
    return date.today() + timedelta(days=5 + number)  # noqa: DTZ011 (any day near now will do)


def at(number: int, hour: int) -> str:
    """That hour of that day in Berlin, as the API takes it."""
    from zoneinfo import ZoneInfo

    when = day(number)
    return datetime(when.year, when.month, when.day, hour, tzinfo=ZoneInfo("Europe/Berlin")).isoformat()


def _is_to_ask_again(answer: httpx.Response) -> bool:
    if answer.status_code in (500, 502, 503, 504):
        return True
    if answer.status_code == httpx.codes.ACCEPTED:
        return "Retry-After" in answer.headers
    return answer.status_code == httpx.codes.CONFLICT and answer.json().get("code") == "change-under-way"


def _slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "." for letter in name.lower())


def _shape(path: str) -> str:
    """The path without its ids."""
    return "/".join("…" if len(part) == 36 else part for part in path.split("/"))
