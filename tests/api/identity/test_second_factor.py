"""With a second factor a password alone opens nothing, and no code opens twice."""

from __future__ import annotations

import asyncpg
import httpx
import pyotp

from store.one_time_tokens import Purpose
from tests.api.shop import problem
from tests.api.staff import Somebody, link_in_mail, log_in, somebody


async def with_factor(client: httpx.AsyncClient, pool: asyncpg.Pool) -> tuple[Somebody, pyotp.TOTP, list[str]]:
    """A person with a confirmed second factor, whose confirming code is forgotten so that the present one may be used."""
    person = await somebody(client, pool)
    begun = (await person.call("POST", "/me/second-factor")).json()
    app = pyotp.TOTP(begun["secret"])
    assert app.provisioning_uri(name=person.email, issuer_name="Slotkeeper") == begun["uri"]
    answer = await person.call("POST", "/me/second-factor/confirm", {"code": app.now()})
    assert 200 == answer.status_code, answer.text
    await pool.execute("UPDATE people SET totp_step = totp_step - 9 WHERE id = $1", person.id)
    return person, app, answer.json()["recovery_codes"]


async def test_a_log_in_needs_a_code_that_is_good_once(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person, app, _ = await with_factor(client, pool)
    assert (401, "second-factor-needed", []) == problem(await person.log_in())
    code = app.now()
    assert 200 == (await person.log_in(otp=code)).status_code
    assert (401, "second-factor-needed", []) == problem(await person.log_in(otp=code))
    assert (await person.call("GET", "/me")).json()["has_second_factor"]


async def test_the_password_comes_first(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    """A code tells nothing to whoever has not the password."""
    person, app, _ = await with_factor(client, pool)
    assert (401, "login-refused", []) == problem(await person.log_in(password="not the password", otp=app.now()))


async def test_each_recovery_code_is_good_once(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person, _, codes = await with_factor(client, pool)
    assert 10 == len(set(codes))
    assert [200, 401, 200] == [(await person.log_in(otp=code)).status_code for code in (codes[0], codes[0], codes[1])]


async def test_after_five_wrong_codes_no_right_one_is_taken(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person, app, _ = await with_factor(client, pool)
    wrong = "000000" if app.now() != "000000" else "111111"
    assert [401] * 5 == [(await person.log_in(otp=wrong)).status_code for _ in range(5)]
    assert 401 == (await person.log_in(otp=app.now())).status_code
    await pool.execute("UPDATE security_events SET at = at - interval '6 minutes' WHERE person_id = $1", person.id)
    await pool.execute("UPDATE rate_limits SET full_at = full_at - interval '6 minutes'")
    assert 200 == (await person.log_in(otp=app.now())).status_code


async def test_a_secret_that_was_not_confirmed_does_not_count(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person = await somebody(client, pool)
    first = (await person.call("POST", "/me/second-factor")).json()["secret"]
    assert first != (await person.call("POST", "/me/second-factor")).json()["secret"]
    stale = await person.call("POST", "/me/second-factor/confirm", {"code": pyotp.TOTP(first).now()})
    assert (401, "second-factor-needed", []) == problem(stale)
    assert 200 == (await person.log_in()).status_code


async def test_the_secret_is_kept_encrypted_and_opens_for_nobody_else(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person, app, codes = await with_factor(client, pool)
    other, others_app, _ = await with_factor(client, pool)
    kept = "SELECT totp_secret FROM people WHERE id = $1"
    assert app.secret.encode() not in await pool.fetchval(kept, person.id)
    await pool.execute("UPDATE people SET totp_secret = $2 WHERE id = $1", other.id, await pool.fetchval(kept, person.id))
    assert 503 == (await other.log_in(otp=others_app.now())).status_code
    text = "\n".join(row["row"] for row in await pool.fetch("SELECT r::text AS row FROM recovery_codes r"))
    assert not any(code in text for code in codes)


async def test_a_new_password_by_mail_is_no_way_around_it(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person, app, _ = await with_factor(client, pool)
    await client.post("/api/v1/passwords/forgotten", json={"email": person.email})
    token = await link_in_mail(pool, person.email, Purpose.RESET)
    reset = await client.post("/api/v1/passwords/reset", json={"token": token, "password": "a difference engine"})
    assert 204 == reset.status_code
    refused = await log_in(client, person.email, "a difference engine")
    assert (401, "second-factor-needed", []) == problem(refused)
    assert 200 == (await log_in(client, person.email, "a difference engine", otp=app.now())).status_code


async def test_a_second_factor_is_dropped_with_a_code_only(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    person, _, codes = await with_factor(client, pool)
    assert (409, "second-factor-set", []) == problem(await person.call("POST", "/me/second-factor"))
    refused = await person.call("POST", "/me/second-factor/drop", {"code": "not a code"})
    assert (401, "second-factor-needed", []) == problem(refused)
    assert 204 == (await person.call("POST", "/me/second-factor/drop", {"code": codes[0]})).status_code
    assert 200 == (await person.log_in()).status_code
