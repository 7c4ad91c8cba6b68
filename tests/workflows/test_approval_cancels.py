"""A cancel at every step of a booking that is approved and renewed once: one outcome, and nothing is left reserved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
import pytest_asyncio

from api.commands.outcomes import BookingIsOver
from domain.bookings import BookingRef
from domain.errors import Answer
from domain.payments import Payment, PaymentState
from tests.orders import TOMORROW, status_of
from tests.waiting import PATIENCE, until
from tests.workflows.gates import Gates
from tests.workflows.system import System, hasty_settings, running
from tests.workflows.test_approval import SHOP, YES, needing_approval
from workflows.messages import Cancel

HEARD_WITHIN = 0.5
STEPS = (
    "authorise_payment",
    "ask_for_approval",
    "send_email",
    "renew_payment",
    "void_replaced_payment",
    "decide_approval",
    "secure_claim",
    "write_calendar_event",
    "capture_payment",
)
PLACES = [(name, after) for name in STEPS for after in (False, True)]


@pytest.fixture
def gates() -> Gates:
    return Gates()


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool, gates: Gates) -> AsyncIterator[System]:
    settings = hasty_settings(database_url, temporal_server, payment_seconds=30, calendar_seconds=30, confirm_wait_seconds=40)
    async with running(settings, pool, interceptors=[gates]) as system:
        system.payments.reserved_for = timedelta(seconds=6)  # renewed after three
        yield system


def payments_of(system: System, booking: BookingRef) -> list[Payment]:
    every = system.payments.payments | system.payments.charges
    return [payment for key, payment in every.items() if str(booking.booking_id) in key]


async def is_right(system: System, booking: BookingRef, status: str) -> bool:
    """Confirmed: taken once and nothing else reserved. Cancelled: no money, no time, no event."""
    states = [payment.state for payment in payments_of(system, booking)]
    taken, reserved = states.count(PaymentState.CAPTURED), states.count(PaymentState.AUTHORISED)
    seats = await system.pool.fetchval("SELECT count(*) FROM claim_seats WHERE booking_id = $1", booking.booking_id)
    event = booking.booking_id in system.calendar.events
    expected = (1, 0, 1, True) if status == "confirmed" else (0, 0, 0, False)
    return (taken, reserved, seats, event) == expected and await status_of(system.pool, booking) == status


async def approve(system: System, booking: BookingRef) -> None:
    """Confirms; after the first renewal the provider says yes."""
    await system.commands.confirm(booking, "ok", SHOP)
    await until(lambda: len(payments_of(system, booking)) > 1)
    await system.commands.decide(booking, YES)


async def cancel_at(system: System, gates: Gates, number: int, place: tuple[str, bool]) -> tuple[str, bool] | None:
    """Cancels there; returns the place if what came of it does not fit together."""
    booking = await system.hold(needing_approval(system.shop.order(TOMORROW + timedelta(hours=number)), 600))
    gate = gates.at(booking.workflow_id, place[0], after=place[1])
    approving = asyncio.create_task(approve(system, booking))
    await asyncio.wait_for(gate.reached.wait(), PATIENCE)
    cancelling = asyncio.create_task(system.commands.cancel(booking, Cancel()))
    await asyncio.wait([cancelling], timeout=HEARD_WITHIN)
    gate.opened.set()
    refusal = (await asyncio.gather(cancelling, return_exceptions=True))[0]
    assert refusal is None or isinstance(refusal, (Answer, BookingIsOver)), (place, refusal)
    status = "cancelled" if refusal is None else "confirmed"
    try:
        await until(lambda: is_right(system, booking, status))
    except TimeoutError:
        return place
    finally:
        approving.cancel()
        await asyncio.gather(approving, return_exceptions=True)
    return None


async def test_a_cancel_at_any_step_has_one_outcome(system: System, gates: Gates) -> None:
    stories = [cancel_at(system, gates, number, place) for number, place in enumerate(PLACES, 1)]
    wrong = [place for place in await asyncio.gather(*stories) if place is not None]
    assert [] == wrong
