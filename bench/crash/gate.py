"""The worker's side of a kill at an exact place: before it passes a boundary between two steps it says so and waits.

What one step is, nobody lists: it is whatever the workflows decide and the activities do, as it happens.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

from temporalio import activity
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Worker
from temporalio.worker import Interceptor as WorkerInterceptor

HOST = "127.0.0.1"
BEAT = 1.0
"""Seconds between two signs of life of an activity that waits at the gate: it is not dead, only not yet killed."""

NAMED_BY_TYPE = {"schedule_activity": "activity_type", "start_child_workflow_execution": "workflow_type"}
PLAIN = {
    "continue_as_new_workflow_execution": "to go on as another run",
    "complete_workflow_execution": "to end",
    "fail_workflow_execution": "to fail",
    "signal_external_workflow_execution": "to signal another workflow",
}


class Gate:
    """One connection to whoever controls the kills; without one, everything passes."""

    def __init__(self) -> None:
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, asyncio.Event] = {}
        self._numbers = count()
        self._reading: asyncio.Task[None] | None = None

    async def connect(self, port: int) -> None:
        reader, self._writer = await asyncio.open_connection(HOST, port)
        self._reading = asyncio.create_task(self._read(reader))

    def tell_parent(self, child: str, parent: str) -> None:
        self._send({"child": child, "parent": parent})

    async def passes(self, workflow_id: str, boundaries: Sequence[str], *, beats: bool = False) -> None:
        """Returns when the worker may go on from here."""
        if self._writer is None or not boundaries:
            return
        number, opened = next(self._numbers), asyncio.Event()
        self._waiting[number] = opened
        self._send({"number": number, "workflow": workflow_id, "at": boundaries})
        while not opened.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(opened.wait(), BEAT)
            if beats and not opened.is_set():
                activity.heartbeat()

    def _send(self, message: dict[str, Any]) -> None:
        if self._writer is not None:
            self._writer.write(json.dumps(message).encode() + b"\n")

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                if (opened := self._waiting.pop(int(line), None)) is not None:
                    opened.set()
        finally:
            self._writer = None
            for opened in self._waiting.values():
                opened.set()


class GatedActivities(ClientInterceptor, WorkerInterceptor):
    """Stops before an activity does anything, and when it has done it but nobody knows yet. Local ones too.

    It is given to the client, so that it stands outside of all interceptors of the product's worker.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 (the SDK's name)
        return _Gated(next, self._gate)


class _Gated(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, gate: Gate) -> None:
        super().__init__(following)
        self._gate = gate

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        info = activity.info()
        workflow_id, beats = info.workflow_id or "", info.heartbeat_timeout is not None
        await self._gate.passes(workflow_id, [f"before {info.activity_type}"], beats=beats)
        result = await super().execute_activity(input)
        await self._gate.passes(workflow_id, [f"after {info.activity_type}"], beats=beats)
        return result


def stand_before(worker: Worker, gate: Gate) -> None:
    """Stops when a workflow has decided on something and the server has not heard of it.

    The SDK offers no place for this, so it is done where the worker hands its decisions to the SDK's core.
    """
    core: Any = worker._bridge_worker
    poll, complete, names = core.poll_workflow_activation, core.complete_workflow_activation, {}

    async def polled() -> Any:
        activation = await poll()
        for job in activation.jobs:
            if job.HasField("initialize_workflow"):
                begun = job.initialize_workflow
                names[activation.run_id] = begun.workflow_id
                if begun.HasField("parent_workflow_info"):
                    gate.tell_parent(begun.workflow_id, begun.parent_workflow_info.workflow_id)
            elif job.HasField("remove_from_cache"):
                names.pop(activation.run_id, None)
        return activation

    async def completed(completion: Any) -> None:
        decided = [f"decides {one}" for one in _decisions(completion.successful.commands)]
        await gate.passes(names.get(completion.run_id, ""), decided)
        await complete(completion)

    core.poll_workflow_activation, core.complete_workflow_activation = polled, completed


def _decisions(commands: Sequence[WorkflowCommand]) -> Iterator[str]:
    """What of a workflow's commands is a step or an answer. A local activity is none: nobody hears of it before it is done."""
    for command in commands:
        variant = command.WhichOneof("variant") or ""
        told = getattr(command, variant, None)
        if variant in NAMED_BY_TYPE:
            yield str(getattr(told, NAMED_BY_TYPE[variant]))
        elif variant in PLAIN:
            yield PLAIN[variant]
        elif variant == "update_response" and told is not None and not told.HasField("accepted"):
            yield "on an answer"
