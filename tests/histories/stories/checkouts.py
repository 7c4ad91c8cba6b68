"""How a checkout may go: confirmed in each way, given up in each way, and where it waits."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import asyncpg
import pytest

from api.commands.outcomes import BookingIsOver, Unavailable
from domain.bookings import Actor, BookingRef
from domain.errors import BookingFailed, CalendarDisconnected, PaymentDeclined, PaymentNotCapturable
from domain.payments import PaymentState
from tests.fakes import Fault
from tests.histories.ground import Ground, all_of, with_system
from tests.orders import ref
from tests.waiting import until
from tests.workflows import test_booking as tested
from tests.workflows import test_operating
from tests.workflows.system import System
from workflows.booking import BookingWorkflow
from workflows.messages import BookSlot, Cancel, Patience

FOR_GOOD = -1
SHOP = "https://shop.example"


async def held(system: System) -> BookingRef:
    return await system.hold(system.shop.order())


async def told_by_webhook(system: System) -> None:
    booking = await held(system)
    await system.commands.confirm(booking, "action", SHOP)
    system.payments.action_result = PaymentState.AUTHORISED
    await system.client.get_workflow_handle(booking.workflow_id).signal("payment_changed")
    await system.becomes(booking, "confirmed")


async def charged_at_once(system: System) -> None:
    await system.commands.confirm(await held(system), "instant", SHOP)


async def refused_slot(system: System) -> None:
    await tested.test_a_slot_that_is_held_refuses_the_next(system)


async def hold_that_hangs(ground: Ground) -> None:
    """The database does not answer for as long as the hold may take."""
    async with ground.system(hold_seconds=1) as system:
        order = system.shop.order()
        lock: asyncpg.Connection = await asyncpg.connect(ground.database_url)
        async with lock.transaction():
            await lock.execute("LOCK TABLE claims IN ACCESS EXCLUSIVE MODE")
            with pytest.raises((Unavailable, BookingFailed, BookingIsOver)):
                await system.commands.hold(order)
        await lock.close()
        await system.client.get_workflow_handle(ref(order).workflow_id).result()


async def asked_too_long_ago(system: System) -> None:
    """Nobody got to it before whoever asked was told to come again."""
    order, a_minute_ago = system.shop.order(), datetime.now(UTC) - timedelta(minutes=1)
    book = BookSlot(order, Patience(60, 60, 60, 60, 60), answer_by=a_minute_ago)
    await system.client.execute_workflow(
        BookingWorkflow.run, book, id=ref(order).workflow_id, task_queue=system.settings.task_queue
    )


async def cancelled(system: System, by: Actor, method: str | None) -> None:
    """While it is held, or while the bank waits for its customer."""
    booking = await held(system)
    if method is not None:
        await system.commands.confirm(booking, method, SHOP)
    await system.commands.cancel(booking, Cancel(by))


async def cancelled_while_paying(system: System) -> None:
    booking = await held(system)
    system.payments.fail("authorise", FOR_GOOD)
    confirming = asyncio.create_task(system.commands.confirm(booking, "ok", SHOP))
    await until(lambda: "authorise" in system.payments.faults.calls)
    await system.commands.cancel(booking, Cancel())
    await asyncio.gather(confirming, return_exceptions=True)


async def never_looked_up(system: System) -> None:
    """The vendor is away until the booking is given up; then what was reserved is let go of."""
    booking = await held(system)
    system.payments.fail("look", FOR_GOOD)
    await system.commands.confirm(booking, "action", SHOP)
    await system.client.get_workflow_handle(booking.workflow_id).signal("payment_changed")
    await test_operating.is_at(system, booking, "void-payment")
    system.payments.fail("look", 0)
    await system.becomes(booking, "failed")


async def refused_by_calendar(system: System) -> None:
    system.calendar.faults.planned["write"] = Fault(lambda: CalendarDisconnected("gone"), FOR_GOOD)
    booking = await held(system)
    with pytest.raises(BookingFailed):
        await system.commands.confirm(booking, "ok", SHOP)


async def lapsed_authorisation(system: System) -> None:
    system.payments.faults.planned["capture"] = Fault(lambda: PaymentNotCapturable("gone"), FOR_GOOD)
    booking = await held(system)
    with pytest.raises(BookingFailed):
        await system.commands.confirm(booking, "ok", SHOP)


async def failed(system: System, call: str) -> None:
    await tested.test_a_payment_step_that_fails_for_good_leaves_no_money_taken(system, call, after=True)


async def undo_that_waits(system: System) -> None:
    """The calendar never works, and then the payment vendor does not either: what was reserved is still to be let go."""
    system.calendar.fail("write", FOR_GOOD)
    system.payments.fail("undo", FOR_GOOD)
    confirming = asyncio.create_task(system.commands.confirm(await held(system), "ok", SHOP))
    await until(lambda: "undo" in system.payments.faults.calls)
    confirming.cancel()


async def at_call(system: System, call: str) -> None:
    """Where it waits for a vendor that is away."""
    system.payments.fail(call, FOR_GOOD)
    confirming = asyncio.create_task(system.commands.confirm(await held(system), "ok", SHOP))
    await until(lambda: call in system.payments.faults.calls)
    confirming.cancel()


async def at_calendar(system: System) -> None:
    system.calendar.fail("write", FOR_GOOD)
    confirming = asyncio.create_task(system.commands.confirm(await held(system), "ok", SHOP))
    await until(lambda: "write" in system.calendar.faults.calls)
    confirming.cancel()


async def declined_once(system: System) -> None:
    with pytest.raises(PaymentDeclined):
        await system.commands.confirm(await held(system), "declined", SHOP)


async def waits_for_bank(system: System) -> None:
    await system.commands.confirm(await held(system), "action", SHOP)


async def waits_for_customer(system: System) -> None:
    await held(system)


PATIENT: dict[str, object] = {"hold_seconds": 600, "payment_seconds": 600, "capture_seconds": 600, "calendar_seconds": 600}

STORIES = all_of(
    "BookingWorkflow",
    {
        "confirmed-free": with_system(tested.test_a_free_booking_touches_no_money),
        "confirmed-paid": with_system(tested.test_a_confirmed_booking_is_paid_written_and_told),
        "confirmed-charged-at-once": with_system(charged_at_once),
        "confirmed-by-signal": with_system(tested.test_confirm_by_signal_is_the_same),
        "confirmed-after-decline": with_system(tested.test_a_declined_card_leaves_the_hold_for_another_card),
        "confirmed-after-3ds-webhook": with_system(told_by_webhook),
        "confirmed-after-3ds-looked-up": with_system(tested.test_a_bank_that_asks_the_customer_confirms_without_any_webhook),
        "confirmed-with-another-card-than-3ds": with_system(tested.test_another_card_may_be_used_while_the_bank_waits),
        "confirmed-after-an-accident": with_system(
            partial(tested.test_a_payment_accident_that_passes_is_one_charge, call="capture", after=True)
        ),
        "confirmed-without-calendar": with_system(tested.test_a_business_may_confirm_in_spite_of_its_calendar),
        "confirmed-though-cancelled-at-capture": with_system(
            partial(tested.test_temporals_own_cancel_during_a_money_step_leaves_nothing_behind, call="capture")
        ),
        "slot-taken": with_system(refused_slot),
        "hold-failed": hold_that_hangs,
        "hold-too-late": with_system(asked_too_long_ago),
        "expired-held": with_system(tested.test_a_hold_ends_when_it_says, hold_seconds=2),
        "expired-after-decline": with_system(tested.test_a_declined_booking_expires_without_money, hold_seconds=2),
        "expired-during-3ds": with_system(tested.test_a_customer_who_never_answers_the_bank_loses_the_hold, hold_seconds=2),
        "expired-paid-too-late": with_system(tested.test_a_slot_taken_during_a_late_payment_is_not_charged, hold_seconds=2),
        "cancelled-by-customer-held": with_system(partial(cancelled, by=Actor.CUSTOMER, method=None)),
        "cancelled-by-staff-held": with_system(partial(cancelled, by=Actor.STAFF, method=None)),
        "cancelled-by-customer-during-3ds": with_system(partial(cancelled, by=Actor.CUSTOMER, method="action")),
        "cancelled-by-customer-paying": with_system(cancelled_while_paying),
        "cancelled-by-operator-held": with_system(tested.test_temporals_own_cancel_while_pending_releases_the_hold),
        "cancelled-by-operator-paying": with_system(
            partial(tested.test_temporals_own_cancel_during_a_money_step_leaves_nothing_behind, call="authorise")
        ),
        "failed-authorise": with_system(partial(failed, call="create"), payment_seconds=1),
        "failed-check": with_system(never_looked_up, payment_seconds=1),
        "failed-calendar": with_system(
            partial(tested.test_a_calendar_that_fails_for_good_undoes_everything, method="ok"), calendar_seconds=1
        ),
        "failed-calendar-refunded": with_system(
            partial(tested.test_a_calendar_that_fails_for_good_undoes_everything, method="instant"), calendar_seconds=1
        ),
        "failed-calendar-disconnected": with_system(refused_by_calendar),
        "failed-capture": with_system(partial(failed, call="capture"), capture_seconds=1),
        "failed-not-capturable": with_system(lapsed_authorisation),
        "open-held": with_system(waits_for_customer, **PATIENT),
        "open-declined": with_system(declined_once, **PATIENT),
        "open-3ds": with_system(waits_for_bank, **PATIENT),
        "open-authorising": with_system(partial(at_call, call="authorise"), **PATIENT),
        "open-at-calendar": with_system(at_calendar, **PATIENT),
        "open-capturing": with_system(partial(at_call, call="capture"), **PATIENT),
        "open-undoing": with_system(undo_that_waits, calendar_seconds=1),
    },
)
