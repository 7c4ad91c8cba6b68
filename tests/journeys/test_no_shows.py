"""Nobody came, from HTTP to the vendors' books. The clock cannot be moved, so the appointment is."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.faults import Mode
from tests.journeys.deployment import Deployment
from tests.journeys.salon import Salon, Visit, open_salon, refusal
from tests.journeys.vendors import paid

BEGUN = "UPDATE bookings SET starts_at = now() - interval '1 minute', ends_at = now() + interval '1 hour' WHERE id = $1"
FEE = {"fee_percent": 30}


async def opened(system: Deployment, **service: Any) -> Salon:
    return await open_salon(system, **service)


async def begun(salon: Salon, card: str | None = "pm_card_visa") -> Visit:
    visit = await salon.hold()
    assert 200 == (await visit.confirm(card)).status_code
    await visit.is_told("notification_sent", 2)
    await salon.deployment.pool.execute(BEGUN, visit.ref.booking_id)
    return visit


async def nobody_came(visit: Visit) -> httpx.Response:
    seen = await visit.salon.shop.seen(f"/bookings/{visit.id}")
    return await visit.salon.shop.post(f"/bookings/{visit.id}/no-show", {}, **seen)


async def test_a_no_show_pays_its_fee(system: Deployment) -> None:
    visit = await begun(await opened(system, no_show_policy=FEE))
    answer = (await nobody_came(visit)).json()
    assert ("no_show", [(1500, "captured")]) == (answer["status"], [(one["amount"], one["state"]) for one in answer["charges"]])
    await visit.comes_to(paid(payments=2, authorised=6500, captured=6500, emails=2, sms=2))
    assert [] == await visit.salon.claims()
    assert 200 == (await nobody_came(visit)).status_code
    assert (409, "not-allowed-now") == refusal(await visit.cancel())
    await system.tidy_up()


async def test_without_a_fee_nothing_is_charged(system: Deployment) -> None:
    visit = await begun(await opened(system))
    assert [] == (await nobody_came(visit)).json()["charges"]
    await visit.comes_to(paid(emails=2, sms=2))
    await system.tidy_up()


@pytest.mark.parametrize("card", ["pm_sandbox_declinesLater", "pm_sandbox_asksLater"])
async def test_a_fee_that_is_declined_is_told(system: Deployment, card: str) -> None:
    visit = await begun(await opened(system, no_show_policy=FEE), card)
    (charge,) = (await nobody_came(visit)).json()["charges"]
    assert "declined" == charge["state"] and charge["decline_code"]
    await visit.is_told("charge_declined")
    await visit.comes_to(paid(payments=2, emails=2, sms=2))
    await system.tidy_up()


@pytest.mark.parametrize("operation", ["create", "authorise"])
@pytest.mark.parametrize("mode", [Mode.ERROR_500, Mode.TIMEOUT_AFTER, Mode.DUPLICATE])
async def test_a_fee_is_charged_once_whatever_the_vendor_does(system: Deployment, operation: str, mode: Mode) -> None:
    visit = await begun(await opened(system, no_show_policy=FEE))
    await system.vendors.fail("stripe", operation, mode)
    assert 200 == (await nobody_came(visit)).status_code
    await visit.comes_to(paid(payments=2, authorised=6500, captured=6500, emails=2, sms=2))
    await system.tidy_up()


async def test_before_the_start_nobody_has_failed_to_come(system: Deployment) -> None:
    salon = await opened(system, no_show_policy=FEE)
    visit = await salon.hold()
    await visit.confirm()
    await visit.is_told("notification_sent", 2)  # so that nothing happens between the look and the command
    assert (409, "not-allowed-now") == refusal(await nobody_came(visit))
    assert "confirmed" == await visit.status()
    await system.tidy_up()
