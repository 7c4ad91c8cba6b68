"""What each story is played on: a database, a Temporal server, and systems whose vendors are fakes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from temporalio.client import Client, WorkflowExecution, WorkflowHistory

from tests.histories.saved import type_of, was_terminated
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running


@dataclass(frozen=True, slots=True)
class Ground:
    """A database of the story's own, and a task queue that is named after it."""

    database_url: str
    temporal_address: str
    pool: asyncpg.Pool

    @asynccontextmanager
    async def system(self, **changes: object) -> AsyncIterator[System]:
        """As in the tests of workflows, but that what its workflows carry can be read."""
        settings = hasty_settings(self.database_url, self.temporal_address, **(READABLE | changes))
        async with running(settings, self.pool) as system:
            yield system
            await come_to_rest(system)

    async def histories(self, client: Client, workflow_type: str) -> list[WorkflowHistory]:
        """Of all runs of this type that the story has left, the oldest first."""
        queue = hasty_settings(self.database_url, self.temporal_address).task_queue
        query = f"TaskQueue = '{queue}' AND WorkflowType = '{workflow_type}'"
        runs = sorted([run async for run in client.list_workflows(query)], key=lambda run: (run.start_time, run.id))
        found = [await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history() for run in runs]
        return [history for history in found if type_of(history) == workflow_type and not was_terminated(history)]


READABLE: dict[str, object] = {"payload_key": None}

Play = Callable[[Ground], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Story:
    """One outcome of one type of workflow. `play` returns when it has come to that, or waits where the story ends."""

    workflow_type: str
    name: str
    play: Play

    def __str__(self) -> str:
        return f"{self.workflow_type}/{self.name}"


def with_system(act: Callable[[System], Awaitable[None]], **changes: object) -> Play:
    """Played with a system of these settings."""

    async def play(ground: Ground) -> None:
        async with ground.system(**changes) as system:
            await act(system)

    return play


def all_of(workflow_type: str, plays: Mapping[str, Play]) -> list[Story]:
    return [Story(workflow_type, name, play) for name, play in plays.items()]


async def come_to_rest(system: System) -> None:
    """Waits until no workflow of this system has done anything for a while."""
    lengths: list[dict[str, int | None]] = []

    async def is_quiet() -> bool:
        runs = system.client.list_workflows(f"TaskQueue = '{system.settings.task_queue}'")
        lengths.append({run.run_id: await _length(system, run) async for run in runs})
        return len(lengths) > 1 and lengths[-1] == lengths[-2]

    await until(is_quiet, seconds=30, every=0.7)


async def _length(system: System, run: WorkflowExecution) -> int:
    described = await system.client.get_workflow_handle(run.id, run_id=run.run_id).describe()
    return described.history_length
