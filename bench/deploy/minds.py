"""Which release each booking was held by, whether it went the way of that release, and whether any of its tasks failed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError

from bench.deploy.release import STEP

HARMLESS = {
    # News came while the task was being answered: the server asks once more, and nothing was decided twice.
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
}


@dataclass(frozen=True, slots=True)
class Mind:
    """What the histories of one booking tell. The workers are told by their process ids."""

    workflow_id: str
    held_by: int | None
    ended_by: int | None
    has_step: bool
    failures: tuple[str, ...]

    @property
    def is_crossing(self) -> bool:
        """Held by one release and confirmed by another."""
        return None not in (self.held_by, self.ended_by) and self.held_by != self.ended_by

    def faults(self, new: Collection[int]) -> Iterator[str]:
        """In words. `new` are the workers of the release with the step."""
        for failure in self.failures:
            yield f"{self.workflow_id}: a workflow task failed: {failure}"
        if self.held_by is None:
            yield f"{self.workflow_id}: its history tells of no hold"
        elif self.has_step != (self.held_by in new):
            began, took = "new" if self.held_by in new else "old", "with" if self.has_step else "without"
            yield f"{self.workflow_id}: began on the {began} release and went on {took} the step"


async def read(client: Client, workflow_id: str) -> Mind:
    """Follows a booking back from its latest run to its first."""
    runs: list[Sequence[HistoryEvent]] = []
    run_id: str | None = None
    try:
        while run_id != "":
            run = (await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()).events
            runs.append(run)
            run_id = run[0].workflow_execution_started_event_attributes.continued_execution_run_id
    except RPCError as fault:
        return Mind(workflow_id, None, None, has_step=False, failures=(f"it cannot be read: {fault.message}",))
    return mind_of(workflow_id, runs)


def mind_of(workflow_id: str, runs: Sequence[Sequence[HistoryEvent]]) -> Mind:
    """`runs` from the latest, which is the appointment where there is one, to the first, which is the checkout."""
    checkout = runs[-1]
    workers = {
        event.event_id: _pid(event.workflow_task_completed_event_attributes.identity)
        for event in checkout
        if event.HasField("workflow_task_completed_event_attributes")
    }
    held = [event.marker_recorded_event_attributes for event in checkout if event.HasField("marker_recorded_event_attributes")]
    steps = {
        event.activity_task_scheduled_event_attributes.activity_type.name
        for event in checkout
        if event.HasField("activity_task_scheduled_event_attributes")
    }
    holds = [workers.get(one.workflow_task_completed_event_id) for one in held if _is_hold(one)]
    failures = tuple(_failure(event) for run in runs for event in run if _is_failure(event))
    return Mind(
        workflow_id,
        next(iter(holds), None),
        list(workers.values())[-1] if workers else None,
        has_step=STEP in steps,
        failures=failures,
    )


def _is_hold(marker: object) -> bool:
    """The first local activity of a checkout is its hold; nobody can read its name where payloads are encrypted."""
    return getattr(marker, "marker_name", "") == "core_local_activity"


def _is_failure(event: HistoryEvent) -> bool:
    return (
        event.HasField("workflow_task_failed_event_attributes")
        and event.workflow_task_failed_event_attributes.cause not in HARMLESS
    )


def _failure(event: HistoryEvent) -> str:
    failed = event.workflow_task_failed_event_attributes
    cause = WorkflowTaskFailedCause.Name(failed.cause).removeprefix("WORKFLOW_TASK_FAILED_CAUSE_").lower()
    return f"{cause.replace('_', ' ')}: {failed.failure.message.partition(chr(10))[0][:160]}"


def _pid(identity: str) -> int | None:
    number = identity.partition("@")[0]
    return int(number) if number.isdecimal() else None
