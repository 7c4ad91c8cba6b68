"""Reminders live and die with the booking they belong to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from activities.bookings import BookingActivities
from domain.bookings import BookingRef, BookingStatus
from domain.messages import Channel
from domain.reminders import MessageSettings, QuietHours, Reminder
from store import bookings, reminders
from store.message_settings import set_message_settings
from tests.orders import Shop, open_shop, ref


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> Shop:
    shop = await open_shop(pool)
    await pool.execute("UPDATE services SET reminder_minutes = '{1440, 60}' WHERE business_id = $1", shop.business_id)
    return shop


async def confirmed(pool: asyncpg.Pool, shop: Shop, starts_in: timedelta) -> BookingRef:
    order = shop.order(datetime.now(UTC) + starts_in)
    await bookings.hold(pool, order, timedelta(minutes=5))
    await move(pool, ref(order), BookingStatus.CONFIRMING)
    await move(pool, ref(order), BookingStatus.CONFIRMED)
    return ref(order)


async def move(pool: asyncpg.Pool, booking: BookingRef, target: BookingStatus) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await bookings.move(connection, booking, target, key=target.value, kind=target.value)


async def planned(pool: asyncpg.Pool, booking: BookingRef) -> dict[int, datetime]:
    rows = await pool.fetch("SELECT minutes_before, due_at FROM reminders WHERE booking_id = $1", booking.booking_id)
    return {row["minutes_before"]: row["due_at"] for row in rows}


async def test_each_offset_is_due_so_long_before_the_start(pool: asyncpg.Pool, shop: Shop) -> None:
    booking = await confirmed(pool, shop, timedelta(days=3))
    starts_at = await pool.fetchval("SELECT starts_at FROM bookings WHERE id = $1", booking.booking_id)
    assert {1440: starts_at - timedelta(days=1), 60: starts_at - timedelta(hours=1)} == await planned(pool, booking)


async def test_an_offset_that_is_over_when_the_booking_is_made_is_skipped(pool: asyncpg.Pool, shop: Shop) -> None:
    """C37: the day-before reminder sent at once for a booking of today."""
    assert {60} == (await planned(pool, await confirmed(pool, shop, timedelta(hours=5)))).keys()


async def test_a_held_booking_has_none(pool: asyncpg.Pool, shop: Shop) -> None:
    order = shop.order()
    await bookings.hold(pool, order, timedelta(minutes=5))
    assert {} == await planned(pool, ref(order))


@pytest.mark.parametrize("target", [BookingStatus.CANCELLED, BookingStatus.COMPLETED, BookingStatus.NO_SHOW])
async def test_they_are_gone_with_the_booking(pool: asyncpg.Pool, shop: Shop, target: BookingStatus) -> None:
    booking = await confirmed(pool, shop, timedelta(days=3))
    await move(pool, booking, target)
    assert {} == await planned(pool, booking)
    assert None is await reminders.wanted_until(pool, Reminder(booking, 60))


async def test_a_cancelled_appointment_is_a_later_state_of_it(pool: asyncpg.Pool, shop: Shop) -> None:
    """A calendar drops an entry only for a SEQUENCE that is not older than its own."""
    booking = await confirmed(pool, shop, timedelta(days=3))
    assert 0 == await pool.fetchval("SELECT sequence FROM bookings WHERE id = $1", booking.booking_id)
    await move(pool, booking, BookingStatus.CANCELLED)
    assert 1 == await pool.fetchval("SELECT sequence FROM bookings WHERE id = $1", booking.booking_id)


async def test_confirming_twice_plans_once(pool: asyncpg.Pool, shop: Shop) -> None:
    booking = await confirmed(pool, shop, timedelta(days=3))
    await BookingActivities(pool).confirm_booking(booking)
    assert 2 == len(await planned(pool, booking))


async def test_the_longest_due_are_found_first_and_only_until_they_are_started(pool: asyncpg.Pool, shop: Shop) -> None:
    booking = await confirmed(pool, shop, timedelta(days=3))
    assert [] == await reminders.find_due(pool, 10)
    await make_due(pool, booking, 1440, timedelta(minutes=2))
    await make_due(pool, booking, 60, timedelta(minutes=1))
    assert [Reminder(booking, 1440), Reminder(booking, 60)] == await reminders.find_due(pool, 10)
    assert [Reminder(booking, 1440)] == await reminders.find_due(pool, 1)
    await reminders.mark_started(pool, [Reminder(booking, 1440)])
    assert [Reminder(booking, 60)] == await reminders.find_due(pool, 10)


async def test_one_whose_appointment_has_begun_is_not_wanted(pool: asyncpg.Pool, shop: Shop) -> None:
    booking = await confirmed(pool, shop, timedelta(days=3))
    assert await reminders.wanted_until(pool, Reminder(booking, 60))
    await pool.execute(
        "UPDATE bookings SET starts_at = now() - interval '1 second', ends_at = now() + interval '1 hour' WHERE id = $1",
        booking.booking_id,
    )
    assert None is await reminders.wanted_until(pool, Reminder(booking, 60))


async def test_each_goes_by_its_own_channels(pool: asyncpg.Pool, shop: Shop) -> None:
    await pool.execute("UPDATE services SET reminder_channels = $1::jsonb WHERE id = $2", [["email"], ["sms"]], shop.service_id)
    booking = await confirmed(pool, shop, timedelta(days=3))
    await pool.execute("UPDATE reminders SET due_at = now() WHERE booking_id = $1", booking.booking_id)
    channels = {found.minutes_before: found.channels for found in await reminders.find_due(pool, 10)}
    assert {1440: (Channel.EMAIL,), 60: (Channel.SMS,)} == channels


async def test_in_quiet_hours_it_comes_at_their_start_or_not_at_all(pool: asyncpg.Pool, shop: Shop) -> None:
    """Quiet from an hour before it would be due: sent then. Quiet since before the booking: not sent."""
    starts_at = (datetime.now(UTC) + timedelta(days=3)).replace(second=0, microsecond=0)
    due_at = (starts_at - timedelta(hours=1)).astimezone(ZoneInfo("Europe/London"))
    minute = due_at.hour * 60 + due_at.minute
    quiet = QuietHours((minute - 60) % 1440, (minute + 60) % 1440)
    await set_message_settings(pool, shop.business_id, MessageSettings("en", quiet))
    booking = await confirmed(pool, shop, starts_at - datetime.now(UTC))
    found = await planned(pool, booking)
    assert timedelta(hours=1, minutes=59) <= starts_at - found[60] <= timedelta(hours=2, minutes=1)
    await set_message_settings(pool, shop.business_id, MessageSettings("en", QuietHours((minute + 1) % 1440, minute)))
    soon = await confirmed(pool, shop, timedelta(hours=2))
    assert {} == await planned(pool, soon), "its hour before, and so the start of the quiet hours, is over"


async def test_a_moved_booking_is_reminded_of_its_new_time_again(pool: asyncpg.Pool, shop: Shop) -> None:
    booking = await confirmed(pool, shop, timedelta(days=3))
    await make_due(pool, booking, 1440, timedelta(minutes=1))
    (sent,) = await reminders.find_due(pool, 10)
    await reminders.drop(pool, sent)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "UPDATE bookings SET starts_at = starts_at + interval '2 days', ends_at = ends_at + interval '2 days',"
            " sequence = sequence + 1 WHERE id = $1",
            booking.booking_id,
        )
        await reminders.replan(connection, booking)
    starts_at = await pool.fetchval("SELECT starts_at FROM bookings WHERE id = $1", booking.booking_id)
    assert {1440: starts_at - timedelta(days=1), 60: starts_at - timedelta(hours=1)} == await planned(pool, booking)
    again = Reminder(booking, 1440, 1)
    assert None is await reminders.wanted_until(pool, sent) and await reminders.wanted_until(pool, again)
    assert sent.workflow_id != again.workflow_id, "the new one is sent although the old one was"


async def make_due(pool: asyncpg.Pool, booking: BookingRef, minutes_before: int, since: timedelta) -> None:
    await pool.execute(
        "UPDATE reminders SET due_at = now() - $3::interval WHERE booking_id = $1 AND minutes_before = $2",
        booking.booking_id,
        minutes_before,
        since,
    )
