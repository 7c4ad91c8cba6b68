"""Starts a sweep of the webhooks, or of another outbox, as soon as there is something to tell, rather than at the next minute."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

log = logging.getLogger("slotkeeper.webhooks")

LOOK_EVERY = 0.5  # seconds
AFTER_AN_ACCIDENT = 5.0


@dataclass(frozen=True, slots=True)
class Sweep:
    """A workflow that tells what there is, and what it is called."""

    workflow: str
    name: str
    summary: str


WEBHOOKS = Sweep("WebhooksSweepWorkflow", "webhooks-prompt-sweep", "Starts the webhooks that are due")
PEOPLE_MAILS = Sweep("PeopleMailsWorkflow", "people-mails-prompt", "Sends the mails to people that are due")


async def start_sweeps(client: Client, task_queue: str, has_news: Callable[[], Awaitable[bool]], sweep: Sweep = WEBHOOKS) -> None:
    """Runs until it is cancelled. While one sweep runs no other is started, by this worker or another.

    An accident only delays it: the schedule's sweep comes each minute.
    """
    while True:
        try:
            if await has_news():
                await _start(client, task_queue, sweep)
            await asyncio.sleep(LOOK_EVERY)
        except Exception as accident:
            log.warning("%s waits for the schedule's: %s", sweep.workflow, type(accident).__name__)
            await asyncio.sleep(AFTER_AN_ACCIDENT)


async def _start(client: Client, task_queue: str, sweep: Sweep) -> None:
    await client.start_workflow(
        sweep.workflow,
        id=f"{task_queue}-{sweep.name}",
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        execution_timeout=timedelta(minutes=10),
        static_summary=sweep.summary,
    )
