"""Histories of workflows as they were once recorded: one gzipped JSON file each, in a folder named after the workflow's type."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

FOLDER = Path(__file__).with_name("saved")

# The machine that recorded them: who ran it, and where its files lay.
LEFT_OUT = {"stackTrace", "identity"}

BEGINS_A_TASK = {EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED}
ENDS_A_RUN = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
}


@dataclass(frozen=True, slots=True)
class Saved:
    """One run of a workflow. `name` is its outcome, or what it waits for."""

    path: Path

    @property
    def workflow_type(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        return self.path.name.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.workflow_type}/{self.name}"

    def read(self) -> WorkflowHistory:
        told = json.loads(gzip.decompress(self.path.read_bytes()))
        started = told["events"][0]["workflowExecutionStartedEventAttributes"]
        return WorkflowHistory.from_json(started["workflowId"], told)


def all_saved() -> list[Saved]:
    """In order of their names."""
    return [Saved(path) for path in sorted(FOLDER.glob("*/*.json.gz"))]


def save(history: WorkflowHistory, name: str, folder: Path = FOLDER) -> Path:
    """Writes one run, without what it tells of the machine that recorded it. The same history gives the same bytes."""
    events = [_plain(MessageToDict(event)) for event in _without_open_task(history.events)]
    path = folder / type_of(history) / f"{name}.json.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    told = json.dumps({"events": events}, sort_keys=True, separators=(",", ":"))
    path.write_bytes(gzip.compress(told.encode(), 9, mtime=0))
    return path


def type_of(history: WorkflowHistory) -> str:
    return history.events[0].workflow_execution_started_event_attributes.workflow_type.name


def has_ended(history: WorkflowHistory) -> bool:
    return history.events[-1].event_type in ENDS_A_RUN


def was_terminated(history: WorkflowHistory) -> bool:
    """From outside, and perhaps before it had decided anything."""
    return history.events[-1].event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED


def _without_open_task(events: Any) -> list[HistoryEvent]:
    """Up to what the workflow has decided last: replaying one that is cut off in the middle of a task never returns."""
    found = list(events)
    if found[-1].event_type in ENDS_A_RUN:
        return found
    while found and found[-1].event_type in BEGINS_A_TASK:
        found.pop()
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if key not in LEFT_OUT}
    return [_plain(one) for one in value] if isinstance(value, list) else value


# What a history says has happened, for those who count.


def payload_of(data: bytes) -> Any:
    return json.loads(data) if data else None


def activities_in(history: WorkflowHistory) -> Iterator[str]:
    """The names of the activities that were run, regular and local ones."""
    for event in history.events:
        if event.HasField("activity_task_scheduled_event_attributes"):
            yield event.activity_task_scheduled_event_attributes.activity_type.name
        if event.HasField("marker_recorded_event_attributes"):
            details = event.marker_recorded_event_attributes.details
            if "data" in details:
                yield str(payload_of(details["data"].payloads[0].data)["activity_type"])


def messages_in(history: WorkflowHistory) -> Iterator[str]:
    """The names of the updates and signals that were taken."""
    for event in history.events:
        if event.HasField("workflow_execution_update_accepted_event_attributes"):
            yield event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name
        if event.HasField("workflow_execution_signaled_event_attributes"):
            yield event.workflow_execution_signaled_event_attributes.signal_name


def timers_in(history: WorkflowHistory) -> Iterator[str]:
    """What each timer was for."""
    for event in history.events:
        if event.HasField("timer_started_event_attributes"):
            yield str(payload_of(event.user_metadata.summary.data))


def rests_in(history: WorkflowHistory) -> dict[str, float]:
    """What timers were for, and for how many seconds each ran at most; endless where it still did."""
    running: dict[int, tuple[str, float]] = {}
    found: dict[str, float] = {}
    for event in history.events:
        if event.HasField("timer_started_event_attributes"):
            running[event.event_id] = str(payload_of(event.user_metadata.summary.data)), event.event_time.ToNanoseconds() / 1e9
            continue
        ended = event.timer_fired_event_attributes.started_event_id or event.timer_canceled_event_attributes.started_event_id
        if ended in running:
            name, began = running.pop(ended)
            found[name] = max(found.get(name, 0.0), event.event_time.ToNanoseconds() / 1e9 - began)
    return found | {name: math.inf for name, _ in running.values()}


def result_of(history: WorkflowHistory) -> tuple[str, str] | None:
    """Status and reason of a booking's workflow that has ended."""
    ended = history.events[-1]
    if not ended.HasField("workflow_execution_completed_event_attributes"):
        return None
    payloads = ended.workflow_execution_completed_event_attributes.result.payloads
    over = payload_of(payloads[0].data) if payloads else None
    return (over["status"], over["reason"]) if over else None
