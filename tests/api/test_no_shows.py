"""Staff say that nobody came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx

from domain.errors import TransitionNotAllowed
from tests.api.shop import WHICHEVER, FakeCommands, Shop, problem
from tests.api.test_policies import as_customer, booked

BEGUN = "UPDATE bookings SET starts_at = now() - interval '1 minute', ends_at = now() + interval '1 hour' WHERE business_id = $1"


async def begun(shop: Shop, at: datetime, **service: Any) -> dict[str, Any]:
    held = await booked(shop, at, **service)
    await shop.pool.execute(BEGUN, shop.business_id)
    return held


async def test_the_fee_is_the_policys_and_is_shown(shop: Shop, nine_in_a_week: datetime) -> None:
    held = await begun(shop, nine_in_a_week, no_show_policy={"fee_percent": 30})
    for _ in range(2):
        shown = (await shop.post(f"/bookings/{held['id']}/no-show", {}, **WHICHEVER)).json()
        assert ("no_show", "no-show") == (shown["status"], shown["status_reason"])
        assert [(1500, "EUR", "requested", "no-show")] == [
            (charge["amount"], charge["currency"], charge["state"], charge["reason"]) for charge in shown["charges"]
        ]


async def test_without_a_fee_nothing_is_charged(shop: Shop, nine_in_a_week: datetime) -> None:
    held = await begun(shop, nine_in_a_week)
    assert [] == (await shop.post(f"/bookings/{held['id']}/no-show", {}, **WHICHEVER)).json()["charges"]


async def test_customers_cannot_say_so(shop: Shop, client: httpx.AsyncClient, nine_in_a_week: datetime) -> None:
    held = await begun(shop, nine_in_a_week)
    assert (401, "unauthorised", ["Authorization"]) == problem(await as_customer(client, held, "no-show", {}))
    assert "confirmed" == (await shop.get(f"/bookings/{held['id']}")).json()["status"]


async def test_not_before_the_start(shop: Shop, nine_in_a_week: datetime) -> None:
    held = await booked(shop, nine_in_a_week)
    answer = await shop.post(f"/bookings/{held['id']}/no-show", {}, **WHICHEVER)
    assert (409, "not-allowed-now", []) == problem(answer)
    assert "confirmed" == answer.json()["booking_status"]


async def test_what_the_workflow_refuses_is_a_conflict(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    held = await begun(shop, nine_in_a_week)
    commands.refusal = TransitionNotAllowed("another change of this booking is under way", status="confirmed")
    assert (409, "not-allowed-now", []) == problem(await shop.post(f"/bookings/{held['id']}/no-show", {}, **WHICHEVER))


async def test_another_business_finds_no_such_booking(shop: Shop, other_shop: Shop, nine_in_a_week: datetime) -> None:
    held = await begun(shop, nine_in_a_week)
    assert 404 == (await other_shop.post(f"/bookings/{held['id']}/no-show", {}, **WHICHEVER)).status_code
