"""Bookings that need the provider's yes."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import httpx

from bench.crash.saga import CARD, LOOK_EVERY, Saga, becomes, fits
from bench.visitors import at

NEEDS_YES = {"approval": "required", "approval_hours": 48, "min_notice_minutes": 120}


class Approve(Saga):
    """Hold and pay; the provider is asked, and says yes."""

    name = "approve"
    verdict = "approve"
    card = CARD
    declined: ClassVar[tuple[int, ...]] = ()
    """How a customer may be told that their money is not to be had."""

    async def prepare(self) -> None:
        self.service_id = await self.visitors.open(name=f"One hour of {self.key}", **NEEDS_YES)
        await super().prepare()

    async def act(self) -> None:
        booking_id, token = await self.hold(at(0, 9))
        asked = await self.confirm(booking_id, token, self.card)
        fits(asked, 202, 409, *self.declined)
        if asked.status_code in self.declined:
            return
        await self.wait(booking_id)
        fits(await self.decide(booking_id, token), 200, 202, 409)

    async def decide(self, booking_id: str, _token: str) -> httpx.Response:
        """The provider makes up their mind."""
        return await self.ask(booking_id, self.verdict, {})

    async def wait(self, booking_id: str) -> None:
        """Until the provider makes up their mind."""


class Decline(Approve):
    """Hold and pay; the provider says no, and nothing is kept."""

    name = "decline"
    verdict = "decline"
    wanted = ("cancelled",)


class Renew(Approve):
    """The bank lets go of the money while the provider thinks, so it is reserved anew in time. Where a part of the system is dead
    for longer than the bank waits, the customer is asked for another card, which they give; whoever had no answer yet is told so,
    and the hold runs out."""

    name = "approve, money reserved anew"
    card = "pm_sandbox_endsSoon"
    wanted = ("confirmed", "failed", "pending")
    declined = (402,)

    async def wait(self, booking_id: str) -> None:
        async def is_renewed() -> bool:
            told = await self.visitors.get(f"/bookings/{booking_id}/timeline", self.bookings[booking_id])
            return any(one["kind"] == "payment_renewed" for one in told["items"])

        await becomes(is_renewed)

    async def decide(self, booking_id: str, token: str) -> httpx.Response:
        """Meanwhile the customer pays with another card, where they are asked to."""
        deciding = asyncio.create_task(super().decide(booking_id, token))
        while not deciding.done():
            if await self._is_asked_for_a_card(booking_id, token):
                fits(await self.confirm(booking_id, token), 200, 202, 402, 409)
            await asyncio.wait((deciding,), timeout=LOOK_EVERY)
        return await deciding

    async def _is_asked_for_a_card(self, booking_id: str, token: str) -> bool:
        told = await self.visitors.get(f"/bookings/{booking_id}/timeline", token)
        news = [one["kind"] for one in told["items"] if one["kind"] in ("payment_renewed", "payment_renewal_declined")]
        return news[-1:] == ["payment_renewal_declined"]
