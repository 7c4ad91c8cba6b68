"""Keeps an activity known to be alive while it works, and never cuts it in the middle.

With a short heartbeat timeout a dead worker is noticed in seconds. A cancel reaches a heartbeating activity as
CancelledError in whatever it awaits; cut there, nobody would know whether the vendor acted, so the work is let finish.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor


class _Heartbeats(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        timeout = activity.info().heartbeat_timeout
        beats = asyncio.create_task(_beat(timeout.total_seconds() / 3)) if timeout else None
        work = asyncio.create_task(super().execute_activity(input))
        try:
            return await _finish(work)
        finally:
            if beats is not None:
                beats.cancel()


async def _finish(work: asyncio.Task[Any]) -> Any:
    """However often it is cancelled meanwhile: by the booking, and once more when the worker stops."""
    while not work.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(work)
    return work.result()


async def _beat(seconds: float) -> None:
    """Sleeps first: the start itself is a sign of life, and most activities are done before a beat is due.

    Each beat is a write of the server's and a billable action.
    """
    while True:
        await asyncio.sleep(seconds)
        activity.heartbeat()


class HeartbeatsInterceptor(Interceptor):
    """Heartbeats every activity that has a heartbeat timeout."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 (the SDK's name)
        return _Heartbeats(next)
