"""The delivery log, and the news that fill it: signed as the vendor's own SDK checks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from twilio.request_validator import RequestValidator

from api.application import build_app
from api.wiring import Wiring
from domain.bookings import BookingRef
from domain.messages import DeliveryState
from gateways.messages.twilio import TwilioSms
from sandbox.twilio_callbacks import sign
from settings import Settings
from store.notifications import note
from tests.api.shop import FakeCommands, Shop, problem

STATUS_URL = "https://shop.example/api/v1/webhooks/twilio"
TOKEN = "the account's token"


@pytest.fixture
def app(tenant_pool: asyncpg.Pool, door_pool: asyncpg.Pool, settings: Settings, commands: FakeCommands) -> FastAPI:
    sms = TwilioSms("AC1", TOKEN, "+15005550006", status_url=STATUS_URL)
    return build_app(settings, Wiring(settings, tenant_pool, door_pool, commands, None, sms=sms))


@pytest.fixture
async def booking(shop: Shop, nine_in_a_week: datetime) -> BookingRef:
    service = await shop.service()
    booked = await shop.book(service, await shop.provider(service), nine_in_a_week)
    return BookingRef(shop.business_id, booked.json()["id"])


async def tell(shop: Shop, booking: BookingRef, status: str, *, signature: str | None = None, **more: str) -> httpx.Response:
    query = urlencode({"about": f"{booking.business_id}:{booking.booking_id}:confirmation"})
    form = {"MessageSid": "SM1", "MessageStatus": status, "To": "+4930901820"} | more
    signed = sign(f"{STATUS_URL}?{query}", form, TOKEN) if signature is None else signature
    return await shop.client.post(f"/api/v1/webhooks/twilio?{query}", data=form, headers={"X-Twilio-Signature": signed})


async def log(shop: Shop, booking: BookingRef) -> list[dict[str, Any]]:
    answer = await shop.get(f"/bookings/{booking.booking_id}/messages")
    assert 200 == answer.status_code, answer.text
    assert "Europe/Berlin" == answer.json()["timezone"]
    return list(answer.json()["items"])


async def told(shop: Shop, booking: BookingRef) -> list[str]:
    items = (await shop.get(f"/bookings/{booking.booking_id}/timeline")).json()["items"]
    return [item["kind"] for item in items if item["kind"].startswith("notification")]


def test_the_stand_in_signs_as_the_vendor_does() -> None:
    form = {"MessageSid": "SM1", "Ünï": "✓ &="}
    assert RequestValidator(TOKEN).compute_signature(STATUS_URL, form) == sign(STATUS_URL, form, TOKEN)


async def test_what_becomes_of_a_text_is_in_the_log_and_on_the_timeline(shop: Shop, booking: BookingRef) -> None:
    """C39: no way to see what was sent."""
    assert [] == await log(shop, booking)
    await note(shop.pool, booking, "confirmation", "sms", DeliveryState.QUEUED, vendor_id="SM1")
    for status in ("queued", "sending", "sent", "sent", "delivered", "sent"):
        assert {"received": True} == (await tell(shop, booking, status)).json()
    (message,) = await log(shop, booking)
    expected = {"message": "confirmation", "channel": "sms", "recipient": "customer", "state": "delivered", "code": None}
    assert expected == {name: message[name] for name in expected}
    assert ["notification_queued", "notification_sent", "notification_delivered"] == await told(shop, booking)


async def test_a_text_that_does_not_arrive_keeps_the_carriers_code(shop: Shop, booking: BookingRef) -> None:
    assert 200 == (await tell(shop, booking, "undelivered", ErrorCode="30003")).status_code
    (message,) = await log(shop, booking)
    assert ("undelivered", "30003") == (message["state"], message["code"])
    assert ["notification_undelivered"] == await told(shop, booking)


@pytest.mark.parametrize("signature", ["", "bm9wZQ==", "…", "x" * 100])
async def test_news_of_strangers_are_refused_and_change_nothing(shop: Shop, booking: BookingRef, signature: str) -> None:
    answer = await tell(shop, booking, "delivered", signature=signature.encode("ascii", "ignore").decode())
    assert (400, "bad-signature", ["X-Twilio-Signature"]) == problem(answer)
    assert [] == await log(shop, booking)


async def test_news_of_no_booking_are_refused(shop: Shop, booking: BookingRef) -> None:
    assert (404, "not-found", []) == problem(await tell(shop, BookingRef(booking.business_id, uuid4()), "sent"))


async def test_where_no_texts_are_sent_there_is_no_news(
    shop: Shop,
    booking: BookingRef,
    tenant_pool: asyncpg.Pool,
    door_pool: asyncpg.Pool,
    settings: Settings,
    commands: FakeCommands,
) -> None:
    bare = build_app(settings, Wiring(settings, tenant_pool, door_pool, commands, None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(bare), base_url="http://slotkeeper.test") as client:
        assert (404, "not-found", []) == problem(await client.post("/api/v1/webhooks/twilio", content=b"MessageStatus=sent"))


async def test_the_log_is_for_the_business_and_for_who_holds_the_booking(
    shop: Shop, other_shop: Shop, booking: BookingRef
) -> None:
    assert (404, "not-found", []) == problem(await other_shop.get(f"/bookings/{booking.booking_id}/messages"))
    answer = await shop.client.get(f"/api/v1/bookings/{booking.booking_id}/messages")
    assert (401, "unauthorised", ["Authorization"]) == problem(answer)
