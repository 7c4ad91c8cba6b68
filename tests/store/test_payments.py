"""What we write down of a payment follows the vendor and is told once."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import asyncpg
import pytest

from domain.bookings import BookingRef
from domain.money import Money
from domain.payments import NextAction, Payment, PaymentState
from store import bookings, payments
from store.bookings_read import find_booking
from tests.orders import open_shop, ref, timeline_of

OPENED = Payment("pi_1", PaymentState.CREATED, Money(2500, "EUR"))


@pytest.fixture
async def booking(shared_pool: asyncpg.Pool) -> BookingRef:
    order = (await open_shop(shared_pool)).order()
    await bookings.hold(shared_pool, order, timedelta(minutes=5))
    return ref(order)


async def save(pool: asyncpg.Pool, booking: BookingRef, payment: Payment, kind: str) -> None:
    await payments.save(pool, booking, "stripe", payment, key=kind, kind=kind)


async def test_nothing_is_known_of_a_payment_that_was_never_opened(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    assert await payments.payment_id(shared_pool, booking) is None
    found = await find_booking(shared_pool, booking)
    assert found is not None and found.payment is None


async def test_it_follows_the_vendor_and_tells_each_step_once(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    for _ in range(2):
        await save(shared_pool, booking, OPENED, "payment_opened")
        await save(shared_pool, booking, dataclasses.replace(OPENED, state=PaymentState.CAPTURED), "payment_captured")
    assert "pi_1" == await payments.payment_id(shared_pool, booking)
    assert ["held", "payment_opened", "payment_captured"] == await timeline_of(shared_pool, booking)
    found = await find_booking(shared_pool, booking)
    assert found is not None and found.payment is not None
    assert ("captured", Money(2500, "EUR"), 0) == (found.payment.state, found.payment.amount, found.payment.refunded)


@pytest.mark.parametrize(
    ("final", "late"),
    [
        (dataclasses.replace(OPENED, state=PaymentState.CANCELLED), dataclasses.replace(OPENED, state=PaymentState.AUTHORISED)),
        (dataclasses.replace(OPENED, state=PaymentState.CAPTURED), dataclasses.replace(OPENED, state=PaymentState.AUTHORISED)),
        (
            dataclasses.replace(OPENED, state=PaymentState.CAPTURED, refunded=2500),
            dataclasses.replace(OPENED, state=PaymentState.CAPTURED),
        ),
    ],
    ids=["voided", "captured", "refunded"],
)
async def test_a_late_note_reopens_nothing(shared_pool: asyncpg.Pool, booking: BookingRef, final: Payment, late: Payment) -> None:
    """A try that was thought dead writes down what it saw before the money was given back."""
    await save(shared_pool, booking, OPENED, "payment_opened")
    await save(shared_pool, booking, final, "payment_ended")
    await save(shared_pool, booking, late, "payment_late")
    found = await find_booking(shared_pool, booking)
    assert found is not None and found.payment is not None
    assert (final.state.value, final.refunded) == (found.payment.state, found.payment.refunded)


async def test_what_the_customer_must_do_is_kept_until_it_is_done(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    action = NextAction("redirect_to_url", "https://bank.example/3ds", "secret")
    waiting = dataclasses.replace(OPENED, state=PaymentState.ACTION_REQUIRED, next_action=action)
    await save(shared_pool, booking, waiting, "payment_action_required")
    found = await find_booking(shared_pool, booking)
    assert found is not None and found.payment is not None and action == found.payment.next_action
    await save(shared_pool, booking, dataclasses.replace(OPENED, state=PaymentState.AUTHORISED), "payment_authorised")
    found = await find_booking(shared_pool, booking)
    assert found is not None and found.payment is not None and found.payment.next_action is None


async def test_the_timeline_says_how_much_and_why_but_gives_no_secret_away(
    shared_pool: asyncpg.Pool, booking: BookingRef
) -> None:
    action = NextAction("redirect_to_url", "https://bank.example/3ds", "a-client-secret")
    declined = dataclasses.replace(OPENED, state=PaymentState.DECLINED, decline_code="stolen_card", next_action=action)
    await save(shared_pool, booking, declined, "payment_declined")
    row = await shared_pool.fetchrow(
        "SELECT detail FROM booking_events WHERE booking_id = $1 AND kind = 'payment_declined'", booking.booking_id
    )
    assert row is not None
    assert {"vendor_id": "pi_1", "amount": 2500, "currency": "EUR", "code": "stolen_card"} == row["detail"]
    assert "a-client-secret" not in json.dumps(row["detail"])


async def test_more_than_was_taken_can_never_be_noted_as_given_back(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="never_over_refunded"):
        await save(shared_pool, booking, dataclasses.replace(OPENED, refunded=2501), "payment_refunded")
    assert ["held"] == await timeline_of(shared_pool, booking)  # the line went with its change


async def test_a_payment_without_a_booking_is_refused(shared_pool: asyncpg.Pool) -> None:
    shop = await open_shop(shared_pool)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await save(shared_pool, ref(shop.order()), OPENED, "payment_opened")
