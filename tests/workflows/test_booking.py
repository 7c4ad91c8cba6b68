"""Every way a booking can go, on a real Temporal server and a real database, with vendors that fail on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest
import pytest_asyncio

from api.commands.outcomes import Progress, Unavailable
from api.commands.through_temporal import TemporalCommands
from domain.bookings import OnCalendarFailure
from domain.errors import BookingFailed, HoldExpired, PaymentDeclined, SlotTaken
from domain.payments import PaymentState
from tests.orders import ref, status_of, timeline_of
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel

FOR_GOOD = -1


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        yield system


@pytest_asyncio.fixture
async def hasty(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    """The same with holds of two seconds."""
    async with running(hasty_settings(database_url, temporal_server, hold_seconds=2), pool) as system:
        yield system


async def claims_of(system: System) -> int:
    return int(await system.pool.fetchval("SELECT count(*) FROM claims"))


async def test_a_slow_confirmation_is_still_working_and_ends_by_itself(system: System) -> None:
    system.commands = TemporalCommands(system.client, system.settings.model_copy(update={"confirm_wait_seconds": 0.3}))
    booking = await system.hold(system.shop.order())
    system.payments.fail("authorise", times=0, slow=1.5)
    assert Progress.WORKING is (await system.commands.confirm(booking, "ok", None)).progress
    await system.becomes(booking, "confirmed")
    assert PaymentState.CAPTURED is system.payments.only.state


async def test_a_confirmed_booking_is_paid_written_and_told(system: System) -> None:
    booking = await system.hold(system.shop.order())
    outcome = await system.commands.confirm(booking, "ok", "https://shop.example")
    assert Progress.CONFIRMED is outcome.progress
    assert PaymentState.CAPTURED is system.payments.only.state
    assert 1 == len(system.calendar.events)
    await until(lambda: system.email.sent and system.sms.sent)
    await until(lambda: system.pool.fetchval("SELECT count(*) = 2 FROM notifications"))
    told = await timeline_of(system.pool, booking)
    expected = [
        "held",
        "confirming",
        "payment_opened",
        "payment_authorised",
        "claim_secured",
        "calendar_written",
        "payment_captured",
        "confirmed",
    ]
    assert expected == told[:8]
    assert {"notification_sent"} == set(told[8:])


async def test_after_confirmation_the_booking_goes_on_as_the_appointment(system: System) -> None:
    booking = await system.hold(system.shop.order(paid=False))
    await system.commands.confirm(booking, None, None)
    handle = system.client.get_workflow_handle(booking.workflow_id)

    async def is_appointment() -> bool:
        return (await handle.describe()).workflow_type == "AppointmentWorkflow"

    await until(is_appointment)
    assert Progress.CONFIRMED is (await system.commands.confirm(booking, None, None)).progress
    assert "confirmed" == await status_of(system.pool, booking)


async def test_a_free_booking_touches_no_money(system: System) -> None:
    booking = await system.hold(system.shop.order(paid=False))
    assert Progress.CONFIRMED is (await system.commands.confirm(booking, None, None)).progress
    assert {} == system.payments.payments


async def test_a_slot_that_is_held_refuses_the_next(system: System) -> None:
    """C8: a reservation is not ignored by a booking."""
    await system.hold(system.shop.order())
    loser = system.shop.order()
    with pytest.raises(SlotTaken):
        await system.hold(loser)
    assert None is await status_of(system.pool, ref(loser))
    with pytest.raises(SlotTaken):
        await system.commands.hold(loser)


async def test_the_same_order_twice_is_one_booking(system: System) -> None:
    order = system.shop.order()
    await asyncio.gather(system.hold(order), system.commands.hold(order), system.commands.hold(order))
    assert 1 == await system.pool.fetchval("SELECT count(*) FROM bookings")


async def test_a_hold_ends_when_it_says(hasty: System) -> None:
    booking = await hasty.hold(hasty.shop.order())
    await hasty.becomes(booking, "expired")
    assert 0 == await claims_of(hasty)


async def test_a_declined_card_leaves_the_hold_for_another_card(system: System) -> None:
    booking = await system.hold(system.shop.order())
    with pytest.raises(PaymentDeclined):
        await system.commands.confirm(booking, "declined", "https://shop.example")
    assert "pending" == await status_of(system.pool, booking)
    assert Progress.CONFIRMED is (await system.commands.confirm(booking, "ok", "https://shop.example")).progress
    assert 1 == len(system.payments.payments)


async def test_a_declined_booking_expires_without_money(hasty: System) -> None:
    booking = await hasty.hold(hasty.shop.order())
    with pytest.raises(PaymentDeclined):
        await hasty.commands.confirm(booking, "declined", "https://shop.example")
    await hasty.becomes(booking, "expired")
    assert PaymentState.CANCELLED is hasty.payments.only.state
    assert 0 == await claims_of(hasty)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", ["create", "authorise", "capture"])
async def test_a_payment_accident_that_passes_is_one_charge(system: System, call: str, after: bool) -> None:
    system.payments.fail(call, 1, after=after)
    booking = await system.hold(system.shop.order())
    assert Progress.CONFIRMED is (await system.commands.confirm(booking, "ok", "https://shop.example")).progress
    assert (PaymentState.CAPTURED, 0) == (system.payments.only.state, system.payments.only.refunded)
    assert 2 == system.payments.faults.calls.count(call)


@pytest.mark.parametrize(
    ("call", "after"),
    [("create", False), ("create", True), ("authorise", False), ("capture", False), ("capture", True)],
)
async def test_a_payment_step_that_fails_for_good_leaves_no_money_taken(system: System, call: str, after: bool) -> None:
    """An authorisation whose answer is lost for good is not in the list: the next try sees that it is there."""
    system.payments.fail(call, FOR_GOOD, after=after)
    booking = await system.hold(system.shop.order())
    with pytest.raises(BookingFailed):
        await system.commands.confirm(booking, "ok", "https://shop.example")
    await system.becomes(booking, "failed")
    for payment in system.payments.payments.values():
        kept = payment.amount.amount - payment.refunded if payment.state is PaymentState.CAPTURED else 0
        assert 0 == kept
    assert (0, {}) == (await claims_of(system), system.calendar.events)


@pytest.mark.parametrize("method", ["ok", "instant"])
async def test_a_calendar_that_fails_for_good_undoes_everything(system: System, method: str) -> None:
    """C11: whoever is refused is not charged. The instant method is charged at once, so it is refunded, once."""
    system.calendar.fail("write", FOR_GOOD, after=True)
    booking = await system.hold(system.shop.order())
    with pytest.raises(BookingFailed):
        await system.commands.confirm(booking, method, "https://shop.example")
    await system.becomes(booking, "failed")
    assert (0, {}) == (await claims_of(system), system.calendar.events)
    assert (1 if method == "instant" else 0) == system.payments.refunds
    assert (PaymentState.CAPTURED if method == "instant" else PaymentState.CANCELLED) is system.payments.only.state


async def test_a_business_may_confirm_in_spite_of_its_calendar(system: System) -> None:
    """C32: the event is still written later, and the customer was told meanwhile."""
    system.calendar.fail("write", 3)
    order = system.shop.order()
    system.workflow_ids.append(ref(order).workflow_id)
    await system.commands.hold(order, OnCalendarFailure.CONFIRM_ANYWAY)
    assert Progress.CONFIRMED is (await system.commands.confirm(ref(order), "ok", "https://shop.example")).progress
    assert "trouble" in await timeline_of(system.pool, ref(order))
    await until(lambda: system.calendar.events)


async def test_messages_that_fail_never_undo_a_booking_and_are_sent_later(system: System) -> None:
    system.email.fail(times=3)
    booking = await system.hold(system.shop.order())
    await system.commands.confirm(booking, "ok", "https://shop.example")
    await until(lambda: system.email.sent and system.sms.sent)
    assert "confirmed" == await status_of(system.pool, booking)
    assert (1, 1) == (len(system.email.sent), len(system.sms.sent))


async def test_cancelling_while_pending_frees_the_slot(system: System) -> None:
    booking = await system.hold(system.shop.order())
    await system.commands.cancel(booking, Cancel())
    assert ("cancelled", 0) == (await status_of(system.pool, booking), await claims_of(system))


async def test_a_bank_that_asks_the_customer_confirms_without_any_webhook(system: System) -> None:
    """C9, C14: the webhook never comes; the workflow asks the vendor itself."""
    booking = await system.hold(system.shop.order())
    outcome = await system.commands.confirm(booking, "action", "https://shop.example")
    assert Progress.ACTION_REQUIRED is outcome.progress
    assert outcome.next_action is not None
    system.payments.action_result = PaymentState.AUTHORISED
    await system.becomes(booking, "confirmed")
    assert PaymentState.CAPTURED is system.payments.only.state


async def test_another_card_may_be_used_while_the_bank_waits(system: System) -> None:
    booking = await system.hold(system.shop.order())
    await system.commands.confirm(booking, "action", "https://shop.example")
    assert Progress.CONFIRMED is (await system.commands.confirm(booking, "ok", "https://shop.example")).progress
    assert 1 == len(system.payments.payments)


async def test_cancelling_while_the_bank_waits_voids_the_payment(system: System) -> None:
    booking = await system.hold(system.shop.order())
    await system.commands.confirm(booking, "action", "https://shop.example")
    await system.commands.cancel(booking, Cancel())
    assert "cancelled" == await status_of(system.pool, booking)
    assert PaymentState.CANCELLED is system.payments.only.state


async def test_a_customer_who_never_answers_the_bank_loses_the_hold(hasty: System) -> None:
    booking = await hasty.hold(hasty.shop.order())
    await hasty.commands.confirm(booking, "action", "https://shop.example")
    await hasty.becomes(booking, "expired")
    assert (PaymentState.CANCELLED, 0) == (hasty.payments.only.state, await claims_of(hasty))


async def test_a_late_confirm_is_told_that_the_hold_is_over(hasty: System) -> None:
    booking = await hasty.hold(hasty.shop.order())
    await asyncio.sleep(1.7)
    hasty.payments.fail("authorise", 0, slow=2.0)
    await hasty.commands.confirm(booking, "ok", "https://shop.example")
    assert "confirmed" == await status_of(hasty.pool, booking)  # nobody had taken it


async def test_a_slot_taken_during_a_late_payment_is_not_charged(hasty: System) -> None:
    """C15: paid too late and the slot is gone: the money goes back."""
    booking = await hasty.hold(hasty.shop.order())
    hasty.payments.fail("authorise", 0, slow=3.0)
    confirming = asyncio.create_task(hasty.commands.confirm(booking, "instant", "https://shop.example"))
    await asyncio.sleep(2.3)
    await hasty.hold(hasty.shop.order())
    with pytest.raises(HoldExpired):
        await confirming
    await hasty.becomes(booking, "expired")
    assert 1 == hasty.payments.refunds


@pytest.mark.parametrize("call", ["authorise", "capture"])
async def test_temporals_own_cancel_during_a_money_step_leaves_nothing_behind(system: System, call: str) -> None:
    """An operator cancels the workflow in the Web UI while the vendor works: money, claim and event agree at the end."""
    system.payments.fail(call, 0, slow=1.5)
    booking = await system.hold(system.shop.order())
    confirming = asyncio.create_task(system.commands.confirm(booking, "ok", "https://shop.example"))
    await until(lambda: call in system.payments.faults.calls)
    await system.client.get_workflow_handle(booking.workflow_id).cancel()
    await asyncio.gather(confirming, return_exceptions=True)
    if call == "authorise":
        await system.becomes(booking, "cancelled")
        assert (PaymentState.CANCELLED, 0, {}) == (system.payments.only.state, await claims_of(system), system.calendar.events)
    else:
        await system.becomes(booking, "confirmed")
        assert (PaymentState.CAPTURED, 1) == (system.payments.only.state, len(system.calendar.events))


async def test_temporals_own_cancel_while_pending_releases_the_hold(system: System) -> None:
    booking = await system.hold(system.shop.order())
    await system.client.get_workflow_handle(booking.workflow_id).cancel()
    await system.becomes(booking, "cancelled")
    assert 0 == await claims_of(system)


async def test_confirm_by_signal_is_the_same(system: System) -> None:
    booking = await system.hold(system.shop.order(paid=False))
    await system.client.get_workflow_handle(booking.workflow_id).signal("confirm", {"payment_method": None})
    await system.becomes(booking, "confirmed")


async def test_fifty_orders_of_one_slot_leave_one_booking(system: System) -> None:
    """C1: N parallel holds on one slot, exactly one wins. Whoever gets no answer on a busy machine asks again, as clients do."""

    async def hold() -> None:
        order = system.shop.order()
        while True:
            with suppress(Unavailable):
                await system.commands.hold(order)
                return

    outcomes = await asyncio.gather(*(hold() for _ in range(50)), return_exceptions=True)
    assert 49 == sum(isinstance(outcome, SlotTaken) for outcome in outcomes)
    assert 1 == await system.pool.fetchval("SELECT count(*) FROM bookings")
