"""An undo is registered before its step, so it must be harmless where the step never happened, and right where nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.bookings import CloseBooking
from activities.renewals import RenewalRef, RenewPayment
from domain.bookings import BookingStatus, HoldSlot
from domain.calendars import CalendarAccident
from domain.payments import PaymentAccident
from tests.activities.cases import (
    ASKED,
    AUTHORISED,
    CONFIRMED,
    CONFIRMING,
    FIRST,
    HELD,
    RENEWED,
    SERIES_CONFIRMED,
    pays,
    perform_all,
)
from tests.activities.saga import Saga, of_worker
from tests.activities.vendors import Left
from tests.orders import ref, status_of
from tests.series import next_of

SHOP = "https://shop.example"
Arg = Callable[[HoldSlot], Any]


def failed(order: HoldSlot) -> CloseBooking:
    return CloseBooking(ref(order), BookingStatus.FAILED, "accident")


UNDOS: dict[str, tuple[Arg, tuple[str, ...]]] = {
    "close_booking": (failed, ()),
    "void_payment_if_made": (ref, CONFIRMING),
    "delete_calendar_event_if_written": (ref, AUTHORISED),
    "give_back_new_time_if_reserved": (FIRST["make_move"].arg, CONFIRMED),
    "undo_charge_if_made": (FIRST["charge_saved_method"].arg, CONFIRMED),
    "void_renewals_if_made": (ref, AUTHORISED),
    "undo_occurrence_charge_if_made": (next_of, SERIES_CONFIRMED),
}
"""How each is called, and how far the saga got without its step."""


def test_every_undo_of_the_worker_is_tested_here(saga: Saga) -> None:
    assert {name for name in of_worker(saga.pools, saga.vendors) if "_if_" in name} <= UNDOS.keys()


@pytest.mark.parametrize("undo", UNDOS)
async def test_an_undo_without_its_step_does_nothing(saga: Saga, undo: str) -> None:
    arg, before = UNDOS[undo]
    await perform_all(saga, *before)
    untouched = await saga.everything()
    await saga.perform(undo, arg(saga.order))
    assert untouched == await saga.everything()


async def test_money_that_was_reserved_without_an_answer_is_let_go(saga: Saga) -> None:
    await perform_all(saga, *CONFIRMING)
    await saga.vendors.fail("stripe", "authorise", "timeout_after")
    with pytest.raises(PaymentAccident):
        await saga.perform("authorise_payment", pays("pm_card_visa")(saga.order))
    await saga.perform("void_payment_if_made", saga.booking)
    assert Left((("canceled", 0, 0),)) == await saga.vendors.left()


async def test_a_payment_that_waits_for_the_customers_bank_is_let_go(saga: Saga) -> None:
    await perform_all(saga, *CONFIRMING)
    await saga.vendors.fail("stripe", "authorise", "timeout_after")
    with pytest.raises(PaymentAccident):
        await saga.perform("authorise_payment", pays("pm_sandbox_ideal")(saga.order))
    await saga.perform("void_payment_if_made", saga.booking)
    assert Left((("canceled", 0, 0),)) == await saga.vendors.left()


async def test_money_taken_at_once_without_an_answer_is_refunded_once(saga: Saga) -> None:
    await perform_all(saga, *CONFIRMING)
    await saga.vendors.fail("stripe", "authorise", "timeout_after")
    with pytest.raises(PaymentAccident):
        await saga.perform("authorise_payment", pays("pm_sandbox_sepa")(saga.order))
    await saga.vendors.fail("stripe", "refund", "timeout_after")
    with pytest.raises(PaymentAccident):
        await saga.perform("void_payment_if_made", saga.booking)
    await saga.perform("void_payment_if_made", saga.booking)
    assert Left((("succeeded", 2500, 2500),)) == await saga.vendors.left()
    assert 1 == (await saga.told()).count("payment_refunded")


async def test_a_payment_that_nobody_heard_being_opened_never_touches_money(saga: Saga) -> None:
    """The undo cannot know its id; without a payment method at the vendor it holds nothing."""
    await perform_all(saga, *CONFIRMING)
    await saga.vendors.fail("stripe", "create", "timeout_after")
    with pytest.raises(PaymentAccident):
        await saga.perform("authorise_payment", pays("pm_card_visa")(saga.order))
    await saga.perform("void_payment_if_made", saga.booking)
    assert Left((("requires_payment_method", 0, 0),)) == await saga.vendors.left()


async def test_a_difference_that_was_charged_without_an_answer_is_given_back_once(saga: Saga) -> None:
    await perform_all(saga, *CONFIRMED)
    await saga.vendors.fail("stripe", "authorise", "timeout_after")
    with pytest.raises(PaymentAccident):
        await perform_all(saga, "charge_saved_method")
    for _ in range(2):
        await perform_all(saga, "undo_charge_if_made")
        assert (("succeeded", 2500, 0), ("succeeded", 700, 700)) == (await saga.vendors.left()).payments
    assert 1 == (await saga.told()).count("charge_undone")


async def test_a_difference_that_was_only_opened_never_touches_money(saga: Saga) -> None:
    await perform_all(saga, *CONFIRMED)
    await saga.vendors.fail("stripe", "create", "timeout_after")
    with pytest.raises(PaymentAccident):
        await perform_all(saga, "charge_saved_method")
    await perform_all(saga, "undo_charge_if_made")
    assert (("succeeded", 2500, 0), ("canceled", 0, 0)) == (await saga.vendors.left()).payments


async def test_money_reserved_anew_without_an_answer_is_let_go_with_the_old(saga: Saga) -> None:
    await perform_all(saga, *ASKED)
    await saga.vendors.fail("stripe", "authorise", "timeout_after")
    with pytest.raises(PaymentAccident):
        await perform_all(saga, "renew_payment")
    for _ in range(2):
        await perform_all(saga, "void_renewals_if_made", "void_payment_if_made")
        assert Left((("canceled", 0, 0), ("canceled", 0, 0))) == await saga.vendors.left()


async def test_another_card_that_was_only_opened_is_let_go(saga: Saga) -> None:
    await perform_all(saga, *ASKED)
    await saga.vendors.fail("stripe", "authorise", "timeout_before")
    with pytest.raises(PaymentAccident):
        await saga.perform("renew_payment", RenewPayment(saga.booking, saga.order.price, 1, "pm_card_mastercard"))
    await perform_all(saga, "void_renewals_if_made", "void_payment_if_made")
    assert Left((("canceled", 0, 0), ("canceled", 0, 0))) == await saga.vendors.left()


async def test_a_card_left_at_its_banks_page_is_let_go_once_another_has_paid(saga: Saga) -> None:
    await perform_all(saga, *ASKED)
    await saga.perform("renew_payment", RenewPayment(saga.booking, saga.order.price, 1, "pm_card_authenticationRequired", SHOP))
    await saga.perform("renew_payment", RenewPayment(saga.booking, saga.order.price, 2, "pm_card_mastercard", SHOP))
    await saga.perform("void_replaced_payment", RenewalRef(saga.booking, 2))
    assert ["canceled", "canceled", "requires_capture"] == [state for state, *_ in (await saga.vendors.left()).payments]


async def test_a_second_renewal_takes_the_firsts_place_and_one_is_captured(saga: Saga) -> None:
    await perform_all(saga, *RENEWED)
    await saga.perform("renew_payment", RenewPayment(saga.booking, saga.order.price, 2))
    for number in (2, 1):  # in whichever order
        await saga.perform("void_replaced_payment", RenewalRef(saga.booking, number))
    await saga.perform("capture_payment", saga.booking)
    assert (("canceled", 0, 0), ("canceled", 0, 0), ("succeeded", 2500, 0)) == (await saga.vendors.left()).payments


async def test_a_renewal_the_bank_refuses_leaves_what_is_reserved(saga: Saga) -> None:
    await perform_all(saga, *CONFIRMING)
    await saga.perform("authorise_payment", pays("pm_sandbox_declinesLater")(saga.order))
    for _ in range(2):
        with pytest.raises(ApplicationError) as refused:
            await perform_all(saga, "renew_payment")
        assert "payment-declined" == refused.value.type
    assert "requires_capture" == (await saga.vendors.left()).payments[0][0]
    await saga.perform("capture_payment", saga.booking)
    assert 2500 == sum(captured for _, captured, _ in (await saga.vendors.left()).payments)


async def test_giving_back_a_new_time_after_the_move_keeps_the_move(saga: Saga) -> None:
    await perform_all(saga, *CONFIRMED, "reserve_new_time", "make_move")
    made = await saga.everything()
    await perform_all(saga, "give_back_new_time_if_reserved")
    assert made == await saga.everything()


async def test_an_event_that_was_written_without_an_answer_is_taken_away(saga: Saga) -> None:
    await perform_all(saga, *AUTHORISED)
    await saga.vendors.fail("google", "write_event", "timeout_after")
    with pytest.raises(CalendarAccident):
        await saga.perform("write_calendar_event", saga.booking)
    assert ("confirmed",) == (await saga.vendors.left()).events
    await saga.perform("delete_calendar_event_if_written", saga.booking)
    assert ("cancelled",) == (await saga.vendors.left()).events


async def test_an_event_can_be_written_again_after_it_was_taken_away(saga: Saga) -> None:
    """Google never frees an id."""
    await perform_all(saga, *AUTHORISED, "write_calendar_event", "delete_calendar_event_if_written", "write_calendar_event")
    assert ("confirmed",) == (await saga.vendors.left()).events


@pytest.mark.parametrize("status", [BookingStatus.EXPIRED, BookingStatus.CANCELLED, BookingStatus.FAILED])
async def test_closing_frees_the_slot_and_the_first_ending_stays(saga: Saga, status: BookingStatus) -> None:
    await perform_all(saga, *HELD)
    await saga.perform("close_booking", CloseBooking(saga.booking, status, "because"))
    for other in (BookingStatus.EXPIRED, BookingStatus.CANCELLED, BookingStatus.FAILED):
        await saga.perform("close_booking", CloseBooking(saga.booking, other, "something-else"))
    assert status.value == await status_of(saga.pool, saga.booking)
    assert ["held", status.value] == await saga.told()
    await saga.perform("hold_slot", FIRST["hold_slot"].arg(saga.shop.order()))
