"""The stand-in's webhooks: signed, told again when not taken, and lost, doubled or late when planned so."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
import stripe
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.app import Sandbox, build_sandbox
from tests.sandbox.serving import serving
from tests.sandbox.stripe_calls import StripeCalls
from tests.waiting import until

SECRET = "whsec_sandbox"


@dataclass(slots=True)
class Endpoint:
    """ASGI: takes what comes after as many refusals as are left."""

    refusals: int = 0
    taken: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = (await request.body()).decode()
        stripe.WebhookSignature.verify_header(body, request.headers["stripe-signature"], SECRET, 300)
        if self.refusals:
            self.refusals -= 1
        else:
            self.taken.append(body)
        await Response(status_code=503 if body not in self.taken else 200)(scope, receive, send)

    def about(self, intent_id: str) -> list[str]:
        return [json.loads(body)["type"].removeprefix("payment_intent.") for body in self.taken if intent_id in body]


@pytest.fixture(scope="module")
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture(scope="module")
def url(endpoint: Endpoint) -> Iterator[str]:
    with serving(endpoint) as address:
        yield address


@pytest.fixture(scope="module")
def sandbox(url: str) -> Sandbox:
    return build_sandbox(stripe_webhook_url=url, stripe_webhook_secret=SECRET)


@pytest.fixture
async def calls(sandbox: Sandbox) -> AsyncIterator[StripeCalls]:
    async with StripeCalls(sandbox) as client:
        await client.forget()
        yield client


async def plan(calls: StripeCalls, mode: str) -> None:
    fault = {"vendor": "stripe", "operation": "webhook", "mode": mode, "seconds": 0.2}
    (await calls.post("http://sandbox/faults", json=fault)).raise_for_status()


async def test_news_that_is_not_taken_comes_again(calls: StripeCalls, endpoint: Endpoint) -> None:
    endpoint.refusals = 1
    intent_id = await calls.confirmed()
    await until(lambda: endpoint.about(intent_id))
    assert (["amount_capturable_updated"], 0) == (endpoint.about(intent_id), endpoint.refusals)


async def test_lost_news_never_come_and_later_ones_do(calls: StripeCalls, endpoint: Endpoint) -> None:
    await plan(calls, "timeout_before")
    intent_id = await calls.captured()
    await until(lambda: endpoint.about(intent_id))
    assert ["succeeded"] == endpoint.about(intent_id)


@pytest.mark.parametrize("operation", ["webhook", "look", "capture"])
async def test_a_fault_for_one_booking_strikes_whatever_is_about_its_payment(
    calls: StripeCalls, endpoint: Endpoint, operation: str
) -> None:
    mine, other = await calls.confirmed(**{"metadata[booking_id]": "mine"}), await calls.confirmed()
    fault = {"vendor": "stripe", "operation": operation, "mode": "error_500", "only": ["mine"]}
    (await calls.post("http://sandbox/faults", json=fault)).raise_for_status()
    for intent_id in other, mine:
        await calls.ask(f"/payment_intents/{intent_id}/capture")
        await calls.get(f"/payment_intents/{intent_id}")
    assert [] == (await calls.get("http://sandbox/faults")).json()
    await until(lambda: sorted(endpoint.about(other)) == ["amount_capturable_updated", "succeeded"])  # each is sent by itself


async def test_doubled_news_are_the_same_event(calls: StripeCalls, endpoint: Endpoint) -> None:
    await plan(calls, "duplicate")
    intent_id = await calls.confirmed()
    await until(lambda: len(endpoint.about(intent_id)) == 2)
    assert 1 == len({body for body in endpoint.taken if intent_id in body})


async def test_late_news_are_overtaken(calls: StripeCalls, endpoint: Endpoint) -> None:
    await plan(calls, "slow")
    intent_id = await calls.captured()
    await until(lambda: len(endpoint.about(intent_id)) == 2)
    assert ["succeeded", "amount_capturable_updated"] == endpoint.about(intent_id)


async def test_an_endpoint_that_is_gone_stops_nothing() -> None:
    sandbox = build_sandbox(stripe_webhook_url="http://127.0.0.1:1/hook", stripe_webhook_secret=SECRET)
    async with StripeCalls(sandbox) as calls:
        intent_id = await calls.captured()
        assert "succeeded" == await calls.status(intent_id)


async def test_the_news_show_the_payment_as_it_was_when_it_happened(calls: StripeCalls, endpoint: Endpoint) -> None:
    booking_id = str(uuid4())
    intent_id = await calls.opened(**{"metadata[booking_id]": booking_id})
    await calls.ask(f"/payment_intents/{intent_id}/cancel")
    await until(lambda: endpoint.about(intent_id))
    (event,) = (json.loads(body) for body in endpoint.taken if intent_id in body)
    assert ("event", "canceled", booking_id) == (
        event["object"],
        event["data"]["object"]["status"],
        event["data"]["object"]["metadata"]["booking_id"],
    )
