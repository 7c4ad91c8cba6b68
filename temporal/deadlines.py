"""Ends local activities when their time is over.

The SDK (seen with temporalio 1.35) does not look at a local activity's schedule-to-close timeout before it tries again, so
one that fails for good would be tried for good. And when a try runs out of time the workflow goes on, while the try itself is
let finish (see heartbeats.py): a hold that hung would be written after its workflow had ended, and nobody would ever end it.
So a try is cut a little before its time is over, and its transaction rolled back before the workflow hears of it.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

CUT_AT = 0.9
"""Of the time that a try or the whole step has; the rest is for rolling back."""


class _Deadlines(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        if activity.info().attempt > 1 and _is_out_of_time(activity.info()):
            raise _time_is_over()
        try:
            async with asyncio.timeout(_seconds_left(activity.info())):
                return await super().execute_activity(input)
        except Exception as accident:
            is_final = isinstance(accident, ApplicationError) and accident.non_retryable
            if is_final or not _is_out_of_time(activity.info()):
                raise
            raise _time_is_over() from accident


def _is_out_of_time(info: activity.Info) -> bool:
    left = _left_of_all(info)
    return left is not None and left <= timedelta(0)


def _left_of_all(info: activity.Info) -> timedelta | None:
    within = info.schedule_to_close_timeout
    return info.scheduled_time + within * CUT_AT - datetime.now(UTC) if info.is_local and within is not None else None


def _seconds_left(info: activity.Info) -> float | None:
    """For this try. A first one is made however late it is."""
    of_one, of_all = info.start_to_close_timeout, _left_of_all(info)
    limits = [of_one * CUT_AT] if info.is_local and of_one is not None else []
    limits += [of_all] if of_all is not None and of_all > timedelta(0) else []
    return min(limits).total_seconds() if limits else None


def _time_is_over() -> ApplicationError:
    return ApplicationError("the time for this step is over", type="TimeIsOver", non_retryable=True)


class DeadlinesInterceptor(Interceptor):
    """Cuts a try of a local activity that is out of time, and makes that of one that has none left its last."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 (the SDK's name)
        return _Deadlines(next)
