"""Cancelling a confirmed booking, with vendors that fail on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest
import pytest_asyncio
from temporalio.client import WorkflowUpdateFailedError

from api.commands.outcomes import BookingIsOver
from domain.bookings import Actor, BookingRef
from domain.errors import TransitionNotAllowed
from domain.messages import Email
from domain.payments import RefundState
from tests.orders import status_of, timeline_of
from tests.waiting import PATIENCE, until
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel, KeepAppointment, MarkNoShow, UnfinishedStep

BY_STAFF = Cancel(Actor.STAFF, "the heating is broken")
FOR_GOOD = -1


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        yield system


async def confirmed(system: System, *, method: str | None = "ok", paid: bool = True) -> BookingRef:
    booking = await system.hold(system.shop.order(paid=paid))
    await system.commands.confirm(booking, method if paid else None, "https://shop.example")
    await until(lambda: system.email.sent and system.sms.sent)
    handle = system.client.get_workflow_handle(booking.workflow_id)

    async def is_appointment() -> bool:
        return (await handle.describe()).workflow_type == "AppointmentWorkflow"

    await until(is_appointment)
    return booking


async def is_over(system: System, booking: BookingRef) -> None:
    over = await asyncio.wait_for(system.client.get_workflow_handle(booking.workflow_id).result(), PATIENCE)
    assert ("cancelled", "cancelled") == (over["status"], over["reason"])


async def refunds(system: System) -> list[tuple[str, int, str]]:
    rows = await system.pool.fetch("SELECT step, amount, state FROM refunds ORDER BY step")
    return [(row["step"], row["amount"], row["state"]) for row in rows]


async def left(system: System) -> tuple[int, int, int]:
    """Claims, reminders, events in the calendar."""
    counted = "SELECT (SELECT count(*) FROM claims), (SELECT count(*) FROM reminders)"
    claims, reminders = await system.pool.fetchrow(counted) or (0, 0)
    return claims, reminders, len(system.calendar.events)


async def test_cancelling_frees_the_time_and_gives_the_money_back(system: System) -> None:
    booking = await confirmed(system)
    await system.commands.cancel(booking, Cancel())
    assert "cancelled" == await status_of(system.pool, booking)
    await is_over(system, booking)
    assert ((0, 0, 0), [("cancel/0", 2500, "succeeded")]) == (await left(system), await refunds(system))
    assert 2500 == system.payments.only.refunded == await system.pool.fetchval("SELECT refunded FROM payments")
    told = await timeline_of(system.pool, booking)
    assert ["cancelled", "refund_requested", "payment_refunded"] == [
        kind for kind in told if kind in ("cancelled", "refund_requested", "payment_refunded")
    ]
    assert ["Cancelled"] * 2 == [
        mail.subject.split(":")[0] for mail in system.email.sent if isinstance(mail, Email) and "Cancel" in mail.subject
    ]


async def test_a_free_booking_is_cancelled_without_money(system: System) -> None:
    booking = await confirmed(system, paid=False)
    await system.commands.cancel(booking, Cancel())
    await is_over(system, booking)
    assert ([], {}) == (await refunds(system), system.payments.payments)


async def test_cancelling_twice_at_once_is_one_refund(system: System) -> None:
    booking = await confirmed(system)
    both = await asyncio.gather(system.commands.cancel(booking, Cancel()), system.commands.cancel(booking, BY_STAFF))
    assert 2 == len(both)
    await is_over(system, booking)
    assert [("cancel/0", 2500, "succeeded")] == await refunds(system)
    assert 1 == system.payments.faults.calls.count("refund")


async def test_with_the_vendor_down_the_time_is_free_at_once_and_the_refund_follows(system: System) -> None:
    booking = await confirmed(system)
    system.payments.fail("refund", FOR_GOOD)
    cancelling = asyncio.create_task(system.commands.cancel(booking, Cancel()))
    await system.becomes(booking, "cancelled")
    assert 0 == (await left(system))[0]
    await cancelling
    assert [("cancel/0", 2500, "requested")] == await refunds(system)
    system.payments.fail("refund", 0)
    await is_over(system, booking)
    assert [("cancel/0", 2500, "succeeded")] == await refunds(system)


async def test_a_refund_that_is_pending_is_looked_up_until_it_is_final(system: System) -> None:
    booking = await confirmed(system)
    system.payments.refund_result = RefundState.PENDING
    await system.commands.cancel(booking, Cancel())
    assert [("cancel/0", 2500, "pending")] == await refunds(system)
    assert 0 == await system.pool.fetchval("SELECT refunded FROM payments")
    system.payments.refund_result = RefundState.SUCCEEDED
    await system.client.get_workflow_handle(booking.workflow_id).signal("payment_changed")
    await is_over(system, booking)
    assert [("cancel/0", 2500, "succeeded")] == await refunds(system)


async def test_a_refund_that_fails_is_told_and_not_made_again(system: System) -> None:
    booking = await confirmed(system)
    system.payments.refund_result = RefundState.FAILED
    await system.commands.cancel(booking, Cancel())
    await is_over(system, booking)
    assert [("cancel/0", 2500, "failed")] == await refunds(system)
    assert "refund_failed" in await timeline_of(system.pool, booking)
    assert 1 == system.payments.faults.calls.count("refund")


async def test_a_calendar_that_is_down_holds_up_nothing_else(system: System) -> None:
    booking = await confirmed(system)
    system.calendar.fail("delete", 3)
    await system.commands.cancel(booking, Cancel())
    await until(lambda: system.pool.fetchval("SELECT state = 'succeeded' FROM refunds"))
    await is_over(system, booking)
    assert {} == system.calendar.events


async def test_temporals_own_cancel_does_not_end_an_appointment(system: System) -> None:
    booking = await confirmed(system)
    handle = system.client.get_workflow_handle(booking.workflow_id)
    await handle.cancel()
    await system.commands.cancel(booking, Cancel())
    await is_over(system, booking)
    assert [("cancel/0", 2500, "succeeded")] == await refunds(system)


async def test_what_is_over_takes_no_command(system: System) -> None:
    booking = await confirmed(system, paid=False)
    await system.commands.cancel(booking, Cancel())
    await is_over(system, booking)
    with pytest.raises((BookingIsOver, TransitionNotAllowed)):
        await system.commands.cancel(booking, Cancel())


async def test_a_long_history_is_followed_by_a_new_run_that_goes_on(system: System) -> None:
    """What the booking is and what is left to be done are handed on, and commands are taken as before."""
    system.email.fail(times=4)
    order = system.shop.order()
    booking = await system.hold(order)
    await system.commands.confirm(booking, "ok", "https://shop.example")
    handle = system.client.get_workflow_handle(booking.workflow_id)

    async def is_appointment() -> bool:
        return (await handle.describe()).workflow_type == "AppointmentWorkflow"

    await until(is_appointment)
    await handle.terminate("to begin again with runs that are short")
    keep = KeepAppointment(booking, order.starts_at, order.ends_at, (UnfinishedStep.EMAIL,), most_events=9)
    queue = system.settings.task_queue
    await system.client.start_workflow("AppointmentWorkflow", keep, id=booking.workflow_id, task_queue=queue)
    await until(lambda: system.email.sent)

    async def runs() -> int:
        return len([run async for run in system.client.list_workflows(f"WorkflowId = '{booking.workflow_id}'")])

    with pytest.raises(TransitionNotAllowed):
        await system.commands.mark_no_show(booking)  # it has not begun; but this run has now done enough
    await until(lambda: reached(runs, 4))
    cancelled = [Cancel(), BY_STAFF]
    await asyncio.gather(*(system.commands.cancel(booking, cancel) for cancel in cancelled))
    await is_over(system, booking)
    assert [("cancel/0", 2500, "succeeded")] == await refunds(system)


async def test_however_short_its_runs_are_each_gets_something_done(system: System) -> None:
    order = system.shop.order()
    booking = await system.hold(order)
    keep = KeepAppointment(booking, order.starts_at, order.ends_at, most_events=1)
    queue, kept_id = system.settings.task_queue, f"kept-{booking.booking_id}"
    handle = await system.client.start_workflow("AppointmentWorkflow", keep, id=kept_id, task_queue=queue)
    for _ in range(2):
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("no_show", MarkNoShow())  # it has not begun

    async def runs() -> int:
        return len([run async for run in system.client.list_workflows(f"WorkflowId = '{kept_id}'")])

    await until(lambda: reached(runs, 3))
    assert 3 == await runs(), "one after each command, and none after nothing"
    await handle.terminate("seen enough")


async def reached(count: Callable[[], Awaitable[int]], least: int) -> bool:
    return await count() >= least
