"""Whether workflows have come to rest: ended, or waiting for a time or a command with nothing under way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

AT_ONCE = 16
LOOK_EVERY = 0.5
QUIET_FOR = 1.5
"""Seconds without anything new: longer than a waitlist's breath between two looks."""


class Resting:
    """Looks at workflows until all rest; an accident on the way is a reason to look again."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._limit = asyncio.Semaphore(AT_ONCE)

    async def wait(self, workflow_ids: Iterable[str], until: float) -> list[str]:
        """Those that do not rest at `until` (of time.monotonic()), with what they are at."""
        quiet = await asyncio.gather(*(self._rests(one, until) for one in workflow_ids))
        return [told for told in quiet if told]

    async def _rests(self, workflow_id: str, until: float) -> str:
        length, since, told = -1, time.monotonic(), "it was not looked at"
        while time.monotonic() < until:
            found = await self._look(workflow_id)
            if found is None:
                return ""
            now_long, told = found
            if now_long != length or told:
                length, since = now_long, time.monotonic()
            elif time.monotonic() - since >= QUIET_FOR:
                return ""
            await asyncio.sleep(LOOK_EVERY)
        return f"{workflow_id}: {told or 'something new again and again'}"

    async def _look(self, workflow_id: str) -> tuple[int, str] | None:
        """How long its history is and what it is at; None where it has ended."""
        async with self._limit:
            try:
                description = (await self._client.get_workflow_handle(workflow_id).describe()).raw_description
            except RPCError as fault:
                if fault.status is RPCStatusCode.NOT_FOUND:
                    return None
                return -1, fault.status.name
        info = description.workflow_execution_info
        if info.HasField("close_time"):
            return None
        doing = [one.activity_type.name for one in description.pending_activities]
        if description.HasField("pending_workflow_task"):
            doing.append("a workflow task")
        return info.history_length, ", ".join(doing)
