"""People register, log in, stay logged in and log out; whoever steals a refresh token ends the session with it."""

from __future__ import annotations

import asyncio
import json
import time
from uuid import uuid4

import argon2
import asyncpg
import httpx
import jwt
import pytest
from fastapi import FastAPI

from api.wiring import Wiring
from domain.people import Role
from store.one_time_tokens import Purpose
from tests.api.shop import Shop, problem
from tests.api.staff import PASSWORD, Somebody, link_in_mail, log_in, register, somebody, verify


def new_address() -> str:
    return f"ada-{uuid4().hex[:12]}@example.com"


async def test_who_registers_and_follows_the_link_logs_in_and_works_for_the_business(shop: Shop) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    assert f"business:{shop.business_id}" == person.tokens["scope"]
    me = (await person.call("GET", "/me")).json()
    assert (person.email, str(shop.business_id)) == (me["email"], me["business_id"])
    assert [("Salon Byron", "staff")] == [(one["business_name"], one["role"]) for one in me["memberships"]]
    service = await shop.service()
    assert [service] == [one["id"] for one in (await person.call("GET", "/services")).json()["items"]]


async def test_an_account_is_there_only_when_the_link_was_followed(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    email = new_address()
    await client.post("/api/v1/people", json={"email": email})
    assert (401, "login-refused", []) == problem(await log_in(client, email))
    assert 0 == await pool.fetchval("SELECT count(*) FROM people WHERE email = $1", email)


async def test_whoever_asks_for_the_mail_of_another_cannot_say_the_password(client: httpx.AsyncClient) -> None:
    body = {"email": new_address(), "password": "the password of another"}
    assert (422, "invalid-request", ["/password"]) == problem(await client.post("/api/v1/people", json=body))


async def test_a_link_is_good_once_and_for_its_own_purpose(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    email = new_address()
    assert 201 == (await register(client, pool, email)).status_code
    token = await link_in_mail(pool, email, Purpose.VERIFY)
    assert (410, "link-spent", []) == problem(await verify(client, token))
    other = {"token": token, "password": "a difference engine"}
    assert (404, "not-found", []) == problem(await client.post("/api/v1/passwords/reset", json=other))
    unknown = await verify(client, "ot_" + "a" * 43)
    assert (404, "not-found", []) == problem(unknown)


async def test_a_link_that_is_too_old_is_told_so(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    email = new_address()
    await client.post("/api/v1/people", json={"email": email})
    await pool.execute("UPDATE one_time_tokens SET expires_at = now() WHERE email = $1", email)
    token = await link_in_mail(pool, email, Purpose.VERIFY)
    assert (410, "link-expired", []) == problem(await verify(client, token))


async def test_registering_a_known_address_answers_the_same_and_changes_nothing(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    person = await somebody(client, pool)
    written = person.email.upper().replace("EXAMPLE.COM", "example.com")
    known = await client.post("/api/v1/people", json={"email": written})
    unknown = await client.post("/api/v1/people", json={"email": new_address()})
    assert (unknown.status_code, unknown.json()) == (known.status_code, known.json())
    token = await link_in_mail(pool, person.email, Purpose.VERIFY)
    assert (410, "link-spent", []) == problem(await verify(client, token, "the password of another"))
    assert 200 == (await log_in(client, person.email)).status_code
    assert 401 == (await log_in(client, person.email, "the password of another")).status_code


@pytest.mark.parametrize("password", ["short", "a" * 11, "a" * 129, "\ud800" * 12])
async def test_a_password_that_is_too_short_or_long_is_refused(client: httpx.AsyncClient, password: str) -> None:
    text = json.dumps({"token": "ot_" + "a" * 43, "name": "Ada", "password": password})
    answer = await client.post("/api/v1/people/verify", content=text, headers={"Content-Type": "application/json"})
    assert (422, "invalid-request", ["/password"]) == problem(answer)
    assert password not in answer.text


@pytest.mark.parametrize("password", ["password1234", "123456789012", "qwertyuiop12", "slotkeeper2026", "ab1" * 24])
async def test_a_password_that_anybody_would_try_first_is_refused(
    client: httpx.AsyncClient, pool: asyncpg.Pool, password: str
) -> None:
    email = new_address()
    await client.post("/api/v1/people", json={"email": email})
    token = await link_in_mail(pool, email, Purpose.VERIFY)
    for guessable in (password, email):
        refused = await verify(client, token, guessable)
        assert (422, "invalid-request", ["/password"]) == problem(refused)
        assert guessable not in refused.text
    assert 201 == (await verify(client, token)).status_code  # the link was not spent


async def test_nor_is_it_taken_later(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    changed = await person.call("PUT", "/passwords", {"current": PASSWORD, "password": "password1234"})
    assert (422, "invalid-request", ["/password"]) == problem(changed)
    await client.post("/api/v1/passwords/forgotten", json={"email": person.email})
    token = await link_in_mail(pool, person.email, Purpose.RESET)
    reset = await client.post("/api/v1/passwords/reset", json={"token": token, "password": person.email})
    assert (422, "invalid-request", ["/password"]) == problem(reset)
    assert 200 == (await log_in(client, person.email)).status_code


async def test_unknown_address_and_wrong_password_are_one_answer(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    wrong, unknown = await log_in(client, person.email, "not the password"), await log_in(client, new_address())
    assert (401, wrong.content) == (unknown.status_code, unknown.content)
    assert "Bearer" == unknown.headers["www-authenticate"]
    forgotten = [
        await client.post("/api/v1/passwords/forgotten", json={"email": email}) for email in (person.email, new_address())
    ]
    assert (202, forgotten[0].content) == (forgotten[1].status_code, forgotten[1].content)


async def test_an_unknown_address_costs_the_same_work(app: FastAPI, client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    """Counted in hashes, since clocks of a busy machine tell nothing."""
    person = await somebody(client, pool)
    wired: Wiring = app.state.wiring
    counted: list[str] = []
    verify = wired.passwords._verify
    wired.passwords._verify = lambda password, kept: (counted.append(kept), verify(password, kept))[1]  # type: ignore[method-assign,func-returns-value]
    for email in (person.email, new_address()):
        await log_in(client, email, "not the password")
    assert 2 == len(counted)
    parameters = [argon2.extract_parameters(kept) for kept in counted]
    assert parameters[0] == parameters[1]
    assert (19 * 1024, 2, 1) == (parameters[0].memory_cost, parameters[0].time_cost, parameters[0].parallelism)


async def test_a_password_under_old_parameters_is_hashed_anew_at_log_in(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await pool.execute("UPDATE people SET password_hash = $2 WHERE id = $1", person.id, old)
    assert 200 == (await person.log_in()).status_code
    kept = await pool.fetchval("SELECT password_hash FROM people WHERE id = $1", person.id)
    assert 19 * 1024 == argon2.extract_parameters(kept).memory_cost
    assert 200 == (await person.log_in()).status_code


async def test_each_refresh_token_is_good_once(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    first = person.tokens["refresh_token"]
    second = (await person.refresh(first)).json()
    assert first != second["refresh_token"]
    assert 200 == (await person.refresh(second["refresh_token"])).status_code


async def test_a_used_refresh_token_ends_the_session_for_both_and_is_told(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    stolen = person.tokens["refresh_token"]
    theirs = (await person.refresh(stolen)).json()
    assert (401, "login-refused", []) == problem(await person.refresh(stolen))
    assert (401, "login-refused", []) == problem(await person.refresh(theirs["refresh_token"]))
    person.tokens = theirs
    assert (401, "unauthorised", ["Authorization"]) == problem(await person.call("GET", "/me"))
    kinds = [
        row["kind"] for row in await pool.fetch("SELECT kind FROM security_events WHERE person_id = $1 ORDER BY at", person.id)
    ]
    assert ["registered", "logged-in", "refresh-token-reused"] == kinds


async def test_who_does_not_come_back_for_two_weeks_logs_in_again(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    idle = person.tokens["refresh_token"]
    aged = (
        "UPDATE refresh_tokens SET created_at = created_at - interval '14 days' WHERE token_hash = sha256(convert_to($1, 'UTF8'))"
    )
    assert "UPDATE 1" == await pool.execute(aged, idle)
    assert 200 == (await person.log_in()).status_code
    assert (401, "login-refused", []) == problem(await person.refresh(idle))
    assert 1 == len((await person.call("GET", "/sessions")).json()["items"])
    assert 200 == (await person.refresh(person.tokens["refresh_token"])).status_code  # it was no reuse


async def test_of_two_refreshes_at_once_only_one_gets_a_token(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    answers = await asyncio.gather(*(person.refresh(person.tokens["refresh_token"]) for _ in range(5)))
    assert [200, 401, 401, 401, 401] == sorted(answer.status_code for answer in answers)


async def test_no_token_is_kept_as_it_is(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    link = await link_in_mail(pool, person.email, Purpose.VERIFY)
    for table in ("people", "sessions", "refresh_tokens", "one_time_tokens", "security_events"):
        kept = "\n".join(row["row"] for row in await pool.fetch(f"SELECT t::text AS row FROM {table} t"))  # noqa: S608
        for secret in (person.tokens["refresh_token"], person.tokens["access_token"], link, PASSWORD):
            assert secret not in kept, table


async def test_logging_out_ends_the_access_token_too(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    assert 204 == (await person.call("DELETE", "/sessions/current")).status_code
    assert 401 == (await person.call("GET", "/me")).status_code
    assert 401 == (await person.refresh(person.tokens["refresh_token"])).status_code


async def test_other_devices_are_listed_and_ended_one_by_one(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person, other = await somebody(client, pool), await somebody(client, pool)
    phone = Somebody(client, pool, person.id, person.email, person.tokens)
    await person.log_in()
    listed = (await person.call("GET", "/sessions")).json()["items"]
    assert [False, True] == [one["is_current"] for one in listed]
    assert 404 == (await other.call("DELETE", f"/sessions/{listed[0]['id']}")).status_code
    assert 204 == (await person.call("DELETE", f"/sessions/{listed[0]['id']}")).status_code
    assert (401, 200) == ((await phone.call("GET", "/me")).status_code, (await person.call("GET", "/me")).status_code)


async def test_a_forgotten_password_is_set_anew_and_every_session_ends(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    for _ in range(2):
        await client.post("/api/v1/passwords/forgotten", json={"email": person.email})
    ids = "SELECT id FROM one_time_tokens WHERE email = $1 AND purpose = 'reset'"
    assert 2 == len(await pool.fetch(ids, person.email))
    token = await link_in_mail(pool, person.email, Purpose.RESET)
    body = {"token": token, "password": "a difference engine"}
    assert 204 == (await client.post("/api/v1/passwords/reset", json=body)).status_code
    assert (410, "link-spent", []) == problem(await client.post("/api/v1/passwords/reset", json=body))
    assert 0 == await pool.fetchval("SELECT count(*) FROM one_time_tokens WHERE email = $1 AND used_at IS NULL", person.email)
    assert 401 == (await person.call("GET", "/me")).status_code
    assert (401, 200) == (
        (await log_in(client, person.email)).status_code,
        (await log_in(client, person.email, "a difference engine")).status_code,
    )


async def test_a_changed_password_ends_all_other_sessions(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    phone = Somebody(client, pool, person.id, person.email, person.tokens)
    await person.log_in()
    wrong = await person.call("PUT", "/passwords", {"current": "not the password", "password": "a difference engine"})
    assert (401, "login-refused", ["/current"]) == problem(wrong)
    changed = await person.call("PUT", "/passwords", {"current": PASSWORD, "password": "a difference engine"})
    assert 204 == changed.status_code
    assert (401, 200) == ((await phone.call("GET", "/me")).status_code, (await person.call("GET", "/me")).status_code)


def forged(token: str, key: bytes, **changed: object) -> str:
    said = jwt.decode(token, options={"verify_signature": False})
    head = jwt.get_unverified_header(token)
    return jwt.encode(said | changed, key, "HS256", headers={"kid": head["kid"], "typ": head["typ"]})


async def test_a_forged_expired_or_foreign_token_is_one_answer(
    app: FastAPI, client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    person = await somebody(client, pool)
    good, now = person.tokens["access_token"], int(time.time())
    (key,) = app.state.wiring.access_tokens._keys.values()
    assert 200 == (await person.call("GET", "/me")).status_code
    head, said, signature = good.split(".")
    unsigned = jwt.encode(
        jwt.decode(good, options={"verify_signature": False}), "", "none", headers={"kid": "derived", "typ": "at+jwt"}
    )
    bad = {
        "signed with another key": forged(good, b"x" * 32),
        "expired": forged(good, key, exp=now - 60),
        "not yet good": forged(good, key, nbf=now + 60),
        "for others": forged(good, key, aud="another"),
        "by others": forged(good, key, iss="https://another.example"),
        "without a person": forged(good, key, sub=None),
        "another's session": forged(good, key, sub=str(uuid4())),
        "unsigned": unsigned,
        "half a signature": f"{head}.{said}.{signature[:20]}",
        "no token": "a.b.c",
        "very long": good + "a" * 2000,
    }
    answers = {}
    for why, token in bad.items():
        person.tokens["access_token"] = token
        answers[why] = await person.call("GET", "/me")
    assert dict.fromkeys(bad, 401) == {why: answer.status_code for why, answer in answers.items()}
    assert 1 == len({answer.content for answer in answers.values()})


async def test_clocks_may_differ_by_some_seconds(app: FastAPI, client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    (key,) = app.state.wiring.access_tokens._keys.values()
    person.tokens["access_token"] = forged(person.tokens["access_token"], key, exp=int(time.time()) - 3)
    assert 200 == (await person.call("GET", "/me")).status_code


async def test_the_token_endpoint_says_what_is_missing(client: httpx.AsyncClient) -> None:
    no_name = await client.post("/api/v1/sessions/token", data={"grant_type": "password", "password": "x"})
    assert (422, "invalid-request", ["/username"]) == problem(no_name)
    no_token = await client.post("/api/v1/sessions/token", data={"grant_type": "refresh_token"})
    assert (422, "invalid-request", ["/refresh_token"]) == problem(no_token)
    other = await client.post("/api/v1/sessions/token", data={"grant_type": "client_credentials"})
    assert (422, "invalid-request", ["/grant_type"]) == problem(other)
