"""When providers are away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.api.shop import FakeCommands, Shop, problem


@pytest.fixture
async def given(shop: Shop) -> tuple[str, str]:
    service = await shop.service(slot_step_minutes=60, buffer_after_minutes=30)
    return service, await shop.provider(service)


async def away(shop: Shop, provider: str, since: str, until: str, **more: Any) -> dict[str, Any]:
    answer = await shop.post(f"/providers/{provider}/time-off", {"from": since, "to": until} | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_whole_days_off_include_the_last(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    day = nine_in_a_week.date()
    last = day + timedelta(days=2)
    entry = await away(shop, given[1], day.isoformat(), last.isoformat(), reason="Summer holiday")
    assert f"{day}T00:00" == entry["from"]
    assert f"{last + timedelta(days=1)}T00:00" == entry["to"]
    assert ("Europe/Berlin", "Summer holiday", []) == (entry["timezone"], entry["reason"], entry["bookings"])
    offered = [len(await shop.clocks(*given, day + timedelta(days=n))) for n in range(-1, 4)]
    assert [8, 0, 0, 0, 8] == offered


async def test_a_refusal_names_the_entry_and_not_its_reason(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    """C51. The reason is the provider's own business."""
    day = nine_in_a_week.date()
    entry = await away(shop, given[1], f"{day}T12:00", f"{day}T14:00", reason="Dentist")
    noon = nine_in_a_week + timedelta(hours=3)
    assert (422, "time-off", f"time_off:{entry['id']}") == await shop.why(*given, noon)
    assert "Dentist" not in (await shop.book(*given, noon)).text


async def test_a_part_of_a_day_off_leaves_the_rest(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    """A slot may end when the time off begins; its buffer may reach into it."""
    day = nine_in_a_week.date()
    await away(shop, given[1], f"{day}T12:00", f"{day}T14:30")
    assert ["09:00", "10:00", "11:00", "15:00", "16:00"] == await shop.clocks(*given, day)


async def test_bookings_already_made_stay_and_are_named(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    held = [(await shop.book(*given, nine_in_a_week + timedelta(hours=n))).json()["id"] for n in (0, 2, 4)]
    day = nine_in_a_week.date()
    entry = await away(shop, given[1], f"{day}T10:00", f"{day}T13:30")  # ends inside the third, begins after the first
    assert held[1:] == entry["bookings"]
    statuses = {booking["id"]: booking["status"] for booking in (await shop.get("/bookings")).json()["items"]}
    assert dict.fromkeys(held, "pending") == statuses


async def test_a_buffer_alone_is_no_booking_inside(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    assert 201 == (await shop.book(*given, nine_in_a_week)).status_code
    day = nine_in_a_week.date()
    assert [] == (await away(shop, given[1], f"{day}T10:00", f"{day}T11:00"))["bookings"]


async def test_a_room_that_is_away_names_the_bookings_that_use_it(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    room = await shop.provider()
    service = await shop.service(resources=[[room]])
    booked = (await shop.book(service, await shop.provider(service), nine_in_a_week)).json()
    day = nine_in_a_week.date().isoformat()
    assert [booked["id"]] == (await away(shop, room, day, day))["bookings"]


async def test_time_off_is_wall_time_of_the_provider(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service(slot_step_minutes=60)
    provider = await shop.provider(service, zone="America/New_York")
    day = nine_in_a_week.date()
    entry = await away(shop, provider, f"{day}T09:00", f"{day}T16:00")
    assert "America/New_York" == entry["timezone"]
    assert ["16:00"] == await shop.clocks(service, provider, day)


async def test_what_is_not_over_is_listed_in_order(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    day = nine_in_a_week.date()
    later = await away(shop, given[1], f"{day}T12:00", f"{day}T13:00")
    sooner = await away(shop, given[1], (day - timedelta(days=2)).isoformat(), day.isoformat())
    now = datetime.now(UTC).astimezone(ZoneInfo("Europe/Berlin"))
    await away(shop, given[1], (now.date() - timedelta(days=9)).isoformat(), (now.date() - timedelta(days=1)).isoformat())
    listed = (await shop.get(f"/providers/{given[1]}/time-off")).json()["items"]
    assert [sooner["id"], later["id"]] == [entry["id"] for entry in listed]
    assert {name: sooner[name] for name in sooner if name != "bookings"} == listed[0]


async def test_time_off_can_be_taken_back(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    day = nine_in_a_week.date()
    entry = await away(shop, given[1], day.isoformat(), day.isoformat())
    assert [] == await shop.clocks(*given, day)
    assert 204 == (await shop.delete(f"/providers/{given[1]}/time-off/{entry['id']}")).status_code
    assert 8 == len(await shop.clocks(*given, day))
    assert (404, "not-found", []) == problem(await shop.delete(f"/providers/{given[1]}/time-off/{entry['id']}"))


async def test_a_repeated_request_is_one_entry(shop: Shop, given: tuple[str, str], nine_in_a_week: datetime) -> None:
    path, day = f"/providers/{given[1]}/time-off", nine_in_a_week.date().isoformat()
    first, again = [await shop.post(path, {"from": day, "to": day}, **{"Idempotency-Key": "away"}) for _ in range(2)]
    assert (201, first.json()) == (again.status_code, again.json())
    assert 1 == len((await shop.get(path)).json()["items"])
    other = await shop.post(path, {"from": day, "to": day, "reason": "ill"}, **{"Idempotency-Key": "away"})
    assert (422, "idempotency-key-reused", []) == problem(other)


async def test_other_businesses_time_off_is_out_of_reach(
    shop: Shop, other_shop: Shop, given: tuple[str, str], nine_in_a_week: datetime
) -> None:
    day = nine_in_a_week.date().isoformat()
    entry = await away(shop, given[1], day, day)
    path = f"/providers/{given[1]}/time-off"
    answers = [
        await other_shop.get(path),
        await other_shop.post(path, {"from": day, "to": day}),
        await other_shop.delete(f"{path}/{entry['id']}"),
        await shop.delete(f"/providers/{uuid4()}/time-off/{entry['id']}"),
    ]
    assert [(404, "not-found", [])] * 4 == [problem(answer) for answer in answers]
    assert 1 == len((await shop.get(path)).json()["items"])
