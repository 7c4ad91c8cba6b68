"""What the vendors have, beside what the bookings say: every difference is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from bench.books import Differences, compare
from domain.bookings import HoldSlot
from store import bookings
from tests.orders import ADA, open_shop

State = dict[str, list[dict[str, Any]]]


@pytest.fixture
async def order(pool: asyncpg.Pool) -> HoldSlot:
    """A booking that is confirmed as far as the database knows."""
    order = (await open_shop(pool)).order()
    await bookings.hold(pool, order, timedelta(minutes=5))
    await pool.execute("UPDATE bookings SET status = 'confirmed' WHERE id = $1", order.booking_id)
    return order


def booked(order: HoldSlot) -> State:
    """All that the vendors should have."""
    whose = {"booking_id": str(order.booking_id)}
    mail = {"channel": "email", "id": "<1@example.com>", "to": ADA.email, "text": "Your booking"}
    return {
        "payments": [{**whose, "captured": order.price.amount, "refunded": 0, "state": "succeeded"}],
        "calendar_events": [{**whose, "status": "confirmed"}],
        "messages": [mail],
    }


async def found(pool: asyncpg.Pool, order: HoldSlot, state: State, **how: bool) -> Differences:
    return await compare(pool, state, [ADA.email], **how)


async def test_nothing_is_wrong_where_all_agree(pool: asyncpg.Pool, order: HoldSlot) -> None:
    assert Differences() == await found(pool, order, booked(order))


@pytest.mark.parametrize("shelf", ["payments", "calendar_events", "messages"])
async def test_what_is_missing_is_told(pool: asyncpg.Pool, order: HoldSlot, shelf: str) -> None:
    assert 1 == len((await found(pool, order, {**booked(order), shelf: []})).wrong[ADA.email])


async def test_what_is_left_of_a_booking_that_is_gone_is_told(pool: asyncpg.Pool, order: HoldSlot) -> None:
    await pool.execute("UPDATE bookings SET status = 'failed' WHERE id = $1", order.booking_id)
    (wrong,) = (await found(pool, order, booked(order))).wrong.values()
    assert [f"the vendor keeps {order.price.amount} for bookings of 0", "1 calendar events instead of 0"] == wrong


async def test_money_that_is_still_reserved_is_told(pool: asyncpg.Pool, order: HoldSlot) -> None:
    state = booked(order)
    state["payments"].append({**state["payments"][0], "captured": 0, "state": "requires_capture"})
    assert {ADA.email: ["money is still reserved"]} == (await found(pool, order, state)).wrong


async def test_the_same_words_twice_are_told_and_copies_of_one_message_are_counted(pool: asyncpg.Pool, order: HoldSlot) -> None:
    state = booked(order)
    (mail,) = state["messages"]
    copy = {**state, "messages": [mail, mail]}
    assert Differences(copies=1) == await found(pool, order, copy)
    again = {**state, "messages": [mail, {**mail, "id": "<2@example.com>"}]}
    assert ["2 times by email: 'Your booking'"] == (await found(pool, order, again)).wrong[ADA.email]
    assert Differences(copies=1) == await found(pool, order, again, is_stormy=True)
