"""A cancel at every wait of a booking, from the hold to its messages: always one outcome, and money, claim and event agree."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import pytest
import pytest_asyncio

from domain.bookings import BookingRef
from domain.errors import Answer, TransitionNotAllowed
from domain.payments import PaymentState
from tests.orders import TOMORROW, status_of
from tests.waiting import PATIENCE, until
from tests.workflows.gates import Gates
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel

HEARD_WITHIN, HEARD_IN_LOCAL_STEPS_WITHIN = 0.5, 7.0
"""Seconds. While a local step runs, the workflow hears nothing until its worker reports that it lasts, after four of the five
seconds that a workflow task has. One that is done sooner is followed by the money, for which a cancel comes too late."""

LOCAL = {"secure_claim", "write_calendar_event"}

Place = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Status, money kept, claims and events of a booking, and what the vendor says of its payment."""

    status: str | None
    kept: int
    claims: int
    events: int


CANCELLED = Outcome("cancelled", 0, 0, 0)
CONFIRMED = Outcome("confirmed", 2500, 1, 1)


@pytest.fixture
def gates() -> Gates:
    return Gates()


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool, gates: Gates) -> AsyncIterator[System]:
    settings = hasty_settings(database_url, temporal_server, payment_seconds=30, calendar_seconds=30)
    async with running(settings, pool, interceptors=[gates]) as system:
        yield system


async def held(system: System, number: int) -> BookingRef:
    return await system.hold(system.shop.order(TOMORROW + timedelta(hours=number)))


async def waits_of(system: System, gates: Gates, method: str) -> list[Place]:
    """Every activity that a booking runs after its hold, before and after its effect, as one of them has run them."""
    booking = await held(system, 0)
    await system.commands.confirm(booking, method, "https://shop.example")
    seen = gates.seen[booking.workflow_id]
    await until(lambda: "try_message" in seen)
    return [(name, after) for name in dict.fromkeys(seen) if name != "hold_slot" for after in (False, True)]


def state_of(system: System, booking: BookingRef) -> PaymentState | None:
    return next((each.state for key, each in system.payments.payments.items() if str(booking.booking_id) in key), None)


async def outcome_of(system: System, booking: BookingRef) -> Outcome:
    mine = [each for key, each in system.payments.payments.items() if str(booking.booking_id) in key]
    kept = sum(each.amount.amount - each.refunded for each in mine if each.state is PaymentState.CAPTURED)
    claims = await system.pool.fetchval("SELECT count(*) FROM claim_seats WHERE booking_id = $1", booking.booking_id)
    return Outcome(await status_of(system.pool, booking), kept, claims, booking.booking_id in system.calendar.events)


async def cancel_at(system: System, gates: Gates, number: int, method: str, place: Place) -> tuple[BookingRef, Answer | None]:
    """Cancels while the booking stands there, and lets it go on; returns how the cancel was refused, if it was."""
    booking = await held(system, number)
    gate = gates.at(booking.workflow_id, place[0], after=place[1])
    confirming = asyncio.create_task(system.commands.confirm(booking, method, "https://shop.example"))
    await asyncio.wait_for(gate.reached.wait(), PATIENCE)
    cancelling = asyncio.create_task(system.commands.cancel(booking, Cancel()))
    await asyncio.wait([cancelling], timeout=HEARD_IN_LOCAL_STEPS_WITHIN if place[0] in LOCAL else HEARD_WITHIN)
    gate.opened.set()
    refusal, _ = await asyncio.gather(cancelling, confirming, return_exceptions=True)
    assert refusal is None or isinstance(refusal, TransitionNotAllowed), (place, refusal)
    expected = CANCELLED if refusal is None else CONFIRMED

    async def has_come() -> bool:
        return await outcome_of(system, booking) == expected

    try:
        await until(has_come)
    except TimeoutError:
        assert (place, expected) == (place, await outcome_of(system, booking))
    return booking, refusal


@pytest.mark.parametrize("method", ["ok", "instant"])
async def test_a_cancel_at_any_wait_has_one_outcome(system: System, gates: Gates, method: str) -> None:
    """The second method is charged at once, so that what is undone is a refund."""
    places = await waits_of(system, gates, method)
    assert {"authorise_payment", "write_calendar_event", "capture_payment", "confirm_booking"} <= {name for name, _ in places}
    stories = [cancel_at(system, gates, number, method, place) for number, place in enumerate(places, 1)]
    came_to = dict(zip(places, await asyncio.gather(*stories), strict=True))
    for place in (("capture_payment", False), ("capture_payment", True)):  # from the point of no return on it is too late
        refusal = came_to[place][1]
        assert refusal is not None and {"status": "confirmed"} == refusal.facts
    refused = {place[0] for place, (_, refusal) in came_to.items() if refusal is not None}
    assert refused <= {"capture_payment", "confirm_booking"}
    undone = PaymentState.CANCELLED if method == "ok" else PaymentState.CAPTURED
    for place in (("authorise_payment", True), ("secure_claim", True), ("write_calendar_event", True)):
        assert undone is state_of(system, came_to[place][0]), place


async def test_a_cancel_does_not_wait_for_a_vendor_that_is_down(system: System) -> None:
    booking = await held(system, 1)
    system.payments.fail("authorise", -1)
    confirming = asyncio.create_task(system.commands.confirm(booking, "ok", "https://shop.example"))
    await until(lambda: system.payments.faults.calls.count("authorise") >= 2)
    await asyncio.wait_for(system.commands.cancel(booking, Cancel()), 10)
    assert CANCELLED == await outcome_of(system, booking)
    with pytest.raises(TransitionNotAllowed) as refused:
        await confirming
    assert {"status": "cancelled"} == refused.value.facts


async def test_what_is_cancelled_while_it_is_paid_cannot_be_confirmed_any_more(system: System, gates: Gates) -> None:
    booking = await held(system, 1)
    gate = gates.at(booking.workflow_id, "authorise_payment", after=True)
    confirming = asyncio.create_task(system.commands.confirm(booking, "ok", "https://shop.example"))
    await gate.reached.wait()
    cancelling = asyncio.create_task(system.commands.cancel(booking, Cancel()))
    await asyncio.wait([cancelling], timeout=HEARD_WITHIN)
    with pytest.raises(TransitionNotAllowed):
        await system.commands.confirm(booking, "ok", "https://shop.example")
    gate.opened.set()
    await cancelling
    await asyncio.gather(confirming, return_exceptions=True)
    assert CANCELLED == await outcome_of(system, booking)
