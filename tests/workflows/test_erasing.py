"""Whoever is erased is gone from Temporal as well, and its workflows go on and replay without them (C49)."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta

import asyncpg

from domain.bookings import ERASED, Actor, BookingRef
from store.appointments import read_appointment
from store.customers import know, seal_words
from store.erasing import erase
from store.tenants import of_business
from tests.orders import ADA, TOMORROW
from tests.temporal.test_privacy import PERSONAL, everything_in_temporal
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel

SAID = "Ada is in hospital"
CARD = "pm_card_visa"
PATIENT: dict[str, object] = {"payment_seconds": 60, "hold_seconds": 300, "payload_key": None}


async def booked(system: System, hours: int) -> BookingRef:
    """As the API does it: by reference."""
    pool = system.pools[0]
    with of_business(system.shop.business_id):
        who = await know(pool, system.shop.business_id, ADA)
        order = dataclasses.replace(system.shop.order(TOMORROW + timedelta(hours=hours)), customer=None, customer_id=who.id)
        booking = await system.hold(order)
        await system.commands.confirm(booking, CARD, None)
        return booking


async def cancelled(system: System, booking: BookingRef) -> asyncio.Task[None]:
    """It is; whoever asked may still wait for the refund."""
    with of_business(system.shop.business_id):
        words = await seal_words(system.pools[0], booking, SAID)
    asking = asyncio.create_task(system.commands.cancel(booking, Cancel(Actor.STAFF, words)))
    await system.becomes(booking, "cancelled")
    return asking


async def test_a_closed_and_an_open_workflow_go_on_without_the_person(
    database_url: str, temporal_server: str, pool: asyncpg.Pool
) -> None:
    """Even to somebody with the codec's key, which is left out here, Temporal never knew who they were; `running` replays."""
    async with running(hasty_settings(database_url, temporal_server, **PATIENT), pool) as system:
        closed, still_open = await booked(system, 0), await booked(system, 1)
        await until(lambda: len(system.email.sent) >= 2)  # both were told
        await (await cancelled(system, closed))
        await system.client.get_workflow_handle(closed.workflow_id).result()
        system.payments.fail("refund", 100)
        asking = await cancelled(system, still_open)
        key = await pool.fetchval("SELECT id FROM customer_keys")
        with of_business(system.shop.business_id):
            await erase(system.pools[0], system.shop.business_id, key, system.settings.token_secret.get_secret_value())
        assert ERASED == (await read_appointment(pool, closed)).customer
        system.payments.fail("refund", 0)  # the open one has its refund still to make
        await asking
        await system.client.get_workflow_handle(still_open.workflow_id).result()
        assert [2500, 2500] == [one.refunded for one in system.payments.payments.values()]
        seen = await everything_in_temporal(system)
        assert still_open.workflow_id.encode() in seen
        assert [] == [text for text in (ADA.name, ADA.email, SAID, PERSONAL[2]) if text.encode().lower() in seen.lower()]
