"""A time that becomes free is offered to those who wait."""

from __future__ import annotations

import asyncio

from bench.crash.saga import Saga, expect, fits
from bench.visitors import Visitors, at, day


class TakeAnOffer(Saga):
    """A time becomes free, is offered to somebody who waits for it, and taken."""

    name = "offer"

    def __init__(self, visitors: Visitors, service_id: str) -> None:
        super().__init__(visitors, service_id)
        self._entry: tuple[str, str] = ("", "")
        self._first: tuple[str, str] = ("", "")

    async def prepare(self) -> None:
        self.service_id = await self.visitors.open(name=f"One hour of {self.key}")
        await super().prepare()
        hours = {"date": day(0).isoformat(), "intervals": [{"start": "09:00", "end": "10:00"}]}
        (await self.visitors.ask("POST", f"/providers/{self.provider_id}/availability", hours)).raise_for_status()
        self._first = await self.hold(at(0, 9))
        self.bookings.clear()  # the other customer's
        wish = {"service_id": self.service_id, "from": day(0).isoformat(), "to": day(0).isoformat(), "customer": self.customer()}
        entry = expect(await self.visitors.ask("POST", "/waitlist", wish, key=f"{self.key}-wait"), 201)
        self._entry = entry["id"], entry["manage_token"]

    @property
    def roots(self) -> tuple[str, ...]:
        return (f"waitlist-{self.service_id}",)

    async def act(self) -> None:
        first, first_token = self._first
        await self.visitors.ask("POST", f"/bookings/{first}/cancel", {}, token=first_token)
        while (offer := (await self.visitors.get(f"/waitlist/{self._entry[0]}", self._entry[1]))["offer"]) is None:
            await asyncio.sleep(0.3)
        self.bookings[offer["booking_id"]] = offer["manage_token"]
        fits(await self.confirm(offer["booking_id"], offer["manage_token"]), 200, 409)
