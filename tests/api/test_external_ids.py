"""Providers, services and customers are found by what another system calls them; no two of a kind are called the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.shop import SERVICE, WHICHEVER, Shop, problem

PROVIDER = {"name": "Dr Ada Byron", "timezone": "Europe/Berlin", "service_ids": []}
KINDS = [("/providers", PROVIDER), ("/services", SERVICE | {"payment": "none"})]
EACH = pytest.mark.parametrize(("path", "body"), KINDS, ids=["providers", "services"])


async def found(shop: Shop, path: str, external_id: str) -> list[str]:
    return [one["id"] for one in (await shop.get(path, external_id=external_id)).json()["items"]]


@EACH
async def test_what_another_system_calls_it_is_set_changed_and_taken_back(shop: Shop, path: str, body: dict[str, Any]) -> None:
    made = (await shop.post(path, body | {"external_id": "crm-1"})).json()
    await shop.post(path, body)
    assert "crm-1" == made["external_id"]
    assert [made["id"]] == await found(shop, path, "crm-1")
    changed = await shop.put(f"{path}/{made['id']}", body | {"external_id": "crm-2"}, **WHICHEVER)
    assert "crm-2" == changed.json()["external_id"] == (await shop.get(f"{path}/{made['id']}")).json()["external_id"]
    assert ([], [made["id"]]) == (await found(shop, path, "crm-1"), await found(shop, path, "crm-2"))
    assert (await shop.put(f"{path}/{made['id']}", body, **WHICHEVER)).json()["external_id"] is None
    assert [] == await found(shop, path, "crm-2")
    assert 2 == len((await shop.get(path)).json()["items"])


@EACH
async def test_a_second_of_the_same_kind_is_refused_and_not_written(shop: Shop, path: str, body: dict[str, Any]) -> None:
    first = (await shop.post(path, body | {"external_id": "crm-1"})).json()
    other = (await shop.post(path, body | {"name": "Other"})).json()
    before = (await shop.get(path)).json()
    again = await shop.post(path, body | {"external_id": "crm-1"}, **{"Idempotency-Key": "k"})
    changed = await shop.put(f"{path}/{other['id']}", body | {"name": "Third", "external_id": "crm-1"}, **WHICHEVER)
    assert [(409, "external-id-taken", [])] * 2 == [problem(again), problem(changed)]
    assert before == (await shop.get(path)).json()
    await shop.put(f"{path}/{first['id']}", body, **WHICHEVER)
    repeated = await shop.post(path, body | {"external_id": "crm-1"}, **{"Idempotency-Key": "k"})
    assert 201 == repeated.status_code  # the refusal was kept for nobody


async def test_kinds_and_businesses_do_not_meet(shop: Shop, other_shop: Shop) -> None:
    for one in (shop, other_shop):
        for path, body in KINDS:
            assert 201 == (await one.post(path, body | {"external_id": "crm-1"})).status_code
    (mine,), (theirs,) = await found(shop, "/providers", "crm-1"), await found(other_shop, "/providers", "crm-1")
    assert mine != theirs


@EACH
async def test_an_external_id_must_be_text(shop: Shop, path: str, body: dict[str, Any]) -> None:
    for wrong in ("", " ", "a\0b", "x" * 201, 7):
        assert (422, "invalid-request", ["/external_id"]) == problem(await shop.post(path, body | {"external_id": wrong}))
    assert (422, "invalid-request", ["external_id"]) == problem(await shop.get(path, external_id="a\0b"))


async def booked(shop: Shop, at: datetime, email: str) -> httpx.Response:
    service = await shop.service(payment="none", price={"amount": 0, "currency": "EUR"})
    provider = await shop.provider(service, email=None)
    return await shop.book(service, provider, at, customer={"name": "Grace Hopper", "email": email})


async def test_a_customer_is_called_and_found_with_their_bookings(shop: Shop, nine_in_a_week: datetime) -> None:
    booking = (await booked(shop, nine_in_a_week, "grace@example.com")).json()
    await booked(shop, nine_in_a_week, "ada@example.com")
    (grace,) = (await shop.get("/customers", email="grace@example.com")).json()["items"]
    assert 2 == len((await shop.get("/customers")).json()["items"])
    called = await shop.put(f"/customers/{grace['id']}/external-id", {"external_id": "crm-1"})
    assert (200, grace | {"external_id": "crm-1"}) == (called.status_code, called.json())
    assert called.json() == (await shop.get(f"/customers/{grace['id']}")).json()
    assert [grace["id"]] == await found(shop, "/customers", "crm-1")
    assert [booking["id"]] == [one["id"] for one in (await shop.get("/bookings", customer_external_id="crm-1")).json()["items"]]
    assert [] == (await shop.get("/bookings", customer_external_id="crm-2")).json()["items"]
    (ada,) = (await shop.get("/customers", email="ada@example.com")).json()["items"]
    taken = await shop.put(f"/customers/{ada['id']}/external-id", {"external_id": "crm-1"})
    assert (409, "external-id-taken", []) == problem(taken)
    assert 200 == (await shop.put(f"/customers/{grace['id']}/external-id", {"external_id": None})).status_code
    assert 200 == (await shop.put(f"/customers/{ada['id']}/external-id", {"external_id": "crm-1"})).status_code
    assert [ada["id"]] == await found(shop, "/customers", "crm-1")


async def test_customers_come_in_pages(shop: Shop, nine_in_a_week: datetime) -> None:
    for n in range(3):
        await booked(shop, nine_in_a_week, f"grace{n}@example.com")
    first = (await shop.get("/customers", limit=2)).json()
    rest = (await shop.get("/customers", limit=2, cursor=first["next_cursor"])).json()
    seen = [one["customer"]["email"] for one in (*first["items"], *rest["items"])]
    assert ([f"grace{n}@example.com" for n in range(3)], None) == (seen, rest["next_cursor"])


async def test_an_unknown_customer_is_called_nothing(shop: Shop) -> None:
    answer = await shop.put(f"/customers/{uuid4()}/external-id", {"external_id": "crm-1"})
    assert (404, "not-found", []) == problem(answer)
