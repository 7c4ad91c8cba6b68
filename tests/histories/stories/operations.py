"""What operators did, and to what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from domain.bookings import BookingRef
from domain.operations import SkipStep
from tests.histories.ground import Play, all_of, with_system
from tests.workflows import test_operating as tested
from tests.workflows.system import System

PATIENT: Mapping[str, object] = {"payment_seconds": 60, "capture_seconds": 60, "calendar_seconds": 60, "notify_seconds": 60}


async def left_out_then_open(system: System) -> None:
    """Its e-mail was left out; it goes on as an appointment."""
    system.email.fail(times=-1)
    booking: BookingRef = await tested.confirmed(system, told=False)
    await tested.is_at(system, booking, "email:confirmation")
    await tested.operate(system, booking, SkipStep("ada", "email:confirmation"))


def told(act: Callable[[System], Awaitable[None]]) -> Play:
    return with_system(act, **PATIENT)


def retried(call: str, step: str) -> Play:
    return told(partial(tested.test_a_payment_that_waits_for_its_next_try_is_tried_at_once, call=call, step=step))


STORIES = [
    *all_of(
        "BookingWorkflow",
        {
            "operator-gave-up-hold": told(tested.test_a_hold_is_given_up),
            "operator-retried-authorising": retried("authorise", "authorise-payment"),
            "operator-retried-capturing": retried("capture", "capture-payment"),
            "operator-skipped-calendar": told(tested.test_a_calendar_that_holds_up_the_checkout_is_left_out),
            "operator-settled-void": told(tested.test_an_undo_that_cannot_work_is_called_done_by_hand),
        },
    ),
    *all_of(
        "AppointmentWorkflow",
        {
            "operator-retried-refund": told(tested.test_a_refund_that_waits_for_its_next_try_is_tried_at_once),
            "operator-looked-up-refund": told(tested.test_a_pending_refund_is_looked_up_at_once),
            "operator-settled-refund": told(tested.test_a_refund_that_was_made_by_hand_is_not_made_again),
            "operator-settled-calendar": told(tested.test_a_calendar_event_that_cannot_be_deleted_was_deleted_by_hand),
            "operator-retried-calendar": told(tested.test_a_disconnected_calendar_is_looked_at_again_at_once),
            "operator-skipped-message": told(tested.test_a_message_that_is_skipped_is_never_sent),
            "operator-refunded": told(tested.test_an_operator_gives_back_what_is_left_and_no_more),
            "operator-refunded-while-cancelled": told(tested.test_a_refund_asked_for_at_the_last_moment_is_waited_for),
            "operator-resent-to-another-address": told(tested.test_a_refused_mail_goes_to_the_corrected_address),
            "operator-resent-in-place-of-another": told(
                tested.test_a_resent_message_takes_the_place_of_the_one_that_is_still_tried
            ),
            "operator-same-id-twice": told(tested.test_the_same_operation_id_is_one_operation),
            "open-operator-skipped-message": told(left_out_then_open),
        },
    ),
]
