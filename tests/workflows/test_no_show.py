"""The end of an appointment: over, followed up, or a no-show with its fee."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
import pytest_asyncio

from api.commands.outcomes import BookingIsOver
from domain.bookings import BookingRef
from domain.errors import TransitionNotAllowed
from domain.payments import PaymentState
from domain.policies import NoShowPolicy, Policies
from tests.orders import status_of, timeline_of
from tests.waiting import PATIENCE, until
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel

FEE = NoShowPolicy(fee_percent=40, window=timedelta(hours=1))


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        yield system


async def now_on(
    system: System, policies: Policies, *, lasts: float = 60.0, begins: float = 0.0, save: bool = True, paid: bool = True
) -> BookingRef:
    """A confirmed booking whose time has just begun."""
    starts_at = datetime.now(UTC) + timedelta(seconds=begins)
    ends_at = starts_at + timedelta(seconds=lasts)
    order = dataclasses.replace(
        system.shop.order(starts_at, paid=paid), ends_at=ends_at, blocks_until=ends_at, policies=policies, saves_method=save
    )
    booking = await system.hold(order)
    await system.commands.confirm(booking, "ok" if paid else None, "https://shop.example")
    handle = system.client.get_workflow_handle(booking.workflow_id)

    async def is_appointment() -> bool:
        return (await handle.describe()).workflow_type == "AppointmentWorkflow"

    await until(is_appointment)
    return booking


async def ends(system: System, booking: BookingRef, status: str) -> None:
    over = await asyncio.wait_for(system.client.get_workflow_handle(booking.workflow_id).result(), PATIENCE)
    assert status == over["status"] == await status_of(system.pool, booking)


async def charges(system: System) -> list[tuple[str, int, str, str | None]]:
    rows = await system.pool.fetch("SELECT step, amount, state, decline_code FROM charges")
    return [(row["step"], row["amount"], row["state"], row["decline_code"]) for row in rows]


async def mails_of(system: System, kind: str) -> int:
    counted = "SELECT count(*) FROM notifications WHERE kind LIKE $1 AND channel = 'email'"
    return int(await system.pool.fetchval(counted, f"{kind}%"))


async def test_it_is_completed_when_its_time_is_over(system: System) -> None:
    booking = await now_on(system, Policies(no_show=NoShowPolicy(window=timedelta(seconds=1))), lasts=2)
    await ends(system, booking, "completed")
    assert 0 == await system.pool.fetchval("SELECT count(*) FROM claims")


async def test_whoever_came_gets_the_follow_up(system: System) -> None:
    policies = Policies(no_show=NoShowPolicy(window=timedelta(seconds=1)), follow_up=timedelta(seconds=2))
    booking = await now_on(system, policies, lasts=1)
    await ends(system, booking, "completed")
    assert 1 == await mails_of(system, "follow_up")


async def test_a_no_show_pays_its_fee_and_gets_no_follow_up(system: System) -> None:
    booking = await now_on(system, Policies(no_show=FEE, follow_up=timedelta(seconds=2)), lasts=2)
    await system.becomes(booking, "completed")
    await system.commands.mark_no_show(booking)
    await ends(system, booking, "no_show")
    assert [("no-show", 1000, "captured", None)] == await charges(system)
    assert (1, 0) == (await mails_of(system, "no_show"), await mails_of(system, "follow_up"))
    told = await timeline_of(system.pool, booking)
    assert ["no_show", "charge_requested", "charge_captured"] == [kind for kind in told if kind.startswith(("no_show", "charge"))]


async def test_a_no_show_may_be_seen_as_soon_as_the_appointment_has_begun(system: System) -> None:
    booking = await now_on(system, Policies(no_show=NoShowPolicy()), paid=False)
    await system.commands.mark_no_show(booking)
    await ends(system, booking, "no_show")
    assert ([], 0) == (await charges(system), await system.pool.fetchval("SELECT count(*) FROM claims"))


async def test_nobody_is_a_no_show_before_the_start(system: System) -> None:
    booking = await now_on(system, Policies(no_show=FEE), begins=600)
    with pytest.raises(TransitionNotAllowed):
        await system.commands.mark_no_show(booking)
    assert ("confirmed", []) == (await status_of(system.pool, booking), await charges(system))
    await system.commands.cancel(booking, Cancel())  # the refusal left it as it was
    await ends(system, booking, "cancelled")


async def test_nobody_becomes_a_no_show_after_the_window(system: System) -> None:
    booking = await now_on(system, Policies(no_show=NoShowPolicy(40, window=timedelta(seconds=1))), lasts=1)
    await ends(system, booking, "completed")
    with pytest.raises(BookingIsOver):
        await system.commands.mark_no_show(booking)
    assert [] == await charges(system)


@pytest.mark.parametrize(("save", "code"), [(True, "insufficient_funds"), (False, "no_saved_method")])
async def test_a_fee_that_is_declined_is_told_and_not_tried_again(system: System, save: bool, code: str) -> None:
    booking = await now_on(system, Policies(no_show=FEE), save=save)
    system.payments.charge_result = PaymentState.DECLINED
    await system.commands.mark_no_show(booking)
    await ends(system, booking, "no_show")
    assert [("no-show", 1000, "declined", code)] == await charges(system)
    assert "charge_declined" in await timeline_of(system.pool, booking)
    assert 1 == system.payments.faults.calls.count("charge")


async def test_saying_it_twice_at_once_is_one_fee(system: System) -> None:
    booking = await now_on(system, Policies(no_show=FEE))
    await asyncio.gather(system.commands.mark_no_show(booking), system.commands.mark_no_show(booking))
    await ends(system, booking, "no_show")
    assert 1 == len(system.payments.charges)


async def test_a_fee_follows_when_the_vendor_was_down(system: System) -> None:
    booking = await now_on(system, Policies(no_show=FEE))
    system.payments.fail("charge", 2, after=True)
    await system.commands.mark_no_show(booking)
    await ends(system, booking, "no_show")
    assert ([("no-show", 1000, "captured", None)], 1) == (await charges(system), len(system.payments.charges))


async def test_a_slow_bank_is_looked_at_until_it_knows(system: System) -> None:
    booking = await now_on(system, Policies(no_show=FEE))
    system.payments.charge_result = PaymentState.PROCESSING
    await system.commands.mark_no_show(booking)
    assert [("no-show", 1000, "processing", None)] == await charges(system)
    system.payments.charge_result = PaymentState.CAPTURED
    await system.client.get_workflow_handle(booking.workflow_id).signal("payment_changed")
    await ends(system, booking, "no_show")
    assert [("no-show", 1000, "captured", None)] == await charges(system)
