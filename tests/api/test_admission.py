"""More is asked for than can be done: who is turned away, how, and who is not."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from api import admission
from api.admission import Admission
from api.application import build_app
from api.commands.outcomes import Unavailable
from api.problems import Problem
from api.wiring import Wiring
from domain.bookings import HoldSlot, OnCalendarFailure
from domain.errors import HoldTooLate
from settings import Settings
from store import bookings
from tests.api.shop import CUSTOMER, FakeCommands, Shop
from tests.waiting import until


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"api_holds_at_once": 4})


@pytest.fixture
def commands(request: pytest.FixtureRequest, pool: asyncpg.Pool) -> FakeCommands:
    kind: type[FakeCommands] = getattr(request, "param", FakeCommands)
    return kind(pool)


@pytest.fixture
def wired(tenant_pool: asyncpg.Pool, door_pool: asyncpg.Pool, settings: Settings, commands: FakeCommands) -> Wiring:
    return Wiring(settings, tenant_pool, door_pool, commands, None)


@pytest.fixture
def app(wired: Wiring, settings: Settings) -> FastAPI:
    return build_app(settings, wired)


@pytest.fixture
def gate(wired: Wiring) -> Admission:
    return wired.admission


class Full:
    """As many holds under way as there may be."""

    def __init__(self, gate: Admission) -> None:
        self._stack = ExitStack()
        self._gate = gate

    def __enter__(self) -> None:
        for _ in range(4):
            self._stack.enter_context(self._gate._limit.one_more())

    def __exit__(self, *_: object) -> None:
        self._stack.close()


async def wish(shop: Shop, starts_at: datetime) -> dict[str, Any]:
    service = await shop.service()
    provider = await shop.provider(service)
    return {"service_id": service, "provider_id": provider, "starts_at": starts_at.isoformat(), "customer": CUSTOMER}


async def booked(pool: asyncpg.Pool, shop: Shop) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM bookings WHERE business_id = $1", shop.business_id))


def is_turned_away(answer: httpx.Response) -> bool:
    assert (503, "overloaded") == (answer.status_code, answer.json()["code"])
    assert "application/problem+json" == answer.headers["content-type"]
    return 2 <= int(answer.headers["retry-after"]) <= 5


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "mine"}], ids=["without a key", "with a key"])
async def test_a_booking_too_many_is_turned_away_and_writes_nothing(
    shop: Shop, pool: asyncpg.Pool, commands: FakeCommands, gate: Admission, nine_in_a_week: datetime, headers: dict[str, str]
) -> None:
    body = await wish(shop, nine_in_a_week)
    with Full(gate):
        assert is_turned_away(await shop.client.post("/api/v1/bookings", json=body, headers=headers))
    assert (0, []) == (await booked(pool, shop), commands.orders)
    again = await shop.client.post("/api/v1/bookings", json=body, headers=headers)
    assert (201, False) == (again.status_code, "idempotent-replayed" in again.headers)


async def test_a_series_too_many_is_turned_away_and_writes_nothing(
    shop: Shop, pool: asyncpg.Pool, commands: FakeCommands, gate: Admission, nine_in_a_week: datetime
) -> None:
    body = await wish(shop, nine_in_a_week) | {"rrule": "FREQ=DAILY;COUNT=2", "payment": "at_once"}
    with Full(gate):
        assert is_turned_away(await shop.client.post("/api/v1/series", json=body, headers={"Idempotency-Key": "mine"}))
    assert (0, []) == (await booked(pool, shop), commands.series)
    assert 201 == (await shop.client.post("/api/v1/series", json=body, headers={"Idempotency-Key": "mine"})).status_code


async def test_the_repeat_of_what_was_accepted_is_answered(shop: Shop, gate: Admission, nine_in_a_week: datetime) -> None:
    body, key = await wish(shop, nine_in_a_week), {"Idempotency-Key": "mine"}
    first = await shop.client.post("/api/v1/bookings", json=body, headers=key)
    with Full(gate):
        again = await shop.client.post("/api/v1/bookings", json=body, headers=key)
    assert (201, "true", first.json()) == (again.status_code, again.headers["idempotent-replayed"], again.json())


async def test_what_was_accepted_goes_on_while_others_are_turned_away(
    shop: Shop, gate: Admission, nine_in_a_week: datetime
) -> None:
    body = await wish(shop, nine_in_a_week)
    path = "/api/v1/bookings"
    one, other = [
        (await shop.client.post(path, json=body | {"starts_at": (nine_in_a_week + timedelta(hours=hours)).isoformat()})).json()
        for hours in (0, 1)
    ]
    with Full(gate):
        for booking, command, what in ((one, "confirm", {"payment_method": "pm_card_visa"}), (other, "cancel", {})):
            mine = {"Authorization": f"Bearer {booking['manage_token']}"}
            assert 200 == (await shop.client.post(f"{path}/{booking['id']}/{command}", json=what, headers=mine)).status_code
        assert 200 == (await shop.client.get("/health/ready")).status_code


async def test_a_wish_that_is_wrong_is_told_so_where_it_has_a_key(shop: Shop, gate: Admission, nine_in_a_week: datetime) -> None:
    """It would be turned away for good, however often it came back."""
    body = await wish(shop, nine_in_a_week) | {"seats": 0}
    with Full(gate):
        assert 422 == (await shop.client.post("/api/v1/bookings", json=body, headers={"Idempotency-Key": "k"})).status_code


async def test_nothing_new_is_begun_while_tasks_wait_for_a_worker(
    shop: Shop, commands: FakeCommands, gate: Admission, nine_in_a_week: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "ASK_EVERY", 0.0)
    body = await wish(shop, nine_in_a_week)
    commands.backlog = 6.0

    async def is_shed() -> bool:
        said: dict[str, Any] = (await shop.client.post("/api/v1/bookings", json=body)).json()
        return said.get("code") == "overloaded"

    await until(is_shed)
    commands.backlog = 1.0

    async def is_taken() -> bool:
        return not await is_shed()

    await until(is_taken)


async def test_who_does_not_know_the_backlog_turns_nobody_away(shop: Shop, gate: Admission, nine_in_a_week: datetime) -> None:
    async def silent() -> float:
        raise TimeoutError

    gate._backlog = silent
    body = await wish(shop, nine_in_a_week)
    assert 201 == (await shop.client.post("/api/v1/bookings", json=body)).status_code


async def test_the_numbers_say_how_many_were_turned_away(shop: Shop, gate: Admission, nine_in_a_week: datetime) -> None:
    body = await wish(shop, nine_in_a_week)
    with Full(gate):
        for _ in range(3):
            is_turned_away(await shop.client.post("/api/v1/bookings", json=body))
        told = (await shop.client.get("/metrics")).text.splitlines()
    assert {
        'slotkeeper_shed_total{cause="limit"} 3.0',
        'slotkeeper_shed_total{cause="backlog"} 0.0',
        "slotkeeper_hold_limit 4.0",
        "slotkeeper_holds_under_way 4.0",
    } <= set(told)


async def test_the_log_tells_the_begin_and_the_end_and_nothing_between(
    gate: Admission, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "CALM_AFTER", 0.2)
    caplog.set_level(logging.WARNING, "slotkeeper.api")
    with Full(gate):
        for _ in range(5):
            with pytest.raises(Problem):
                gate.check()
    await until(lambda: len(caplog.messages) > 1)
    begin, end = caplog.messages
    assert begin.startswith("New bookings are turned away: 4 holds under way, the limit is 4")
    assert end.startswith("New bookings are taken again: 5 were turned away in 0 s")


class LateCommands(FakeCommands):
    """Nobody gets to the first hold before its caller is told to come again; its workflow's id is spent then."""

    async def hold(self, order: HoldSlot, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        if not self.spent:
            self.spent.add(order.booking_id)
            with pytest.raises(HoldTooLate):
                await bookings.hold(self.pool, order, timedelta(minutes=5), datetime.now(UTC) - timedelta(seconds=1))
            raise Unavailable("no worker answered in time")
        await super().hold(order, on_calendar_failure)


@pytest.mark.parametrize("commands", [LateCommands], indirect=True)
async def test_who_was_told_to_come_again_is_held_under_the_same_key(shop: Shop, nine_in_a_week: datetime) -> None:
    body, key = await wish(shop, nine_in_a_week), {"Idempotency-Key": "mine"}
    first = await shop.client.post("/api/v1/bookings", json=body, headers=key)
    assert (503, "unavailable") == (first.status_code, first.json()["code"])
    again = await shop.client.post("/api/v1/bookings", json=body, headers=key)
    once_more = await shop.client.post("/api/v1/bookings", json=body, headers=key)
    assert (201, "pending") == (again.status_code, again.json()["status"])
    assert (201, again.json()) == (once_more.status_code, once_more.json())
    listed = (await shop.get("/bookings")).json()["items"]
    assert ["expired", "pending"] == sorted(booking["status"] for booking in listed)
