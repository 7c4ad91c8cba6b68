"""What we write down of calendars and messages: once, whatever is repeated."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from domain.bookings import BookingRef
from domain.messages import DeliveryState
from store import bookings, calendar_events, notifications
from store.calendar_events import WrittenEvent
from tests.orders import open_shop, ref, timeline_of

SENT = DeliveryState.SENT
GOOGLE = WrittenEvent("google", "g@example.com")


@pytest.fixture
async def booking(shared_pool: asyncpg.Pool) -> BookingRef:
    order = (await open_shop(shared_pool)).order()
    await bookings.hold(shared_pool, order, timedelta(minutes=5))
    return ref(order)


async def event_of(pool: asyncpg.Pool, booking: BookingRef) -> tuple[str, str] | None:
    row = await pool.fetchrow("SELECT state, vendor_id FROM calendar_events WHERE booking_id = $1", booking.booking_id)
    return (row["state"], row["vendor_id"]) if row else None


async def test_an_event_is_written_once_and_deleted_once(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    for _ in range(2):
        await calendar_events.save_written(shared_pool, booking, GOOGLE, "event")
    assert ("written", "event") == await event_of(shared_pool, booking)
    for _ in range(2):
        await calendar_events.save_deleted(shared_pool, booking)
    assert ("deleted", "event") == await event_of(shared_pool, booking)
    assert ["held", "calendar_written", "calendar_deleted"] == await timeline_of(shared_pool, booking)


async def test_deleting_what_was_never_written_tells_nothing(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    await calendar_events.save_deleted(shared_pool, booking)
    assert await event_of(shared_pool, booking) is None
    assert ["held"] == await timeline_of(shared_pool, booking)


async def test_an_event_written_again_stands_again(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    await calendar_events.save_written(shared_pool, booking, GOOGLE, "event")
    await calendar_events.save_deleted(shared_pool, booking)
    await calendar_events.save_written(shared_pool, booking, GOOGLE, "another")
    assert ("written", "another") == await event_of(shared_pool, booking)


async def test_a_message_is_settled_by_channel_and_kind(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    await notifications.note(shared_pool, booking, "confirmation", "email", SENT, vendor_id="<1@example.com>")
    settled = {
        (kind, channel): not await notifications.begin_try(shared_pool, booking, kind, channel)
        for kind in ("confirmation", "reminder-60")
        for channel in ("email", "sms")
    }
    assert {("confirmation", "email")} == {message for message, is_settled in settled.items() if is_settled}


async def test_a_refused_message_is_settled_too_and_its_refusal_stays(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    await notifications.note(shared_pool, booking, "confirmation", "sms", DeliveryState.REFUSED, code=21610)
    await notifications.note(shared_pool, booking, "confirmation", "sms", SENT, vendor_id="SM1")
    assert not await notifications.begin_try(shared_pool, booking, "confirmation", "sms")
    row = await shared_pool.fetchrow("SELECT state, code FROM notifications WHERE booking_id = $1", booking.booking_id)
    assert row is not None and ("refused", "21610") == (row["state"], row["code"])
    assert ["held", "notification_refused"] == await timeline_of(shared_pool, booking)


async def test_of_many_notes_at_once_one_is_kept_and_told(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    saving = (notifications.note(shared_pool, booking, "confirmation", "email", SENT, vendor_id=f"<{n}@x>") for n in range(8))
    await asyncio.gather(*saving)
    assert 1 == await shared_pool.fetchval("SELECT count(*) FROM notifications WHERE booking_id = $1", booking.booking_id)
    assert ["held", "notification_sent"] == await timeline_of(shared_pool, booking)


async def test_news_that_overtook_others_is_not_taken_back(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    for state in (DeliveryState.QUEUED, DeliveryState.DELIVERED, DeliveryState.SENT, DeliveryState.QUEUED):
        await notifications.note(shared_pool, booking, "confirmation", "sms", state, vendor_id="SM1")
    (found,) = await notifications.list_notifications(shared_pool, booking)
    assert "delivered" == found.state
    assert ["held", "notification_queued", "notification_delivered"] == await timeline_of(shared_pool, booking)


async def test_what_no_carrier_has_taken_is_listed_and_sent_again(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    """C39: no way to see what was sent."""
    await notifications.begin_try(shared_pool, booking, "confirmation", "sms")
    assert await notifications.begin_try(shared_pool, booking, "confirmation", "sms")
    assert ["queued"] == [found.state for found in await notifications.list_notifications(shared_pool, booking)]
    assert ["held"] == await timeline_of(shared_pool, booking)
    await notifications.note(shared_pool, booking, "confirmation", "sms", DeliveryState.QUEUED, vendor_id="SM1")
    assert not await notifications.begin_try(shared_pool, booking, "confirmation", "sms")
    assert ["held", "notification_queued"] == await timeline_of(shared_pool, booking)
