"""What users of other booking systems complained of, as far as it is about when one can book. Each test cites its row.

More of the same rows, where the feature is tested:
C1, C2, C6: tests/store/test_claims.py, tests/journeys/test_crowds.py, tests/journeys/test_groups.py
C1, C6 with a thousand at once: tests/complaints/test_contention.py
C24: tests/domain/test_every_zone.py, tests/domain/test_times.py
C25: tests/journeys/test_confirmed.py
C1, C26, C43, C51 in any order of events: tests/store/test_offered_is_holdable.py
C43: tests/api/test_overrides.py
C45: tests/api/test_assignment.py, tests/domain/test_assignment.py
C51: tests/domain/test_slots.py, and each rule's own file in tests/api
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from activities.bookings import BookingActivities
from api.application import build_app
from api.wiring import Wiring
from domain.bookings import BookingRef, BookingStatus
from domain.errors import HoldExpired, SlotTaken
from settings import Settings
from store import bookings
from tests.api.shop import WEEK, FakeCommands, Shop, problem
from tests.orders import open_shop, ref
from workflows.messages import Cancel

HOUR = timedelta(hours=1)
FIVE_MINUTES = timedelta(minutes=5)
BERLIN = ZoneInfo("Europe/Berlin")
AROUND_THE_CLOCK = {day: [{"start": "00:00", "end": "24:00"}] for day in WEEK}


async def test_any_provider_is_each_of_them_once(shop: Shop, nine_in_a_week: datetime) -> None:
    """C1: "any provider" made about 40 double bookings a week. Twelve at once for four people: four bookings, one each."""
    service = await shop.service()
    providers = {await shop.provider(service) for _ in range(4)}
    answers = await asyncio.gather(*(shop.book(service, None, nine_in_a_week) for _ in range(12)))
    assert {201: 4, 409: 8} == Counter(answer.status_code for answer in answers)
    assert providers == {answer.json()["provider_id"] for answer in answers if answer.status_code == 201}


async def test_an_old_list_of_slots_cannot_double_book(shop: Shop, nine_in_a_week: datetime) -> None:
    """C2: the list was cached, one to two seconds old. Whoever books from it is refused, and its tag is no longer good."""
    service = await shop.service()
    provider = await shop.provider(service)
    query = {"service_id": service, "date": nine_in_a_week.date().isoformat()}
    old = await shop.get(f"/providers/{provider}/slots", **query)
    assert nine_in_a_week.isoformat() == old.json()["slots"][0]["starts_at"]
    assert 201 == (await shop.book(service, provider, nine_in_a_week)).status_code
    late = await shop.book(service, provider, old.json()["slots"][0]["starts_at"])
    assert (409, "slot-taken", ["/starts_at"]) == problem(late)
    tagged = {"If-None-Match": old.headers["etag"]}
    again = await shop.client.get(f"/api/v1/providers/{provider}/slots", params=query, headers=tagged)
    assert (200, "10:00") == (again.status_code, again.json()["slots"][0]["starts_at"][11:16])


async def test_of_two_that_wait_for_one_slot_one_is_secured(pool: asyncpg.Pool) -> None:
    """C3: two pending bookings of one time were both approved. The second exists once the first has lapsed, and wins alone."""
    shop, does = await open_shop(pool), BookingActivities(pool)
    lapsed, taker = shop.order(), shop.order()
    await bookings.hold(pool, lapsed, timedelta(seconds=-1))
    await bookings.hold(pool, taker, FIVE_MINUTES)
    outcomes = await asyncio.gather(*(does.secure_claim(ref(order)) for order in (lapsed, taker)), return_exceptions=True)
    assert isinstance(outcomes[0], HoldExpired)
    assert outcomes[1] is None
    with pytest.raises(SlotTaken):
        await bookings.hold(pool, shop.order(), FIVE_MINUTES)


async def test_five_hundred_callers_take_thirty_seats_of_one_session(pool: asyncpg.Pool) -> None:
    """C6: two first seats made two bookings of the same group."""
    shop = await open_shop(pool, capacity=30)
    orders = [shop.order() for _ in range(500)]
    outcomes = await asyncio.gather(*(bookings.hold(pool, order, FIVE_MINUTES) for order in orders), return_exceptions=True)
    assert {datetime: 30, SlotTaken: 470} == Counter(type(outcome) for outcome in outcomes)
    taken = await pool.fetch("SELECT seats_taken FROM claims WHERE business_id = $1", shop.business_id)
    assert [30] == [row["seats_taken"] for row in taken]
    assert 30 == await pool.fetchval("SELECT sum(seats) FROM claim_seats WHERE business_id = $1", shop.business_id)
    assert 30 == await pool.fetchval("SELECT count(*) FROM bookings WHERE business_id = $1", shop.business_id)


def next_change(of: ZoneInfo, hours: int) -> date:
    """The next date, after tomorrow, that has so many hours in this zone."""
    day = datetime.now(of).date() + timedelta(days=2)
    while datetime(day.year, day.month, day.day, tzinfo=of).astimezone(UTC) + hours * HOUR != _midnight_after(day, of):
        day += timedelta(days=1)
    return day


def _midnight_after(day: date, zone: ZoneInfo) -> datetime:
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(("hours", "offered"), [(23, 23), (25, 24)])
async def test_the_day_of_a_change_keeps_its_hours_for_customers_elsewhere_too(shop: Shop, hours: int, offered: int) -> None:
    """C24: slots an hour off, and the afternoon late, on the day of a change. An hour that comes twice is sold once."""
    service = await shop.service(slot_step_minutes=60, max_advance_days=400)
    provider = await shop.provider(service, week=AROUND_THE_CLOCK)
    day = next_change(BERLIN, hours)
    here = await shop.slots(service, provider, day)
    wall = [slot["starts_at"][11:16] for slot in here["slots"]]
    assert offered == len(wall) == len(set(wall))
    assert ["12:00", "13:00", "14:00"] == [clock for clock in wall if "12:00" <= clock <= "14:00"]
    around = {
        "from": (day - timedelta(days=1)).isoformat(),
        "to": (day + timedelta(days=1)).isoformat(),
        "timezone": "Asia/Kolkata",
    }
    there = await shop.get(f"/providers/{provider}/slots", service_id=service, **around)
    instants = {datetime.fromisoformat(slot["starts_at"]) for slot in there.json()["slots"]}
    assert {datetime.fromisoformat(slot["starts_at"]) for slot in here["slots"]} <= instants


async def test_shown_is_booked_and_every_answer_names_its_zone(shop: Shop, nine_in_a_week: datetime) -> None:
    """C25: another time was booked than was shown, and messages did not say in which zone it was."""
    service = await shop.service()
    provider = await shop.provider(service)
    for zone in (None, "America/New_York", "Asia/Kathmandu"):
        asked = {} if zone is None else {"timezone": zone}
        shown = await shop.slots(service, provider, nine_in_a_week.date(), **asked)
        assert (zone or "Europe/Berlin") == shown["timezone"]
        first = shown["slots"][0]["starts_at"]
        assert datetime.fromisoformat(first).astimezone(ZoneInfo(shown["timezone"])).isoformat() == first
        booked = (await shop.book(service, provider, first)).json()
        assert datetime.fromisoformat(first) == datetime.fromisoformat(booked["starts_at"])
        assert "timezone" in booked


async def test_a_provider_who_moves_takes_their_hours_along_and_leaves_the_booked_times(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    """C26: appointments moved by hours after the zone was changed, and could not be edited any more."""
    service = await shop.service(slot_step_minutes=60)
    provider = await shop.provider(service)
    booked = (await shop.book(service, provider, nine_in_a_week)).json()
    moved = {"name": "Ada", "timezone": "America/New_York", "service_ids": [service]}
    assert 200 == (await shop.put(f"/providers/{provider}", moved)).status_code
    kept = (await shop.get(f"/bookings/{booked['id']}")).json()
    assert nine_in_a_week == datetime.fromisoformat(kept["starts_at"])
    assert ["09:00", "10:00"] == (await shop.clocks(service, provider, nine_in_a_week.date()))[:2]
    in_new_york = nine_in_a_week.replace(tzinfo=ZoneInfo("America/New_York"))
    assert 201 == (await shop.book(service, provider, in_new_york)).status_code
    assert "outside-hours" == rule_of(await shop.book(service, provider, nine_in_a_week + HOUR))[0]
    await commands.cancel(BookingRef(shop.business_id, UUID(booked["id"])), Cancel())
    assert BookingStatus.CANCELLED == (await shop.get(f"/bookings/{booked['id']}")).json()["status"]


async def test_staff_are_warned_and_still_never_double_book(shop: Shop, nine_in_a_week: datetime) -> None:
    """C43: staff want to book outside the rules; others then let them book over one another."""
    service = await shop.service(min_notice_minutes=10 * 24 * 60)
    provider = await shop.provider(service)
    urgent: dict[str, Any] = {"override": {"reason": "In pain"}, "provider_id": provider, "service_id": service}
    body = urgent | {"starts_at": nine_in_a_week.isoformat(), "customer": {"name": "Grace", "email": "grace@example.com"}}
    first, second = await asyncio.gather(*(shop.post("/bookings", body) for _ in range(2)))
    assert [201, 409] == sorted((first.status_code, second.status_code))
    (held,) = [answer.json() for answer in (first, second) if answer.status_code == 201]
    assert ["too-soon"] == [warning["rule"] for warning in held["warnings"]]


async def test_turns_are_fair_also_when_many_come_at_once(shop: Shop, nine_in_a_week: datetime) -> None:
    """C45: round robin gave one person nearly everything."""
    service = await shop.service(assignment="round_robin", slot_step_minutes=60)
    providers = [await shop.provider(service) for _ in range(3)]
    given: Counter[str] = Counter()
    for n in range(4):
        crowd = await asyncio.gather(*(shop.book(service, None, nine_in_a_week + n * HOUR) for _ in range(3)))
        given.update(answer.json()["provider_id"] for answer in crowd)
    assert dict.fromkeys(providers, 4) == given


class Counted:
    """A pool that counts what it is asked."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self.statements = 0

    def __getattr__(self, name: str) -> Any:
        if name in ("execute", "fetch", "fetchrow", "fetchval", "acquire"):
            self.statements += 1
        return getattr(self._pool, name)


@pytest.fixture
def counted(tenant_pool: asyncpg.Pool) -> Counted:
    return Counted(tenant_pool)


@pytest.fixture
def app(counted: Counted, settings: Settings, commands: FakeCommands, door_pool: asyncpg.Pool) -> FastAPI:
    return build_app(settings, Wiring(settings, counted, door_pool, commands, None))  # type: ignore[arg-type] # delegates everything


async def test_two_months_of_twenty_providers_are_one_statement_and_come_soon(
    shop: Shop, counted: Counted, nine_in_a_week: datetime
) -> None:
    """C46: slots took 10 to 47 seconds, one statement for each day and person."""
    service = await shop.service(max_advance_days=90)
    for _ in range(20):
        await shop.provider(service)
    first = nine_in_a_week.date()
    query = {"from": first.isoformat(), "to": (first + timedelta(days=61)).isoformat(), "explain": "1"}
    await shop.client.get(f"/api/v1/services/{service}/slots", params={"date": first.isoformat()})  # whose it is, once
    before, began = counted.statements, perf_counter()
    answer = await shop.client.get(f"/api/v1/services/{service}/slots", params=query)
    took = perf_counter() - began
    assert 1 == counted.statements - before
    assert 62 * 20 * 15 == len(answer.json()["slots"])
    assert took < 5, f"{took:.1f} s"


async def test_whoever_gets_no_slot_is_told_which_rule_and_which_entry(shop: Shop, nine_in_a_week: datetime) -> None:
    """C51: "slot not found", and nobody can tell why. The booking and the explanation say the same."""
    service = await shop.service(slot_step_minutes=60)
    provider = await shop.provider(service)
    weekday = list(WEEK)[nine_in_a_week.weekday()]
    assert 201 == (await shop.book(service, provider, nine_in_a_week)).status_code
    assert (409, "taken", "claims") == await shop.why(service, provider, nine_in_a_week)
    late = await shop.book(service, provider, nine_in_a_week + 7.5 * HOUR)
    assert ("outside-hours", f"schedule:{weekday}") == rule_of(late)
    odd = await shop.book(service, provider, nine_in_a_week + 1.25 * HOUR)
    assert ("off-grid", "service:slot_step_minutes") == rule_of(odd)


def rule_of(answer: httpx.Response) -> tuple[str, str]:
    (error,) = answer.json()["errors"]
    return error["rule"], error["source"]
