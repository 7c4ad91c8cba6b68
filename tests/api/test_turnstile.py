"""A crowd at one slot waits its turn; others are not in its way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from api.commands.outcomes import Unavailable
from api.refusals import SlotRefused
from api.turnstile import Turnstile
from domain.rules import Rule

NINE = datetime(2027, 3, 8, 9, tzinfo=UTC)


async def test_no_more_than_a_few_try_for_one_slot_at_once() -> None:
    turnstile, provider = Turnstile(abreast=3), uuid4()
    inside = most = 0

    async def visit() -> None:
        nonlocal inside, most
        async with turnstile.turn(provider, NINE):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(visit() for _ in range(20)))
    assert (3, 0) == (most, inside)


async def test_other_slots_do_not_wait() -> None:
    turnstile, provider = Turnstile(abreast=1, patience=timedelta(seconds=5)), uuid4()
    async with (
        turnstile.turn(provider, NINE),
        turnstile.turn(provider, NINE + timedelta(hours=1)),
        turnstile.turn(uuid4(), NINE),
    ):
        pass


async def test_whoever_waits_too_long_is_told_to_ask_again_and_takes_no_ones_turn() -> None:
    turnstile, provider = Turnstile(abreast=1, patience=timedelta(milliseconds=20)), UUID(int=1)
    async with turnstile.turn(provider, NINE):
        with pytest.raises(Unavailable):
            async with turnstile.turn(provider, NINE):
                pass
    async with turnstile.turn(provider, NINE):
        pass


def refused() -> SlotRefused:
    return SlotRefused(uuid4(), "slot-taken", Rule.TAKEN, {"pointer": "/starts_at"})


async def test_who_waited_hears_what_was_looked_up_meanwhile_and_who_came_later_does_not() -> None:
    turnstile, provider, told = Turnstile(), uuid4(), refused()
    async with turnstile.turn(provider, NINE) as gate:
        gate.tell("two seats", told, known_since=5.0)
        assert [told, told, None] == [gate.hear("two seats", came) for came in (4.0, 5.0, 5.1)]
        assert gate.hear("one seat", 4.0) is None


async def test_what_was_told_is_forgotten_when_nobody_waits_any_more() -> None:
    turnstile, provider = Turnstile(), uuid4()
    async with turnstile.turn(provider, NINE) as gate:
        gate.tell("one seat", refused(), known_since=5.0)
    del gate
    async with turnstile.turn(provider, NINE) as gate:
        assert gate.hear("one seat", 4.0) is None
