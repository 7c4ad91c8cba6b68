"""The demo business: loaded through the REST API when the database is empty, with one appointment booked as customers do."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx

BUSINESS = "Studio Lindenhof"
TIMEZONE = "Europe/Berlin"

MASSAGE: dict[str, Any] = {
    "name": "Massage, 60 minutes",
    "duration_minutes": 60,
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 15,
    "slot_step_minutes": 30,
    "price": {"amount": 6500, "currency": "EUR"},
    "payment": "online",
    "capacity": 1,
    "min_notice_minutes": 120,
    "max_advance_days": 60,
    "cancellation_policy": {"free_until_minutes": 1440, "late_refund_percent": 50},
    "reminder_minutes": [1440, 60],
}
CLASS: dict[str, Any] = {
    "name": "Yoga for everyone",
    "duration_minutes": 90,
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 0,
    "slot_step_minutes": 90,
    "price": {"amount": 0, "currency": "EUR"},
    "payment": "none",
    "capacity": 12,
    "min_notice_minutes": 60,
    "max_advance_days": 30,
    "reminder_minutes": [180],
}
PROVIDERS: tuple[dict[str, Any], ...] = (
    {"name": "Ada Winter", "timezone": TIMEZONE, "email": "ada.winter@example.com", "phone": "+493012345601"},
    {"name": "Emil Sommer", "timezone": TIMEZONE, "email": "emil.sommer@example.com", "phone": "+493012345602"},
)
GIVES = ((MASSAGE["name"],), (MASSAGE["name"], CLASS["name"]))
WEEKS = (
    {day: [{"start": "09:00", "end": "17:00"}] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")},
    {
        day: [{"start": "10:00", "end": "13:00"}, {"start": "14:00", "end": "20:00"}]
        for day in ("tuesday", "thursday", "saturday")
    },
)
CUSTOMER = {
    "name": "Grace Beispiel",
    "email": "grace.beispiel@example.com",
    "phone": "+4915112345678",
    "timezone": TIMEZONE,
    "locale": "en",
}


RECEIVER = "The sandbox's outbox page"
CHANNELS = ("email", "sms")
TOLD = ("notification_sent", "notification_refused")  # a text may be on its way before that, and arrive after it
TRIES = 100


class NoFreeSlot(Exception):
    """Nothing can be booked in the coming days."""


@dataclass(frozen=True, slots=True)
class Shop:
    """The demo business as it stands: ids by name."""

    services: dict[str, str]
    providers: dict[str, str]

    def ids(self) -> dict[str, Any]:
        """For up.json: the paid service and its first provider, and everything by name."""
        return {"service_id": self.services[MASSAGE["name"]], "provider_id": next(iter(self.providers.values())), **asdict(self)}


@dataclass(frozen=True, slots=True)
class Appointment:
    """What was booked, and its timeline as the API tells it."""

    booking: dict[str, Any]
    timeline: list[dict[str, Any]]


class Demo:
    """Speaks to the API with the demo business's key. Raises httpx.HTTPError when the API refuses or does not answer."""

    def __init__(self, api_url: str, api_key: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{api_url}/api/v1",
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=30,
            trust_env=False,
            event_hooks={"response": [_refuse_problems]},
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def load(self) -> Shop:
        """Adds what is missing and changes nothing that is there."""
        services = await self._by_name("/services")
        for service in (MASSAGE, CLASS):
            if service["name"] not in services:
                services[service["name"]] = (await self._post("/services", service))["id"]
        providers = await self._by_name("/providers")
        for provider, gives, week in zip(PROVIDERS, GIVES, WEEKS, strict=True):
            if provider["name"] not in providers:
                made = await self._post("/providers", provider | {"service_ids": [services[name] for name in gives]})
                await self._client.put(f"/providers/{made['id']}/schedule", json={"weekly": week})
                providers[provider["name"]] = made["id"]
        return Shop(services, providers)

    async def listen(self, sandbox_url: str) -> None:
        """Has the business's webhooks sent to the sandbox, wherever it is this time, which shows them on its outbox page."""
        url = f"{sandbox_url}/receiver/demo"
        endpoints = (await self._client.get("/webhook-endpoints", params={"limit": 100})).json()["items"]
        for endpoint in endpoints:
            if endpoint["description"] == RECEIVER:
                await self._client.patch(f"/webhook-endpoints/{endpoint['id']}", json={"url": url, "enabled": True})
                return
        made = await self._post("/webhook-endpoints", {"url": url, "description": RECEIVER})
        async with httpx.AsyncClient(trust_env=False) as sandbox:
            (await sandbox.put(url, json={"secrets": [made["secret"]]})).raise_for_status()

    async def book(self, shop: Shop) -> Appointment:
        """Holds the first free massage from tomorrow on and pays for it. Raises NoFreeSlot."""
        service_id = shop.services[MASSAGE["name"]]
        tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011 (any day near now will do)
        query = {"from": tomorrow.isoformat(), "to": (tomorrow + timedelta(days=30)).isoformat()}
        slots = (await self._client.get(f"/services/{service_id}/slots", params=query)).json()["slots"]
        if not slots:
            raise NoFreeSlot
        order = {"service_id": service_id, "customer": CUSTOMER, "seats": 1}
        order |= {name: slots[0][name] for name in ("provider_id", "starts_at")}
        held = await self._post("/bookings", order)
        booking = await self._post(f"/bookings/{held['id']}/confirm", {"payment_method": "pm_card_visa"})
        return Appointment(booking, await self._timeline_when_told(held["id"]))

    async def _timeline_when_told(self, booking_id: str) -> list[dict[str, Any]]:
        """The timeline once the customer has both messages, which follow the answer; a slow carrier is not waited for long."""
        for _ in range(TRIES):
            timeline: list[dict[str, Any]] = (await self._client.get(f"/bookings/{booking_id}/timeline")).json()["items"]
            if sum(entry["kind"] in TOLD for entry in timeline) == len(CHANNELS):
                break
            await asyncio.sleep(0.1)
        return timeline

    async def _by_name(self, path: str) -> dict[str, str]:
        """The oldest of each name."""
        items = (await self._client.get(path, params={"limit": 100})).json()["items"]
        return {item["name"]: item["id"] for item in reversed(items)}

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = (await self._client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})).json()
        return answer


async def _refuse_problems(response: httpx.Response) -> None:
    if response.is_error:
        await response.aread()
        raise httpx.HTTPStatusError(
            f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text[:500]}",
            request=response.request,
            response=response,
        )
