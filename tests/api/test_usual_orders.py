"""An order as everybody sends it takes a shorter way through the program, and whoever sends it cannot tell."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.shop import CUSTOMER, FakeCommands, Shop

USUAL, IN_GENERAL = "application/json", "application/json; charset=utf-8"


@pytest.fixture
async def wish(shop: Shop, nine_in_a_week: datetime) -> dict[str, Any]:
    service = await shop.service()
    provider = await shop.provider(service)
    return {"service_id": service, "provider_id": provider, "starts_at": nine_in_a_week.isoformat(), "customer": CUSTOMER}


async def ask(shop: Shop, kind: str, body: bytes, **headers: str) -> httpx.Response:
    return await shop.client.post("/api/v1/bookings", content=body, headers={"Content-Type": kind, **headers})


async def test_a_repeat_is_answered_byte_for_byte_alike_on_both_ways(shop: Shop, wish: dict[str, Any]) -> None:
    body, key = json.dumps(wish).encode(), {"Idempotency-Key": str(uuid4())}
    first = await ask(shop, USUAL, body, **key)
    assert 201 == first.status_code
    short, long = await ask(shop, USUAL, body, **key), await ask(shop, IN_GENERAL, body, **key)
    assert (201, "true") == (short.status_code, short.headers["Idempotent-Replayed"])
    assert (long.status_code, long.content, long.headers) == (short.status_code, short.content, short.headers)
    assert first.content == short.content


@pytest.mark.parametrize("key", [None, "", "k", "k" * 201, "with space"])
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"seats": 0},
        {"seats": "1"},
        {"unknown": 1},
        {"customer": CUSTOMER | {"email": "nobody"}},
        {"service_id": str(uuid4())},
        {"override": {"reason": "a friend"}},
        {"starts_at": "2027-03-08T09:00:00"},
    ],
)
async def test_mistakes_and_refusals_read_alike_on_both_ways(
    shop: Shop, wish: dict[str, Any], change: dict[str, Any], key: str | None
) -> None:
    assert 201 == (await ask(shop, USUAL, json.dumps(wish).encode())).status_code
    headers = {} if key is None else {"Idempotency-Key": key}
    body = json.dumps(wish | change).encode()
    short, long = await ask(shop, USUAL, body, **headers), await ask(shop, IN_GENERAL, body, **headers)
    assert 400 <= short.status_code < 500
    assert (long.status_code, long.content, long.headers) == (short.status_code, short.content, short.headers)


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'"\\ud800"', b"[" * 10_000, b"9" * 5000, b"\xff"])
async def test_what_is_no_order_at_all_is_refused_alike(shop: Shop, body: bytes) -> None:
    short, long = await ask(shop, USUAL, body), await ask(shop, IN_GENERAL, body)
    assert short.status_code in (400, 422)
    assert (long.status_code, long.content, long.headers) == (short.status_code, short.content, short.headers)


async def test_who_is_turned_away_is_so_before_the_fields_are_looked_at(shop: Shop, commands: FakeCommands) -> None:
    commands.backlog = 1000.0
    await ask(shop, USUAL, b"{}")  # the first one makes the API ask how long tasks wait
    await shop.service()  # and by now it has heard
    assert [503, 503] == [(await ask(shop, kind, b"{}")).status_code for kind in (USUAL, IN_GENERAL)]
