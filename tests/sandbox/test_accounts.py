"""What one account has, no other sees: by Stripe's keys and Twilio's account ids."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.app import Sandbox, build_sandbox
from tests.sandbox.stripe_calls import StripeCalls, error
from tests.sandbox.test_twilio import TEXT

OTHERS = {"Authorization": "Bearer sk_test_2_of_salon"}
ACCOUNT = "http://sandbox/twilio/2010-04-01/Accounts/{}"


@pytest.fixture
def sandbox() -> Sandbox:
    return build_sandbox()


@pytest.fixture
async def calls(sandbox: Sandbox) -> AsyncIterator[StripeCalls]:
    async with StripeCalls(sandbox) as client:
        yield client


async def test_a_payment_is_seen_by_the_keys_of_its_account_alone(calls: StripeCalls) -> None:
    intent_id = await calls.captured()
    (await calls.ask("/refunds", {"payment_intent": intent_id})).raise_for_status()
    calls.headers.update(OTHERS)
    assert (404, "resource_missing", "intent") == error(await calls.get(f"/payment_intents/{intent_id}"))
    assert (404, "resource_missing", "intent") == error(await calls.ask("/refunds", {"payment_intent": intent_id}))
    for path in ("/payment_intents", "/refunds"):
        assert [] == (await calls.get(path)).json()["data"], path
    own = await calls.captured()
    calls.headers.update({"Authorization": "Bearer sk_test_3_of_salon"})
    assert "succeeded" == await calls.status(own)
    paid = (await calls.get("http://sandbox/state")).json()["payments"]
    assert {intent_id: "", own: "salon"} == {one["id"]: one["account"] for one in paid}


async def test_a_text_is_listed_by_its_account_alone(calls: StripeCalls) -> None:
    for account in ("AC1", "AC2"):
        (await calls.post(ACCOUNT.format(f"{account}/Messages.json"), data=TEXT, auth=(account, "token"))).raise_for_status()
    listed = (await calls.get(ACCOUNT.format("AC1/Messages.json"), auth=("AC1", "token"))).json()
    assert ["AC1"] == [one["account_sid"] for one in listed["messages"]]
    shown = await calls.get(ACCOUNT.format("AC1.json"), auth=("AC1", "token"))
    assert ("AC1", "active") == (shown.json()["sid"], shown.json()["status"])
    assert 401 == (await calls.get(ACCOUNT.format("AC1.json"))).status_code
