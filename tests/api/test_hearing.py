"""Commands to a booking whose workflow may only be about to begin."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
import pytest

from api.commands.outcomes import BookingIsOver
from api.hearing import heard
from domain.bookings import BookingRef
from tests.api.shop import CUSTOMER, FakeCommands, Shop
from workflows.messages import Cancel


class Deaf:
    """Nobody hears the first few calls."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self.heard = 0

    async def __call__(self) -> str:
        self.heard += 1
        if self.heard <= self.calls:
            raise BookingIsOver
        return "heard"


async def held(shop: Shop, at: datetime) -> BookingRef:
    service = await shop.service()
    booked = (await shop.book(service, await shop.provider(service), at)).json()
    return BookingRef(shop.business_id, UUID(booked["id"]))


async def test_what_is_held_is_asked_again_until_somebody_hears(shop: Shop, pool: asyncpg.Pool, nine_in_a_week: datetime) -> None:
    ask = Deaf(3)
    assert "heard" == await heard(pool, await held(shop, nine_in_a_week), ask)
    assert 4 == ask.heard


async def test_what_is_over_is_not_asked_again(
    shop: Shop, pool: asyncpg.Pool, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    booking, ask = await held(shop, nine_in_a_week), Deaf(3)
    await commands.cancel(booking, Cancel())
    with pytest.raises(BookingIsOver):
        await heard(pool, booking, ask)
    assert 1 == ask.heard


async def test_an_occurrence_is_not_waited_for(shop: Shop, pool: asyncpg.Pool, nine_in_a_week: datetime) -> None:
    """It has no workflow of its own until its series is confirmed."""
    service = await shop.service(max_advance_days=120)
    wish = {"service_id": service, "provider_id": await shop.provider(service), "starts_at": nine_in_a_week.isoformat()}
    series = await shop.post("/series", wish | {"rrule": "FREQ=WEEKLY;COUNT=2", "customer": CUSTOMER})
    first, ask = BookingRef(shop.business_id, UUID(series.json()["occurrences"][0]["booking_id"])), Deaf(3)
    with pytest.raises(BookingIsOver):
        await heard(pool, first, ask)
    assert 1 == ask.heard
