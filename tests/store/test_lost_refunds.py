"""Refunds that failed after they were called done, in our own books."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from domain.bookings import Actor, BookingRef, BookingStatus
from domain.money import Money
from domain.operations import Operation, OperationKind
from domain.outside_steps import ByHand
from domain.payments import Payment, PaymentState, Refund, RefundState
from store import bookings, cancellations, lost_refunds, payments, refunds, settling
from tests.orders import open_shop, ref, timeline_of
from tests.store.test_stuck import move

PRICE = Money(2500, "EUR")
DONE = Refund("re_1", PRICE, RefundState.SUCCEEDED)
LOST = Refund("re_1", PRICE, RefundState.FAILED, "lost_or_stolen_card")


async def books(pool: asyncpg.Pool, booking: BookingRef) -> tuple[int, str, int]:
    """What came back of the payment, how the refund stands, and how often its failure was told."""
    query = "SELECT refunded FROM payments WHERE business_id = $1 AND booking_id = $2"
    (row,) = await refunds.list_refunds(pool, booking)
    told = (await timeline_of(pool, booking)).count("refund_failed")
    return await pool.fetchval(query, booking.business_id, booking.booking_id), row.state, told


async def lose(pool: asyncpg.Pool, booking: BookingRef) -> bool:
    return await lost_refunds.lose(pool, booking, booking.key("refund:cancel/0"), LOST)


@pytest.fixture
async def cancelled(shared_pool: asyncpg.Pool) -> BookingRef:
    """Paid, cancelled, and everything is to come back."""
    order = (await open_shop(shared_pool)).order()
    await bookings.hold(shared_pool, order, timedelta(minutes=5))
    await move(shared_pool, ref(order), BookingStatus.CONFIRMING)
    await move(shared_pool, ref(order), BookingStatus.CONFIRMED)
    paid = Payment("pi_1", PaymentState.CAPTURED, PRICE)
    await payments.save(shared_pool, ref(order), "stripe", paid, key="payment-captured", kind="payment_captured")
    await cancellations.cancel(shared_pool, ref(order), Actor.STAFF, None, None)
    return ref(order)


async def test_what_came_back_no_longer_counts_and_a_repeat_changes_nothing(
    shared_pool: asyncpg.Pool, cancelled: BookingRef
) -> None:
    await refunds.save(shared_pool, cancelled, "cancel/0", DONE)
    assert (2500, "succeeded", 0) == await books(shared_pool, cancelled)
    assert [True, False] == [await lose(shared_pool, cancelled) for _ in range(2)]
    assert (0, "failed", 1) == await books(shared_pool, cancelled)
    assert PRICE == await refunds.read_left(shared_pool, cancelled)


async def test_news_that_overtake_our_own_note_have_the_last_word(shared_pool: asyncpg.Pool, cancelled: BookingRef) -> None:
    assert await lose(shared_pool, cancelled), "it is known by its key where we have not heard its id"
    await refunds.save(shared_pool, cancelled, "cancel/0", DONE)
    assert (0, "failed", 1) == await books(shared_pool, cancelled)
    assert "payment_refunded" not in await timeline_of(shared_pool, cancelled)


async def test_what_was_settled_by_hand_stays_so(shared_pool: asyncpg.Pool, cancelled: BookingRef) -> None:
    settle = Operation(cancelled, "one", OperationKind.SETTLE, "ada", "refund:cancel/0", "refunded")
    await settling.settle(shared_pool, settle, ByHand.REFUNDED, is_under_way=False)
    assert not await lose(shared_pool, cancelled)
    assert (2500, "succeeded", 0) == await books(shared_pool, cancelled)


async def test_another_bookings_refund_is_none_of_ours(shared_pool: asyncpg.Pool, cancelled: BookingRef) -> None:
    await refunds.save(shared_pool, cancelled, "cancel/0", DONE)
    assert not await lost_refunds.lose(shared_pool, cancelled, "another:refund:cancel/0", Refund("re_2", PRICE, LOST.state))
    assert (2500, "succeeded", 0) == await books(shared_pool, cancelled)
