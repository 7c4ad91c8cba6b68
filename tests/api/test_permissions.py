"""Every route says what it asks for, and every role and key gets exactly that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.application import AREAS, build_app
from domain.people import EVERYTHING, ROLES, Permission, Role, permissions_of
from settings import Settings
from store.api_keys import create_api_key
from tests.api.shop import Shop, problem
from tests.api.staff import somebody

ANYBODY = {
    "GET /api/v1/providers/{provider_id}/slots",
    "GET /api/v1/services/{service_id}/slots",
    "POST /api/v1/bookings",
    "POST /api/v1/series",
    "POST /api/v1/series/preview",
    "POST /api/v1/waitlist",
    "POST /api/v1/people",
    "POST /api/v1/people/verify",
    "POST /api/v1/sessions/token",
    "GET /.well-known/oauth-authorization-server",
    "POST /api/v1/passwords/forgotten",
    "POST /api/v1/passwords/reset",
    "POST /webhooks/stripe",
    "POST /webhooks/stripe/{business_id}",
    "POST /api/v1/webhooks/twilio",
    "POST /api/v1/webhooks/twilio/{business_id}",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
}
THEMSELVES = {
    "GET /api/v1/me",
    "GET /api/v1/me/bookings",
    "GET /api/v1/me/security-events",
    "GET /api/v1/sessions",
    "DELETE /api/v1/sessions",
    "DELETE /api/v1/sessions/current",
    "DELETE /api/v1/sessions/{session_id:uuid}",
    "PUT /api/v1/passwords",
    "POST /api/v1/me/second-factor",
    "POST /api/v1/me/second-factor/confirm",
    "POST /api/v1/me/second-factor/drop",
    "POST /api/v1/members/join",
}


def all_routes() -> Iterator[tuple[str, APIRoute]]:
    """Those of the areas, so that a new one is here by itself."""
    for area in AREAS:
        for route in area.routes.routes:
            assert isinstance(route, APIRoute)
            for method in route.methods or ():
                yield f"{method} {route.path}", route


def permissions_in(dependant: Dependant) -> set[Permission]:
    """What the route's dependencies declare, however deep."""
    mine = getattr(dependant.call, "permission", None)
    found = {mine} if isinstance(mine, Permission) else set()
    return found.union(*(permissions_in(part) for part in dependant.dependencies))


DECLARED = {name: permissions_in(route.dependant) for name, route in all_routes()}
GUARDED = {name: next(iter(found)) for name, found in DECLARED.items() if found}


def test_every_route_declares_one_permission_or_is_known_to_need_none() -> None:
    assert ANYBODY | THEMSELVES == {name for name, found in DECLARED.items() if not found}
    assert {1} == {len(found) for found in DECLARED.values() if found}


def test_the_application_has_no_other_routes() -> None:
    described = build_app(Settings(database_url="postgresql://unused", token_secret="s" * 32)).openapi()["paths"]
    named = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    assert named == {re.sub(r":\w+}", "}", name) for name in DECLARED}


def test_every_permission_belongs_to_some_role_and_owners_may_do_everything() -> None:
    assert EVERYTHING == ROLES.keys() == permissions_of(Role.OWNER)
    lesser = [permissions_of(role) for role in (Role.VIEWER, Role.STAFF, Role.ADMIN, Role.OWNER)]
    assert all(less < more for less, more in pairwise(lesser))
    assert all(permission.value.endswith(":read") for permission in permissions_of(Role.VIEWER))


def test_the_documented_table_is_the_one_that_counts() -> None:
    rows = ["| may | " + " | ".join(Role) + " |", "|---|" + "---|" * len(Role)]
    for permission, roles in ROLES.items():
        rows.append(f"| `{permission}` | " + " | ".join("yes" if role in roles else "" for role in Role) + " |")
    assert "\n".join(rows) in Path("docs/security.md").read_text()


def address_of(name: str) -> tuple[str, str]:
    """The route with ids that nobody has."""
    method, _, path = name.partition(" ")
    path = path.replace("{kind}/{channel}/{language}", "reminder/sms/en").replace("{account_kind}", "payments")
    return method, re.sub(r"\{\w+(:\w+)?\}", lambda _: str(uuid4()), path)


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_is_refused_exactly_what_it_may_not_do(shop: Shop, role: Role) -> None:
    """Without a body and with ids of nobody, whoever may do it gets some other answer than 401 and 403."""
    person = await somebody(shop.client, shop.pool, shop.business_id, role)
    refused, seen = set(), {}
    for name in GUARDED:
        method, path = address_of(name)
        answer = await shop.client.request(method, path, headers=person.auth)
        assert answer.status_code != 401, name
        if answer.status_code == 403:
            refused.add(name)
            seen[name] = answer.json()["permission"]
    assert {name for name, permission in GUARDED.items() if permission not in permissions_of(role)} == refused
    assert {name: GUARDED[name].value for name in refused} == seen


@pytest.mark.parametrize("permission", [Permission.BOOKINGS_READ, Permission.CATALOGUE_WRITE])
async def test_a_key_opens_exactly_its_scopes(shop: Shop, permission: Permission, caplog: pytest.LogCaptureFixture) -> None:
    key = await create_api_key(shop.pool, shop.business_id, "narrow", scopes={permission})
    allowed = set()
    for name in GUARDED:
        method, path = address_of(name)
        answer = await shop.client.request(method, path, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code != 401, name
        if answer.status_code != 403:
            allowed.add(name)
    assert {name for name, needed in GUARDED.items() if needed is permission} == allowed
    told = [record.getMessage() for record in caplog.records if "may not" in record.getMessage()]
    assert len(GUARDED) - len(allowed) == len(told)
    assert all(f"of {shop.business_id} may not " in line and key not in line for line in told)


async def test_no_route_is_open_to_a_bad_credential(shop: Shop) -> None:
    bad = ["", "Bearer", "Bearer x", f"Bearer slk_{shop.business_id.hex}_{'a' * 64}", "Bearer a.b.c", "Basic YTpi"]
    for name in [*GUARDED, *THEMSELVES]:
        method, path = address_of(name)
        for credential in bad:
            answer = await shop.client.request(method, path, headers={"Authorization": credential} if credential else {})
            assert (401, "unauthorised", ["Authorization"]) == problem(answer), (name, credential)
            assert "Bearer" == answer.headers["www-authenticate"]


async def test_another_business_is_a_business_that_does_not_exist(shop: Shop, other_shop: Shop) -> None:
    theirs = await other_shop.service()
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.OWNER)
    seen = await person.call("GET", f"/services/{theirs}")
    unknown = await person.call("GET", f"/services/{uuid4()}")
    assert (404, unknown.content) == (seen.status_code, seen.content)
    asked = await person.log_in(scope=f"business:{other_shop.business_id}")
    made_up = await person.log_in(scope=f"business:{uuid4()}")
    assert (422, made_up.content) == (asked.status_code, asked.content)


async def test_a_person_without_a_business_is_told_to_choose_one(shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool)
    answer = await person.call("GET", "/services")
    assert (403, "forbidden", []) == problem(answer)
    assert "catalogue:read" == answer.json()["permission"]
    assert 200 == (await person.call("GET", "/me")).status_code


async def test_staff_may_override_and_a_viewer_may_not(shop: Shop, nine_in_a_week: object) -> None:
    service = await shop.service(payment="none", price={"amount": 0, "currency": "EUR"})
    provider = await shop.provider(service)
    viewer = await somebody(shop.client, shop.pool, shop.business_id, Role.VIEWER)
    body = {
        "service_id": service, "provider_id": provider, "starts_at": str(nine_in_a_week).replace(" ", "T"),
        "customer": {"name": "Grace Hopper", "email": "grace@example.com"}, "override": {"reason": "a favour"},
    }  # fmt: skip
    refused = await shop.client.post("/api/v1/bookings", json=body, headers=viewer.auth)
    assert (403, "bookings:override") == (refused.status_code, refused.json().get("permission"))


def test_the_app_fixture_is_the_real_one(app: FastAPI) -> None:
    """The routes that are enumerated here are those that are served."""
    served = {operation["operationId"] for methods in app.openapi()["paths"].values() for operation in methods.values()}
    assert {route.name.removesuffix("_route") for _, route in all_routes()} == served
