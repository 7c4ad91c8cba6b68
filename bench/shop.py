"""A business with enough to sell, opened through the REST API, and customers who buy there."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import aiohttp

from bench.bookings import Booked, Stopwatch

SERVICE: dict[str, Any] = {
    "name": "One hour",
    "duration_minutes": 60,
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 0,
    "slot_step_minutes": 60,
    "price": {"amount": 6500, "currency": "EUR"},
    "payment": "online",
    "capacity": 1,
    "min_notice_minutes": 0,
    "max_advance_days": 60,
    "reminder_minutes": [1440],
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = {day: [{"start": "08:00", "end": "18:00"}] for day in DAYS}
OPENS_IN, OPEN_FOR = timedelta(days=3), timedelta(days=30)  # far enough for no reminder to fall due
SLOTS_OF_A_PROVIDER = 200  # of about 300: calendars two thirds full
TRIES = 8  # of a confirmation, each of which waits as long as the API lets it
PATIENCE = aiohttp.ClientTimeout(total=60)


class Refused(Exception):
    """The API did not do what a customer asked of it."""


@dataclass(slots=True)
class Shop:
    """The business over HTTP. Each slot is sold once, in an order that sends customers to one provider after another."""

    session: aiohttp.ClientSession
    api_key: str
    service_id: str = ""
    slots: list[dict[str, Any]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def open(self, slots: int) -> None:
        """Hires as many providers as it takes to sell so many slots."""
        self.service_id = (await self._call("POST", "/services", SERVICE))["id"]
        providers = math.ceil(slots / SLOTS_OF_A_PROVIDER)
        for several in await asyncio.gather(*(self._hire(number) for number in range(providers))):
            self.slots += several
        random.Random(1).shuffle(self.slots)  # noqa: S311 (the same order every time)

    async def book(self) -> Booked:
        """One customer holds a slot, then pays for it. Raises Refused."""
        slot = self.slots.pop()
        return await self._buy(
            {"service_id": self.service_id, "provider_id": slot["provider_id"], "starts_at": slot["starts_at"]}
        )

    async def book_minute(self, starts_at: datetime) -> Booked:
        """An appointment of one minute, at a provider who works in this one only. Raises Refused."""
        service = {**SERVICE, "name": "One minute", "duration_minutes": 1, "slot_step_minutes": 5}
        service_id = (await self._call("POST", "/services", service))["id"]
        hired = {"name": "Minute", "timezone": "UTC", "email": "minute@example.com", "service_ids": [service_id]}
        provider_id = (await self._call("POST", "/providers", hired))["id"]
        hours = [{"start": f"{starts_at:%H:%M}", "end": f"{starts_at + timedelta(minutes=1):%H:%M}"}]
        open_then = {"date": starts_at.date().isoformat(), "intervals": hours}
        await self._call("POST", f"/providers/{provider_id}/availability", open_then)
        return await self._buy({"service_id": service_id, "provider_id": provider_id, "starts_at": starts_at.isoformat()})

    async def _buy(self, wish: dict[str, str]) -> Booked:
        number, watch = next(self.numbers), Stopwatch()
        key = {"Idempotency-Key": str(uuid4())}
        held = await self._call("POST", "/bookings", {**wish, "seats": 1, "customer": customer(number)}, key)
        hold = watch.lap()
        await self._confirm(held)
        return Booked(f"booking-{held['id']}", hold, watch.lap())

    async def _confirm(self, held: dict[str, Any]) -> None:
        """Asks again where the API says after its own patience that it still works on it."""
        mine = {"Authorization": f"Bearer {held['manage_token']}"}
        for _ in range(TRIES):
            booking = await self._call("POST", f"/bookings/{held['id']}/confirm", {"payment_method": "pm_card_visa"}, mine)
            if booking["status"] == "confirmed":
                return
            if booking["status"] not in ("pending", "confirming"):
                break
        raise Refused(f"booking {held['id']} is {booking['status']} after its confirmation")

    async def status(self, booking_id: str) -> str:
        """How a booking stands. Raises Refused."""
        return str((await self._call("GET", f"/bookings/{booking_id}"))["status"])

    async def confirmed(self) -> list[dict[str, Any]]:
        """All confirmed bookings as the API lists them."""
        found: list[dict[str, Any]] = []
        query = {"status": "confirmed", "limit": "100"}
        while True:
            page = await self._call("GET", "/bookings", query=query)
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            query["cursor"] = page["next_cursor"]

    async def _hire(self, number: int) -> list[dict[str, Any]]:
        provider = {"name": f"Provider {number}", "timezone": "Europe/Berlin", "email": f"provider.{number}@example.com"}
        made = await self._call("POST", "/providers", {**provider, "service_ids": [self.service_id]})
        await self._call("PUT", f"/providers/{made['id']}/schedule", {"weekly": WEEK})
        first = date.today() + OPENS_IN  # noqa: DTZ011 (any day near now will do)
        query = {"service_id": self.service_id, "from": first.isoformat(), "to": (first + OPEN_FOR).isoformat()}
        offered = await self._call("GET", f"/providers/{made['id']}/slots", query=query)
        return list(offered["slots"][:SLOTS_OF_A_PROVIDER])

    async def _call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, query: dict[str, str] | None = None
    ) -> dict[str, Any]:
        sent = {"Authorization": f"Bearer {self.api_key}", **(headers or {})}
        async with self.session.request(
            method, f"/api/v1{path}", json=body, headers=sent, params=query, timeout=PATIENCE
        ) as answer:
            if answer.status >= 300:
                raise Refused(f"{method} {path}: {answer.status} {(await answer.text())[:500]}")
            said: dict[str, Any] = await answer.json()
            return said


def customer(number: int) -> dict[str, str]:
    return {
        "name": f"Customer {number}",
        "email": f"customer.{number}@example.com",
        "phone": f"+4930901{number:06}",
        "timezone": "Europe/Berlin",
        "locale": "en",
    }


def overlaps(bookings: list[dict[str, Any]]) -> int:
    """How many bookings begin before another one at the same provider has ended."""
    free_from: dict[str, datetime] = {}
    found = 0
    for starts_at, ends_at, provider in sorted((*_times(booking), booking["provider_id"]) for booking in bookings):
        found += starts_at < free_from.get(provider, starts_at)
        free_from[provider] = max(ends_at, free_from.get(provider, ends_at))
    return found


def _times(booking: dict[str, Any]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(booking["starts_at"]), datetime.fromisoformat(booking["ends_at"])
