"""Customers with an account see what they have booked with every business, by their own address, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from domain.people import Role
from tests.api.shop import Shop, problem
from tests.api.staff import Somebody, somebody


async def as_customer(shop: Shop) -> Somebody:
    """Somebody with an account who works for nobody here."""
    person = await somebody(shop.client, shop.pool)
    assert "customer" == person.tokens["scope"]
    return person


async def booked(shop: Shop, at: datetime, email: str, **service: Any) -> dict[str, Any]:
    service_id = await shop.service(payment="none", price={"amount": 0, "currency": "EUR"}, **service)
    provider_id = await shop.provider(service_id)
    answer = await shop.book(service_id, provider_id, at, customer={"name": "Grace Hopper", "email": email})
    assert 201 == answer.status_code, answer.text
    return dict(answer.json())


async def listed(person: Somebody, query: str = "") -> list[str]:
    answer = await person.call("GET", f"/me/bookings{query}")
    assert 200 == answer.status_code, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_what_was_booked_with_every_business_is_listed_in_order(
    shop: Shop, other_shop: Shop, nine_in_a_week: datetime
) -> None:
    person = await as_customer(shop)
    later = await booked(shop, nine_in_a_week + timedelta(hours=3), person.email)
    first = await booked(other_shop, nine_in_a_week, person.email.replace("ada", "Ada"))
    between = await booked(shop, nine_in_a_week + timedelta(hours=1), person.email)
    await booked(shop, nine_in_a_week, "another@example.com")
    shown = (await person.call("GET", "/me/bookings")).json()
    assert [first["id"], between["id"], later["id"]] == [one["id"] for one in shown["items"]]
    assert ["Salon Babbage", "Salon Byron", "Salon Byron"] == [one["business_name"] for one in shown["items"]]
    assert str(other_shop.business_id) == shown["items"][0]["business_id"]
    page = (await person.call("GET", "/me/bookings?limit=2")).json()
    assert [first["id"], between["id"]] == [one["id"] for one in page["items"]]
    assert [later["id"]] == await listed(person, f"?cursor={page['next_cursor']}")
    until = (nine_in_a_week + timedelta(hours=2)).isoformat().replace("+", "%2B")
    assert [first["id"], between["id"]] == await listed(person, f"?to={until}")
    assert [] == await listed(person, "?status=cancelled")


async def test_a_booking_of_ones_own_is_managed_without_its_token(shop: Shop, nine_in_a_week: datetime) -> None:
    person = await as_customer(shop)
    path = f"/bookings/{(await booked(shop, nine_in_a_week, person.email))['id']}"
    assert ("pending", person.email) == (
        (shown := (await person.call("GET", path)).json())["status"],
        shown["customer"]["email"],
    )
    assert 200 == (await person.call("GET", f"{path}/timeline")).status_code
    confirmed = await person.call("POST", f"{path}/confirm", {})
    assert (200, "confirmed") == (confirmed.status_code, confirmed.json()["status"])
    at = (nine_in_a_week + timedelta(days=1)).isoformat()
    moved = await person.call("POST", f"{path}/reschedule", {"starts_at": at})
    assert (200, at) == (moved.status_code, moved.json()["starts_at"])
    cancelled = await person.call("POST", f"{path}/cancel", {"reason": "ill"})
    assert (200, "cancelled-by-customer") == (cancelled.status_code, cancelled.json()["status_reason"])


async def test_a_customer_is_never_taken_for_staff(shop: Shop, nine_in_a_week: datetime) -> None:
    person = await as_customer(shop)
    path = f"/bookings/{(await booked(shop, nine_in_a_week, person.email))['id']}"
    await person.call("POST", f"{path}/confirm", {})
    assert 422 == (await person.call("POST", f"{path}/cancel", {"refund": "full"})).status_code
    assert 401 == (await person.call("POST", f"{path}/no-show")).status_code
    for command in ("approve", "decline"):
        assert (403, "forbidden", []) == problem(await person.call("POST", f"{path}/{command}"))
    for other in (f"{path}/operations", "/bookings", "/customers"):
        assert 403 == (await person.call("GET", other)).status_code, other


async def test_anothers_booking_is_one_that_nobody_has(shop: Shop, nine_in_a_week: datetime) -> None:
    person = await as_customer(shop)
    await booked(shop, nine_in_a_week, person.email)
    theirs = await booked(shop, nine_in_a_week, "another@example.com")
    for suffix, method in (("", "GET"), ("/cancel", "POST"), ("/confirm", "POST"), ("/timeline", "GET")):
        seen = await person.call(method, f"/bookings/{theirs['id']}{suffix}")
        unknown = await person.call(method, f"/bookings/{uuid4()}{suffix}")
        assert (404, unknown.content) == (seen.status_code, seen.content)
    shown = await shop.get(f"/bookings/{theirs['id']}")
    assert "pending" == shown.json()["status"]


async def test_who_works_for_a_business_is_a_customer_only_when_they_say_so(shop: Shop, nine_in_a_week: datetime) -> None:
    """With their own address at their own salon, too: as staff they see the business's bookings, as customer their own."""
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.VIEWER)
    own = await booked(shop, nine_in_a_week, person.email)
    assert (403, "forbidden", []) == problem(await person.call("GET", "/me/bookings"))
    assert 403 == (await person.call("POST", f"/bookings/{own['id']}/cancel", {})).status_code
    assert 200 == (await person.log_in(scope="customer")).status_code
    assert [own["id"]] == await listed(person)
    assert 200 == (await person.call("POST", f"/bookings/{own['id']}/cancel", {})).status_code


async def test_a_log_in_that_is_over_shows_nothing(shop: Shop, nine_in_a_week: datetime) -> None:
    person = await as_customer(shop)
    path = f"/bookings/{(await booked(shop, nine_in_a_week, person.email))['id']}"
    await person.call("DELETE", "/sessions/current")
    for address in ("/me/bookings", path):
        assert (401, "unauthorised", ["Authorization"]) == problem(await person.call("GET", address))


async def test_without_an_account_the_manage_token_goes_on_as_before(shop: Shop, nine_in_a_week: datetime) -> None:
    booking = await booked(shop, nine_in_a_week, "another@example.com")
    headers = {"Authorization": f"Bearer {booking['manage_token']}"}
    shown = await shop.client.get(f"/api/v1/bookings/{booking['id']}", headers=headers)
    assert (200, "pending") == (shown.status_code, shown.json()["status"])
    assert 401 == (await shop.client.get("/api/v1/me/bookings", headers=headers)).status_code
