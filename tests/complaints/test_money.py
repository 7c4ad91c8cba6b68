"""What users of booking systems complained of about money, as it is here."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from domain.bookings import Actor, BookingRef
from domain.errors import HoldExpired, TransitionNotAllowed
from domain.payments import PaymentState, RefundState
from domain.policies import CancellationPolicy, NoShowPolicy, Policies
from domain.refunds import RefundWish
from tests.orders import TOMORROW, status_of, timeline_of
from tests.waiting import PATIENCE, until
from tests.workflows.gates import Gates
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel

HALF = Policies(CancellationPolicy(free_until=None, late_refund_percent=50))
FEE = Policies(no_show=NoShowPolicy(fee_percent=20))


@pytest.fixture
def gates() -> Gates:
    return Gates()


@pytest.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool, gates: Gates) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool, interceptors=[gates]) as system:
        yield system


@pytest.fixture
async def hasty(database_url: str, temporal_server: str, pool: asyncpg.Pool, gates: Gates) -> AsyncIterator[System]:
    """Holds of two seconds."""
    settings = hasty_settings(database_url, temporal_server, hold_seconds=2, payment_seconds=30)
    async with running(settings, pool, interceptors=[gates]) as system:
        yield system


async def confirmed(system: System, hour: int = 0, policies: Policies = HALF, method: str = "ok") -> BookingRef:
    order = dataclasses.replace(system.shop.order(TOMORROW + timedelta(hours=hour)), policies=policies, saves_method=True)
    booking = await system.hold(order)
    await system.commands.confirm(booking, method, "https://shop.example")
    return booking


async def ended(system: System, booking: BookingRef) -> None:
    await asyncio.wait_for(system.client.get_workflow_handle(booking.workflow_id).result(), PATIENCE)


async def test_c11_whoever_gives_up_while_it_is_being_paid_is_not_charged(system: System, gates: Gates) -> None:
    """C11: a rejected request was charged all the same. Here the authorisation is voided, and nothing was ever taken."""
    booking = await system.hold(system.shop.order())
    gate = gates.at(booking.workflow_id, "authorise_payment", after=True)
    confirming = asyncio.create_task(system.commands.confirm(booking, "ok", "https://shop.example"))
    await gate.reached.wait()
    cancelling = asyncio.create_task(system.commands.cancel(booking, Cancel()))
    await asyncio.wait([cancelling], timeout=0.5)
    gate.opened.set()
    await cancelling
    with pytest.raises(TransitionNotAllowed):
        await confirming
    assert (PaymentState.CANCELLED, 0) == (system.payments.only.state, system.payments.only.refunded)
    assert "payment_captured" not in await timeline_of(system.pool, booking)


async def late(system: System, gates: Gates) -> tuple[BookingRef, asyncio.Task[object]]:
    """A booking whose money arrives after its hold has ended."""
    booking = await system.hold(system.shop.order())
    gate = gates.at(booking.workflow_id, "authorise_payment", after=True)
    confirming: asyncio.Task[object] = asyncio.create_task(system.commands.confirm(booking, "instant", "https://shop.example"))
    await gate.reached.wait()
    await until(lambda: system.pool.fetchval("SELECT bool_and(expires_at < clock_timestamp()) FROM claim_seats"))
    return booking, confirming


async def test_c15_money_that_comes_late_keeps_its_slot_if_that_is_free(hasty: System, gates: Gates) -> None:
    """C15: paid, and refunded as expired though nobody else wanted the time."""
    booking, confirming = await late(hasty, gates)
    gates.at(booking.workflow_id, "authorise_payment", after=True).opened.set()
    await confirming
    assert ("confirmed", 0) == (await status_of(hasty.pool, booking), hasty.payments.only.refunded)


async def test_c15_money_that_comes_late_for_a_slot_that_is_gone_is_refunded_once(hasty: System, gates: Gates) -> None:
    """C15: news of the payment that come again, before or after the end, change nothing."""
    booking, confirming = await late(hasty, gates)
    await hasty.hold(hasty.shop.order())
    handle = hasty.client.get_workflow_handle(booking.workflow_id)
    for _ in range(3):
        await handle.signal("payment_changed")
    gates.at(booking.workflow_id, "authorise_payment", after=True).opened.set()
    with pytest.raises(HoldExpired):
        await confirming
    await hasty.becomes(booking, "expired")
    assert (1, 2500) == (hasty.payments.refunds, hasty.payments.only.refunded)


LEDGER = """
SELECT b.status, m.refunded,
       m.amount + coalesce((SELECT sum(amount) FROM charges k WHERE k.booking_id = b.id AND k.state = 'captured'), 0) AS taken,
       coalesce((SELECT sum(amount) FROM refunds r WHERE r.booking_id = b.id AND r.state = 'succeeded'), 0) AS given_back
FROM bookings b JOIN payments m ON m.booking_id = b.id WHERE b.id = $1
"""


async def ledger(system: System, booking: BookingRef) -> tuple[str, int, int]:
    """Status, and what our books and the vendor's both say was taken and given back."""
    row = await system.pool.fetchrow(LEDGER, booking.booking_id)
    assert row is not None and row["refunded"] == row["given_back"]
    mine = [each for key, each in system.payments.payments.items() if str(booking.booking_id) in key]
    mine += [each for key, each in system.payments.charges.items() if str(booking.booking_id) in key]
    captured = [each for each in mine if each.state is PaymentState.CAPTURED]
    at_vendor = (sum(each.amount.amount for each in captured), sum(each.refunded for each in captured))
    assert at_vendor == (row["taken"], row["refunded"])
    return row["status"], row["taken"], row["refunded"]


async def test_c16_c21_the_books_agree_with_the_vendors_whatever_became_of_the_booking(system: System) -> None:
    """C16: money was lost on the way. C21: a refund left the booking paid, a fee left it underpaid."""
    kept = await confirmed(system, 0)
    by_customer = await confirmed(system, 1)
    by_staff = await confirmed(system, 2)
    for_nothing = await confirmed(system, 3)
    away = await confirmed(system, 4, FEE)
    await system.commands.cancel(by_customer, Cancel())
    await system.commands.cancel(by_staff, Cancel(Actor.STAFF))
    await system.commands.cancel(for_nothing, Cancel(Actor.STAFF, refund=RefundWish.NONE))
    now = datetime.now(UTC)
    await system.pool.execute("UPDATE bookings SET starts_at = $2 WHERE id = $1", away.booking_id, now)
    await system.commands.mark_no_show(away)
    for booking in (by_customer, by_staff, for_nothing, away):
        await ended(system, booking)
    assert [("confirmed", 2500, 0), ("cancelled", 2500, 1250), ("cancelled", 2500, 2500), ("cancelled", 2500, 0)] == [
        await ledger(system, booking) for booking in (kept, by_customer, by_staff, for_nothing)
    ]
    assert ("no_show", 3000, 0) == await ledger(system, away)


async def test_c19_what_comes_back_is_what_was_promised_when_it_was_booked(system: System) -> None:
    """C19: refunds by themselves were unwanted, then missed. Here a policy says so, and a later one changes no old booking."""
    booking = await confirmed(system)
    generous = {"free_until_minutes": 0, "late_refund_percent": 100, "tiers": []}
    await system.pool.execute("UPDATE services SET cancellation_policy = $1", generous)
    await system.commands.cancel(booking, Cancel())
    await ended(system, booking)
    assert ("cancelled", 2500, 1250) == await ledger(system, booking)


async def test_c21_a_refund_that_failed_does_not_count_as_given_back(system: System) -> None:
    """C21: the books said one thing and the bank another. The failure is told, and the money is still shown as kept."""
    booking = await confirmed(system)
    system.payments.refund_result = RefundState.FAILED
    await system.commands.cancel(booking, Cancel())
    await ended(system, booking)
    assert 0 == await system.pool.fetchval("SELECT refunded FROM payments")
    assert "refund_failed" in await timeline_of(system.pool, booking)
