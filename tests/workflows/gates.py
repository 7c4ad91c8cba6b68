"""Stops any activity of any booking just before or just after its effect, until a test lets it go on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from temporalio import activity, client, worker

Place = tuple[str, str, bool]
"""The workflow's id, the activity's name, and whether its effect has happened."""


@dataclass(slots=True)
class Gate:
    """`reached` is set when the activity waits there; set `opened` to let it go on."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)


class Gates(client.Interceptor, worker.Interceptor):
    """Given to a client, it is put around every activity of the workers that use it. Notes what was run, in order."""

    def __init__(self) -> None:
        self.gates: dict[Place, Gate] = {}
        self.seen: dict[str, list[str]] = {}

    def at(self, workflow_id: str, name: str, *, after: bool) -> Gate:
        """A closed gate at this place."""
        return self.gates.setdefault((workflow_id, name, after), Gate())

    def intercept_activity(self, next: worker.ActivityInboundInterceptor) -> worker.ActivityInboundInterceptor:  # noqa: A002 (the SDK's name)
        return _Gated(next, self)

    async def pass_through(self, name: str, *, after: bool) -> None:
        workflow_id = activity.info().workflow_id or ""
        if not after:
            self.seen.setdefault(workflow_id, []).append(name)
        gate = self.gates.get((workflow_id, name, after))
        if gate is not None and not gate.opened.is_set():
            gate.reached.set()
            await gate.opened.wait()


class _Gated(worker.ActivityInboundInterceptor):
    def __init__(self, next: worker.ActivityInboundInterceptor, gates: Gates) -> None:  # noqa: A002 (the SDK's name)
        super().__init__(next)
        self._gates = gates

    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        name = activity.info().activity_type
        await self._gates.pass_through(name, after=False)
        result = await super().execute_activity(input)
        await self._gates.pass_through(name, after=True)
        return result
