"""One business and its customers, as they meet the API."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
from slotkeeper_client import AuthenticatedClient, Client
from slotkeeper_client.api.bookings import book, cancel, confirm, reschedule_booking
from slotkeeper_client.models import CancelBooking, ConfirmBooking, NewBooking, RescheduleBooking
from slotkeeper_client.types import UNSET, Response

from domain.bookings import BookingRef, OnCalendarFailure
from store.api_keys import create_api_key
from store.businesses import create_business
from tests.api.shop import CUSTOMER, SERVICE, WEEK, Shop
from tests.journeys.deployment import Deployment
from tests.journeys.vendors import Effects
from tests.waiting import PATIENCE, until

ZONE = ZoneInfo("Europe/Berlin")
CARD = "pm_card_visa"
DECLINED_CARD = "pm_card_chargeDeclined"
ASKING_CARD = "pm_card_authenticationRequired"
CHARGED_AT_ONCE = "pm_sandbox_sepa"
ASKS_AND_CHARGES = "pm_sandbox_ideal"
ALONE: dict[str, Any] = {"trust_env": False}  # whatever proxies the machine has


@dataclass(frozen=True, slots=True)
class Salon:
    """One provider who gives one service; one slot of it, a week from now, is what everybody wants."""

    deployment: Deployment
    shop: Shop
    service_id: str
    provider_id: str
    starts_at: datetime

    @property
    def business_id(self) -> UUID:
        return self.shop.business_id

    async def ask(self, *, key: str | None = None, email: str | None = None, **changed: Any) -> httpx.Response:
        """POST /bookings for the slot, as a customer of their own."""
        customer = CUSTOMER | {"email": email or f"{uuid4().hex}@example.com"}
        wanted = {"service_id": self.service_id, "provider_id": self.provider_id, "starts_at": self.starts_at.isoformat()}
        order = NewBooking.from_dict({**wanted, "customer": customer, **changed})
        async with anybody(self.deployment) as client:
            answer = as_sent(await book.asyncio_detailed(client=client, body=order, idempotency_key=key or UNSET))
        if answer.status_code == httpx.codes.CREATED:
            self.deployment.booked.append(f"booking-{answer.json()['id']}")
        return answer

    async def answered(self, **changed: Any) -> httpx.Response:
        """The same, sent again as long as the API asks for that: a crowd on a busy machine may wear its patience out."""
        same = {"key": uuid4().hex, "email": f"{uuid4().hex}@example.com"} | changed
        while (answer := await self.ask(**same)).status_code == httpx.codes.SERVICE_UNAVAILABLE:
            await asyncio.sleep(float(answer.headers["Retry-After"]))
        return answer

    async def hold(self, **changed: Any) -> Visit:
        """A customer who holds the slot."""
        answer = await self.ask(**changed)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return self.visit(answer)

    def at(self, starts_at: datetime) -> Salon:
        """The same business; another slot is what everybody wants."""
        return replace(self, starts_at=starts_at)

    def moved_to(self, deployment: Deployment) -> Salon:
        """The same business behind another deployment."""
        return replace(self, deployment=deployment, shop=replace(self.shop, client=deployment.http))

    def visit(self, answer: httpx.Response) -> Visit:
        booking = answer.json()
        return Visit(self, booking["id"], booking["manage_token"], booking["customer"]["email"])

    async def is_offered(self) -> bool:
        """Whether the API shows the slot as free."""
        query = {"service_id": self.service_id, "date": self.starts_at.date().isoformat()}
        shown = await self.deployment.http.get(f"/api/v1/providers/{self.provider_id}/slots", params=query)
        return self.starts_at.isoformat() in [slot["starts_at"] for slot in shown.json()["slots"]]

    async def claims(self) -> list[UUID]:
        """Which bookings occupy the provider's time, in the database."""
        rows = await self.deployment.pool.fetch(
            "SELECT s.booking_id FROM claims c JOIN claim_seats s ON s.business_id = c.business_id AND s.claim_id = c.id"
            " WHERE c.business_id = $1",
            self.business_id,
        )
        return [row["booking_id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Visit:
    """One customer and their booking."""

    salon: Salon
    id: str
    token: str
    email: str

    @property
    def ref(self) -> BookingRef:
        return BookingRef(self.salon.business_id, UUID(self.id))

    async def confirm(self, payment_method: str | None = CARD, *, through: Deployment | None = None) -> httpx.Response:
        body = ConfirmBooking() if payment_method is None else ConfirmBooking(payment_method=payment_method)
        async with holder(through or self.salon.deployment, self.token) as client:
            return as_sent(await confirm.asyncio_detailed(UUID(self.id), client=client, body=body))

    async def cancel(self, reason: str = "found another time") -> httpx.Response:
        async with holder(self.salon.deployment, self.token) as client:
            body = CancelBooking(reason=reason)
            return as_sent(await cancel.asyncio_detailed(UUID(self.id), client=client, body=body))

    async def reschedule(self, at: datetime, *, key: str | None = None, by: str | None = None, **changed: Any) -> httpx.Response:
        """Asks for another time, as the customer unless somebody else's credential is given."""
        body = RescheduleBooking.from_dict({"starts_at": at.isoformat()} | changed)
        async with holder(self.salon.deployment, by or self.token) as client:
            moved = await reschedule_booking.asyncio_detailed(
                UUID(self.id), client=client, body=body, idempotency_key=key or UNSET
            )
            return as_sent(moved)

    async def events(self) -> list[dict[str, Any]]:
        """What the providers' calendars show of it."""
        events = (await self.salon.deployment.vendors.state())["calendar_events"]
        return [event for event in events if event["booking_id"] == self.id and event["status"] == "confirmed"]

    async def show(self) -> dict[str, Any]:
        shown: dict[str, Any] = await self._get("")
        return shown

    async def status(self) -> str:
        return str((await self.show())["status"])

    async def becomes(self, status: str, seconds: float = PATIENCE) -> None:
        """Waits until the booking has this status; fails when it takes longer."""

        async def has_become() -> bool:
            return await self.status() == status

        await until(has_become, seconds, every=0.1)

    async def timeline(self) -> list[str]:
        return [entry["kind"] for entry in (await self._get("/timeline"))["items"]]

    async def effects(self) -> Effects:
        """What the vendors did for this booking."""
        return await self.salon.deployment.vendors.effects(self.id, self.email)

    async def comes_to(self, expected: Effects, seconds: float = PATIENCE) -> None:
        """Waits until the vendors have done just this; shows what they did instead."""
        found = Effects()

        async def has_come() -> bool:
            nonlocal found
            found = await self.effects()
            return found == expected

        try:
            await until(has_come, seconds, every=0.1)
        except TimeoutError:
            assert expected == found, found

    async def is_told(self, kind: str, times: int = 1) -> None:
        """Waits until the timeline says so."""

        async def says() -> bool:
            return (await self.timeline()).count(kind) == times

        await until(says, every=0.1)

    async def _get(self, path: str) -> Any:
        answer = await self.salon.deployment.http.get(f"/api/v1/bookings/{self.id}{path}", headers=self._bearer)
        return answer.raise_for_status().json()

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def anybody(deployment: Deployment) -> Client:
    """The generated client, as the public uses it."""
    return Client(base_url=str(deployment.http.base_url), timeout=deployment.http.timeout, verify_ssl=False, httpx_args=ALONE)


def holder(deployment: Deployment, token: str) -> AuthenticatedClient:
    """The same for whoever has a credential."""
    where = str(deployment.http.base_url)
    how: dict[str, Any] = {"timeout": deployment.http.timeout, "verify_ssl": False, "httpx_args": ALONE}
    return AuthenticatedClient(base_url=where, token=token, **how)


def as_sent(answer: Response[Any]) -> httpx.Response:
    """What the client was answered; it must have understood it."""
    assert answer.parsed is not None or not answer.content, answer.content
    return httpx.Response(int(answer.status_code), headers=_plain(answer.headers), content=answer.content)


def _plain(headers: Mapping[str, str]) -> dict[str, str]:
    """Without what says how the body was packed: it is unpacked by now."""
    return {name: value for name, value in headers.items() if name.lower() not in ("content-encoding", "content-length")}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """What the API said no with: status and code."""
    return answer.status_code, answer.json().get("code", "no refusal")


async def open_salon(
    deployment: Deployment,
    *,
    on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO,
    calendar_id: str = "ada@example.com",
    **service: Any,
) -> Salon:
    """A business with a key, set up through the API; whoever runs the system opens the business itself."""
    business_id = await create_business(deployment.pool, "Salon Byron", ZONE.key, on_calendar_failure)
    key = await create_api_key(deployment.pool, business_id, "tests")
    shop = Shop(deployment.http, deployment.pool, business_id, key)
    service_id = await shop.service(**(SERVICE | service))
    ada = {"name": "Dr Ada Byron", "timezone": ZONE.key, "calendar_id": calendar_id, "service_ids": [service_id]}
    provider_id = str((await shop.post("/providers", ada)).json()["id"])
    (await shop.put(f"/providers/{provider_id}/schedule", {"weekly": WEEK})).raise_for_status()
    day = datetime.now(ZONE).date() + timedelta(days=7)
    return Salon(deployment, shop, service_id, provider_id, datetime(day.year, day.month, day.day, 9, tzinfo=ZONE))
