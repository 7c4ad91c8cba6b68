"""What Temporal starts by itself, and when."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)


def all_of(task_queue: str) -> dict[str, Schedule]:
    """The schedules of the deployment that works on this task queue, by id; others may share the namespace."""
    return {
        f"{task_queue}-reminders": _reminders(task_queue),
        f"{task_queue}-webhooks": _webhooks(task_queue),
        f"{task_queue}-webhooks-tidy": _tidy_webhooks(task_queue),
        f"{task_queue}-people-mails": _people_mails(task_queue),
        f"{task_queue}-reconciliation": _reconcile(task_queue),
    }


def _reminders(task_queue: str) -> Schedule:
    """Half a minute before each full one, at which most are due, for what is due until then.

    A sweep that takes longer is not joined by another, and of those missed only the last is made up.
    """
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "RemindersSweepWorkflow",
            id=f"{task_queue}-reminders-sweep",
            task_queue=task_queue,
            execution_timeout=timedelta(minutes=10),
            static_summary="Starts the reminders that are due",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(minutes=1), offset=timedelta(seconds=30))]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)),
    )


def _webhooks(task_queue: str) -> Schedule:
    """Every minute, for what the workers' own prompt sweeps have missed."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "WebhooksSweepWorkflow",
            id=f"{task_queue}-webhooks-sweep",
            task_queue=task_queue,
            execution_timeout=timedelta(minutes=10),
            static_summary="Starts the webhooks that are due",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(minutes=1))]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)),
    )


def _tidy_webhooks(task_queue: str) -> Schedule:
    """Every hour; what one run leaves, the next takes."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "WebhooksTidyWorkflow",
            id=f"{task_queue}-webhooks-tidy",
            task_queue=task_queue,
            execution_timeout=timedelta(minutes=10),
            static_summary="Drops webhooks that are older than their log is kept",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(hours=1))]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)),
    )


def _people_mails(task_queue: str) -> Schedule:
    """Every minute, for what the workers' own prompt starts have missed and for what is tried again."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "PeopleMailsWorkflow",
            id=f"{task_queue}-people-mails",
            task_queue=task_queue,
            execution_timeout=timedelta(minutes=10),
            static_summary="Sends the mails to people that are due",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(minutes=1), offset=timedelta(seconds=45))]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)),
    )


def _reconcile(task_queue: str) -> Schedule:
    """Every night at 03:10 UTC, and within the hour where that minute was missed; a long one is not joined by another."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "ReconciliationWorkflow",
            id=f"{task_queue}-reconciliation",
            task_queue=task_queue,
            execution_timeout=timedelta(hours=23),
            static_summary="Compares our bookings with the payment vendor's books",
        ),
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(3)], minute=[ScheduleRange(10)])]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(hours=1)),
    )


async def ensure(client: Client, schedule_id: str, schedule: Schedule) -> None:
    """Creates the schedule, or brings the one that is there to this release's; whether it is paused stays as it is."""

    def renewed(present: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = present.description.schedule.state
        return ScheduleUpdate(schedule)

    try:
        await client.create_schedule(schedule_id, schedule)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(schedule_id).update(renewed)
