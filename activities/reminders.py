"""What the reminders' workflows do to our own database."""

from __future__ import annotations

import asyncio
from datetime import datetime

import asyncpg
from temporalio import activity
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.reminders import Reminder
from store import reminders
from temporal import attributes

AT_ONCE = 25


class ReminderActivities:
    """Each is repeatable."""

    def __init__(self, pool: asyncpg.Pool, steward: asyncpg.Pool) -> None:
        self._pool = pool
        self._steward = steward

    @activity.defn
    async def start_due_reminders(self, limit: int) -> int:
        """Starts the workflows of what is due, the longest due first; returns how many, at least `limit` where more is due.

        Whoever starts a reminder twice, here or on another worker, starts it once: its id is its own.
        """
        started = 0
        while started < limit and (due := await reminders.find_due(self._steward, AT_ONCE)):
            await asyncio.gather(*(_start(reminder) for reminder in due))
            await reminders.mark_started(self._steward, due)
            started += len(due)
        return started

    @activity.defn
    async def read_reminder_deadline(self, reminder: Reminder) -> datetime | None:
        """When the appointment starts; None where there is nothing left to remind of."""
        return await reminders.wanted_until(self._pool, reminder)

    @activity.defn
    async def drop_reminder(self, reminder: Reminder) -> None:
        """The reminder is done."""
        await reminders.drop(self._pool, reminder)


async def _start(reminder: Reminder) -> None:
    """Begun by this very worker where it has room, without a way through the task queue."""
    business = SearchAttributePair(attributes.BUSINESS, str(reminder.booking.business_id))
    try:
        await activity.client().start_workflow(
            "ReminderWorkflow",
            reminder,
            id=reminder.workflow_id,
            task_queue=activity.info().task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            search_attributes=TypedSearchAttributes([business]),
            static_summary=f"{reminder.minutes_before} minutes before",
            request_eager_start=True,
        )
    except WorkflowAlreadyStartedError:
        return  # by a sweep that was cut off before it could write that down
