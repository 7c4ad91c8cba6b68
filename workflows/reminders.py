"""Reminders: a sweep that Temporal starts every minute, and one short workflow for each message to a customer."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from activities.messages import SendMessage
    from activities.reminders import ReminderActivities
    from domain.messages import MessageKind
    from domain.reminders import Reminder
    from temporal import attributes
    from workflows.steps import in_database
    from workflows.telling import send

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
    """Sends one reminder by every channel, retrying until the appointment starts; none for a booking that is over."""

    @workflow.run
    async def run(self, reminder: Reminder) -> None:
        starts_at = await in_database(ReminderActivities.read_reminder_deadline, reminder, summary="Is it still wanted?")
        left = starts_at - workflow.now() if starts_at else timedelta(0)
        if left > timedelta(0):
            await asyncio.gather(*(send(_message(reminder), channel, left) for channel in reminder.channels))
        await in_database(ReminderActivities.drop_reminder, reminder, summary="Done")


def _message(reminder: Reminder) -> SendMessage:
    return SendMessage(reminder.booking, MessageKind.REMINDER, sequence=reminder.sequence, minutes_before=reminder.minutes_before)
