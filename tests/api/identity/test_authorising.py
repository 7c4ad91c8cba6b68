"""An app sends a person to our page; they log in, say yes, and it gets a code that is good once (RFC 6749, 4.1; RFC 7636)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
import jwt
import pyotp
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from uuid_utils.compat import uuid7

from api.application import PAGES
from domain.oauth import OAuthClient, check_redirect_uri
from domain.people import Role
from store.oauth_clients import create_client
from tests.api.browser import CALLBACK, App, Browser, Forms
from tests.api.shop import Shop, problem
from tests.api.staff import PASSWORD, Somebody, somebody

ISSUER = "http://127.0.0.1:8000"


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[Browser]:
    async with Browser(app) as browser:
        yield browser


@pytest.fixture
async def salon_app(shop: Shop) -> App:
    """Of the shop."""
    made = await shop.post("/oauth-clients", {"name": "Salon <app>", "redirect_uris": [CALLBACK]})
    assert 201 == made.status_code, made.text
    return App(made.json()["client_id"])


@pytest.fixture
async def our_app(pool: asyncpg.Pool) -> App:
    """Of the deployment."""
    client = OAuthClient(uuid7(), None, "Our app", (CALLBACK,))
    await create_client(pool, client)
    return App(str(client.client_id))


async def came_to_consent(browser: Browser, app: App, person: Somebody, **query: str) -> httpx.Response:
    opened = await browser.open("/oauth/authorize", app.query | query)
    assert 200 == opened.status_code, opened.text
    return await browser.send("login", email=person.email, password=PASSWORD)


async def code_for(browser: Browser, app: App, person: Somebody, **query: str) -> str:
    await came_to_consent(browser, app, person, **query)
    return app.heard(await browser.send("consent", decision="allow"))["code"]


async def let(browser: Browser, app: App, person: Somebody, **query: str) -> Somebody:
    """The app in the person's place."""
    tokens = await app.redeem(person.client, await code_for(browser, app, person, **query))
    assert 200 == tokens.status_code, tokens.text
    return Somebody(person.client, person.pool, person.id, person.email, tokens.json())


async def test_an_app_that_is_let_works_for_its_business(shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    consent = await came_to_consent(browser, salon_app, person)
    for said in ("Salon &lt;app&gt;", "Salon Byron", "staff", person.email, "salon.example"):
        assert said in consent.text
    heard = salon_app.heard(await browser.send("consent", decision="allow"))
    assert {"from": "us", "state": salon_app.state, "iss": ISSUER, "code": heard["code"]} == heard
    tokens = (await salon_app.redeem(shop.client, heard["code"])).json()
    assert ("bearer", f"business:{shop.business_id}") == (tokens["token_type"], tokens["scope"])
    assert salon_app.client_id == jwt.decode(tokens["access_token"], options={"verify_signature": False})["client_id"]
    let_app = Somebody(shop.client, shop.pool, person.id, person.email, tokens)
    assert (200, 403) == ((await let_app.call("GET", "/services")).status_code, (await let_app.call("GET", "/keys")).status_code)


async def test_an_app_may_do_nothing_about_the_account(shop: Shop, other_shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.OWNER)
    await shop.pool.execute("INSERT INTO memberships VALUES ($1, $2, 'owner')", other_shop.business_id, person.id)
    await person.log_in()
    let_app = await let(browser, salon_app, person)
    for method, path, body in (
        ("PUT", "/passwords", {"current": PASSWORD, "password": "a difference engine"}),
        ("POST", "/me/second-factor", None),
        ("POST", "/me/second-factor/drop", {"code": "000000"}),
        ("GET", "/sessions", None),
        ("DELETE", "/sessions", None),
        ("POST", "/members/join", {"token": "ot_" + "a" * 43}),
    ):
        assert (403, "forbidden", []) == problem(await let_app.call(method, path, body)), path
    me = (await let_app.call("GET", "/me")).json()
    assert [str(shop.business_id)] == [one["business_id"] for one in me["memberships"]]
    listed = (await person.call("GET", "/sessions")).json()["items"]
    assert [None, None, "Salon <app>"] == [one["app"] for one in listed]
    assert 204 == (await let_app.call("DELETE", "/sessions/current")).status_code
    assert (401, 200) == ((await let_app.call("GET", "/me")).status_code, (await person.call("GET", "/me")).status_code)


async def test_the_second_factor_is_asked_for_and_checked(shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    secret = (await person.call("POST", "/me/second-factor")).json()["secret"]
    await person.call("POST", "/me/second-factor/confirm", {"code": pyotp.TOTP(secret).now()})
    await shop.pool.execute("UPDATE people SET totp_step = 0 WHERE id = $1", person.id)
    asked = await came_to_consent(browser, salon_app, person)
    assert ["otp"] == Forms(asked.text).labels
    wrong = await browser.send("factor", otp="000000")
    assert 401 == wrong.status_code and 'role="alert"' in wrong.text
    _, fields = browser.form("factor")
    skipped = await browser.http.post("/oauth/authorize", data=fields | {"step": "consent", "decision": "allow"})
    assert 403 == skipped.status_code
    await browser.send("factor", otp=pyotp.TOTP(secret).now())
    assert "code" in salon_app.heard(await browser.send("consent", decision="allow"))


async def test_a_wrong_password_and_an_unknown_address_are_one_page(shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    await browser.open("/oauth/authorize", salon_app.query)
    wrong = await browser.send("login", email=person.email, password="not the password")
    unknown = await browser.send("login", email="nobody@example.com", password=PASSWORD)
    assert (401, wrong.text) == (unknown.status_code, unknown.text)
    assert 'role="alert"' in wrong.text
    assert ["email", "password"] == Forms(wrong.text).labels
    assert "consent" not in [fields["step"] for _, fields in Forms(wrong.text).found]


async def test_who_says_no_sends_the_app_away(shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    await came_to_consent(browser, salon_app, person)
    heard = salon_app.heard(await browser.send("consent", decision="deny"))
    assert ("access_denied", salon_app.state, ISSUER) == (heard["error"], heard["state"], heard["iss"])
    assert "code" not in heard


async def test_who_does_not_work_for_the_business_is_no_use_to_its_app(shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool)
    assert "access_denied" == salon_app.heard(await came_to_consent(browser, salon_app, person))["error"]


async def test_a_code_is_good_once_and_its_second_use_ends_what_the_first_gave(
    shop: Shop, browser: Browser, salon_app: App
) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    code = await code_for(browser, salon_app, person)
    first = await salon_app.redeem(shop.client, code)
    thief = Somebody(shop.client, shop.pool, person.id, person.email, first.json())
    assert 200 == (await thief.call("GET", "/me")).status_code
    again = await salon_app.redeem(shop.client, code)
    assert (400, "grant-refused", []) == problem(again)
    assert "invalid_grant" == again.json()["error"]
    assert 401 == (await thief.call("GET", "/me")).status_code
    refreshed = await shop.client.post(
        "/api/v1/sessions/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": first.json()["refresh_token"],
            "client_id": salon_app.client_id,
        },
    )
    assert 401 == refreshed.status_code
    assert 200 == (await person.call("GET", "/me")).status_code
    kinds = await shop.pool.fetch("SELECT kind FROM security_events WHERE person_id = $1 ORDER BY at", person.id)
    assert "code-reused" == kinds[-1]["kind"]


async def test_of_two_uses_at_once_none_stays(shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    code = await code_for(browser, salon_app, person)
    answers = await asyncio.gather(*(salon_app.redeem(shop.client, code) for _ in range(4)))
    assert [200, 400, 400, 400] == sorted(answer.status_code for answer in answers)
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert 401 == (await Somebody(shop.client, shop.pool, person.id, person.email, won).call("GET", "/me")).status_code


WRONG = {
    "another verifier": {"code_verifier": "v" * 43},
    "no proper verifier": {"code_verifier": "short"},
    "another address": {"redirect_uri": "https://salon.example/callback"},
    "another app": {"client_id": str(uuid4())},
    "no app": {"client_id": "x\0y"},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
async def test_a_code_is_for_who_began_and_spent_by_a_wrong_guess(
    shop: Shop, browser: Browser, salon_app: App, changed: dict[str, str]
) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    code = await code_for(browser, salon_app, person)
    assert (400, "grant-refused", []) == problem(await salon_app.redeem(shop.client, code, **changed))
    assert 400 == (await salon_app.redeem(shop.client, code)).status_code


async def test_a_code_is_good_for_a_minute(shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    code = await code_for(browser, salon_app, person)
    lasts = "SELECT expires_at - now() <= interval '1 minute' FROM authorisation_codes WHERE person_id = $1"
    assert await shop.pool.fetchval(lasts, person.id)
    await shop.pool.execute("UPDATE authorisation_codes SET expires_at = now() WHERE person_id = $1", person.id)
    assert (400, "grant-refused", []) == problem(await salon_app.redeem(shop.client, code))


async def test_the_token_endpoint_says_what_is_missing(shop: Shop, salon_app: App) -> None:
    for field in ("code", "redirect_uri", "code_verifier", "client_id"):
        answer = await salon_app.redeem(shop.client, "ac_x", **{field: ""})
        assert (422, "invalid-request", [f"/{field}"]) == problem(answer)
    for code in ("ac_x", "ä", "a\0b"):
        assert (400, "grant-refused", []) == problem(await salon_app.redeem(shop.client, code))


async def test_neither_codes_nor_refresh_tokens_are_kept_as_they_are(shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    code = await code_for(browser, salon_app, person)
    kept = await shop.pool.fetch("SELECT c::text AS row FROM authorisation_codes c")
    assert code not in str(kept) and code.removeprefix("ac_") not in str(kept)


async def test_a_refresh_token_is_for_its_own_app(shop: Shop, browser: Browser, salon_app: App, our_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    form = {"grant_type": "refresh_token", "refresh_token": (await let(browser, salon_app, person)).tokens["refresh_token"]}
    for other in ({}, {"client_id": our_app.client_id}, {"client_id": "x\0"}):
        answer = await shop.client.post("/api/v1/sessions/token", data=form | other)
        assert (401, "login-refused", []) == problem(answer)
    good = await shop.client.post("/api/v1/sessions/token", data=form | {"client_id": salon_app.client_id})
    assert 200 == good.status_code
    said = jwt.decode(good.json()["access_token"], options={"verify_signature": False})
    assert salon_app.client_id == said["client_id"]


async def test_a_removed_app_has_no_sessions_any_more(shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    let_app = await let(browser, salon_app, person)
    assert 204 == (await shop.delete(f"/oauth-clients/{salon_app.client_id}")).status_code
    assert (401, 200) == ((await let_app.call("GET", "/me")).status_code, (await person.call("GET", "/me")).status_code)
    assert 400 == (await browser.open("/oauth/authorize", salon_app.query)).status_code


async def test_nobody_is_sent_to_an_address_that_is_not_the_apps(browser: Browser, salon_app: App) -> None:
    for changed in (
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": CALLBACK + "&x=1"},
        {"redirect_uri": CALLBACK.upper()},
        {"redirect_uri": ""},
        {"client_id": str(uuid4())},
        {"client_id": "a\0b"},
    ):
        answer = await browser.open("/oauth/authorize", salon_app.query | changed)
        assert 400 == answer.status_code and "location" not in answer.headers, changed
        assert "evil" not in answer.text


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": "business:x"}, "invalid_scope"),
        ({"scope": f"business:{uuid4()}"}, "invalid_scope"),
        ({"scope": "customer"}, "invalid_scope"),
    ],
)
async def test_the_app_hears_what_was_wrong(browser: Browser, salon_app: App, changed: dict[str, str | None], error: str) -> None:
    query = {name: value for name, value in (salon_app.query | changed).items() if value is not None}
    heard = salon_app.heard(await browser.open("/oauth/authorize", query))
    assert (error, salon_app.state, ISSUER) == (heard["error"], heard["state"], heard["iss"])


async def test_a_parameter_that_comes_twice_is_refused(browser: Browser, salon_app: App) -> None:
    query: dict[str, Any] = salon_app.query | {"code_challenge": ["a" * 43, "b" * 43]}
    assert "invalid_request" == salon_app.heard(await browser.open("/oauth/authorize", query))["error"]


async def test_a_form_from_elsewhere_does_nothing(app: FastAPI, shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    await came_to_consent(browser, salon_app, person)
    action, fields = browser.form("consent")
    said = fields | {"decision": "allow"}
    async with Browser(app) as other:
        await other.open("/oauth/authorize", salon_app.query)
        refused = {
            "without the cookie": await httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://slotkeeper.test"
            ).post(action, data=said),
            "in another browser": await other.http.post(action, data=said),
            "in another browser with its proof": await other.http.post(
                action, data=said | {"proof": other.form("login")[1]["proof"]}
            ),
            "from another site": await browser.http.post(action, data=said, headers={"Sec-Fetch-Site": "cross-site"}),
            "for another state": await browser.http.post(action, data=said | {"state": "the thief's"}),
            "for another challenge": await browser.http.post(action, data=said | {"code_challenge": "a" * 43}),
            "for another business": await browser.http.post(action, data=said | {"business": str(uuid4())}),
            "with a made-up ticket": await browser.http.post(action, data=said | {"ticket": "a.b.c"}),
        }
    assert dict.fromkeys(refused, 403) == {why: answer.status_code for why, answer in refused.items()}
    assert 0 == await shop.pool.fetchval("SELECT count(*) FROM authorisation_codes WHERE person_id = $1", person.id)
    assert 303 == (await browser.http.post(action, data=said)).status_code


async def test_a_new_password_ends_what_was_begun_with_the_old_one(shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    await came_to_consent(browser, salon_app, person)
    await person.call("PUT", "/passwords", {"current": PASSWORD, "password": "a difference engine"})
    assert 403 == (await browser.send("consent", decision="allow")).status_code


async def test_the_pages_cannot_be_framed_run_nothing_and_load_nothing(shop: Shop, browser: Browser, salon_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    pages = [
        await browser.open("/oauth/authorize", salon_app.query),
        await browser.send("login", email=person.email, password=PASSWORD),
        await browser.open("/oauth/authorize"),
    ]
    for shown in pages:
        policy = shown.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert ("DENY", "no-store", "no-referrer", "nosniff") == tuple(
            shown.headers[name] for name in ("x-frame-options", "cache-control", "referrer-policy", "x-content-type-options")
        )
        assert not re.search(r"<script|\son\w+=|src=|javascript:", shown.text)
        assert '<html lang="en">' in shown.text
        (style,) = re.findall("<style>(.*?)</style>", shown.text, re.DOTALL)
        assert "url(" not in style and "@import" not in style
    assert "form-action 'self' https://salon.example;" in pages[0].headers["content-security-policy"]
    cookie = pages[0].headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie


def test_every_page_is_known() -> None:
    """A new one is a decision: it is open to everybody, and in no description."""
    found = {f"{method} {route.path}" for one in PAGES for route in one.routes.routes if isinstance(route, APIRoute)
             for method in route.methods or ()}  # fmt: skip
    assert {"GET /oauth/authorize", "POST /oauth/authorize", "GET /oauth/sso", "GET /oauth/sso/callback"} == found


async def test_our_own_app_is_for_customers_and_for_any_business(shop: Shop, browser: Browser, our_app: App) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    asked = await came_to_consent(browser, our_app, person, scope="customer")
    assert "your bookings" in asked.text
    as_customer = await let(browser, our_app, person, scope="customer")
    assert "customer" == as_customer.tokens["scope"]
    assert 403 == (await as_customer.call("GET", "/services")).status_code
    for scope in ("", f"business:{shop.business_id}"):
        at_work = await let(browser, our_app, person, scope=scope)
        assert 200 == (await at_work.call("GET", "/services")).status_code
    heard = our_app.heard(await came_to_consent(browser, our_app, person, scope=f"business:{uuid4()}"))
    assert "access_denied" == heard["error"]


async def test_the_metadata_names_where_to_ask(client: httpx.AsyncClient) -> None:
    said = (await client.get("/.well-known/oauth-authorization-server")).json()
    assert (ISSUER, f"{ISSUER}/oauth/authorize") == (said["issuer"], said["authorization_endpoint"])
    assert (["S256"], ["code"]) == (said["code_challenge_methods_supported"], said["response_types_supported"])
    assert said["authorization_response_iss_parameter_supported"] is True
    flow = (await client.get("/openapi.json")).json()["components"]["securitySchemes"]["person"]["flows"]["authorizationCode"]
    assert (said["authorization_endpoint"], said["token_endpoint"]) == (flow["authorizationUrl"], flow["tokenUrl"])


GOOD = ["https://a.example/b?c=d", "http://127.0.0.1:8123/", "http://[::1]:1/x", "http://localhost/", "com.example.app:/back"]
BAD = [
    *("http://a.example/", "https://a.example/#x", "https://u:p@a.example/", "https://a.example;x/", "https://*.example/"),
    *("javascript:alert(1)", "data:text/html,x", "myapp:/x", "https:///x", "//a.example", "", "https://a.example/ x"),
    *("https://a.example/\n", "https://a.example:99999999/", "https://[::1/", "HTTPS://a.example/", "https://ä.example/"),
    *("com.example.app://evil.example/x", "http://127.0.0.1.evil.example/"),
]


@pytest.mark.parametrize("uri", GOOD)
def test_an_address_to_go_back_to(uri: str) -> None:
    assert uri == check_redirect_uri(uri)


@pytest.mark.parametrize("uri", BAD)
async def test_an_address_that_is_none_is_refused(shop: Shop, uri: str) -> None:
    answer = await shop.post("/oauth-clients", {"name": "App", "redirect_uris": [uri]})
    assert (422, "invalid-request", ["/redirect_uris/0"]) == problem(answer)


async def test_apps_are_listed_changed_and_another_business_sees_none(shop: Shop, other_shop: Shop, salon_app: App) -> None:
    body = {"name": "New name", "redirect_uris": ["https://new.example/"]}
    path = f"/oauth-clients/{salon_app.client_id}"
    assert 404 == (await other_shop.put(path, body)).status_code == (await other_shop.delete(path)).status_code
    assert [] == (await other_shop.get("/oauth-clients")).json()["items"]
    assert 200 == (await shop.put(path, body)).status_code
    (known,) = (await shop.get("/oauth-clients")).json()["items"]
    assert body == {name: known[name] for name in body}
    assert UUID(salon_app.client_id) == UUID(known["client_id"])


def test_a_query_of_its_own_stays() -> None:
    assert {"from": ["us"]} == parse_qs(urlsplit(CALLBACK).query)
