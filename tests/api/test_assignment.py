"""Who gets a booking for which any provider will do: fairly, and explained."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.api.shop import SERVICE, Shop, problem

HOUR = timedelta(hours=1)


async def booked(shop: Shop, service: str, at: datetime, provider: str | None = None) -> dict[str, Any]:
    answer = await shop.book(service, provider, at)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def reason(shop: Shop, booking: dict[str, Any]) -> str | None:
    """Why this provider, as the timeline tells it."""
    entries = (await shop.get(f"/bookings/{booking['id']}/timeline")).json()["items"]
    found = entries[0]["detail"].get("assigned_by")
    return None if found is None else str(found)


async def test_round_robin_is_fair(shop: Shop, nine_in_a_week: datetime) -> None:
    """C45: over thirty bookings, with some that asked for one provider in between, the counts differ by at most one."""
    service = await shop.service(duration_minutes=30, slot_step_minutes=30, assignment="round_robin")
    providers = [await shop.provider(service) for _ in range(4)]
    times = [nine_in_a_week + timedelta(days=day) + n * HOUR / 2 for day in range(3) for n in range(10)]
    given: Counter[str] = Counter()
    for n, at in enumerate(times):
        if n % 5 == 0:
            await booked(shop, service, at + 5 * HOUR, providers[0])  # asked for, so no turn of theirs
        given[(await booked(shop, service, at))["provider_id"]] += 1
        assert max(given.values()) - min(given[provider] for provider in providers) <= 1
    assert 30 == given.total()


async def test_round_robin_gives_the_turn_to_who_waited_longest(shop: Shop, nine_in_a_week: datetime) -> None:
    """C45: whoever could not take their turn is the next."""
    service = await shop.service(assignment="round_robin")
    first, second = await shop.provider(service), await shop.provider(service)
    await booked(shop, service, nine_in_a_week, first)
    chosen = [await booked(shop, service, nine_in_a_week + hours * HOUR) for hours in (0, 2, 4, 6)]
    assert [second, first, second, first] == [booking["provider_id"] for booking in chosen]
    assert "round-robin:last never" == await reason(shop, chosen[0])
    assert (await reason(shop, chosen[2]) or "").startswith("round-robin:last 20")


async def test_the_least_busy_that_day_is_chosen(shop: Shop, nine_in_a_week: datetime) -> None:
    """C45: appointments of other services count, those of other days do not."""
    service, other = await shop.service(assignment="least_busy"), await shop.service()
    busy, free = await shop.provider(service, other), await shop.provider(service)
    await booked(shop, other, nine_in_a_week, busy)
    for n in (0, 2):
        await booked(shop, service, nine_in_a_week + timedelta(days=1) + n * HOUR, free)
    chosen = await booked(shop, service, nine_in_a_week + 2 * HOUR)
    assert (free, "least-busy:0 that day") == (chosen["provider_id"], await reason(shop, chosen))


async def test_the_highest_priority_is_asked_first(shop: Shop, nine_in_a_week: datetime) -> None:
    """C45: routing is not ignored; the next is asked only where the first cannot."""
    service = await shop.service(assignment="priority")
    low, high = await shop.provider(service), await shop.provider(service)
    given = await shop.put(f"/providers/{high}/services/{service}", {"priority": 10})
    assert (200, {"provider_id": high, "service_id": service, "priority": 10}) == (given.status_code, given.json())
    chosen = [await booked(shop, service, nine_in_a_week + hours * HOUR) for hours in (0, 2, 2, 4)]
    assert [high, high, low, high] == [booking["provider_id"] for booking in chosen]
    assert ["priority:10", "priority:0"] == [await reason(shop, chosen[1]), await reason(shop, chosen[2])]


async def test_equals_take_turns(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service(assignment="priority")
    providers = [await shop.provider(service) for _ in range(3)]
    chosen = [(await booked(shop, service, nine_in_a_week + n * HOUR))["provider_id"] for n in range(6)]
    assert providers * 2 == chosen


async def test_who_asks_for_one_provider_gets_them_and_no_reason(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service(assignment="round_robin")
    provider = await shop.provider(service)
    assert await reason(shop, await booked(shop, service, nine_in_a_week, provider)) is None


async def test_a_provider_can_give_a_service_later(shop: Shop, nine_in_a_week: datetime) -> None:
    service, provider = await shop.service(), await shop.provider()
    assert 200 == (await shop.put(f"/providers/{provider}/services/{service}", {})).status_code
    assert [service] == (await shop.get(f"/providers/{provider}")).json()["service_ids"]
    assert provider == (await booked(shop, service, nine_in_a_week))["provider_id"]


@pytest.mark.parametrize("priority", ["high", 1.5, 1001, -1001, None])
async def test_a_priority_that_is_none_is_refused(shop: Shop, priority: Any) -> None:
    service, provider = await shop.service(), await shop.provider()
    answer = await shop.put(f"/providers/{provider}/services/{service}", {"priority": priority})
    assert (422, "invalid-request", ["/priority"]) == problem(answer)
    assert [] == (await shop.get(f"/providers/{provider}")).json()["service_ids"]


async def test_other_businesses_providers_and_services_are_out_of_reach(shop: Shop, other_shop: Shop) -> None:
    service, provider = await shop.service(), await shop.provider()
    foreign_service, foreign = await other_shop.service(), await other_shop.provider()
    for pair in ((foreign, service), (provider, foreign_service), (str(uuid4()), service), (provider, str(uuid4()))):
        answer = await shop.put(f"/providers/{pair[0]}/services/{pair[1]}", {"priority": 1})
        assert (404, "not-found", []) == problem(answer)
    assert [] == (await shop.get(f"/providers/{provider}")).json()["service_ids"]


async def test_a_way_of_choosing_that_is_none_is_refused(shop: Shop) -> None:
    answer = await shop.post("/services", SERVICE | {"assignment": "random"})
    assert (422, "invalid-request", ["/assignment"]) == problem(answer)
