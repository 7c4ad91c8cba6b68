"""Weeks that hold for a season."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.hours import WEEKDAYS
from tests.api.shop import WEEK, Shop, problem

EARLY = {day: [{"start": "07:00", "end": "09:00"}] for day in WEEKDAYS}
LATE = {day: [{"start": "18:00", "end": "20:00"}] for day in WEEKDAYS}


@pytest.fixture
async def given(shop: Shop) -> tuple[str, str]:
    service = await shop.service(slot_step_minutes=60)
    return service, await shop.provider(service)


async def season(shop: Shop, provider: str, week: Any, first: date | None, last: date | None) -> dict[str, Any]:
    body = {"weekly": week, "valid_from": first and first.isoformat(), "valid_until": last and last.isoformat()}
    answer = await shop.put(f"/providers/{provider}/schedule", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_season_s_week_holds_on_its_days_only(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    first = nine_in_a_week.date()
    answer = await season(shop, given[1], EARLY, first, first + timedelta(days=1))
    assert (first.isoformat(), (first + timedelta(days=1)).isoformat()) == (answer["valid_from"], answer["valid_until"])
    assert "Europe/Berlin" == answer["timezone"]
    starts = [(await shop.clocks(*given, first + timedelta(days=n)))[0] for n in (-1, 0, 1, 2)]
    assert ["09:00", "07:00", "07:00", "09:00"] == starts


async def test_a_refusal_names_the_season_behind_it(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    """C51: "slot not found", and nobody can tell why."""
    day = nine_in_a_week.date()
    weekday = WEEKDAYS[day.weekday()]
    assert 201 == (await shop.book(*given, nine_in_a_week)).status_code
    await season(shop, given[1], {}, day, None)
    assert (422, "closed", f"schedule:{weekday}@{day}") == await shop.why(*given, nine_in_a_week + timedelta(hours=2))
    await season(shop, given[1], {weekday: [{"start": "09:30", "end": "11:00"}]}, day, None)
    late = nine_in_a_week + timedelta(hours=1, minutes=30)
    assert (422, "outside-hours", f"schedule:{weekday}@{day}") == await shop.why(*given, late)


async def test_the_season_that_began_last_counts_alone(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    day = nine_in_a_week.date()
    await season(shop, given[1], EARLY, day - timedelta(days=2), None)
    await season(shop, given[1], LATE, day, day)
    starts = [(await shop.clocks(*given, day + timedelta(days=n)))[0] for n in (-3, -1, 0, 1)]
    assert ["09:00", "07:00", "18:00", "07:00"] == starts


async def test_a_season_that_is_taken_back_gives_the_week_before_it(
    shop: Shop, given: tuple[str, str], nine_in_a_week: datetime
) -> None:
    day = nine_in_a_week.date()
    await season(shop, given[1], LATE, day, None)
    assert ["18:00", "19:00"] == await shop.clocks(*given, day)
    path = f"/providers/{given[1]}/schedule"
    taken_back = await shop.delete(path, valid_from=day.isoformat())
    assert (204, b"") == (taken_back.status_code, taken_back.content)
    assert "09:00" == (await shop.clocks(*given, day))[0]
    assert (404, "not-found", []) == problem(await shop.delete(path, valid_from=day.isoformat()))


async def test_all_weeks_are_shown_in_the_order_they_begin(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    day = nine_in_a_week.date()
    late = await season(shop, given[1], LATE, day, None)
    early = await season(shop, given[1], EARLY, day - timedelta(days=3), day)
    always, *seasons = (await shop.get(f"/providers/{given[1]}/schedule")).json()["items"]
    assert (None, None, WEEK) == (always["valid_from"], always["valid_until"], always["weekly"])
    assert [early, late] == seasons


async def test_the_week_that_always_holds_is_not_taken_back(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    path = f"/providers/{given[1]}/schedule"
    assert (422, "invalid-request", ["valid_from"]) == problem(await shop.delete(path))
    assert (422, "invalid-request", ["valid_from"]) == problem(await shop.delete(path, valid_from="0001-01-01"))
    assert 8 == len(await shop.clocks(*given, nine_in_a_week.date()))


async def test_a_week_with_a_last_day_ends_then(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    day = nine_in_a_week.date()
    await season(shop, given[1], EARLY, None, day)
    assert ["07:00", "08:00"] == await shop.clocks(*given, day)
    assert [] == await shop.clocks(*given, day + timedelta(days=1))
    after = nine_in_a_week + timedelta(days=1)
    assert (422, "closed", f"schedule:{WEEKDAYS[after.weekday()]}") == await shop.why(*given, after)


async def test_a_date_of_its_own_goes_before_a_season(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    day = nine_in_a_week.date()
    await season(shop, given[1], EARLY, day, None)
    body = {"date": day.isoformat(), "intervals": [{"start": "12:00", "end": "13:00"}]}
    assert 201 == (await shop.post(f"/providers/{given[1]}/availability", body)).status_code
    assert ["12:00"] == await shop.clocks(*given, day)


async def test_other_businesses_hours_are_out_of_reach(
    shop: Shop, other_shop: Shop, given: tuple[str, str], nine_in_a_week: datetime
) -> None:
    day = nine_in_a_week.date()
    await season(shop, given[1], LATE, day, None)
    for provider in (given[1], str(uuid4())):
        path = f"/providers/{provider}/schedule"
        assert (404, "not-found", []) == problem(await other_shop.get(path))
        assert (404, "not-found", []) == problem(await other_shop.put(path, {"weekly": EARLY}))
        assert (404, "not-found", []) == problem(await other_shop.delete(path, valid_from=day.isoformat()))
    assert ["18:00", "19:00"] == await shop.clocks(*given, day)
