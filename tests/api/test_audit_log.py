"""Each call of staff leaves a line in the audit log: every guarded route that there is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

import httpx

from domain.people import Role
from store.api_keys import create_api_key
from store.audit import AuditFilter, Checked, check, list_lines
from tests.api.shop import SERVICE, Shop, problem
from tests.api.staff import somebody
from tests.api.test_permissions import GUARDED, address_of

MOST = 1000


async def asked(shop: Shop) -> list[tuple[str, str]]:
    """Who has asked for what, the first first."""
    lines = await list_lines(shop.pool, shop.business_id, AuditFilter(), None, MOST)
    return [(line.who, line.route) for line in reversed(lines)]


async def test_every_guarded_route_leaves_a_line_for_a_person_and_for_a_key(shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.OWNER)
    for headers in (person.auth, shop.auth):
        for name in GUARDED:
            method, path = address_of(name)
            await shop.client.request(method, path, headers=headers)
    seen = await asked(shop)
    assert set(GUARDED) == {route for who, route in seen if who == f"person:{person.id}"}
    keys = {route for who, route in seen if who.startswith("key:")}
    assert set(GUARDED) == keys
    assert len(seen) == 2 * len(GUARDED)  # once a request
    assert Checked(len(seen), None) == await check(shop.pool, shop.business_id)


async def test_a_line_names_ids_and_the_address_and_no_person(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service(payment="none", price={"amount": 0, "currency": "EUR"})
    provider = await shop.provider(service)
    held = (await shop.book(service, provider, nine_in_a_week)).json()
    await shop.get(f"/bookings/{held['id']}")
    await shop.get("/bookings", customer_email="ada@example.com", provider_id=provider)
    await shop.get("/bookings/ada@example.com")
    await shop.get("/bookings", provider_id="ada-lovelace")
    lines = await list_lines(shop.pool, shop.business_id, AuditFilter(), None, MOST)
    assert {"booking_id": held["id"]} in [dict(line.named) for line in lines]
    assert {"provider_id": provider} in [dict(line.named) for line in lines]
    assert {"127.0.0.1"} == {line.address for line in lines}
    told = str([(line.named, line.route, line.who) for line in lines]).lower()
    assert [] == [word for word in ("ada@", "example.com", "lovelace") if word in told]  # "ada" may be in an id


async def test_customers_and_strangers_leave_none(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service(payment="none", price={"amount": 0, "currency": "EUR"})
    held = (await shop.book(service, await shop.provider(service), nine_in_a_week)).json()
    before = await asked(shop)
    token = {"Authorization": f"Bearer {held['manage_token']}"}
    assert 200 == (await shop.client.get(f"/api/v1/bookings/{held['id']}", headers=token)).status_code
    assert 401 == (await shop.client.get("/api/v1/bookings")).status_code
    assert before == await asked(shop)


async def test_the_log_is_read_page_by_page(shop: Shop) -> None:
    for _ in range(3):
        await shop.post("/services", SERVICE)
    first = (await shop.get("/audit-log", limit=2)).json()
    assert ["GET /api/v1/audit-log", "POST /api/v1/services"] == [line["route"] for line in first["items"]]
    rest = (await shop.get("/audit-log", limit=50, cursor=first["next_cursor"])).json()
    assert [2, 1] == [line["seq"] for line in rest["items"]] and rest["next_cursor"] is None
    assert (422, "invalid-request", ["cursor"]) == problem(await shop.get("/audit-log", cursor="x"))
    none = await shop.get("/audit-log", who=f"person:{uuid4()}")
    assert [] == none.json()["items"]


async def test_only_those_who_may_read_it(shop: Shop, other_shop: Shop) -> None:
    staff = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    assert 403 == (await staff.call("GET", "/audit-log")).status_code
    key = await create_api_key(shop.pool, other_shop.business_id, "theirs")
    theirs: httpx.Response = await shop.client.get("/api/v1/audit-log", headers={"Authorization": f"Bearer {key}"})
    assert ["GET /api/v1/audit-log"] == [line["route"] for line in theirs.json()["items"]]
    assert UUID(theirs.json()["items"][0]["who"].removeprefix("key:"))
