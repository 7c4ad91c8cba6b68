"""The stand-in for a business's own system verifies what it is sent, and fails as it is told to."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks import Webhook

from domain.webhooks import new_secret
from sandbox.app import build_sandbox

BODY = json.dumps({"type": "booking.held", "sequence": 3, "data": {"id": "b", "status": "pending"}})
SECRET, OTHER = new_secret(), new_secret()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_sandbox().http)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        (await client.put("/receiver/crm", json={"secrets": [SECRET]})).raise_for_status()
        yield client


async def post(client: httpx.AsyncClient, secret: str = SECRET, body: str = BODY) -> httpx.Response:
    at = datetime.now(UTC)
    headers = {"webhook-id": "e", "webhook-timestamp": str(int(at.timestamp()))}
    signature = Webhook(secret).sign("e", at, BODY)
    return await client.post("/receiver/crm", content=body, headers=headers | {"webhook-signature": signature})


async def received(client: httpx.AsyncClient) -> list[tuple[bool, str | None]]:
    return [(one["verified"], one["type"]) for one in (await client.get("/state")).json()["webhooks"]]


async def test_what_is_signed_is_taken_and_shown(client: httpx.AsyncClient) -> None:
    assert 200 == (await post(client)).status_code
    assert [(True, "booking.held")] == await received(client)
    page = (await client.get("/outbox")).text
    assert "signature verified" in page and "booking.held" in page


@pytest.mark.parametrize(("secret", "body"), [(OTHER, BODY), (SECRET, BODY.replace("pending", "confirmed"))])
async def test_what_is_not_signed_so_is_refused_and_shown_without_its_content(
    client: httpx.AsyncClient, secret: str, body: str
) -> None:
    assert 401 == (await post(client, secret, body)).status_code
    assert [(False, None)] == await received(client)
    assert "not verified" in (await client.get("/outbox")).text


async def test_it_says_gone_when_it_is_told_to(client: httpx.AsyncClient) -> None:
    await client.post("/faults", json={"vendor": "receiver", "operation": "crm", "mode": "decline"})
    assert [410, 200] == [(await post(client)).status_code for _ in range(2)]


async def test_it_knows_its_secret_after_everything_else_is_forgotten(client: httpx.AsyncClient) -> None:
    await post(client)
    await client.delete("/state")
    assert [] == await received(client)
    assert 200 == (await post(client)).status_code
