"""Services that need a room or a machine beside their provider: all of it, or none."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.bookings import BookingRef
from tests.api.shop import SERVICE, WEEK, FakeCommands, Shop, problem
from workflows.messages import Cancel

HOUR = timedelta(hours=1)
SEATED = """
SELECT c.provider_id, s.booking_id
FROM claims c JOIN claim_seats s ON s.business_id = c.business_id AND s.claim_id = c.id
WHERE c.business_id = $1
"""


async def seated(shop: Shop) -> set[tuple[str, str]]:
    """Which providers and rooms are taken, and by which bookings; a claim without seats must not be."""
    assert 0 == await shop.pool.fetchval(
        "SELECT count(*) FROM claims c WHERE business_id = $1 AND NOT EXISTS"
        " (SELECT FROM claim_seats s WHERE s.business_id = c.business_id AND s.claim_id = c.id)",
        shop.business_id,
    )
    return {(str(row["provider_id"]), str(row["booking_id"])) for row in await shop.pool.fetch(SEATED, shop.business_id)}


async def test_a_doctor_and_a_room_are_held_together_and_freed_together(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    room = await shop.provider()
    service = await shop.service(resources=[[room]])
    doctor = await shop.provider(service)
    booked = (await shop.book(service, doctor, nine_in_a_week)).json()
    assert [room] == booked["resource_ids"]
    assert {(doctor, booked["id"]), (room, booked["id"])} == await seated(shop)
    assert [room] == (await shop.get(f"/bookings/{booked['id']}")).json()["resource_ids"]
    await commands.cancel(BookingRef(shop.business_id, UUID(booked["id"])), Cancel())
    assert set() == await seated(shop)
    assert 201 == (await shop.book(service, doctor, nine_in_a_week)).status_code


async def test_without_a_room_there_is_no_slot(shop: Shop, nine_in_a_week: datetime) -> None:
    """C51: the doctor is free, and the explanation says what is not."""
    room = await shop.provider()
    service = await shop.service(slot_step_minutes=60, resources=[[room]])
    first, second = await shop.provider(service), await shop.provider(service)
    held = (await shop.book(service, first, nine_in_a_week)).json()
    assert (409, "no-resource", "resources:1") == await shop.why(service, second, nine_in_a_week)
    assert "10:00" == (await shop.clocks(service, second, nine_in_a_week.date()))[0]
    assert {(first, held["id"]), (room, held["id"])} == await seated(shop)


async def test_any_one_of_a_list_will_do(shop: Shop, nine_in_a_week: datetime) -> None:
    rooms = {await shop.provider(), await shop.provider()}
    service = await shop.service(resources=[list(rooms)])
    doctors = [await shop.provider(service) for _ in range(3)]
    answers = [await shop.book(service, doctor, nine_in_a_week) for doctor in doctors]
    assert [201, 201, 409] == [answer.status_code for answer in answers]
    assert rooms == {answer.json()["resource_ids"][0] for answer in answers[:2]}


async def test_two_needs_find_the_one_way_that_fits_both(shop: Shop, nine_in_a_week: datetime) -> None:
    """Either room would do for the first need, and only one of them for the second."""
    only, either = sorted([await shop.provider(), await shop.provider()])
    service = await shop.service(resources=[[only, either], [only]])
    booked = await shop.book(service, await shop.provider(service), nine_in_a_week)
    assert [either, only] == booked.json()["resource_ids"]


async def test_a_room_is_never_two_needs_at_once(shop: Shop, nine_in_a_week: datetime) -> None:
    room = await shop.provider()
    service = await shop.service(resources=[[room], [room]])
    assert (409, "no-resource", "resources:2") == await shop.why(service, await shop.provider(service), nine_in_a_week)


async def test_a_closed_room_is_no_room(shop: Shop, nine_in_a_week: datetime) -> None:
    mornings = {day: [{"start": "09:00", "end": "12:00"}] for day in WEEK}
    room = await shop.provider(week=mornings)
    service = await shop.service(slot_step_minutes=60, resources=[[room]])
    doctor = await shop.provider(service)
    assert ["09:00", "10:00", "11:00"] == await shop.clocks(service, doctor, nine_in_a_week.date())
    assert (409, "no-resource", "resources:1") == await shop.why(service, doctor, nine_in_a_week + 3 * HOUR)


async def test_buffers_keep_the_room_free_too(shop: Shop, nine_in_a_week: datetime) -> None:
    room = await shop.provider()
    service = await shop.service(slot_step_minutes=30, buffer_after_minutes=30, resources=[[room]])
    first, second = await shop.provider(service), await shop.provider(service)
    await shop.book(service, first, nine_in_a_week)
    assert "10:30" == (await shop.clocks(service, second, nine_in_a_week.date()))[0]


async def test_a_room_that_is_a_provider_elsewhere_is_taken_by_that(shop: Shop, nine_in_a_week: datetime) -> None:
    hire = await shop.service()
    room = await shop.provider(hire)
    service = await shop.service(resources=[[room]])
    doctor = await shop.provider(service)
    assert 201 == (await shop.book(hire, room, nine_in_a_week)).status_code
    assert (409, "no-resource", "resources:1") == await shop.why(service, doctor, nine_in_a_week)


async def test_a_session_keeps_its_room_for_all_its_seats(shop: Shop, nine_in_a_week: datetime) -> None:
    rooms = [await shop.provider(), await shop.provider()]
    service = await shop.service(capacity=3, resources=[rooms])
    teacher = await shop.provider(service)
    booked = [(await shop.book(service, teacher, nine_in_a_week)).json() for _ in range(3)]
    assert 1 == len({tuple(booking["resource_ids"]) for booking in booked})
    assert (409, "no-seats-left", "claims") == await shop.why(service, teacher, nine_in_a_week)


async def test_two_teachers_sessions_never_share_a_room(shop: Shop, nine_in_a_week: datetime) -> None:
    room = await shop.provider()
    service = await shop.service(capacity=3, resources=[[room]])
    first, second = await shop.provider(service), await shop.provider(service)
    assert 201 == (await shop.book(service, first, nine_in_a_week)).status_code
    assert (409, "no-resource", "resources:1") == await shop.why(service, second, nine_in_a_week)


async def test_two_services_that_share_a_room_never_get_it_both(shop: Shop, nine_in_a_week: datetime) -> None:
    """C1: twenty at once, ten for each; whoever loses leaves nothing behind."""
    room = await shop.provider()
    pairs = []
    for _ in range(2):
        service = await shop.service(resources=[[room]])
        pairs.append((service, await shop.provider(service)))
    answers = await asyncio.gather(*(shop.book(*pairs[n % 2], nine_in_a_week) for n in range(20)))
    assert [201] + [409] * 19 == sorted(answer.status_code for answer in answers)
    (held,) = [answer.json() for answer in answers if answer.status_code == 201]
    assert {(held["provider_id"], held["id"]), (room, held["id"])} == await seated(shop)
    assert 1 == await shop.pool.fetchval("SELECT count(*) FROM bookings WHERE business_id = $1", shop.business_id)


async def test_twenty_at_once_fill_all_the_rooms(shop: Shop, nine_in_a_week: datetime) -> None:
    """Half of them with overlapping times; no room is taken twice, none is left while somebody asks."""
    rooms = [await shop.provider() for _ in range(3)]
    service = await shop.service(slot_step_minutes=30, resources=[rooms])
    doctors = [await shop.provider(service) for _ in range(10)]
    answers = await asyncio.gather(
        *(shop.book(service, doctors[n % 10], nine_in_a_week + (n // 10) * HOUR / 2) for n in range(20))
    )
    held = [answer.json() for answer in answers if answer.status_code == 201]
    assert {201, 409} == {answer.status_code for answer in answers}
    assert 3 == len(held)
    assert set(rooms) == {booking["resource_ids"][0] for booking in held}
    assert 6 == len(await seated(shop))


async def test_as_many_at_once_as_there_are_rooms_are_all_served(shop: Shop, nine_in_a_week: datetime) -> None:
    """Nobody is refused for having lost a race as long as there is another room."""
    rooms = [await shop.provider() for _ in range(12)]
    service = await shop.service(resources=[rooms])
    doctors = [await shop.provider(service) for _ in range(12)]
    answers = await asyncio.gather(*(shop.book(service, doctor, nine_in_a_week) for doctor in doctors))
    assert [201] * 12 == [answer.status_code for answer in answers]
    assert set(rooms) == {answer.json()["resource_ids"][0] for answer in answers}


async def test_the_database_holds_a_room_once(shop: Shop, pool: asyncpg.Pool, nine_in_a_week: datetime) -> None:
    room = await shop.provider()
    service = await shop.service(resources=[[room]])
    await shop.book(service, await shop.provider(service), nine_in_a_week)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await pool.execute(
            "INSERT INTO claims (business_id, id, provider_id, service_id, starts_at, during, capacity, seats_taken)"
            " SELECT business_id, gen_random_uuid(), provider_id, service_id, starts_at, during, 1, 1"
            " FROM claims WHERE business_id = $1 AND provider_id = $2",
            shop.business_id,
            UUID(room),
        )


async def test_resources_that_make_no_sense_are_refused(shop: Shop, other_shop: Shop) -> None:
    ours, theirs = await shop.provider(), await other_shop.provider()
    cases: list[tuple[Any, str]] = [
        ([[ours, str(uuid4())]], "/resources/0/1"),
        ([[ours], [theirs]], "/resources/1/0"),
        ([[ours, ours]], "/resources"),
        ([[]], "/resources/0"),
        ([ours], "/resources/0"),
        ([[ours, "room"]], "/resources/0/1"),
    ]
    for resources, place in cases:
        assert (422, "invalid-request", [place]) == problem(await shop.post("/services", SERVICE | {"resources": resources}))
    assert [] == (await shop.get("/services")).json()["items"]
