"""The waitlist over HTTP: who may join, see, leave and list it, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from activities.waitlist import FindOffer, WaitlistActivities
from domain.bookings import BookingRef
from settings import Settings
from store import bookings
from store.webhook_endpoints import create_endpoint
from tests.api.conftest import BERLIN
from tests.api.shop import CUSTOMER, Shop, problem
from tests.opening import payloads_of

TODAY = datetime.now(BERLIN).date()
NEXT_WEEK = TODAY + timedelta(days=7)


async def line_of(shop: Shop) -> dict[str, Any]:
    """A wish for next week, of a service that one provider gives."""
    service_id = await shop.service(price={"amount": 0, "currency": "EUR"}, payment="none", waitlist_offer_minutes=45)
    provider_id = await shop.provider(service_id)
    wish = {"service_id": service_id, "from": NEXT_WEEK.isoformat(), "to": (NEXT_WEEK + timedelta(days=2)).isoformat()}
    return wish | {"provider_id": provider_id, "customer": CUSTOMER | {"email": f"{uuid4().hex}@example.com"}}


async def join(shop: Shop, body: Any, key: str | None = None) -> httpx.Response:
    return await shop.client.post("/api/v1/waitlist", json=body, headers={"Idempotency-Key": key} if key else {})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_anybody_may_join_and_sees_their_place_by_their_token(shop: Shop) -> None:
    wish = await line_of(shop)
    first = await join(shop, wish | {"times": [{"start": "09:00", "end": "12:00"}], "weekdays": ["friday", "monday"]})
    assert (201, f"/api/v1/waitlist/{first.json()['id']}") == (first.status_code, first.headers["location"])
    second = (await join(shop, wish | {"customer": CUSTOMER})).json()
    entry = first.json()
    assert ("waiting", 1, 2) == (entry["state"], entry["position"], second["position"])
    assert (["monday", "friday"], [{"start": "09:00", "end": "12:00"}]) == (entry["weekdays"], entry["times"])
    assert ("Europe/Berlin", wish["from"], wish["to"]) == (entry["timezone"], entry["from"], entry["to"])
    shown = await shop.client.get(f"/api/v1/waitlist/{entry['id']}", headers=bearer(entry["manage_token"]))
    assert {name: value for name, value in entry.items() if name != "manage_token"} == shown.json()
    assert 200 == (await shop.get(f"/waitlist/{entry['id']}")).status_code


async def test_others_see_nothing(shop: Shop, other_shop: Shop) -> None:
    entry = (await join(shop, await line_of(shop))).json()
    path = f"/api/v1/waitlist/{entry['id']}"
    stranger = (await join(shop, await line_of(shop))).json()["manage_token"]
    for headers in ({}, bearer("wt_nonsense"), bearer(stranger)):
        for method in ("GET", "DELETE"):
            assert 401 == (await shop.client.request(method, path, headers=headers)).status_code
    assert 404 == (await other_shop.get(f"/waitlist/{entry['id']}")).status_code
    assert 404 == (await other_shop.delete(f"/waitlist/{entry['id']}")).status_code
    assert 401 == (await shop.client.get("/api/v1/waitlist")).status_code
    assert [] == (await other_shop.get("/waitlist")).json()["items"]
    assert "waiting" == (await shop.get(f"/waitlist/{entry['id']}")).json()["state"]


async def test_a_repeat_gets_the_first_entry_and_only_its_own_key_the_token(shop: Shop) -> None:
    wish, key = await line_of(shop), uuid4().hex
    first = await join(shop, wish, key)
    again = await join(shop, wish, key)
    assert (first.json(), "true") == (again.json(), again.headers["idempotent-replayed"])
    for other in (await join(shop, wish), await join(shop, wish, uuid4().hex)):
        assert (201, first.json()["id"], None) == (other.status_code, other.json()["id"], other.json()["manage_token"])
    assert (422, "idempotency-key-reused") == problem(await join(shop, wish | {"seats": 1}, key))[:2]
    assert 1 == len((await shop.get("/waitlist", service_id=wish["service_id"])).json()["items"])


async def test_who_left_may_join_again(shop: Shop) -> None:
    wish = await line_of(shop)
    entry = (await join(shop, wish)).json()
    for _ in range(2):
        left = await shop.client.delete(f"/api/v1/waitlist/{entry['id']}", headers=bearer(entry["manage_token"]))
        assert (200, "left", None) == (left.status_code, left.json()["state"], left.json()["position"])
    assert entry["id"] != (await join(shop, wish)).json()["id"]


async def offered(shop: Shop, pool: asyncpg.Pool, settings: Settings, wish: dict[str, Any]) -> BookingRef:
    """What the workflow does, once."""
    activities = WaitlistActivities(pool, settings.token_secret.get_secret_value())
    found = await activities.find_offer(FindOffer(shop.business_id, UUID(wish["service_id"])))
    assert found.offer is not None and 45 * 60 == found.offer.seconds
    await bookings.hold(pool, found.offer.order, timedelta(seconds=found.offer.seconds))
    return BookingRef(shop.business_id, found.offer.order.booking_id)


async def test_an_offer_is_shown_with_the_token_that_takes_it(shop: Shop, pool: asyncpg.Pool, settings: Settings) -> None:
    """C41: an offer with a hold of its own."""
    wish = await line_of(shop)
    entry = (await join(shop, wish)).json()
    booking = await offered(shop, pool, settings, wish)
    shown = (await shop.client.get(f"/api/v1/waitlist/{entry['id']}", headers=bearer(entry["manage_token"]))).json()
    offer = shown["offer"]
    assert ("offered", str(booking.booking_id), wish["provider_id"]) == (
        shown["state"],
        offer["booking_id"],
        offer["provider_id"],
    )
    assert f"{wish['from']}T09:00:00" == offer["starts_at"][:19]
    assert timedelta(minutes=44) < datetime.fromisoformat(offer["expires_at"]) - datetime.now(UTC) <= timedelta(minutes=45)
    assert None is (await shop.get(f"/waitlist/{entry['id']}")).json()["offer"]["manage_token"]
    path = f"/api/v1/bookings/{offer['booking_id']}"
    confirmed = await shop.client.post(f"{path}/confirm", json={}, headers=bearer(offer["manage_token"]))
    assert (200, "confirmed") == (confirmed.status_code, confirmed.json()["status"])
    shown = (await shop.client.get(f"/api/v1/waitlist/{entry['id']}", headers=bearer(entry["manage_token"]))).json()
    assert ("accepted", None, None) == (shown["state"], shown["offer"], shown["position"])
    timeline = (await shop.get(f"/bookings/{offer['booking_id']}/timeline")).json()["items"]
    (told,) = (item for item in timeline if item["kind"] == "waitlist_offered")
    assert {"entry": entry["id"]} == told["detail"]


async def test_leaving_lets_go_of_the_offer(shop: Shop, pool: asyncpg.Pool, settings: Settings) -> None:
    wish = await line_of(shop)
    entry = (await join(shop, wish)).json()
    booking = await offered(shop, pool, settings, wish)
    left = (await shop.delete(f"/waitlist/{entry['id']}")).json()
    assert ("left", None) == (left["state"], left["offer"])
    assert "cancelled" == (await shop.get(f"/bookings/{booking.booking_id}")).json()["status"]


async def test_only_staff_give_priority(shop: Shop, other_shop: Shop) -> None:
    wish = await line_of(shop)
    first = (await join(shop, wish)).json()
    assert (401, "unauthorised", ["Authorization"]) == problem(await join(shop, wish | {"priority": 1}))
    assert (401, "unauthorised", ["/priority"]) == problem(await other_shop.post("/waitlist", wish | {"priority": 1}))
    urgent = await shop.post("/waitlist", wish | {"customer": CUSTOMER, "priority": 1})
    assert (201, 1) == (urgent.status_code, urgent.json()["position"])
    path = f"/api/v1/waitlist/{first['id']}"
    assert 401 == (await shop.client.patch(path, json={"priority": 2}, headers=bearer(first["manage_token"]))).status_code
    assert 404 == (await other_shop.client.patch(path, json={"priority": 2}, headers=other_shop.auth)).status_code
    raised = (await shop.client.patch(path, json={"priority": 2}, headers=shop.auth)).json()
    assert (2, 1) == (raised["priority"], raised["position"])


async def test_staff_list_it_page_by_page(shop: Shop) -> None:
    wish = await line_of(shop)
    ids = [(await join(shop, wish | {"customer": CUSTOMER | {"name": name}})).json()["id"] for name in ("Ada", "Bea", "Cleo")]
    await shop.delete(f"/waitlist/{ids[1]}")
    found, cursor = [], None
    while True:
        page = (await shop.get("/waitlist", limit=2, **({"cursor": cursor} if cursor else {}))).json()
        found += [entry["id"] for entry in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert ids == found
    assert [ids[1]] == [entry["id"] for entry in (await shop.get("/waitlist", state="left")).json()["items"]]
    assert [] == (await shop.get("/waitlist", customer_email="nobody@example.com")).json()["items"]


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"service_id": str(uuid4())}, "/service_id"),
        ({"provider_id": str(uuid4())}, "/provider_id"),
        ({"to": (NEXT_WEEK - timedelta(days=1)).isoformat()}, "/to"),
        ({"to": (NEXT_WEEK + timedelta(days=63)).isoformat()}, "/to"),
        ({"from": (TODAY - timedelta(days=9)).isoformat(), "to": (TODAY - timedelta(days=2)).isoformat()}, "/to"),
        ({"from": (TODAY + timedelta(days=200)).isoformat(), "to": (TODAY + timedelta(days=200)).isoformat()}, "/from"),
        ({"weekdays": ["monday", "monday"]}, "/weekdays"),
        ({"weekdays": ["doomsday"]}, "/weekdays/0"),
        ({"times": [{"start": "12:00", "end": "09:00"}]}, "/times/0/end"),
        ({"timezone": "Mars/Olympus"}, "/timezone"),
        ({"seats": 2}, "/seats"),
        ({"duration_minutes": 20}, "/duration_minutes"),
        ({"customer": {"name": "Ada", "email": "nobody"}}, "/customer/email"),
        ({"priority": "high"}, "/priority"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_a_wish_that_could_never_be_granted_is_refused(shop: Shop, pool: asyncpg.Pool, changed: Any, place: str) -> None:
    wish = await line_of(shop)
    assert (422, "invalid-request", [place]) == problem(await join(shop, wish | changed))
    assert 0 == await pool.fetchval("SELECT count(*) FROM waitlist_entries WHERE business_id = $1", shop.business_id)


async def test_joining_and_leaving_are_told_to_the_businesss_own_systems(shop: Shop, pool: asyncpg.Pool) -> None:
    await create_endpoint(pool, shop.business_id, uuid4(), "https://salon.example/hooks", None, (), "whsec_c2VjcmV0")
    wish = await line_of(shop)
    entry = (await join(shop, wish)).json()
    await join(shop, wish)
    for _ in range(2):
        await shop.delete(f"/waitlist/{entry['id']}")
    told = await pool.fetch(
        "SELECT e.type FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id"
        " WHERE d.business_id = $1 ORDER BY d.id",
        shop.business_id,
    )
    assert ["waitlist.joined", "waitlist.left"] == [row["type"] for row in told]
    bodies = [json.loads(payload) for payload in await payloads_of(pool, shop.business_id)]
    assert [(entry["id"], "waiting"), (entry["id"], "left")] == [(body["data"]["id"], body["data"]["state"]) for body in bodies]
