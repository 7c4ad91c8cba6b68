"""What becomes of a paid booking later on."""

from __future__ import annotations

import asyncpg

from bench.crash.saga import Saga, becomes, fits
from bench.visitors import at

BEGUN = "UPDATE bookings SET starts_at = now() - interval '1 minute', ends_at = now() + interval '1 hour' WHERE id = $1"


class CancelIt(Saga):
    """A paid booking is cancelled, and the money comes back."""

    name = "cancel"
    wanted = ("cancelled",)

    async def prepare(self) -> None:
        await super().prepare()
        await self.book()

    async def act(self) -> None:
        for booking_id, token in self.bookings.items():
            fits(await self.visitors.ask("POST", f"/bookings/{booking_id}/cancel", {"reason": "no time"}, token=token), 200)


class MoveIt(Saga):
    """A paid booking is moved to another time."""

    name = "reschedule"

    async def prepare(self) -> None:
        await super().prepare()
        await self.book()

    async def act(self) -> None:
        for booking_id, token in self.bookings.items():
            body = {"starts_at": at(0, 12)}
            path = f"/bookings/{booking_id}/reschedule"
            fits(await self.visitors.ask("POST", path, body, token=token, key=f"{self.key}-move"), 200, 409)


class NobodyCame(Saga):
    """The business says that nobody came, and the fee is charged. The clock cannot be moved, so the appointment is."""

    name = "no-show"
    wanted = ("no_show",)

    async def prepare(self) -> None:
        self.service_id = await self.visitors.open(name=f"One hour of {self.key}", no_show_policy={"fee_percent": 30})
        await super().prepare()
        booking_id, _ = await self.book()
        connection = await asyncpg.connect(self.visitors.mortal.system.database_url)
        try:
            await connection.execute(BEGUN, booking_id)
        finally:
            await connection.close()

    async def act(self) -> None:
        for booking_id in self.bookings:
            fits(await self.ask(booking_id, "no-show", {}), 200)


class SentBack(CancelIt):
    """A bank sends back what had been given back to the customer; staff give it back anew, and say so."""

    name = "refund sent back"

    async def prepare(self) -> None:
        await super().prepare()
        await super().act()

    async def act(self) -> None:
        ((booking_id, _),) = self.bookings.items()
        await self._refuse(booking_id)
        body = {"step": "refund:cancel/0", "done": "not_needed", "reason": "given back anew"}
        fits(await self.ask(booking_id, "operations/refund", {"reason": "the bank sent it back"}), 200)
        fits(await self.ask(booking_id, "operations/settle", body), 200)

    async def _refuse(self, booking_id: str) -> None:
        connection = await asyncpg.connect(self.visitors.mortal.system.database_url)
        try:
            refund_id = await connection.fetchval("SELECT vendor_id FROM refunds WHERE booking_id = $1", booking_id)
        finally:
            await connection.close()
        await self.visitors.at_bank(f"{self.visitors.mortal.sandbox_url}/stripe/bank/{refund_id}", "refuse")

        async def is_known() -> bool:
            return [one["state"] for shown in await self.shown() for one in shown["refunds"]] == ["failed"]

        await becomes(is_known)
