"""Reminders: a sweep that Temporal starts every minute, and one short workflow for each message to a customer."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import ActivityError, WorkflowAlreadyStartedError
from temporalio.workflow import ActivityCancellationType

with workflow.unsafe.imports_passed_through():
    from activities.messages import MessageActivities, Reminded, reminder_message
    from activities.reminders import ReminderActivities
    from domain.reminders import Reminder
    from temporal import attributes
    from workflows.steps import in_database
    from workflows.telling import send

FIRST_TRY = timedelta(seconds=15)
PAGE = 200
PAGES = 20  # a run's history stays short; what is left waits for no minute but goes on at once


@workflow.defn
class RemindersSweepWorkflow:
    """Starts what is due. Whoever starts a reminder twice, here or on another worker, starts it once: its id is its own."""

    @workflow.run
    async def run(self) -> None:
        for _ in range(PAGES):
            due = await in_database(ReminderActivities.find_due_reminders, PAGE, summary="Find what is due")
            await asyncio.gather(*(_start(reminder) for reminder in due))
            if due:
                await in_database(ReminderActivities.mark_reminders_started, due, summary=f"{len(due)} started")
            if len(due) < PAGE:
                return
        workflow.continue_as_new()


async def _start(reminder: Reminder) -> None:
    business = SearchAttributePair(attributes.BUSINESS, str(reminder.booking.business_id))
    try:
        await workflow.start_child_workflow(
            ReminderWorkflow.run,
            reminder,
            id=reminder.workflow_id,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            search_attributes=TypedSearchAttributes([business]),
            static_summary=f"{reminder.minutes_before} minutes before",
        )
    except WorkflowAlreadyStartedError:
        return  # by a sweep that was cut off before it could write that down


@workflow.defn
class ReminderWorkflow:
    """Sends one reminder by its channels, retrying until the appointment starts; none for a booking that is over.

    The first try is one local activity: a hundred thousand an hour leave no room for more. What it leaves is done by regular
    activities, each channel on its own.
    """

    @workflow.run
    async def run(self, reminder: Reminder) -> None:
        reminded = await self._try_once(reminder)
        if not reminded.left or reminded.until is None:
            return
        within = reminded.until - workflow.now()
        if within > timedelta(0):
            message = reminder_message(reminder)
            await asyncio.gather(*(send(message, channel, within) for channel in reminded.left))
        await in_database(ReminderActivities.drop_reminder, reminder, summary="Done")

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
        except ActivityError:  # our own database, or a carrier that hangs: from here on with patience
            until = await in_database(ReminderActivities.read_reminder_deadline, reminder, summary="Is it still wanted?")
            return Reminded(until, reminder.channels)
