"""A local step that never works is given up in its time."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from api.commands.outcomes import Unavailable
from api.commands.through_temporal import TemporalCommands
from temporal.deadlines import DeadlinesInterceptor
from tests.orders import ref
from tests.workflows.system import hasty_settings, running


class Trying(ActivityInboundInterceptor):
    """The last of the chain: fails, or not."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.calls = 0

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        self.calls += 1
        if self.error is not None:
            raise self.error
        return "done"


async def run(trying: Trying, *, since: timedelta, within: timedelta | None, attempt: int = 1, is_local: bool = True) -> Any:
    """One attempt of a step that was scheduled so long ago."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info,
        is_local=is_local,
        attempt=attempt,
        scheduled_time=datetime.now(UTC) - since,
        schedule_to_close_timeout=within,
    )
    chain = DeadlinesInterceptor().intercept_activity(trying)

    async def once() -> Any:
        return await chain.execute_activity(ExecuteActivityInput(run, [], None, {}))

    return await environment.run(once)


SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


async def test_an_accident_in_time_is_tried_again() -> None:
    with pytest.raises(OSError, match="away"):
        await run(Trying(OSError("away")), since=SECOND, within=HOUR)


async def test_an_accident_out_of_time_is_the_last() -> None:
    with pytest.raises(ApplicationError) as last:
        await run(Trying(OSError("away")), since=HOUR, within=SECOND)
    assert (True, "TimeIsOver") == (last.value.non_retryable, last.value.type)
    assert isinstance(last.value.__cause__, OSError)


async def test_a_late_attempt_is_not_begun() -> None:
    trying = Trying(None)
    with pytest.raises(ApplicationError):
        await run(trying, since=HOUR, within=SECOND, attempt=2)
    assert 0 == trying.calls


async def test_a_first_attempt_is_made_however_late_it_is() -> None:
    assert "done" == await run(Trying(None), since=HOUR, within=SECOND)


async def test_an_answer_stays_what_it_is() -> None:
    with pytest.raises(ApplicationError) as answer:
        await run(Trying(ApplicationError("taken", type="slot-taken", non_retryable=True)), since=HOUR, within=SECOND)
    assert "slot-taken" == answer.value.type


@pytest.mark.parametrize(("within", "is_local"), [(None, True), (SECOND, False)])
async def test_other_steps_are_left_to_temporal(within: timedelta | None, is_local: bool) -> None:
    with pytest.raises(OSError, match="away"):
        await run(Trying(OSError("away")), since=HOUR, within=within, is_local=is_local)


async def test_a_hold_that_the_database_always_refuses_ends(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> None:
    """Promise 5, with a real server."""
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        await pool.execute("ALTER TABLE bookings ADD CONSTRAINT none_at_all CHECK (false) NOT VALID")
        impatient = TemporalCommands(system.client, system.settings.model_copy(update={"hold_seconds": 1}))
        order = system.shop.order()
        with pytest.raises(Unavailable):
            await impatient.hold(order)
        over = await system.client.get_workflow_handle(ref(order).workflow_id).result(rpc_timeout=timedelta(seconds=10))
        assert ("failed", False) == (over["status"], over["was_held"])
