"""What users of other booking systems complained of, as far as it is about many who want the same time. Each test cites its row.

The same through HTTP, Temporal and real processes: tests/journeys/test_crowds.py, tests/bench/test_contention.py. At full size,
with each loser answered within a second: `make contention`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI

from api.turnstile import Turnstile
from tests.api.shop import CUSTOMER, FakeCommands, Shop

CROWD = 1000


@pytest.fixture(autouse=True)
def patient(app: FastAPI) -> None:
    """Nobody is sent away because the machine is busy."""
    app.state.wiring = replace(app.state.wiring, turnstile=Turnstile(timedelta(minutes=5)))


async def outcomes(shop: Shop, service: str, provider: str | None, at: datetime) -> Counter[int]:
    """A thousand at once, each with a key of their own."""

    async def one(number: int) -> int:
        customer = CUSTOMER | {"email": f"{number}@example.com"}
        return (await shop.book(service, provider, at, customer=customer, key=f"key-{number}")).status_code

    return Counter(await asyncio.gather(*(one(number) for number in range(CROWD))))


async def taken(shop: Shop) -> list[tuple[int, int]]:
    """The business's claims: seats that are taken, and bookings that sit there."""
    rows = await shop.pool.fetch(
        "SELECT c.seats_taken, count(s.booking_id) AS sit FROM claims c"
        " JOIN claim_seats s ON s.business_id = c.business_id AND s.claim_id = c.id WHERE c.business_id = $1 GROUP BY c.id, 1",
        shop.business_id,
    )
    return [(row["seats_taken"], row["sit"]) for row in rows]


async def test_a_thousand_at_one_slot_are_one_booking(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    """C1: two browsers booked the same slot. A thousand do not, and nobody but the winner has a workflow started."""
    service = await shop.service()
    assert {201: 1, 409: CROWD - 1} == await outcomes(shop, service, await shop.provider(service), nine_in_a_week)
    assert ([(1, 1)], 1) == (await taken(shop), len(commands.orders))


async def test_a_thousand_for_any_of_ten_are_ten_bookings(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    """C1: "any provider" made about 40 double bookings a week."""
    service = await shop.service()
    for _ in range(10):
        await shop.provider(service)
    assert {201: 10, 409: CROWD - 10} == await outcomes(shop, service, None, nine_in_a_week)
    assert ([(1, 1)] * 10, 10) == (await taken(shop), len(commands.orders))


async def test_a_thousand_at_a_class_of_thirty_are_thirty_seats_of_one_session(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    """C6: two first seats made two bookings of the whole time."""
    service = await shop.service(capacity=30)
    assert {201: 30, 409: CROWD - 30} == await outcomes(shop, service, await shop.provider(service), nine_in_a_week)
    assert ([(30, 30)], 30) == (await taken(shop), len(commands.orders))
