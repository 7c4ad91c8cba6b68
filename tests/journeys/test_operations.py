"""Operators repair bookings, from HTTP to the vendors' books."""

from __future__ import annotations

import asyncio
from typing import Any

from sandbox.faults import Mode
from tests.journeys.salon import Salon, Visit, refusal
from tests.journeys.vendors import paid
from tests.waiting import PATIENCE, until


async def confirmed(salon: Salon) -> Visit:
    visit = await salon.hold()
    assert 200 == (await visit.confirm()).status_code
    await visit.comes_to(paid())
    return visit


async def operate(visit: Visit, operation: str, key: str | None = None, **body: Any) -> dict[str, Any]:
    headers = await visit.salon.shop.seen(f"/bookings/{visit.id}") | ({"Idempotency-Key": key} if key else {})
    answer = await visit.salon.shop.post(f"/bookings/{visit.id}/operations/{operation}", body, **headers)
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


async def operations(visit: Visit) -> dict[str, Any]:
    return dict((await visit.salon.shop.get(f"/bookings/{visit.id}/operations")).raise_for_status().json())


async def stuck(salon: Salon) -> list[tuple[str, str]]:
    answer = await salon.shop.get("/operations/stuck", older_than_minutes=0)
    return [(one["thing"], one["step"]) for one in answer.raise_for_status().json()["items"]]


async def test_a_refund_that_is_stuck_is_shown_and_made_when_the_vendor_is_back(salon: Salon) -> None:
    """C33: what the API shows is what the workflow is at."""
    visit = await confirmed(salon)
    await salon.deployment.vendors.fail_for_good("stripe", "refund", Mode.ERROR_500)
    cancelling = asyncio.create_task(visit.cancel())
    await visit.becomes("cancelled")

    async def is_tried() -> bool:
        return "refund:cancel/0" in [step["step"] for step in (await operations(visit))["under_way"]]

    await until(is_tried)
    shown = await operations(visit)
    (step,) = [step for step in shown["under_way"] if step["step"] == "refund:cancel/0"]
    assert (True, ["retry", "settle"]) == (shown["is_live"], step["operations"])
    assert ("refund-not-done", "refund:cancel/0") in await stuck(salon)
    assert "docs/runbooks/refund-not-done.md" in [one["runbook"] for one in shown["stuck"]]
    await cancelling
    await salon.deployment.vendors.heal()
    assert "retried" == (await operate(visit, "retry", step="refund:cancel/0"))["outcome"]
    await visit.is_told("payment_refunded")
    await visit.comes_to(paid(refunded=5000, events=0, emails=2, sms=2))
    assert [] == await stuck(salon)
    assert ["retry"] == [done["operation"] for done in (await operations(visit))["done"]]


async def test_a_refused_mail_is_sent_to_the_corrected_address(salon: Salon) -> None:
    """C39: one sees what was sent, and does something about what was not."""
    await salon.deployment.vendors.fail("smtp", "send", Mode.DECLINE)
    visit = await salon.hold()
    await visit.confirm()
    await visit.is_told("notification_refused")
    assert ("email-not-sent", "email:confirmation") in await stuck(salon)
    right = f"right-{visit.email}"
    sent = await operate(visit, "resend", message="confirmation", channel="email", email=right)
    assert "sent" == sent["outcome"]
    messages = await salon.deployment.vendors.messages(visit.id, right)
    assert [right] == [one["to"] for one in messages if one["channel"] == "email"]
    assert (right, []) == ((await visit.show())["customer"]["email"], await stuck(salon))
    log = (await salon.shop.get(f"/bookings/{visit.id}/messages")).json()["items"]
    assert {"confirmation", "confirmation+1"} == {one["message"] for one in log if one["channel"] == "email"}


async def test_a_hold_is_given_up_and_its_slot_is_free(salon: Salon) -> None:
    visit = await salon.hold()
    done = await operate(visit, "give-up-hold", reason="the customer rang up")
    assert ("given-up", "cancelled") == (done["outcome"], await visit.status())
    assert ([], True) == (await salon.claims(), await salon.is_offered())
    answer = await salon.shop.post(f"/bookings/{visit.id}/operations/give-up-hold", {})
    assert (409, "not-allowed-now") == refusal(answer)


async def test_money_is_given_back_of_a_booking_that_has_ended(salon: Salon) -> None:
    """Its workflow is started again, does what is asked and ends; a repeat is one refund."""
    visit = await confirmed(salon)
    seen = await salon.shop.seen(f"/bookings/{visit.id}")
    assert 428 == (await salon.shop.post(f"/bookings/{visit.id}/cancel", {"refund": "none"})).status_code
    assert 200 == (await salon.shop.post(f"/bookings/{visit.id}/cancel", {"refund": "none"}, **seen)).status_code
    handle = salon.deployment.temporal.get_workflow_handle(visit.ref.workflow_id)
    await asyncio.wait_for(handle.result(), PATIENCE)
    first = await operate(visit, "refund", "monday-1", amount=1500, reason="they complained, and were right")
    again = await operate(visit, "refund", "monday-1", amount=1500, reason="they complained, and were right")
    assert ("succeeded", "done-before") == (first["outcome"], again["outcome"])
    await asyncio.wait_for(salon.deployment.temporal.get_workflow_handle(visit.ref.workflow_id).result(), PATIENCE)
    await visit.comes_to(paid(refunded=1500, events=0, emails=2, sms=2))
    assert ("cancelled", {"amount": 3500, "currency": "EUR"}) == (await visit.status(), (await operations(visit))["refundable"])


async def test_whoever_left_an_undo_undone_says_what_was_done(salon: Salon) -> None:
    visit = await salon.hold()
    await salon.deployment.vendors.fail("google", "write_event", Mode.SLOW, seconds=7)  # longer than a workflow task may take
    confirming = asyncio.create_task(visit.confirm())
    await visit.is_told("claim_secured")
    await salon.deployment.vendors.fail_for_good("stripe", "void", Mode.ERROR_500)
    cancelling = asyncio.create_task(visit.cancel())

    async def is_stuck() -> bool:
        return "void-payment" in [step["step"] for step in (await operations(visit))["under_way"]]

    await until(is_stuck)
    await operate(visit, "settle", step="void-payment", done="voided", reason="voided in the dashboard")
    await asyncio.gather(cancelling, confirming)
    assert ("cancelled", []) == (await visit.status(), await salon.claims())
    assert "settled_by_hand" in await visit.timeline()
