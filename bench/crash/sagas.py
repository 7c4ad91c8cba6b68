"""The processes that are attacked: for each, what has to be there before, what its customer does, and how it has to end."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any, ClassVar
from uuid import uuid4

import httpx

from bench.visitors import Visitors, at, day

CARD = "pm_card_visa"
ASKING_CARD = "pm_card_authenticationRequired"


class WentWrong(Exception):
    """A customer got an answer that does not fit."""


class Saga(ABC):
    """One customer's doing, with a provider of their own, so that many can go on side by side."""

    name: ClassVar[str]
    wanted: ClassVar[str] = "confirmed"
    """What the bookings have become when nothing but our own programs failed."""

    def __init__(self, visitors: Visitors, service_id: str) -> None:
        self.visitors = visitors
        self.service_id = service_id
        self.key = uuid4().hex
        self.email = f"{self.key}@customer.example"
        self.phone = f"+4930{int(self.key[:8], 16) % 10**8:08}"
        self.provider_id = ""
        self.bookings: dict[str, str] = {}
        """Their ids, each with what its customer authorises themselves with."""

    async def prepare(self) -> None:
        """What comes before; nothing is attacked meanwhile."""
        self.provider_id = await self.visitors.hire(f"Provider {self.key}", self.service_id)

    @abstractmethod
    async def act(self) -> None:
        """What the customer does, asking again as long as it takes. Raises WentWrong."""

    @property
    def roots(self) -> tuple[str, ...]:
        """The workflows whose steps, and whose children's, are those of this process."""
        return (f"booking-{self.visitors.booking_id(self.key)}",)

    @property
    def marks(self) -> tuple[str, ...]:
        """What the vendors' calls of this process can be known by."""
        named = {str(self.visitors.booking_id(self.key)), *self.bookings}
        return (self.key, self.phone, *named, *(one.replace("-", "") for one in named))

    async def statuses(self) -> list[str]:
        shown = [await self.visitors.get(f"/bookings/{one}", token) for one, token in self.bookings.items()]
        return [str(one["status"]) for one in shown]

    def customer(self) -> dict[str, str]:
        return {"name": "Grace Hopper", "email": self.email, "phone": self.phone, "timezone": "Europe/Berlin", "locale": "en"}

    async def hold(self, starts_at: str) -> tuple[str, str]:
        """The booking's id and token."""
        body = {"service_id": self.service_id, "provider_id": self.provider_id, "starts_at": starts_at}
        answer = await self.visitors.ask("POST", "/bookings", body | {"customer": self.customer()}, key=self.key)
        held = expect(answer, 201)
        self.bookings[held["id"]] = held["manage_token"]
        return held["id"], held["manage_token"]

    async def confirm(self, booking_id: str, token: str, card: str = CARD) -> httpx.Response:
        """With another try after a decline, which is one vendor's no to one call."""
        path, body = f"/bookings/{booking_id}/confirm", {"payment_method": card}
        for _ in range(3):
            answer = await self.visitors.ask("POST", path, body, token=token)
            if answer.status_code != httpx.codes.PAYMENT_REQUIRED:
                break
        return answer

    async def book(self, hour: int = 9) -> tuple[str, str]:
        booking_id, token = await self.hold(at(0, hour))
        expect(await self.confirm(booking_id, token), 200)
        return booking_id, token


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
    wanted = "failed"

    async def act(self) -> None:
        booking_id, token = await self.hold(at(0, 9))
        no = {"vendor": "stripe", "operation": "capture", "mode": "decline", "times": -1, "only": [booking_id]}
        (await self.visitors.http.post(f"{self.visitors.mortal.sandbox_url}/faults", json=no)).raise_for_status()
        fits(await self.confirm(booking_id, token), 409)


class GivenUp(Saga):
    """Held, and given up by the customer while their bank waits for them."""

    name = "give up"
    wanted = "cancelled"

    async def prepare(self) -> None:
        await super().prepare()
        booking_id, token = await self.hold(at(0, 9))
        expect(await self.confirm(booking_id, token, ASKING_CARD), 202)

    async def act(self) -> None:
        for booking_id, token in self.bookings.items():
            fits(await self.visitors.ask("POST", f"/bookings/{booking_id}/cancel", {"reason": "no time"}, token=token), 200)


class CancelIt(Saga):
    """A paid booking is cancelled, and the money comes back."""

    name = "cancel"
    wanted = "cancelled"

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


class BookSeries(Saga):
    """Two times a day apart, held and paid together."""

    name = "series"

    @property
    def roots(self) -> tuple[str, ...]:
        return (f"series-{self.visitors.series_id(self.key)}",)

    async def act(self) -> None:
        await self.book_series()

    async def book_series(self) -> tuple[str, str]:
        wish = {"service_id": self.service_id, "provider_id": self.provider_id, "starts_at": at(0, 9), "payment": "at_once"}
        wish |= {"rrule": "FREQ=DAILY;COUNT=2", "customer": self.customer()}  # type: ignore[dict-item] # JSON
        held = expect(await self.visitors.ask("POST", "/series", wish, key=self.key), 201)
        self.bookings |= {one["booking_id"]: one["manage_token"] for one in held["occurrences"]}
        path, body = f"/series/{held['id']}/confirm", {"payment_method": CARD}
        for _ in range(3):
            answer = await self.visitors.ask("POST", path, body, token=held["manage_token"])
            if answer.status_code != httpx.codes.PAYMENT_REQUIRED:
                break
        fits(answer, 200, 409)
        return held["id"], held["manage_token"]


class CancelSeries(BookSeries):
    """A paid series is cancelled as a whole."""

    name = "cancel a series"
    wanted = "cancelled"

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
        while set(await self.statuses()) != {self.wanted}:
            await asyncio.sleep(0.5)


SAGAS: tuple[type[Saga], ...] = (
    Book,
    AskedByTheBank,
    Undone,
    GivenUp,
    CancelIt,
    MoveIt,
    TakeAnOffer,
    BookSeries,
    CancelSeries,
)


def expect(answer: httpx.Response, status: int) -> dict[str, Any]:
    fits(answer, status)
    return dict(answer.json())


def fits(answer: httpx.Response, *statuses: int) -> None:
    if answer.status_code not in statuses:
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise WentWrong(f"{asked} answered {answer.status_code}: {answer.text[:300]}")
