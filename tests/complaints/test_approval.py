"""What users of other booking systems complained of, as far as it is about bookings that wait for a yes. Each test cites its row.

More of the same rows, where the feature is tested:
C3, C11: tests/journeys/test_approval.py, down to what the vendors have in the end
C11: tests/workflows/test_approval.py
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from domain.approvals import ApprovalPolicy, Decider, Verdict
from domain.bookings import BookingRef
from domain.errors import Answer, HoldExpired, SlotTaken
from domain.payments import PaymentState
from domain.policies import Policies
from tests.orders import status_of, timeline_of
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Decide

YES, NO = Decide(Verdict.APPROVED, Decider.STAFF), Decide(Verdict.DECLINED, Decider.STAFF)


@pytest.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        yield system


@pytest.fixture
async def group(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    """Sessions of three seats."""
    async with running(hasty_settings(database_url, temporal_server), pool, capacity=3) as system:
        yield system


async def waiting(system: System) -> BookingRef:
    policies = Policies(approval=ApprovalPolicy(timedelta(minutes=5)))
    booking = await system.hold(replace(system.shop.order(), policies=policies, saves_method=True))
    await system.commands.confirm(booking, "ok", "https://shop.example")
    return booking


def of(system: System, state: PaymentState) -> int:
    return sum(payment.state is state for payment in system.payments.payments.values())


async def test_of_two_who_ask_for_one_time_only_one_can_be_approved(system: System) -> None:
    """C3: two pending requests for one time were both approved. Here the first keeps its time while it waits."""
    asked = await asyncio.gather(waiting(system), waiting(system), return_exceptions=True)
    (first,) = [each for each in asked if isinstance(each, BookingRef)]
    (refused,) = [each for each in asked if not isinstance(each, BookingRef)]
    assert isinstance(refused, SlotTaken)
    assert await system.commands.decide(first, YES)
    assert (1, "confirmed") == (of(system, PaymentState.CAPTURED), await status_of(system.pool, first))


async def test_whose_time_was_given_away_while_nobody_worked_is_refused_the_yes(system: System) -> None:
    """C3: should the wait have lapsed and another have the time, a late yes is refused and charges nothing."""
    first = await waiting(system)
    await system.pool.execute("UPDATE claim_seats SET expires_at = now() - interval '1 second'")
    second = await waiting(system)
    with pytest.raises(HoldExpired):
        await system.commands.decide(first, YES)
    assert await system.commands.decide(second, YES)
    assert ("expired", "confirmed") == (await status_of(system.pool, first), await status_of(system.pool, second))
    assert (1, 1) == (of(system, PaymentState.CAPTURED), of(system, PaymentState.CANCELLED))


async def test_a_request_that_is_declined_is_not_charged(system: System) -> None:
    """C11: a rejected request was charged all the same. Here its authorisation is voided, and nothing was ever taken."""
    booking = await waiting(system)
    assert await system.commands.decide(booking, NO)
    assert PaymentState.CANCELLED is system.payments.only.state
    assert "capture" not in system.payments.faults.calls
    assert "payment_captured" not in await timeline_of(system.pool, booking)


async def test_a_wave_of_requests_never_promises_more_than_there_is(group: System) -> None:
    """C42: a wave of requests was taken in and approved beyond what there was room for. Here who waits sits already."""
    asked = await asyncio.gather(*(waiting(group) for _ in range(7)), return_exceptions=True)
    sitting = [each for each in asked if isinstance(each, BookingRef)]
    assert (3, [SlotTaken] * 4) == (len(sitting), [type(each) for each in asked if isinstance(each, Answer)])
    first, *others = sitting
    assert await group.commands.decide(first, NO)
    late = await waiting(group)
    assert [True] * 3 == await asyncio.gather(*(group.commands.decide(each, YES) for each in (*others, late)))
    await until(lambda: of(group, PaymentState.CAPTURED) == 3)
    seats = "SELECT sum(seats_taken) FROM claims WHERE business_id = $1"
    assert 3 == await group.pool.fetchval(seats, group.shop.business_id)
    assert 1 == of(group, PaymentState.CANCELLED)
