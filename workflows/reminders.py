"""Reminders: a sweep that Temporal starts every minute, and one short workflow for each message to a customer."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception
from temporalio.workflow import ActivityCancellationType

with workflow.unsafe.imports_passed_through():
    from activities.messages import MessageActivities, Reminded, reminder_message
    from activities.reminders import ReminderActivities
    from domain.reminders import Reminder
    from workflows.steps import at_vendor, in_database, uninterrupted
    from workflows.telling import send

FIRST_TRY = timedelta(seconds=15)
PAGE = 100
PAGES = 20  # a run's history stays short; what is left waits for no minute but goes on at once


@workflow.defn
class RemindersSweepWorkflow:
    """Starts what is due. Two sweeps at once, here or on another worker, start each reminder once."""

    @workflow.run
    async def run(self) -> None:
        for _ in range(PAGES):
            started = await at_vendor(ReminderActivities.start_due_reminders, PAGE, summary="Start what is due")
            if started < PAGE:
                return
        workflow.continue_as_new()


@workflow.defn
class ReminderWorkflow:
    """Sends one reminder by its channels, retrying until the appointment starts; none for a booking that is over.

    The first try is one local activity: a hundred thousand an hour leave no room for more. What it leaves is done by regular
    activities, each channel on its own.
    """

    @workflow.run
    async def run(self, reminder: Reminder) -> None:
        try:
            is_dropped = await self._remind(reminder)
        except (asyncio.CancelledError, FailureError):
            if workflow.cancellation_reason() is None:
                raise
            is_dropped = False  # an operator does not want it sent any more
        if not is_dropped:
            await uninterrupted(lambda: in_database(ReminderActivities.drop_reminder, reminder, summary="Done"))

    async def _remind(self, reminder: Reminder) -> bool:
        """Whether the first try has done it all."""
        reminded = await self._try_once(reminder)
        if not reminded.left or reminded.until is None:
            return True
        if workflow.cancellation_reason() is not None:  # which the step let pass: it was not to be cut in the middle
            return False
        within = reminded.until - workflow.now()
        if within > timedelta(0):
            message = reminder_message(reminder)
            await asyncio.gather(*(send(message, channel, within, is_vital=False) for channel in reminded.left))
        return False

    async def _try_once(self, reminder: Reminder) -> Reminded:
        try:
            return await workflow.execute_local_activity_method(
                MessageActivities.remind,
                reminder,
                start_to_close_timeout=FIRST_TRY,
                retry_policy=RetryPolicy(maximum_attempts=1),
                cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary="Remind",
            )
        except FailureError as failure:  # our own database, or a carrier that hangs: from here on with patience
            if is_cancelled_exception(failure):
                raise
            until = await in_database(ReminderActivities.read_reminder_deadline, reminder, summary="Is it still wanted?")
            return Reminded(until, reminder.channels)
