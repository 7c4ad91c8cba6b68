"""People of a business log in by its own provider, and only they; against a real one that runs on this machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI

from api.application import build_app
from api.wiring import Wiring
from domain.oauth import is_verified
from domain.people import Role
from gateways.openid import OpenIdProviders
from settings import Settings
from tests.api.browser import CALLBACK, App, Browser
from tests.api.provider import Change, Provider, serving_provider
from tests.api.shop import FakeCommands, Shop, problem
from tests.api.staff import Somebody, somebody


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhook_may_be_local": True})


@pytest.fixture
def app(tenant_pool: asyncpg.Pool, door_pool: asyncpg.Pool, settings: Settings, commands: FakeCommands) -> FastAPI:
    sso = OpenIdProviders(may_be_local=True)
    return build_app(settings, Wiring(settings, tenant_pool, door_pool, commands, None, sso=sso))


@pytest.fixture(scope="module")
def served() -> Iterator[Provider]:
    with serving_provider() as provider:
        yield provider


@pytest.fixture
def provider(served: Provider) -> Provider:
    served.change = served.key = None
    served.asked.clear()
    return served


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[Browser]:
    async with Browser(app) as browser:
        yield browser


@pytest.fixture
async def salon_app(shop: Shop, provider: Provider) -> App:
    """Of the shop, whose people log in by the provider."""
    assert 200 == (await connect(shop, provider.url)).status_code
    made = await shop.post("/oauth-clients", {"name": "Salon app", "redirect_uris": [CALLBACK]})
    return App(made.json()["client_id"])


async def connect(shop: Shop, issuer: str) -> httpx.Response:
    body = {"name": "Salon directory", "issuer": issuer, "client_id": "slotkeeper", "client_secret": "the provider's secret"}
    return await shop.put("/sso-connection", body)


async def came_back(browser: Browser, app: App, provider: Provider, subject: str, **query: str) -> httpx.Response:
    """By the link on our page to the provider, and back."""
    address = await sent_to_provider(browser, app, **query)
    back = await asyncio.to_thread(provider.log_in, address, subject)
    return await browser.open(back.removeprefix("http://127.0.0.1:8000"))


async def sent_to_provider(browser: Browser, app: App, **query: str) -> str:
    shown = await browser.open("/oauth/authorize", app.query | query)
    assert "Log in with Salon directory" in shown.text
    sent = await browser.open("/oauth/sso", app.query | query)
    assert 303 == sent.status_code, sent.text
    return str(sent.headers["location"])


async def test_a_member_logs_in_by_the_provider_and_is_known_by_its_subject_from_then_on(
    shop: Shop, browser: Browser, salon_app: App, provider: Provider
) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    subject = f"sub-{person.id}"
    provider.knows(subject, email=person.email.upper(), email_verified=True)
    consent = await came_back(browser, salon_app, provider, subject)
    assert 200 == consent.status_code and person.email in consent.text and "Salon Byron" in consent.text
    code = salon_app.heard(await browser.send("consent", decision="allow"))["code"]
    tokens = (await salon_app.redeem(shop.client, code)).json()
    let = Somebody(shop.client, shop.pool, person.id, person.email, tokens)
    assert (200, 403) == ((await let.call("GET", "/services")).status_code, (await let.call("GET", "/sessions")).status_code)
    provider.knows(subject, email="another@example.com", email_verified=True)  # by now
    again = await came_back(browser, salon_app, provider, subject)
    assert 200 == again.status_code and person.email in again.text
    linked = await shop.pool.fetch("SELECT issuer, subject FROM sso_identities WHERE person_id = $1", person.id)
    assert [(provider.url, subject)] == [tuple(row) for row in linked]


async def test_what_is_sent_to_the_provider_is_bound_to_what_comes_back(
    shop: Shop, browser: Browser, salon_app: App, provider: Provider
) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    provider.knows(f"sub-{person.id}", email=person.email, email_verified=True)
    address = await sent_to_provider(browser, salon_app)
    sent = {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}
    assert ("code", "openid email", "S256") == (sent["response_type"], sent["scope"], sent["code_challenge_method"])
    assert len({sent["state"], sent["nonce"], sent["code_challenge"], salon_app.state}) == 4
    back = await asyncio.to_thread(provider.log_in, address, f"sub-{person.id}")
    assert 200 == (await browser.open(back.removeprefix("http://127.0.0.1:8000"))).status_code
    (asked,) = provider.asked
    assert is_verified(asked["code_verifier"], sent["code_challenge"])
    kept = str(await shop.pool.fetch("SELECT a::text FROM sso_attempts a"))
    assert not [one for one in (sent["state"], sent["nonce"], asked["code_verifier"]) if one in kept]


async def refused(shop: Shop, browser: Browser, app: App, provider: Provider, **claims: object) -> httpx.Response:
    """Somebody who comes back from the provider, and is sent nowhere."""
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    provider.knows(f"sub-{person.id}", **({"email": person.email, "email_verified": True} | claims))
    answer = await came_back(browser, app, provider, f"sub-{person.id}")
    assert 400 == answer.status_code, answer.text
    assert "location" not in answer.headers and "consent" not in answer.text
    assert 0 == await shop.pool.fetchval("SELECT count(*) FROM sso_identities WHERE person_id = $1", person.id)
    return answer


WRONG: dict[str, Change] = {
    "another issuer": lambda claims: claims | {"iss": "https://evil.example"},
    "the issuer with a slash": lambda claims: claims | {"iss": f"{claims['iss']}/"},
    "another nonce": lambda claims: claims | {"nonce": "another"},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "another audience": lambda claims: claims | {"aud": "another"},
    "for another and us": lambda claims: claims | {"aud": ["slotkeeper", "another"], "azp": "another"},
    "expired": lambda claims: claims | {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
    "no expiry": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "from the future": lambda claims: claims | {"iat": int(time.time()) + 3600},
    "no subject": lambda claims: {name: value for name, value in claims.items() if name != "sub"},
    "an empty subject": lambda claims: claims | {"sub": ""},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
async def test_a_token_that_does_not_fit_is_refused(
    shop: Shop, browser: Browser, salon_app: App, provider: Provider, change: Change
) -> None:
    provider.change = change
    await refused(shop, browser, salon_app, provider)


async def test_a_token_of_another_key_is_refused(shop: Shop, browser: Browser, salon_app: App, provider: Provider) -> None:
    key = rsa.generate_private_key(65537, 2048)
    provider.key = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    await refused(shop, browser, salon_app, provider)


@pytest.mark.parametrize(
    "claims", [{"email_verified": False}, {"email_verified": "true"}, {"email_verified": None}, {"email": None}]
)
async def test_an_address_that_the_provider_does_not_vouch_for_links_nobody(
    shop: Shop, browser: Browser, salon_app: App, provider: Provider, claims: dict[str, object]
) -> None:
    await refused(shop, browser, salon_app, provider, **claims)


async def test_who_is_no_member_is_let_in_nowhere_and_gets_no_account(
    shop: Shop, other_shop: Shop, browser: Browser, salon_app: App, provider: Provider
) -> None:
    """A business's provider vouches for any address it likes: that must open nothing of anybody else's."""
    theirs = await somebody(shop.client, shop.pool, other_shop.business_id, Role.OWNER)
    before = await shop.pool.fetchval("SELECT count(*) FROM people")
    for email in (theirs.email, "new@example.com"):
        provider.knows(f"sub-{email}", email=email, email_verified=True)
        assert 400 == (await came_back(browser, salon_app, provider, f"sub-{email}")).status_code
    assert before == await shop.pool.fetchval("SELECT count(*) FROM people")
    assert 0 == await shop.pool.fetchval("SELECT count(*) FROM sso_identities WHERE person_id = $1", theirs.id)


async def test_a_second_subject_with_a_members_address_does_not_take_them_over(
    shop: Shop, browser: Browser, salon_app: App, provider: Provider
) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    for subject, status in (("first", 200), ("second", 400), ("first", 200)):
        provider.knows(f"{subject}-{person.id}", email=person.email, email_verified=True)
        assert status == (await came_back(browser, salon_app, provider, f"{subject}-{person.id}")).status_code


async def test_who_was_removed_is_let_in_no_more(shop: Shop, browser: Browser, salon_app: App, provider: Provider) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    provider.knows(f"sub-{person.id}", email=person.email, email_verified=True)
    assert 200 == (await came_back(browser, salon_app, provider, f"sub-{person.id}")).status_code
    await shop.delete(f"/members/{person.id}")
    assert 400 == (await came_back(browser, salon_app, provider, f"sub-{person.id}")).status_code


async def test_the_second_factor_is_asked_for_here_too(shop: Shop, browser: Browser, salon_app: App, provider: Provider) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    secret = (await person.call("POST", "/me/second-factor")).json()["secret"]
    await person.call("POST", "/me/second-factor/confirm", {"code": pyotp.TOTP(secret).now()})
    provider.knows(f"sub-{person.id}", email=person.email, email_verified=True)
    asked = await came_back(browser, salon_app, provider, f"sub-{person.id}")
    assert 200 == asked.status_code
    browser.form("factor")


async def test_an_answer_is_good_once_and_in_its_own_browser(
    app: FastAPI, shop: Shop, browser: Browser, salon_app: App, provider: Provider
) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    provider.knows(f"sub-{person.id}", email=person.email, email_verified=True)
    address = await sent_to_provider(browser, salon_app)
    back = (await asyncio.to_thread(provider.log_in, address, f"sub-{person.id}")).removeprefix("http://127.0.0.1:8000")
    async with Browser(app) as thief:
        await thief.open("/oauth/authorize", salon_app.query)
        assert 400 == (await thief.open(back)).status_code
    assert 400 == (await browser.open(back.replace("state=", "state=x"))).status_code
    assert 200 == (await browser.open(back)).status_code
    assert 400 == (await browser.open(back)).status_code
    assert 1 == len(provider.asked)


async def test_a_code_of_another_attempt_is_refused(shop: Shop, browser: Browser, salon_app: App, provider: Provider) -> None:
    """Replayed into a new attempt, the code's token has the nonce of the old one."""
    person = await somebody(shop.client, shop.pool, shop.business_id, Role.STAFF)
    provider.knows(f"sub-{person.id}", email=person.email, email_verified=True)
    stolen = await asyncio.to_thread(provider.log_in, await sent_to_provider(browser, salon_app), f"sub-{person.id}")
    own = await sent_to_provider(browser, salon_app)
    (state,), (code,) = parse_qs(urlsplit(own).query)["state"], parse_qs(urlsplit(stolen).query)["code"]
    assert 400 == (await browser.open("/oauth/sso/callback", {"state": state, "code": code})).status_code


async def test_another_issuers_answer_and_a_no_go_nowhere(
    shop: Shop, browser: Browser, salon_app: App, provider: Provider
) -> None:
    for more, status in (({"iss": "https://evil.example", "code": "x"}, 400), ({"error": "access_denied"}, 303)):
        (state,) = parse_qs(urlsplit(await sent_to_provider(browser, salon_app)).query)["state"]
        answer = await browser.open("/oauth/sso/callback", {"state": state} | more)
        assert status == answer.status_code
    assert "access_denied" == salon_app.heard(answer)["error"]
    assert [] == provider.asked


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:1", "{url}/", "{url}/nowhere"])
async def test_a_provider_that_is_another_or_silent_is_of_no_use(
    shop: Shop, browser: Browser, salon_app: App, provider: Provider, issuer: str
) -> None:
    assert 200 == (await connect(shop, issuer.format(url=provider.url))).status_code
    assert 502 == (await browser.open("/oauth/sso", salon_app.query)).status_code


async def test_a_business_without_a_provider_shows_no_link(shop: Shop, browser: Browser, salon_app: App) -> None:
    assert 204 == (await shop.delete("/sso-connection")).status_code
    assert "Log in with" not in (await browser.open("/oauth/authorize", salon_app.query)).text
    assert 400 == (await browser.open("/oauth/sso", salon_app.query)).status_code
    assert 404 == (await shop.get("/sso-connection")).status_code


async def test_the_secret_is_kept_encrypted_and_never_shown(shop: Shop, provider: Provider) -> None:
    put = await connect(shop, provider.url)
    shown = await shop.get("/sso-connection")
    assert put.json() == shown.json()
    assert "http://127.0.0.1:8000/oauth/sso/callback" == shown.json()["redirect_uri"]
    assert "secret" not in shown.text
    kept = await shop.pool.fetchval("SELECT client_secret FROM sso_connections WHERE business_id = $1", shop.business_id)
    assert b"the provider's secret" not in kept


async def test_only_owners_choose_the_provider(shop: Shop, other_shop: Shop, provider: Provider) -> None:
    admin = await somebody(shop.client, shop.pool, shop.business_id, Role.ADMIN)
    body: dict[str, Any] = {"name": "Mine", "issuer": provider.url, "client_id": "x", "client_secret": "y"}
    for method, sent in (("PUT", body), ("DELETE", None)):
        answer = await admin.call(method, "/sso-connection", sent)
        assert (403, "owners:write") == (answer.status_code, answer.json()["permission"])
    await connect(shop, provider.url)
    assert 404 == (await other_shop.get("/sso-connection")).status_code


@pytest.mark.parametrize(
    "issuer", ["https://10.0.0.1", "https://169.254.169.254", "ftp://login.example", "https://u@login.example"]
)
async def test_an_issuer_inside_our_own_network_is_refused(shop: Shop, issuer: str) -> None:
    assert (422, "invalid-request", ["/issuer"]) == problem(await connect(shop, issuer))
