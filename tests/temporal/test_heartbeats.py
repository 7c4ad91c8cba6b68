from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from temporal.heartbeats import HeartbeatsInterceptor
from tests.waiting import until

SHORT = timedelta(milliseconds=30)


class Innermost(ActivityInboundInterceptor):
    def __init__(self) -> None:
        """The last of the chain has no next."""

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        return await input.fn(*input.args)


async def beats_of(work: Callable[[list[object]], Awaitable[None]], silence: timedelta | None = SHORT) -> int:
    """How often the activity was said to be alive; the work is handed the beats so far."""
    beats: list[object] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *_: beats.append(None)
    environment.info = dataclasses.replace(environment.info, heartbeat_timeout=silence)
    chain = HeartbeatsInterceptor().intercept_activity(Innermost())

    async def attempt() -> None:
        await chain.execute_activity(ExecuteActivityInput(work, [beats], None, {}))

    await environment.run(attempt)
    return len(beats)


async def test_a_long_activity_is_said_to_be_alive_again_and_again() -> None:
    async def until_third_beat(beats: list[object]) -> None:
        await until(lambda: len(beats) >= 3)

    assert 3 <= await beats_of(until_third_beat)


async def test_an_activity_that_is_done_before_its_first_beat_costs_none() -> None:
    async def quick(_: list[object]) -> None:
        await asyncio.sleep(0)

    assert 0 == await beats_of(quick, timedelta(hours=1))


async def test_without_a_heartbeat_timeout_nobody_waits_for_beats() -> None:
    async def slow(_: list[object]) -> None:
        await asyncio.sleep(0.05)

    assert 0 == await beats_of(slow, None)
