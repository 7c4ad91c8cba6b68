"""Accounts of a business's own: tried before they are kept, by the vendors' own kits, and never shown."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from api.application import build_app
from api.wiring import Wiring
from domain.bookings import BookingRef
from domain.gateways import Gateways
from domain.money import Money
from domain.payments import Payment, PaymentState
from domain.people import Role
from domain.vendor_accounts import VendorKind, own_id
from gateways.chosen import with_own
from sandbox.app import build_sandbox
from sandbox.stripe_webhooks import sign
from sandbox.twilio_callbacks import sign as sign_text
from settings import PaymentsVendor, Settings
from store import payments
from store.vendor_accounts import StoredAccounts, list_of_business
from tests.api.shop import FakeCommands, Shop, problem
from tests.api.staff import somebody
from tests.gateways.messages.mail_server import PASSWORD, USER, Handler, mail_server
from tests.sandbox.serving import serving

STRIPE = {"vendor": "stripe", "api_key": "sk_test_secret_of_salon", "webhook_secret": "whsec_of_the_salon"}
TWILIO = {"vendor": "twilio", "account_sid": "AC" + "1" * 32, "auth_token": "token-of-the-salon", "from_number": "+4930901820"}
MAIL = {"vendor": "smtp", "host": "127.0.0.1", "security": "none", "mail_from": "Salon Ada <hello@salon.example>"}
CALDAV = {"vendor": "caldav", "url": "http://127.0.0.1:9/", "username": "salon", "password": "password-of-the-salon"}
SECRETS = (STRIPE["api_key"], STRIPE["webhook_secret"], TWILIO["auth_token"], CALDAV["password"], PASSWORD)


@pytest.fixture(scope="module")
def vendors() -> Iterator[str]:
    with serving(build_sandbox().http) as url:
        yield url


@pytest.fixture
async def switchboard(vendors: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=vendors, trust_env=False) as client:
        yield client
        await client.delete("/faults")


@pytest.fixture
def settings(settings: Settings, vendors: str) -> Settings:
    known = {"stripe_api_base": f"{vendors}/stripe", "twilio_api_base": f"{vendors}/twilio", "webhook_may_be_local": True}
    return settings.model_copy(update=known)


@pytest.fixture
def app(tenant_pool: asyncpg.Pool, door_pool: asyncpg.Pool, settings: Settings, commands: FakeCommands) -> FastAPI:
    own = with_own(settings, Gateways(None, None, None, None), StoredAccounts(tenant_pool))
    return build_app(settings, Wiring(settings, tenant_pool, door_pool, commands, None, own=own))


async def rows(shop: Shop) -> int:
    found: int = await shop.pool.fetchval("SELECT count(*) FROM vendor_accounts WHERE business_id = $1", shop.business_id)
    return found


async def put(shop: Shop, kind: str, body: dict[str, Any]) -> httpx.Response:
    return await shop.client.put(f"/api/v1/vendor-accounts/{kind}", json=body, headers=shop.auth)


async def plan(switchboard: httpx.AsyncClient, vendor: str, mode: str) -> None:
    fault = {"vendor": vendor, "operation": "look", "mode": mode, "times": 1}
    (await switchboard.post("/faults", json=fault)).raise_for_status()


async def test_an_account_that_works_is_used_and_shown_without_its_secrets(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    handler = Handler()
    with mail_server(handler) as port:
        kept = {
            "payments": await put(shop, "payments", STRIPE),
            "sms": await put(shop, "sms", TWILIO),
            "email": await put(shop, "email", MAIL | {"port": port}),
        }
    for kind, answer in kept.items():
        assert 200 == answer.status_code, answer.text
        assert answer.json() == (await shop.get(f"/vendor-accounts/{kind}")).json()
    listed = await shop.get("/vendor-accounts")
    events = await shop.get("/security-events")
    shown = {one["kind"]: one for one in listed.json()["items"]}
    assert {"payments": True, "calendar": False, "email": True, "sms": True} == {k: one["is_own"] for k, one in shown.items()}
    assert ("salon", f"/webhooks/stripe/{shop.business_id}") == (
        "salon" if shown["payments"]["api_key_ends"] == "alon" else "",
        "/" + shown["payments"]["webhook_url"].partition("//")[2].partition("/")[2],
    )
    assert ("AC" + "1" * 32, "Salon Ada <hello@salon.example>") == (shown["sms"]["account_sid"], shown["email"]["mail_from"])
    assert [] == handler.kept, "a mail was sent to try it"
    assert 3 == [one["kind"] for one in events.json()["items"]].count("vendor-account-changed")
    audit = (await shop.get("/audit-log")).text
    assert '"account_kind":"payments"' in audit
    everything = [listed.text, events.text, audit, caplog.text, *(answer.text for answer in kept.values())]
    assert [] == [secret for secret in SECRETS for text in everything if secret in text]


@pytest.mark.parametrize(
    ("kind", "body", "place"),
    [
        ("payments", TWILIO, "/vendor"),
        ("email", STRIPE, "/vendor"),
        ("fax", STRIPE, "account_kind"),
        ("payments", STRIPE | {"api_key": "sk_live_not_ours"}, "/api_key"),
        ("payments", STRIPE | {"api_key": None}, "/api_key"),
        ("payments", STRIPE | {"api_key": "sk_test_\r\nX-Other: 1"}, "/api_key"),
        ("payments", STRIPE | {"host": "mail.example.com"}, "/host"),
        ("payments", STRIPE | {"secret": "x"}, "/secret"),
        ("sms", TWILIO | {"account_sid": "AC1/../../x"}, "/account_sid"),
        ("sms", TWILIO | {"from_number": "+49\r\n30"}, "/from_number"),
        ("email", MAIL | {"mail_from": "nobody"}, "/mail_from"),
        ("email", MAIL | {"mail_from": "a@example.com\r\nBcc: b@example.com"}, "/mail_from"),
        ("email", MAIL | {"username": "salon"}, "/password"),
        ("email", MAIL | {"username": "salon", "password": "in clear"}, "/security"),
        ("email", MAIL | {"port": 0}, "/port"),
        ("calendar", CALDAV | {"url": "https://ada:secret@dav.example/"}, "/url"),
        ("calendar", CALDAV | {"url": "file:///etc/passwd"}, "/url"),
        ("calendar", {"vendor": "google", "service_account_key": "{}"}, "/service_account_key"),
        (
            "calendar",
            {"vendor": "google", "service_account_key": json.dumps({"client_email": "a@b.example", "private_key": "no key"})},
            "/service_account_key",
        ),
    ],
)
async def test_what_cannot_be_names_the_field_and_writes_nothing(shop: Shop, kind: str, body: dict[str, Any], place: str) -> None:
    answer = await put(shop, kind, body)
    assert (422, "invalid-request", [place]) == problem(answer)
    assert 0 == await rows(shop)
    assert [] == [secret for secret in SECRETS if secret in answer.text]


@pytest.mark.parametrize(("kind", "vendor", "body", "place"), [
    ("payments", "stripe", STRIPE, "/api_key"),
    ("sms", "twilio", TWILIO, "/auth_token"),
])  # fmt: skip
async def test_what_the_vendor_refuses_is_not_kept_and_one_that_does_not_answer_neither(
    shop: Shop, switchboard: httpx.AsyncClient, kind: str, vendor: str, body: dict[str, Any], place: str
) -> None:
    await plan(switchboard, vendor, "decline")
    assert (422, "invalid-request", [place]) == problem(await put(shop, kind, body))
    await plan(switchboard, vendor, "error_500")
    away = await put(shop, kind, body)
    assert (503, "unavailable", []) == problem(away)
    assert "Retry-After" in away.headers
    assert 0 == await rows(shop)
    assert not (await shop.get(f"/vendor-accounts/{kind}")).json()["is_own"]


async def test_a_mail_server_says_what_is_wrong_with_the_account(shop: Shop) -> None:
    with mail_server(Handler(), auth_require_tls=False) as port:
        unknown = await put(shop, "email", MAIL | {"port": port, "security": "starttls"})
        assert (422, "invalid-request", ["/security"]) == problem(unknown)
    nobody = await put(shop, "email", MAIL | {"port": port})
    assert (503, "unavailable", []) == problem(nobody)
    assert 0 == await rows(shop)


async def test_a_login_is_tried_over_tls_alone_and_its_refusal_points_at_the_password(shop: Shop) -> None:
    """The server speaks no TLS, so the password never leaves; what happens with one that does is the gateway's own test."""
    with mail_server(Handler(), auth_require_tls=False) as port:
        known = {"port": port, "username": USER, "password": PASSWORD, "security": "starttls"}
        assert (422, "invalid-request", ["/security"]) == problem(await put(shop, "email", MAIL | known))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "127.1", "0x7f000001"])
async def test_no_server_of_ours_is_reached(
    shop: Shop, settings: Settings, tenant_pool: asyncpg.Pool, door_pool: asyncpg.Pool, commands: FakeCommands, host: str
) -> None:
    strict = settings.model_copy(update={"webhook_may_be_local": False})
    own = with_own(strict, Gateways(None, None, None, None), StoredAccounts(tenant_pool))
    app = build_app(strict, Wiring(strict, tenant_pool, door_pool, commands, None, own=own))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://slotkeeper.test") as client:
        address = "/api/v1/vendor-accounts"
        mail = await client.put(f"{address}/email", json=MAIL | {"host": host, "port": 25}, headers=shop.auth)
        assert (422, "invalid-request", ["/host"]) == problem(mail)
        odd = await client.put(f"{address}/email", json=MAIL | {"host": "mail.salon.example", "port": 6379}, headers=shop.auth)
        assert (422, "invalid-request", ["/port"]) == problem(odd)
        url = CALDAV | {"url": f"https://{host}/"}
        assert (422, "invalid-request", ["/url"]) == problem(await client.put(f"{address}/calendar", json=url, headers=shop.auth))
    assert 0 == await rows(shop)


@pytest.mark.parametrize(("role", "status"), [(Role.OWNER, 200), (Role.ADMIN, 403), (Role.STAFF, 403), (Role.VIEWER, 403)])
async def test_only_owners_change_it_and_everybody_of_the_business_sees_whose_it_is(shop: Shop, role: Role, status: int) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, role)
    assert status == (await person.call("PUT", "/vendor-accounts/payments", STRIPE)).status_code
    assert 200 == (await person.call("GET", "/vendor-accounts")).status_code
    expected = 204 if status == 200 else 403
    assert expected == (await person.call("DELETE", "/vendor-accounts/payments")).status_code


async def test_a_change_is_of_what_was_seen_and_never_overwrites(shop: Shop) -> None:
    seen = (await shop.get("/vendor-accounts/payments")).headers["ETag"]
    first = await shop.client.put("/api/v1/vendor-accounts/payments", json=STRIPE, headers=shop.auth | {"If-Match": seen})
    assert 200 == first.status_code
    stale = await shop.client.put("/api/v1/vendor-accounts/payments", json=STRIPE, headers=shop.auth | {"If-Match": seen})
    assert (412, "changed-meanwhile", []) == problem(stale)
    assert (412, "changed-meanwhile", []) == problem(
        await shop.client.delete("/api/v1/vendor-accounts/payments", headers=shop.auth | {"If-Match": seen})
    )
    second = await put(shop, "payments", STRIPE)
    assert first.json()["id"] != second.json()["id"]
    assert 2 == await rows(shop)
    assert 204 == (await shop.client.delete("/api/v1/vendor-accounts/payments", headers=shop.auth)).status_code
    assert 404 == (await shop.client.delete("/api/v1/vendor-accounts/payments", headers=shop.auth)).status_code
    assert 2 == await rows(shop)


async def test_who_has_an_account_of_their_own_may_sell_online(
    shop: Shop, settings: Settings, tenant_pool: asyncpg.Pool, door_pool: asyncpg.Pool, commands: FakeCommands
) -> None:
    bare = settings.model_copy(update={"payments": PaymentsVendor.NONE})
    own = with_own(bare, Gateways(None, None, None, None), StoredAccounts(tenant_pool))
    app = build_app(bare, Wiring(bare, tenant_pool, door_pool, commands, None, own=own))
    service = {"name": "Cut", "duration_minutes": 30, "price": {"amount": 100, "currency": "EUR"}, "payment": "online"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://slotkeeper.test") as client:
        assert (422, "invalid-request", ["/payment"]) == problem(
            await client.post("/api/v1/services", json=service, headers=shop.auth)
        )
        assert 200 == (await put(shop, "payments", STRIPE)).status_code
        assert 201 == (await client.post("/api/v1/services", json=service, headers=shop.auth)).status_code


def event(booking: BookingRef, payment_id: str, secret: str) -> tuple[bytes, dict[str, str]]:
    metadata = {"business_id": str(booking.business_id), "booking_id": str(booking.booking_id)}
    thing = {"id": payment_id, "object": "payment_intent", "metadata": metadata}
    told = {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "livemode": False, "data": {"object": thing}}
    body = json.dumps(told).encode()
    return body, {"Stripe-Signature": sign(body, secret, int(time.time())), "Content-Type": "application/json"}


async def waiting(shop: Shop, at: Any) -> BookingRef:
    """A booking whose payment with the business's own account waits for the customer."""
    service = await shop.service()
    held = await shop.book(service, await shop.provider(service), at)
    booking = BookingRef(shop.business_id, UUID(held.json()["id"]))
    account = (await list_of_business(shop.pool, shop.business_id, VendorKind.PAYMENTS))[-1]
    paid = Payment(own_id(account.id, "pi_1"), PaymentState.PROCESSING, Money(5000, "EUR"))
    await payments.save(shop.pool, booking, "stripe", paid, key="payment:1", kind="payment_processing")
    return booking


async def test_stripe_tells_of_a_businesss_own_account_at_an_address_of_its_own(
    shop: Shop, other_shop: Shop, commands: FakeCommands, nine_in_a_week: Any
) -> None:
    assert 200 == (await put(shop, "payments", STRIPE)).status_code
    assert 200 == (await put(other_shop, "payments", STRIPE | {"webhook_secret": "whsec_of_others"})).status_code
    booking = await waiting(shop, nine_in_a_week)
    body, headers = event(booking, "pi_1", str(STRIPE["webhook_secret"]))
    taken = await shop.client.post(f"/webhooks/stripe/{shop.business_id}", content=body, headers=headers)
    assert (200, [booking.booking_id]) == (taken.status_code, [news.booking_id for news in commands.news])
    assert commands.news[0].payment_id.startswith("own:") and commands.news[0].payment_id.endswith(":pi_1")
    items = (await shop.get(f"/bookings/{booking.booking_id}/timeline")).json()["items"]
    assert {"pi_1"} == {one["detail"]["vendor_id"] for one in items if "vendor_id" in one["detail"]}

    commands.news.clear()
    forged, signed = event(booking, "pi_1", "whsec_of_others")  # another business signs news of this one's booking
    answer = await shop.client.post(f"/webhooks/stripe/{other_shop.business_id}", content=forged, headers=signed)
    assert (200, []) == (answer.status_code, commands.news)
    odd, signed = event(booking, "pi_\0", str(STRIPE["webhook_secret"]))
    answer = await shop.client.post(f"/webhooks/stripe/{shop.business_id}", content=odd, headers=signed)
    assert (200, []) == (answer.status_code, commands.news)


async def test_news_of_the_account_before_are_still_taken(shop: Shop, commands: FakeCommands, nine_in_a_week: Any) -> None:
    assert 200 == (await put(shop, "payments", STRIPE)).status_code
    booking = await waiting(shop, nine_in_a_week)
    assert 200 == (await put(shop, "payments", STRIPE | {"webhook_secret": "whsec_of_the_next"})).status_code
    body, headers = event(booking, "pi_1", str(STRIPE["webhook_secret"]))
    taken = await shop.client.post(f"/webhooks/stripe/{shop.business_id}", content=body, headers=headers)
    assert (200, 1) == (taken.status_code, len(commands.news))


@pytest.mark.parametrize("path", ["/webhooks/stripe", "/api/v1/webhooks/twilio"])
async def test_nobody_learns_who_has_an_account(shop: Shop, other_shop: Shop, path: str) -> None:
    assert 200 == (await put(shop, "payments", STRIPE)).status_code
    assert 200 == (await put(shop, "sms", TWILIO)).status_code
    body, headers = event(BookingRef(shop.business_id, uuid4()), "pi_1", "whsec_wrong")
    headers |= {"X-Twilio-Signature": "bm9wZQ=="}
    answers = [
        await shop.client.post(f"{path}/{business_id}", content=body, headers=headers)
        for business_id in (shop.business_id, other_shop.business_id, uuid4())
    ]
    assert {400} == {answer.status_code for answer in answers}
    assert 1 == len({answer.content for answer in answers})


async def test_twilio_tells_of_a_businesss_own_texts(
    shop: Shop, other_shop: Shop, settings: Settings, nine_in_a_week: Any
) -> None:
    for each, token in ((shop, TWILIO["auth_token"]), (other_shop, "token-of-others")):
        assert 200 == (await put(each, "sms", TWILIO | {"auth_token": token})).status_code
    service = await shop.service()
    held = await shop.book(service, await shop.provider(service), nine_in_a_week)

    async def tell(by: Shop, about: str, token: str) -> httpx.Response:
        address = f"/api/v1/webhooks/twilio/{by.business_id}"
        query = str(httpx.QueryParams({"about": about}))
        form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
        signed = sign_text(f"{settings.public_url}{address}?{query}", form, token)
        return await shop.client.post(f"{address}?{query}", data=form, headers={"X-Twilio-Signature": signed})

    about = f"{shop.business_id}:{held.json()['id']}:confirmation"
    assert 404 == (await tell(other_shop, about, "token-of-others")).status_code
    assert 404 == (await tell(shop, "nonsense", TWILIO["auth_token"])).status_code
    assert [] == (await shop.get(f"/bookings/{held.json()['id']}/messages")).json()["items"]
    assert 200 == (await tell(shop, about, TWILIO["auth_token"])).status_code
    (message,) = (await shop.get(f"/bookings/{held.json()['id']}/messages")).json()["items"]
    assert "delivered" == message["state"]
