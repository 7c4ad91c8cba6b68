"""What a booking that goes well costs at Temporal, and what the Web UI's list says of it meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from bench.histories import read
from domain.bookings import BookingRef
from temporal import attributes
from tests.orders import timeline_of
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running

SHOP = "https://shop.example"


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    settings = hasty_settings(database_url, temporal_server, payment_seconds=20, calendar_seconds=20)
    async with running(settings, pool) as system:
        yield system


@pytest_asyncio.fixture
async def hasty(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    """With holds of two seconds."""
    async with running(hasty_settings(database_url, temporal_server, hold_seconds=2), pool) as system:
        yield system


async def shown(system: System, booking: BookingRef) -> str | None:
    described = await system.client.get_workflow_handle(booking.workflow_id).describe()
    return described.typed_search_attributes.get(attributes.STATUS)


async def test_a_paid_booking_costs_twelve_actions_until_it_is_told(system: System) -> None:
    booking = await system.hold(system.shop.order())
    await system.commands.confirm(booking, "ok", SHOP)
    await until(lambda: system.email.sent and system.sms.sent)
    told = await read(system.client, booking.workflow_id)
    assert (12, 2) == (told.actions, told.shape["ACTIVITY_TASK_SCHEDULED"])
    assert "confirmed" == await shown(system, booking)


async def test_a_booking_that_costs_nothing_begins_with_a_regular_activity(system: System) -> None:
    """All that follows is local: were it forgotten, nobody would know that the booking was confirmed."""
    booking = await system.hold(system.shop.order(paid=False))
    await system.commands.confirm(booking, None, None)
    await until(lambda: system.email.sent and system.sms.sent)
    told = await read(system.client, booking.workflow_id)
    assert (1, "confirmed") == (told.shape["ACTIVITY_TASK_SCHEDULED"], await shown(system, booking))


async def test_a_checkout_under_way_is_shown_as_confirming_when_its_hold_ends(hasty: System) -> None:
    booking = await hasty.hold(hasty.shop.order())
    hasty.payments.fail("capture", 0, slow=4.0)
    confirming = asyncio.create_task(hasty.commands.confirm(booking, "ok", SHOP))

    async def is_shown() -> bool:
        return "confirming" == await shown(hasty, booking)

    await until(is_shown)
    await confirming
    await hasty.becomes(booking, "confirmed")


async def test_what_the_first_try_leaves_is_sent_by_channels_of_their_own(system: System) -> None:
    system.email.fail(times=1)
    booking = await system.hold(system.shop.order())
    await system.commands.confirm(booking, "ok", SHOP)
    await until(lambda: system.email.sent and system.sms.sent)
    assert (1, 1) == (len(system.email.sent), len(system.sms.sent))
    told = await read(system.client, booking.workflow_id)
    assert 3 == told.shape["ACTIVITY_TASK_SCHEDULED"]  # the money's two, and the e-mail


async def test_a_calendar_that_fails_once_is_written_by_a_regular_activity(system: System) -> None:
    system.calendar.fail("write")
    booking = await system.hold(system.shop.order())
    await system.commands.confirm(booking, "ok", SHOP)
    assert booking.booking_id in system.calendar.events
    assert "calendar_written" in await timeline_of(system.pool, booking)
