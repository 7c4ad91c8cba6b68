"""A step at a vendor is known to be alive, and is never cut in the middle."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from temporal.heartbeats import HeartbeatsInterceptor
from tests.waiting import until

Work = Callable[[], Awaitable[Any]]


class Doing(ActivityInboundInterceptor):
    """The last of the chain does the work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        return await self._work()


class Step:
    """One step in an environment that counts its heartbeats."""

    def __init__(self, work: Work, timeout: timedelta | None = timedelta(seconds=0.06)) -> None:
        self.beats = 0
        self.environment = ActivityEnvironment()
        self.environment.info = dataclasses.replace(self.environment.info, heartbeat_timeout=timeout)
        self.environment.on_heartbeat = self._count
        self._chain = HeartbeatsInterceptor().intercept_activity(Doing(work))

    def _count(self, *_: Any) -> None:
        self.beats += 1

    async def run(self) -> Any:
        async def once() -> Any:
            return await self._chain.execute_activity(ExecuteActivityInput(once, [], None, {}))

        return await self.environment.run(once)


async def test_it_beats_while_it_works_and_not_afterwards() -> None:
    done = asyncio.Event()
    step = Step(done.wait)
    running = asyncio.create_task(step.run())
    await until(lambda: step.beats >= 3)
    done.set()
    assert await running is True
    beats = step.beats
    await asyncio.sleep(0.1)  # time for five more
    assert beats == step.beats


async def test_what_needs_no_heartbeat_has_none() -> None:
    step = Step(lambda: asyncio.sleep(0.05, "done"), timeout=None)
    assert ("done", 0) == (await step.run(), step.beats)


async def test_a_cancel_lets_the_work_finish_and_gives_its_outcome() -> None:
    begun, done = asyncio.Event(), asyncio.Event()

    async def work() -> str:
        begun.set()
        await done.wait()
        return "captured"

    step = Step(work)
    running = asyncio.create_task(step.run())
    await begun.wait()
    step.environment.cancel()
    await asyncio.sleep(0)
    beats = step.beats
    await until(lambda: step.beats > beats)  # still alive, and says so
    done.set()
    assert "captured" == await running


async def test_a_second_cancel_does_not_cut_it_either() -> None:
    """As when the booking was cancelled and then the worker is told to stop."""
    begun, done = asyncio.Event(), asyncio.Event()
    finished = []

    async def work() -> None:
        begun.set()
        await done.wait()
        finished.append("captured")

    step = Step(work)
    running = asyncio.create_task(step.run())
    await begun.wait()
    step.environment.cancel()
    await asyncio.sleep(0)
    for _ in range(2):
        running.cancel()
        await asyncio.sleep(0.01)
    assert not running.done()
    done.set()
    await asyncio.wait([running])
    assert ["captured"] == finished


async def test_a_cancel_lets_an_accident_be_told_as_what_it_is() -> None:
    begun, done = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await done.wait()
        raise ConnectionError("no answer")

    step = Step(work)
    running = asyncio.create_task(step.run())
    await begun.wait()
    step.environment.cancel()
    done.set()
    with pytest.raises(ConnectionError):
        await running


async def test_an_error_ends_the_heartbeats() -> None:
    async def work() -> None:
        await asyncio.sleep(0.05)
        raise ValueError

    step = Step(work)
    with pytest.raises(ValueError):
        await step.run()
    beats = step.beats
    assert beats
    await asyncio.sleep(0.1)
    assert beats == step.beats
