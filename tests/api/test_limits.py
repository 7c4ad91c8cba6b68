"""How many bookings a service, a provider or a room takes in a day and in a week."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from activities.bookings import BookingActivities
from domain.bookings import BookingRef
from tests.api.shop import FakeCommands, Shop
from workflows.messages import Cancel

HOUR = timedelta(hours=1)


@pytest.fixture
def monday(nine_in_a_week: datetime) -> datetime:
    """09:00 on the Monday after."""
    return nine_in_a_week + timedelta(days=7 - nine_in_a_week.weekday())


async def test_a_full_day_refuses_and_says_so(shop: Shop, monday: datetime) -> None:
    """C51."""
    service = await shop.service(max_per_day=2)
    provider = await shop.provider(service)
    for n in (0, 2):
        assert 201 == (await shop.book(service, provider, monday + n * HOUR)).status_code
    assert (409, "day-limit", "service:max_per_day") == await shop.why(service, provider, monday + 4 * HOUR)
    assert [] == await shop.clocks(service, provider, monday.date())
    assert 201 == (await shop.book(service, provider, monday + timedelta(days=1))).status_code


async def test_a_full_week_lasts_from_monday_to_sunday(shop: Shop, monday: datetime) -> None:
    service = await shop.service(max_per_week=2)
    provider = await shop.provider(service)
    for n in (0, 6):
        assert 201 == (await shop.book(service, provider, monday + timedelta(days=n))).status_code
    assert (409, "week-limit", "service:max_per_week") == await shop.why(service, provider, monday + timedelta(days=3))
    for n in (-1, 7):
        assert 201 == (await shop.book(service, provider, monday + timedelta(days=n))).status_code


async def test_a_provider_s_limits_count_all_their_services(shop: Shop, monday: datetime) -> None:
    cut, colour = await shop.service(), await shop.service()
    limited, other = await shop.provider(cut, colour, max_per_day=1, max_per_week=2), await shop.provider(cut, colour)
    assert 201 == (await shop.book(cut, limited, monday)).status_code
    assert (409, "day-limit", "provider:max_per_day") == await shop.why(colour, limited, monday + 2 * HOUR)
    assert 201 == (await shop.book(colour, limited, monday + timedelta(days=1))).status_code
    assert (409, "week-limit", "provider:max_per_week") == await shop.why(colour, limited, monday + timedelta(days=2))
    elsewhere = await shop.book(cut, None, monday + 2 * HOUR)
    assert (201, other) == (elsewhere.status_code, elsewhere.json()["provider_id"])


async def test_a_service_s_limit_counts_all_its_providers_also_at_one_time(shop: Shop, monday: datetime) -> None:
    service = await shop.service(max_per_day=3)
    providers = [await shop.provider(service) for _ in range(3)]
    for provider in providers[:2]:
        assert 201 == (await shop.book(service, provider, monday)).status_code
    assert ["09:00", "09:30"] == (await shop.clocks(service, providers[2], monday.date()))[:2]
    assert 201 == (await shop.book(service, providers[2], monday)).status_code
    assert (409, "day-limit", "service:max_per_day") == await shop.why(service, providers[2], monday + 2 * HOUR)


async def test_a_day_begins_at_midnight_where_its_limit_is_kept(shop: Shop, monday: datetime) -> None:
    """A provider's limit on the provider's clock, a service's on the business's."""
    always = {day: [{"start": "00:00", "end": "24:00"}] for day in ("sunday", "monday", "tuesday")}
    service = await shop.service()
    provider = await shop.provider(service, zone="Pacific/Auckland", week=always, max_per_day=1)
    midnight = datetime.fromisoformat((await shop.slots(service, provider, monday.date()))["slots"][0]["starts_at"])
    assert 0 == midnight.hour
    assert 201 == (await shop.book(service, provider, midnight)).status_code
    assert 201 == (await shop.book(service, provider, midnight - HOUR)).status_code  # in Berlin the same day
    refused = await shop.book(service, provider, midnight + 23 * HOUR)
    assert (409, "day-limit") == (refused.status_code, refused.json()["rule"])


async def test_who_joins_a_session_adds_nothing_to_a_limit(shop: Shop, monday: datetime) -> None:
    service = await shop.service(capacity=3, max_per_day=1)
    provider = await shop.provider(service)
    for _ in range(3):
        assert 201 == (await shop.book(service, provider, monday)).status_code
    assert (409, "no-seats-left", "claims") == await shop.why(service, provider, monday)
    assert (409, "day-limit", "service:max_per_day") == await shop.why(service, provider, monday + 2 * HOUR)


@pytest.mark.parametrize("whose", ["service", "provider", "room"])
async def test_a_session_can_be_joined_on_a_day_that_is_beyond_its_limit(shop: Shop, monday: datetime, whose: str) -> None:
    """Staff went beyond the limit, or lowered it, and the session's free seats are still offered."""
    room = await shop.provider()
    service = await shop.service(capacity=3, resources=[[room]] if whose == "room" else [])
    provider = await shop.provider(service)
    for n in (0, 2, 4):
        assert 201 == (await shop.book(service, provider, monday + n * HOUR)).status_code
    limited = {"service": service, "provider": provider, "room": room}[whose]
    for lower in (
        "UPDATE services SET max_per_day = 1, max_per_week = 1 WHERE business_id = $1 AND id = $2",
        "UPDATE providers SET max_per_day = 1, max_per_week = 1 WHERE business_id = $1 AND id = $2",
    ):
        await shop.pool.execute(lower, shop.business_id, UUID(limited))
    offered = await shop.slots(service, provider, monday.date())
    assert [2, 2, 2] == [slot["seats_left"] for slot in offered["slots"]]
    for n in (0, 2, 4):
        assert 201 == (await shop.book(service, provider, monday + n * HOUR)).status_code


async def test_a_cancelled_booking_gives_its_place_back(shop: Shop, commands: FakeCommands, monday: datetime) -> None:
    service = await shop.service(max_per_day=1)
    provider = await shop.provider(service, max_per_day=1)
    booked = (await shop.book(service, provider, monday)).json()
    await commands.cancel(_ref(shop, booked["id"]), Cancel())
    assert 201 == (await shop.book(service, provider, monday + 2 * HOUR)).status_code


async def test_an_ended_hold_gives_its_place_back(shop: Shop, monday: datetime) -> None:
    """Nobody swept it yet."""
    service = await shop.service(max_per_day=1)
    provider = await shop.provider(service, max_per_day=1)
    booked = (await shop.book(service, provider, monday)).json()
    over = datetime.now(UTC) - timedelta(seconds=1)
    row = (shop.business_id, _ref(shop, booked["id"]).booking_id, over)
    await shop.pool.execute("UPDATE bookings SET hold_expires_at = $3 WHERE business_id = $1 AND id = $2", *row)
    await shop.pool.execute("UPDATE claim_seats SET expires_at = $3 WHERE business_id = $1 AND booking_id = $2", *row)
    assert 201 == (await shop.book(service, provider, monday + 2 * HOUR)).status_code


async def test_a_room_has_limits_too(shop: Shop, monday: datetime) -> None:
    room = await shop.provider(max_per_day=1)
    service = await shop.service(resources=[[room]])
    provider = await shop.provider(service)
    assert 201 == (await shop.book(service, provider, monday)).status_code
    assert (409, "no-resource", "resources:1") == await shop.why(service, provider, monday + 2 * HOUR)


@pytest.mark.parametrize("whose", ["service", "provider", "room"])
async def test_many_at_once_get_no_more_than_the_limit(shop: Shop, monday: datetime, whose: str) -> None:
    """Each wants another time, so that nothing but the limit is in their way."""
    most: dict[str, Any] = {"max_per_day": 3}
    needs = [[await shop.provider(**most)]] if whose == "room" else []
    step = {"duration_minutes": 15, "slot_step_minutes": 15, "resources": needs}
    service = await shop.service(**step, **(most if whose == "service" else {}))
    provider = await shop.provider(service, **(most if whose == "provider" else {}))
    answers = await asyncio.gather(*(shop.book(service, provider, monday + n * HOUR / 4) for n in range(20)))
    assert [201] * 3 + [409] * 17 == sorted(answer.status_code for answer in answers)
    rules = {answer.json()["rule"] for answer in answers if answer.status_code == 409}
    assert {"no-resource" if whose == "room" else "day-limit"} == rules
    assert 3 == await shop.pool.fetchval("SELECT count(*) FROM bookings WHERE business_id = $1", shop.business_id)


def _ref(shop: Shop, booking_id: str) -> BookingRef:
    return BookingRef(shop.business_id, UUID(booking_id))


@pytest.mark.parametrize("uses_room", [False, True])
async def test_what_is_over_still_counts_towards_its_week(
    shop: Shop, commands: FakeCommands, monday: datetime, uses_room: bool
) -> None:
    """Its claim is gone by then; the third appointment of a week of two is one too many all the same."""
    two: dict[str, Any] = {"max_per_week": 2}
    room = await shop.provider(**(two if uses_room else {}))
    service = await shop.service(resources=[[room]] if uses_room else [])
    provider = await shop.provider(service, **({} if uses_room else two))
    for n in range(2):
        booked = await shop.book(service, provider, monday + timedelta(days=n))
        booking = BookingRef(shop.business_id, UUID(booked.json()["id"]))
        await commands.confirm(booking, None, None)
        await BookingActivities(shop.pool).complete_booking(booking)
    full = ("no-resource", "resources:1") if uses_room else ("week-limit", "provider:max_per_week")
    assert (409, *full) == await shop.why(service, provider, monday + timedelta(days=3))
    assert 201 == (await shop.book(service, provider, monday + timedelta(days=7))).status_code
