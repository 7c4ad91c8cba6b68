"""Answers are final, accidents are retried: the difference is made once, for every activity."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from activities.bookings import ConfirmationAttempt, HoldFor
from activities.errors import answer_in, as_failure
from domain.calendars import CalendarAccident
from domain.errors import ANSWERS, Answer
from domain.messages import MessageAccident
from domain.payments import PaymentAccident
from store.pool import open_pool
from tests.activities.cases import AUTHORISED, CONFIRMED, CONFIRMING, FIRST, HELD, RESERVED, message, pays, perform_all
from tests.activities.saga import Saga
from tests.activities.vendors import Left

Attempt = Callable[[Saga], Awaitable[object]]


async def hold_what_is_taken(saga: Saga) -> None:
    await perform_all(saga, *HELD)
    await saga.perform("hold_slot", HoldFor(saga.shop.order(), 300.0))


async def keep_what_another_took(saga: Saga) -> None:
    await saga.perform("hold_slot", HoldFor(saga.order, -1.0))
    await saga.perform("hold_slot", HoldFor(saga.shop.order(), 300.0))
    await saga.perform("secure_claim", saga.booking)


async def begin_what_is_over(saga: Saga) -> None:
    await perform_all(saga, *HELD, "close_booking")
    await saga.perform("begin_confirmation", ConfirmationAttempt(saga.booking, 1))


async def pay_with_a_card_that_is_refused(saga: Saga) -> None:
    await perform_all(saga, *CONFIRMING)
    await saga.perform("authorise_payment", pays("pm_card_chargeDeclinedInsufficientFunds")(saga.order))


async def capture_what_was_let_go(saga: Saga) -> None:
    await perform_all(saga, *AUTHORISED, "void_payment_if_made")
    await saga.perform("capture_payment", saga.booking)


async def capture_what_was_never_opened(saga: Saga) -> None:
    await perform_all(saga, *CONFIRMING)
    await saga.perform("capture_payment", saga.booking)


async def write_into_a_calendar_that_is_gone(saga: Saga) -> None:
    await saga.pool.execute("UPDATE providers SET calendar_id = 'gone@example.com' WHERE id = $1", saga.shop.provider_id)
    await perform_all(saga, *AUTHORISED)
    await saga.perform("write_calendar_event", saga.booking)


async def mail_to_a_mailbox_that_is_gone(saga: Saga) -> None:
    await perform_all(saga, *CONFIRMED)
    await saga.vendors.fail("smtp", "send", "decline")
    await saga.perform("send_email", message(saga.order))


async def text_to_somebody_who_unsubscribed(saga: Saga) -> None:
    await perform_all(saga, *CONFIRMED)
    await saga.vendors.fail("twilio", "send", "decline")
    await saga.perform("send_sms", message(saga.order))


@pytest.mark.parametrize(
    ("attempt", "code"),
    [
        (hold_what_is_taken, "slot-taken"),
        (keep_what_another_took, "hold-expired"),
        (begin_what_is_over, "not-allowed-now"),
        (pay_with_a_card_that_is_refused, "payment-declined"),
        (capture_what_was_let_go, "payment-not-capturable"),
        (capture_what_was_never_opened, "not-found"),
        (write_into_a_calendar_that_is_gone, "calendar-disconnected"),
        (mail_to_a_mailbox_that_is_gone, "message-refused"),
        (text_to_somebody_who_unsubscribed, "message-refused"),
    ],
)
async def test_an_answer_is_final_and_keeps_its_code(saga: Saga, attempt: Attempt, code: str) -> None:
    with pytest.raises(ApplicationError) as refused:
        await attempt(saga)
    assert (code, True) == (refused.value.type, refused.value.non_retryable)
    assert ANSWERS[code] is type(answer_in(refused.value))


async def test_a_decline_carries_the_banks_code(saga: Saga) -> None:
    with pytest.raises(ApplicationError) as refused:
        await pay_with_a_card_that_is_refused(saga)
    answer = answer_in(refused.value)
    assert answer is not None and {"decline_code": "insufficient_funds"} == answer.facts


async def test_another_card_can_be_tried_after_a_decline(saga: Saga) -> None:
    with pytest.raises(ApplicationError):
        await pay_with_a_card_that_is_refused(saga)
    await saga.perform("return_to_hold", ConfirmationAttempt(saga.booking, 1, "payment-declined"))
    await saga.perform("begin_confirmation", ConfirmationAttempt(saga.booking, 2))
    second_card = dataclasses.replace(pays("pm_card_visa")(saga.order), attempt=2)
    assert (await saga.perform("authorise_payment", second_card)).is_secured
    assert Left((RESERVED,)) == await saga.vendors.left()


async def test_a_decline_whose_answer_was_lost_is_still_a_decline(saga: Saga) -> None:
    await saga.vendors.fail("stripe", "authorise", "timeout_after")
    with pytest.raises(PaymentAccident):
        await pay_with_a_card_that_is_refused(saga)
    for _ in range(2):
        with pytest.raises(ApplicationError) as refused:
            await saga.perform("authorise_payment", pays("pm_card_chargeDeclinedInsufficientFunds")(saga.order))
        assert "payment-declined" == refused.value.type
    assert ["payment_opened", "payment_declined"] == (await saga.told())[2:]


@pytest.mark.parametrize("attempt", [mail_to_a_mailbox_that_is_gone, text_to_somebody_who_unsubscribed])
async def test_a_refused_message_is_not_tried_again(saga: Saga, attempt: Attempt) -> None:
    with pytest.raises(ApplicationError):
        await attempt(saga)
    assert "notification_refused" == (await saga.told())[-1]
    for activity in ("send_email", "send_sms"):
        await saga.perform(activity, message(saga.order))
    assert 1 == len((await saga.vendors.left()).messages)  # the other channel's


@pytest.mark.parametrize(
    ("activity", "vendor", "operation", "accident"),
    [
        ("authorise_payment", "stripe", "create", PaymentAccident),
        ("authorise_payment", "stripe", "authorise", PaymentAccident),
        ("check_payment", "stripe", "look", PaymentAccident),
        ("capture_payment", "stripe", "capture", PaymentAccident),
        ("void_payment_if_made", "stripe", "void", PaymentAccident),
        ("write_calendar_event", "google", "write_event", CalendarAccident),
        ("delete_calendar_event_if_written", "google", "delete_event", CalendarAccident),
        ("send_email", "smtp", "send", MessageAccident),
        ("send_sms", "twilio", "send", MessageAccident),
    ],
)
async def test_an_accident_stays_one_so_that_it_is_retried(
    saga: Saga, activity: str, vendor: str, operation: str, accident: type[Exception]
) -> None:
    await perform_all(saga, *FIRST[activity].after)
    await saga.vendors.fail(vendor, operation, "error_500")
    with pytest.raises(accident) as raised:
        await saga.perform(activity, FIRST[activity].arg(saga.order))
    assert answer_in(raised.value) is None
    await saga.perform(activity, FIRST[activity].arg(saga.order))


async def test_a_database_that_is_away_is_an_accident(saga: Saga, database_url: str) -> None:
    pool = await open_pool(database_url, 1)
    away = Saga(pool, (pool, pool), saga.vendors, saga.shop, saga.order)
    await pool.close()
    with pytest.raises(asyncpg.InterfaceError):
        await away.perform("hold_slot", HoldFor(saga.order, 300.0))


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_survives_its_way_through_temporal(answer: type[Answer]) -> None:
    """As the failure of an activity, into history and out of it again."""
    failure = Failure()
    sent = as_failure(answer("no, because", status="confirmed", count=2))
    wrapped = ActivityError(
        "failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="worker",
        activity_type="any",
        activity_id="1",
        retry_state=RetryState.NON_RETRYABLE_FAILURE,
    )
    wrapped.__cause__ = sent
    converter = DataConverter.default
    converter.failure_converter.to_failure(wrapped, converter.payload_converter, failure)
    read = answer_in(converter.failure_converter.from_failure(failure, converter.payload_converter))
    assert read is not None
    assert (answer, "no, because", {"status": "confirmed", "count": 2}) == (type(read), read.detail, read.facts)


def test_an_error_of_somebody_elses_is_no_answer() -> None:
    assert answer_in(ApplicationError("no", type="SomethingElse", non_retryable=True)) is None
    assert answer_in(ValueError("no")) is None
    assert answer_in(None) is None
