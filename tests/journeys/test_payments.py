"""Cards that are refused, banks that ask the customer, and methods that are charged at once."""

from __future__ import annotations

import httpx
import pytest

from sandbox.faults import Mode
from tests.journeys.history import signals, timers_fired
from tests.journeys.salon import ASKING_CARD, ASKS_AND_CHARGES, CHARGED_AT_ONCE, DECLINED_CARD, Salon, Visit
from tests.journeys.vendors import Effects, paid
from tests.waiting import until

OPENED_ONLY = Effects(payments=1)
REFUNDED = Effects(payments=1, authorised=5000, captured=5000, refunded=5000)


async def approved_and_looked_at(visit: Visit, method: str = ASKING_CARD) -> None:
    """The bank has approved, and the workflow is just asking Stripe about it."""
    vendors = visit.salon.deployment.vendors
    await vendors.fail("stripe", "webhook", Mode.TIMEOUT_BEFORE)  # the news that the bank asks
    page = await asked_by_the_bank(visit, method)
    await vendors.fail("stripe", "look", Mode.SLOW, seconds=1.5)
    await vendors.answer_bank(page, "approve")
    await until(vendors.used_up)


async def asked_by_the_bank(visit: Visit, method: str = ASKING_CARD) -> str:
    """Confirms with a method whose bank asks the customer; returns the bank's page."""
    answer = await visit.confirm(method)
    assert httpx.codes.ACCEPTED == answer.status_code, answer.text
    action = answer.json()["next_action"]
    assert action == (await visit.show())["next_action"]
    return str(action["url"])


async def test_a_declined_card_leaves_the_hold_for_another_card(salon: Salon) -> None:
    visit = await salon.hold()
    declined = await visit.confirm(DECLINED_CARD)
    assert (402, "payment-declined") == (declined.status_code, declined.json()["code"])
    assert ("pending", [visit.ref.booking_id]) == (await visit.status(), await salon.claims())
    assert OPENED_ONLY == await visit.effects()
    assert 200 == (await visit.confirm()).status_code
    await visit.comes_to(paid())
    told = await visit.timeline()
    assert ["held", "confirming", "payment_opened", "payment_declined", "back_to_hold", "confirming"] == told[:6]


async def test_a_booking_whose_cards_are_all_declined_expires_and_is_not_charged(hasty_salon: Salon) -> None:
    visit = await hasty_salon.hold()
    for card in (DECLINED_CARD, "pm_card_chargeDeclinedInsufficientFunds", "pm_no_such_method"):
        assert 402 == (await visit.confirm(card)).status_code
    await visit.becomes("expired")
    assert ([], True, OPENED_ONLY) == (await hasty_salon.claims(), await hasty_salon.is_offered(), await visit.effects())
    assert "payment_voided" in await visit.timeline()
    assert 410 == (await visit.confirm()).status_code


async def test_a_payment_that_takes_long_is_answered_before_it_is_done_and_asking_again_joins_it(salon: Salon) -> None:
    """C33: "still working" is not "could not book"."""
    vendors = salon.deployment.vendors
    await vendors.fail("stripe", "authorise", Mode.SLOW, seconds=1.5)
    visit = await salon.hold()
    async with salon.deployment.another_api(confirm_wait_seconds=0.5) as impatient:
        working = await visit.confirm(through=impatient)
    assert (202, "confirming", None) == (working.status_code, working.json()["status"], working.json()["next_action"])
    assert "retry-after" in working.headers
    assert 200 == (await visit.confirm()).status_code
    await visit.comes_to(paid())
    assert 1 == (await visit.timeline()).count("confirming")


async def test_a_bank_that_approves_wakes_the_booking_by_its_webhook(salon: Salon) -> None:
    visit = await salon.hold()
    page = await asked_by_the_bank(visit)
    assert ("confirming", OPENED_ONLY) == (await visit.status(), await visit.effects())
    await salon.deployment.vendors.answer_bank(page, "approve")
    await visit.becomes("confirmed")
    await visit.comes_to(paid())
    assert await signals(visit) > 0
    assert 0 == await timers_fired(visit)
    assert None is (await visit.show())["next_action"]


async def test_confirming_while_the_bank_asks_gets_the_same_page_and_then_the_outcome(salon: Salon) -> None:
    """C33: the caller who asks again reads how it stands."""
    visit = await salon.hold()
    page = await asked_by_the_bank(visit)
    assert page == await asked_by_the_bank(visit)
    await salon.deployment.vendors.answer_bank(page, "approve")
    await visit.becomes("confirmed")
    assert 200 == (await visit.confirm(ASKING_CARD)).status_code
    await visit.comes_to(paid())


async def test_a_booking_asks_stripe_itself_when_no_webhook_ever_comes(salon: Salon) -> None:
    """C9, C14: nothing is cancelled though it was paid, and nothing is stuck."""
    vendors = salon.deployment.vendors
    await vendors.fail_for_good("stripe", "webhook", Mode.TIMEOUT_BEFORE)
    visit = await salon.hold()
    await vendors.answer_bank(await asked_by_the_bank(visit), "approve")
    await visit.becomes("confirmed")
    await visit.comes_to(paid())
    assert 0 == await signals(visit)
    assert await timers_fired(visit) > 0


async def test_webhooks_that_come_twice_change_nothing(salon: Salon) -> None:
    """C15: a replayed webhook is harmless."""
    vendors = salon.deployment.vendors
    await vendors.fail_for_good("stripe", "webhook", Mode.DUPLICATE)
    visit = await salon.hold()
    await vendors.answer_bank(await asked_by_the_bank(visit), "approve")
    await visit.becomes("confirmed")
    await visit.comes_to(paid())
    assert 1 == (await visit.timeline()).count("payment_captured")


async def test_a_bank_that_refuses_leaves_the_hold_for_another_card(salon: Salon) -> None:
    visit = await salon.hold()
    await salon.deployment.vendors.answer_bank(await asked_by_the_bank(visit), "refuse")
    await visit.becomes("pending")
    assert "payment_declined" in await visit.timeline()
    assert (OPENED_ONLY, None) == (await visit.effects(), (await visit.show())["next_action"])
    assert 200 == (await visit.confirm()).status_code
    await visit.comes_to(paid())


async def test_another_card_may_be_used_while_the_bank_still_asks(salon: Salon) -> None:
    visit = await salon.hold()
    await asked_by_the_bank(visit)
    assert 200 == (await visit.confirm()).status_code
    await visit.comes_to(paid())


async def test_another_card_that_comes_when_the_bank_has_just_approved_is_told_that_it_is_confirmed(salon: Salon) -> None:
    """The first card pays; the second is not charged as well, and its caller is not kept waiting."""
    visit = await salon.hold()
    await approved_and_looked_at(visit)
    assert 200 == (await visit.confirm("pm_card_mastercard")).status_code
    await visit.comes_to(paid())
    assert 1 == (await visit.timeline()).count("confirming")


@pytest.mark.parametrize(("method", "left"), [(ASKING_CARD, OPENED_ONLY), (ASKS_AND_CHARGES, REFUNDED)])
async def test_cancelling_when_the_bank_has_just_approved_gives_the_money_back(salon: Salon, method: str, left: Effects) -> None:
    """C11: the answer to the cancel is true, whatever the bank said a moment before."""
    visit = await salon.hold()
    await approved_and_looked_at(visit, method)
    answer = await visit.cancel()
    assert (200, "cancelled") == (answer.status_code, answer.json().get("status")), answer.text
    assert (left, []) == (await visit.effects(), await salon.claims())


async def test_a_customer_who_never_goes_to_their_bank_loses_the_hold_and_pays_nothing(hasty_salon: Salon) -> None:
    """C15: nor when the bank would approve too late."""
    visit = await hasty_salon.hold()
    page = await asked_by_the_bank(visit)
    await visit.becomes("expired")
    late = await hasty_salon.deployment.vendors.http.post(f"{page}/approve")
    assert (400, "payment_intent_unexpected_state") == (late.status_code, late.json()["error"]["code"])
    assert ([], True, OPENED_ONLY) == (await hasty_salon.claims(), await hasty_salon.is_offered(), await visit.effects())
    shown = await visit.show()
    assert ("cancelled", None) == (shown["payment"]["state"], shown["next_action"])


async def test_a_method_that_is_charged_at_once_is_charged_once(salon: Salon) -> None:
    visit = await salon.hold()
    assert 200 == (await visit.confirm(CHARGED_AT_ONCE)).status_code
    await visit.comes_to(paid())
    told = await visit.timeline()
    assert ["payment_opened", "payment_captured", "claim_secured", "calendar_written", "confirmed"] == told[2:7]


async def test_a_method_that_asks_the_bank_and_is_charged_at_once_is_charged_once(salon: Salon) -> None:
    visit = await salon.hold()
    page = await asked_by_the_bank(visit, ASKS_AND_CHARGES)
    await salon.deployment.vendors.answer_bank(page, "approve")
    await visit.becomes("confirmed")
    await visit.comes_to(paid())


async def test_an_authorisation_that_lapses_before_its_capture_ends_the_booking(salon: Salon) -> None:
    """Nothing can be captured any more, so slot and event are given back."""
    await salon.deployment.vendors.fail("stripe", "capture", Mode.DECLINE)
    visit = await salon.hold()
    answer = await visit.confirm()
    assert (409, "booking-failed") == (answer.status_code, answer.json()["code"])
    assert ("failed", OPENED_ONLY, []) == (await visit.status(), await visit.effects(), await salon.claims())
    assert "calendar_deleted" in await visit.timeline()
