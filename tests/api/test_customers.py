"""Customers are found, handed all that is known of them, and erased."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.people import Role
from tests.api.shop import CUSTOMER, Shop, problem
from tests.api.staff import somebody

FREE = {"payment": "none", "price": {"amount": 0, "currency": "EUR"}}


@pytest.fixture
async def held(shop: Shop, nine_in_a_week: datetime) -> dict[str, Any]:
    """A booking of our customer, with words about them."""
    service = await shop.service(**FREE)
    provider = await shop.provider(service)
    booking: dict[str, Any] = (await shop.book(service, provider, nine_in_a_week)).json()
    return booking


async def customer_id(shop: Shop) -> str:
    (found,) = (await shop.get("/customers", email=CUSTOMER["email"])).json()["items"]
    return str(found["id"])


async def test_a_customer_is_found_by_what_they_gave(shop: Shop, held: dict[str, Any]) -> None:
    whose = await customer_id(shop)
    shown = (await shop.get(f"/customers/{whose}")).json()
    assert (held["customer"], None) == (shown["customer"], shown["erased_at"])
    assert [whose] == [one["id"] for one in (await shop.get("/customers", limit=1)).json()["items"]]
    assert [] == (await shop.get("/customers", email="nobody@example.com")).json()["items"]
    assert (422, "invalid-request", ["email"]) == problem(await shop.get("/customers", email="nobody"))


async def test_the_export_has_everything_that_was_given_and_said(shop: Shop, held: dict[str, Any]) -> None:
    await shop.post(f"/bookings/{held['id']}/cancel", {"reason": "She is in hospital"})
    told = (await shop.get(f"/customers/{await customer_id(shop)}/export")).json()
    (known,) = told["bookings"]
    assert (held["id"], "She is in hospital") == (known["booking"]["id"], known["closing_words"])
    assert ["held", "cancelled"] == [line["kind"] for line in known["timeline"]]
    assert [held["customer"]] == [one["customer"] for one in told["details"]]


async def test_what_is_still_to_come_is_in_the_way(shop: Shop, held: dict[str, Any]) -> None:
    whose = await customer_id(shop)
    refused = await shop.post(f"/customers/{whose}/erase", {})
    assert (409, "still-to-come", []) == problem(refused)
    assert [held["id"]] == refused.json()["booking_ids"]
    assert held["customer"] == (await shop.get(f"/bookings/{held['id']}")).json()["customer"]


async def test_on_wish_it_is_cancelled_first_and_the_booking_stays_without_them(shop: Shop, held: dict[str, Any]) -> None:
    whose, first = await customer_id(shop), held["starts_at"][:10]
    wish = {"service_id": held["service_id"], "from": first, "to": first, "customer": CUSTOMER}
    entry = (await shop.post("/waitlist", wish)).json()
    erased = await shop.post(f"/customers/{whose}/erase", {"cancel": True})
    assert 200 == erased.status_code, erased.text
    assert erased.json() == (await shop.post(f"/customers/{whose}/erase", {})).json()
    booking = (await shop.get(f"/bookings/{held['id']}")).json()
    assert ("cancelled", "[erased]", None) == (
        booking["status"],
        booking["customer"]["name"],
        booking["customer"]["phone"],
    )
    assert "[erased]" == (await shop.get(f"/waitlist/{entry['id']}")).json()["customer"]["name"]
    assert [] == (await shop.get("/customers", email=CUSTOMER["email"])).json()["items"]
    export = await shop.get(f"/customers/{whose}/export")
    assert 200 == export.status_code and CUSTOMER["email"] not in export.text
    assert 200 == (await shop.get(f"/bookings/{held['id']}/timeline")).status_code


async def test_only_those_who_may_export_and_erase(shop: Shop, other_shop: Shop, held: dict[str, Any]) -> None:
    whose = await customer_id(shop)
    staff = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    assert 200 == (await staff.call("GET", f"/customers/{whose}")).status_code
    for method, path in (("GET", "export"), ("POST", "erase")):
        assert 403 == (await staff.call(method, f"/customers/{whose}/{path}")).status_code
    token = {"Authorization": f"Bearer {held['manage_token']}"}
    assert 401 == (await shop.client.get(f"/api/v1/customers/{whose}/export", headers=token)).status_code
    for path in ("", "/export"):
        assert (404, "not-found", []) == problem(await other_shop.get(f"/customers/{whose}{path}"))
    assert (404, "not-found", []) == problem(await other_shop.post(f"/customers/{whose}/erase", {}))


async def test_a_correction_is_found_by_the_new_address(shop: Shop, held: dict[str, Any], nine_in_a_week: datetime) -> None:
    whose = await customer_id(shop)
    confirmed = await shop.post(f"/bookings/{held['id']}/confirm", {})
    assert 200 == confirmed.status_code, confirmed.text
    body = {"message": "confirmation", "channel": "email", "email": "right@example.com"}
    assert 200 == (await shop.post(f"/bookings/{held['id']}/operations/resend", body)).status_code
    (found,) = (await shop.get("/customers", email="right@example.com")).json()["items"]
    assert (whose, "right@example.com") == (found["id"], found["customer"]["email"])
    again = await shop.book(held["service_id"], held["provider_id"], nine_in_a_week + timedelta(hours=2))
    assert 201 == again.status_code
