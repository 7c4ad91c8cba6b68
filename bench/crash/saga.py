"""What every process that is attacked has in common: its customer, what comes before, and how it has to end."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import uuid4

import httpx

from bench.visitors import Visitors, at

CARD = "pm_card_visa"
ASKING_CARD = "pm_card_authenticationRequired"
LOOK_EVERY = 0.4
"""Seconds between two looks at something that is to become so by itself."""
USUAL: Mapping[str, str] = MappingProxyType({})


class WentWrong(Exception):
    """A customer got an answer that does not fit."""


class Saga(ABC):
    """One customer's doing, with a provider of their own, so that many can go on side by side."""

    name: ClassVar[str]
    wanted: ClassVar[tuple[str, ...]] = ("confirmed",)
    """What the bookings have become when nothing but our own programs failed."""
    refused_at: ClassVar[str] = ""
    """The vendor's operation whose no makes this process go as it does. A fault that strikes there takes the place of one no, so
    the booking may be confirmed."""
    settings: ClassVar[Mapping[str, str]] = USUAL
    """What a system of the product is set to for this process; each different one is a system of its own."""

    def __init__(self, visitors: Visitors, service_id: str) -> None:
        self.visitors = visitors
        self.service_id = service_id
        self.key = uuid4().hex
        self.email = f"{self.key}@customer.example"
        self.phone = f"+4930{int(self.key[:12], 16) % 10**10:010}"  # so many that no two are one
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

    async def shown(self) -> list[dict[str, Any]]:
        """The bookings, as the API shows them."""
        return [await self.visitors.get(f"/bookings/{one}", token) for one, token in self.bookings.items()]

    async def statuses(self) -> list[str]:
        return [str(one["status"]) for one in await self.shown()]

    async def ask(self, booking_id: str, wish: str, body: dict[str, Any], token: str | None = None) -> httpx.Response:
        """Of one booking: by the business, unless a customer's token is given."""
        return await self.visitors.ask("POST", f"/bookings/{booking_id}/{wish}", body, token=token, key=f"{self.key}-{wish}")

    def customer(self) -> dict[str, str]:
        return {"name": "Grace Hopper", "email": self.email, "phone": self.phone, "timezone": "Europe/Berlin", "locale": "en"}

    async def hold(self, starts_at: str) -> tuple[str, str]:
        """The booking's id and token."""
        body = {"service_id": self.service_id, "provider_id": self.provider_id, "starts_at": starts_at}
        answer = await self.visitors.ask("POST", "/bookings", body | {"customer": self.customer()}, key=self.key)
        held = expect(answer, 201)
        self.bookings[held["id"]] = held["manage_token"]
        return held["id"], held["manage_token"]

    def own(self, card: str) -> str:
        """Its id says whose it is, so that a fault strikes the question for it, too."""
        return f"{card}-{self.key}"

    async def confirm(self, booking_id: str, token: str, card: str = CARD) -> httpx.Response:
        """With another try after a decline, which is one vendor's no to one call."""
        path, body = f"/bookings/{booking_id}/confirm", {"payment_method": self.own(card)}
        for _ in range(3):
            answer = await self.visitors.ask("POST", path, body, token=token)
            if answer.status_code != httpx.codes.PAYMENT_REQUIRED:
                break
        return answer

    async def book(self, hour: int = 9) -> tuple[str, str]:
        booking_id, token = await self.hold(at(0, hour))
        expect(await self.confirm(booking_id, token), 200)
        return booking_id, token


async def becomes(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Looks again and again until it is so; whoever attacks gives up some day."""
    while not await is_so():
        await asyncio.sleep(LOOK_EVERY)


def expect(answer: httpx.Response, status: int) -> dict[str, Any]:
    fits(answer, status)
    return dict(answer.json())


def fits(answer: httpx.Response, *statuses: int) -> None:
    if answer.status_code not in statuses:
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise WentWrong(f"{asked} answered {answer.status_code}: {answer.text[:300]}")
