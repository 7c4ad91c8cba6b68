"""`/faults` as testers use it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.app import build_sandbox


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build_sandbox().http), base_url="http://sandbox") as opened:
        yield opened


async def test_what_is_planned_is_shown_until_it_is_used_up_or_cleared(client: httpx.AsyncClient) -> None:
    for operation in "look", "send":
        await client.post("/faults", json={"vendor": "twilio", "operation": operation, "mode": "error_500"})
    assert ["look", "send"] == [fault["operation"] for fault in (await client.get("/faults")).json()]
    assert 500 == (await client.get("/twilio/2010-04-01/Accounts/AC1/Messages.json")).status_code
    assert ["send"] == [fault["operation"] for fault in (await client.get("/faults")).json()]
    assert 204 == (await client.delete("/faults")).status_code
    assert [] == (await client.get("/faults")).json()


@pytest.mark.parametrize(
    "wrong",
    [
        {"vendor": "paypal"},
        {"mode": "explode"},
        {"times": -2},
        {"times": "often"},
        {"seconds": 61},
        {"seconds": -1},
        {"operation": ""},
        {"op": "create"},
    ],
    ids=str,
)
async def test_a_fault_that_could_never_come_is_refused(client: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    assert 422 == (await client.post("/faults", json={"vendor": "stripe", "mode": "slow"} | wrong)).status_code
    assert [] == (await client.get("/faults")).json()
