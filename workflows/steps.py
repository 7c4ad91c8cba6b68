"""How the workflows run their activities: what is local, how long each is tried, and what may interrupt it.

Our own database is reached by local activities (about 2 ms of the server's CPU instead of 7), but for the first step of a
command; vendors by regular ones with heartbeats, some of them after one try in a local one. No step is abandoned half done: a
cancel waits for its end (WAIT_CANCELLATION_COMPLETED).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception
from temporalio.workflow import ActivityCancellationType

with workflow.unsafe.imports_passed_through():
    from activities.bookings import BookingActivities, Trouble
    from activities.errors import answer_in
    from domain.bookings import BookingRef
    from domain.errors import StepSettled, StepSkipped
    from workflows.under_way import times_cancelled, try_until_decided

T = TypeVar("T")

ONE_TRY = timedelta(seconds=20)
HEARTBEAT = timedelta(seconds=5)
QUICK = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_interval=timedelta(seconds=5))
QUICK_AT_FIRST = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_interval=timedelta(seconds=15))
"""For local steps: while each try leaves some six events in the history, a database may be away for a day and a half."""
HELD_BY_WORKER = timedelta(seconds=2)
"""A longer pause between two tries is the server's to wait for: a worker that keeps its workflow task open for it has one fewer
for others, and cannot end (https://github.com/temporalio/sdk-rust/issues/709)."""
PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


async def in_database(step: Callable[..., Awaitable[T]], arg: Any, *, summary: str, within: timedelta | None = None) -> T:
    """One transaction of ours; retried for good unless `within` says how long."""
    result: T = await workflow.execute_local_activity_method(
        step,
        arg,
        start_to_close_timeout=ONE_TRY,
        schedule_to_close_timeout=within,
        retry_policy=QUICK_AT_FIRST,
        local_retry_threshold=HELD_BY_WORKER,
        cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=summary,
    )
    return result


async def first_in_database(step: Callable[..., Awaitable[T]], arg: Any, *, summary: str) -> T:
    """The transaction with which a command begins; retried for good.

    A regular activity, since a local one runs before anybody has written down that the command came: were the server to die then,
    the command would be forgotten and its effect would stay, a cancelled booking whose money nobody gives back.
    """
    result: T = await workflow.execute_activity_method(
        step,
        arg,
        start_to_close_timeout=ONE_TRY,
        heartbeat_timeout=HEARTBEAT,
        retry_policy=QUICK,
        cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=summary,
    )
    return result


async def at_vendor(
    step: Callable[..., Awaitable[T]], arg: Any, *, summary: str, within: timedelta | None = None, name: str | None = None
) -> T:
    """One outside effect; retried through accidents for good unless `within` says how long. Operators know it by its `name`,
    the activity's where none is given: they may have it tried at once, and end some."""

    def begin(left: timedelta | None) -> asyncio.Task[T]:
        return workflow.start_activity_method(
            step,
            arg,
            start_to_close_timeout=ONE_TRY,
            schedule_to_close_timeout=left,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=PATIENT,
            cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=summary,
        )

    result: T = await try_until_decided(name or step.__name__.partition("_if_")[0].replace("_", "-"), within, begin)
    return result


async def once_locally(step: Callable[..., Awaitable[T]], arg: Any, *, summary: str, within: timedelta | None = None) -> T:
    """One try of an outside effect that is not money, in the worker that is at the workflow anyway.

    At a third of the cost of `at_vendor`, which goes on after an accident (see is_accident): trouble is waited for by the server.
    A worker that dies in it runs it again, so its repeat must do nothing. A cancel waits for its end, and rises then.
    """
    cancels_before = times_cancelled()
    try:
        result: T = await workflow.execute_local_activity_method(
            step,
            arg,
            start_to_close_timeout=min(within or ONE_TRY, ONE_TRY),
            retry_policy=RetryPolicy(maximum_attempts=1),
            cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=summary,
        )
    except FailureError as failure:  # a local activity's own, which no ActivityError wraps
        if times_cancelled() > cancels_before:
            raise asyncio.CancelledError from failure
        raise
    if times_cancelled() > cancels_before:  # it worked out all the same, but nothing is to follow
        raise asyncio.CancelledError
    return result


def is_accident(failure: FailureError) -> bool:
    """Whether it may work out at the next try: it was neither answered nor cancelled."""
    return not is_cancelled_exception(failure) and answer_in(failure) is None


async def uninterrupted(step: Callable[[], Awaitable[T]]) -> T:
    """Runs a step that must happen whatever comes: a cancel of the workflow only makes it start again."""
    while True:
        try:
            return await step()
        except (asyncio.CancelledError, FailureError) as failure:
            if not is_cancelled_exception(failure) or workflow.cancellation_reason() is None:
                raise  # also when the worker only evicts the workflow from its cache


async def until_done(task: asyncio.Task[T]) -> T:
    """Waits for work that goes on in a task of its own, which a cancel of the workflow does not reach."""
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if workflow.cancellation_reason() is None:
                raise  # the worker evicts the workflow from its cache
    return task.result()


async def ended(task: asyncio.Task[Any]) -> None:
    """Waits until a task that was cancelled has ended; how it did is of no interest any more."""
    await workflow.wait([task])
    if not task.cancelled():
        task.exception()  # or the log says that nobody asked


async def tell_trouble(booking: BookingRef, step: str, code: str) -> None:
    """Puts on the timeline that a step did not work out; what operators decided is there already."""
    if code in (StepSkipped.code, StepSettled.code):
        return
    trouble = Trouble(booking, step, code)
    await uninterrupted(lambda: in_database(BookingActivities.tell_trouble, trouble, summary=f"Tell: {step}, {code}"))
