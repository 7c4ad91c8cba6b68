"""A service's policies, and what a booking made under them would give back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.api.shop import SERVICE, WHICHEVER, Shop, problem
from tests.opening import words_of

TIERS = [
    {"unit": "days", "notice": 5, "refund_percent": 100},
    {"unit": "business_days", "notice": 1, "refund_percent": 50},
]
PAID = (
    "INSERT INTO payments (business_id, booking_id, vendor, vendor_id, state, amount, currency)"
    " VALUES ($1, $2, 'stripe', 'pi_1', 'captured', 5000, 'EUR')"
)


async def booked(shop: Shop, at: datetime, *, paid: bool = True, **service: Any) -> dict[str, Any]:
    service_id = await shop.service(**service)
    provider_id = await shop.provider(service_id)
    held: dict[str, Any] = (await shop.book(service_id, provider_id, at)).json()
    method = {"payment_method": "pm_card_visa"} if service.get("payment", "online") == "online" else {}
    confirmed = await shop.post(f"/bookings/{held['id']}/confirm", method)
    assert 200 == confirmed.status_code, confirmed.text
    if paid:
        await shop.pool.execute(PAID, shop.business_id, held["id"])
    return held


async def as_customer(client: httpx.AsyncClient, held: dict[str, Any], call: str, body: Any = None) -> httpx.Response:
    auth = {"Authorization": f"Bearer {held['manage_token']}"}
    path = f"/api/v1/bookings/{held['id']}/{call}"
    return await (client.get(path, headers=auth) if body is None else client.post(path, json=body, headers=auth))


async def test_the_policies_are_shown_as_they_were_given(shop: Shop) -> None:
    given: dict[str, Any] = {
        "cancellation_policy": {"tiers": TIERS, "late_refund_percent": 10},
        "reschedule_policy": {"min_notice_minutes": 120, "most_times": 2},
        "no_show_policy": {"fee_percent": 30, "window_minutes": 90},
        "follow_up_minutes": 45,
    }
    service = (await shop.get(f"/services/{await shop.service(**given)}")).json()
    assert {"free_until_minutes": None, **given["cancellation_policy"]} == service["cancellation_policy"]
    assert given["reschedule_policy"] == service["reschedule_policy"]
    assert {"fee_amount": None, **given["no_show_policy"]} == service["no_show_policy"]
    assert 45 == service["follow_up_minutes"]


async def test_what_was_said_before_there_were_tiers_still_holds(shop: Shop) -> None:
    for given, free in (({}, 0), ({"late_refund_percent": 20}, 0), ({"free_until_minutes": 1440}, 1440)):
        service_id = await shop.service(cancellation_policy=given)
        policy = (await shop.get(f"/services/{service_id}")).json()["cancellation_policy"]
        assert {"free_until_minutes": free, "late_refund_percent": 0, "tiers": []} | given == policy


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"cancellation_policy": {"tiers": [{"unit": "weeks", "notice": 1, "refund_percent": 1}]}}, "tiers/0/unit"),
        ({"cancellation_policy": {"tiers": [{"unit": "days", "notice": 367, "refund_percent": 1}]}}, "tiers/0/notice"),
        ({"cancellation_policy": {"tiers": [{"unit": "days", "notice": -1, "refund_percent": 1}]}}, "tiers/0/notice"),
        ({"cancellation_policy": {"tiers": [{"unit": "days", "notice": 1, "refund_percent": 101}]}}, "tiers/0/refund_percent"),
        ({"cancellation_policy": {"tiers": [{**TIERS[0], "notice": 1}, {**TIERS[0], "notice": 1}]}}, "tiers"),
        (
            {"cancellation_policy": {"tiers": [{**TIERS[0], "notice": 1}, {**TIERS[0], "notice": 2, "refund_percent": 1}]}},
            "tiers",
        ),
        ({"no_show_policy": {"fee_percent": 10, "fee_amount": 100}}, "no_show_policy/fee_amount"),
        ({"no_show_policy": {"fee_percent": 10}, "payment": "none"}, "no_show_policy"),
        ({"no_show_policy": {"window_minutes": 0}}, "no_show_policy/window_minutes"),
        ({"reschedule_policy": {"most_times": -1}}, "reschedule_policy/most_times"),
        ({"follow_up_minutes": 0}, "follow_up_minutes"),
    ],
)
async def test_a_policy_that_makes_no_sense_is_refused(shop: Shop, wrong: dict[str, Any], place: str) -> None:
    status, code, places = problem(await shop.post("/services", SERVICE | wrong))
    assert (422, "invalid-request") == (status, code)
    assert [True] == [found.endswith(place) for found in places]


async def test_a_quote_names_its_tier_and_until_when_it_holds(
    shop: Shop, client: httpx.AsyncClient, nine_in_a_week: datetime
) -> None:
    held = await booked(shop, nine_in_a_week, cancellation_policy={"tiers": TIERS})
    quote = (await as_customer(client, held, "cancellation")).json()
    assert (5000, 5000, 0, "EUR", 100) == tuple(quote[name] for name in ("paid", "refund", "kept", "currency", "refund_percent"))
    assert TIERS[0] == quote["tier"]
    wall = (nine_in_a_week.replace(tzinfo=None) - timedelta(days=5)).isoformat()
    assert (wall, "Europe/Berlin") == (quote["holds_until"][:19], quote["timezone"])


@pytest.mark.parametrize("by_staff", [False, True])
async def test_what_was_quoted_is_what_cancelling_gives_back(
    shop: Shop, client: httpx.AsyncClient, nine_in_a_week: datetime, by_staff: bool
) -> None:
    """C19: what comes back is the policy's word, told beforehand."""
    policy = {"free_until_minutes": 30 * 24 * 60, "late_refund_percent": 30}
    held = await booked(shop, nine_in_a_week, cancellation_policy=policy)
    if by_staff:
        quote = (await shop.get(f"/bookings/{held['id']}/cancellation")).json()
        answer = await shop.post(f"/bookings/{held['id']}/cancel", {})
    else:
        quote = (await as_customer(client, held, "cancellation")).json()
        answer = await as_customer(client, held, "cancel", {"reason": "ill"})
    assert (5000 if by_staff else 1500) == quote["refund"] == 5000 - quote["kept"]
    (refund,) = answer.json()["refunds"]
    assert {"amount": quote["refund"], "currency": "EUR", "state": "requested"}.items() <= refund.items()
    assert ("cancelled", f"cancelled-by-{'staff' if by_staff else 'customer'}") == (
        answer.json()["status"],
        answer.json()["status_reason"],
    )


@pytest.mark.parametrize(("wish", "refunds"), [("full", [5000]), ("policy", [1500]), ("none", [])])
async def test_staff_choose_what_comes_back(shop: Shop, nine_in_a_week: datetime, wish: str, refunds: list[int]) -> None:
    policy = {"free_until_minutes": 30 * 24 * 60, "late_refund_percent": 30}
    held = await booked(shop, nine_in_a_week, cancellation_policy=policy)
    answer = await shop.post(f"/bookings/{held['id']}/cancel", {"refund": wish}, **WHICHEVER)
    assert refunds == [refund["amount"] for refund in answer.json()["refunds"]]


async def test_customers_choose_nothing(shop: Shop, client: httpx.AsyncClient, nine_in_a_week: datetime) -> None:
    held = await booked(shop, nine_in_a_week)
    refused = problem(await as_customer(client, held, "cancel", {"refund": "full"}))
    assert (422, "invalid-request", ["/refund"]) == refused
    assert "confirmed" == (await shop.get(f"/bookings/{held['id']}")).json()["status"]


async def test_a_later_change_of_the_service_changes_nothing(
    shop: Shop, client: httpx.AsyncClient, nine_in_a_week: datetime
) -> None:
    """C19: a booking keeps the policy that it was made under."""
    held = await booked(shop, nine_in_a_week)
    strict: dict[str, Any] = {"free_until_minutes": None, "late_refund_percent": 0, "tiers": []}
    await shop.pool.execute("UPDATE services SET cancellation_policy = $2 WHERE business_id = $1", shop.business_id, strict)
    assert 5000 == (await as_customer(client, held, "cancellation")).json()["refund"]


async def test_why_is_kept_with_the_booking_and_told_nowhere(
    shop: Shop, client: httpx.AsyncClient, nine_in_a_week: datetime
) -> None:
    held = await booked(shop, nine_in_a_week)
    await as_customer(client, held, "cancel", {"reason": "my mother is ill"})
    assert "my mother is ill" == await words_of(shop.pool, held["id"])
    assert "mother" not in (await shop.get(f"/bookings/{held['id']}/timeline")).text


async def test_there_is_no_quote_for_what_is_held_or_over(
    shop: Shop, client: httpx.AsyncClient, nine_in_a_week: datetime
) -> None:
    held = await booked(shop, nine_in_a_week, paid=False, payment="none", price={"amount": 0, "currency": "EUR"})
    assert 0 == (await as_customer(client, held, "cancellation")).json()["refund"]
    await as_customer(client, held, "cancel", {})
    assert (409, "not-allowed-now", []) == problem(await as_customer(client, held, "cancellation"))


async def test_a_quote_is_nobody_elses_business(shop: Shop, other_shop: Shop, nine_in_a_week: datetime) -> None:
    held = await booked(shop, nine_in_a_week)
    assert 404 == (await other_shop.get(f"/bookings/{held['id']}/cancellation")).status_code
