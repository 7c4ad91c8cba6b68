"""What may become of a series, and of each of its bookings where that differs from any other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from domain.bookings import Actor
from domain.errors import BookingFailed, SlotTaken
from domain.payments import PaymentState
from domain.series import HoldSeries, SeriesPayment
from tests.histories.ground import Ground, all_of, with_system
from tests.series import AT_ONCE, PER_OCCURRENCE, refs, series_of, weeks
from tests.waiting import until
from tests.workflows import test_series as tested
from tests.workflows import test_series_undone as undone
from tests.workflows.system import System
from workflows.messages import Cancel

A_MONTH = tested.A_MONTH
FOR_GOOD = -1


async def confirmed(system: System, payment: SeriesPayment) -> None:
    await tested.confirmed(system, payment, count=2)


async def confirmed_again(system: System) -> None:
    """A repeat that comes when the series is kept already."""
    series = await tested.confirmed(system, AT_ONCE, count=2)
    handle = system.client.get_workflow_handle(series.ref.workflow_id)

    async def is_kept() -> bool:
        return (await handle.describe()).workflow_type == "KeptSeriesWorkflow"

    await until(is_kept)
    await system.commands.confirm_series(series.ref, "ok", None)


async def held(system: System) -> None:
    await tested.held(system, series_of(system.shop, weeks(2)))


async def waits_for_bank(system: System) -> None:
    series = await tested.held(system, series_of(system.shop, weeks(2)))
    await system.commands.confirm_series(series.ref, "action", None)


async def cancelled_by_operator(system: System) -> None:
    series = await tested.held(system, series_of(system.shop, weeks(2)))
    await system.client.get_workflow_handle(series.ref.workflow_id).cancel()
    await until(partial(tested.all_are, system, series, "cancelled"))


async def cancelled_by_staff(system: System) -> None:
    series = await tested.held(system, series_of(system.shop, weeks(2)))
    await system.commands.cancel_series(series.ref, Cancel(Actor.STAFF))


async def taken(system: System) -> None:
    await system.hold(system.shop.order(weeks(2)[1], paid=False))
    with pytest.raises(SlotTaken):
        await system.commands.hold_series(series_of(system.shop, weeks(2)))


async def not_authorised(system: System) -> None:
    series = await tested.held(system, series_of(system.shop, weeks(2)))
    system.payments.fail("create", FOR_GOOD)
    with pytest.raises(BookingFailed):
        await system.commands.confirm_series(series.ref, "ok", None)


async def is_over(system: System) -> None:
    """Its last booking has ended."""
    soon = datetime.now(UTC) - timedelta(minutes=30) + timedelta(seconds=4)
    series = await tested.held(system, series_of(system.shop, [soon], paid=False))
    await system.commands.confirm_series(series.ref, None, None)
    await system.client.get_workflow_handle(series.ref.workflow_id).result()


async def not_paid_yet(system: System) -> HoldSeries:
    system.payments.charge_result = PaymentState.DECLINED
    series = await tested.confirmed(system, PER_OCCURRENCE, count=2)
    await until(partial(tested.is_told, system, refs(series)[1], "payment_declined"))
    return series


async def waits_to_be_paid(system: System) -> None:
    await not_paid_yet(system)


async def bank_that_works_on_it(system: System) -> None:
    system.payments.charge_result = PaymentState.PROCESSING
    await tested.confirmed(system, PER_OCCURRENCE, count=2)
    await until(lambda: "charge" in system.payments.faults.calls)


async def money_that_cannot_be_taken(ground: Ground) -> None:
    await tested.test_money_that_cannot_be_taken_undoes_all(ground.system, after=False)


async def nobody_confirms(system: System) -> None:
    series = await tested.held(system, series_of(system.shop, weeks(3)))
    await until(partial(tested.all_are, system, series, "expired"))


async def charged_when_due(ground: Ground) -> None:
    await tested.test_each_later_occurrence_is_charged_on_the_saved_method_when_it_is_due(ground.system)


async def paid_with_another_card(ground: Ground) -> None:
    await tested.test_a_declined_charge_is_told_and_another_card_pays(ground.system)


async def in_no_calendar(system: System) -> None:
    """The second of three; the business wants it undone."""
    series = await undone.confirmed(system, 1, undone.GONE, undone.UNDO)
    await tested.is_over(system, refs(series)[1])


async def never_paid(ground: Ground) -> None:
    await tested.test_what_is_not_paid_in_its_time_is_released_and_nothing_is_kept_of_it(ground.system)


STORIES = [
    *all_of(
        "SeriesWorkflow",
        {
            "confirmed-paid-at-once": with_system(partial(confirmed, payment=AT_ONCE)),
            "confirmed-paid-per-occurrence": with_system(partial(confirmed, payment=PER_OCCURRENCE)),
            "confirmed-free": with_system(tested.test_a_series_that_costs_nothing_is_confirmed_without_money),
            "confirmed-after-decline": with_system(
                partial(tested.test_a_declined_card_leaves_all_held_and_another_may_pay, payment=AT_ONCE)
            ),
            "confirmed-after-3ds": with_system(
                tested.test_the_customer_is_asked_by_their_bank_and_the_series_goes_on_when_it_is_told
            ),
            "slot-taken": with_system(taken),
            "expired": with_system(nobody_confirms, hold_seconds=5),
            "cancelled-by-customer": with_system(tested.test_a_held_series_is_given_up_as_a_whole),
            "cancelled-by-staff": with_system(cancelled_by_staff),
            "cancelled-by-operator": with_system(cancelled_by_operator),
            "failed-authorise": with_system(not_authorised, payment_seconds=1),
            "failed-capture": money_that_cannot_be_taken,
            "open-held": with_system(held, hold_seconds=600),
            "open-3ds": with_system(waits_for_bank, hold_seconds=600),
        },
    ),
    *all_of(
        "KeptSeriesWorkflow",
        {
            "over": with_system(is_over),
            "open": with_system(partial(confirmed, payment=AT_ONCE)),
            "open-confirmed-again": with_system(confirmed_again),
            "open-cancelled-from-here-on": with_system(tested.test_cancelling_from_here_on_gives_back_the_part_of_each),
            "open-cancelled-twice": with_system(tested.test_cancelling_all_twice_gives_back_once_and_never_more_than_was_paid),
        },
    ),
    *all_of(
        "AppointmentWorkflow",
        {
            "occurrence-charged-when-due": charged_when_due,
            "occurrence-paid-with-another-card": paid_with_another_card,
            "occurrence-never-paid": never_paid,
            "occurrence-in-no-calendar": with_system(in_no_calendar, calendar_seconds=1),
            "occurrence-cancelled": with_system(tested.test_one_occurrence_is_cancelled_like_every_booking),
            "occurrence-cancelled-with-others": with_system(tested.test_cancelling_from_here_on_gives_back_the_part_of_each),
            "occurrence-cancelled-unpaid": with_system(tested.test_cancelling_what_is_not_yet_paid_moves_no_money),
            "open-occurrence-to-be-paid": with_system(waits_to_be_paid, series_charge_hours=A_MONTH),
            "open-occurrence-processing": with_system(bank_that_works_on_it, series_charge_hours=A_MONTH),
        },
    ),
]
