"""Wakes the waitlists as soon as time is freed: the database knows it, whichever way it came."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from temporal import attributes

log = logging.getLogger("slotkeeper.waitlist")

LOOK_EVERY = 0.5  # seconds
AGAIN_AFTER = 15.0
"""Who was woken and has not looked by then is woken again."""
AFTER_AN_ACCIDENT = 5.0


class News(Protocol):
    """A line that has to be looked at; `stamp` is what has changed."""

    @property
    def business_id(self) -> UUID: ...
    @property
    def service_id(self) -> UUID: ...
    @property
    def stamp(self) -> str: ...


async def wake_waitlists(
    client: Client,
    task_queue: str,
    find_news: Callable[[], Awaitable[Sequence[News]]],
    message: Callable[[UUID, UUID], Any],
) -> None:
    """Runs until it is cancelled. Starts a service's workflow, or wakes the one that runs; several at once do no harm.

    `message` is what the workflow of this business's service is told. An accident only delays it.
    """
    woken: dict[UUID, tuple[str, float]] = {}
    while True:
        try:
            for news in await find_news():
                stamp, at = woken.get(news.service_id, ("", 0.0))
                if stamp != news.stamp or monotonic() - at > AGAIN_AFTER:
                    woken[news.service_id] = news.stamp, monotonic()
                    await _wake(client, task_queue, news, message(news.business_id, news.service_id))
            await asyncio.sleep(LOOK_EVERY)
        except Exception as accident:
            log.warning("waitlists wait until they look by themselves: %s", type(accident).__name__)
            await asyncio.sleep(AFTER_AN_ACCIDENT)


async def _wake(client: Client, task_queue: str, news: News, message: Any) -> None:
    await client.start_workflow(
        "WaitlistWorkflow",
        message,
        id=workflow_id(news.service_id),
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        start_signal="wake",
        start_signal_args=[message],
        search_attributes=TypedSearchAttributes([SearchAttributePair(attributes.BUSINESS, str(news.business_id))]),
        static_summary="Offers freed times to those who wait",
    )


def workflow_id(service_id: UUID) -> str:
    """One workflow for each service."""
    return f"waitlist-{service_id}"
