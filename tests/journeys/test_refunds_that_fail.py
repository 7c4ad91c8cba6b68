"""A bank sends back what the vendor had called given back: it is noticed, told, and mended by operators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from sandbox.faults import Mode
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.operations import IS_REFUNDED
from tests.journeys.salon import Salon, Visit, open_salon
from tests.journeys.test_operations import confirmed, operate, stuck
from tests.journeys.test_webhooks_out import OPEN, at_work, listen
from tests.waiting import PATIENCE, until

LOST = "lost_or_stolen_card"


@pytest.fixture(scope="module")
async def telling_system(engines: Engines) -> AsyncIterator[Deployment]:
    async with deployed(engines, f"failing-{uuid4().hex}", has_worker=False, **OPEN) as deployment, at_work(deployment):
        yield deployment


@pytest.fixture
async def salon(telling_system: Deployment) -> AsyncIterator[Salon]:
    yield await open_salon(telling_system)
    await telling_system.tidy_up()


async def bank_sends_back(visit: Visit, step: str) -> None:
    """Each of the vendor's webhooks about it comes twice."""
    deployment, query = visit.salon.deployment, "SELECT vendor_id FROM refunds WHERE booking_id = $1 AND step = $2"
    vendor_id = await deployment.pool.fetchval(query, visit.ref.booking_id, step)
    await deployment.vendors.fail("stripe", "webhook", Mode.DUPLICATE, times=3)
    await deployment.vendors.answer_bank_of(vendor_id, "refuse")
    assert await deployment.vendors.used_up()


async def refunds(visit: Visit) -> list[tuple[int, str]]:
    return [(one["amount"], one["state"]) for one in (await visit.show())["refunds"]]


async def refunded(visit: Visit) -> int:
    return int((await visit.show())["payment"]["refunded"])


async def test_it_is_noticed_after_the_workflow_has_ended_and_operators_give_it_back_again(salon: Salon) -> None:
    """C21: the books say what is true, also when that changes."""
    crm = await listen(salon, "payment.refunded", "payment.refund_failed")
    visit = await confirmed(salon)
    assert 200 == (await visit.cancel()).status_code
    handle = salon.deployment.temporal.get_workflow_handle(visit.ref.workflow_id)
    await asyncio.wait_for(handle.result(), PATIENCE)
    assert (5000, [(5000, "succeeded")]) == (await refunded(visit), await refunds(visit))
    await bank_sends_back(visit, "cancel/0")
    await visit.is_told("refund_failed")
    assert (0, [(5000, "failed")]) == (await refunded(visit), await refunds(visit))
    assert [("refund-not-done", "refund:cancel/0")] == await stuck(salon)
    await crm.hears(visit, "payment.refunded", "payment.refund_failed")
    assert "succeeded" == (await operate(visit, "refund", reason="the bank sent it back"))["outcome"]
    await operate(visit, "settle", step="refund:cancel/0", done="not_needed", reason="given back anew")
    assert (5000, [(5000, "failed"), (5000, "succeeded")]) == (await refunded(visit), await refunds(visit))
    assert (0, [], 1) == ((await visit.effects()).kept, await stuck(salon), (await visit.timeline()).count("refund_failed"))


async def test_it_is_noticed_while_the_appointment_lasts_and_settled_by_hand(salon: Salon) -> None:
    crm = await listen(salon, "payment.refunded", "payment.refund_failed")
    visit = await confirmed(salon)
    assert "succeeded" == (await operate(visit, "refund", amount=1500, reason="the heating failed"))["outcome"]
    assert 1500 == await refunded(visit)
    await bank_sends_back(visit, "operator.1/0")
    await visit.is_told("refund_failed")
    assert (0, [("refund-not-done", "refund:operator.1/0")]) == (await refunded(visit), await stuck(salon))
    await operate(visit, "settle", step="refund:operator.1/0", done="refunded", reason="by bank transfer, reference 4711")
    assert (1500, [(1500, "succeeded")], []) == (await refunded(visit), await refunds(visit), await stuck(salon))

    async def has_heard() -> bool:
        return 3 == len({one["id"] for one in await crm.got(visit)})

    await until(has_heard, every=0.1)
    got = {one["id"]: one for one in await crm.got(visit)}.values()
    assert ["payment.refunded", "payment.refund_failed", "payment.refunded"] == [one["type"] for one in got]
    details = [(one["detail"].get("by_hand"), one["detail"]["amount"], one["detail"]["currency"]) for one in got]
    assert [(None, 1500, "EUR"), (None, 1500, "EUR"), (True, 1500, "EUR")] == details
    assert ("confirmed", 1) == (await visit.status(), (await visit.timeline()).count("refund_failed"))


async def test_an_undone_checkout_whose_refund_comes_back_is_shown_and_settled(telling_system: Deployment) -> None:
    visit = await IS_REFUNDED.begin(telling_system)
    await IS_REFUNDED.go(visit)
    await visit.is_told("payment_refunded")
    payments = (await telling_system.vendors.state())["payments"]
    (payment_id,) = [one["id"] for one in payments if one["booking_id"] == visit.id]
    listed = await telling_system.vendors.http.get(
        "/stripe/v1/refunds", params={"payment_intent": payment_id}, headers={"Authorization": "Bearer sk_test_sandbox"}
    )
    await telling_system.vendors.fail("stripe", "webhook", Mode.DUPLICATE, times=3)
    await telling_system.vendors.answer_bank_of(listed.json()["data"][0]["id"], "refuse")
    await visit.is_told("refund_failed")
    assert (0, [("authorisation-not-voided", "void-payment")]) == (await refunded(visit), await stuck(visit.salon))
    await operate(visit, "settle", step="void-payment", done="refunded", reason="by bank transfer, reference 4712")
    assert (5000, []) == (await refunded(visit), await stuck(visit.salon))
    assert 1 == (await visit.timeline()).count("refund_failed")
    await telling_system.tidy_up()
