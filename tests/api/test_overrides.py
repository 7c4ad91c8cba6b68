"""Staff may set the business's rules aside, with a reason; never another booking."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from embedded.timeline import in_words
from tests.api.shop import CUSTOMER, WEEK, FakeCommands, Shop, problem

HOUR = timedelta(hours=1)
URGENT = {"reason": "Urgent, agreed by phone"}


async def override(
    shop: Shop, service: str, provider: str | None, at: datetime, key: str | None = None, **changed: Any
) -> httpx.Response:
    body = {"service_id": service, "provider_id": provider, "starts_at": at.isoformat(), "customer": CUSTOMER}
    return await shop.post("/bookings", body | {"override": URGENT} | changed, **({"Idempotency-Key": key} if key else {}))


def broken(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 201, answer.text
    return [(warning["rule"], warning["source"]) for warning in answer.json()["warnings"]]


async def kinds(shop: Shop, booking_id: str) -> dict[str, dict[str, Any]]:
    return {entry["kind"]: entry for entry in (await shop.get(f"/bookings/{booking_id}/timeline")).json()["items"]}


async def test_staff_book_outside_the_hours_with_a_warning_and_a_trace(shop: Shop, nine_in_a_week: datetime) -> None:
    """C43."""
    service = await shop.service()
    provider = await shop.provider(service)
    evening = nine_in_a_week + 10 * HOUR
    assert 422 == (await shop.book(service, provider, evening)).status_code
    answer = await override(shop, service, provider, evening)
    weekday = list(WEEK)[evening.weekday()]
    assert [("outside-hours", f"schedule:{weekday}")] == broken(answer)
    assert "is outside the opening hours, or ends after they do" == answer.json()["warnings"][0]["detail"]
    told = (await kinds(shop, answer.json()["id"]))["rules_overridden"]
    assert {"rules": "outside-hours", "sources": [f"schedule:{weekday}"]} == told["detail"]
    assert "The business sets rules of its own aside: outside-hours." in in_words(told)


async def test_the_reason_is_kept_for_the_business_alone(shop: Shop, nine_in_a_week: datetime) -> None:
    """C43."""
    service = await shop.service()
    booked = (await override(shop, service, await shop.provider(service), nine_in_a_week + 10 * HOUR)).json()
    assert URGENT["reason"] == booked["override_reason"]
    (listed,) = (await shop.get("/bookings")).json()["items"]
    assert URGENT["reason"] == listed["override_reason"]
    token = {"Authorization": f"Bearer {booked['manage_token']}"}
    for path in ("", "/timeline"):
        seen = await shop.client.get(f"/api/v1/bookings/{booked['id']}{path}", headers=token)
        assert 200 == seen.status_code
        assert URGENT["reason"] not in seen.text


async def test_nobody_else_sets_rules_aside(
    shop: Shop, other_shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    body = {"override": URGENT}
    for at in (nine_in_a_week, nine_in_a_week + 10 * HOUR):
        anonymous = await shop.book(service, provider, at, **body)
        assert (401, "unauthorised", ["Authorization"]) == problem(anonymous)
        foreign = await override(other_shop, service, provider, at)
        assert (401, "unauthorised", ["/override"]) == problem(foreign)
    held = (await shop.book(service, provider, nine_in_a_week)).json()
    token = {"Authorization": f"Bearer {held['manage_token']}"}
    wanted = {"service_id": service, "provider_id": provider, "starts_at": nine_in_a_week.isoformat(), "customer": CUSTOMER}
    customer = await shop.client.post("/api/v1/bookings", json=wanted | body, headers=token)
    assert (401, "unauthorised", ["Authorization"]) == problem(customer)
    assert 1 == len(commands.orders)


async def test_a_time_that_breaks_no_rule_needs_no_warning(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    answer = await override(shop, service, await shop.provider(service), nine_in_a_week)
    assert [] == broken(answer)
    assert ["held"] == list(await kinds(shop, answer.json()["id"]))


async def test_a_booking_without_override_keeps_the_rules_also_for_staff(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    answer = await override(shop, service, await shop.provider(service), nine_in_a_week + 10 * HOUR, override=None)
    assert (422, "slot-not-offered", ["/starts_at"]) == problem(answer)


async def test_every_rule_of_the_business_can_be_set_aside_and_is_warned_of(shop: Shop, nine_in_a_week: datetime) -> None:
    """C43. One booking a rule, the rest of the day left as it was."""
    service = await shop.service(min_notice_minutes=9 * 24 * 60, max_advance_days=10, slot_step_minutes=60, max_per_day=1)
    provider = await shop.provider(service, max_per_week=1)
    day = nine_in_a_week.date()
    weekday = list(WEEK)[day.weekday()]
    too_soon = ("too-soon", "service:min_notice_minutes")
    assert [too_soon] == broken(await override(shop, service, provider, nine_in_a_week))
    full = [too_soon, ("day-limit", "service:max_per_day"), ("week-limit", "provider:max_per_week")]
    assert full == broken(await override(shop, service, provider, nine_in_a_week + HOUR))
    off_grid = [too_soon, ("off-grid", "service:slot_step_minutes"), *full[1:]]
    assert off_grid == broken(await override(shop, service, provider, nine_in_a_week + 2.5 * HOUR))
    late = [too_soon, ("outside-hours", f"schedule:{weekday}"), *full[1:]]
    assert late == broken(await override(shop, service, provider, nine_in_a_week + 7.5 * HOUR))
    far = broken(await override(shop, service, provider, nine_in_a_week + timedelta(days=14)))
    assert [("too-far", "service:max_advance_days")] == far


async def test_closed_days_time_off_and_other_calendars_can_be_set_aside(shop: Shop, nine_in_a_week: datetime) -> None:
    """C43."""
    service = await shop.service()
    provider = await shop.provider(service)
    day = nine_in_a_week.date()
    closed = {"date": day.isoformat(), "intervals": []}
    await shop.post(f"/providers/{provider}/availability", closed)
    assert [("closed", f"availability:{day}")] == broken(await override(shop, service, provider, nine_in_a_week))
    tomorrow = nine_in_a_week + timedelta(days=1)
    off = {"from": tomorrow.date().isoformat(), "to": tomorrow.date().isoformat()}
    entry = (await shop.post(f"/providers/{provider}/time-off", off)).json()
    away = ("time-off", f"time_off:{entry['id']}")
    assert [away] == broken(await override(shop, service, provider, tomorrow))
    minded = {"name": "Google", "good_for_minutes": 5}
    calendar = (await shop.post(f"/providers/{provider}/busy-calendars", minded)).json()["id"]
    unknown = ("availability-unknown", "calendar:Google")
    assert [unknown, away] == broken(await override(shop, service, provider, tomorrow + HOUR))
    after = tomorrow + timedelta(days=1)
    busy = {"id": "e1", "starts_at": after.isoformat(), "ends_at": (after + HOUR).isoformat()}
    reading = {"read_at": datetime.now(UTC).isoformat(), "times": [busy]}
    assert 200 == (await shop.put(f"/providers/{provider}/busy-calendars/{calendar}/times", reading)).status_code
    assert [("busy", "calendar:Google:e1")] == broken(await override(shop, service, provider, after))


async def test_what_is_taken_stays_taken_buffers_included(shop: Shop, nine_in_a_week: datetime) -> None:
    """C43: an override never overlaps another booking."""
    service = await shop.service(buffer_after_minutes=30)
    provider = await shop.provider(service)
    assert 201 == (await shop.book(service, provider, nine_in_a_week)).status_code
    for minutes in (-89, -30, 0, 30, 60, 89):
        answer = await override(shop, service, provider, nine_in_a_week + timedelta(minutes=minutes))
        assert (409, "slot-taken", ["/starts_at"]) == problem(answer)
    for minutes in (-90, 90):
        assert 201 == (await override(shop, service, provider, nine_in_a_week + timedelta(minutes=minutes))).status_code


async def test_many_overrides_at_once_never_overlap(shop: Shop, nine_in_a_week: datetime) -> None:
    """C43: each wants two minutes later than the one before, and all of them each other's hour."""
    service = await shop.service()
    provider = await shop.provider(service)
    evening = nine_in_a_week + 10 * HOUR
    answers = await asyncio.gather(*(override(shop, service, provider, evening + n * timedelta(minutes=2)) for n in range(20)))
    assert [201] + [409] * 19 == sorted(answer.status_code for answer in answers)


async def test_the_past_and_missing_seats_cannot_be_set_aside(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service(capacity=2)
    provider = await shop.provider(service)
    past = await override(shop, service, provider, nine_in_a_week - timedelta(days=14))
    assert (422, "in-the-past") == (past.status_code, past.json()["rule"])
    assert (422, "invalid-request", ["/seats"]) == problem(await override(shop, service, provider, nine_in_a_week, seats=3))
    assert 201 == (await override(shop, service, provider, nine_in_a_week, seats=2)).status_code
    full = await override(shop, service, provider, nine_in_a_week)
    assert (409, "no-seats-left") == (full.status_code, full.json()["rule"])


async def test_a_closed_room_can_be_opened_and_a_taken_one_cannot(shop: Shop, nine_in_a_week: datetime) -> None:
    mornings = {day: [{"start": "09:00", "end": "12:00"}] for day in WEEK}
    room = await shop.provider(week=mornings)
    service = await shop.service(resources=[[room]])
    first, second = await shop.provider(service), await shop.provider(service)
    afternoon = nine_in_a_week + 5 * HOUR
    answer = await override(shop, service, first, afternoon)
    assert ("outside-hours", [room]) == (broken(answer)[0][0], answer.json()["resource_ids"])
    refused = await override(shop, service, second, afternoon)
    assert (409, "no-resource") == (refused.status_code, refused.json()["rule"])


async def test_any_provider_means_one_who_breaks_no_rule_if_there_is_one(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    closed, opened = await shop.provider(service, week={}), await shop.provider(service)
    first = await override(shop, service, None, nine_in_a_week)
    assert ([], opened) == (broken(first), first.json()["provider_id"])
    second = await override(shop, service, None, nine_in_a_week)
    assert ("closed", closed) == (broken(second)[0][0], second.json()["provider_id"])


async def test_a_repeated_override_gets_the_first_answer(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    provider = await shop.provider(service)
    first, again = [await override(shop, service, provider, nine_in_a_week + 10 * HOUR, key="urgent") for _ in range(2)]
    assert (201, first.json(), "true") == (again.status_code, again.json(), again.headers["idempotent-replayed"])
    assert 1 == len(broken(again))
    assert 1 == len(commands.orders)


@pytest.mark.parametrize("sent", [{}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 201}, {"reason": 1}, "urgent", True])
async def test_an_override_needs_a_reason(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime, sent: Any) -> None:
    service = await shop.service()
    answer = await override(shop, service, await shop.provider(service), nine_in_a_week, override=sent)
    place = "/override/reason" if isinstance(sent, dict) else "/override"
    assert (422, "invalid-request", [place]) == problem(answer)
    assert [] == commands.orders


async def test_joining_a_session_breaks_no_limit(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service(capacity=3, max_per_day=1)
    provider = await shop.provider(service)
    for _ in range(2):
        assert [] == broken(await override(shop, service, provider, nine_in_a_week))


async def test_an_override_counts_towards_the_limits_of_others(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service(max_per_day=1)
    provider = await shop.provider(service)
    booked = (await override(shop, service, provider, nine_in_a_week)).json()
    assert UUID(booked["id"])
    assert (409, "day-limit", "service:max_per_day") == await shop.why(service, provider, nine_in_a_week + 2 * HOUR)
