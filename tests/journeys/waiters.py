"""Those who wait for a time, as the journeys of the waitlist know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx

from temporal.waitlist import workflow_id
from tests.api.shop import CUSTOMER
from tests.journeys.deployment import Deployment
from tests.journeys.salon import Salon, Visit, open_salon
from tests.waiting import until

PAGE = "https://salon.example/take?booking={booking}&token={token}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody on the waitlist."""

    salon: Salon
    id: str
    token: str
    email: str

    async def show(self) -> dict[str, Any]:
        path, headers = f"/api/v1/waitlist/{self.id}", {"Authorization": f"Bearer {self.token}"}
        return dict((await self.salon.deployment.http.get(path, headers=headers)).raise_for_status().json())

    async def becomes(self, state: str) -> None:
        async def has_become() -> bool:
            return bool((await self.show())["state"] == state)

        await until(has_become, every=0.1)

    async def is_offered(self) -> Visit:
        """The booking that is held for them, as soon as there is one."""
        await self.becomes("offered")
        offer = (await self.show())["offer"]
        self.salon.deployment.booked.append(f"booking-{offer['booking_id']}")
        assert self.salon.starts_at == datetime.fromisoformat(offer["starts_at"])
        return Visit(self.salon, offer["booking_id"], offer["manage_token"], self.email)

    async def mail(self, visit: Visit) -> str:
        """What they were written about it."""
        found: list[str] = []

        async def has_come() -> bool:
            sent = await self.salon.deployment.vendors.messages(visit.id, self.email)
            found[:] = [one["text"] for one in sent if one["channel"] == "email" and "has become free" in one["text"]]
            return bool(found)

        await until(has_come, every=0.1)
        return found[0]


async def joins(salon: Salon, name: str) -> Waiting:
    """Waits for the one time that the day has."""
    email, day = f"{uuid4().hex}@example.com", salon.starts_at.date().isoformat()
    wish = {"service_id": salon.service_id, "from": day, "to": day, "customer": CUSTOMER | {"name": name, "email": email}}
    answer = await salon.deployment.http.post("/api/v1/waitlist", json=wish)
    assert httpx.codes.CREATED == answer.status_code, answer.text
    salon.deployment.booked.append(workflow_id(answer.json()["service_id"]))
    return Waiting(salon, answer.json()["id"], answer.json()["manage_token"], email)


async def a_day_with_one_time(deployment: Deployment) -> Salon:
    salon = await open_salon(deployment)
    hours = {"date": salon.starts_at.date().isoformat(), "intervals": [{"start": "09:00", "end": "10:00"}]}
    (await salon.shop.post(f"/providers/{salon.provider_id}/availability", hours)).raise_for_status()
    return salon
