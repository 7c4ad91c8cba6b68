"""What a worker keeps for each appointment that waits: thousands do, for weeks."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio import workflow
from temporalio.api.common.v1 import Payloads
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.common import Priority, TypedSearchAttributes
from temporalio.converter import DefaultFailureConverter
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails

from bench.noop import NoAppointmentWorkflow
from domain.bookings import BookingRef
from temporal.client import PLAIN
from workflows.appointment import AppointmentWorkflow
from workflows.messages import KeepAppointment

FEW = 40
KILOBYTE = 1024
MOST_OF_OURS = 16.0
"""For one appointment, in kB more than for a workflow that only sleeps. Measured: 7, beside the SDK's own 15; a converter of
its own, which studies the types of its messages, is 50 more."""


def begin(kind: type, number: int) -> WorkflowInstance:
    """As the worker does when the first task comes; returns it as it then waits in memory."""
    definition = workflow._Definition.must_from_class(kind)
    now = datetime.now(UTC)
    info = workflow.Info(
        attempt=1,
        continued_run_id=None,
        cron_schedule=None,
        execution_timeout=None,
        first_execution_run_id="run",
        headers={},
        namespace="default",
        original_execution_run_id="run",
        parent=None,
        root=None,
        priority=Priority.default,
        raw_memo={},
        retry_policy=None,
        run_id=f"run-{number}",
        run_timeout=None,
        search_attributes={},
        start_time=now,
        task_queue="slotkeeper",
        task_timeout=timedelta(seconds=10),
        typed_search_attributes=TypedSearchAttributes.empty,
        workflow_id=f"booking-{number}",
        workflow_start_time=now,
        workflow_type=kind.__name__,
    )
    details = WorkflowInstanceDetails(
        payload_converter_factory=PLAIN.payload_converter_class,
        failure_converter_class=DefaultFailureConverter,
        interceptor_classes=[],
        defn=definition,
        info=info,
        randomness_seed=number,
        extern_functions={"__temporal_assert_local_activity_valid": lambda _: None},
        disable_eager_activity_execution=False,
        worker_level_failure_exception_types=[],
        patch_activation_callback=None,
        last_completion_result=Payloads(),
        last_failure=None,
    )
    activation = WorkflowActivation(run_id=info.run_id, history_length=3)
    activation.timestamp.FromDatetime(now)
    begun = activation.jobs.add().initialize_workflow
    keep = KeepAppointment(BookingRef(uuid4(), uuid4()), now + timedelta(days=7), now + timedelta(days=7, hours=1))
    begun.arguments.extend(PLAIN.payload_converter.to_payloads([keep]))

    async def create() -> WorkflowInstance:
        return UnsandboxedWorkflowRunner().create_instance(details)

    instance = asyncio.run(create())
    commands = list(instance.activate(activation).successful.commands)
    if commands[0].HasField("schedule_local_activity"):  # whom the no-op tells
        told = WorkflowActivation(run_id=info.run_id, history_length=3)
        resolved = told.jobs.add().resolve_activity
        resolved.seq, resolved.is_local = commands[0].schedule_local_activity.seq, True
        resolved.result.completed.result.CopyFrom(PLAIN.payload_converter.to_payload(None))
        commands = list(instance.activate(told).successful.commands)
    assert ["start_timer"] == [command.WhichOneof("variant") for command in commands], commands
    return instance


def kilobytes_each(kind: type) -> float:
    """Of Python's memory that stays, for each of a few that wait."""
    kept = [begin(kind, number) for number in range(3)]  # types are studied, caches find their size
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept += [begin(kind, number) for number in range(FEW)]
        gc.collect()
        return (tracemalloc.get_traced_memory()[0] - before) / FEW / KILOBYTE
    finally:
        tracemalloc.stop()


def test_an_appointment_keeps_little_more_than_a_workflow_that_only_sleeps() -> None:
    assert kilobytes_each(AppointmentWorkflow) - kilobytes_each(NoAppointmentWorkflow) < MOST_OF_OURS
