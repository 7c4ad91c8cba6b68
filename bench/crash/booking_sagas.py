"""From a hold to a booking, or to none."""

from __future__ import annotations

import asyncio
from types import MappingProxyType

import httpx

from bench.crash.saga import ASKING_CARD, Saga, becomes, expect, fits
from bench.visitors import at


class Book(Saga):
    """Hold and pay."""

    name = "book"

    async def act(self) -> None:
        booking_id, token = await self.hold(at(0, 9))
        fits(await self.confirm(booking_id, token), 200, 409)


class AskedByTheBank(Saga):
    """Hold and pay with a card whose bank asks the customer first."""

    name = "book, asked by the bank"

    async def act(self) -> None:
        booking_id, token = await self.hold(at(0, 9))
        answer = await self.confirm(booking_id, token, ASKING_CARD)
        if answer.status_code == httpx.codes.ACCEPTED and (action := answer.json()["next_action"]):
            await self.visitors.at_bank(action["url"], "approve")
        while answer.status_code == httpx.codes.ACCEPTED:
            await asyncio.sleep(0.5)
            answer = await self.confirm(booking_id, token, ASKING_CARD)
        fits(answer, 200, 409)


class Undone(Saga):
    """Hold and pay, but the money cannot be taken in the end: everything is undone."""

    name = "book, undone"
    wanted = ("failed",)
    refused_at = "stripe capture"

    async def act(self) -> None:
        booking_id, token = await self.hold(at(0, 9))
        vendor, _, operation = self.refused_at.partition(" ")
        no = {"vendor": vendor, "operation": operation, "mode": "decline", "times": -1, "only": [booking_id]}
        (await self.visitors.http.post(f"{self.visitors.mortal.sandbox_url}/faults", json=no)).raise_for_status()
        fits(await self.confirm(booking_id, token), 409, 200)  # how it has ended is looked at


class GivenUp(Saga):
    """Held, and given up by the customer while their bank waits for them."""

    name = "give up"
    wanted = ("cancelled",)

    async def prepare(self) -> None:
        await super().prepare()
        booking_id, token = await self.hold(at(0, 9))
        expect(await self.confirm(booking_id, token, ASKING_CARD), 202)

    async def act(self) -> None:
        for booking_id, token in self.bookings.items():
            fits(await self.visitors.ask("POST", f"/bookings/{booking_id}/cancel", {"reason": "no time"}, token=token), 200)


class RunOut(Saga):
    """Held, and forgotten: the time is free when the hold says so."""

    name = "hold runs out"
    wanted = ("expired",)
    settings = MappingProxyType({"hold_seconds": "9"})

    async def act(self) -> None:
        await self.hold(at(0, 9))

        async def is_over() -> bool:
            return await self.statuses() == ["expired"]

        await becomes(is_over)
