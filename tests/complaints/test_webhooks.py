"""What users of booking systems complained of about webhooks, as it is here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from domain.bookings import BookingRef, BrokenRule
from domain.errors import BookingFailed, PaymentDeclined
from domain.rules import Rule
from tests.orders import TOMORROW
from tests.receivers import Receiver
from tests.waiting import until
from tests.workflows.test_webhooks import CONFIRMED, Told, telling_system
from workflows.messages import Cancel

HELD_ONLY = ("booking.held", "booking.confirmed", "booking.failed", "booking.expired", "booking.cancelled", "payment.declined")


@pytest.fixture
async def told(temporal_server: str, pool: asyncpg.Pool, database_url: str) -> AsyncIterator[Told]:
    async with telling_system(database_url, temporal_server, pool, capacity=10) as told:
        yield told


async def told_of(receiver: Receiver, booking: BookingRef, *types: str) -> None:
    await until(lambda: receiver.of(str(booking.booking_id)) == list(types))


async def test_c12_no_booking_is_announced_whose_card_was_declined(told: Told) -> None:
    """C12: BOOKING_CREATED was sent though the card failed. Here the hold, the refusal and the end are told, and nothing else."""
    receiver, _ = await told.receiver(*HELD_ONLY)
    booking = await told.hold()
    with pytest.raises(PaymentDeclined):
        await told.system.commands.confirm(booking, "declined", None)
    await told.system.commands.cancel(booking, Cancel())
    await receiver.gets(3)
    assert ["booking.held", "payment.declined", "booking.cancelled"] == receiver.types


async def test_c12_no_booking_is_announced_whose_money_could_not_be_taken(told: Told) -> None:
    """C12: the authorisation is there and the capture fails for good; everything is undone, and only that is told."""
    told.system.payments.fail("capture", -1)
    receiver, _ = await told.receiver(*HELD_ONLY, "payment.voided")
    booking = await told.hold()
    with pytest.raises(BookingFailed):
        await told.system.commands.confirm(booking, "ok", None)
    await told.system.becomes(booking, "failed")
    await receiver.gets(3)
    assert ["booking.held", "payment.voided", "booking.failed"] == receiver.types


async def test_c40_every_way_to_a_booking_is_told(told: Told) -> None:
    """C40: webhooks were missing for seats and for what was done from e-mails. Here whatever is on the timeline is told, since
    the timeline itself is what is sent: a seat in a session, a booking of staff against the rules, a hold that ends, a cancel."""
    receiver, _ = await told.receiver("booking.held", "booking.confirmed", "booking.cancelled", "booking.completed")
    session = [told.system.shop.order(TOMORROW, seats=2), told.system.shop.order(TOMORROW, seats=3)]
    overridden = replace(
        told.system.shop.order(TOMORROW + timedelta(hours=3)),
        override_reason="A regular",
        broken_rules=(BrokenRule(Rule.CLOSED, "schedule"),),
    )
    for order in (*session, overridden):
        booking = await told.system.hold(order)
        await told.system.commands.confirm(booking, "ok", None)
        await told_of(receiver, booking, "booking.held", "booking.confirmed")
    given_up = await told.system.hold(told.system.shop.order(TOMORROW + timedelta(hours=6)))
    await told.system.commands.cancel(given_up, Cancel())
    await told_of(receiver, given_up, "booking.held", "booking.cancelled")


async def test_c40_a_webhook_that_fails_stops_no_message_and_no_other_webhook(told: Told) -> None:
    """C40: a failing webhook stopped the reminders after it."""
    broken, _ = await told.receiver()
    broken.usual = 500
    good, _ = await told.receiver(*CONFIRMED)
    booking = await told.confirm()
    await until(lambda: len(told.system.email.sent) >= 1 and len(told.system.sms.sent) >= 1)
    await good.gets(len(CONFIRMED))
    assert CONFIRMED == good.of(str(booking.booking_id))
