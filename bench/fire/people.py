"""Customers and staff who do anything in any order: what each does is drawn from the seed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from bench.visitors import Visitors, at, day

CARDS = {
    "pm_card_visa": 12,
    "pm_card_chargeDeclined": 2,
    "pm_card_authenticationRequired": 3,
    "pm_sandbox_sepa": 2,
}
HOURS = range(8, 18)
DAYS = range(14)
LONGEST_PAUSE = 0.6
"""Seconds that somebody thinks between two acts."""


@dataclass(frozen=True, slots=True)
class Shop:
    """What everybody wants a piece of: few providers, many customers. Classes take several at once."""

    service_id: str
    providers: Sequence[str]
    class_id: str
    teacher_id: str


@dataclass(slots=True)
class Person:
    """One customer with all they book. What they do is drawn before they do it, so that nobody's luck changes another's."""

    visitors: Visitors
    shop: Shop
    chance: random.Random
    email: str
    phone: str
    bookings: dict[str, str] = field(default_factory=dict)
    did: Counter[str] = field(default_factory=Counter)

    async def live(self) -> None:
        """One visit: hold something or wait for it, and then whatever comes to mind."""
        begin = self.chance.choices((self.hold, self.wait, self.book_series, self.join_class), weights=(12, 1, 1, 2))[0]
        await begin()
        for _ in range(self.chance.randint(0, 4)):
            await asyncio.sleep(self.chance.uniform(0, LONGEST_PAUSE))
            acts: list[Callable[[], Awaitable[None]]] = [self.confirm, self.cancel, self.move, self.staff_cancels, self.look]
            act, other = self.chance.choices(acts, weights=(10, 3, 4, 1, 2), k=2)
            if self.chance.random() < 0.15:  # two browser windows
                await asyncio.gather(act(), other())
            else:
                await act()

    async def hold(self) -> None:
        await self._hold(self.shop.service_id, self._somebody())

    async def join_class(self) -> None:
        await self._hold(self.shop.class_id, self.shop.teacher_id)

    async def _hold(self, service_id: str, provider_id: str | None) -> None:
        body = {"service_id": service_id, "provider_id": provider_id, "starts_at": self._sometime(), "customer": self._who()}
        answer = await self._ask("hold", "POST", "/bookings", body, key=self._key())
        if answer.status_code == httpx.codes.CREATED:
            self.bookings[answer.json()["id"]] = answer.json()["manage_token"]

    async def book_series(self) -> None:
        rule = f"FREQ=DAILY;COUNT={self.chance.randint(2, 4)}"
        wish: dict[str, Any] = {"service_id": self.shop.service_id, "provider_id": self._somebody(), "rrule": rule}
        wish |= {"starts_at": self._sometime(), "customer": self._who(), "payment": "at_once", "mode": "best_effort"}
        answer = await self._ask("series", "POST", "/series", wish, key=self._key())
        if answer.status_code != httpx.codes.CREATED:
            return
        series = answer.json()
        if self.chance.random() < 0.8:
            path, body = f"/series/{series['id']}/confirm", {"payment_method": self._card()}
            await self._act_of_bank(await self._ask("confirm series", "POST", path, body, token=series["manage_token"]))
        if self.chance.random() < 0.3:
            path = f"/series/{series['id']}/cancel"
            await self._ask("cancel series", "POST", path, {"scope": "all"}, token=series["manage_token"])
        self.bookings |= {one["booking_id"]: one["manage_token"] for one in series["occurrences"] if one["booking_id"]}

    async def wait(self) -> None:
        """For any time of some days, and takes what is offered."""
        first = self.chance.choice(DAYS[:-2])
        wish: dict[str, Any] = {
            "service_id": self.shop.service_id,
            "from": day(first).isoformat(),
            "to": day(first + 1).isoformat(),
        }
        answer = await self._ask("wait", "POST", "/waitlist", wish | {"customer": self._who()}, key=self._key())
        if answer.status_code != httpx.codes.CREATED:
            return
        entry, token = answer.json()["id"], answer.json()["manage_token"]
        for _ in range(self.chance.randint(3, 10)):
            await asyncio.sleep(0.5)
            shown = await self._ask("look", "GET", f"/waitlist/{entry}", token=token)
            if shown.is_success and (offer := shown.json()["offer"]):
                self.bookings[offer["booking_id"]] = offer["manage_token"]
                break
        else:
            await self._ask("leave", "DELETE", f"/waitlist/{entry}", token=token)

    async def confirm(self) -> None:
        for booking_id, token in self._some():
            body = {"payment_method": self._card()}
            await self._act_of_bank(await self._ask("confirm", "POST", f"/bookings/{booking_id}/confirm", body, token=token))

    async def cancel(self) -> None:
        for booking_id, token in self._some():
            await self._ask("cancel", "POST", f"/bookings/{booking_id}/cancel", {"reason": "no time"}, token=token)

    async def staff_cancels(self) -> None:
        for booking_id, _ in self._some():
            await self._ask("staff's cancel", "POST", f"/bookings/{booking_id}/cancel", {"reason": "ill"})

    async def move(self) -> None:
        for booking_id, token in self._some():
            body: dict[str, Any] = {"starts_at": self._sometime()}
            by = token if self.chance.random() < 0.8 else None
            await self._ask("move", "POST", f"/bookings/{booking_id}/reschedule", body, token=by, key=self._key())

    async def look(self) -> None:
        for booking_id, token in self._some():
            await self._ask("look", "GET", f"/bookings/{booking_id}", token=token)

    async def _act_of_bank(self, answer: httpx.Response) -> None:
        """The bank's page: most say yes, some no, some walk away."""
        action = answer.json().get("next_action") if answer.status_code == httpx.codes.ACCEPTED else None
        verdict = self.chance.choice(("approve", "approve", "refuse", None))
        if action and verdict:
            await asyncio.sleep(self.chance.uniform(0, LONGEST_PAUSE))
            await self.visitors.http.post(f"{action['url']}/{verdict}")

    async def _ask(self, act: str, *asked: Any, **more: Any) -> httpx.Response:
        answer = await self.visitors.ask(*asked, **more)
        self.did[f"{act}: {answer.status_code}"] += 1
        return answer

    def _some(self) -> list[tuple[str, str]]:
        return [self.chance.choice(list(self.bookings.items()))] if self.bookings else []

    def _somebody(self) -> str | None:
        return self.chance.choice([*self.shop.providers, None])

    def _sometime(self) -> str:
        return at(self.chance.choice(DAYS), self.chance.choice(HOURS))

    def _card(self) -> str:
        return self.chance.choices(list(CARDS), weights=list(CARDS.values()))[0]

    def _key(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def _who(self) -> dict[str, str]:
        return {"name": "Grace Hopper", "email": self.email, "phone": self.phone, "timezone": "Europe/Berlin", "locale": "en"}
