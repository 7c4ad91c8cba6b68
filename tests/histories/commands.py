"""What a workflow commanded in one run, as lines that people read: in order, without ids, times or payloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from domain.bookings import BookingStatus
from tests.histories.saved import payload_of, result_of

AGAIN = "… again"
"""Stands after what was done several times in a row: how often is a matter of time, or of how many there were."""
LONGEST_ROUND = 8

PATCHES = "TemporalChangeVersion"  # set by the SDK beside the marker of each patch

HAPPENS = {
    "workflow_execution_started",
    "workflow_execution_signaled",
    "workflow_execution_cancel_requested",
    "workflow_execution_terminated",
    "workflow_execution_options_updated",
    "workflow_task_scheduled",
    "workflow_task_started",
    "workflow_task_completed",
    "workflow_task_timed_out",
    "workflow_task_failed",
    "activity_task_started",
    "activity_task_completed",
    "activity_task_failed",
    "activity_task_timed_out",
    "activity_task_canceled",
    "timer_fired",
    "child_workflow_execution_started",
    "child_workflow_execution_completed",
    "child_workflow_execution_failed",
    "child_workflow_execution_canceled",
    "child_workflow_execution_timed_out",
    "child_workflow_execution_terminated",
    "start_child_workflow_execution_failed",
    "external_workflow_execution_signaled",
    "signal_external_workflow_execution_failed",
}
"""Events that come to a workflow. All others are what it commanded, and each of those has to be told in words here."""


def commands_of(history: WorkflowHistory) -> list[str]:
    """Every command of the run. Raises LookupError for an event that nobody has put into words yet."""
    names = {event.event_id: _name_in(event) for event in history.events}
    found: list[str] = []
    for event in history.events:
        kind = str(event.WhichOneof("attributes")).removesuffix("_event_attributes")
        if kind in HAPPENS:
            continue
        if kind not in SAID:
            raise LookupError(f"nothing here says what a {kind} is: add it to tests/histories/commands.py")
        found += SAID[kind](event, names)
    if (ended := result_of_run(history)) is not None:
        found.append(ended)
    return found


def folded(commands: Sequence[str]) -> list[str]:
    """What was done over and over, once: a round that follows upon itself is told once, and that it came again."""
    told: list[str] = []
    at = 0
    while at < len(commands):
        length, times = _round_at(commands, at)
        told += commands[at : at + length]
        if times > 1:
            told.append(AGAIN)
        at += length * times
    return told


def _round_at(commands: Sequence[str], at: int) -> tuple[int, int]:
    for length in range(1, LONGEST_ROUND + 1):
        one, times = commands[at : at + length], 1
        while commands[at + length * times : at + length * (times + 1)] == one:
            times += 1
        if times > 1:
            return length, times
    return 1, 1


def result_of_run(history: WorkflowHistory) -> str | None:
    last = history.events[-1]
    if last.HasField("workflow_execution_completed_event_attributes"):
        payloads = last.workflow_execution_completed_event_attributes.result.payloads
        over = payload_of(payloads[0].data) if payloads else None
        is_told = isinstance(over, dict) and "status" in over
        return f"end: {', '.join(result_of(history) or ())}" if is_told else "end"
    return None


# ---- each kind of command in words; `names` are those of the events, by their ids

Names = dict[int, str]


def _name_in(event: HistoryEvent) -> str:
    """Of what later events point back to."""
    if event.HasField("activity_task_scheduled_event_attributes"):
        return event.activity_task_scheduled_event_attributes.activity_type.name
    if event.HasField("timer_started_event_attributes"):
        return str(payload_of(event.user_metadata.summary.data))
    if event.HasField("workflow_execution_update_accepted_event_attributes"):
        return event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name
    return ""


def _activity(event: HistoryEvent, names: Names) -> Iterator[str]:
    yield f"activity {names[event.event_id]}"


def _no_activity(event: HistoryEvent, names: Names) -> Iterator[str]:
    yield f"cancel activity {names[event.activity_task_cancel_requested_event_attributes.scheduled_event_id]}"


def _timer(event: HistoryEvent, names: Names) -> Iterator[str]:
    yield f"timer: {names[event.event_id]}"


def _no_timer(event: HistoryEvent, names: Names) -> Iterator[str]:
    yield f"cancel timer: {names[event.timer_canceled_event_attributes.started_event_id]}"


def _marker(event: HistoryEvent, names: Names) -> Iterator[str]:
    marker = event.marker_recorded_event_attributes
    if marker.marker_name == "core_patch":
        yield f"patch {payload_of(marker.details['patch-data'].payloads[0].data)['id']}"
        return
    if marker.marker_name != "core_local_activity":
        raise LookupError(f"nothing here says what a marker {marker.marker_name} is: add it to tests/histories/commands.py")
    name = payload_of(marker.details["data"].payloads[0].data)["activity_type"]
    yield f"local {name}, which fails{_type_of(marker.failure)}" if marker.HasField("failure") else f"local {name}"


def _upsert(event: HistoryEvent, names: Names) -> Iterator[str]:
    """Values only where they are a booking's status: all others are ids and times."""
    found = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
    told = {name: payload_of(payload.data) for name, payload in found.items() if name != PATCHES}
    if told:
        yield "upsert " + ", ".join(f"{name} {value}" if _is_status(value) else name for name, value in sorted(told.items()))


def _is_status(value: Any) -> bool:
    return isinstance(value, str) and value in set(BookingStatus)


def _take(event: HistoryEvent, names: Names) -> Iterator[str]:
    yield f"take {names[event.event_id]}"


def _answer(event: HistoryEvent, names: Names) -> Iterator[str]:
    done = event.workflow_execution_update_completed_event_attributes
    name = names[done.accepted_event_id]
    yield f"refuse {name}{_type_of(done.outcome.failure)}" if done.outcome.HasField("failure") else f"answer {name}"


def _child(event: HistoryEvent, names: Names) -> Iterator[str]:
    yield f"child {event.start_child_workflow_execution_initiated_event_attributes.workflow_type.name}"


def _signal(event: HistoryEvent, names: Names) -> Iterator[str]:
    yield f"signal {event.signal_external_workflow_execution_initiated_event_attributes.signal_name}"


def _go_on(event: HistoryEvent, names: Names) -> Iterator[str]:
    """With the status that the next run begins with, where it is given one."""
    next_run = event.workflow_execution_continued_as_new_event_attributes
    given = [payload_of(payload.data) for payload in next_run.search_attributes.indexed_fields.values()]
    yield " ".join(
        [f"go on as {next_run.workflow_type.name}", *(f"with BookingStatus {value}" for value in given if _is_status(value))]
    )


def _fail(event: HistoryEvent, names: Names) -> Iterator[str]:
    yield f"fail{_type_of(event.workflow_execution_failed_event_attributes.failure)}"


def _be_cancelled(event: HistoryEvent, names: Names) -> Iterator[str]:
    yield "end as cancelled"


def _end(event: HistoryEvent, names: Names) -> Iterator[str]:
    """Told by its result, see result_of_run."""
    yield from ()


def _type_of(failure: Any) -> str:
    """Of the innermost failure that has one."""
    told = ""
    while True:
        told = failure.application_failure_info.type or told
        if not failure.HasField("cause"):
            return f": {told}" if told else ""
        failure = failure.cause


SAID: dict[str, Callable[[HistoryEvent, Names], Iterator[str]]] = {
    "activity_task_scheduled": _activity,
    "activity_task_cancel_requested": _no_activity,
    "timer_started": _timer,
    "timer_canceled": _no_timer,
    "marker_recorded": _marker,
    "upsert_workflow_search_attributes": _upsert,
    "workflow_execution_update_accepted": _take,
    "workflow_execution_update_completed": _answer,
    "start_child_workflow_execution_initiated": _child,
    "signal_external_workflow_execution_initiated": _signal,
    "workflow_execution_continued_as_new": _go_on,
    "workflow_execution_failed": _fail,
    "workflow_execution_canceled": _be_cancelled,
    "workflow_execution_completed": _end,
}
