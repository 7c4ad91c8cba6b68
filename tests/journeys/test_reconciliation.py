"""Differences between our books and the payment vendor's, from the sandbox to the timeline: found, told, mended where safe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from activities.reconciliation import Tally
from checker.checking import Ground, Scope, check
from gateways.chosen import choose
from tests.journeys.deployment import Deployment
from tests.journeys.salon import CARD, Salon, Visit, open_salon
from tests.journeys.vendors import paid
from workflows.reconciliation import Reconcile, ReconciliationWorkflow

NOTHING: dict[str, int] = {}


@pytest.fixture
async def shop(system: Deployment) -> AsyncIterator[Salon]:
    """Paid online."""
    yield await open_salon(system)
    await system.tidy_up()


async def confirmed(salon: Salon) -> Visit:
    visit = await salon.hold()
    assert 200 == (await visit.confirm(CARD)).status_code
    await visit.comes_to(paid())
    return visit


async def reconcile(salon: Salon, **changed: Any) -> Tally:
    """One night."""
    wish = Reconcile(businesses=(salon.business_id,), quiet_seconds=0, **changed)
    system, run = salon.deployment, f"reconciliation-{uuid4().hex}"
    return await system.temporal.execute_workflow(ReconciliationWorkflow.run, wish, id=run, task_queue=system.settings.task_queue)


async def told(visit: Visit) -> list[tuple[str, str, str | None]]:
    rows = await visit.salon.deployment.pool.fetch(
        "SELECT kind, detail ->> 'difference' AS difference, detail ->> 'repair' AS repair FROM booking_events"
        " WHERE booking_id = $1 AND kind IN ('payment_reconciled', 'payment_differs') ORDER BY seq",
        visit.ref.booking_id,
    )
    return [(row["kind"], row["difference"], row["repair"]) for row in rows]


async def row_of(visit: Visit) -> tuple[str, int]:
    query = "SELECT state, refunded FROM payments WHERE booking_id = $1"
    row = await visit.salon.deployment.pool.fetchrow(query, visit.ref.booking_id)
    assert row is not None
    return row["state"], row["refunded"]


async def change_row(visit: Visit, change: str) -> None:
    await visit.salon.deployment.pool.execute(f"UPDATE payments SET {change} WHERE booking_id = $1", visit.ref.booking_id)  # noqa: S608


async def stripe(visit: Visit, path: str, **form: str) -> dict[str, Any]:
    """What somebody does in the vendor's dashboard."""
    http, key = visit.salon.deployment.vendors.http, {"Authorization": "Bearer sk_test_dashboard"}
    answer = await http.post(f"/stripe/v1/{path}", data=form, headers=key)
    return dict(answer.raise_for_status().json())


async def payment_of(visit: Visit) -> str:
    query = "SELECT vendor_id FROM payments WHERE booking_id = $1"
    return str(await visit.salon.deployment.pool.fetchval(query, visit.ref.booking_id))


async def what_the_checker_finds(salon: Salon) -> list[str]:
    system = salon.deployment
    report = await check(Ground(system.pool, gateways=choose(system.settings)), Scope({salon.business_id}))
    return [one.rule.value for one in report.findings]


async def test_books_that_agree_are_left_alone(shop: Salon) -> None:
    visit = await confirmed(shop)
    tally = await reconcile(shop)
    assert (NOTHING, NOTHING, []) == (tally.found, tally.at_risk, await told(visit))
    assert 2 == tally.looked_at, "one booking here and its payment there"


async def test_a_row_that_lags_behind_a_capture_follows_it(shop: Salon) -> None:
    visit = await confirmed(shop)
    await change_row(visit, "state = 'authorised'")
    assert {"payment-differs", "booking-without-money"} == set(await what_the_checker_finds(shop))
    assert NOTHING == (await reconcile(shop)).found
    assert [("payment_reconciled", "row-lags", "follow")] == await told(visit)
    assert ("captured", 0) == await row_of(visit)
    await is_found_no_more(shop, visit)


async def is_found_no_more(salon: Salon, visit: Visit) -> None:
    before = await told(visit), await visit.effects()
    assert NOTHING == (await reconcile(salon)).found
    assert before == (await told(visit), await visit.effects())
    assert [] == await what_the_checker_finds(salon)


async def test_a_refund_made_at_the_vendors_is_written_down(shop: Salon) -> None:
    visit = await confirmed(shop)
    await stripe(visit, "refunds", payment_intent=await payment_of(visit), amount="2000")
    assert ["payment-differs"] == await what_the_checker_finds(shop)
    assert NOTHING == (await reconcile(shop)).found
    assert [("payment_reconciled", "returned-more", "follow")] == await told(visit)
    assert ("captured", 2000) == await row_of(visit)
    await is_found_no_more(shop, visit)


async def test_a_refund_of_an_old_booking_is_found_by_the_vendors_list(shop: Salon) -> None:
    """Nothing of it has changed here for longer than the reconciliation looks back."""
    visit = await confirmed(shop)
    await stripe(visit, "refunds", payment_intent=await payment_of(visit), amount="2000")
    pool = shop.deployment.pool
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("ALTER TABLE booking_events DISABLE TRIGGER booking_events_append_only")
        aged = "UPDATE booking_events SET at = at - interval '300 days' WHERE booking_id = $1"
        await connection.execute(aged, visit.ref.booking_id)
        await connection.execute("ALTER TABLE booking_events ENABLE TRIGGER booking_events_append_only")
    assert NOTHING == (await reconcile(shop)).found
    assert ("captured", 2000) == await row_of(visit)


async def test_money_reserved_for_a_booking_that_ended_is_let_go(shop: Salon) -> None:
    visit = await shop.hold()
    assert 200 == (await visit.cancel()).status_code
    await reserved_for(visit)
    await expect_voided(shop, visit)


async def expect_voided(salon: Salon, visit: Visit) -> None:
    assert ["payment-unknown"] == await what_the_checker_finds(salon)
    assert NOTHING == (await reconcile(salon)).found
    assert [("payment_reconciled", "unknown", "void")] == await told(visit)
    (payment,) = [one for one in (await salon.deployment.vendors.state())["payments"] if one["booking_id"] == visit.id]
    assert "canceled" == payment["state"]
    await is_found_no_more(salon, visit)


async def test_money_reserved_by_the_payment_of_a_booking_that_ended_is_let_go(shop: Salon) -> None:
    """Its own payment: the books say that it is voided by nobody."""
    visit = await confirmed(shop)
    made = await reserved_for(visit)
    await change_row(visit, f"state = 'authorised', vendor_id = '{made}'")
    query = "UPDATE bookings SET status = 'expired' WHERE id = $1"
    await shop.deployment.pool.execute(query, visit.ref.booking_id)
    await reconcile(shop)
    assert ("payment_reconciled", "still-reserved", "void") in await told(visit)
    assert ("cancelled", 0) == await row_of(visit)


async def test_what_is_not_safe_is_only_told(shop: Salon) -> None:
    """We think that it came back, or was taken, and it was not; and money of a booking that nobody knows."""
    visit = await confirmed(shop)
    await change_row(visit, "refunded = 3000")
    first = await reconcile(shop)
    assert {"EUR": 3000 + 3000} == first.at_risk, "the customer's refund, and the booking's price by our books"
    assert {"payment-differs": 1, "booking-without-money": 1} == first.found
    assert [("payment_differs", "returned-less", None)] == await told(visit)
    assert first.found == (await reconcile(shop)).found, "it stays until somebody has mended it"
    assert 1 == len(await told(visit)), "and is told once"
    await change_row(visit, "refunded = 0")
    await is_found_no_more(shop, visit)


async def test_a_payment_that_the_vendor_does_not_know_is_told(shop: Salon) -> None:
    visit = await confirmed(shop)
    mine = await payment_of(visit)
    await change_row(visit, "vendor_id = 'pi_sandbox_nowhere'")
    tally = await reconcile(shop)
    assert {"payment-differs": 1, "payment-unknown": 1} == tally.found
    assert [("payment_differs", "missing", None), ("payment_differs", "unknown", None)] == await told(visit)
    await change_row(visit, f"vendor_id = '{mine}'")
    assert NOTHING == (await reconcile(shop)).found


async def test_money_of_a_booking_that_does_not_exist_is_at_risk(shop: Salon) -> None:
    visit = await confirmed(shop)
    nobody = str(uuid4())
    made = await reserved_for(visit, nobody)
    await stripe(visit, f"payment_intents/{made}/capture")
    tally = await reconcile(shop)
    assert ({"payment-unknown": 1}, {"EUR": 5000}) == (tally.found, tally.at_risk)
    assert [] == await told(visit)


async def test_payments_of_others_on_the_same_account_are_passed_over(shop: Salon) -> None:
    visit = await confirmed(shop)
    await reserved_for(visit, str(uuid4()), str(uuid4()))
    assert NOTHING == (await reconcile(shop)).found


async def reserved_for(visit: Visit, booking_id: str | None = None, business_id: str | None = None) -> str:
    """A payment that is made behind our back."""
    whose = {
        "metadata[booking_id]": booking_id or visit.id,
        "metadata[business_id]": business_id or str(visit.salon.business_id),
    }
    order = {"amount": "5000", "currency": "eur", "capture_method": "manual", "payment_method": CARD}
    made = str((await stripe(visit, "payment_intents", **order, **whose))["id"])
    await stripe(visit, f"payment_intents/{made}/confirm", return_url="https://shop.example")
    return made
