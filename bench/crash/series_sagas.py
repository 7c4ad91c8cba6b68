"""Many bookings at once."""

from __future__ import annotations

from typing import ClassVar

import httpx

from bench.crash.saga import CARD, Saga, becomes, expect, fits
from bench.visitors import Visitors, at


class BookSeries(Saga):
    """Two times a day apart, held and paid together."""

    name = "series"
    payment: ClassVar[str] = "at_once"

    @property
    def roots(self) -> tuple[str, ...]:
        return (f"series-{self.visitors.series_id(self.key)}",)

    async def act(self) -> None:
        await self.book_series()

    async def book_series(self) -> tuple[str, str]:
        wish = {"service_id": self.service_id, "provider_id": self.provider_id, "starts_at": at(0, 9), "payment": self.payment}
        wish |= {"rrule": "FREQ=DAILY;COUNT=2", "customer": self.customer()}  # type: ignore[dict-item] # JSON
        held = expect(await self.visitors.ask("POST", "/series", wish, key=self.key), 201)
        self.bookings |= {one["booking_id"]: one["manage_token"] for one in held["occurrences"]}
        path, body = f"/series/{held['id']}/confirm", {"payment_method": self.own(CARD)}
        for _ in range(3):
            answer = await self.visitors.ask("POST", path, body, token=held["manage_token"])
            if answer.status_code != httpx.codes.PAYMENT_REQUIRED:
                break
        fits(answer, 200, 409)
        return held["id"], held["manage_token"]


class CancelSeries(BookSeries):
    """A paid series is cancelled as a whole."""

    name = "cancel a series"
    wanted = ("cancelled",)

    def __init__(self, visitors: Visitors, service_id: str) -> None:
        super().__init__(visitors, service_id)
        self._series: tuple[str, str] = ("", "")

    @property
    def roots(self) -> tuple[str, ...]:
        return (f"series-{self.visitors.series_id(self.key)}", *(f"booking-{one}" for one in self.bookings))

    async def prepare(self) -> None:
        await super().prepare()
        self._series = await self.book_series()

    async def act(self) -> None:
        series_id, token = self._series
        fits(await self.visitors.ask("POST", f"/series/{series_id}/cancel", {"scope": "all"}, token=token), 200, 202)

        async def is_over() -> bool:
            return set(await self.statuses()) == set(self.wanted)

        await becomes(is_over)


class ChargeSeries(BookSeries):
    """Each occurrence is paid by itself: the first when the series is confirmed, the second by the saved card, at once here."""

    name = "series, paid one by one"
    payment = "per_occurrence"

    async def act(self) -> None:
        await self.book_series()

        async def is_paid() -> bool:
            return all(one["payment"] and one["payment"]["state"] == "captured" for one in await self.shown())

        await becomes(is_paid)
