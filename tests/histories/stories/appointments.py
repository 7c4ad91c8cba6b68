"""What may become of a confirmed appointment, and where it waits."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

from domain.bookings import Actor
from domain.payments import PaymentState, RefundState
from domain.policies import NoShowPolicy, Policies
from tests.histories.ground import all_of, with_system
from tests.moves import euros, move_of
from tests.waiting import until
from tests.workflows import test_booking, test_cancelling, test_no_show, test_rescheduling
from tests.workflows.system import System
from workflows.messages import Cancel

FOR_GOOD = -1


async def waits(system: System) -> None:
    await test_cancelling.confirmed(system)


async def waits_in_window(system: System) -> None:
    """Over, but staff may still say that nobody came."""
    policies = Policies(no_show=NoShowPolicy(window=timedelta(hours=1)), follow_up=timedelta(minutes=30))
    booking = await test_no_show.now_on(system, policies, lasts=1)
    await system.becomes(booking, "completed")


async def waits_for_messages(system: System) -> None:
    """Neither e-mail nor calendar works."""
    system.email.fail(times=FOR_GOOD)
    order = await test_rescheduling.confirmed(system)
    system.calendar.fail("write", FOR_GOOD)
    await test_rescheduling.moved(system, move_of(order, test_rescheduling.LATER))


async def waits_for_refund(system: System) -> None:
    booking = await test_cancelling.confirmed(system)
    system.payments.refund_result = RefundState.PENDING
    await system.commands.cancel(booking, Cancel())


async def waits_for_vendor(system: System) -> None:
    booking = await test_cancelling.confirmed(system)
    system.payments.fail("refund", FOR_GOOD)
    system.calendar.fail("delete", FOR_GOOD)
    await system.commands.cancel(booking, Cancel())


async def waits_for_fee(system: System) -> None:
    booking = await test_no_show.now_on(system, Policies(no_show=test_no_show.FEE))
    system.payments.charge_result = PaymentState.PROCESSING
    await system.commands.mark_no_show(booking)


async def waits_for_difference(system: System) -> None:
    order = await test_rescheduling.confirmed(system)
    system.payments.fail("charge", FOR_GOOD)
    moving = asyncio.create_task(
        test_rescheduling.moved(system, move_of(order, test_rescheduling.LATER, minutes=60, price=euros(4000)))
    )
    await until(lambda: "charge" in system.payments.faults.calls)
    moving.cancel()


async def moved_and_waits(system: System) -> None:
    order = await test_rescheduling.confirmed(system)
    await test_rescheduling.moved(system, move_of(order, test_rescheduling.LATER))


async def cancelled(system: System, by: Actor) -> None:
    booking = await test_cancelling.confirmed(system)
    await system.commands.cancel(booking, Cancel(by, "the heating is broken"))
    await test_cancelling.is_over(system, booking)


async def cancelled_though_messages_fail(system: System) -> None:
    """What the checkout had left is given up with the rest."""
    system.email.fail(times=3)
    order = await test_rescheduling.confirmed(system)
    await test_rescheduling.end(system, order)


STORIES = all_of(
    "AppointmentWorkflow",
    {
        "completed": with_system(test_no_show.test_it_is_completed_when_its_time_is_over),
        "completed-followed-up": with_system(test_no_show.test_whoever_came_gets_the_follow_up),
        "completed-at-its-new-end": with_system(test_rescheduling.test_it_completes_at_its_new_end),
        "confirmed-again": with_system(test_booking.test_after_confirmation_the_booking_goes_on_as_the_appointment),
        "cancelled-free": with_system(test_cancelling.test_a_free_booking_is_cancelled_without_money),
        "cancelled-by-customer-refunded": with_system(partial(cancelled, by=Actor.CUSTOMER)),
        "cancelled-by-staff-refunded": with_system(partial(cancelled, by=Actor.STAFF)),
        "cancelled-twice-at-once": with_system(test_cancelling.test_cancelling_twice_at_once_is_one_refund),
        "cancelled-vendor-away": with_system(
            test_cancelling.test_with_the_vendor_down_the_time_is_free_at_once_and_the_refund_follows
        ),
        "cancelled-refund-pending": with_system(test_cancelling.test_a_refund_that_is_pending_is_looked_up_until_it_is_final),
        "cancelled-refund-failed": with_system(test_cancelling.test_a_refund_that_fails_is_told_and_not_made_again),
        "cancelled-calendar-away": with_system(test_cancelling.test_a_calendar_that_is_down_holds_up_nothing_else),
        "cancelled-messages-away": with_system(cancelled_though_messages_fail),
        "cancelled-though-cancelled-in-the-web-ui": with_system(
            test_cancelling.test_temporals_own_cancel_does_not_end_an_appointment
        ),
        "continued-as-new": with_system(test_cancelling.test_a_long_history_is_followed_by_a_new_run_that_goes_on),
        "no-show-free": with_system(test_no_show.test_a_no_show_may_be_seen_as_soon_as_the_appointment_has_begun),
        "no-show-fee": with_system(test_no_show.test_a_no_show_pays_its_fee_and_gets_no_follow_up),
        "no-show-fee-declined": with_system(
            partial(test_no_show.test_a_fee_that_is_declined_is_told_and_not_tried_again, save=True, code="insufficient_funds")
        ),
        "no-show-fee-vendor-away": with_system(test_no_show.test_a_fee_follows_when_the_vendor_was_down),
        "no-show-fee-processing": with_system(test_no_show.test_a_slow_bank_is_looked_at_until_it_knows),
        "moved-same-price": with_system(test_rescheduling.test_at_the_same_price_no_payment_vendor_is_asked),
        "moved-again-and-again": with_system(test_rescheduling.test_it_moves_again_and_again_and_each_time_people_are_told),
        "moved-to-another-provider": with_system(test_rescheduling.test_the_event_goes_to_the_other_providers_calendar),
        "moved-dearer": with_system(test_rescheduling.test_what_it_costs_more_is_charged_before_the_times_are_swapped),
        "moved-cheaper": with_system(test_rescheduling.test_what_it_costs_less_comes_back_also_from_an_earlier_difference),
        "moved-calendar-away": with_system(
            test_rescheduling.test_a_calendar_that_is_down_holds_up_nothing_and_hears_the_newest_in_the_end
        ),
        "not-moved-declined": with_system(test_rescheduling.test_a_declined_difference_changes_nothing),
        "not-moved-taken": with_system(test_rescheduling.test_a_time_that_is_taken_is_not_paid_for),
        "not-moved-vendor-away": with_system(test_rescheduling.test_a_bank_that_never_answers_costs_nobody_anything),
        "open": with_system(waits),
        "open-in-window": with_system(waits_in_window),
        "open-messages-away": with_system(waits_for_messages),
        "open-refund-pending": with_system(waits_for_refund),
        "open-vendors-away": with_system(waits_for_vendor),
        "open-fee-processing": with_system(waits_for_fee),
        "open-moving": with_system(waits_for_difference, payment_seconds=600),
        "open-moved": with_system(moved_and_waits),
    },
)
