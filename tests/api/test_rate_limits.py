"""Whoever asks too often is told so, which limit it was, and when to come again; nobody else notices."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pyotp
import pytest
from fastapi import FastAPI

from api.application import build_app
from api.identity.second_factor import MOST_REFUSED
from api.wiring import CODES, Wiring
from domain.people import Role
from settings import Settings
from tests.api.shop import FakeCommands, Shop, problem
from tests.api.staff import PASSWORD, Somebody, log_in, register, somebody
from tests.api.test_permissions import DECLARED, GUARDED, THEMSELVES, address_of

FAR = "100000"  # seconds, in which nothing comes back while a test runs
Opened = Callable[..., Any]


@pytest.fixture
async def opened(
    tenant_pool: asyncpg.Pool, door_pool: asyncpg.Pool, settings: Settings, commands: FakeCommands
) -> AsyncIterator[Opened]:
    """Makes a client at an address, of an API with these limits: each call is one more process on the same database."""
    async with AsyncExitStack() as stack:

        async def open_client(address: str = "203.0.113.1", app: FastAPI | None = None, **limits: Any) -> httpx.AsyncClient:
            usual = {"unlimited_networks": "none"} | limits
            present = Settings.model_validate(settings.model_dump() | usual)
            served = app or build_app(present, Wiring(present, tenant_pool, door_pool, commands, None))
            transport = httpx.ASGITransport(served, client=(address, 4711))
            client = httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test")
            client.app = served  # type: ignore[attr-defined]
            return await stack.enter_async_context(client)

        yield open_client


def anywhere() -> str:
    """An address that no other test of this file comes from."""
    return f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"


def told(answer: httpx.Response) -> tuple[int, str, str]:
    """A refusal as (status, which limit, when to come again)."""
    status, code, places = problem(answer)
    assert ("rate-limited", []) == (code, places)
    return status, answer.json()["limit"], answer.headers["retry-after"]


async def test_each_answer_says_how_much_is_left(opened: Opened) -> None:
    client = await opened(anywhere(), limit_address=f"3/{FAR}")
    left = []
    for _ in range(3):
        answer = await client.get("/health/live")
        assert 200 == answer.status_code
        assert f'"address";q=3;w={FAR}' == answer.headers["ratelimit-policy"]
        left.append(answer.headers["ratelimit"])
    assert ['"address";r=2', '"address";r=1', '"address";r=0'] == [one.partition(";t=")[0] for one in left]
    refused = await client.get("/health/live")
    assert (429, "address", refused.headers["ratelimit"].partition(";t=")[2]) == told(refused)
    assert 33_000 < int(refused.headers["retry-after"]) <= 33_334
    assert str(refused.headers["retry-after"]) in refused.json()["detail"]


async def test_every_route_counts_for_its_address_and_its_caller_and_its_business(opened: Opened, shop: Shop) -> None:
    """Enumerated from the application itself."""
    limits = {"limit_address": f"100000/{FAR}", "limit_caller": f"100000/{FAR}", "limit_business": f"100000/{FAR}"}
    client = await opened(anywhere(), **limits)
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.OWNER)
    for name in DECLARED:
        method, path = address_of(name)
        answer = await client.request(method, path, headers=person.auth if name in {*GUARDED, *THEMSELVES} else {})
        counted = set(re.findall(r'"([\w-]+)";r=', answer.headers["ratelimit"]))
        expected = {"address"} | ({"caller"} if name in {*GUARDED, *THEMSELVES} else set())
        expected |= {"business"} if name in GUARDED else set()
        if answer.status_code != 204 and name not in ("DELETE /api/v1/sessions/current", "DELETE /api/v1/sessions"):
            assert expected <= counted, name
        if answer.status_code == 204:
            await person.log_in()


async def test_every_route_refuses_whoever_asks_too_often(opened: Opened, shop: Shop) -> None:
    client = await opened(anywhere(), limit_address=f"1/{FAR}")
    await client.get("/health/live")
    for name in DECLARED:
        method, path = address_of(name)
        assert (429, "address") == told(await client.request(method, path, headers=shop.auth))[:2], name


async def test_one_address_is_one_in_all_processes(opened: Opened) -> None:
    address = anywhere()
    clients = [await opened(address, limit_address=f"100/{FAR}") for _ in range(3)]
    answers = []
    for _ in range(60):
        answers += [(await client.get("/health/live")).status_code for client in clients]
    assert 100 <= answers.count(200) <= 100 + 3 * 2
    assert {200, 429} == set(answers)
    other = await opened(anywhere(), app=clients[0].app)
    assert 200 == (await other.get("/health/live")).status_code


async def test_nobody_is_another_by_a_header(opened: Opened) -> None:
    client = await opened(anywhere(), limit_address=f"1/{FAR}")
    await client.get("/health/live")
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"):
        value = "for=198.51.100.9" if name == "Forwarded" else "198.51.100.9"
        assert 429 == (await client.get("/health/live", headers={name: value})).status_code, name


async def test_behind_a_trusted_proxy_each_customer_counts_for_themselves(opened: Opened) -> None:
    client = await opened("10.9.8.7", limit_address=f"1/{FAR}", trusted_proxies="10.0.0.0/8")
    ada, grace = anywhere(), anywhere()
    statuses = [(await client.get("/health/live", headers={"X-Forwarded-For": one})).status_code for one in (ada, ada, grace)]
    assert [200, 429, 200] == statuses


async def test_a_key_is_limited_wherever_it_is_used(opened: Opened, shop: Shop, other_shop: Shop) -> None:
    clients = [await opened(anywhere(), limit_caller=f"2/{FAR}") for _ in range(2)]
    answers = [await client.get("/api/v1/services", headers=shop.auth) for client in clients for _ in range(3)]
    assert 429 == answers[2].status_code
    assert (429, "caller") == told(answers[-1])[:2]
    assert [200, 200] == [answer.status_code for answer in answers[:2]]
    assert 200 == (await clients[0].get("/api/v1/services", headers=other_shop.auth)).status_code


async def test_a_person_is_limited_by_themselves(opened: Opened, shop: Shop) -> None:
    ada, grace = [await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF) for _ in range(2)]
    client = await opened(anywhere(), limit_caller=f"2/{FAR}")
    answers = [await client.get(f"/api/v1{path}", headers=ada.auth) for path in ("/me", "/services", "/services", "/me")]
    assert [200, 200, 429, 429] == [answer.status_code for answer in answers]
    assert 200 == (await client.get("/api/v1/services", headers=grace.auth)).status_code


async def test_strangers_use_up_what_strangers_may_ask_of_a_business_and_nobody_elses(
    opened: Opened, shop: Shop, other_shop: Shop
) -> None:
    service, elsewhere = await shop.service(), await other_shop.service()
    client = await opened(anywhere(), limit_business=f"2/{FAR}")

    async def slots(of: str) -> httpx.Response:
        answer: httpx.Response = await client.get(f"/api/v1/services/{of}/slots", params={"date": "2030-01-07"})
        return answer

    assert [200, 200, 429] == [(await slots(service)).status_code for _ in range(3)]
    assert "business" == told(await slots(service))[1]
    assert 200 == (await slots(elsewhere)).status_code
    assert [200, 200, 429] == [(await client.get("/api/v1/services", headers=shop.auth)).status_code for _ in range(3)]


async def test_a_made_up_key_counts_for_nobody(opened: Opened, shop: Shop) -> None:
    client = await opened(anywhere(), limit_business=f"2/{FAR}", limit_caller=f"2/{FAR}")
    made_up = {"Authorization": f"Bearer slk_{shop.business_id.hex}_{'a' * 64}"}
    for _ in range(5):
        assert 401 == (await client.get("/api/v1/services", headers=made_up)).status_code
    assert 200 == (await client.get("/api/v1/services", headers=shop.auth)).status_code


async def test_what_is_off_is_neither_counted_nor_told(opened: Opened) -> None:
    client = await opened(anywhere(), limit_address="off")
    answer = await client.get("/health/live")
    assert not {"ratelimit", "ratelimit-policy"} & {*answer.headers}


async def test_a_network_without_limits_has_none(opened: Opened) -> None:
    client = await opened("192.0.2.9", limit_address=f"1/{FAR}", limit_entrance=f"1/{FAR}", unlimited_networks="192.0.2.0/24")
    assert {200} == {(await client.get("/health/live")).status_code for _ in range(5)}
    assert {202} == {(await client.post("/api/v1/people", json={"email": f"{n}@example.com"})).status_code for n in range(3)}


ENTRANCES = {
    "POST /api/v1/sessions/token", "POST /api/v1/people", "POST /api/v1/people/verify", "POST /api/v1/passwords/forgotten",
    "POST /api/v1/passwords/reset", "PUT /api/v1/passwords", "POST /api/v1/members/join", "POST /api/v1/me/second-factor/confirm",
    "POST /api/v1/me/second-factor/drop",
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/people": {"email": "ada@example.com"},
    "POST /api/v1/people/verify": {"token": "ot_x", "name": "Ada", "password": PASSWORD},
    "POST /api/v1/passwords/forgotten": {"email": "ada@example.com"},
    "POST /api/v1/passwords/reset": {"token": "ot_x", "password": PASSWORD},
    "PUT /api/v1/passwords": {"current": "not this one", "password": PASSWORD},
    "POST /api/v1/members/join": {"token": "ot_x"},
    "POST /api/v1/me/second-factor/confirm": {"code": "123456"},
    "POST /api/v1/me/second-factor/drop": {"code": "123456"},
}


@pytest.mark.parametrize("name", sorted(ENTRANCES))
async def test_whoever_guesses_is_stopped_at_every_entrance(opened: Opened, shop: Shop, name: str) -> None:
    client = await opened(anywhere(), limit_entrance=f"2/{FAR}")
    person = await somebody(shop.client, shop.pool)
    method, path = name.split(" ")
    answers = []
    for _ in range(3):
        if name in BODIES:
            answers.append(await client.request(method, path, json=BODIES[name], headers=person.auth))
        else:
            answers.append(await log_in(client, "nobody@example.com", "not this one"))
    assert 429 not in [answer.status_code for answer in answers[:2]]
    assert (429, "entrance") == told(answers[2])[:2]


async def refused_after(client: httpx.AsyncClient, email: str, most: int = 20) -> list[int]:
    """The statuses of wrong log-ins, until one is refused by a limit."""
    seen: list[int] = []
    while 429 not in seen and len(seen) < most:
        seen.append((await log_in(client, email, "not the password")).status_code)
    return seen


async def test_an_account_is_tried_so_often_whether_there_is_one_or_not(opened: Opened, shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool)
    seen = []
    for email in (person.email, f"nobody-{uuid4().hex}@example.com"):
        client = await opened(anywhere(), limit_log_in=f"3/{FAR}", limit_account=f"50/{FAR}")
        statuses = await refused_after(client, email)
        again = await log_in(client, f"  {email.upper()} ", "not the password")
        seen.append((statuses, told(again)[:2], again.json()["detail"].partition("come again")[0], sorted(again.headers)))
    assert [401, 401, 401, 429] == seen[0][0]
    assert seen[0] == seen[1]


async def test_strangers_keep_nobody_out_of_their_account(opened: Opened, shop: Shop) -> None:
    limits = {"limit_log_in": f"3/{FAR}", "limit_account": f"5/{FAR}"}
    person = await somebody(shop.client, shop.pool)
    home = await opened(anywhere(), **limits)
    assert 200 == (await log_in(home, person.email)).status_code  # from here they have come before
    for _ in range(3):
        await refused_after(await opened(anywhere(), app=home.app), person.email)
    stranger = await opened(anywhere(), app=home.app)
    assert (429, "log-in") == told(await log_in(stranger, person.email))[:2]
    assert 200 == (await log_in(home, person.email)).status_code
    assert [401, 401, 401, 429] == await refused_after(home, person.email)


async def test_whoever_knows_the_password_may_log_in_as_often_as_they_like(opened: Opened, shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool)
    client = await opened(anywhere(), limit_log_in=f"3/{FAR}", limit_account=f"3/{FAR}")
    assert {200} == {(await log_in(client, person.email)).status_code for _ in range(6)}
    assert [401, 401, 401, 429] == await refused_after(client, person.email)


async def test_of_many_passwords_at_once_only_so_many_are_looked_at(opened: Opened, shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool)
    client = await opened(anywhere(), limit_log_in=f"3/{FAR}")
    answers = await asyncio.gather(*(log_in(client, person.email, f"not the password {n}") for n in range(12)))
    assert [401] * 3 + [429] * 9 == sorted(answer.status_code for answer in answers)


async def test_a_stolen_session_guesses_the_password_no_oftener(opened: Opened, shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool)
    client = await opened(anywhere(), limit_log_in=f"2/{FAR}")
    wrong = {"current": "not the password", "password": PASSWORD}
    statuses = [(await client.put("/api/v1/passwords", json=wrong, headers=person.auth)).status_code for _ in range(3)]
    assert [401, 401, 429] == statuses


async def test_mails_to_one_address_are_asked_for_so_often_by_whomever(opened: Opened, shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool)
    for email in (person.email, f"nobody-{uuid4().hex}@example.com"):
        for path in ("/api/v1/people", "/api/v1/passwords/forgotten"):
            app = (await opened(limit_mails=f"2/{FAR}")).app
            asked = [await (await opened(anywhere(), app=app)).post(path, json={"email": email}) for _ in range(3)]
            assert [202, 202, 429] == [answer.status_code for answer in asked]
            assert (429, "mails") == told(asked[-1])[:2]


async def with_second_factor(person: Somebody) -> pyotp.TOTP:
    begun = await person.call("POST", "/me/second-factor")
    totp = pyotp.TOTP(begun.json()["secret"])
    assert 200 == (await person.call("POST", "/me/second-factor/confirm", {"code": totp.now()})).status_code
    return totp


async def test_of_many_codes_at_once_only_so_many_are_looked_at(shop: Shop) -> None:
    """Whoever knows the password cannot try a thousand codes in one moment."""
    person = await somebody(shop.client, shop.pool)
    totp = await with_second_factor(person)
    wrong = [f"{(int(totp.now()) + n) % 1_000_000:06}" for n in range(100_000, 100_030)]
    answers = await asyncio.gather(*(log_in(shop.client, person.email, otp=code) for code in wrong))
    assert {401} == {answer.status_code for answer in answers}
    refused = "SELECT count(*) FROM security_events WHERE person_id = $1 AND kind = 'second-factor-refused'"
    assert MOST_REFUSED == CODES.most == await shop.pool.fetchval(refused, person.id)


async def test_registering_works_within_all_limits(opened: Opened, shop: Shop) -> None:
    client = await opened(anywhere())
    email = f"ada-{uuid4().hex}@example.com"
    assert 201 == (await register(client, shop.pool, email)).status_code
    assert 200 == (await log_in(client, email)).status_code
