"""Webhooks out: a sweep that starts what is due, and one workflow for each event on its way to one endpoint."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from activities.webhooks import FindDue, Tried, TryDelivery, WebhookActivities
    from domain.webhooks import Delivery, queue_of
    from temporal import attributes
    from workflows.steps import HEARTBEAT, in_database

PAGE = 100
PAGES = 20  # a run's history stays short; what is left waits for no minute but goes on at once

ONE_TRY = timedelta(seconds=30)
AT_ONCE = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30))
"""For accidents of our own, such as a worker that dies; the receiver's are counted by the activity."""


@workflow.defn
class WebhooksSweepWorkflow:
    """Starts what is due. Any number of sweeps may run at once: what is started twice is started once, its id is its own."""

    @workflow.run
    async def run(self) -> None:
        for _ in range(PAGES):
            due = await in_database(WebhookActivities.find_due_webhooks, FindDue(PAGE), summary="Find what is due")
            await asyncio.gather(*(_start(delivery) for delivery in due))
            if not due:
                return
            await in_database(WebhookActivities.mark_webhooks_started, due, summary=f"{len(due)} started")
        workflow.continue_as_new()


@workflow.defn
class WebhooksTidyWorkflow:
    """Drops what is older than the log is kept."""

    @workflow.run
    async def run(self) -> None:
        await in_database(WebhookActivities.forget_old_webhooks, FindDue(10_000), summary="Forget what is old")


async def _start(delivery: Delivery) -> None:
    business = SearchAttributePair(attributes.BUSINESS, str(delivery.business_id))
    try:
        await workflow.start_child_workflow(
            WebhookWorkflow.run,
            delivery,
            id=delivery.workflow_id,
            # One that an operator has ended may be started again; one that is done may not.
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            search_attributes=TypedSearchAttributes([business]),
        )
    except WorkflowAlreadyStartedError:
        return  # by another sweep, or by the event before it


@workflow.defn
class WebhookWorkflow:
    """One event to one endpoint, tried for days; ends when it is taken, refused for good, replaced or given up."""

    @workflow.run
    async def run(self, delivery: Delivery) -> None:
        tries = delivery.tries
        while True:
            tried = await self._try(delivery, tries + 1)
            tries = tried.tries
            if tried.then is not None:
                await _start(tried.then)
            if tried.again_in_seconds is None:
                return
            await self._wait(tried.again_in_seconds)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(replace(delivery, tries=tries))

    async def _try(self, delivery: Delivery, number: int) -> Tried:
        """On a task queue of its own: slow receivers use up no place where bookings are worked at."""
        return await workflow.execute_activity_method(
            WebhookActivities.send_webhook,
            TryDelivery(delivery, number),
            task_queue=queue_of(workflow.info().task_queue),
            start_to_close_timeout=ONE_TRY,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=AT_ONCE,
            summary=f"Try {number}",
        )

    async def _wait(self, seconds: float) -> None:
        """A tenth more or less, so that what failed together does not come back together."""
        pause = seconds * workflow.random().uniform(0.9, 1.1)
        workflow.set_current_details(f"Tried; again after {(workflow.now() + timedelta(seconds=pause)).isoformat()}")
        await workflow.sleep(pause, summary="Until the next try")
