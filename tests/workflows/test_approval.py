"""A booking that needs the provider's yes: every way its wait can end, and what becomes of the money meanwhile."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
import pytest_asyncio

from api.commands.outcomes import BookingIsOver, Progress
from domain.approvals import ApprovalPolicy, Decider, Verdict
from domain.bookings import Actor, BookingRef, HoldSlot
from domain.errors import BookingFailed, LinkSpent, PaymentDeclined, PaymentMethodUnsuitable, TransitionNotAllowed
from domain.links import LinkPurpose, link_hash
from domain.messages import Email, Sms
from domain.payments import Payment, PaymentState
from domain.policies import Policies
from store.links import make_link
from tests.databases import product_pools
from tests.opening import words_of
from tests.orders import status_of, timeline_of
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel, Decide

YES, NO = Decide(Verdict.APPROVED, Decider.STAFF), Decide(Verdict.DECLINED, Decider.STAFF, words="on holiday")
FOR_GOOD = -1
SHOP = "https://shop.example"


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    settings = hasty_settings(database_url, temporal_server, payment_seconds=2)
    async with running(settings, pool) as system:
        yield system


def needing_approval(order: HoldSlot, seconds: float = 60) -> HoldSlot:
    return replace(order, policies=Policies(approval=ApprovalPolicy(timedelta(seconds=seconds))), saves_method=True)


async def waiting(system: System, seconds: float = 60, *, method: str | None = "ok", paid: bool = True) -> BookingRef:
    """A booking that waits for its provider."""
    booking = await system.hold(needing_approval(system.shop.order(paid=paid), seconds))
    outcome = await system.commands.confirm(booking, method, SHOP)
    assert Progress.WAITING is outcome.progress
    assert "confirming" == await status_of(system.pool, booking)
    return booking


async def claims(system: System) -> int:
    return int(await system.pool.fetchval("SELECT count(*) FROM claims"))


def all_payments(system: System) -> list[Payment]:
    return [*system.payments.payments.values(), *system.payments.charges.values()]


def kept(system: System) -> int:
    return sum(each.amount.amount - each.refunded for each in all_payments(system) if each.state is PaymentState.CAPTURED)


def reserved(system: System) -> int:
    return sum(each.state is PaymentState.AUTHORISED for each in all_payments(system))


def told(system: System) -> list[tuple[str, str]]:
    """To whom e-mails went, and what about."""
    return [(each.to, each.key.split(":")[1]) for each in system.email.sent if isinstance(each, Email)]


async def nothing_is_left(system: System, booking: BookingRef, status: str, reason: str) -> None:
    """No time, no money, no event; and the status says why."""
    await system.becomes(booking, status)
    assert reason == await system.pool.fetchval("SELECT status_reason FROM bookings WHERE id = $1", booking.booking_id)
    assert (0, 0, 0, {}) == (await claims(system), kept(system), reserved(system), system.calendar.events)


async def is_told(system: System, to: str, name: str) -> None:
    await until(lambda: (to, name) in told(system))


# ---- yes, no, silence


async def test_after_the_yes_it_is_charged_once_and_confirmed(system: System) -> None:
    booking = await waiting(system)
    assert (1, 0, {}) == (reserved(system), kept(system), system.calendar.events)
    await is_told(system, "g@example.com", "approval_requested-provider")
    assert await system.commands.decide(booking, YES)
    assert ("confirmed", 2500) == (await status_of(system.pool, booking), kept(system))
    assert Progress.CONFIRMED is (await system.commands.confirm(booking, "ok", SHOP)).progress
    told_of = await timeline_of(system.pool, booking)
    assert ["payment_authorised", "approval_requested"] == told_of[3:5]
    assert ["approved", "claim_secured", "calendar_written", "payment_captured", "confirmed"] == [
        kind for kind in told_of[5:] if not kind.startswith("notification")
    ][:5]
    await is_told(system, "ada@example.com", "confirmation")


async def test_after_a_no_nothing_is_charged_and_the_customer_is_told(system: System) -> None:
    """C11: a rejected request is not charged."""
    booking = await waiting(system)
    assert await system.commands.decide(booking, NO)
    await nothing_is_left(system, booking, "cancelled", "declined")
    assert PaymentState.CANCELLED is system.payments.only.state
    await is_told(system, "ada@example.com", "approval_declined")
    assert "on holiday" == await words_of(system.pool, booking.booking_id)


async def test_silence_is_a_no(system: System) -> None:
    booking = await waiting(system, 1)
    await nothing_is_left(system, booking, "expired", "not-answered")
    await is_told(system, "ada@example.com", "approval_declined")
    with pytest.raises((TransitionNotAllowed, BookingIsOver)):  # the workflow may have closed by now
        await system.commands.decide(booking, YES)


async def test_what_costs_nothing_waits_too(system: System) -> None:
    booking = await waiting(system, method=None, paid=False)
    assert await system.commands.decide(booking, YES)
    assert ("confirmed", []) == (await status_of(system.pool, booking), all_payments(system))


async def test_the_time_stays_the_customers_for_the_whole_wait_and_no_longer(system: System) -> None:
    booking = await waiting(system, 60)
    expires_at: datetime = await system.pool.fetchval("SELECT expires_at FROM claim_seats")
    decide_by: datetime = await system.pool.fetchval("SELECT decide_by FROM approvals")
    assert decide_by == expires_at
    assert timedelta(seconds=50) < expires_at - datetime.now(UTC) <= timedelta(seconds=60)
    assert await system.commands.decide(booking, NO)


async def test_nobody_is_waited_for_beyond_an_hour_before_the_start(system: System) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1, seconds=3)).replace(microsecond=0)
    booking = await system.hold(needing_approval(system.shop.order(soon), 600))
    await system.commands.confirm(booking, "ok", SHOP)
    await nothing_is_left(system, booking, "expired", "not-answered")


async def test_a_repeated_yes_is_one_yes_and_a_later_no_is_refused(system: System) -> None:
    booking = await waiting(system)
    assert [True] * 3 == await asyncio.gather(*(system.commands.decide(booking, YES) for _ in range(3)))
    assert (2500, 1) == (kept(system), (await timeline_of(system.pool, booking)).count("approved"))


async def test_of_a_yes_and_a_no_at_once_the_first_decides(system: System) -> None:
    booking = await waiting(system)
    answers = await asyncio.gather(
        system.commands.decide(booking, YES), system.commands.decide(booking, NO), return_exceptions=True
    )
    assert [True] == [answer for answer in answers if answer is True]
    assert isinstance(next(answer for answer in answers if answer is not True), TransitionNotAllowed)
    status = await status_of(system.pool, booking)
    assert kept(system) == (2500 if status == "confirmed" else 0)


async def test_a_link_that_was_used_already_decides_nothing(system: System) -> None:
    booking = await waiting(system)
    hashed = link_hash("lk_link")
    await make_link(system.pool, booking, hashed, "tests", datetime.now(UTC) + timedelta(hours=1), LinkPurpose.APPROVAL)
    await system.pool.execute("UPDATE links SET used_at = now()")
    with pytest.raises(LinkSpent):
        await system.commands.decide(booking, replace(NO, link_hash=hashed.hex()))
    assert "confirming" == await status_of(system.pool, booking)
    assert await system.commands.decide(booking, YES)


@pytest.mark.parametrize(("signal", "status"), [("approve", "confirmed"), ("decline", "cancelled")])
async def test_operators_decide_by_signal(system: System, signal: str, status: str) -> None:
    booking = await waiting(system)
    await system.client.get_workflow_handle(booking.workflow_id).signal(signal)
    await system.becomes(booking, status)
    by = await system.pool.fetchval("SELECT decided_by FROM approvals")
    assert ("operator", 2500 if status == "confirmed" else 0) == (by, kept(system))


async def test_what_needs_no_approval_cannot_be_approved(system: System) -> None:
    booking = await system.hold(system.shop.order())
    with pytest.raises(TransitionNotAllowed):
        await system.commands.decide(booking, YES)
    await system.client.get_workflow_handle(booking.workflow_id).signal("decline")
    assert Progress.CONFIRMED is (await system.commands.confirm(booking, "ok", SHOP)).progress


async def test_a_calendar_that_fails_after_the_yes_undoes_everything_and_tells_the_customer(system: System) -> None:
    booking = await waiting(system)
    system.calendar.fail("write", FOR_GOOD)
    with pytest.raises(BookingFailed):
        await system.commands.decide(booking, YES)
    await nothing_is_left(system, booking, "failed", "write-calendar-event-failed")
    await is_told(system, "ada@example.com", "approval_declined")
    await is_told(system, "g@example.com", "cancelled-provider")


# ---- cancelled meanwhile


async def test_the_customer_may_cancel_while_it_waits(system: System) -> None:
    booking = await waiting(system)
    await system.commands.cancel(booking, Cancel(Actor.CUSTOMER, "no time"))
    await nothing_is_left(system, booking, "cancelled", "cancelled-by-customer")
    await is_told(system, "g@example.com", "cancelled-provider")
    assert ("ada@example.com", "approval_declined") not in told(system)


async def test_a_yes_and_a_cancel_at_once_have_one_outcome(system: System) -> None:
    booking = await waiting(system)
    approved, cancelled = await asyncio.gather(
        system.commands.decide(booking, YES), system.commands.cancel(booking, Cancel()), return_exceptions=True
    )
    status = await status_of(system.pool, booking)
    if status == "cancelled":
        assert (0, None) == (kept(system), cancelled)
        assert isinstance(approved, TransitionNotAllowed)
    else:
        assert ("confirmed", True, 2500) == (status, approved, kept(system))
        assert isinstance(cancelled, TransitionNotAllowed)


async def test_an_operators_cancel_of_the_workflow_undoes_everything(system: System) -> None:
    booking = await waiting(system)
    await system.client.get_workflow_handle(booking.workflow_id).cancel()
    await nothing_is_left(system, booking, "cancelled", "operator")
    await is_told(system, "ada@example.com", "approval_declined")


async def test_a_mail_server_that_is_down_holds_up_no_decision(system: System) -> None:
    system.email.fail(times=FOR_GOOD)
    booking = await waiting(system)
    assert await asyncio.wait_for(system.commands.decide(booking, YES), 10)
    assert 2500 == kept(system)


# ---- the money


async def test_what_would_be_charged_at_once_is_refused_and_the_slot_stays_held(system: System) -> None:
    booking = await system.hold(needing_approval(system.shop.order()))
    with pytest.raises(PaymentMethodUnsuitable):
        await system.commands.confirm(booking, "instant", SHOP)
    assert ("pending", 0) == (await status_of(system.pool, booking), kept(system))
    assert Progress.WAITING is (await system.commands.confirm(booking, "ok", SHOP)).progress
    assert await system.commands.decide(booking, YES)
    assert 2500 == kept(system)


async def test_a_declined_card_leaves_the_hold_and_asks_nobody(system: System) -> None:
    booking = await system.hold(needing_approval(system.shop.order()))
    with pytest.raises(PaymentDeclined):
        await system.commands.confirm(booking, "declined", SHOP)
    assert ("pending", []) == (await status_of(system.pool, booking), told(system))


async def renewed(system: System, times: int) -> None:
    await until(lambda: len(system.payments.charges) >= times)
    await until(lambda: reserved(system) == 1)


async def test_money_is_reserved_anew_before_it_is_let_go_and_taken_once(system: System) -> None:
    system.payments.reserved_for = timedelta(seconds=2)
    booking = await waiting(system)
    await renewed(system, 2)
    system.payments.reserved_for = None
    await renewed(system, 3)
    assert await system.commands.decide(booking, YES)
    captured = [each for each in all_payments(system) if each.state is PaymentState.CAPTURED]
    assert (1, 2500, 0) == (len(captured), kept(system), reserved(system))
    assert captured[0].id == await system.pool.fetchval("SELECT vendor_id FROM payments")
    assert {"payment_renewed", "payment_replaced_voided"} <= set(await timeline_of(system.pool, booking))


async def test_the_old_one_is_voided_only_after_the_new_one_is_reserved(system: System) -> None:
    system.payments.reserved_for = timedelta(seconds=4)
    system.payments.fail("renew", 1)
    await waiting(system)
    await until(lambda: "renew" in system.payments.faults.calls)
    assert 0 == system.payments.faults.calls.count("undo")
    assert PaymentState.AUTHORISED is system.payments.only.state
    await renewed(system, 1)
    await until(lambda: system.payments.only.state is PaymentState.CANCELLED)


@pytest.mark.parametrize("answer", [NO, None], ids=["no", "silence"])
async def test_after_renewals_a_no_leaves_nothing_reserved(system: System, answer: Decide | None) -> None:
    system.payments.reserved_for = timedelta(seconds=2)
    booking = await waiting(system, 60 if answer else 3)
    await renewed(system, 1)
    if answer:
        await system.commands.decide(booking, answer)
    await nothing_is_left(system, booking, *(("cancelled", "declined") if answer else ("expired", "not-answered")))


async def test_a_renewal_whose_answer_is_lost_is_made_once(system: System) -> None:
    system.payments.reserved_for = timedelta(seconds=3)
    system.payments.fail("renew", 1, after=True)
    booking = await waiting(system)
    await renewed(system, 1)
    assert 1 == len(system.payments.charges)
    assert await system.commands.decide(booking, YES)
    assert (2500, 0) == (kept(system), reserved(system))


async def test_a_renewal_nobody_heard_of_is_undone_with_the_rest(system: System) -> None:
    system.payments.reserved_for = timedelta(seconds=2)
    system.payments.fail("renew", FOR_GOOD, after=True)
    booking = await waiting(system)
    await until(lambda: len(system.payments.charges) == 1)
    await system.commands.cancel(booking, Cancel())
    await nothing_is_left(system, booking, "cancelled", "cancelled-by-customer")


async def declined_renewal(system: System, seconds: float = 60, reserved_for: float = 2) -> BookingRef:
    """The saved card says no, and what was reserved is let go."""
    system.payments.renew_result = PaymentState.DECLINED
    system.payments.reserved_for = timedelta(seconds=reserved_for)
    booking = await waiting(system, seconds)
    await is_told(system, "ada@example.com", "payment_declined.1")
    return booking


async def test_the_customer_may_pay_with_another_card_when_the_saved_one_says_no(system: System) -> None:
    booking = await declined_renewal(system)
    assert await system.pool.fetchval("SELECT payment_needed FROM approvals")
    system.payments.reserved_for = None
    with pytest.raises(PaymentDeclined):
        await system.commands.confirm(booking, "declined", SHOP)
    assert Progress.WAITING is (await system.commands.confirm(booking, "other", SHOP)).progress
    assert not await system.pool.fetchval("SELECT payment_needed FROM approvals")
    await until(lambda: reserved(system) == 1)
    assert await system.commands.decide(booking, YES)
    assert (2500, 0) == (kept(system), reserved(system))


async def test_another_card_may_need_its_owners_bank_first(system: System) -> None:
    booking = await declined_renewal(system)
    system.payments.reserved_for = None
    outcome = await system.commands.confirm(booking, "action", SHOP)
    assert Progress.ACTION_REQUIRED is outcome.progress
    system.payments.action_result = PaymentState.AUTHORISED
    await system.client.get_workflow_handle(booking.workflow_id).signal("payment_changed")
    await until(lambda: reserved(system) == 1)
    assert await system.commands.decide(booking, YES)
    assert 2500 == kept(system)


async def test_a_yes_without_money_waits_for_the_customer_and_then_confirms(system: System) -> None:
    booking = await declined_renewal(system, reserved_for=1)
    await asyncio.sleep(0.6)  # until what was reserved is let go: nothing tells of that
    assert not await system.commands.decide(booking, YES)
    assert "confirming" == await status_of(system.pool, booking)
    system.payments.reserved_for = None
    await system.commands.confirm(booking, "other", SHOP)
    await system.becomes(booking, "confirmed")
    assert (2500, 0) == (kept(system), reserved(system))


async def test_a_yes_without_money_ends_when_the_customer_does_not_pay(system: System) -> None:
    booking = await declined_renewal(system, seconds=4, reserved_for=1)
    await asyncio.sleep(0.6)
    assert not await system.commands.decide(booking, YES)
    await system.becomes(booking, "expired")
    reason = await system.pool.fetchval("SELECT status_reason FROM bookings WHERE id = $1", booking.booking_id)
    assert ("payment-not-renewed", 0, 0) == (reason, kept(system), await claims(system))
    await is_told(system, "g@example.com", "cancelled-provider")


async def test_money_that_the_bank_lets_go_too_soon_is_reserved_anew(system: System) -> None:
    booking = await waiting(system)
    (key,) = system.payments.payments
    system.payments.payments[key] = replace(system.payments.only, state=PaymentState.CANCELLED)
    await system.client.get_workflow_handle(booking.workflow_id).signal("payment_changed")
    await renewed(system, 1)
    assert await system.commands.decide(booking, YES)
    assert 2500 == kept(system)


async def test_a_worker_that_restarts_goes_on_waiting(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> None:
    settings = hasty_settings(database_url, temporal_server)
    async with running(settings, pool) as first:
        booking = await waiting(first)
        ids, payments = first.workflow_ids, first.payments
    async with running(settings, pool) as second:
        system = dataclasses.replace(second, payments=payments, workflow_ids=ids)
    async with product_pools(settings.owner_url) as pools, dataclasses.replace(system, pools=pools).worker():
        assert await system.commands.decide(booking, YES)
        assert ("confirmed", 2500) == (await status_of(pool, booking), kept(system))


async def test_texts_go_to_the_customer_too(system: System) -> None:
    booking = await waiting(system)
    await system.commands.decide(booking, NO)
    await until(lambda: any(isinstance(each, Sms) and ":approval_declined:" in each.key for each in system.sms.sent))
    assert 1 == len([each for each in system.sms.sent if isinstance(each, Sms)])
    assert booking.business_id == system.shop.business_id
