"""Moving a booking, from HTTP to what the vendors have of it in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from icalendar import Calendar

from sandbox.faults import Mode
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.salon import CARD, Salon, Visit, open_salon, refusal
from tests.journeys.test_restarts import becomes_ready
from tests.journeys.vendors import paid
from tests.journeys.workers import process_of_workers
from tests.waiting import until

HOUR = timedelta(hours=1)
DURATIONS = [{"duration_minutes": 30, "amount": 3000}, {"duration_minutes": 90, "amount": 8000}]
TWICE_TOLD: dict[str, int] = {"emails": 2, "sms": 2}


@pytest.fixture
async def spa(system: Deployment) -> AsyncIterator[Salon]:
    """A business whose service has three lengths."""
    yield await open_salon(system, durations=DURATIONS, slot_step_minutes=30)
    await system.tidy_up()


async def booked(salon: Salon, at: datetime | None = None, **changed: Any) -> Visit:
    """Confirmed, paid, written and told."""
    visit = await salon.hold(**changed) if at is None else await salon.at(at).hold(**changed)
    assert 200 == (await visit.confirm(CARD)).status_code
    await visit.comes_to(paid())
    return visit


async def stands_at(visit: Visit, at: datetime, sequence: int) -> dict[str, Any]:
    """Waits for the one event at this time; gives it back."""
    found: list[dict[str, Any]] = []

    async def is_there() -> bool:
        nonlocal found
        found = await visit.events()
        return [at] == [datetime.fromisoformat(event["starts_at"]) for event in found]

    await until(is_there, every=0.1)
    assert at == datetime.fromisoformat((await visit.show())["starts_at"])
    assert [visit.ref.booking_id] == [one for one in await visit.salon.claims() if one == visit.ref.booking_id]
    assert sequence == found[0]["sequence"]
    return found[0]


async def test_a_move_carries_payment_event_reminders_and_people_along(salon: Salon) -> None:
    """C17, C29: nobody pays again, and the event is the same one at another time."""
    visit = await booked(salon)
    (before,) = await visit.events()
    assert 200 == (await visit.reschedule(salon.starts_at + 3 * HOUR)).status_code
    after = await stands_at(visit, salon.starts_at + 3 * HOUR, 1)
    assert (before["id"], before["ical_uid"], 0) == (after["id"], after["ical_uid"], before["sequence"])
    await visit.comes_to(paid(**TWICE_TOLD))
    assert await salon.is_offered()
    mails = [one for one in await salon.deployment.vendors.messages(visit.id, visit.email) if one["channel"] == "email"]
    (confirmed,), (moved,) = (list(Calendar.from_ical(mail["ics"]).walk("VEVENT")) for mail in mails)
    assert (confirmed["uid"], 0, 1) == (moved["uid"], confirmed["sequence"], moved["sequence"])
    assert salon.starts_at + 3 * HOUR == moved.decoded("dtstart")
    assert {"rescheduled", "calendar_written"} <= set(await visit.timeline())


async def test_dearer_then_cheaper_charges_and_gives_back_the_differences(spa: Salon) -> None:
    """C17: only what differs moves."""
    visit = await booked(spa)
    assert 200 == (await visit.reschedule(spa.starts_at, duration_minutes=90)).status_code
    both = {"payments": 2, "authorised": 8000, "captured": 8000} | TWICE_TOLD
    await visit.comes_to(paid(**both))
    answer = await visit.reschedule(spa.starts_at + HOUR, duration_minutes=30)
    assert (200, 3000) == (answer.status_code, answer.json()["price"]["amount"])
    await visit.comes_to(paid(**(both | {"refunded": 5000, "emails": 3, "sms": 3})))
    await stands_at(visit, spa.starts_at + HOUR, 2)
    assert 3000 == (await visit.effects()).kept


async def test_a_declined_difference_leaves_everything_as_it_was(spa: Salon) -> None:
    visit = await booked(spa)
    await spa.deployment.vendors.fail("stripe", "authorise", Mode.DECLINE)
    assert (402, "payment-declined") == refusal(await visit.reschedule(spa.starts_at + HOUR, duration_minutes=90))
    await stands_at(visit, spa.starts_at, 0)
    assert 5000 == (await visit.effects()).kept
    assert await spa.at(spa.starts_at + HOUR).is_offered()
    await visit.reschedule(spa.starts_at + HOUR, duration_minutes=90, key="again")
    await stands_at(visit, spa.starts_at + HOUR, 1)
    assert 8000 == (await visit.effects()).kept


async def test_two_that_want_each_others_time_both_keep_their_own(salon: Salon) -> None:
    first, second = await booked(salon), await booked(salon, salon.starts_at + HOUR)
    answers = await asyncio.gather(first.reschedule(salon.starts_at + HOUR), second.reschedule(salon.starts_at))
    assert [(409, "slot-taken")] * 2 == [refusal(answer) for answer in answers]
    await stands_at(first, salon.starts_at, 0)
    await stands_at(second, salon.starts_at + HOUR, 0)


async def test_of_two_that_want_one_time_one_gets_it_and_the_other_keeps_theirs(salon: Salon) -> None:
    first, second = await booked(salon), await booked(salon, salon.starts_at + HOUR)
    wanted = salon.starts_at + 3 * HOUR
    answers = await asyncio.gather(first.reschedule(wanted), second.reschedule(wanted))
    assert [200, 409] == sorted(answer.status_code for answer in answers)
    winner, loser = (first, second) if answers[0].is_success else (second, first)
    await stands_at(winner, wanted, 1)
    await stands_at(loser, salon.starts_at if loser is first else salon.starts_at + HOUR, 0)


async def test_the_event_goes_to_the_other_providers_calendar(salon: Salon) -> None:
    """C28, C29: one event, in one calendar."""
    visit = await booked(salon)
    hedy = await salon.shop.provider(salon.service_id, name="Hedy", email="hedy@example.com", zone="Europe/London")
    assert 200 == (await visit.reschedule(salon.starts_at + HOUR, provider_id=hedy)).status_code
    await until(lambda: in_calendars(visit, ["hedy@example.com"]), every=0.1)
    assert ["Europe/London"] == [event["timezone"] for event in await visit.events()]
    assert 200 == (await visit.reschedule(salon.starts_at, provider_id=salon.provider_id)).status_code
    await until(lambda: in_calendars(visit, ["ada@example.com"]), every=0.1)


async def test_each_provider_hears_of_what_comes_into_their_day_and_what_leaves_it(salon: Salon) -> None:
    visit = await booked(salon)
    hedy, joan = [f"{name}-{uuid4().hex}@example.com" for name in ("hedy", "joan")]
    ids = [await salon.shop.provider(salon.service_id, name=one[:4].title(), email=one) for one in (hedy, joan)]
    first, second = salon.starts_at + HOUR, salon.starts_at + 2 * HOUR
    for at, provider_id, key in ((first, ids[0], "one"), (second, ids[1], "two"), (second, ids[1], "two")):
        assert 200 == (await visit.reschedule(at, provider_id=provider_id, key=key)).status_code

    async def is_told() -> bool:
        return 2 == len(await mails_to(visit, hedy)) and 1 == len(await mails_to(visit, joan))

    await until(is_told, every=0.1)
    await visit.comes_to(paid(emails=3, sms=3))
    confirmed, moved_away = await mails_to(visit, hedy)
    (new,) = await mails_to(visit, joan)
    assert [True, True] == [mail["subject"].startswith("Confirmed: ") for mail in (confirmed, new)]
    assert "Moved to another provider: " in moved_away["subject"]
    assert "was moved to another provider and is no longer yours" in moved_away["text"]
    assert "With: " not in moved_away["text"] and f"{first:%H:%M} ({salon.starts_at.tzinfo})" in moved_away["text"]
    assert f"{second:%H:%M} (" in new["text"] and f"{second:%H:%M} (" not in moved_away["text"]
    items = (await salon.shop.get(f"/bookings/{visit.id}/messages")).json()["items"]
    told = {(item["message"], item["recipient"], item["state"]) for item in items if item["recipient"] == "provider"}
    names = ("confirmation.1-provider", "confirmation.2-provider", "moved_away.2-provider")
    assert {(name, "provider", "sent") for name in names} == told
    assert 3 == len([item for item in items if item["recipient"] == "provider"])


async def mails_to(visit: Visit, address: str) -> list[dict[str, Any]]:
    """What one of the providers was sent about it, the oldest first."""
    return [mail for mail in await visit.salon.deployment.vendors.messages(visit.id, address) if mail["to"] == address]


async def in_calendars(visit: Visit, expected: list[str]) -> bool:
    return expected == [event["calendar_id"] for event in await visit.events()]


async def test_customers_elsewhere_read_their_own_clock(salon: Salon) -> None:
    """C25: every time names its zone."""
    customer = {"name": "Grace", "email": f"{uuid4().hex}@example.com", "timezone": "America/New_York", "locale": "en"}
    answer = await salon.ask(customer=customer)
    visit = salon.visit(answer)
    await visit.confirm(CARD)
    await visit.comes_to(paid(sms=0))
    moved = await visit.reschedule((salon.starts_at + HOUR).astimezone(ZoneInfo("America/New_York")))
    assert ((salon.starts_at + HOUR).isoformat(), "Europe/Berlin") == (moved.json()["starts_at"], moved.json()["timezone"])
    await visit.comes_to(paid(sms=0, emails=2))
    texts = [one["text"] for one in await salon.deployment.vendors.messages(visit.id, visit.email)]
    there = (salon.starts_at + HOUR).astimezone(ZoneInfo("America/New_York"))
    assert f"{there:%H:%M} (America/New_York)" in texts[-1]


async def test_a_provider_who_moved_away_can_still_be_rescheduled(salon: Salon) -> None:
    """C26: appointments moved by hours when the zone was changed, and could not be edited any more."""
    visit = await booked(salon)
    new_york = ZoneInfo("America/New_York")
    change = "UPDATE providers SET timezone = $3 WHERE business_id = $1 AND id = $2"
    await salon.deployment.pool.execute(change, salon.business_id, salon.provider_id, new_york.key)
    assert salon.starts_at == datetime.fromisoformat((await visit.show())["starts_at"])
    nine_there = salon.starts_at.replace(tzinfo=new_york)
    assert (422, "slot-not-offered") == refusal(await visit.reschedule(salon.starts_at + HOUR))
    answer = await visit.reschedule(nine_there + HOUR)
    assert (200, new_york.key) == (answer.status_code, answer.json()["timezone"])
    event = await stands_at(visit, nine_there + HOUR, 1)
    assert new_york.key == event["timezone"]


async def test_a_link_moves_it_once(salon: Salon) -> None:
    visit = await booked(salon)
    link = (await salon.shop.post(f"/bookings/{visit.id}/links", {})).json()["token"]
    assert 200 == (await visit.reschedule(salon.starts_at + HOUR, by=link)).status_code
    assert (410, "link-spent") == refusal(await visit.reschedule(salon.starts_at + 2 * HOUR, by=link))
    await stands_at(visit, salon.starts_at + HOUR, 1)


async def test_whoever_lost_the_answer_asks_again_and_is_told_how_it_went(spa: Salon) -> None:
    """C33: "could not book" but it went through: here the API goes away in the middle."""
    visit = await booked(spa)
    await spa.deployment.vendors.fail("stripe", "authorise", Mode.SLOW, seconds=1.5)
    wish: dict[str, Any] = {"key": "one", "duration_minutes": 90}
    async with spa.deployment.another_api() as first:
        there = replace(visit, salon=spa.moved_to(first))
        asking = asyncio.create_task(there.reschedule(spa.starts_at, **wish))
        await until(spa.deployment.vendors.used_up)
    lost = (await asyncio.gather(asking, return_exceptions=True))[0]
    assert isinstance(lost, BaseException) or lost.is_server_error
    answer = await visit.reschedule(spa.starts_at, **wish)
    assert (200, 1) == (answer.status_code, answer.json()["sequence"])
    await visit.comes_to(paid(payments=2, authorised=8000, captured=8000, **TWICE_TOLD))
    assert 1 == (await visit.timeline()).count("rescheduled")


async def test_a_cancel_after_two_moves_leaves_nothing_behind(spa: Salon) -> None:
    visit = await booked(spa)
    for sequence in (1, 2):
        assert 200 == (await visit.reschedule(spa.starts_at + sequence * HOUR)).status_code
    assert 200 == (await visit.cancel()).status_code
    await visit.is_told("payment_refunded")

    async def is_gone() -> bool:
        return [] == await visit.events() and 0 == (await visit.effects()).kept

    await until(is_gone, every=0.1)
    assert [] == await spa.claims()


KILLED_AT = (("stripe", "authorise"), ("google", "write_event"))


async def half_way(deployment: Deployment, vendor: str, operation: str) -> tuple[Visit, asyncio.Task[httpx.Response]]:
    """Asks for a dearer time, until the vendor has begun to work on it."""
    visit = await booked(await open_salon(deployment, durations=DURATIONS))
    await deployment.vendors.fail(vendor, operation, Mode.SLOW, seconds=3.0)
    at = visit.salon.starts_at + HOUR
    asking = asyncio.create_task(visit.reschedule(at, duration_minutes=90))
    await until(deployment.vendors.used_up)
    return visit, asking


async def test_workers_killed_in_the_middle_of_a_move_leave_one_time_and_one_charge(engines: Engines) -> None:
    """Others go on where they stopped: one died while the difference was charged, one while the calendar was written."""
    async with AsyncExitStack() as stack:
        alone = (deployed(engines, f"deserted-{uuid4().hex}", has_worker=False, payment_seconds=60) for _ in KILLED_AT)
        deployments = [await stack.enter_async_context(each) for each in alone]
        with process_of_workers(*(deployment.settings for deployment in deployments)):
            await asyncio.gather(*(becomes_ready(deployment) for deployment in deployments))
            cases = zip(deployments, KILLED_AT, strict=True)
            moves = await asyncio.gather(*(half_way(deployment, *killed_at) for deployment, killed_at in cases))
        for deployment in deployments:
            await stack.enter_async_context(deployment.worker())
        for visit, asking in moves:
            assert 200 == (await asking).status_code
            await stands_at(visit, visit.salon.starts_at + HOUR, 1)
            await visit.comes_to(paid(payments=2, authorised=8000, captured=8000, **TWICE_TOLD))
            assert 1 == (await visit.timeline()).count("rescheduled")
            await visit.salon.deployment.tidy_up()
