"""What a booking's histories hold: how many events, of which shape, and what Temporal Cloud would bill for them.

Billable actions are counted by Temporal's own list (https://docs.temporal.io/cloud/actions):

- a workflow started, also by continue-as-new;
- a timer started, also the one behind a wait with a timeout;
- an upsert of search attributes, one a command;
- a signal; an update that was accepted, in addition to the start where it came with one;
- an activity started, and once more for each retry;
- all markers of one workflow task together, which is how local activities are recorded;
- a heartbeat that reached the server. Those are not in the history: the bench reads them from the server's own `action` counter.

Left out because a booking of this kind has none: queries, resets, child workflows, Nexus, rejected updates. A workflow task
that is kept alive for a slow local activity would be one more and is not counted.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

Shape = Counter[str]

ONE_ACTION_EACH = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_TIMER_STARTED,
        EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    }
)
UNDECIDED = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    }
)
WORKFLOW_TASKS = "WORKFLOW_TASK_"  # how many depends on what happens to finish at once


@dataclass(frozen=True, slots=True)
class Told:
    """The history of one booking, all of its runs together."""

    events: int
    actions: int
    shape: Shape


async def read(client: Client, workflow_id: str) -> Told:
    """Follows the booking back from its latest run, which must be about to wait for something, to its first."""
    run_id: str = (await client.get_workflow_handle(workflow_id).describe()).run_id or ""
    run = await _at_rest(client, workflow_id, run_id)
    events, actions = [*run], actions_in(run)
    while run_id := run[0].workflow_execution_started_event_attributes.continued_execution_run_id:
        run = await _events(client, workflow_id, run_id)
        events += run
        actions += actions_in(run)
    return Told(len(events), actions, shape_of(events))


async def _at_rest(client: Client, workflow_id: str, run_id: str) -> Sequence[HistoryEvent]:
    """The history as it is when no workflow task is open."""
    while (events := await _events(client, workflow_id, run_id))[-1].event_type in UNDECIDED:
        await asyncio.sleep(0.05)
    return events


async def _events(client: Client, workflow_id: str, run_id: str) -> Sequence[HistoryEvent]:
    return (await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()).events


def actions_in(run: Sequence[HistoryEvent]) -> int:
    """Billable actions of one run that its history shows; see the module."""
    markers = {event.marker_recorded_event_attributes.workflow_task_completed_event_id for event in run if _is_marker(event)}
    tries = sum(event.activity_task_started_event_attributes.attempt for event in run if _is_started_activity(event))
    return sum(event.event_type in ONE_ACTION_EACH for event in run) + len(markers) + tries


def shape_of(events: Iterable[HistoryEvent]) -> Shape:
    """How often each kind of event occurs, but for the workflow tasks that carry them."""
    names = (EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in events)
    return Counter(name for name in names if not name.startswith(WORKFLOW_TASKS))


def differences(saga: Sequence[Told], noop: Sequence[Told]) -> list[str]:
    """In words, what any saga among these has more or less of than any no-op; empty when all are of one shape."""
    found = {
        f"{name}: {ours[name]} in the saga, {theirs[name]} in the no-op"
        for ours in (told.shape for told in saga)
        for theirs in (told.shape for told in noop)
        for name in ours.keys() | theirs.keys()
        if ours[name] != theirs[name]
    }
    return sorted(found)


def _is_marker(event: HistoryEvent) -> bool:
    return event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED


def _is_started_activity(event: HistoryEvent) -> bool:
    return event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
