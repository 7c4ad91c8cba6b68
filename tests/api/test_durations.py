"""A service that is sold in several lengths."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.shop import SERVICE, FakeCommands, Shop, problem

LENGTHS = [{"duration_minutes": 90, "amount": 7000}, {"duration_minutes": 120, "amount": 9000}]


@pytest.fixture
async def given(shop: Shop) -> tuple[str, str]:
    service = await shop.service(slot_step_minutes=60, durations=LENGTHS)
    return service, await shop.provider(service)


async def test_each_length_has_slots_of_its_own(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    day = nine_in_a_week.date()
    assert ["15:00", "16:00"] == (await shop.clocks(*given, day))[-2:]
    assert ["14:00", "15:00"] == (await shop.clocks(*given, day, duration_minutes=90))[-2:]
    assert ["14:00", "15:00"] == (await shop.clocks(*given, day, duration_minutes=120))[-2:]
    (first, *_) = (await shop.slots(*given, day, duration_minutes=90))["slots"]
    assert timedelta(minutes=90) == datetime.fromisoformat(first["ends_at"]) - datetime.fromisoformat(first["starts_at"])
    assert await shop.clocks(*given, day) == await shop.clocks(*given, day, duration_minutes=60)


async def test_a_booking_has_the_length_and_price_that_were_chosen(
    shop: Shop, commands: FakeCommands, given: tuple[str, str], nine_in_a_week: datetime
) -> None:
    booked = (await shop.book(*given, nine_in_a_week, duration_minutes=90)).json()
    assert (nine_in_a_week + timedelta(minutes=90)).isoformat() == booked["ends_at"]
    assert {"amount": 7000, "currency": "EUR"} == booked["price"]
    (order,) = commands.orders
    assert nine_in_a_week + timedelta(minutes=90) == order.blocks_until
    assert "11:00" == (await shop.clocks(*given, nine_in_a_week.date()))[0]


async def test_a_long_one_needs_room_for_all_of_it(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    assert 201 == (await shop.book(*given, nine_in_a_week + timedelta(hours=1))).status_code
    refused = await shop.book(*given, nine_in_a_week, duration_minutes=90)
    assert (409, "slot-taken", "taken") == (refused.status_code, refused.json()["code"], refused.json()["rule"])
    offered = [slot["starts_at"] for slot in refused.json()["next_slots"]]
    assert [(nine_in_a_week + timedelta(hours=n)).isoformat() for n in (2, 3, 4, 5, 6)] == offered  # each 90 minutes long
    late = await shop.book(*given, nine_in_a_week + timedelta(hours=7), duration_minutes=90)
    assert (422, "outside-hours") == (late.status_code, late.json()["rule"])
    assert 201 == (await shop.book(*given, nine_in_a_week)).status_code


async def test_a_length_that_is_not_sold_is_refused(
    shop: Shop, commands: FakeCommands, given: tuple[str, str], nine_in_a_week: datetime
) -> None:
    answer = await shop.book(*given, nine_in_a_week, duration_minutes=75)
    assert (422, "invalid-request", ["/duration_minutes"]) == problem(answer)
    query = {"date": nine_in_a_week.date().isoformat(), "duration_minutes": "75"}
    asked = await shop.client.get(f"/api/v1/services/{given[0]}/slots", params=query)
    assert (422, "invalid-request", ["duration_minutes"]) == problem(asked)
    assert [] == commands.orders


async def test_the_same_key_with_another_length_is_another_request(
    shop: Shop, given: tuple[str, str], nine_in_a_week: datetime
) -> None:
    first = await shop.book(*given, nine_in_a_week, duration_minutes=90, key="length")
    again = await shop.book(*given, nine_in_a_week, duration_minutes=90, key="length")
    assert (201, first.json()) == (again.status_code, again.json())
    other = await shop.book(*given, nine_in_a_week, duration_minutes=120, key="length")
    assert (422, "idempotency-key-reused", []) == problem(other)


async def test_the_lengths_are_shown_in_order(shop: Shop) -> None:
    service = await shop.service(durations=list(reversed(LENGTHS)))
    assert LENGTHS == (await shop.get(f"/services/{service}")).json()["durations"]


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"durations": [{"duration_minutes": 60, "amount": 1}]}, ["/durations"]),  # the service's own
        ({"durations": [*LENGTHS, LENGTHS[0]]}, ["/durations"]),
        ({"durations": LENGTHS, "capacity": 5}, ["/durations"]),
        ({"durations": [{"duration_minutes": 90, "amount": 0}]}, ["/durations"]),  # paid online
        ({"durations": [{"duration_minutes": 0, "amount": 1}]}, ["/durations/0/duration_minutes"]),
        ({"durations": [{"duration_minutes": 90, "amount": -1}]}, ["/durations/0/amount"]),
        ({"durations": [{"duration_minutes": 90}]}, ["/durations/0/amount"]),
    ],
)
async def test_lengths_that_make_no_sense_are_refused(shop: Shop, changes: dict[str, Any], places: list[str]) -> None:
    assert (422, "invalid-request", places) == problem(await shop.post("/services", SERVICE | changes))
