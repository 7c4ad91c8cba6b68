"""What is stuck, by the books: each thing is listed while it is open, and not a moment longer."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from domain.bookings import Actor, BookingRef, BookingStatus
from domain.messages import DeliveryState
from domain.money import Money
from domain.operations import Operation, OperationKind
from domain.payments import Payment, PaymentState, Refund, RefundState
from store import bookings, calendar_events, cancellations, charges, notifications, operations, payments, refunds
from store.calendar_events import WrittenEvent
from store.events import tell
from store.stuck import LIST, count_stuck, list_stuck, list_stuck_of
from tests.orders import TOMORROW, Shop, open_shop, ref

NOW = timedelta(0)


@pytest.fixture
async def shop(shared_pool: asyncpg.Pool) -> Shop:
    return await open_shop(shared_pool)


@pytest.fixture
async def booking(shop: Shop, shared_pool: asyncpg.Pool) -> BookingRef:
    """Confirmed, paid, and in the calendar."""
    order = shop.order()
    await bookings.hold(shared_pool, order, timedelta(minutes=5))
    await move(shared_pool, ref(order), BookingStatus.CONFIRMING)
    await move(shared_pool, ref(order), BookingStatus.CONFIRMED)
    paid = Payment("pi_1", PaymentState.CAPTURED, Money(2500, "EUR"))
    await payments.save(shared_pool, ref(order), "stripe", paid, key="payment-captured", kind="payment_captured")
    await calendar_events.save_written(shared_pool, ref(order), WrittenEvent("google", "ada@example.com"), "event")
    return ref(order)


async def move(pool: asyncpg.Pool, booking: BookingRef, target: BookingStatus) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await bookings.move(connection, booking, target, key=target.value, kind=target.value)


async def trouble(pool: asyncpg.Pool, booking: BookingRef, step: str) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await tell(connection, booking, f"trouble:{step}", "trouble", step=step, code="given-up")


async def operation(pool: asyncpg.Pool, booking: BookingRef, kind: OperationKind, step: str) -> None:
    await operations.note_alone(pool, Operation(booking, f"{kind}-{step}", kind, "ada", step))


async def stuck(pool: asyncpg.Pool, booking: BookingRef) -> list[tuple[str, str, str | None]]:
    found = await list_stuck_of(pool, booking)
    assert found == await list_stuck(pool, booking.business_id, NOW, None, 100)
    return [(one.thing.value, one.step, one.code) for one in found]


async def test_a_booking_that_is_well_has_nothing_stuck(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    assert [] == await stuck(shared_pool, booking)


async def test_a_cancelled_booking_waits_for_its_refund_and_its_calendar(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    await cancellations.cancel(shared_pool, booking, Actor.STAFF, None, None)
    calendar = ("calendar-not-deleted", "delete-calendar-event", "written")
    assert {calendar, ("refund-not-done", "refund:cancel/0", "requested")} == set(await stuck(shared_pool, booking))
    await refunds.save(shared_pool, booking, "cancel/0", Refund("re_1", Money(2500, "EUR"), RefundState.FAILED, "expired_card"))
    assert {calendar, ("refund-not-done", "refund:cancel/0", "expired_card")} == set(await stuck(shared_pool, booking))
    await calendar_events.save_deleted(shared_pool, booking)
    assert [("refund-not-done", "refund:cancel/0", "expired_card")] == await stuck(shared_pool, booking)


async def test_a_refund_that_came_through_is_not_stuck(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    await cancellations.cancel(shared_pool, booking, Actor.STAFF, None, None)
    await refunds.save(shared_pool, booking, "cancel/0", Refund("re_1", Money(2500, "EUR"), RefundState.SUCCEEDED))
    await calendar_events.save_deleted(shared_pool, booking)
    assert [] == await stuck(shared_pool, booking)


async def test_a_charge_is_stuck_until_the_bank_has_spoken(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    async with shared_pool.acquire() as connection, connection.transaction():
        await charges.request(connection, booking, "no-show", Money(700, "EUR"), reason="no-show")
    assert [("charge-unknown", "charge:no-show", "requested")] == await stuck(shared_pool, booking)
    await charges.save(shared_pool, booking, "no-show", Payment("pi_2", PaymentState.DECLINED, Money(700, "EUR")))
    assert [] == await stuck(shared_pool, booking)


@pytest.mark.parametrize(
    ("name", "channel", "state", "thing"),
    [
        ("confirmation", "email", DeliveryState.REFUSED, "email-not-sent"),
        ("cancelled", "sms", DeliveryState.UNDELIVERED, "sms-not-sent"),
        ("reminder-60", "sms", DeliveryState.QUEUED, "reminder-not-sent"),
    ],
)
async def test_a_message_is_stuck_until_it_is_sent_or_left_out(
    shared_pool: asyncpg.Pool, booking: BookingRef, name: str, channel: str, state: DeliveryState, thing: str
) -> None:
    await notifications.note(shared_pool, booking, name, channel, state)
    assert [(thing, f"{channel}:{name}", state.value)] == await stuck(shared_pool, booking)
    if state is DeliveryState.QUEUED:
        await notifications.note(shared_pool, booking, name, channel, DeliveryState.SENT, vendor_id="SM1")
        assert [] == await stuck(shared_pool, booking)


@pytest.mark.parametrize("step", ["void-payment", "undo-charge:reschedule:1", "void-replaced-payment"])
async def test_an_undo_that_was_given_up_is_stuck_until_somebody_did_it(
    shared_pool: asyncpg.Pool, booking: BookingRef, step: str
) -> None:
    await trouble(shared_pool, booking, step)
    assert [step] == [found for _, found, _ in await stuck(shared_pool, booking)]
    await operation(shared_pool, booking, OperationKind.SETTLE, step)
    assert [] == await stuck(shared_pool, booking)


@pytest.mark.parametrize("how", ["written", "skipped", "over"])
async def test_a_calendar_is_behind_until_it_is_written_or_left_out(
    shared_pool: asyncpg.Pool, booking: BookingRef, how: str
) -> None:
    await trouble(shared_pool, booking, "calendar.1")
    assert [("calendar-not-written", "write-calendar-event", "given-up")] == await stuck(shared_pool, booking)
    if how == "written":
        await calendar_events.save_written(shared_pool, booking, WrittenEvent("google", "ada@example.com"), "event", 1)
    elif how == "skipped":
        await operation(shared_pool, booking, OperationKind.SKIP, "write-calendar-event")
    else:
        await move(shared_pool, booking, BookingStatus.COMPLETED)
    assert [] == await stuck(shared_pool, booking)


async def test_a_hold_is_stuck_when_it_should_have_ended(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    order = shop.order(TOMORROW + timedelta(hours=2))
    await bookings.hold(shared_pool, order, timedelta(minutes=5))
    assert [] == await stuck(shared_pool, ref(order))
    await shared_pool.execute("UPDATE bookings SET hold_expires_at = now() - interval '1 hour' WHERE id = $1", order.booking_id)
    assert [("hold-not-released", "hold", "pending")] == await stuck(shared_pool, ref(order))
    (counted,) = [one for one in await count_stuck(shared_pool, timedelta(minutes=10)) if one.thing == "hold-not-released"]
    assert 1 == counted.count
    await bookings.close(shared_pool, ref(order), BookingStatus.EXPIRED, "hold-expired")
    assert [] == await stuck(shared_pool, ref(order))


async def test_a_reminder_that_nobody_started_is_stuck(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    await shared_pool.execute(
        "INSERT INTO reminders (business_id, booking_id, minutes_before, due_at) VALUES ($1, $2, 60, now() - interval '1 hour')",
        booking.business_id,
        booking.booking_id,
    )
    assert [("reminder-not-sent", "reminder:60", "not-started")] == await stuck(shared_pool, booking)


DONE = """
WITH many AS (
    INSERT INTO bookings (business_id, id, service_id, provider_id, customer_id, starts_at, ends_at, blocks, capacity, seats,
                          price_amount, price_currency, payment, status, hold_expires_at, manage_token_hash, request_hash)
    SELECT business_id, gen_random_uuid(), service_id, provider_id, customer_id, starts_at, ends_at, blocks, capacity, seats,
           price_amount, price_currency, payment, 'completed', hold_expires_at, manage_token_hash, request_hash
    FROM bookings, generate_series(1, 3000) WHERE business_id = $1 AND id = $2
    RETURNING business_id, id
), back AS (
    INSERT INTO refunds (business_id, booking_id, step, amount, currency, state, reason, asked_by)
    SELECT business_id, id, 'cancel/0', 1, 'EUR', 'succeeded', 'done', 'staff' FROM many
), charged AS (
    INSERT INTO charges (business_id, booking_id, step, amount, currency, state, reason)
    SELECT business_id, id, 'no-show', 1, 'EUR', 'captured', 'done' FROM many
), told AS (
    INSERT INTO notifications (business_id, booking_id, kind, channel, state, vendor_id)
    SELECT business_id, id, 'confirmation', 'email', 'sent', 'm' FROM many
), written AS (
    INSERT INTO calendar_events (business_id, booking_id, vendor, calendar_id, vendor_id, state)
    SELECT business_id, id, 'google', 'ada', 'e', 'written' FROM many
)
INSERT INTO booking_events (business_id, booking_id, key, kind) SELECT business_id, id, 'held', 'held' FROM many
"""
OPEN = {"refunds_open", "charges_open", "notifications_open", "calendar_events_open", "bookings_open", "booking_events_trouble"}


async def test_what_is_done_is_not_read_to_find_what_is_not(shared_pool: asyncpg.Pool, booking: BookingRef) -> None:
    """Each part has an index that holds only what is open; thousands of bookings that are well cost nothing. Of
    reminders there are only those that are still to be sent."""
    tables = "bookings, refunds, charges, notifications, calendar_events, booking_events, reminders"
    async with shared_pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        await connection.execute(DONE, booking.business_id, booking.booking_id)
        await connection.execute(f"ANALYZE {tables}")
        rows = await connection.fetch(f"EXPLAIN {LIST}", booking.business_id, NOW, None, None, None, 50)
        await transaction.rollback()
    plan = "\n".join(row[0] for row in rows)
    assert set() == {index for index in OPEN if index not in plan}, plan
