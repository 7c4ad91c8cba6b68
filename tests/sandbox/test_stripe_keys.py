"""Idempotency keys at Stripe's stand-in. https://docs.stripe.com/api/idempotent_requests"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.app import Sandbox, build_sandbox
from tests.sandbox.stripe_calls import BACK, StripeCalls, error

NEW = {"amount": "2500", "currency": "eur", "capture_method": "manual"}


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return build_sandbox()


@pytest.fixture
async def calls(sandbox: Sandbox) -> AsyncIterator[StripeCalls]:
    async with StripeCalls(sandbox) as client:
        await client.forget()
        yield client


async def payments(calls: StripeCalls) -> int:
    return len((await calls.get("http://sandbox/state")).json()["payments"])


async def test_the_same_request_gets_the_first_answer(calls: StripeCalls) -> None:
    first = await calls.ask("/payment_intents", NEW, key="k")
    again = await calls.ask("/payment_intents", dict(reversed(NEW.items())), key="k")
    assert (first.json(), None, "true") == (
        again.json(),
        first.headers.get("idempotent-replayed"),
        again.headers["idempotent-replayed"],
    )
    assert 1 == await payments(calls)


async def test_the_first_answer_stays_as_it_was(calls: StripeCalls) -> None:
    first = await calls.ask("/payment_intents", NEW, key="k")
    await calls.ask(f"/payment_intents/{first.json()['id']}/cancel")
    assert "requires_payment_method" == (await calls.ask("/payment_intents", NEW, key="k")).json()["status"]


async def test_without_a_key_each_request_is_another(calls: StripeCalls) -> None:
    await calls.ask("/payment_intents", NEW)
    await calls.ask("/payment_intents", NEW)
    assert 2 == await payments(calls)


async def test_a_key_belongs_to_one_body_and_one_place(calls: StripeCalls) -> None:
    intent_id = (await calls.ask("/payment_intents", NEW, key="k")).json()["id"]
    for path, form in ("/payment_intents", NEW | {"amount": "2600"}), (f"/payment_intents/{intent_id}/cancel", None):
        answer = await calls.ask(path, form, key="k")
        assert (400, "idempotency_error") == (answer.status_code, answer.json()["error"]["type"])
    assert "requires_payment_method" == await calls.status(intent_id)


async def test_a_key_is_in_use_while_its_request_runs(calls: StripeCalls) -> None:
    await calls.post("http://sandbox/faults", json={"vendor": "stripe", "operation": "create", "mode": "slow", "seconds": 0.3})
    first = asyncio.create_task(calls.ask("/payment_intents", NEW, key="k"))
    while (await calls.get("http://sandbox/faults")).json():
        await asyncio.sleep(0.01)
    assert (409, "idempotency_key_in_use", None) == error(await calls.ask("/payment_intents", NEW, key="k"))
    assert 200 == (await calls.ask("/payment_intents", NEW, key="another")).status_code
    assert (await first).json() == (await calls.ask("/payment_intents", NEW, key="k")).json()
    assert 2 == await payments(calls)


async def test_a_decline_is_remembered(calls: StripeCalls) -> None:
    path = f"/payment_intents/{await calls.opened(payment_method='pm_card_chargeDeclined')}/confirm"
    first = await calls.ask(path, {"return_url": BACK}, key="k")
    again = await calls.ask(path, {"return_url": BACK}, key="k")
    assert ((402, "card_declined", None), first.json()) == (error(again), again.json())


async def test_a_wrong_status_is_remembered_even_when_it_would_fit_by_now(calls: StripeCalls) -> None:
    intent_id = await calls.opened(payment_method="pm_card_visa")
    assert 400 == (await calls.ask(f"/payment_intents/{intent_id}/capture", key="k")).status_code
    await calls.ask(f"/payment_intents/{intent_id}/confirm", {"return_url": BACK})
    assert 400 == (await calls.ask(f"/payment_intents/{intent_id}/capture", key="k")).status_code
    assert 200 == (await calls.ask(f"/payment_intents/{intent_id}/capture", key="another")).status_code


async def test_a_refusal_before_anything_began_leaves_the_key_free(calls: StripeCalls) -> None:
    assert 400 == (await calls.ask("/payment_intents", NEW | {"amount": "0"}, key="k")).status_code
    assert 200 == (await calls.ask("/payment_intents", NEW, key="k")).status_code


async def test_keys_outlive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    async with StripeCalls(build_sandbox(file)) as calls:
        first = await calls.ask("/payment_intents", NEW, key="k")
    async with StripeCalls(build_sandbox(file)) as calls:
        assert first.json() == (await calls.ask("/payment_intents", NEW, key="k")).json()
        assert 1 == await payments(calls)
