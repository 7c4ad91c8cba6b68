"""A local step that never works is given up in its time."""

from __future__ import annotations

import asyncio
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
from tests.waiting import until
from tests.workflows.system import hasty_settings, running


class Trying(ActivityInboundInterceptor):
    """The last of the chain: fails, or not, or hangs until it is cut."""

    def __init__(self, error: Exception | None, *, hangs: bool = False) -> None:
        self.error, self.hangs = error, hangs
        self.calls, self.is_cut = 0, False

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        self.calls += 1
        if self.hangs:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.is_cut = True
                raise
        if self.error is not None:
            raise self.error
        return "done"


async def run(
    trying: Trying,
    *,
    since: timedelta,
    within: timedelta | None,
    attempt: int = 1,
    is_local: bool = True,
    one_try: timedelta | None = None,
) -> Any:
    """One attempt of a step that was scheduled so long ago."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info,
        is_local=is_local,
        attempt=attempt,
        scheduled_time=datetime.now(UTC) - since,
        schedule_to_close_timeout=within,
        start_to_close_timeout=one_try,
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


async def test_a_try_that_hangs_is_cut_before_the_step_is_out_of_time() -> None:
    trying, began = Trying(None, hangs=True), asyncio.get_running_loop().time()
    with pytest.raises(ApplicationError) as last:
        await run(trying, since=timedelta(0), within=SECOND, one_try=HOUR)
    assert trying.is_cut and asyncio.get_running_loop().time() - began < 1
    assert (True, "TimeIsOver") == (last.value.non_retryable, last.value.type)


async def test_a_try_that_hangs_is_cut_in_its_own_time_and_made_again() -> None:
    trying = Trying(None, hangs=True)
    with pytest.raises(TimeoutError):
        await run(trying, since=timedelta(0), within=None, one_try=SECOND / 5)
    assert trying.is_cut


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


async def test_a_hold_that_hangs_is_not_written_when_its_booking_is_over(
    database_url: str, temporal_server: str, pool: asyncpg.Pool
) -> None:
    """Promise 5: nobody would ever end it."""
    async with running(hasty_settings(database_url, temporal_server, hold_seconds=1), pool) as system:
        lock = await asyncpg.connect(database_url)
        async with lock.transaction():
            await lock.execute("LOCK TABLE claims IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(Unavailable):
                await system.commands.hold(system.shop.order())

        async def is_idle() -> bool:
            busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
            return bool(1 == await lock.fetchval(busy))

        await until(is_idle)
        assert 0 == await lock.fetchval("SELECT count(*) FROM bookings")
        await lock.close()
