"""The saga on DBOS keeps what is compared: one winner for a slot, no money without one, and it goes on after a crash."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from bench.dbos.system import DbosSystem, running, until_all_answer
from bench.system import PROGRAM
from embedded.places import vendors
from embedded.postgres import EmbeddedPostgres
from store.api_keys import create_api_key
from store.businesses import create_business
from store.pool import open_pool
from tests.waiting import until

HOLD_SECONDS = 15  # longer than anybody here takes to confirm


@dataclass(frozen=True, slots=True)
class Shop:
    """A business with one provider on the running system, and what customers and tests ask."""

    system: DbosSystem
    client: httpx.AsyncClient
    pool: asyncpg.Pool
    service_id: str
    provider_id: str
    slots: list[str]
    forgotten: dict[str, Any] = field(default_factory=dict)
    """A hold of which nobody thinks any more, made before all tests."""

    async def hold(self, starts_at: str) -> httpx.Response:
        customer = {
            "name": "Ada",
            "email": "ada@example.com",
            "phone": "+4930901000",
            "timezone": "Europe/Berlin",
            "locale": "en",
        }
        wish = {"service_id": self.service_id, "provider_id": self.provider_id, "starts_at": starts_at, "seats": 1}
        return await self.client.post("/api/v1/bookings", json={**wish, "customer": customer})

    async def confirm(self, held: dict[str, Any], method: str = "pm_card_visa") -> httpx.Response:
        return await self.client.post(f"/api/v1/bookings/{held['id']}/confirm", json={"payment_method": method})

    async def status(self, held: dict[str, Any]) -> str:
        return str((await self.client.get(f"/api/v1/bookings/{held['id']}")).json()["status"])

    async def outside(self) -> dict[str, list[dict[str, Any]]]:
        """What the vendors know."""
        return dict((await self.client.get(f"{self.system.sandbox_url}/state")).json())

    async def fault(self, **wish: Any) -> None:
        (await self.client.post(f"{self.system.sandbox_url}/faults", json=wish)).raise_for_status()


@pytest.fixture(scope="module")
async def shop(
    postgres_server: EmbeddedPostgres, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shop]:
    logs = tmp_path_factory.mktemp("dbos")
    secret = f"whsec_{48 * '0'}"
    settings = {
        "api_host": "127.0.0.1",
        "token_secret": uuid4().hex,
        "hold_seconds": str(HOLD_SECONDS),
        "stripe_webhook_secret": secret,
        **vendors("http://127.0.0.1", secret),
    }
    database = postgres_server.url("postgres")
    async with running(database, settings, PROGRAM, logs, 1) as system:
        pool = await open_pool(system.database_url, 2)
        try:
            business_id = await create_business(pool, "Salon", "Europe/Berlin")
            key = await create_api_key(pool, business_id, "test")
            headers = {"Authorization": f"Bearer {key}"}
            async with httpx.AsyncClient(base_url=system.api_url, headers=headers, trust_env=False, timeout=30) as client:
                opened = await _open(system, client, pool)
                opened.forgotten.update((await opened.hold(opened.slots.pop())).json())
                yield opened
        finally:
            await pool.close()


async def _open(system: DbosSystem, client: httpx.AsyncClient, pool: asyncpg.Pool) -> Shop:
    async def made(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await client.request(method, f"/api/v1{path}", json=body)
        assert answer.is_success, answer.text
        return dict(answer.json())

    price = {"amount": 6500, "currency": "EUR"}
    service = await made("POST", "/services", {"name": "Cut", "duration_minutes": 60, "price": price, "payment": "online"})
    who = {"name": "Emil", "timezone": "Europe/Berlin", "email": "emil@example.com", "service_ids": [service["id"]]}
    provider = await made("POST", "/providers", who)
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    weekly = {day: [{"start": "08:00", "end": "18:00"}] for day in days}
    await made("PUT", f"/providers/{provider['id']}/schedule", {"weekly": weekly})
    since = datetime.now(UTC).date() + timedelta(days=3)
    query = {"service_id": service["id"], "from": since.isoformat(), "to": (since + timedelta(days=7)).isoformat()}
    offered = (await client.get(f"/api/v1/providers/{provider['id']}/slots", params=query)).json()["slots"]
    return Shop(system, client, pool, service["id"], provider["id"], [slot["starts_at"] for slot in offered][::4])


async def test_a_booking_is_paid_once_written_and_told(shop: Shop) -> None:
    held = (await shop.hold(shop.slots.pop())).json()
    assert "pending" == held["status"]
    answer = await shop.confirm(held)
    assert (200, "confirmed") == (answer.status_code, answer.json()["status"])
    told = "SELECT channel FROM notifications WHERE booking_id = $1 AND vendor_id IS NOT NULL ORDER BY channel"
    await until(lambda: _rows(shop, told, held, 2))
    outside = await shop.outside()
    paid = [one for one in outside["payments"] if one["booking_id"] == held["id"]]
    assert [(6500, 0)] == [(one["captured"], one["refunded"]) for one in paid]
    waits = "SELECT 1 FROM dbos.workflow_status WHERE workflow_uuid = 'complete-' || $1::uuid::text AND status = 'DELAYED'"
    await until(lambda: _rows(shop, waits, held, 1))


async def test_of_many_who_want_one_slot_one_gets_it(shop: Shop) -> None:
    wanted = shop.slots.pop()
    answers = await asyncio.gather(*(shop.hold(wanted) for _ in range(8)))
    assert Counter({201: 1, 409: 7}) == Counter(answer.status_code for answer in answers)
    claims = await shop.pool.fetchval("SELECT count(*) FROM claims WHERE lower(during) = $1", datetime.fromisoformat(wanted))
    assert 1 == claims


async def test_a_declined_card_keeps_the_hold_until_it_is_let_go(shop: Shop) -> None:
    held = (await shop.hold(wanted := shop.slots.pop())).json()
    declined = await shop.confirm(held, "pm_card_chargeDeclined")
    assert (402, "pending") == (declined.status_code, await shop.status(held))
    assert "cancelled" == (await shop.client.post(f"/api/v1/bookings/{held['id']}/cancel", json={})).json()["status"]
    assert 201 == (await shop.hold(wanted)).status_code
    assert [0] == [one["captured"] for one in (await shop.outside())["payments"] if one["booking_id"] == held["id"]]


async def test_another_card_may_be_tried(shop: Shop) -> None:
    held = (await shop.hold(shop.slots.pop())).json()
    assert 402 == (await shop.confirm(held, "pm_card_chargeDeclined")).status_code
    assert "confirmed" == (await shop.confirm(held)).json()["status"]


async def test_a_calendar_that_refuses_undoes_the_money(shop: Shop) -> None:
    held = (await shop.hold(shop.slots.pop())).json()
    await shop.pool.execute("UPDATE providers SET calendar_id = 'gone' WHERE id = $1", shop.provider_id)
    await shop.fault(vendor="google", operation="insert", mode="decline", times=-1)
    try:
        answer = await shop.confirm(held)
    finally:
        await shop.client.delete(f"{shop.system.sandbox_url}/faults")
        await shop.pool.execute("UPDATE providers SET calendar_id = NULL WHERE id = $1", shop.provider_id)
    assert 409 == answer.status_code, answer.text
    assert "failed" == await shop.status(held)
    payments = (await shop.outside())["payments"]
    assert [0] == [one["captured"] for one in payments if one["booking_id"] == held["id"]]


async def test_a_crash_in_the_middle_is_recovered(shop: Shop) -> None:
    """Killed while the vendor is slow to capture; the program goes on with the booking when it is started again."""
    held = (await shop.hold(shop.slots.pop())).json()
    await shop.fault(vendor="stripe", operation="capture", mode="slow", times=1)
    confirming = asyncio.create_task(shop.confirm(held))
    (program,) = shop.system.programs
    begun = "SELECT 1 FROM booking_events WHERE booking_id = $1 AND key = 'claim-secured'"
    await until(lambda: _rows(shop, begun, held, 1))
    program.kill()
    assert isinstance((await asyncio.gather(confirming, return_exceptions=True))[0], httpx.TransportError)
    program.start()
    await until_all_answer(shop.system.api_url, [program])
    await until(lambda: _is(shop, held, "confirmed"), 60)
    payments = (await shop.outside())["payments"]
    assert [(6500, 0)] == [(one["captured"], one["refunded"]) for one in payments if one["booking_id"] == held["id"]]


async def test_the_timer_ends_a_hold_that_nobody_confirms(shop: Shop) -> None:
    await until(lambda: _is(shop, shop.forgotten, "expired"), HOLD_SECONDS + 20)
    assert 201 == (await shop.hold(shop.forgotten["starts_at"])).status_code
    assert 0 == await shop.pool.fetchval("SELECT count(*) FROM claim_seats WHERE booking_id = $1", shop.forgotten["id"])


async def _rows(shop: Shop, query: str, held: dict[str, Any], number: int) -> bool:
    return number == len(await shop.pool.fetch(query, held["id"]))


async def _is(shop: Shop, held: dict[str, Any], status: str) -> bool:
    return status == await shop.status(held)
