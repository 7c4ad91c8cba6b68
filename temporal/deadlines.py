"""Ends local activities when their time is over.

The SDK (seen with temporalio 1.35) does not look at a local activity's schedule-to-close timeout before it tries again, so
one that fails for good would be tried for good.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor


class _Deadlines(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        if activity.info().attempt > 1 and _is_out_of_time(activity.info()):
            raise _time_is_over()
        try:
            return await super().execute_activity(input)
        except Exception as accident:
            is_final = isinstance(accident, ApplicationError) and accident.non_retryable
            if is_final or not _is_out_of_time(activity.info()):
                raise
            raise _time_is_over() from accident


def _is_out_of_time(info: activity.Info) -> bool:
    within = info.schedule_to_close_timeout
    return info.is_local and within is not None and datetime.now(UTC) >= info.scheduled_time + within


def _time_is_over() -> ApplicationError:
    return ApplicationError("the time for this step is over", type="TimeIsOver", non_retryable=True)


class DeadlinesInterceptor(Interceptor):
    """Makes the accident of a local activity that is out of time the last one."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 (the SDK's name)
        return _Deadlines(next)
