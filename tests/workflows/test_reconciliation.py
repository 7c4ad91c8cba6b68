"""The nightly comparison as a workflow: it pages, resumes where it stopped, and may be cancelled anywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from temporalio.client import WorkflowFailureError, WorkflowHandle
from uuid_utils.compat import uuid7

from activities.reconciliation import Tally
from domain.bookings import BookingRef
from tests.orders import timeline_of
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running
from tests.workflows.test_cancelling import confirmed
from workflows.reconciliation import Reconcile, ReconciliationWorkflow

LAG = "UPDATE payments SET state = 'authorised' WHERE booking_id = $1"
FOR_GOOD = -1


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        yield system


async def begin(system: System, **changed: Any) -> WorkflowHandle[ReconciliationWorkflow, Tally]:
    workflow_id = f"reconciliation-{uuid7()}"
    system.workflow_ids.append(workflow_id)
    wish = Reconcile(quiet_seconds=0, **changed)
    queue = system.settings.task_queue
    return await system.client.start_workflow(ReconciliationWorkflow.run, wish, id=workflow_id, task_queue=queue)


async def state_of(system: System, booking: BookingRef) -> str:
    return str(await system.pool.fetchval("SELECT state FROM payments WHERE booking_id = $1", booking.booking_id))


async def test_it_goes_from_run_to_run_and_adds_up(system: System) -> None:
    booking = await confirmed(system)
    await system.pool.execute(LAG, booking.booking_id)
    handle = await begin(system, pages_a_run=1)
    tally = await handle.result()
    assert (2, {}, {}) == (tally.looked_at, tally.found, tally.at_risk)
    assert "captured" == await state_of(system, booking)
    runs = [run async for run in system.client.list_workflows(f"WorkflowId = '{handle.id}'")]
    assert 3 == len(runs), "our bookings, the vendor's payments, its refunds"


async def test_without_anything_in_its_input_it_looks_at_all(system: System) -> None:
    await confirmed(system)
    await system.pool.execute("UPDATE bookings SET price_amount = 2600")
    queue = system.settings.task_queue
    tally: Tally = await system.client.execute_workflow(ReconciliationWorkflow.run, id=f"night-{queue}", task_queue=queue)
    assert 1 <= tally.looked_at and {} == tally.found, "what changed within ten minutes is under way"


async def test_a_vendor_that_is_away_is_waited_for(system: System) -> None:
    booking = await confirmed(system)
    await system.pool.execute(LAG, booking.booking_id)
    system.payments.fail("find", 2)
    assert {} == (await (await begin(system)).result()).found
    assert 1 == (await timeline_of(system.pool, booking)).count("payment_reconciled")


async def test_cancelled_while_it_asks_it_ends_and_the_next_one_mends(system: System) -> None:
    booking = await confirmed(system)
    await system.pool.execute(LAG, booking.booking_id)
    system.payments.fail("find", FOR_GOOD)
    handle = await begin(system)
    await until(lambda: "find" in system.payments.faults.calls)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert "authorised" == await state_of(system, booking)
    system.payments.faults.planned.clear()
    await (await begin(system)).result()
    assert "captured" == await state_of(system, booking)
