"""A customer who gives up before anything is confirmed."""

from __future__ import annotations

import asyncio

from sandbox.faults import Mode
from tests.journeys.salon import ASKING_CARD, Salon, Visit, refusal
from tests.journeys.vendors import Effects, paid
from tests.waiting import until


async def test_cancelling_while_pending_frees_the_slot(salon: Salon) -> None:
    visit = await salon.hold()
    answer = await visit.cancel()
    assert (200, "cancelled") == (answer.status_code, answer.json()["status"])
    assert (["held", "cancelled"], []) == (await visit.timeline(), await salon.claims())
    assert (True, Effects()) == (await salon.is_offered(), await visit.effects())
    assert 200 == (await visit.cancel()).status_code
    assert (409, "not-allowed-now") == refusal(await visit.confirm())
    await salon.hold()


async def test_cancelling_after_a_declined_card_voids_the_payment(salon: Salon) -> None:
    visit = await salon.hold()
    await visit.confirm("pm_card_chargeDeclined")
    answer = await visit.cancel()
    assert (200, "cancelled", "cancelled") == (answer.status_code, answer.json()["status"], answer.json()["payment"]["state"])
    assert (Effects(payments=1), []) == (await visit.effects(), await salon.claims())


async def test_cancelling_while_the_bank_asks_voids_the_payment(salon: Salon) -> None:
    """C11: whoever is not served is not charged."""
    visit = await salon.hold()
    page = (await visit.confirm(ASKING_CARD)).json()["next_action"]["url"]
    answer = await visit.cancel()
    assert (200, "cancelled") == (answer.status_code, answer.json()["status"])
    assert {"state": "cancelled", "amount": 5000, "currency": "EUR", "refunded": 0} == answer.json()["payment"]
    assert (Effects(payments=1), []) == (await visit.effects(), await salon.claims())
    assert (await salon.deployment.vendors.http.post(f"{page}/approve")).is_error


async def test_cancelling_before_the_money_is_taken_lets_it_go(salon: Salon) -> None:
    """Whichever comes first: here the cancel."""
    vendors = salon.deployment.vendors
    await vendors.fail("stripe", "authorise", Mode.SLOW, seconds=1.0)
    visit = await salon.hold()
    confirming = asyncio.create_task(visit.confirm())
    await until(vendors.used_up)
    answer = await visit.cancel()
    assert (200, "cancelled") == (answer.status_code, answer.json()["status"])
    assert (409, "not-allowed-now") == refusal(await confirming)
    assert (Effects(payments=1), []) == (await visit.effects(), await salon.claims())


async def test_cancelling_while_the_money_is_taken_comes_too_late(salon: Salon) -> None:
    """Here the money was first: the caller is told so, can look at what a cancel would give back, and cancel then."""
    vendors = salon.deployment.vendors
    await vendors.fail("stripe", "capture", Mode.SLOW, seconds=1.0)
    visit = await salon.hold()
    confirming = asyncio.create_task(visit.confirm())
    await until(vendors.used_up)
    answer = await visit.cancel()
    assert ((409, "not-allowed-now"), "confirmed") == (refusal(answer), answer.json()["booking_status"])
    assert 200 == (await confirming).status_code
    await visit.comes_to(paid())


async def test_a_cancel_and_a_confirm_at_once_agree_on_one_ending(salon: Salon) -> None:
    """Where the booking was confirmed first, the cancel may also have come right after that."""
    visit = await salon.hold()
    confirmed, cancelled = await asyncio.gather(visit.confirm(), visit.cancel())
    endings = {"confirmed": [(200, 409)], "cancelled": [(409, 200), (200, 200)]}
    assert (confirmed.status_code, cancelled.status_code) in endings[await visit.status()]
    if cancelled.is_error:
        await visit.comes_to(paid())
    else:
        await until(lambda: keeps_nothing(salon, visit))


async def keeps_nothing(salon: Salon, visit: Visit) -> bool:
    return ((await visit.effects()).kept, await salon.claims()) == (0, [])
