"""Webhooks to a business's own system: every change, signed, in order, whatever dies or hangs on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from embedded.postgres import EmbeddedPostgres
from sandbox.faults import FOR_GOOD, Mode
from store.pool import open_pool
from store.webhook_events import SPREADS
from tests.databases import copied
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.salon import DECLINED_CARD, Salon, Visit, open_salon
from tests.journeys.test_restarts import becomes_ready
from tests.journeys.workers import process_of_workers
from tests.waiting import PATIENCE, until
from worker import telling

PATH = "/webhook-endpoints"
OPEN: dict[str, Any] = {"webhook_may_be_local": True, "webhook_retry_seconds": (0.3, 0.3)}


@dataclass(frozen=True, slots=True)
class Crm:
    """The business's own system: an endpoint of the API, and the sandbox's receiver behind it."""

    salon: Salon
    name: str
    id: str
    secret: str

    async def call(self, method: str, path: str = "", **body: Any) -> Any:
        http, auth = self.salon.shop.client, self.salon.shop.auth
        answer = await http.request(method, f"/api/v1{PATH}/{self.id}{path}", json=body or None, headers=auth)
        assert answer.is_success, answer.text
        return answer.json()

    async def fails(self, mode: Mode, times: int = 1, seconds: float = 3) -> None:
        await self.salon.deployment.vendors.fail("receiver", self.name, mode, times, seconds)

    async def learns(self, *secrets: str) -> None:
        told = await self.salon.deployment.vendors.http.put(f"/receiver/{self.name}", json={"secrets": list(secrets)})
        told.raise_for_status()

    async def got(self, visit: Visit | None = None) -> list[dict[str, Any]]:
        webhooks = (await self.salon.deployment.vendors.state())["webhooks"]
        mine = [one for one in webhooks if one["receiver"] == self.name]
        return [one for one in mine if visit is None or (one["data"] or {}).get("id") == visit.id]

    async def hears(self, visit: Visit, *types: str, seconds: float = PATIENCE) -> None:
        """Waits for just these events of this booking, each once or more and in this order; shows what came instead."""
        heard: list[str] = []

        async def has_heard() -> bool:
            nonlocal heard
            heard = list(dict.fromkeys(one["type"] for one in await self.got(visit)))
            return heard == list(types)

        try:
            await until(has_heard, seconds, every=0.1)
        except TimeoutError:
            assert list(types) == heard

    async def states(self) -> list[str]:
        return [one["state"] for one in (await self.call("GET", "/deliveries"))["items"]]

    async def comes_to(self, *states: str) -> None:
        async def has_come() -> bool:
            return sorted(states) == sorted(await self.states())

        await until(has_come, every=0.1)


async def listen(salon: Salon, *event_types: str) -> Crm:
    name = uuid4().hex
    url = f"{salon.deployment.vendors.url}/receiver/{name}"
    made = await salon.shop.post(PATH, {"url": url, "event_types": event_types})
    assert made.status_code == httpx.codes.CREATED, made.text
    crm = Crm(salon, name, made.json()["id"], made.json()["secret"])
    await crm.learns(crm.secret)
    return crm


async def is_spread(salon: Salon) -> bool:
    """Whether everything that happened so far has been made into deliveries."""
    query = "SELECT NOT EXISTS (SELECT FROM webhook_events WHERE business_id = $1 AND payload IS NULL)"
    return bool(await salon.deployment.pool.fetchval(query, salon.business_id))


@asynccontextmanager
async def at_work(deployment: Deployment) -> AsyncIterator[None]:
    async with deployment.worker(), telling(deployment.settings, deployment.temporal, *deployment.pools):
        yield


@pytest.fixture(scope="module")
async def telling_system(engines: Engines) -> AsyncIterator[Deployment]:
    async with deployed(engines, f"telling-{uuid4().hex}", has_worker=False, **OPEN) as deployment, at_work(deployment):
        yield deployment


@pytest.fixture
async def salon(telling_system: Deployment) -> AsyncIterator[Salon]:
    yield await open_salon(telling_system)
    await telling_system.tidy_up()


async def test_a_booking_is_told_from_hold_to_cancel_signed_and_as_get_shows_it(salon: Salon) -> None:
    crm = await listen(salon, "booking.held", "booking.confirmed", "booking.cancelled", "payment.captured")
    visit = await salon.hold()
    await visit.confirm()
    await crm.hears(visit, "booking.held", "payment.captured", "booking.confirmed")
    shown = await visit.show()
    (confirmed,) = [one for one in await crm.got(visit) if one["type"] == "booking.confirmed"]
    assert confirmed["verified"]
    assert shown | {"next_action": None} == confirmed["data"]
    assert "manage_token" not in confirmed["data"]


async def test_what_fails_is_tried_again_and_arrives(salon: Salon) -> None:
    crm = await listen(salon, "booking.held", "booking.confirmed")
    await crm.fails(Mode.ERROR_500)
    await crm.fails(Mode.TIMEOUT_BEFORE)
    visit = await salon.hold()
    await crm.hears(visit, "booking.held")
    await crm.comes_to("delivered")
    ((logged,)) = (await crm.call("GET", "/deliveries"))["items"]
    assert (3, 200, "taken") == (logged["attempts"], logged["last_status"], logged["last_answer"])


async def test_an_answer_that_is_lost_brings_the_event_twice_under_one_id(salon: Salon) -> None:
    crm = await listen(salon, "booking.held")
    await crm.fails(Mode.TIMEOUT_AFTER)
    visit = await salon.hold()
    await crm.comes_to("delivered")
    first, again = await crm.got(visit)
    assert (first["id"], first["data"]) == (again["id"], again["data"])


async def test_a_receiver_that_says_410_hears_nothing_more_until_it_is_enabled_again(salon: Salon) -> None:
    crm = await listen(salon, "booking.held", "booking.cancelled")
    await crm.fails(Mode.DECLINE)
    visit = await salon.hold()
    await crm.comes_to("failed")
    disabled = await crm.call("GET")
    assert (False, "gone") == (disabled["enabled"], disabled["disabled_reason"])
    await visit.cancel()
    await until(lambda: is_spread(salon))
    assert ["failed"] == await crm.states()
    await crm.call("PATCH", enabled=True)
    now = datetime.now(UTC)
    since, until_ = (now - timedelta(hours=1)).isoformat(), (now + timedelta(minutes=1)).isoformat()
    assert {"deliveries": 2} == await crm.call("POST", "/replay", **{"from": since, "to": until_})
    await crm.hears(visit, "booking.held", "booking.cancelled")


async def test_a_receiver_that_never_answers_delays_no_booking_no_message_and_no_other_receiver(salon: Salon) -> None:
    """C40."""
    hanging, good = await listen(salon), await listen(salon, "booking.held", "booking.confirmed")
    await hanging.fails(Mode.SLOW, FOR_GOOD, seconds=60)
    visit = await salon.hold()
    answer = await visit.confirm()
    assert (200, "confirmed") == (answer.status_code, answer.json()["status"])
    await good.hears(visit, "booking.held", "booking.confirmed", seconds=10)
    await visit.is_told("notification_sent", times=2)
    assert [] == await hanging.got()


async def test_both_secrets_are_good_until_the_old_one_ends(salon: Salon) -> None:
    crm = await listen(salon, "booking.held", "booking.cancelled")
    fresh = await crm.call("POST", "/rotate-secret", old_valid_minutes=60)
    visit = await salon.hold()
    await crm.hears(visit, "booking.held")
    await crm.learns(fresh["secret"])
    await visit.cancel()
    await crm.hears(visit, "booking.held", "booking.cancelled")
    assert all(one["verified"] for one in await crm.got())
    newest = await crm.call("POST", "/rotate-secret", old_valid_minutes=0)
    assert newest["secret"] != fresh["secret"]
    await crm.call("POST", "/test")

    async def has_come() -> bool:
        return len(await crm.got()) == 3

    await until(has_come)
    assert not (await crm.got())[-1]["verified"], "the old one alone is good no more"
    await crm.learns(newest["secret"])
    await crm.comes_to("delivered", "delivered", "delivered")


async def test_a_delivery_is_sent_again_when_it_is_asked_for(salon: Salon) -> None:
    crm = await listen(salon, "booking.held")
    visit = await salon.hold()
    await crm.comes_to("delivered")
    ((first,)) = (await crm.call("GET", "/deliveries"))["items"]
    await crm.call("POST", f"/deliveries/{first['id']}/replay")
    await crm.comes_to("delivered", "delivered")
    once, again = await crm.got(visit)
    assert (once["id"], once["data"]) == (again["id"], again["data"])


async def test_a_test_event_arrives_at_once(salon: Salon) -> None:
    crm = await listen(salon, "booking.no_show")
    await crm.call("POST", "/test")
    await crm.comes_to("delivered")
    ((got,)) = await crm.got()
    assert ("webhook_endpoint.test", True, {"endpoint_id": crm.id}) == (got["type"], got["verified"], got["data"])


async def test_a_declined_card_is_told_and_no_confirmation(salon: Salon) -> None:
    """C12."""
    crm = await listen(salon, "booking.held", "booking.confirmed", "payment.declined", "booking.cancelled")
    visit = await salon.hold()
    await visit.confirm(DECLINED_CARD)
    await visit.cancel()
    await crm.hears(visit, "booking.held", "payment.declined", "booking.cancelled")


@pytest.fixture
async def deserted(
    postgres_server: EmbeddedPostgres, postgres_url: str, engines: Engines
) -> AsyncIterator[tuple[Salon, asyncpg.Pool]]:
    """A business whose workers are the test's to start, in a database that no other deployment's workers look into."""
    async with copied(postgres_server, postgres_url) as url:
        pool = await open_pool(url, 5)
        own = Engines(url, engines.temporal_address, pool)
        async with deployed(own, f"deserted-{uuid4().hex}", has_worker=False, **OPEN) as deployment:
            yield await open_salon(deployment), pool
            await deployment.tidy_up()
        await pool.close()


async def test_a_worker_killed_between_commit_and_delivery_loses_nothing(deserted: tuple[Salon, asyncpg.Pool]) -> None:
    """The lock keeps it from going further than the commit until it is dead."""
    salon, pool = deserted
    async with pool.acquire() as connection:
        crm = await listen(salon, "booking.held", "booking.confirmed")
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SELECT pg_advisory_xact_lock($1)", SPREADS)
        with process_of_workers(salon.deployment.settings):
            await becomes_ready(salon.deployment)
            visit = await salon.hold()
            await visit.confirm()
        await transaction.rollback()
    assert [] == await crm.got()
    async with at_work(salon.deployment):
        await crm.hears(visit, "booking.held", "booking.confirmed")


async def test_a_worker_killed_while_the_receiver_works_posts_again_under_the_same_id(
    deserted: tuple[Salon, asyncpg.Pool],
) -> None:
    salon, _ = deserted
    crm = await listen(salon, "booking.held")
    await crm.fails(Mode.SLOW, seconds=2)
    with process_of_workers(salon.deployment.settings):
        await becomes_ready(salon.deployment)
        visit = await salon.hold()
        await until(salon.deployment.vendors.used_up)
    async with at_work(salon.deployment):
        await crm.comes_to("delivered")
    got = await crm.got(visit)
    assert (2, 1) == (len(got), len({one["id"] for one in got}))


async def test_many_bookings_at_once_are_each_told_in_their_order(salon: Salon) -> None:
    """C40: no path is left out."""
    crm = await listen(salon, "booking.held", "booking.cancelled")
    times = [salon.starts_at + timedelta(hours=number) for number in range(8)]

    async def visit_at(starts_at: datetime) -> Visit:
        answer = await salon.shop.book(salon.service_id, salon.provider_id, starts_at)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        salon.deployment.booked.append(f"booking-{answer.json()['id']}")
        visit = salon.visit(answer)
        await visit.cancel()
        return visit

    visits = await asyncio.gather(*(visit_at(starts_at) for starts_at in times))
    for visit in visits:
        await crm.hears(visit, "booking.held", "booking.cancelled")
