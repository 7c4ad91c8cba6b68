"""Mails to people about their accounts: a sweep that sends what is due, started by each worker as soon as there is any."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.workflow import ActivityCancellationType

with workflow.unsafe.imports_passed_through():
    from activities.people_mails import PeopleMailActivities
    from workflows.steps import HEARTBEAT, PATIENT

PAGE = 20
PAGES = 50  # a run's history stays short; what is left waits for no minute but goes on at once
ONE_PAGE = timedelta(minutes=5)


@workflow.defn
class PeopleMailsWorkflow:
    """Sends what is due. Two at once send each mail once; one that is lost leaves what it had in hand to the next."""

    @workflow.run
    async def run(self) -> None:
        for _ in range(PAGES):
            looked_at = await workflow.execute_activity_method(
                PeopleMailActivities.send_people_mails,
                PAGE,
                start_to_close_timeout=ONE_PAGE,
                heartbeat_timeout=HEARTBEAT,
                retry_policy=PATIENT,
                cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary="Send what is due",
            )
            if looked_at < PAGE:
                return
        workflow.continue_as_new()
