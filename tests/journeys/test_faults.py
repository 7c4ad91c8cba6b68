"""Each operation of each vendor failed in each way, once and for good: one effect, or none and nothing kept.

The switchboard is one for a sandbox, so every operation has a lane of its own, a whole system in which it fails in one way
after the other while the other lanes do the same. Each test looks at one of these journeys.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest

from sandbox.faults import Mode
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.operations import NEVER_ASKED, VOIDED, WAYS, Operation, operations_of_the_sandbox
from tests.journeys.salon import Visit
from tests.journeys.vendors import Effects, paid
from tests.waiting import until

ACCIDENTS = (Mode.ERROR_500, Mode.TIMEOUT_BEFORE, Mode.TIMEOUT_AFTER)
PASSING = (*ACCIDENTS, Mode.DUPLICATE, Mode.SLOW)
STEPS = ("payment_seconds", "calendar_seconds", "capture_seconds", "notify_seconds")
UNHURRIED: Mapping[str, Any] = dict.fromkeys(STEPS, 30)
HURRIED: Mapping[str, Any] = dict.fromkeys(STEPS, 3)


@dataclass(frozen=True, slots=True)
class Failing:
    """This operation fails in this way."""

    operation: Operation
    mode: Mode
    is_for_good: bool = False

    def __str__(self) -> str:
        return f"{' '.join(self.operation)}, {self.mode}"


ONCE = [Failing(operation, mode) for operation in WAYS for mode in PASSING]
FOR_GOOD = [Failing(operation, mode, is_for_good=True) for operation in WAYS for mode in ACCIDENTS]

Outcomes = Mapping[Failing, asyncio.Future[None]]


@pytest.fixture(scope="module")
async def outcomes(engines: Engines) -> AsyncIterator[Outcomes]:
    """All journeys, under way; each ends with nothing or with what went wrong."""
    loop = asyncio.get_running_loop()
    ways = {failing: loop.create_future() for failing in ONCE + FOR_GOOD}
    lanes = [asyncio.create_task(_lane(engines, operation, ways)) for operation in WAYS]
    yield ways
    for lane in lanes:
        lane.cancel()
    await asyncio.wait(lanes)


async def _lane(engines: Engines, operation: Operation, outcomes: Outcomes) -> None:
    mine = {failing: outcome for failing, outcome in outcomes.items() if failing.operation == operation}
    try:
        await _run_all(engines, mine)
    except Exception as wrong:  # a lane that could not be opened or tidied up: whoever waits for the rest of it hears that
        for outcome in mine.values():
            if not outcome.done():
                outcome.set_exception(wrong)


async def _run_all(engines: Engines, outcomes: Outcomes) -> None:
    async with AsyncExitStack() as stack:
        deployment = deployed(engines, f"lane-{uuid4().hex}", has_webhooks=False, **UNHURRIED)
        unhurried = await stack.enter_async_context(deployment)
        hurried = await stack.enter_async_context(unhurried.another_api(**HURRIED))
        for failing, outcome in outcomes.items():
            gives_up = failing.is_for_good and ending(failing)[0] == "failed"
            await _run(failing, hurried if gives_up else unhurried, outcome)


async def _run(failing: Failing, deployment: Deployment, outcome: asyncio.Future[None]) -> None:
    try:
        await (fails_for_good if failing.is_for_good else fails_once)(failing, deployment)
    except Exception as wrong:
        outcome.set_exception(wrong)
    else:
        outcome.set_result(None)
    await deployment.tidy_up()


def test_every_operation_of_the_sandbox_is_attacked() -> None:
    assert operations_of_the_sandbox() == WAYS.keys() | NEVER_ASKED


@pytest.mark.parametrize("failing", ONCE, ids=str)
async def test_an_operation_that_fails_once_has_one_effect(outcomes: Outcomes, failing: Failing) -> None:
    """C16: money, calendar and messages agree with the status, whatever was lost on the way."""
    await outcomes[failing]


@pytest.mark.parametrize("failing", FOR_GOOD, ids=str)
async def test_an_operation_that_fails_for_good_keeps_no_money_without_a_booking(outcomes: Outcomes, failing: Failing) -> None:
    """C11, C16."""
    await outcomes[failing]


async def fails_once(failing: Failing, deployment: Deployment) -> None:
    way, vendors = WAYS[failing.operation], deployment.vendors
    visit = await way.begin(deployment)
    await vendors.fail(*failing.operation, failing.mode)
    await way.go(visit)
    await visit.becomes(way.status)
    await visit.comes_to(once(failing, way.effects))
    assert await vendors.used_up()
    if way.status == "confirmed":
        await visit.is_told("notification_sent", times=2)
    await tells_nothing_twice(visit)
    await agrees_with_the_database(visit)


def once(failing: Failing, effects: Effects) -> Effects:
    """Twilio has no idempotency key: a request that the network doubles is two texts, and nobody can help it."""
    is_doubled = (failing.operation, failing.mode) == (("twilio", "send"), Mode.DUPLICATE)
    return replace(effects, sms=2) if is_doubled else effects


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
ENDINGS: Mapping[tuple[Operation, Mode], tuple[str, Effects]] = {
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
    ("stripe", "look"): "void_payment_if_made",
    ("stripe", "void"): "void_payment_if_made",
    ("stripe", "refund"): "void_payment_if_made",
    ("google", "delete_event"): "delete_calendar_event_if_written",
}


def ending(failing: Failing) -> tuple[str, Effects]:
    """What the booking comes to when the operation fails for good."""
    way = WAYS[failing.operation]
    otherwise = (way.status, way.effects) if way.status != "confirmed" else UNPAID
    return ENDINGS.get((failing.operation, failing.mode), otherwise)


async def fails_for_good(failing: Failing, deployment: Deployment) -> None:
    way, vendors = WAYS[failing.operation], deployment.vendors
    visit = await way.begin(deployment)
    await vendors.fail_for_good(*failing.operation, failing.mode)
    going = asyncio.create_task(way.go(visit))
    if failing.operation in UNDOES:
        await is_tried_again(visit, UNDOES[failing.operation])
        assert await visit.status() in ("pending", "confirming")
        await vendors.heal()
    status, effects = ending(failing)
    await visit.becomes(status)
    await visit.comes_to(effects)
    await agrees_with_the_database(visit)
    await going


async def is_tried_again(visit: Visit, activity: str) -> None:
    """Waits until Temporal has this activity's second try or a later one before it."""
    handle = visit.salon.deployment.temporal.get_workflow_handle(visit.ref.workflow_id)

    async def is_again() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return any(one.activity_type.name == activity and one.attempt > 1 for one in pending)

    await until(is_again)
