"""Each operation of each vendor failed in each way, once and for good: one effect, or none and nothing kept.

The switchboard is one for a sandbox, so every operation has a system of its own, and all of them fail side by side.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest

from sandbox.faults import Mode
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.operations import NEVER_ASKED, REFUNDED, VOIDED, WAYS, Operation, operations_of_the_sandbox
from tests.journeys.salon import Visit
from tests.journeys.vendors import Effects, paid
from tests.waiting import until

ACCIDENTS = (Mode.ERROR_500, Mode.TIMEOUT_BEFORE, Mode.TIMEOUT_AFTER)
PASSING = (*ACCIDENTS, Mode.DUPLICATE, Mode.SLOW)
UNHURRIED = 30
BRIEF = 3


@dataclass(frozen=True, slots=True)
class Lane:
    """One operation's system: `hurried` gives up on a step after three seconds, the other takes its time."""

    operation: Operation
    unhurried: Deployment
    hurried: Deployment


@pytest.fixture(scope="module")
async def lanes(engines: Engines) -> AsyncIterator[list[Lane]]:
    stacks = {operation: AsyncExitStack() for operation in WAYS}
    try:
        yield await asyncio.gather(*(_lane(engines, stack, operation) for operation, stack in stacks.items()))
    finally:
        await asyncio.gather(*(stack.aclose() for stack in stacks.values()))


async def _lane(engines: Engines, stack: AsyncExitStack, operation: Operation) -> Lane:
    steps = ("payment_seconds", "calendar_seconds", "capture_seconds", "notify_seconds")
    quick: dict[str, Any] = {"worker_sandboxed": False, "has_webhooks": False}  # neither decides anything here
    deployment = deployed(engines, f"lane-{uuid4().hex}", **(quick | dict.fromkeys(steps, UNHURRIED)))
    unhurried = await stack.enter_async_context(deployment)
    return Lane(operation, unhurried, await stack.enter_async_context(unhurried.another_api(**dict.fromkeys(steps, BRIEF))))


async def in_every_lane(lanes: list[Lane], journey: Callable[[Lane], Awaitable[None]]) -> None:
    """Runs the journey everywhere at once and shows every lane in which it went wrong."""

    async def run(lane: Lane) -> Exception | None:
        try:
            await journey(lane)
        except Exception as wrong:
            wrong.add_note(f"in the lane of {lane.operation}")
            return wrong
        finally:
            await lane.unhurried.tidy_up()
            await lane.hurried.tidy_up()
        return None

    wrong = [one for one in await asyncio.gather(*map(run, lanes)) if one is not None]
    if wrong:
        raise ExceptionGroup("not every lane came through", wrong)


def test_every_operation_of_the_sandbox_is_attacked() -> None:
    assert operations_of_the_sandbox() == WAYS.keys() | NEVER_ASKED


@pytest.mark.parametrize("mode", PASSING)
async def test_an_operation_that_fails_once_has_one_effect(lanes: list[Lane], mode: Mode) -> None:
    """C16: money, calendar and messages agree with the status, whatever was lost on the way."""

    async def journey(lane: Lane) -> None:
        way, vendors = WAYS[lane.operation], lane.unhurried.vendors
        visit = await way.begin(lane.unhurried)
        await vendors.fail(*lane.operation, mode)
        await way.go(visit)
        await visit.becomes(way.status)
        await visit.comes_to(once(lane.operation, mode, way.effects))
        assert await vendors.used_up()
        if way.status == "confirmed":
            await visit.is_told("notification_sent", times=2)
        await tells_nothing_twice(visit)
        await agrees_with_the_database(visit)

    await in_every_lane(lanes, journey)


def once(operation: Operation, mode: Mode, effects: Effects) -> Effects:
    """Twilio has no idempotency key: a request that the network doubles is two texts, and nobody can help it."""
    return replace(effects, sms=2) if (operation, mode) == (("twilio", "send"), Mode.DUPLICATE) else effects


async def tells_nothing_twice(visit: Visit) -> None:
    told = [kind for kind in await visit.timeline() if kind != "notification_sent"]
    assert len(set(told)) == len(told), told


async def agrees_with_the_database(visit: Visit) -> None:
    """What we believe of money and slot is what the vendors did."""
    effects, pool = await visit.effects(), visit.salon.deployment.pool
    where = (visit.salon.business_id, visit.ref.booking_id)
    payment = await pool.fetchrow(
        "SELECT state, amount, refunded FROM payments WHERE business_id = $1 AND booking_id = $2", *where
    )
    believed = payment["amount"] - payment["refunded"] if payment and payment["state"] == "captured" else 0
    is_confirmed = await visit.status() == "confirmed"
    assert (effects.kept, 5000 if is_confirmed else 0) == (believed, effects.kept)
    assert ([visit.ref.booking_id] if is_confirmed else []) == await visit.salon.claims()


NOT_OPENED = Effects()
UNPAID = ("failed", VOIDED)
# Where it is not that the booking fails and is voided: the next try sees what has happened, or money was never touched,
# or only a message is missing.
FOR_GOOD: Mapping[tuple[Operation, Mode], tuple[str, Effects]] = {
    (("stripe", "create"), Mode.ERROR_500): ("failed", NOT_OPENED),
    (("stripe", "create"), Mode.TIMEOUT_BEFORE): ("failed", NOT_OPENED),
    (("stripe", "authorise"), Mode.TIMEOUT_AFTER): ("confirmed", paid()),
    (("stripe", "capture"), Mode.TIMEOUT_AFTER): ("confirmed", paid()),
    (("twilio", "look"), Mode.ERROR_500): ("confirmed", paid(sms=0)),
    (("twilio", "look"), Mode.TIMEOUT_BEFORE): ("confirmed", paid(sms=0)),
    (("twilio", "look"), Mode.TIMEOUT_AFTER): ("confirmed", paid(sms=0)),
    (("twilio", "send"), Mode.ERROR_500): ("confirmed", paid(sms=0)),
    (("twilio", "send"), Mode.TIMEOUT_BEFORE): ("confirmed", paid(sms=0)),
    (("twilio", "send"), Mode.TIMEOUT_AFTER): ("confirmed", paid()),
    (("smtp", "send"), Mode.ERROR_500): ("confirmed", paid(emails=0)),
    (("smtp", "send"), Mode.TIMEOUT_BEFORE): ("confirmed", paid(emails=0)),
    (("smtp", "send"), Mode.TIMEOUT_AFTER): ("confirmed", paid()),
}
# An undo is tried until it works, so a vendor who is away for good keeps the booking from ending; then it ends as it must.
UNDOES = {
    ("stripe", "look"): ("void_payment_if_made", UNPAID),
    ("stripe", "void"): ("void_payment_if_made", ("cancelled", VOIDED)),
    ("stripe", "refund"): ("void_payment_if_made", ("failed", REFUNDED)),
    ("google", "delete_event"): ("delete_calendar_event_if_written", UNPAID),
}


@pytest.mark.parametrize("mode", ACCIDENTS)
async def test_an_operation_that_fails_for_good_keeps_no_money_without_a_booking(lanes: list[Lane], mode: Mode) -> None:
    """C11, C16."""

    async def journey(lane: Lane) -> None:
        way, vendors = WAYS[lane.operation], lane.hurried.vendors
        visit = await way.begin(lane.hurried)
        await vendors.fail_for_good(*lane.operation, mode)
        going = asyncio.create_task(way.go(visit))
        if lane.operation in UNDOES:
            activity, (status, effects) = UNDOES[lane.operation]
            await is_tried_again(visit, activity)
            assert await visit.status() in ("pending", "confirming")
            await vendors.heal()
        else:
            status, effects = FOR_GOOD.get((lane.operation, mode), UNPAID)
        await visit.becomes(status)
        await visit.comes_to(effects)
        await agrees_with_the_database(visit)
        await going

    await in_every_lane(lanes, journey)


async def is_tried_again(visit: Visit, activity: str) -> None:
    """Waits until Temporal has this activity's second try or a later one before it."""
    handle = visit.salon.deployment.temporal.get_workflow_handle(visit.ref.workflow_id)

    async def is_again() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return any(one.activity_type.name == activity and one.attempt > 1 for one in pending)

    await until(is_again, 30)
