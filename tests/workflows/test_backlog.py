"""How long tasks wait for a worker, as Temporal tells it."""

from __future__ import annotations

from uuid import uuid4

from api.commands.through_temporal import TemporalCommands
from temporal.client import connect
from tests.waiting import until
from tests.workflows.system import hasty_settings


async def test_tasks_that_nobody_takes_are_a_backlog(database_url: str, temporal_server: str) -> None:
    settings = hasty_settings(database_url, temporal_server, task_queue=f"nobody-{uuid4().hex}")
    client = await connect(settings)
    commands = TemporalCommands(client, settings)
    assert await commands.backlog_seconds() == 0
    handle = await client.start_workflow("BookingWorkflow", id=f"waits-{uuid4().hex}", task_queue=settings.task_queue)
    try:

        async def waits() -> bool:
            return await commands.backlog_seconds() >= 1

        await until(waits)
    finally:
        await handle.terminate()
