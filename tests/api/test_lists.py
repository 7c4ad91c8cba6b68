"""Every list comes in pages that lead to each other: those that the application describes, each made of three things."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.people import Role
from store.memberships import join
from store.people import create_person
from tests.api.shop import CUSTOMER, WHICHEVER, Shop, problem
from tests.api.staff import Somebody, somebody
from tests.api.test_policies import booked
from tests.api.test_tenants import DESCRIBED, OPERATIONS, Operation, resolved

# One thing with parts, and not a list that grows without it: each is answered as a whole.
WHOLE = {
    "get /api/v1/bookings/{booking_id}/timeline",
    "get /api/v1/bookings/{booking_id}/messages",
    "get /api/v1/providers/{provider_id}/schedule",
    "get /api/v1/series/{series_id}/cancellation",
    "get /api/v1/allowed-networks",
    "get /api/v1/vendor-accounts",
}


def fields(operation: Operation) -> set[str]:
    """What the answer has."""
    schema = operation.description["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return set(resolved(schema).get("properties", {}))


LISTS = [one for one in OPERATIONS if one.method == "get" and "items" in fields(one) and str(one) not in WHOLE]


def test_every_list_comes_in_pages() -> None:
    assert {str(one) for one in OPERATIONS if one.method == "get" and "items" in fields(one)} >= WHOLE
    for operation in LISTS:
        assert "next_cursor" in fields(operation), operation
        assert {"limit", "cursor"} <= {one["name"] for one in operation.parameters("query")}, operation
        assert "Link" in operation.description["responses"]["200"]["headers"], operation


async def bookings(shop: Shop, at: datetime) -> str:
    service = await shop.service()
    provider = await shop.provider(service)
    for hours in range(3):
        assert 201 == (await shop.book(service, provider, at + timedelta(hours=hours))).status_code
    return "/bookings"


async def waiting(shop: Shop, at: datetime) -> str:
    service = await shop.service()
    await shop.provider(service)
    days = {"from": at.date().isoformat(), "to": (at.date() + timedelta(days=3)).isoformat()}
    for n in range(3):
        who = CUSTOMER | {"email": f"ada{n}@example.com"}
        answer = await shop.post("/waitlist", {"service_id": service, "customer": who, **days})
        assert 201 == answer.status_code, answer.text
    return "/waitlist"


async def stuck(shop: Shop, at: datetime) -> str:
    held = await booked(shop, at)
    for amount in (100, 200, 300):
        wish = {"amount": amount, "reason": "goodwill"}
        answer = await shop.post(f"/bookings/{held['id']}/operations/refund", wish, **WHICHEVER)
        assert 200 == answer.status_code, answer.text
    return "/operations/stuck?older_than_minutes=0"


async def keys(shop: Shop, _: datetime) -> str:
    for name in ("till", "site"):
        assert 201 == (await shop.post("/keys", {"name": name, "scopes": ["bookings:read"]})).status_code
    return "/keys"


async def members(shop: Shop, _: datetime) -> str:
    for _n in range(3):
        async with shop.pool.acquire() as connection, connection.transaction():
            person_id = await create_person(connection, f"staff{uuid4().hex}@example.com", "Grace Hopper", "no hash")
            assert person_id is not None
            await join(connection, shop.business_id, person_id, Role.STAFF, "tests")
    return "/members"


async def posted(shop: Shop, path: str, *bodies: Any) -> str:
    for body in bodies:
        answer = await shop.post(path, body)
        assert answer.status_code in (201, 202), answer.text
    return path


async def services(shop: Shop, _: datetime) -> str:
    await asyncio.gather(*(shop.service() for _n in range(3)))
    return "/services"


async def providers(shop: Shop, _: datetime) -> str:
    await asyncio.gather(*(shop.provider() for _n in range(3)))
    return "/providers"


async def time_off(shop: Shop, _: datetime) -> str:
    times = [{"from": f"2030-01-0{day}", "to": f"2030-01-0{day}"} for day in (3, 1, 2)]
    return await posted(shop, f"/providers/{await shop.provider()}/time-off", *times)


async def busy_calendars(shop: Shop, _: datetime) -> str:
    named = [{"name": name, "good_for_minutes": 5} for name in ("a", "b", "c")]
    return await posted(shop, f"/providers/{await shop.provider()}/busy-calendars", *named)


async def endpoints(shop: Shop, _: datetime) -> str:
    return await posted(shop, "/webhook-endpoints", *({"url": f"https://salon.example/{n}"} for n in range(3)))


async def deliveries(shop: Shop, _: datetime) -> str:
    made = (await shop.post("/webhook-endpoints", {"url": "https://salon.example/hook"})).json()
    await posted(shop, f"/webhook-endpoints/{made['id']}/test", *[None] * 3)
    return f"/webhook-endpoints/{made['id']}/deliveries"


async def apps(shop: Shop, _: datetime) -> str:
    named = [{"name": name, "redirect_uris": ["https://salon.example/callback"]} for name in ("a", "b", "c")]
    return await posted(shop, "/oauth-clients", *named)


async def customers(shop: Shop, at: datetime) -> str:
    await bookings(shop, at)
    for n, customer in enumerate(("ada", "grace")):
        service = await shop.service(name=customer)
        provider = await shop.provider(service, email=None)
        who = CUSTOMER | {"email": f"{customer}{n}@example.com"}
        assert 201 == (await shop.book(service, provider, at, customer=who)).status_code
    return "/customers"


async def security_events(shop: Shop, at: datetime) -> str:
    await apps(shop, at)
    return "/security-events"


MADE: dict[str, Callable[[Shop, datetime], Awaitable[str]]] = {
    "get /api/v1/bookings": bookings,
    "get /api/v1/waitlist": waiting,
    "get /api/v1/operations/stuck": stuck,
    "get /api/v1/keys": keys,
    "get /api/v1/members": members,
    "get /api/v1/services": services,
    "get /api/v1/providers": providers,
    "get /api/v1/providers/{provider_id}/time-off": time_off,
    "get /api/v1/providers/{provider_id}/busy-calendars": busy_calendars,
    "get /api/v1/webhook-endpoints": endpoints,
    "get /api/v1/oauth-clients": apps,
    "get /api/v1/customers": customers,
    "get /api/v1/security-events": security_events,
    "get /api/v1/webhook-endpoints/{endpoint_id}/deliveries": deliveries,
}


# Below, and the log that every look at it makes longer.
ELSEWHERE = {f"get /api/v1/{name}" for name in ("sessions", "me/bookings", "me/security-events", "audit-log")}


def test_every_list_is_tried_here() -> None:
    assert MADE.keys() | ELSEWHERE == {str(one) for one in LISTS}
    assert DESCRIBED


async def leafed(client: httpx.AsyncClient, address: str, auth: dict[str, str]) -> list[Any]:
    """All that the list shows one by one, by nothing but its links."""
    found: list[Any] = []
    first = following = f"{address}{'&' if '?' in address else '?'}limit=1"
    while following:
        answer = await client.get(following, headers=auth)
        assert 200 == answer.status_code, answer.text
        page = answer.json()
        assert 1 == len(page["items"])
        found += page["items"]
        assert first == answer.links["first"]["url"]
        following = answer.links.get("next", {}).get("url", "")
        assert (page["next_cursor"] or "") == httpx.URL(following).params.get("cursor", "")
    return found


@pytest.mark.parametrize("name", MADE)
async def test_its_pages_lead_to_everything_once(shop: Shop, nine_in_a_week: datetime, name: str) -> None:
    address = f"/api/v1{await MADE[name](shop, nine_in_a_week)}"
    whole = (await shop.client.get(address, headers=shop.auth)).json()
    assert 3 == len(whole["items"]) and whole["next_cursor"] is None
    assert whole["items"] == await leafed(shop.client, address, shop.auth)
    wrong = await shop.client.get(address, params={"cursor": "bm9uc2Vuc2U"}, headers=shop.auth)
    if "?" not in address:
        assert (422, "invalid-request", ["cursor"]) == problem(wrong)


@pytest.mark.parametrize("address", ["/api/v1/sessions", "/api/v1/me/security-events"])
async def test_so_do_the_pages_of_ones_own(shop: Shop, address: str) -> None:
    person: Somebody = await somebody(shop.client, shop.pool)
    for _ in range(2):
        assert 200 == (await person.log_in()).status_code
    whole = (await shop.client.get(address, headers=person.auth)).json()
    assert 3 <= len(whole["items"]) and whole["next_cursor"] is None
    assert whole["items"] == await leafed(shop.client, address, person.auth)


async def test_so_do_the_pages_of_ones_own_bookings(shop: Shop, nine_in_a_week: datetime) -> None:
    person: Somebody = await somebody(shop.client, shop.pool)
    service = await shop.service()
    provider = await shop.provider(service, email=None)
    for hours in range(3):
        at, who = nine_in_a_week + timedelta(hours=hours), CUSTOMER | {"email": person.email}
        assert 201 == (await shop.book(service, provider, at, customer=who)).status_code
    address = "/api/v1/me/bookings"
    whole = (await shop.client.get(address, headers=person.auth)).json()
    assert 3 == len(whole["items"]) and whole["next_cursor"] is None
    assert whole["items"] == await leafed(shop.client, address, person.auth)


async def test_so_do_the_pages_of_the_audit_log(shop: Shop) -> None:
    for _ in range(3):
        await shop.get("/services")
    answer = await shop.client.get("/api/v1/audit-log?limit=2", headers=shop.auth)
    older = await shop.client.get(answer.links["next"]["url"], headers=shop.auth)
    seen = [line["seq"] for page in (answer, older) for line in page.json()["items"]]
    assert 4 == len(seen) and seen == list(range(seen[0], seen[0] - 4, -1))
    assert "/api/v1/audit-log?limit=2" == answer.links["first"]["url"]
