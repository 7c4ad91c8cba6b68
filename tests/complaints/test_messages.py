"""What users of other booking systems complained of, as far as it is about what they were told. Each test cites its row.

More of the same rows, where the feature is tested:
C25: tests/activities/test_wording.py, tests/journeys/test_confirmed.py
C28: tests/activities/test_repeats.py, tests/journeys/test_confirmed.py
C32: tests/journeys/test_messages.py
C37, C38: tests/store/test_reminders.py, tests/workflows/test_reminders.py
C39: tests/api/test_messages.py, tests/store/test_outside.py
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.bookings import BookingRef, BookingStatus, OnCalendarFailure
from domain.messages import Email
from store import bookings
from store.notifications import list_notifications
from tests.orders import ref, timeline_of
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running
from workflows.reminders import RemindersSweepWorkflow


@pytest.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        yield system


async def confirmed(system: System, starts_in: timedelta = timedelta(days=3)) -> BookingRef:
    """Confirmed, and told by both channels."""
    starts_at = (datetime.now(UTC) + starts_in).replace(second=0, microsecond=0)
    booking = await system.hold(system.shop.order(starts_at))
    await system.commands.confirm(booking, "ok", None)
    await until(lambda: len(system.email.sent) == 1 and len(system.sms.sent) == 1)
    return booking


async def remind_of(system: System, *minutes: int) -> None:
    await system.pool.execute("UPDATE services SET reminder_minutes = $2 WHERE id = $1", system.shop.service_id, list(minutes))


async def sweep(system: System) -> None:
    workflow_id = f"sweep-{len(system.workflow_ids)}-{system.settings.task_queue}"
    system.workflow_ids.append(workflow_id)
    await system.client.execute_workflow(RemindersSweepWorkflow.run, id=workflow_id, task_queue=system.settings.task_queue)


async def counts(system: System) -> tuple[int, int]:
    return len(system.email.sent), len(system.sms.sent)


async def test_every_message_says_the_time_in_the_readers_zone_and_names_it(system: System) -> None:
    """C25: an e-mail in the host's zone, with no zone name."""
    await system.pool.execute("UPDATE providers SET timezone = 'Asia/Tokyo' WHERE id = $1", system.shop.provider_id)
    await confirmed(system)
    for message in (*system.email.sent, *system.sms.sent):
        assert re.search(r"\d\d:\d\d \(Europe/London\)", message.text)
        assert "Tokyo" not in message.text
    (email,) = system.email.sent
    assert isinstance(email, Email) and "(Europe/London)" in email.subject and "(Europe/London)" in str(email.html)


async def test_a_booking_is_written_once_to_each_target(system: System) -> None:
    """C28: an event on two calendars, and double mails. The calendar's first answer is lost, so it is written again."""
    system.calendar.fail("write", times=1, after=True)
    booking = await confirmed(system)
    assert [booking.booking_id] == list(system.calendar.events)
    assert (1, 1) == await counts(system)

    async def both_are_told() -> bool:
        return (await timeline_of(system.pool, booking)).count("notification_sent") == 2

    await until(both_are_told)
    assert 1 == (await timeline_of(system.pool, booking)).count("calendar_written")


async def test_when_the_calendar_fails_the_messages_go_out_and_the_timeline_says_so(system: System) -> None:
    """C32: the calendar failed, no e-mail came, and the booking looked fine."""
    system.calendar.fail("write", times=-1)
    order = system.shop.order()
    system.workflow_ids.append(ref(order).workflow_id)
    await system.commands.hold(order, OnCalendarFailure.CONFIRM_ANYWAY)
    await system.commands.confirm(ref(order), "ok", None)
    await until(lambda: len(system.email.sent) == 1 and len(system.sms.sent) == 1)
    assert "trouble" in await timeline_of(system.pool, ref(order))


async def test_when_the_mail_fails_the_text_goes_out_and_the_log_says_so(system: System) -> None:
    """C32."""
    system.email.fail(times=-1)
    booking = await system.hold(system.shop.order())
    await system.commands.confirm(booking, "ok", None)
    await until(lambda: len(system.sms.sent) == 1)

    async def states() -> dict[str, str]:
        return {one.channel: one.state for one in await list_notifications(system.pool, booking)}

    async def are_logged() -> bool:
        return await states() == {"email": "queued", "sms": "sent"}

    await until(are_logged)
    system.email.fail(times=0)

    async def has_come() -> bool:
        return (await states())["email"] == "sent"

    await until(has_come)


@pytest.mark.parametrize(("minutes", "due"), [(24 * 60, 0), (72 * 60, 0), (60, 1)])
async def test_a_reminder_whose_time_is_over_is_skipped(system: System, minutes: int, due: int) -> None:
    """C37: the 24-hour reminder sent at once, the 72-hour one for a booking of tomorrow."""
    await remind_of(system, minutes)
    booking = await confirmed(system, timedelta(hours=20))
    await sweep(system)
    assert (1, 1) == await counts(system)
    planned = await system.pool.fetchval("SELECT count(*) FROM reminders WHERE booking_id = $1", booking.booking_id)
    assert due == planned


async def test_a_cancelled_booking_is_not_reminded_of(system: System) -> None:
    """C38."""
    await remind_of(system, 1440, 60)
    booking = await confirmed(system)
    async with system.pool.acquire() as connection, connection.transaction():
        await bookings.move(connection, booking, BookingStatus.CANCELLED, key="cancelled", kind="cancelled")
    assert 0 == await system.pool.fetchval("SELECT count(*) FROM reminders WHERE booking_id = $1", booking.booking_id)
    await sweep(system)
    assert (1, 1) == await counts(system)


async def test_everything_that_was_sent_can_be_seen(system: System) -> None:
    """C39: no way to see what was sent."""
    await remind_of(system, 1440, 60)
    booking = await confirmed(system)
    await system.pool.execute("UPDATE reminders SET due_at = now() WHERE booking_id = $1", booking.booking_id)
    await sweep(system)
    await until(lambda: system.pool.fetchval("SELECT count(*) = 0 FROM reminders WHERE booking_id = $1", booking.booking_id))
    log = await list_notifications(system.pool, booking)
    expected: set[tuple[Any, ...]] = {
        (name, channel, "customer", "sent")
        for name in ("confirmation", "reminder-1440", "reminder-60")
        for channel in ("email", "sms")
    }
    assert expected == {(one.name, one.channel, one.recipient, one.state) for one in log}
    assert 6 == len(log) == (await timeline_of(system.pool, booking)).count("notification_sent")
