"""What Temporal recorded of a booking's saga."""

from __future__ import annotations

from temporalio.api.enums.v1 import EventType

from tests.journeys.salon import Visit


async def signals(visit: Visit) -> int:
    """How often a webhook reached the saga."""
    return await _count(visit, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)


async def timers_fired(visit: Visit) -> int:
    """How often the saga was woken by its own clock."""
    return await _count(visit, EventType.EVENT_TYPE_TIMER_FIRED)


async def _count(visit: Visit, kind: EventType.ValueType) -> int:
    """In the first run, which is the saga; the appointment is a run of its own."""
    handle = visit.salon.deployment.temporal.get_workflow_handle(visit.ref.workflow_id)
    first = (await handle.describe()).raw_description.workflow_execution_info.first_run_id
    saga = visit.salon.deployment.temporal.get_workflow_handle(visit.ref.workflow_id, run_id=first)
    return sum(event.event_type == kind for event in (await saga.fetch_history()).events)
