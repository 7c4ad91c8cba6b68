"""A command is written down before its first effect: a server that dies in between forgets neither or both.

Temporal keeps an update in memory until the workflow task that takes it is done, and local activities run within that task.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType

from domain.bookings import BookingRef, HoldSlot
from domain.messages import Channel, MessageKind
from domain.operations import RefundBooking, ResendMessage
from domain.policies import NoShowPolicy, Policies
from tests.moves import euros, move_of
from tests.orders import TOMORROW, ref
from tests.waiting import PATIENCE
from tests.workflows.gates import Gates
from tests.workflows.system import System, hasty_settings, running
from tests.workflows.test_approval import YES, needing_approval
from workflows.messages import Cancel

SHOP = "https://shop.example"
LATER = TOMORROW + timedelta(hours=3)


@pytest.fixture
def gates() -> Gates:
    return Gates()


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool, gates: Gates) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool, interceptors=[gates]) as system:
        yield system


@dataclass(frozen=True, slots=True)
class Case:
    """A command, what has to be booked for it, and the activity that it begins with."""

    first: str
    send: Callable[[System, HoldSlot], Awaitable[Any]]
    order: Callable[[HoldSlot], HoldSlot] = lambda order: order

    def __str__(self) -> str:
        return self.first


def _now_on(order: HoldSlot) -> HoldSlot:
    starts_at = datetime.now(UTC)
    order = replace(order, starts_at=starts_at, blocks_from=starts_at, ends_at=LATER, blocks_until=LATER)
    return replace(order, policies=Policies(no_show=NoShowPolicy(window=timedelta(hours=1))))


CASES = (
    Case("cancel_booking", lambda system, order: system.commands.cancel(ref(order), Cancel())),
    Case("make_move", lambda system, order: system.commands.reschedule(move_of(order, LATER), "a move")),
    Case(
        "reserve_new_time",
        lambda system, order: system.commands.reschedule(move_of(order, LATER, price=euros(9900)), "a move"),
    ),
    Case("mark_no_show", lambda system, order: system.commands.mark_no_show(ref(order)), _now_on),
    Case("request_refund", lambda system, order: system.commands.operate(ref(order), RefundBooking("ada", "goodwill"))),
    Case(
        "prepare_resend",
        lambda system, order: system.commands.operate(ref(order), ResendMessage("ada", MessageKind.CONFIRMATION, Channel.EMAIL)),
    ),
    Case("decide_approval", lambda system, order: system.commands.decide(ref(order), YES), needing_approval),
)


async def accepted(system: System, booking: BookingRef) -> int:
    """How many updates the history of the booking's present run knows."""
    history = await system.client.get_workflow_handle(booking.workflow_id).fetch_history()
    return sum(event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED for event in history.events)


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_the_history_has_a_command_before_its_first_effect(system: System, gates: Gates, case: Case) -> None:
    order = case.order(replace(system.shop.order(), saves_method=True))
    booking = await system.hold(order)
    gate = gates.at(booking.workflow_id, case.first, after=False)
    await system.commands.confirm(booking, "ok", SHOP)
    before = await accepted(system, booking)
    sending = asyncio.ensure_future(case.send(system, order))
    await asyncio.wait_for(gate.reached.wait(), PATIENCE)
    assert before + 1 == await accepted(system, booking)
    gate.opened.set()
    await sending
