"""No personal data in Temporal: what a booking leaves in its database is read raw, as somebody would who has only that."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import asyncpg
import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryRequest,
    QueryWorkflowRequest,
)

from api.commands.outcomes import Unavailable
from api.commands.through_temporal import TemporalCommands
from domain.bookings import BookingRef
from domain.errors import PaymentDeclined
from domain.payments import PaymentState
from tests.fakes import Fault
from tests.orders import ADA, TOMORROW, ref
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel

CARD = "pm_card_of_ada_4242"
REASON = "Ada is in hospital"
PERSONAL = (ADA.name, ADA.email, str(ADA.phone).removeprefix("+"), CARD, REASON)
SHOP = ("Salon Ada", "Grace", "g@example.com")
PATIENT: dict[str, object] = {"payment_seconds": 60, "hold_seconds": 300}  # a busy machine changes nothing
METADATA = "__temporal_workflow_metadata"


async def test_nothing_personal_is_left_in_temporal(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> None:
    async with running(hasty_settings(database_url, temporal_server, **PATIENT), pool) as system:
        assert [] == await told_about(system)


async def test_without_a_key_all_of_it_would_be(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> None:
    """The proof that the other test looks where it would be."""
    async with running(hasty_settings(database_url, temporal_server, payload_key=None, **PATIENT), pool) as system:
        assert list(PERSONAL) == await told_about(system)


async def told_about(system: System) -> list[str]:
    """What of the personal data Temporal has, after bookings that went in every way in which data gets there."""
    await system.pool.execute("UPDATE services SET reminder_minutes = '{60}'")
    confirmed = await confirm_after_a_mistake_that_names_the_card(system)
    await remind(system, confirmed)
    await cancel_after_a_decline(system)
    await be_refused_by_a_database_that_quotes_the_row(system)
    seen = await everything_in_temporal(system)
    for text in (confirmed.workflow_id, "payment-declined", "Authorise the payment", "Waits for the appointment"):
        assert text.encode() in seen  # operators do see what happens
    assert [] == [text for text in SHOP if text.encode() in seen]
    return [text for text in PERSONAL if text.encode().lower() in seen.lower()]


async def confirm_after_a_mistake_that_names_the_card(system: System) -> BookingRef:
    mistake = Fault(lambda: RuntimeError(f"No such payment_method: '{CARD}' of {ADA.email}"))
    system.payments.faults.planned["authorise"] = mistake
    booking = await system.hold(system.shop.order())
    await system.commands.confirm(booking, CARD, f"https://shop.example/{ADA.email}")
    assert (PaymentState.CAPTURED, 0) == (system.payments.only.state, mistake.times)
    await until(lambda: system.email.sent and system.sms.sent)
    return booking


async def remind(system: System, booking: BookingRef) -> None:
    await system.pool.execute("UPDATE reminders SET due_at = now()")
    queue = system.settings.task_queue
    await system.client.execute_workflow("RemindersSweepWorkflow", id=f"sweep-{queue}", task_queue=queue)
    await until(lambda: len(system.email.sent) == 2 and len(system.sms.sent) == 2)
    assert [booking.booking_id] == list(system.calendar.events)


async def cancel_after_a_decline(system: System) -> None:
    booking = await system.hold(system.shop.order(TOMORROW + timedelta(hours=1)))
    with pytest.raises(PaymentDeclined):
        await system.commands.confirm(booking, "declined", None)
    await system.becomes(booking, "pending")
    await system.commands.cancel(booking, Cancel(reason=REASON))


async def be_refused_by_a_database_that_quotes_the_row(system: System) -> None:
    await system.pool.execute("ALTER TABLE customers ADD CONSTRAINT nobody_in_french CHECK (locale <> 'fr') NOT VALID")
    order = system.shop.order(TOMORROW + timedelta(hours=2))
    order = dataclasses.replace(order, customer=dataclasses.replace(ADA, locale="fr"))
    impatient = TemporalCommands(system.client, system.settings.model_copy(update={"hold_seconds": 1}))
    with pytest.raises(Unavailable):
        await impatient.hold(order)
    await system.client.get_workflow_handle(ref(order).workflow_id).result()


async def everything_in_temporal(system: System) -> bytes:
    """Lists, descriptions with memo and search attributes, histories, details and summaries, as they are stored."""
    found = []
    async for run in system.client.list_workflows(f"TaskQueue = '{system.settings.task_queue}'"):
        found += [
            run.raw_info.SerializeToString(),
            *await _of_run(system, WorkflowExecution(workflow_id=run.id, run_id=run.run_id)),
        ]
    return b"\n".join(found)


async def _of_run(system: System, run: WorkflowExecution) -> list[bytes]:
    service, namespace = system.client.workflow_service, system.client.namespace
    described = await service.describe_workflow_execution(DescribeWorkflowExecutionRequest(namespace=namespace, execution=run))
    history = await service.get_workflow_execution_history(
        GetWorkflowExecutionHistoryRequest(namespace=namespace, execution=run, maximum_page_size=10_000)
    )
    assert not history.next_page_token
    metadata = WorkflowQuery(query_type=METADATA)
    shown = await service.query_workflow(QueryWorkflowRequest(namespace=namespace, execution=run, query=metadata))
    return [described.SerializeToString(), history.SerializeToString(), shown.SerializeToString()]
