"""A crowd at one slot: as many try as there are places, one looks, and the others hear what was seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from api.commands.outcomes import Unavailable
from api.refusals import SlotRefused
from api.turnstile import ABREAST, Turn, Turnstile, Visit
from domain.rules import Rule

NINE = datetime(2027, 3, 8, 9, tzinfo=UTC)
ADA, GRACE = UUID(int=1), UUID(int=2)


def refused() -> SlotRefused:
    return SlotRefused(uuid4(), "slot-taken", Rule.TAKEN, {"pointer": "/starts_at"})


@asynccontextmanager
async def in_line(turnstile: Turnstile, *visits: Visit) -> AsyncIterator[list[asyncio.Task[Turn]]]:
    """These wait at the gate, each until it is its turn."""

    async def wait(visit: Visit) -> Turn:
        async with turnstile.turn(ADA, NINE, visit) as turn:
            return turn

    waiting = [asyncio.create_task(wait(visit)) for visit in visits]
    await asyncio.sleep(0)
    yield waiting
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_one_looks_at_a_time_in_the_order_in_which_they_came() -> None:
    turnstile, order = Turnstile(), list[int]()
    inside = most = 0

    async def visit(number: int) -> None:
        nonlocal inside, most
        async with turnstile.turn(ADA, NINE):
            inside += 1
            most = max(most, inside)
            order.append(number)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(visit(number) for number in range(20)))
    assert (1, list(range(20))) == (most, order)


async def test_other_slots_do_not_wait() -> None:
    turnstile = Turnstile()
    async with turnstile.turn(ADA, NINE), turnstile.turn(ADA, NINE + timedelta(hours=1)), turnstile.turn(GRACE, NINE):
        pass


async def test_while_somebody_tries_the_next_one_may_look() -> None:
    turnstile = Turnstile()
    async with turnstile.turn(ADA, NINE) as first:
        with first.trying(ADA, 1, takes_last=False):
            async with turnstile.turn(ADA, NINE) as second:
                assert [False, True] == [second.has_room(ADA, 1, places=1), second.has_room(ADA, 1, places=2)]
                assert second.has_room(GRACE, 1, places=1)
                assert {ADA} == second.crowded(places=1)
    async with turnstile.turn(ADA, NINE) as third:
        assert third.has_room(ADA, 1, places=1)


async def test_what_was_taken_since_the_look_is_not_tried_for_before_another_look() -> None:
    turnstile = Turnstile()
    async with turnstile.turn(ADA, NINE) as first:
        trying = first.trying(ADA, 1, takes_last=False)
        trying.__enter__()
        async with turnstile.turn(ADA, NINE) as second, asyncio.timeout(5):
            second.looks()
            trying.__exit__(None, None, None)
            assert not second.has_room(ADA, 1, places=1)
            await second.wait()
            second.looks()
            assert second.has_room(ADA, 1, places=1)


async def test_no_more_than_a_few_try_at_once_however_many_places_are_free() -> None:
    turnstile = Turnstile()
    async with turnstile.turn(ADA, NINE) as turn:
        tried = [turn.trying(UUID(int=number), 1, takes_last=False) for number in range(10, 10 + ABREAST)]
        for one in tried[:-1]:
            one.__enter__()
        assert turn.has_room(ADA, 1, places=30)
        tried[-1].__enter__()
        assert not turn.has_room(ADA, 1, places=30)


async def test_who_waits_for_a_place_looks_again_when_whoever_tries_has_ended() -> None:
    turnstile = Turnstile()
    async with turnstile.turn(ADA, NINE) as first, asyncio.timeout(5):
        with first.trying(ADA, 1, takes_last=False):
            async with turnstile.turn(ADA, NINE) as second:
                second.looks()
                waiting = asyncio.create_task(second.wait())
                await asyncio.sleep(0)
                assert not waiting.done()
        await waiting


async def test_an_end_between_the_look_and_the_wait_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.turnstile.LOOK_AGAIN", timedelta(minutes=1))
    turnstile = Turnstile(timedelta(minutes=1))
    async with turnstile.turn(ADA, NINE) as first, asyncio.timeout(5):
        trying = first.trying(ADA, 1, takes_last=False)
        trying.__enter__()
        async with turnstile.turn(ADA, NINE) as second:
            second.looks()
            trying.__exit__(None, None, None)
            await second.wait()


async def test_what_somebody_took_is_looked_for_before_they_are_told_that_they_have_it() -> None:
    turnstile = Turnstile()
    async with turnstile.turn(ADA, NINE) as first, asyncio.timeout(5):
        with first.trying(ADA, 1, takes_last=True):
            async with turnstile.turn(ADA, NINE):
                pass


async def test_whoever_waits_too_long_is_told_to_ask_again_and_takes_no_ones_turn() -> None:
    turnstile = Turnstile(patience=timedelta(milliseconds=20))
    async with turnstile.turn(ADA, NINE):
        with pytest.raises(Unavailable):
            async with turnstile.turn(ADA, NINE):
                pass
    async with turnstile.turn(ADA, NINE) as turn:
        with turn.trying(ADA, 1, takes_last=False):
            async with turnstile.turn(ADA, NINE) as late:
                late.looks()
                await asyncio.sleep(0.03)
                with pytest.raises(Unavailable):
                    await late.wait()


async def test_who_waits_is_told_what_was_seen_since_they_came() -> None:
    turnstile, told = Turnstile(), refused()
    async with turnstile.turn(ADA, NINE, Visit("one seat")) as turn:
        early, other = Visit("one seat"), Visit("two seats")
        async with in_line(turnstile, early, other) as (heard, not_meant):
            turn.looks()
            late = Visit("one seat")
            async with in_line(turnstile, late) as (came_late,):
                assert [early] == turn.alike()
                turn.tell(turn.alike(), told)
                with pytest.raises(SlotRefused) as same:
                    await heard
                assert (told.response().body, True) == (same.value.response().body, same.value is not told)
                assert not not_meant.done()
                assert not came_late.done()


async def test_staff_who_set_rules_aside_are_told_nothing() -> None:
    turnstile = Turnstile()
    async with turnstile.turn(ADA, NINE, Visit(None)) as turn, in_line(turnstile, Visit(None)):
        turn.looks()
        assert [] == turn.alike()


async def test_who_goes_away_in_line_is_passed_over() -> None:
    turnstile = Turnstile()
    here, alike = turnstile.turn(ADA, NINE, Visit("one seat")), (Visit("one seat"), Visit("one seat"))
    async with here as turn, in_line(turnstile, *alike) as (gone, stays):
        gone.cancel()
        await asyncio.wait((gone,))
        turn.make_way()
        await asyncio.wait_for(stays, 5)


async def test_who_goes_away_when_called_passes_the_turn_on() -> None:
    turnstile = Turnstile()
    here, alike = turnstile.turn(ADA, NINE, Visit("one seat")), (Visit("one seat"), Visit("one seat"))
    async with here as turn, in_line(turnstile, *alike) as (gone, stays):
        turn.make_way()
        gone.cancel()  # in the same instant
        await asyncio.wait_for(stays, 5)


async def test_nothing_is_kept_of_a_slot_that_nobody_wants_any_more() -> None:
    turnstile = Turnstile()
    async with turnstile.turn(ADA, NINE, Visit("one seat")) as turn:
        turn.looks()
    del turn
    assert 0 == len(turnstile._gates)
