"""Each reminder goes out once, and none for a booking that is over."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from domain.bookings import BookingRef, BookingStatus
from domain.reminders import Reminder
from store import bookings
from temporal import schedules
from temporal.client import connect
from temporal.setup import register
from tests.fakes import Fault
from tests.orders import timeline_of
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running
from workflows.reminders import RemindersSweepWorkflow


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        await pool.execute("UPDATE services SET reminder_minutes = '{600, 300}'")
        yield system


async def confirmed(system: System) -> BookingRef:
    """Confirmed and told, with all its reminders due."""
    booking = await system.hold(system.shop.order())
    await system.commands.confirm(booking, "ok", None)
    await until(lambda: len(system.email.sent) == 1 and len(system.sms.sent) == 1)
    await system.pool.execute("UPDATE reminders SET due_at = now()")
    system.workflow_ids += [Reminder(booking, minutes).workflow_id for minutes in (600, 300)]
    return booking


async def sweep(system: System) -> None:
    workflow_id = f"sweep-{len(system.workflow_ids)}-{system.settings.task_queue}"
    system.workflow_ids.append(workflow_id)
    await system.client.execute_workflow(RemindersSweepWorkflow.run, id=workflow_id, task_queue=system.settings.task_queue)


def schedule_of(task_queue: str) -> str:
    (schedule_id,) = (name for name in schedules.all_of(task_queue) if "reminders" in name)
    return schedule_id


async def left(system: System) -> int:
    return int(await system.pool.fetchval("SELECT count(*) FROM reminders"))


async def test_what_is_due_is_sent_by_every_channel(system: System) -> None:
    booking = await confirmed(system)
    await sweep(system)
    await until(lambda: system.pool.fetchval("SELECT count(*) = 0 FROM reminders"))
    assert (3, 3) == (len(system.email.sent), len(system.sms.sent))
    assert 3 == len({sms.text for sms in system.sms.sent}), "each text must be recognisable as its own"
    sent = await system.pool.fetch("SELECT kind, channel FROM notifications WHERE kind LIKE 'reminder%' ORDER BY 1, 2")
    expected = [("reminder-300", "email"), ("reminder-300", "sms"), ("reminder-600", "email"), ("reminder-600", "sms")]
    assert expected == [tuple(row) for row in sent]
    assert 6 == (await timeline_of(system.pool, booking)).count("notification_sent")


async def test_two_sweeps_send_one(system: System) -> None:
    await confirmed(system)
    await sweep(system)
    await system.pool.execute("UPDATE reminders SET started_at = NULL")  # as if the first was cut off before it wrote that down
    await sweep(system)
    await until(lambda: system.pool.fetchval("SELECT count(*) = 0 FROM reminders WHERE started_at IS NOT NULL"))
    assert (3, 3) == (len(system.email.sent), len(system.sms.sent))


async def test_none_is_sent_for_a_booking_that_is_over(system: System) -> None:
    """C38."""
    booking = await confirmed(system)
    async with system.pool.acquire() as connection, connection.transaction():
        await bookings.move(connection, booking, BookingStatus.CANCELLED, key="cancelled", kind="cancelled")
    await sweep(system)
    assert (1, 1) == (len(system.email.sent), len(system.sms.sent))


async def test_none_is_sent_for_a_booking_that_ends_while_it_is_retried(system: System) -> None:
    """C38: a reminder for a cancelled booking."""
    booking = await confirmed(system)
    sent = len(system.email.sent) + len(system.sms.sent)
    system.email.fail(times=-1)
    system.sms.fail(times=-1)
    await sweep(system)
    # The confirmation, then the first try and one with patience of each reminder; another comes a second later.
    await until(lambda: len(system.email.faults.calls) >= 5 and len(system.sms.faults.calls) >= 5)
    async with system.pool.acquire() as connection, connection.transaction():
        await bookings.move(connection, booking, BookingStatus.CANCELLED, key="cancelled", kind="cancelled")
    system.email.faults.planned.clear()
    system.sms.faults.planned.clear()
    for workflow_id in (Reminder(booking, 600).workflow_id, Reminder(booking, 300).workflow_id):
        await system.client.get_workflow_handle(workflow_id).result()
    assert sent == len(system.email.sent) + len(system.sms.sent)


async def test_a_first_try_that_breaks_is_followed_by_others(system: System) -> None:
    """A local step's failure comes without an ActivityError around it; the reminder is not lost by that."""
    booking = await confirmed(system)
    system.email.faults.planned["send"] = Fault(lambda: RuntimeError("broken"), 2)
    await sweep(system)
    await until(lambda: len(system.email.sent) == 3)
    for minutes in (600, 300):
        await system.client.get_workflow_handle(Reminder(booking, minutes).workflow_id).result()
    assert 0 == await left(system)


async def test_a_failing_channel_keeps_none_of_the_others_waiting(system: System) -> None:
    await confirmed(system)
    system.email.fail(times=-1)
    await sweep(system)
    await until(lambda: len(system.sms.sent) == 3)
    system.email.fail(times=0)
    await until(lambda: len(system.email.sent) == 3)


async def test_registering_again_keeps_what_operators_made_of_the_schedule(database_url: str, temporal_server: str) -> None:
    settings = hasty_settings(database_url, temporal_server)
    await register(settings)
    client = await connect(settings)
    schedule_id = schedule_of(settings.task_queue)
    handle = client.get_schedule_handle(schedule_id)
    await handle.pause(note="while we look")
    await register(settings)
    described = await handle.describe()
    assert (True, "while we look") == (described.schedule.state.paused, described.schedule.state.note)
    assert 60 == described.schedule.spec.intervals[0].every.total_seconds()
    await handle.delete()


async def test_the_schedule_starts_the_sweep_that_the_worker_knows(system: System) -> None:
    booking = await confirmed(system)
    await register(system.settings)
    schedule_id = schedule_of(system.settings.task_queue)
    handle = system.client.get_schedule_handle(schedule_id)
    await handle.trigger()
    await until(lambda: system.pool.fetchval("SELECT count(*) = 0 FROM reminders"))
    await system.client.get_workflow_handle(Reminder(booking, 600).workflow_id).result()
    await handle.delete()
