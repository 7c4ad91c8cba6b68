"""Programs that die in the middle: every booking still ends as it should (promise 5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest

from sandbox.faults import Mode
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.salon import CARD, CHARGED_AT_ONCE, Salon, Visit, open_salon
from tests.journeys.vendors import Effects, paid
from tests.journeys.workers import process_of_workers
from tests.waiting import until


@dataclass(frozen=True, slots=True)
class Killed:
    """A worker dies while this operation is under way: what the booking comes to all the same."""

    vendor: str
    operation: str
    method: str = CARD
    capture_is_refused: bool = False
    status: str = "confirmed"
    effects: Effects = field(default_factory=paid)

    def __str__(self) -> str:
        return f"{self.operation} with {self.method}"


KILLED = (
    Killed("stripe", "create"),
    Killed("stripe", "authorise"),
    Killed("stripe", "authorise", CHARGED_AT_ONCE),
    Killed("google", "write_event"),
    Killed("stripe", "capture"),
    Killed("google", "delete_event", capture_is_refused=True, status="failed", effects=Effects(payments=1)),
)


@asynccontextmanager
async def deserted(engines: Engines, **changes: Any) -> AsyncIterator[Deployment]:
    """A deployment whose workers are the test's to start. Its patience outlasts the five seconds after which a worker's
    silence is noticed."""
    patient: dict[str, Any] = dict.fromkeys(("payment_seconds", "calendar_seconds", "capture_seconds"), 60)
    queue = f"deserted-{uuid4().hex}"
    async with deployed(engines, queue, has_worker=False, **(patient | changes)) as deployment:
        yield deployment
        await deployment.tidy_up()


async def becomes_ready(deployment: Deployment) -> None:
    """Waits until the API knows of a worker."""

    async def is_ready() -> bool:
        return (await deployment.http.get("/health/ready")).is_success

    await until(is_ready)


@dataclass(frozen=True, slots=True)
class Victims:
    """Bookings whose workers were killed: with the confirms that still wait, and one that was only held."""

    confirming: Mapping[Killed, tuple[Visit, asyncio.Task[httpx.Response]]]
    held: Visit


async def half_way(deployment: Deployment, case: Killed) -> tuple[Visit, asyncio.Task[httpx.Response]]:
    """Confirms until the vendor has begun to work, which takes it longer than the worker has to live."""
    vendors = deployment.vendors
    if case.capture_is_refused:
        await vendors.fail("stripe", "capture", Mode.DECLINE)
    await vendors.fail(case.vendor, case.operation, Mode.SLOW, seconds=3.0)
    visit = await (await open_salon(deployment)).hold()
    confirming = asyncio.create_task(visit.confirm(case.method))
    await until(vendors.used_up)
    return visit, confirming


@pytest.fixture(scope="module")
async def victims(engines: Engines) -> AsyncIterator[Victims]:
    """All workers die together, each in the middle of something else; then others take over."""
    async with AsyncExitStack() as stack:
        hasty = await stack.enter_async_context(deserted(engines, hold_seconds=2))
        deployments = [await stack.enter_async_context(deserted(engines)) for _ in KILLED]
        salon = await open_salon(hasty)
        with process_of_workers(*(deployment.settings for deployment in (hasty, *deployments))):
            for deployment in (hasty, *deployments):
                await becomes_ready(deployment)
            cases = zip(deployments, KILLED, strict=True)
            confirming = await asyncio.gather(*(half_way(deployment, case) for deployment, case in cases))
            held = await salon.hold()
        for deployment in (hasty, *deployments):
            await stack.enter_async_context(deployment.worker())
        yield Victims(dict(zip(KILLED, confirming, strict=True)), held)


@pytest.mark.parametrize("case", KILLED, ids=str)
async def test_a_worker_killed_in_the_middle_of_a_step_leaves_one_effect_of_it(victims: Victims, case: Killed) -> None:
    """The vendor's answer is lost with the worker; another one goes on."""
    visit, confirming = victims.confirming[case]
    is_confirmed = case.status == "confirmed"
    assert (200 if is_confirmed else 409) == (await confirming).status_code
    await visit.comes_to(case.effects)
    assert case.status == await visit.status()
    assert ([visit.ref.booking_id] if is_confirmed else []) == await visit.salon.claims()
    if is_confirmed:
        await visit.is_told("notification_sent", times=2)
    told = [kind for kind in await visit.timeline() if kind != "notification_sent"]
    assert len(set(told)) == len(told)


async def test_a_hold_ends_all_the_same_when_its_worker_was_killed(victims: Victims) -> None:
    visit = victims.held
    await visit.becomes("expired")
    assert (["held", "expired"], []) == (await visit.timeline(), await visit.salon.claims())


async def test_a_confirm_goes_on_when_the_api_restarts_and_asking_again_joins_it(system: Deployment) -> None:
    """C33: the caller lost the first answer; the second says how it went."""
    salon = await open_salon(system)
    await system.vendors.fail("stripe", "authorise", Mode.SLOW, seconds=1.5)
    async with system.another_api() as first:
        visit = await salon.hold()
        confirming = asyncio.create_task(visit.confirm(through=first))
        await until(system.vendors.used_up)
    lost = (await asyncio.gather(confirming, return_exceptions=True))[0]
    assert isinstance(lost, BaseException) or lost.is_server_error
    async with system.another_api() as second:
        assert 200 == (await visit.confirm(through=second)).status_code
    await visit.comes_to(paid())
    assert 1 == (await visit.timeline()).count("confirming")
    await system.tidy_up()


async def test_a_booking_waits_for_a_worker_and_is_made_once(engines: Engines) -> None:
    async with deserted(engines) as deployment:
        salon = await open_salon(deployment)
        asking = asyncio.gather(*(salon.ask(key="patience", email="ada@example.com") for _ in range(3)))
        await until(lambda: is_started(salon))
        assert not asking.done()
        async with deployment.worker():
            answers = await asking
        assert [201] * 3 == [answer.status_code for answer in answers]
        assert [salon.visit(answers[0]).ref.booking_id] == await salon.claims()


async def is_started(salon: Salon) -> bool:
    query = f"BusinessId = '{salon.business_id}'"
    return 1 == (await salon.deployment.temporal.count_workflows(query)).count
