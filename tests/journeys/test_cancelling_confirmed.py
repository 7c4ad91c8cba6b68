"""Cancelling what is confirmed, from HTTP to the vendors' books."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.faults import Mode
from tests.api.shop import WHICHEVER
from tests.journeys.deployment import Deployment
from tests.journeys.salon import Salon, Visit, open_salon, refusal
from tests.journeys.vendors import Effects, paid
from tests.waiting import until

LATE = {"free_until_minutes": 30 * 24 * 60, "late_refund_percent": 40}
PENDING_CARD = "pm_card_pendingRefund"


@pytest.fixture
async def strict_salon(system: Deployment) -> AsyncIterator[Salon]:
    """A week before is late here, and gives back two fifths."""
    yield await open_salon(system, cancellation_policy=LATE)
    await system.tidy_up()


@pytest.fixture
async def hard_salon(system: Deployment) -> AsyncIterator[Salon]:
    """Nothing ever comes back."""
    tiers = [{"unit": "days", "notice": 300, "refund_percent": 100}]
    yield await open_salon(system, cancellation_policy={"tiers": tiers})
    await system.tidy_up()


async def confirmed(salon: Salon, card: str = "pm_card_visa") -> Visit:
    visit = await salon.hold()
    assert 200 == (await visit.confirm(card)).status_code
    await visit.comes_to(paid())
    return visit


async def quote(visit: Visit) -> dict[str, Any]:
    shown: dict[str, Any] = await visit._get("/cancellation")
    return shown


async def cancel_by_staff(visit: Visit, **body: str) -> httpx.Response:
    return await visit.salon.shop.post(f"/bookings/{visit.id}/cancel", body, **WHICHEVER)


def given_back(amount: int) -> Effects:
    """What a cancelled booking comes to: told twice, and out of the calendar."""
    return paid(refunded=amount, events=0, emails=2, sms=2)


async def refund_of(visit: Visit) -> list[tuple[int, str]]:
    return [(refund["amount"], refund["state"]) for refund in (await visit.show())["refunds"]]


async def test_in_time_everything_comes_back(salon: Salon) -> None:
    visit = await confirmed(salon)
    quoted = await quote(visit)
    assert (5000, 0, 100) == (quoted["refund"], quoted["kept"], quoted["refund_percent"])
    answer = (await visit.cancel()).json()
    assert ("cancelled", "cancelled-by-customer") == (answer["status"], answer["status_reason"])
    assert [(5000, "succeeded")] == [(refund["amount"], refund["state"]) for refund in answer["refunds"]]
    assert (5000, []) == (answer["payment"]["refunded"], await salon.claims())
    await visit.comes_to(given_back(5000))
    assert await salon.is_offered()
    await salon.hold()


async def test_late_a_part_comes_back(strict_salon: Salon) -> None:
    visit = await confirmed(strict_salon)
    quoted = await quote(visit)
    assert (2000, 3000, None) == (quoted["refund"], quoted["kept"], quoted["holds_until"])
    await visit.cancel()
    await visit.comes_to(given_back(2000))
    assert [(2000, "succeeded")] == await refund_of(visit)


async def test_too_late_nothing_comes_back(hard_salon: Salon) -> None:
    visit = await confirmed(hard_salon)
    assert 0 == (await quote(visit))["refund"]
    assert [] == (await visit.cancel()).json()["refunds"]
    await visit.comes_to(given_back(0))
    assert "refund_requested" not in await visit.timeline()


async def test_when_the_business_cancels_everything_comes_back(hard_salon: Salon) -> None:
    visit = await confirmed(hard_salon)
    answer = (await cancel_by_staff(visit, reason="the roof leaks")).json()
    assert ("cancelled", "cancelled-by-staff") == (answer["status"], answer["status_reason"])
    await visit.comes_to(given_back(5000))


async def test_staff_may_keep_to_the_policy(hard_salon: Salon) -> None:
    visit = await confirmed(hard_salon)
    await cancel_by_staff(visit, refund="policy")
    await visit.comes_to(given_back(0))


@pytest.mark.parametrize(("verdict", "state", "refunded"), [("approve", "succeeded", 5000), ("refuse", "failed", 0)])
async def test_a_refund_is_pending_until_the_bank_has_spoken(salon: Salon, verdict: str, state: str, refunded: int) -> None:
    """C21: a refund leaves its trace in the books, also one that fails."""
    vendors = salon.deployment.vendors
    visit = await confirmed(salon, PENDING_CARD)
    answer = (await visit.cancel()).json()
    assert (0, [(5000, "pending")]) == (answer["payment"]["refunded"], await refund_of(visit))
    vendor_id = await salon.deployment.pool.fetchval("SELECT vendor_id FROM refunds WHERE booking_id = $1", visit.ref.booking_id)
    await vendors.answer_bank_of(vendor_id, verdict)
    await visit.is_told("payment_refunded" if state == "succeeded" else "refund_failed")
    assert ([(5000, state)], refunded) == (await refund_of(visit), (await visit.show())["payment"]["refunded"])
    await visit.comes_to(given_back(refunded))


async def test_two_cancels_at_once_are_one_refund(salon: Salon) -> None:
    visit = await confirmed(salon)
    both = await asyncio.gather(visit.cancel(), cancel_by_staff(visit), visit.cancel())
    assert [200] * 3 == [answer.status_code for answer in both]
    await visit.comes_to(given_back(5000))
    assert 1 == (await visit.timeline()).count("cancelled")
    assert 200 == (await visit.cancel()).status_code
    assert (409, "not-allowed-now") == refusal(await visit.confirm())


@pytest.mark.parametrize("mode", [Mode.ERROR_500, Mode.TIMEOUT_BEFORE, Mode.TIMEOUT_AFTER])
async def test_with_the_vendor_down_the_time_is_free_at_once_and_the_refund_follows(salon: Salon, mode: Mode) -> None:
    visit = await confirmed(salon)
    await salon.deployment.vendors.fail("stripe", "refund", mode, times=2)
    cancelling = asyncio.create_task(visit.cancel())
    await visit.becomes("cancelled", 5)
    assert (True, []) == (await salon.is_offered(), await salon.claims())
    assert 200 == (await cancelling).status_code
    await visit.comes_to(given_back(5000))
    await visit.is_told("payment_refunded")


async def test_a_calendar_that_is_down_does_not_hold_up_the_refund(salon: Salon) -> None:
    visit = await confirmed(salon)
    vendors = salon.deployment.vendors
    await vendors.fail_for_good("google", "delete_event", Mode.ERROR_500)
    await visit.cancel()
    await visit.comes_to(paid(refunded=5000, emails=2, sms=2))
    await vendors.heal()
    await visit.comes_to(given_back(5000))


async def test_a_cancelled_booking_is_not_reminded_of(system: Deployment) -> None:
    """C38: no reminder for what is gone."""
    salon = await open_salon(system, reminder_minutes=[60])
    visit = await confirmed(salon)
    await visit.cancel()
    await until(lambda: nothing_to_remind_of(salon, visit))
    await system.tidy_up()


async def nothing_to_remind_of(salon: Salon, visit: Visit) -> bool:
    left = await salon.deployment.pool.fetchval("SELECT count(*) FROM reminders WHERE booking_id = $1", visit.ref.booking_id)
    return bool(left == 0)
