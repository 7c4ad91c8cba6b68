"""Customers who come whether or not the others are served: each holds a slot, and then pays for it or walks away."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import uuid4

import aiohttp

from bench.rounds import percentile
from bench.shop import PATIENCE, Shop, customer

CARD = "pm_card_visa"
ASK_AGAIN_AFTER = 0.5
CONFIRM_WITHIN = 60.0


class Became(StrEnum):
    """What came of one customer's wish."""

    CONFIRMED = "confirmed"
    LEFT = "left"  # with a hold that nobody confirms
    SHED = "shed"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Visit:
    """One customer, by seconds since the phase began. `hold` is how long the first answer took, `confirm` the whole of paying."""

    became: Became
    ended: float
    hold: float
    confirm: float | None = None
    said: str = ""
    again_after: str | None = None


@dataclass(slots=True)
class Phase:
    """All who came within some seconds; `seconds` is how long they came."""

    rate: float
    seconds: float
    visits: list[Visit] = field(default_factory=list)

    def of(self, *became: Became) -> list[Visit]:
        return [one for one in self.visits if one.became in became]

    def counted(self) -> Counter[str]:
        return Counter(one.became.value for one in self.visits)

    def hold(self, share: float) -> float:
        """Of those who were let in, in seconds; 0 where nobody was."""
        took = [one.hold for one in self.of(Became.CONFIRMED, Became.LEFT)]
        return percentile(took, share) if took else 0.0

    def confirm(self, share: float) -> float:
        took = [one.confirm for one in self.of(Became.CONFIRMED) if one.confirm is not None]
        return percentile(took, share) if took else 0.0

    def shed(self, share: float) -> float:
        """How long those waited who were turned away."""
        took = [one.hold for one in self.of(Became.SHED)]
        return percentile(took, share) if took else 0.0

    @property
    def served(self) -> float:
        """Bookings a second that were confirmed, or held for somebody who left, while people came; the first tenth warms up."""
        warm = self.seconds / 10
        done = [one for one in self.of(Became.CONFIRMED, Became.LEFT) if warm <= one.ended < self.seconds]
        return len(done) / (self.seconds - warm)


@dataclass(slots=True)
class Crowd:
    """Those who come to one shop. One of `leaving` (0 for nobody) walks away from their hold."""

    shop: Shop
    leaving: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 (the same arrivals every time)

    async def come(self, rate: float, seconds: float, tell: Callable[[int], None]) -> Phase:
        """So many a second, at random times; returns when the last of them is done."""
        phase, began = Phase(rate, seconds), time.perf_counter()
        at = 0.0
        async with asyncio.TaskGroup() as group:
            while (at := at + self.chance.expovariate(rate)) < seconds:
                await asyncio.sleep(began + at - time.perf_counter())
                group.create_task(self._visit(phase, began))
                tell(len(phase.visits))
        return phase

    async def queue(self, customers: int, seconds: float) -> Phase:
        """So many at once, the next as soon as one is done: for finding out what the system can do."""
        phase, began = Phase(0.0, seconds), time.perf_counter()

        async def one_after_the_other() -> None:
            while time.perf_counter() - began < seconds:
                await self._visit(phase, began)
                if phase.visits[-1].became is Became.SHED:
                    await asyncio.sleep(ASK_AGAIN_AFTER)

        await asyncio.gather(*(one_after_the_other() for _ in range(customers)))
        return phase

    async def _visit(self, phase: Phase, began: float) -> None:
        came = time.perf_counter()
        number, slot = next(self.shop.numbers), self.shop.slots.pop()
        wish = {"service_id": self.shop.service_id, "provider_id": slot["provider_id"], "starts_at": slot["starts_at"]}
        status, head, said = await self._ask("/bookings", {**wish, "customer": customer(number)}, str(uuid4()))
        hold = time.perf_counter() - came
        became, confirm, words = Became.BROKEN, None, f"hold: {status} {said}"[:300]
        if status == 201 and self.leaving and number % self.leaving == 0:
            became = Became.LEFT
        elif status == 201:
            words, confirm = await self._confirm(said)
            became = Became.BROKEN if words else Became.CONFIRMED
        elif status == 503 and said.get("code") == "overloaded":
            became = Became.SHED
            self.shop.slots.append(slot)
        ended = time.perf_counter() - began
        words = words if became is Became.BROKEN else ""
        phase.visits.append(Visit(became, ended, hold, confirm, words, head.get("Retry-After")))

    async def _confirm(self, held: dict[str, Any]) -> tuple[str, float | None]:
        """What went wrong, if anything, and how long it took. Asks again while it is told that it is still worked on."""
        came = time.perf_counter()
        path, status = f"/bookings/{held['id']}/confirm", 0
        said: dict[str, Any] = {}
        while time.perf_counter() - came < CONFIRM_WITHIN:
            status, _, said = await self._ask(path, {"payment_method": CARD}, token=held["manage_token"])
            if status == 200:
                return "", time.perf_counter() - came
            if status not in (202, 503):
                break
            await asyncio.sleep(ASK_AGAIN_AFTER)
        return f"confirm {held['id']}: {status} {said}"[:300], None

    async def _ask(
        self, path: str, body: Any, key: str | None = None, token: str | None = None
    ) -> tuple[int, Mapping[str, str], dict[str, Any]]:
        headers = {"Authorization": f"Bearer {token or self.shop.api_key}"} | ({"Idempotency-Key": key} if key else {})
        try:
            async with self.shop.session.post(f"/api/v1{path}", json=body, headers=headers, timeout=PATIENCE) as answer:
                is_json = "json" in answer.content_type
                return answer.status, answer.headers, await answer.json() if is_json else {"text": await answer.text()}
        except (aiohttp.ClientError, TimeoutError) as accident:
            return 0, {}, {"text": type(accident).__name__}


async def capacity(crowd: Crowd, step: float, tell: Callable[[str], None]) -> tuple[Phase, float]:
    """What one customer alone waits, and the most that is done a second, found with ever more customers at once."""
    await crowd.queue(1, min(step, 2.0))  # warms up
    tell("One customer alone")
    quiet = await crowd.queue(1, step)
    best, customers = quiet.served, 4
    while customers <= 64:
        tell(f"{customers} customers at once, {best:.1f}/s so far")
        found = (await crowd.queue(customers, step)).served
        if found < best * 1.1:
            return quiet, max(best, found)
        best, customers = found, customers * 2
    return quiet, best


Look = Callable[[], Awaitable[None]]


async def every(seconds: float, look: Look) -> None:
    """Looks again and again, until it is cancelled."""
    began, number = time.perf_counter(), 0
    while True:
        await look()
        number += 1
        await asyncio.sleep(max(began + number * seconds - time.perf_counter(), 0.01))
