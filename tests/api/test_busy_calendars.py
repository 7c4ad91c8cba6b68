"""Calendars outside: busy is not free, and unknown is neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.api.shop import Shop, problem


@pytest.fixture
async def given(shop: Shop) -> tuple[str, str]:
    service = await shop.service(slot_step_minutes=60, buffer_before_minutes=30)
    return service, await shop.provider(service)


async def minded(shop: Shop, provider: str, name: str = "Google", minutes: int = 30) -> str:
    answer = await shop.post(f"/providers/{provider}/busy-calendars", {"name": name, "good_for_minutes": minutes})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def read(
    shop: Shop, provider: str, calendar: str, *starts: datetime, at: datetime | None = None, **more: Any
) -> httpx.Response:
    """Tells of entries e0, e1, … of one hour each."""
    times = [
        {"id": f"e{n}", "starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
        for n, start in enumerate(starts)
    ]
    body = {"read_at": (at or datetime.now(UTC)).isoformat(), "times": times} | more
    return await shop.put(f"/providers/{provider}/busy-calendars/{calendar}/times", body)


async def test_until_a_calendar_is_read_its_provider_is_neither_free_nor_silently_away(
    shop: Shop, given: tuple[str, str], nine_in_a_week: datetime
) -> None:
    """C51."""
    await minded(shop, given[1])
    day = await shop.slots(*given, nine_in_a_week.date())
    assert ([], [{"provider_id": given[1], "calendars": ["Google"]}]) == (day["slots"], day["unknown"])
    assert (422, "availability-unknown", "calendar:Google") == await shop.why(*given, nine_in_a_week)


async def test_a_read_calendar_leaves_what_is_free(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    """A slot's buffers keep clear of its entries."""
    calendar = await minded(shop, given[1])
    answer = await read(shop, given[1], calendar, nine_in_a_week + timedelta(hours=2))
    assert (200, 1) == (answer.status_code, answer.json()["times"])
    day = await shop.slots(*given, nine_in_a_week.date())
    assert "unknown" not in day
    assert ["09", "10", "13", "14", "15", "16"] == [slot["starts_at"][11:13] for slot in day["slots"]]
    assert (422, "busy", "calendar:Google:e0") == await shop.why(*given, nine_in_a_week + timedelta(hours=2))
    assert (422, "busy", "calendar:Google:e0") == await shop.why(*given, nine_in_a_week + timedelta(hours=3))
    assert 201 == (await shop.book(*given, nine_in_a_week + timedelta(hours=1))).status_code


async def test_what_is_left_out_of_a_reading_is_free_again(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    calendar = await minded(shop, given[1])
    await read(shop, given[1], calendar, nine_in_a_week)
    assert "09:00" not in await shop.clocks(*given, nine_in_a_week.date())
    await read(shop, given[1], calendar)
    assert 8 == len(await shop.clocks(*given, nine_in_a_week.date()))


async def test_an_old_reading_is_not_believed(
    shop: Shop, pool: asyncpg.Pool, given: tuple[str, str], nine_in_a_week: datetime
) -> None:
    calendar = await minded(shop, given[1], minutes=5)
    await read(shop, given[1], calendar, at=datetime.now(UTC) - timedelta(minutes=4))
    assert 8 == len(await shop.clocks(*given, nine_in_a_week.date()))
    await pool.execute(
        "UPDATE busy_calendars SET read_at = read_at - interval '2 minutes' WHERE business_id = $1", shop.business_id
    )
    day = await shop.slots(*given, nine_in_a_week.date())
    assert ([], ["Google"]) == (day["slots"], day["unknown"][0]["calendars"])
    (listed,) = (await shop.get(f"/providers/{given[1]}/busy-calendars")).json()["items"]
    assert (calendar, "Google", 5, False) == (listed["id"], listed["name"], listed["good_for_minutes"], listed["known"])


async def test_one_unknown_provider_hides_no_other(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    other = await shop.provider(given[0])
    await minded(shop, given[1])
    day = await shop.slots(given[0], None, nine_in_a_week.date())
    assert {other} == {slot["provider_id"] for slot in day["slots"]}
    assert [given[1]] == [unknown["provider_id"] for unknown in day["unknown"]]
    booked = await shop.book(given[0], None, nine_in_a_week)
    assert (201, other) == (booked.status_code, booked.json()["provider_id"])


async def test_a_room_s_unknown_calendar_is_told_too(shop: Shop, nine_in_a_week: datetime) -> None:
    room = await shop.provider()
    service = await shop.service(resources=[[room]])
    provider = await shop.provider(service)
    calendar = await minded(shop, room, "Room")
    day = await shop.slots(service, provider, nine_in_a_week.date())
    assert ([], [{"provider_id": room, "calendars": ["Room"]}]) == (day["slots"], day["unknown"])
    assert 200 == (await read(shop, room, calendar)).status_code
    assert "unknown" not in await shop.slots(service, provider, nine_in_a_week.date())


async def test_an_older_reading_is_refused_and_changes_nothing(
    shop: Shop, given: tuple[str, str], nine_in_a_week: datetime
) -> None:
    calendar, now = await minded(shop, given[1]), datetime.now(UTC)
    assert 200 == (await read(shop, given[1], calendar, nine_in_a_week, at=now)).status_code
    older = await read(shop, given[1], calendar, at=now - timedelta(seconds=1))
    assert (409, "older-reading", []) == problem(older)
    assert "09:00" not in await shop.clocks(*given, nine_in_a_week.date())
    assert 200 == (await read(shop, given[1], calendar, nine_in_a_week, at=now)).status_code  # the same once more


async def test_a_reading_that_makes_no_sense_is_refused(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    calendar = await minded(shop, given[1])
    entry = {"id": "e", "starts_at": nine_in_a_week.isoformat(), "ends_at": (nine_in_a_week + timedelta(1)).isoformat()}
    backwards = entry | {"ends_at": entry["starts_at"]}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"times": [entry, entry]}, "/times"),
        ({"times": [backwards]}, "/times/0/ends_at"),
        ({"times": [entry | {"id": ""}]}, "/times/0/id"),
        ({"times": [entry | {"starts_at": "2027-03-08T09:00:00"}]}, "/times/0/starts_at"),
        ({"read_at": (datetime.now(UTC) + timedelta(minutes=5)).isoformat()}, "/read_at"),
        ({"read_at": "now"}, "/read_at"),
    ]
    for changes, place in cases:
        assert (422, "invalid-request", [place]) == problem(await read(shop, given[1], calendar, **changes))
    (listed,) = (await shop.get(f"/providers/{given[1]}/busy-calendars")).json()["items"]
    assert listed["read_at"] is None


async def test_a_calendar_that_is_minded_no_more_is_in_nobody_s_way(
    shop: Shop, given: tuple[str, str], nine_in_a_week: datetime
) -> None:
    calendar = await minded(shop, given[1])
    await read(shop, given[1], calendar, nine_in_a_week)
    assert 204 == (await shop.delete(f"/providers/{given[1]}/busy-calendars/{calendar}")).status_code
    assert 8 == len(await shop.clocks(*given, nine_in_a_week.date()))
    assert (404, "not-found", []) == problem(await shop.delete(f"/providers/{given[1]}/busy-calendars/{calendar}"))
    assert (404, "not-found", []) == problem(await read(shop, given[1], calendar))


async def test_a_repeated_request_is_one_calendar(shop: Shop, given: tuple[str, str]) -> None:
    path, body = f"/providers/{given[1]}/busy-calendars", {"name": "Google", "good_for_minutes": 30}
    first, again = [await shop.post(path, body, **{"Idempotency-Key": "minded"}) for _ in range(2)]
    assert (201, first.json()) == (again.status_code, again.json())
    assert 1 == len((await shop.get(path)).json()["items"])


async def test_other_businesses_calendars_are_out_of_reach(
    shop: Shop, other_shop: Shop, given: tuple[str, str], nine_in_a_week: datetime
) -> None:
    calendar = await minded(shop, given[1])
    await read(shop, given[1], calendar)
    path = f"/providers/{given[1]}/busy-calendars"
    answers = [
        await other_shop.get(path),
        await other_shop.post(path, {"name": "Ours", "good_for_minutes": 1}),
        await other_shop.delete(f"{path}/{calendar}"),
        await read(other_shop, given[1], calendar, nine_in_a_week),
        await read(shop, str(uuid4()), calendar, nine_in_a_week),
        await read(shop, await shop.provider(), calendar, nine_in_a_week),
    ]
    assert [(404, "not-found", [])] * 6 == [problem(answer) for answer in answers]
    assert 8 == len(await shop.clocks(*given, nine_in_a_week.date()))
