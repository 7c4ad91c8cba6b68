"""What every calendar gateway promises, against each calendar there is."""

from __future__ import annotations

import asyncio
import traceback
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from domain.calendars import CalendarAccident
from domain.errors import CalendarDisconnected
from sandbox.faults import Mode
from tests.gateways.calendars.appointments import STARTS_AT, appointment
from tests.gateways.calendars.peers import Peer, Seen
from tests.waiting import until

BROKEN = [Mode.ERROR_500, Mode.TIMEOUT_BEFORE, Mode.TIMEOUT_AFTER]


async def test_an_event_says_what_was_booked_by_whom_and_when(peer: Peer) -> None:
    booked = appointment()
    await peer.gateway.write_event(peer.calendar_id, booked)
    assert [Seen(booked.booking_id, "Haircut – Ada Lovelace", booked.starts_at, booked.ends_at)] == await peer.events()


async def test_writing_again_is_the_same_event(peer: Peer) -> None:
    booked = appointment()
    ids = [await peer.gateway.write_event(peer.calendar_id, booked) for _ in range(3)]
    assert 1 == len(set(ids))
    assert 1 == len(await peer.events())


async def test_two_bookings_are_two_events(peer: Peer) -> None:
    ids = [await peer.gateway.write_event(peer.calendar_id, appointment()) for _ in range(2)]
    assert 2 == len(set(ids)) == len(await peer.events())


async def test_writing_at_the_same_time_is_one_event(peer: Peer) -> None:
    booked = appointment()
    ids = await asyncio.gather(*(peer.gateway.write_event(peer.calendar_id, booked) for _ in range(5)))
    assert 1 == len(set(ids))
    assert 1 == len(await peer.events())


async def test_writing_again_brings_the_event_to_the_present_state(peer: Peer) -> None:
    booked = appointment()
    await peer.gateway.write_event(peer.calendar_id, booked)
    later = STARTS_AT + timedelta(hours=2)
    await peer.gateway.write_event(peer.calendar_id, appointment(booking_id=booked.booking_id, starts_at=later))
    assert [later] == [event.starts_at for event in await peer.events()]


async def test_a_changed_appointment_is_the_same_event_also_where_it_was_never_written(peer: Peer) -> None:
    """C29: the uid stays, whoever is shown it, and the first write of all may be that of a changed one."""
    booked = appointment(sequence=1)
    first = await peer.gateway.write_event(peer.calendar_id, booked)
    later = appointment(booking_id=booked.booking_id, sequence=2, starts_at=STARTS_AT + timedelta(minutes=15))
    assert first == await peer.gateway.write_event(peer.calendar_id, later)
    assert [later.starts_at] == [event.starts_at for event in await peer.events()]


async def test_writing_after_a_deletion_revives_the_event(peer: Peer) -> None:
    booked = appointment()
    first = await peer.gateway.write_event(peer.calendar_id, booked)
    await peer.gateway.delete_event_if_written(peer.calendar_id, booked.booking_id)
    assert [] == await peer.events()
    assert first == await peer.gateway.write_event(peer.calendar_id, booked)
    assert 1 == len(await peer.events())


async def test_deleting_takes_one_event_and_may_be_repeated(peer: Peer) -> None:
    kept, deleted = appointment(), appointment()
    for booked in (kept, deleted):
        await peer.gateway.write_event(peer.calendar_id, booked)
    for _ in range(2):
        await peer.gateway.delete_event_if_written(peer.calendar_id, deleted.booking_id)
        assert [kept.booking_id] == [event.booking_id for event in await peer.events()]


async def test_deleting_what_was_never_written_is_fine(peer: Peer) -> None:
    await peer.gateway.delete_event_if_written(peer.calendar_id, uuid4())
    assert [] == await peer.events()


async def test_a_calendar_that_is_gone_is_disconnected(peer: Peer) -> None:
    with pytest.raises(CalendarDisconnected):
        await peer.gateway.write_event(peer.gone, appointment())


async def test_in_a_calendar_that_is_gone_there_is_nothing_left_to_delete(peer: Peer) -> None:
    await peer.gateway.delete_event_if_written(peer.gone, uuid4())


async def test_a_calendar_that_is_closed_to_us_is_disconnected(peer: Peer) -> None:
    with pytest.raises(CalendarDisconnected):
        await peer.gateway.write_event(peer.denied, appointment())
    with pytest.raises(CalendarDisconnected):
        await peer.gateway.delete_event_if_written(peer.denied, uuid4())


@pytest.mark.parametrize("mode", BROKEN)
async def test_a_write_that_goes_wrong_is_an_accident_and_its_repeat_leaves_one_event(peer: Peer, mode: Mode) -> None:
    booked = appointment()
    await peer.plan(mode, "write_event", times=2)
    for _ in range(2):
        with pytest.raises(CalendarAccident):
            await peer.gateway.write_event(peer.calendar_id, booked)
    assert (1 if mode is Mode.TIMEOUT_AFTER else 0) == len(await peer.events())
    await peer.gateway.write_event(peer.calendar_id, booked)
    assert [Seen(booked.booking_id, "Haircut – Ada Lovelace", booked.starts_at, booked.ends_at)] == await peer.events()


@pytest.mark.parametrize("mode", BROKEN)
async def test_a_deletion_that_goes_wrong_is_an_accident_and_its_repeat_deletes(peer: Peer, mode: Mode) -> None:
    booked = appointment()
    await peer.gateway.write_event(peer.calendar_id, booked)
    await peer.plan(mode, "delete_event")
    with pytest.raises(CalendarAccident):
        await peer.gateway.delete_event_if_written(peer.calendar_id, booked.booking_id)
    await peer.gateway.delete_event_if_written(peer.calendar_id, booked.booking_id)
    assert [] == await peer.events()


async def test_a_network_that_delivers_twice_has_one_effect(peer: Peer) -> None:
    booked = appointment()
    await peer.plan(Mode.DUPLICATE, "write_event")
    await peer.gateway.write_event(peer.calendar_id, booked)
    assert 1 == len(await peer.events())
    await peer.plan(Mode.DUPLICATE, "delete_event")
    await peer.gateway.delete_event_if_written(peer.calendar_id, booked.booking_id)
    assert [] == await peer.events()


async def test_a_calendar_that_is_too_slow_is_an_accident_and_what_comes_late_adds_nothing(peer: Peer) -> None:
    booked = appointment()
    await peer.plan(Mode.SLOW, "write_event", seconds=1.2)
    with pytest.raises(CalendarAccident):
        await peer.hasty().write_event(peer.calendar_id, booked)
    await peer.gateway.write_event(peer.calendar_id, booked)
    await until(lambda: peer.recorder.running == 0)
    assert 1 == len(await peer.events())


async def test_a_slow_calendar_does_not_hold_up_anything_else(peer: Peer) -> None:
    await peer.plan(Mode.SLOW, "write_event", seconds=0.4)
    writing = asyncio.create_task(peer.gateway.write_event(peer.calendar_id, appointment()))
    turns = 0
    while not writing.done():
        await asyncio.sleep(0.02)
        turns += 1
    await writing
    assert turns >= 4


async def test_a_calendar_that_does_not_answer_is_an_accident(peer: Peer) -> None:
    await peer.plan(Mode.TIMEOUT_BEFORE, "write_event", times=-1)
    for _ in range(2):
        with pytest.raises(CalendarAccident):
            await peer.gateway.write_event(peer.calendar_id, appointment())


@pytest.mark.parametrize("calendar", ["gone", "denied", "calendar_id"])
async def test_what_goes_wrong_names_neither_calendar_nor_customer(peer: Peer, calendar: str) -> None:
    """The text ends up in Temporal's history, which holds nothing personal."""
    await peer.plan(Mode.ERROR_500, "write_event", times=2 if calendar == "calendar_id" else 0)
    name = getattr(peer, calendar)
    with pytest.raises((CalendarAccident, CalendarDisconnected)) as caught:
        await peer.gateway.write_event(name, appointment())
    told = "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is None
    assert name.strip("/") not in told and "Ada" not in told


@pytest.mark.parametrize(
    ("wall", "fold", "utc"),
    [
        ((2027, 10, 31, 2, 30), 0, (2027, 10, 31, 0, 30)),  # the first half past two of that night, in summer time
        ((2027, 10, 31, 2, 30), 1, (2027, 10, 31, 1, 30)),  # the second, in winter time
        ((2027, 3, 28, 3, 0), 0, (2027, 3, 28, 1, 0)),  # the minute after the clocks jumped
        ((2027, 7, 1, 9, 0), 0, (2027, 7, 1, 7, 0)),
    ],
)
async def test_an_appointment_is_at_its_instant_also_when_the_clocks_change(
    peer: Peer, wall: tuple[int, int, int, int, int], fold: int, utc: tuple[int, int, int, int, int]
) -> None:
    starts_at = datetime(*wall, fold=fold, tzinfo=ZoneInfo("Europe/Berlin"))
    await peer.gateway.write_event(peer.calendar_id, appointment(starts_at=starts_at.astimezone(UTC)))
    await peer.gateway.write_event(
        peer.calendar_id, appointment(starts_at=starts_at, ends_at=starts_at.astimezone(UTC) + timedelta(hours=1))
    )
    expected = datetime(*utc, tzinfo=UTC)
    assert [expected, expected] == [event.starts_at.astimezone(UTC) for event in await peer.events()]


async def test_an_event_is_found_as_it_stands_now(peer: Peer) -> None:
    booked = appointment()
    assert await peer.gateway.find_event(peer.calendar_id, booked.booking_id) is None
    await peer.gateway.write_event(peer.calendar_id, booked)
    found = await peer.gateway.find_event(peer.calendar_id, booked.booking_id)
    assert found is not None and (booked.starts_at, booked.ends_at) == (found.starts_at, found.ends_at)
    await peer.gateway.delete_event_if_written(peer.calendar_id, booked.booking_id)
    assert await peer.gateway.find_event(peer.calendar_id, booked.booking_id) is None
