"""Many who want one slot at once, as they meet the API: as few holds are begun as there are places, and everybody is answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from api.application import build_app
from api.commands.outcomes import Unavailable
from api.turnstile import Turnstile
from api.wiring import Wiring
from domain.bookings import HoldSlot, OnCalendarFailure
from settings import Settings
from store.slots import read_slot_facts
from tests.api.shop import CUSTOMER, FakeCommands, Shop
from tests.waiting import until

CROWD = 40


@dataclass
class SlowCommands(FakeCommands):
    """Holds one by one, when the test lets them: each takes what was put in for it, and fails with it where it is a fault."""

    lets: asyncio.Queue[Exception | None] = field(default_factory=asyncio.Queue)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0

    def __post_init__(self) -> None:
        self.answers.set()

    async def hold(self, order: HoldSlot, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        self.asked += 1
        fault = await self.lets.get()
        if fault is not None:
            self.orders.append(order)
            raise fault
        await super().hold(order, on_calendar_failure)
        await self.answers.wait()


@pytest.fixture(autouse=True)
def patient(app: FastAPI) -> None:
    """Nobody is sent away because the machine is busy."""
    app.state.wiring = replace(app.state.wiring, turnstile=Turnstile(timedelta(minutes=5)))


@pytest.fixture
def slow(pool: asyncpg.Pool, app: FastAPI, patient: None) -> SlowCommands:
    commands = SlowCommands(pool)
    app.state.wiring = replace(app.state.wiring, commands=commands)
    return commands


def ask(
    shop: Shop, service: str, provider: str | None, at: datetime, number: int, **changed: Any
) -> asyncio.Task[httpx.Response]:
    customer = CUSTOMER | {"email": f"{number}@example.com"}
    return asyncio.create_task(shop.book(service, provider, at, customer=customer, **{"key": f"key-{number}"} | changed))


async def everybody(shop: Shop, service: str, provider: str | None, at: datetime, count: int = CROWD) -> list[httpx.Response]:
    return await asyncio.gather(*(ask(shop, service, provider, at, number) for number in range(count)))


def statuses(answers: Sequence[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


async def test_of_a_crowd_at_one_slot_one_hold_is_begun(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    answers = await everybody(shop, service, await shop.provider(service), nine_in_a_week)
    assert ({201: 1, 409: CROWD - 1}, 1) == (statuses(answers), len(commands.orders))
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert 1 == len({str(problem) for problem in lost})
    assert lost[0]["next_slots"][0]["starts_at"] == (nine_in_a_week + timedelta(hours=1)).isoformat()


async def test_nobody_is_refused_because_of_a_hold_that_fails(shop: Shop, slow: SlowCommands, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    slow.lets.put_nowait(Unavailable("the worker died"))
    slow.lets.put_nowait(None)
    answers = await everybody(shop, service, await shop.provider(service), nine_in_a_week)
    assert ({201: 1, 503: 1, 409: CROWD - 2}, 2) == (statuses(answers), len(slow.orders))


async def test_whoever_waits_is_refused_before_the_hold_is_answered(
    shop: Shop, slow: SlowCommands, nine_in_a_week: datetime
) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    slow.lets.put_nowait(None)
    slow.answers.clear()
    first = ask(shop, service, provider, nine_in_a_week, 1)
    await until(lambda: slow.orders)
    assert 409 == (await ask(shop, service, provider, nine_in_a_week, 2)).status_code
    assert not first.done()
    slow.answers.set()
    assert 201 == (await first).status_code


async def test_a_key_in_a_crowd_gets_its_first_answer(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    await shop.slots(service, provider, nine_in_a_week.date())  # whose it is is known, so they come in their order
    asked = [ask(shop, service, provider, nine_in_a_week, number) for number in (1, 2, 1, 3, 1, 2)]
    answers = await asyncio.gather(*asked)
    assert [201, 409, 201, 409, 201, 409] == [answer.status_code for answer in answers]
    assert 1 == len({answer.text for answer in answers if answer.status_code == 201})
    assert 1 == len(commands.orders)


async def test_a_key_that_booked_is_answered_also_when_others_are_refused_by_what_is_kept(
    shop: Shop, nine_in_a_week: datetime
) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    first = await ask(shop, service, provider, nine_in_a_week, 1)
    assert 409 == (await ask(shop, service, provider, nine_in_a_week, 2)).status_code
    again = await ask(shop, service, provider, nine_in_a_week, 1)
    assert (201, first.json(), "true") == (again.status_code, again.json(), again.headers["idempotent-replayed"])


async def test_any_provider_is_tried_for_by_one_at_a_time(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    providers = {await shop.provider(service) for _ in range(3)}
    answers = await everybody(shop, service, None, nine_in_a_week)
    assert {201: 3, 409: CROWD - 3} == statuses(answers)
    assert providers == {answer.json()["provider_id"] for answer in answers if answer.status_code == 201}
    assert 3 == len(commands.orders)


async def test_a_session_is_filled_with_one_hold_a_seat(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    service = await shop.service(capacity=5)
    answers = await everybody(shop, service, await shop.provider(service), nine_in_a_week)
    assert ({201: 5, 409: CROWD - 5}, 5) == (statuses(answers), len(commands.orders))


async def test_a_slot_that_is_given_back_is_sold_again_at_once(
    shop: Shop, nine_in_a_week: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = 0

    async def counted(*asked: Any, **more: Any) -> Any:
        nonlocal reads
        reads += 1
        return await read_slot_facts(*asked, **more)

    monkeypatch.setattr("api.holding.read_slot_facts", counted)
    service = await shop.service()
    provider = await shop.provider(service)
    held = (await ask(shop, service, provider, nine_in_a_week, 1)).json()
    assert [409] * 5 == [(await ask(shop, service, provider, nine_in_a_week, number)).status_code for number in range(2, 7)]
    assert 2 == reads  # for the winner and the first loser: the others were refused by a look-up
    token = {"Authorization": f"Bearer {held['manage_token']}"}
    cancelled = await shop.client.post(f"/api/v1/bookings/{held['id']}/cancel", json={}, headers=token)
    assert 200 == cancelled.status_code
    assert 201 == (await ask(shop, service, provider, nine_in_a_week, 2)).status_code


async def test_a_hold_that_lapses_is_sold_again_though_nobody_wrote_anything(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    await ask(shop, service, provider, nine_in_a_week, 1)
    await shop.pool.execute("UPDATE claim_seats SET expires_at = clock_timestamp() + interval '2 s' WHERE expires_at IS NOT NULL")
    assert 409 == (await ask(shop, service, provider, nine_in_a_week, 2)).status_code

    async def is_sold() -> bool:
        return (await ask(shop, service, provider, nine_in_a_week, 2)).status_code == 201

    await until(is_sold)


async def test_who_goes_away_while_they_hold_leaves_the_turn_to_the_next(
    shop: Shop, slow: SlowCommands, nine_in_a_week: datetime
) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    gone = ask(shop, service, provider, nine_in_a_week, 1)
    await until(lambda: slow.asked)
    stays = ask(shop, service, provider, nine_in_a_week, 2)
    gone.cancel()
    slow.lets.put_nowait(None)
    assert 201 == (await stays).status_code


async def test_of_two_processes_the_database_is_the_judge(
    shop: Shop,
    settings: Settings,
    pool: asyncpg.Pool,
    tenant_pool: asyncpg.Pool,
    door_pool: asyncpg.Pool,
    nine_in_a_week: datetime,
) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    elsewhere = Wiring(settings, tenant_pool, door_pool, FakeCommands(pool), None, Turnstile(timedelta(minutes=5)))
    transport = httpx.ASGITransport(build_app(settings, elsewhere))
    async with httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test") as client:
        twin = Shop(client, pool, shop.business_id, shop.key)
        asked = [ask((shop, twin)[number % 2], service, provider, nine_in_a_week, number) for number in range(CROWD)]
        answers = await asyncio.gather(*asked)
    assert {201: 1, 409: CROWD - 1} == statuses(answers)
    assert 1 == await pool.fetchval("SELECT count(*) FROM claims WHERE business_id = $1", shop.business_id)
