"""From a full day to somebody else's appointment: the waitlist from HTTP to the customer's mail and back (C41)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from sandbox.faults import Mode
from temporal.waitlist import workflow_id
from tests.api.shop import CUSTOMER
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.salon import Salon, Visit, open_salon
from tests.journeys.test_restarts import becomes_ready, deserted
from tests.journeys.workers import process_of_workers
from tests.waiting import until
from worker import waking

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

        await until(has_become, 30, every=0.1)

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


async def is_queued(offer: Visit) -> bool:
    """Whether a first try to mail it was refused."""
    log = await offer.salon.shop.get(f"/bookings/{offer.id}/messages")
    return ("waitlist_offer", "email", "queued") in [
        (one["message"], one["channel"], one["state"]) for one in log.json()["items"]
    ]


@pytest.fixture(scope="module")
async def offering(engines: Engines) -> AsyncIterator[Deployment]:
    """A system whose offers last three seconds."""
    queue = f"offering-{uuid4().hex}"
    async with deployed(engines, queue, longest_offer_seconds=3, offer_page=PAGE, hold_seconds=30) as deployment:
        async with waking(deployment.settings, deployment.temporal, deployment.pool):
            yield deployment
        await deployment.tidy_up()


async def test_a_freed_time_goes_from_one_who_waits_to_the_next_until_somebody_takes_it(offering: Deployment) -> None:
    salon = await a_day_with_one_time(offering)
    visit = await salon.hold()
    assert 200 == (await visit.confirm()).status_code
    ada, grace = await joins(salon, "Ada"), await joins(salon, "Grace")
    assert (1, 2) == ((await ada.show())["position"], (await grace.show())["position"])
    assert 409 == (await salon.ask()).status_code

    assert 200 == (await visit.cancel()).status_code
    first = await ada.is_offered()
    assert PAGE.format(booking=first.id, token=first.token) in await ada.mail(first)
    assert 409 == (await salon.ask()).status_code  # it is held for her

    await first.becomes("expired")
    second = await grace.is_offered()
    shown = await ada.show()
    assert ("waiting", 1, 1) == (shown["state"], shown["position"], shown["lapses"])
    assert 200 == (await second.confirm()).status_code
    await grace.becomes("accepted")
    assert [second.ref.booking_id] == await salon.claims()
    assert 5000 == (await second.effects()).kept
    assert ["held", "waitlist_offered"] == (await second.timeline())[:2]


async def test_who_leaves_lets_the_next_have_it_at_once(offering: Deployment) -> None:
    salon = await a_day_with_one_time(offering)
    ada = await joins(salon, "Ada")
    offer = await ada.is_offered()
    grace = await joins(salon, "Grace")
    headers = {"Authorization": f"Bearer {ada.token}"}
    left = await offering.http.delete(f"/api/v1/waitlist/{ada.id}", headers=headers)
    assert (200, "left") == (left.status_code, left.json()["state"])
    assert "waitlist_lapsed" in await offer.timeline()
    await grace.is_offered()


async def test_a_day_off_that_is_taken_back_is_offered(offering: Deployment) -> None:
    salon = await a_day_with_one_time(offering)
    day = salon.starts_at.date().isoformat()
    away = await salon.shop.post(f"/providers/{salon.provider_id}/time-off", {"from": day, "to": day})
    assert 201 == away.status_code, away.text
    ada = await joins(salon, "Ada")
    assert "waiting" == (await ada.show())["state"]
    await salon.shop.delete(f"/providers/{salon.provider_id}/time-off/{away.json()['id']}")
    await ada.is_offered()


async def test_a_worker_killed_between_the_offer_and_its_message_tells_of_it_all_the_same(engines: Engines) -> None:
    async with deserted(engines, offer_page=PAGE) as deployment:
        salon = await a_day_with_one_time(deployment)
        with process_of_workers(deployment.settings):
            await becomes_ready(deployment)
            await deployment.vendors.fail_for_good("smtp", "send", Mode.ERROR_500)
            ada = await joins(salon, "Ada")
            offer = await ada.is_offered()
            await until(lambda: is_queued(offer))
        await deployment.vendors.heal()
        async with deployment.worker():
            assert offer.token in await ada.mail(offer)
            mails = [one for one in await deployment.vendors.messages(offer.id, ada.email) if one["channel"] == "email"]
            assert 1 == len(mails)
            assert 200 == (await offer.confirm()).status_code
            await ada.becomes("accepted")
        assert [offer.ref.booking_id] == await salon.claims()
