"""A business is worked for from where its owners say, and from nowhere else; nobody locks themselves out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from domain.people import Role
from tests.api.shop import Shop, problem
from tests.api.staff import Somebody, somebody
from tests.api.test_permissions import GUARDED, address_of

OFFICE, HOME = "203.0.113.7", "198.51.100.9"
PATH = "/api/v1/allowed-networks"
From = Callable[[str], Any]


@pytest.fixture
async def at(app: FastAPI) -> AsyncIterator[From]:
    """A client of the same API at another address."""
    async with AsyncExitStack() as stack:

        async def client(address: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app, client=(address, 4711))
            return await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test"))

        yield client


@pytest.fixture
async def owner(shop: Shop) -> Somebody:
    return await somebody(shop.client, shop.pool, shop.business_id, Role.OWNER)


async def save(client: httpx.AsyncClient, auth: dict[str, str], *networks: str, **more: Any) -> httpx.Response:
    return await client.put(PATH, json={"items": [{"network": network} | more for network in networks]}, headers=auth)


async def test_an_owner_names_networks_and_sees_them(at: From, owner: Somebody) -> None:
    office = await at(OFFICE)
    assert {"items": []} == (await office.get(PATH, headers=owner.auth)).json()
    saved = await save(office, owner.auth, "203.0.113.0/24", "2001:db8::/48", "192.0.2.1", note="the office")
    assert 200 == saved.status_code, saved.text
    named = [(one["network"], one["note"]) for one in saved.json()["items"]]
    assert [("192.0.2.1/32", "the office"), ("203.0.113.0/24", "the office"), ("2001:db8::/48", "the office")] == named
    assert saved.json() == (await office.get(PATH, headers=owner.auth)).json()


async def test_from_elsewhere_each_route_is_as_forbidden_as_to_whoever_may_not(at: From, shop: Shop, owner: Somebody) -> None:
    """Enumerated from the application itself; a key and an owner alike."""
    office, home = await at(OFFICE), await at(HOME)
    assert 200 == (await save(office, owner.auth, OFFICE)).status_code
    for name, permission in GUARDED.items():
        method, path = address_of(name)
        for auth in (owner.auth, shop.auth):
            refused = await home.request(method, path, headers=auth)
            assert (403, "forbidden", []) == problem(refused), name
            said = {"type", "title", "status", "code", "detail", "permission", "request_id"}
            assert (said, permission.value, f"this needs {permission}") == (
                refused.json().keys(),
                refused.json()["permission"],
                refused.json()["detail"],
            )
    assert 200 == (await office.get("/api/v1/services", headers=owner.auth)).status_code
    assert 200 == (await office.get("/api/v1/services", headers=shop.auth)).status_code


async def test_customers_come_from_wherever_they_like(at: From, shop: Shop, owner: Somebody, nine_in_a_week: Any) -> None:
    service = await shop.service(payment="none", price={"amount": 0, "currency": "EUR"})
    provider = await shop.provider(service)
    office, home = await at(OFFICE), await at(HOME)
    await save(office, owner.auth, OFFICE)
    wanted = {
        "service_id": service, "provider_id": provider, "starts_at": nine_in_a_week.isoformat(),
        "customer": {"name": "Grace Hopper", "email": "grace@example.com"},
    }  # fmt: skip
    held = await home.post("/api/v1/bookings", json=wanted)
    assert 201 == held.status_code, held.text
    auth = {"Authorization": f"Bearer {held.json()['manage_token']}"}
    for method, path in (("GET", ""), ("GET", "/timeline"), ("POST", "/confirm"), ("POST", "/cancel")):
        assert 200 == (await home.request(method, f"/api/v1/bookings/{held.json()['id']}{path}", headers=auth)).status_code
    override = wanted | {"override": {"reason": "a favour"}}
    assert 403 == (await home.post("/api/v1/bookings", json=override, headers=shop.auth)).status_code


async def test_what_is_above_businesses_stays_open(at: From, owner: Somebody) -> None:
    """A person's own account, and log-ins."""
    await save(await at(OFFICE), owner.auth, OFFICE)
    home = await at(HOME)
    assert 200 == (await home.get("/api/v1/me", headers=owner.auth)).status_code
    assert 200 == (await owner.log_in()).status_code


@pytest.mark.parametrize("networks", [["198.51.100.0/24"], ["10.0.0.0/8", "2001:db8::/32"], ["203.0.113.8/32"]])
async def test_nobody_locks_themselves_out(at: From, owner: Somebody, networks: list[str]) -> None:
    office = await at(OFFICE)
    refused = await save(office, owner.auth, *networks)
    assert (422, "invalid-request", ["/items"]) == problem(refused)
    assert OFFICE in refused.json()["detail"]
    assert {"items": []} == (await office.get(PATH, headers=owner.auth)).json()


async def test_a_list_is_taken_back_with_an_empty_one(at: From, owner: Somebody) -> None:
    office = await at(OFFICE)
    await save(office, owner.auth, OFFICE)
    assert 200 == (await save(office, owner.auth)).status_code
    assert 200 == (await (await at(HOME)).get("/api/v1/services", headers=owner.auth)).status_code


async def test_ipv6_is_as_good(at: From, owner: Somebody) -> None:
    office = await at("2001:db8:1::7")
    assert 200 == (await save(office, owner.auth, "2001:db8:1::/48")).status_code
    assert 200 == (await office.get("/api/v1/services", headers=owner.auth)).status_code
    assert 403 == (await (await at("2001:db8:2::7")).get("/api/v1/services", headers=owner.auth)).status_code
    mapped = await at("::ffff:203.0.113.7")
    assert 200 == (await save(office, owner.auth, "2001:db8:1::/48", OFFICE)).status_code
    assert 200 == (await mapped.get("/api/v1/services", headers=owner.auth)).status_code


@pytest.mark.parametrize(
    "network", ["", "x", "203.0.113.1/24", "203.0.113.0/33", "2001:db8::1/32", "203.0.113.0-9", 5, None, "٢٠٣.0.113.0/24"]
)
async def test_what_is_no_network_is_refused_and_nothing_saved(at: From, owner: Somebody, network: Any) -> None:
    office = await at(OFFICE)
    body = {"items": [{"network": OFFICE}, {"network": network}]}
    refused = await office.put(PATH, json=body, headers=owner.auth)
    assert (422, "invalid-request", ["/items/1/network"]) == problem(refused)
    assert {"items": []} == (await office.get(PATH, headers=owner.auth)).json()


async def test_a_network_named_twice_is_refused(at: From, owner: Somebody) -> None:
    refused = await save(await at(OFFICE), owner.auth, OFFICE, f"{OFFICE}/32")
    assert (422, "invalid-request", ["/items"]) == problem(refused)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.STAFF, Role.VIEWER])
async def test_only_owners_change_the_list(at: From, shop: Shop, role: Role) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, role)
    refused = await save(await at(OFFICE), person.auth, OFFICE)
    assert (403, "owners:write") == (refused.status_code, refused.json()["permission"])


async def test_who_changed_it_is_told(at: From, shop: Shop, owner: Somebody) -> None:
    await save(await at(OFFICE), owner.auth, OFFICE)
    told = "SELECT detail FROM security_events WHERE business_id = $1 AND kind = 'networks-changed'"
    assert [{"networks": f"{OFFICE}/32", "by": f"person:{owner.id}"}] == [
        row["detail"] for row in await shop.pool.fetch(told, shop.business_id)
    ]


async def test_another_business_is_not_concerned(at: From, owner: Somebody, other_shop: Shop) -> None:
    await save(await at(OFFICE), owner.auth, OFFICE)
    home = await at(HOME)
    assert 200 == (await home.get("/api/v1/services", headers=other_shop.auth)).status_code
    made_up = {"Authorization": f"Bearer slk_{uuid4().hex}_{'a' * 64}"}
    assert 401 == (await home.get("/api/v1/services", headers=made_up)).status_code
