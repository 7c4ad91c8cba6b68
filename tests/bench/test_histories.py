from __future__ import annotations

from collections import Counter

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import (
    ActivityTaskStartedEventAttributes,
    HistoryEvent,
    MarkerRecordedEventAttributes,
)

from bench.histories import Told, actions_in, differences, shape_of


def event(name: str) -> HistoryEvent:
    return HistoryEvent(event_type=EventType.Value(f"EVENT_TYPE_{name}"))


def marker(task: int) -> HistoryEvent:
    found = event("MARKER_RECORDED")
    found.marker_recorded_event_attributes.CopyFrom(MarkerRecordedEventAttributes(workflow_task_completed_event_id=task))
    return found


def started_activity(attempt: int) -> HistoryEvent:
    found = event("ACTIVITY_TASK_STARTED")
    found.activity_task_started_event_attributes.CopyFrom(ActivityTaskStartedEventAttributes(attempt=attempt))
    return found


@pytest.mark.parametrize(
    ("expected", "run"),
    [
        (1, [event("WORKFLOW_EXECUTION_STARTED")]),
        (1, [event("TIMER_STARTED"), event("TIMER_CANCELED")]),
        (1, [event("WORKFLOW_EXECUTION_UPDATE_ACCEPTED"), event("WORKFLOW_EXECUTION_UPDATE_COMPLETED")]),
        (2, [event("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"), event("WORKFLOW_EXECUTION_SIGNALED")]),
        (1, [marker(4), marker(4)]),
        (2, [marker(4), marker(9)]),
        (1, [event("ACTIVITY_TASK_SCHEDULED"), started_activity(1), event("ACTIVITY_TASK_COMPLETED")]),
        (3, [event("ACTIVITY_TASK_SCHEDULED"), started_activity(3), event("ACTIVITY_TASK_COMPLETED")]),
        (0, [event("WORKFLOW_TASK_SCHEDULED"), event("WORKFLOW_TASK_STARTED"), event("WORKFLOW_TASK_COMPLETED")]),
        (0, [event("WORKFLOW_EXECUTION_CONTINUED_AS_NEW")]),
    ],
    ids=[
        "a start",
        "a timer once",
        "an update once",
        "an upsert and a signal",
        "markers of one task together",
        "markers of two tasks apart",
        "an activity once",
        "each retry of an activity",
        "workflow tasks are free",
        "going on costs only the new start",
    ],
)
def test_actions_are_counted_as_they_are_billed(expected: int, run: list[HistoryEvent]) -> None:
    assert expected == actions_in(run)


def test_a_shape_leaves_out_the_workflow_tasks() -> None:
    tasks = [event("WORKFLOW_TASK_SCHEDULED"), event("WORKFLOW_TASK_STARTED")]
    assert Counter(TIMER_STARTED=2) == shape_of([event("TIMER_STARTED"), *tasks, event("TIMER_STARTED")])


def told(**shape: int) -> Told:
    return Told(sum(shape.values()), 0, Counter(shape))


def test_equal_shapes_do_not_differ() -> None:
    assert [] == differences([told(TIMER_STARTED=1)], [told(TIMER_STARTED=1), told(TIMER_STARTED=1)])


def test_one_booking_of_another_shape_is_found() -> None:
    found = differences([told(TIMER_STARTED=1), told(TIMER_STARTED=1, MARKER_RECORDED=1)], [told(TIMER_STARTED=1)])
    assert ["MARKER_RECORDED: 1 in the saga, 0 in the no-op"] == found
