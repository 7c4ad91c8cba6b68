"""Customers who come at a steady rate, whatever happens behind the API, and hold and pay as documented: who is not answered asks
again with the same key."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from bench.visitors import at

AGAIN_AFTER = 0.5
MOST_TRIES = 4
"""Of one request whose connection broke. More of them are a failure."""
HOURS_A_DAY, DAYS = 10, 14
SLOTS = HOURS_A_DAY * DAYS
PERSON = {"name": "Grace Hopper", "timezone": "Europe/Berlin", "locale": "en"}
CARD = {"payment_method": "pm_card_visa"}


class Failed(Exception):
    """A customer did not get what they came for; the text says at what."""


@dataclass(slots=True)
class Customers:
    """All customers of one shop. `again` counts what made somebody ask again, `failed` says what went wrong for good."""

    http: httpx.AsyncClient
    api_url: str
    api_key: str
    service_id: str
    providers: list[str]
    patience: float
    """Seconds that a customer goes on asking while the answer is to come back later."""
    think: float
    a_second: float
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """Every other customer pays only when the release has come, so that bookings are under way across it."""
    booked: dict[str, str] = field(default_factory=dict)
    """Ids of bookings and the e-mail addresses of their customers."""
    emails: list[str] = field(default_factory=list)
    requests: int = 0
    again: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    waiting: int = 0
    confirmed: int = 0
    longest: float = 0.0

    async def come(self, until: asyncio.Event) -> None:
        """One after the other until the event, and returns when the last has left."""
        async with asyncio.TaskGroup() as group:
            while not until.is_set():
                group.create_task(self._visit(len(self.emails)))
                await asyncio.sleep(1 / self.a_second)

    async def _visit(self, number: int) -> None:
        self.emails.append(f"{number}@customer.example")
        try:
            await self._book(number)
        except Failed as why:
            self.failed.append(f"customer {number}: {why}")

    async def _book(self, number: int) -> None:
        slot = number % SLOTS
        wish = {
            "service_id": self.service_id,
            "provider_id": self.providers[number // SLOTS % len(self.providers)],
            "starts_at": at(slot // HOURS_A_DAY, 8 + slot % HOURS_A_DAY),
            "customer": PERSON | {"email": self.emails[number], "phone": f"+4930{number:08}"},
        }
        held = await self._ask("POST", "/bookings", wish, self.api_key, key=uuid4().hex)
        if held.status_code != httpx.codes.CREATED:
            raise Failed(f"holding: {held.status_code} {held.text[:200]}")
        booking, token = held.json()["id"], held.json()["manage_token"]
        self.booked[booking] = self.emails[number]
        await asyncio.sleep(self.think)
        if number % 2:
            await self._wait_for_release()
        await self._confirm(booking, token)
        self.confirmed += 1

    async def _wait_for_release(self) -> None:
        """Those who have waited pay one after the other, at the rate at which they came."""
        if not self.released.is_set():
            self.waiting += 1
            turn = self.waiting
            await self.released.wait()
            await asyncio.sleep(turn / self.a_second)

    async def _confirm(self, booking: str, token: str) -> None:
        until = time.monotonic() + self.patience
        while True:
            answer = await self._ask("POST", f"/bookings/{booking}/confirm", CARD, token)
            if answer.status_code == httpx.codes.OK and answer.json()["status"] == "confirmed":
                return
            if answer.status_code != httpx.codes.ACCEPTED or time.monotonic() > until:
                raise Failed(f"confirming {booking}: {answer.status_code} {answer.text[:200]}")
            self.again["202"] += 1
            await asyncio.sleep(AGAIN_AFTER)

    async def _ask(self, method: str, path: str, body: Any, token: str, key: str | None = None) -> httpx.Response:
        """Asks again where the connection broke or a 503 says so, as documented. Raises Failed."""
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        broken, until, said = 0, time.monotonic() + self.patience, "nothing"
        while broken < MOST_TRIES and time.monotonic() < until:
            began = time.monotonic()
            self.requests += 1
            try:
                answer = await self.http.request(method, f"{self.api_url}/api/v1{path}", json=body, headers=headers)
            except httpx.TransportError as accident:
                broken, said = broken + 1, type(accident).__name__
            else:
                self.longest = max(self.longest, time.monotonic() - began)
                if answer.is_server_error and "Retry-After" not in answer.headers:
                    raise Failed(f"{method} {path.rpartition('/')[2]}: {answer.status_code} {answer.text[:200]}")
                if not answer.is_server_error:
                    return answer
                said = str(answer.status_code)
            self.again[said] += 1
            await asyncio.sleep(AGAIN_AFTER)
        raise Failed(f"{method} {path.rpartition('/')[2]}: asked again and again; at last {said}")
