from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from api.application import build_app
from api.wiring import Wiring
from domain.bookings import BookingRef
from domain.money import Money
from domain.payments import NextAction, Payment, PaymentState
from gateways.payments.stripe import StripePayments
from sandbox.stripe_webhooks import sign
from settings import Settings
from store import payments
from tests.api.shop import FakeCommands, Shop

SECRET = "whsec_of_these_tests"
BANK = NextAction("redirect_to_url", "https://bank.example/3ds", None)


@pytest.fixture
async def stripe(
    tenant_pool: asyncpg.Pool, door_pool: asyncpg.Pool, settings: Settings, commands: FakeCommands
) -> AsyncIterator[httpx.AsyncClient]:
    """Calls our webhook."""
    wiring = Wiring(settings, tenant_pool, door_pool, commands, StripePayments("sk_test_unused", SECRET))
    transport = httpx.ASGITransport(build_app(settings, wiring))
    async with httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test") as client:
        yield client


async def deliver(stripe: httpx.AsyncClient, booking: BookingRef) -> int:
    metadata = {"business_id": str(booking.business_id), "booking_id": str(booking.booking_id)}
    thing: dict[str, Any] = {"id": "pi_1", "object": "payment_intent", "metadata": metadata}
    event = {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "livemode": False, "data": {"object": thing}}
    body = json.dumps(event).encode()
    headers = {"Stripe-Signature": sign(body, SECRET, int(time.time())), "Content-Type": "application/json"}
    return (await stripe.post("/webhooks/stripe", content=body, headers=headers)).status_code


async def booked(shop: Shop, at: datetime) -> BookingRef:
    service_id = await shop.service()
    held = await shop.book(service_id, await shop.provider(service_id), at)
    return BookingRef(shop.business_id, UUID(held.json()["id"]))


async def pay(shop: Shop, booking: BookingRef, state: PaymentState) -> None:
    payment = Payment("pi_1", state, Money(5000, "EUR"), next_action=BANK if state is PaymentState.ACTION_REQUIRED else None)
    await payments.save(shop.pool, booking, "stripe", payment, key=f"payment:1:{state}", kind=f"payment_{state}")


@pytest.mark.parametrize("state", [PaymentState.ACTION_REQUIRED, PaymentState.PROCESSING])
async def test_news_wakes_a_booking_that_waits_for_its_payment(
    shop: Shop, stripe: httpx.AsyncClient, commands: FakeCommands, nine_in_a_week: datetime, state: PaymentState
) -> None:
    booking = await booked(shop, nine_in_a_week)
    await pay(shop, booking, state)
    assert 200 == await deliver(stripe, booking)
    assert [booking.booking_id] == [news.booking_id for news in commands.news]


@pytest.mark.parametrize("state", [PaymentState.CREATED, PaymentState.AUTHORISED, PaymentState.CAPTURED])
async def test_news_of_a_payment_that_nobody_waits_for_is_taken_and_wakes_nobody(
    shop: Shop, stripe: httpx.AsyncClient, commands: FakeCommands, nine_in_a_week: datetime, state: PaymentState
) -> None:
    booking = await booked(shop, nine_in_a_week)
    await pay(shop, booking, state)
    assert 200 == await deliver(stripe, booking)
    assert [] == commands.news


async def test_news_of_an_unknown_booking_is_taken_and_wakes_nobody(
    shop: Shop, stripe: httpx.AsyncClient, commands: FakeCommands
) -> None:
    assert 200 == await deliver(stripe, BookingRef(shop.business_id, uuid4()))
    assert [] == commands.news
