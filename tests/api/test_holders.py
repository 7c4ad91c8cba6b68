"""Whoever holds too much hears so, and what makes room; nobody else does, and nothing is begun for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from api.application import build_app
from api.wiring import Wiring
from settings import Settings
from tests.api.shop import CUSTOMER, FakeCommands, Shop, problem

HALF_AN_HOUR = timedelta(minutes=30)
Opened = Callable[..., Awaitable[Shop]]


@pytest.fixture
async def opened(
    tenant_pool: asyncpg.Pool, door_pool: asyncpg.Pool, settings: Settings, commands: FakeCommands, shop: Shop
) -> AsyncIterator[Opened]:
    """The shop as somebody at this address sees it."""
    async with AsyncExitStack() as stack:

        async def open_shop(address: str = "203.0.113.1", **caps: Any) -> Shop:
            changed = {"unlimited_networks": "none"} | caps
            present = Settings.model_validate(settings.model_dump() | changed)
            app = build_app(present, Wiring(present, tenant_pool, door_pool, commands, None))
            transport = httpx.ASGITransport(app, client=(address, 4711))
            client = httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test")
            return replace(shop, client=await stack.enter_async_context(client))

        yield open_shop


@pytest.fixture
async def place(shop: Shop) -> tuple[str, str]:
    service = await shop.service(duration_minutes=30, payment="none", price={"amount": 0, "currency": "EUR"})
    return service, await shop.provider(service)


async def test_a_customer_is_told_what_makes_room(opened: Opened, place: tuple[str, str], nine_in_a_week: datetime) -> None:
    shop = await opened(holds_per_customer=2)
    held = [await shop.book(*place, nine_in_a_week + n * HALF_AN_HOUR) for n in range(2)]
    assert [201, 201] == [answer.status_code for answer in held]
    same = CUSTOMER | {"email": "Grace+again@EXAMPLE.com", "phone": None}
    refused = await shop.book(*place, nine_in_a_week + 2 * HALF_AN_HOUR, customer=same)
    assert (429, "too-many-holds", []) == problem(refused)
    said = refused.json()
    assert ("customer", 2) == (said["limit"], said["most"])
    assert 100 < int(refused.headers["retry-after"]) <= 300
    assert "confirm or cancel" in said["detail"]
    booking = held[0].json()
    auth = {"Authorization": f"Bearer {booking['manage_token']}"}
    await shop.client.post(f"/api/v1/bookings/{booking['id']}/cancel", headers=auth)
    assert 201 == (await shop.book(*place, nine_in_a_week + 2 * HALF_AN_HOUR, customer=same)).status_code


async def test_whoever_was_refused_begins_nothing_more(
    opened: Opened, place: tuple[str, str], nine_in_a_week: datetime, commands: FakeCommands
) -> None:
    shop = await opened(holds_per_customer=1)
    await shop.book(*place, nine_in_a_week)
    for n in range(1, 4):
        assert 429 == (await shop.book(*place, nine_in_a_week + n * HALF_AN_HOUR)).status_code
    assert 2 == len(commands.orders)  # the one that is held, and the one that found out
    other = CUSTOMER | {"email": "ada@example.com", "phone": None}
    assert 201 == (await shop.book(*place, nine_in_a_week + HALF_AN_HOUR, customer=other)).status_code


async def test_one_address_holds_so_much_for_whomever(opened: Opened, place: tuple[str, str], nine_in_a_week: datetime) -> None:
    caps = {"holds_per_address": 2, "holds_per_customer": 0}
    shop, neighbour = await opened("2001:db8::1", **caps), await opened("2001:db8:0:1::1", **caps)
    statuses = []
    for n in range(3):
        who = {"name": "Ada", "email": f"{uuid4().hex}@example.com"}
        statuses.append((await shop.book(*place, nine_in_a_week + n * HALF_AN_HOUR, customer=who)).status_code)
    assert [201, 201, 429] == statuses
    assert 201 == (await neighbour.book(*place, nine_in_a_week + 2 * HALF_AN_HOUR)).status_code


async def test_a_shops_own_server_has_no_address_but_its_customers_are_counted(
    opened: Opened, place: tuple[str, str], nine_in_a_week: datetime
) -> None:
    shop = await opened(holds_per_address=1, holds_per_customer=2, unlimited_networks="203.0.113.0/24")
    assert [201, 201, 429] == [(await shop.book(*place, nine_in_a_week + n * HALF_AN_HOUR)).status_code for n in range(3)]


async def test_staff_who_set_rules_aside_are_not_counted(
    opened: Opened, place: tuple[str, str], nine_in_a_week: datetime
) -> None:
    shop = await opened(holds_per_customer=1)
    for n in range(3):
        body = {
            "service_id": place[0], "provider_id": place[1], "starts_at": (nine_in_a_week + n * HALF_AN_HOUR).isoformat(),
            "customer": CUSTOMER, "override": {"reason": "by phone"},
        }  # fmt: skip
        assert 201 == (await shop.post("/bookings", body)).status_code


async def test_a_repeat_gets_its_first_answer(opened: Opened, place: tuple[str, str], nine_in_a_week: datetime) -> None:
    shop = await opened(holds_per_customer=1)
    first = await shop.book(*place, nine_in_a_week, key="once")
    assert 429 == (await shop.book(*place, nine_in_a_week + HALF_AN_HOUR, key="twice")).status_code
    again = await shop.book(*place, nine_in_a_week, key="once")
    assert (201, first.json()) == (again.status_code, again.json())


async def test_a_series_counts_as_five(opened: Opened, place: tuple[str, str], nine_in_a_week: datetime) -> None:
    shop = await opened(holds_per_customer=6)

    async def series(n: int) -> httpx.Response:
        at = nine_in_a_week + n * HALF_AN_HOUR
        wanted = {"service_id": place[0], "provider_id": place[1], "starts_at": at.isoformat(), "customer": CUSTOMER}
        return await shop.client.post("/api/v1/series", json=wanted | {"rrule": "FREQ=WEEKLY;COUNT=4"})

    first = await series(0)
    assert 201 == first.status_code, first.text
    assert (429, "too-many-holds", []) == problem(await series(1))
    assert [201, 429] == [(await shop.book(*place, nine_in_a_week + n * HALF_AN_HOUR)).status_code for n in (2, 3)]


async def test_nobody_reads_from_an_order_whose_it_is(
    opened: Opened, place: tuple[str, str], nine_in_a_week: datetime, commands: FakeCommands
) -> None:
    shop = await opened("198.51.100.77", holds_per_customer=20)
    await shop.book(*place, nine_in_a_week)
    holder = commands.orders[-1].holder
    assert holder is not None and holder.phone is not None and holder.address is not None
    assert "198" not in bytes.fromhex(holder.address).decode("latin-1")
    assert {32} == {len(key) for key in (holder.mailbox, holder.phone, holder.address)}
