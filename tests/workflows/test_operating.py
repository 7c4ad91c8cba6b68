"""What operators do to a running booking: each operation where it makes sense, and refused where it does not."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from temporalio.client import WorkflowUpdateFailedError

from activities.errors import answer_in
from domain.bookings import BookingRef, OnCalendarFailure
from domain.errors import CalendarDisconnected, ChangedMeanwhile, MessageRefused
from domain.messages import Channel, DeliveryState, MessageKind
from domain.operations import GiveUpHold, Operated, RefundBooking, ResendMessage, RetryStep, SettleStep, SkipStep, UnderWay, Wish
from domain.outside_steps import ByHand
from domain.payments import RefundState
from store.appointments import read_appointment
from tests.fakes import Fault
from tests.opening import words_of
from tests.orders import status_of, timeline_of
from tests.waiting import PATIENCE, until
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel

FOR_GOOD = -1
UPDATES: dict[type, str] = {
    RetryStep: "retry_step",
    SkipStep: "skip_step",
    SettleStep: "settle_step",
    RefundBooking: "refund",
    ResendMessage: "resend",
    GiveUpHold: "give_up_hold",
}


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    patient: dict[str, object] = {"payment_seconds": 60, "capture_seconds": 60, "calendar_seconds": 60, "notify_seconds": 60}
    async with running(hasty_settings(database_url, temporal_server, **patient), pool) as system:
        yield system


async def operate(system: System, booking: BookingRef, wish: Wish) -> Operated:
    handle = system.client.get_workflow_handle(booking.workflow_id)
    done: Operated = await handle.execute_update(UPDATES[type(wish)], wish, result_type=Operated)
    return done


async def refused(system: System, booking: BookingRef, wish: Wish) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as refusal:
        await operate(system, booking, wish)
    answer = answer_in(refusal.value.cause)
    assert answer is not None, refusal.value.cause
    return answer.code


async def under_way(system: System, booking: BookingRef) -> dict[str, set[str]]:
    """The steps, with what may be done about each."""
    handle = system.client.get_workflow_handle(booking.workflow_id)
    shown = await handle.query("under_way", result_type=UnderWay)
    return {step.name: set(step.may) for step in shown.steps}


async def is_at(system: System, booking: BookingRef, step: str) -> None:
    async def is_there() -> bool:
        return step in await under_way(system, booking)

    await until(is_there)


async def tried(fake: Any, call: str, times: int) -> None:
    """So often, and now waiting for the next try a while."""
    await until(lambda: fake.faults.calls.count(call) >= times)


async def confirmed(system: System, *, told: bool = True) -> BookingRef:
    booking = await system.hold(system.shop.order())
    await system.commands.confirm(booking, "ok", "https://shop.example")
    handle = system.client.get_workflow_handle(booking.workflow_id)

    async def is_appointment() -> bool:
        return (await handle.describe()).workflow_type == "AppointmentWorkflow"

    await until(is_appointment)
    if told:
        await until(lambda: len(system.email.sent) >= 1 and len(system.sms.sent) >= 1)
    return booking


async def is_over(system: System, booking: BookingRef, status: str) -> None:
    over = await asyncio.wait_for(system.client.get_workflow_handle(booking.workflow_id).result(), PATIENCE)
    assert status == over["status"] == await status_of(system.pool, booking)


async def refunds(system: System) -> list[tuple[str, int, str]]:
    rows = await system.pool.fetch("SELECT step, amount, state FROM refunds ORDER BY step")
    return [(row["step"], row["amount"], row["state"]) for row in rows]


async def operations(system: System) -> list[dict[str, Any]]:
    """As the timeline tells them."""
    rows = await system.pool.fetch("SELECT detail FROM booking_events WHERE kind = 'operation' ORDER BY seq")
    return [row["detail"] for row in rows]


async def cancelled_with_vendor_away(system: System, tries: int = 1) -> tuple[BookingRef, asyncio.Task[None]]:
    """Whoever cancelled waits some seconds for the refund, and may go on waiting."""
    booking = await confirmed(system)
    system.payments.fail("refund", FOR_GOOD)
    cancelling = asyncio.create_task(system.commands.cancel(booking, Cancel()))
    await tried(system.payments, "refund", tries)
    return booking, cancelling


async def test_a_refund_that_waits_for_its_next_try_is_tried_at_once(system: System) -> None:
    booking, cancelling = await cancelled_with_vendor_away(system, tries=3)
    assert {"retry", "settle"} == (await under_way(system, booking))["refund:cancel/0"]
    system.payments.fail("refund", 0)
    done = await operate(system, booking, RetryStep("ada", "refund:cancel/0"))
    assert ("retried", False) == (done.outcome, done.is_repeat)
    await asyncio.wait_for(cancelling, 3)  # the next try by itself would come later
    await is_over(system, booking, "cancelled")
    assert [("cancel/0", 2500, "succeeded")] == await refunds(system)
    assert [{"operation": "retry", "by": "ada", "step": "refund:cancel/0"}] == await operations(system)


async def test_a_pending_refund_is_looked_up_at_once(system: System) -> None:
    booking = await confirmed(system)
    system.payments.refund_result = RefundState.PENDING
    await system.commands.cancel(booking, Cancel())
    await tried(system.payments, "refund", 2)  # it rests now; what comes is another refund in the vendor's books
    system.payments.parts.clear()
    (payment_id,) = system.payments.payments
    system.payments.payments[payment_id] = dataclasses.replace(system.payments.only, refunded=0)
    system.payments.refund_result = RefundState.SUCCEEDED
    await is_at(system, booking, "refund:cancel/0")
    await operate(system, booking, RetryStep("ada", "refund:cancel/0"))
    await is_over(system, booking, "cancelled")
    assert [("cancel/0", 2500, "succeeded")] == await refunds(system)


async def test_the_same_operation_id_is_one_operation(system: System) -> None:
    booking, cancelling = await cancelled_with_vendor_away(system)
    wish = RetryStep("ada", "refund:cancel/0", "monday-1")
    first, second = await operate(system, booking, wish), await operate(system, booking, wish)
    assert (False, True) == (first.is_repeat, second.is_repeat)
    other = SettleStep("ada", "refund:cancel/0", ByHand.REFUNDED, "in cash", "monday-1")
    assert "idempotency-key-reused" == await refused(system, booking, other)
    assert 1 == len(await operations(system))
    system.payments.fail("refund", 0)
    await cancelling


async def test_a_refund_that_was_made_by_hand_is_not_made_again(system: System) -> None:
    booking, cancelling = await cancelled_with_vendor_away(system)
    wish = SettleStep("ada", "refund:cancel/0", ByHand.REFUNDED, "in cash, receipt 17")
    assert "settled" == (await operate(system, booking, wish)).outcome
    system.payments.fail("refund", 0)
    await cancelling
    await is_over(system, booking, "cancelled")
    assert ([("cancel/0", 2500, "succeeded")], 0) == (await refunds(system), system.payments.only.refunded)
    assert 2500 == await system.pool.fetchval("SELECT refunded FROM payments")
    told = await timeline_of(system.pool, booking)
    assert {"operation", "settled_by_hand"} <= set(told) and "trouble" not in told
    said = await words_of(system.pool, booking.booking_id, "(SELECT o.reason FROM operations o WHERE o.booking_id = b.id)")
    assert "in cash, receipt 17" == said
    assert "receipt" not in str(await system.pool.fetch("SELECT detail FROM booking_events"))


async def test_a_refund_that_got_through_first_is_not_settled(system: System) -> None:
    booking = await confirmed(system)
    system.calendar.fail("delete", FOR_GOOD)
    await system.commands.cancel(booking, Cancel())
    await until(lambda: system.pool.fetchval("SELECT state = 'succeeded' FROM refunds"))
    wish = SettleStep("ada", "refund:cancel/0", ByHand.REFUNDED, "in cash")
    assert "step-not-under-way" == await refused(system, booking, wish)
    assert [] == await operations(system)
    system.calendar.fail("delete", 0)
    await operate(system, booking, RetryStep("ada", "delete-calendar-event"))
    await is_over(system, booking, "cancelled")


async def test_money_is_never_skipped(system: System) -> None:
    booking, cancelling = await cancelled_with_vendor_away(system)
    assert "step-not-skippable" == await refused(system, booking, SkipStep("ada", "refund:cancel/0"))
    system.payments.fail("refund", 0)
    await operate(system, booking, RetryStep("ada", "refund:cancel/0"))
    await cancelling
    await is_over(system, booking, "cancelled")


NONSENSE: list[tuple[Wish, str]] = [
    (RetryStep("ada", "refund:cancel/0"), "step-not-under-way"),
    (SkipStep("ada", "email:confirmation"), "step-not-under-way"),
    (RetryStep("grace@example.com", "refund:cancel/0"), "malformed-operation"),
    (RetryStep("ada", "refund:cancel/0", "two words"), "malformed-operation"),
    (SettleStep("ada", "nonsense", ByHand.REFUNDED, "why"), "malformed-operation"),
    (SettleStep("ada", "refund:cancel/0", ByHand.DELETED, "why"), "not-settled-that-way"),
    (SettleStep("ada", "capture-payment", ByHand.CHARGED, "why"), "not-settled-that-way"),
    (SettleStep("ada", "refund:cancel/0", ByHand.REFUNDED, " "), "malformed-operation"),
    (SettleStep("ada", "refund:cancel/0", ByHand.REFUNDED, "never asked for"), "step-not-under-way"),
    (GiveUpHold("ada"), "not-allowed-now"),
    (RefundBooking("ada", "goodwill", 0), "malformed-operation"),
    (RefundBooking("ada", "goodwill", 2501), "refund-too-large"),
    (ResendMessage("ada", MessageKind.CANCELLED, Channel.EMAIL), "not-allowed-now"),
    (ResendMessage("ada", MessageKind.RESCHEDULED, Channel.EMAIL), "not-allowed-now"),
    (ResendMessage("ada", MessageKind.CONFIRMATION, Channel.EMAIL, email="nobody"), "malformed-operation"),
]


async def test_what_makes_no_sense_is_refused_and_changes_nothing(system: System) -> None:
    booking = await confirmed(system)
    assert [code for _, code in NONSENSE] == [await refused(system, booking, wish) for wish, _ in NONSENSE]
    assert ([], []) == (await operations(system), await refunds(system))
    assert 0 == await system.pool.fetchval("SELECT count(*) FROM operations")


async def test_an_operator_gives_back_what_is_left_and_no_more(system: System) -> None:
    booking = await confirmed(system)
    first = await operate(system, booking, RefundBooking("ada", "the heating failed", 1000))
    assert ("succeeded", 1000) == (first.outcome, first.amount.amount if first.amount else None)
    assert "refund-too-large" == await refused(system, booking, RefundBooking("ada", "more", 1501))
    await operate(system, booking, RefundBooking("ada", "all the rest", operation_id="rest"))
    assert "refund-too-large" == await refused(system, booking, RefundBooking("ada", "again"))
    assert [("operator.1/0", 1000, "succeeded"), ("operator.2/0", 1500, "succeeded")] == await refunds(system)
    assert 2500 == system.payments.only.refunded
    await system.commands.cancel(booking, Cancel())
    await is_over(system, booking, "cancelled")
    assert 2 == len(await refunds(system))


async def test_a_refund_asked_for_at_the_last_moment_is_waited_for(system: System) -> None:
    """The appointment's workflow does not end under an operator's refund."""
    booking = await confirmed(system)
    system.payments.fail("refund", 3)
    asked = asyncio.create_task(operate(system, booking, RefundBooking("ada", "goodwill", 500)))
    await tried(system.payments, "refund", 1)
    await asyncio.gather(system.commands.cancel(booking, Cancel()), asked)
    await is_over(system, booking, "cancelled")
    assert [("cancel/0", 2000, "succeeded"), ("operator.1/0", 500, "succeeded")] == await refunds(system)


async def test_a_message_that_is_skipped_is_never_sent(system: System) -> None:
    system.email.fail(times=FOR_GOOD)
    booking = await confirmed(system, told=False)
    await is_at(system, booking, "email:confirmation")
    assert "skipped" == (await operate(system, booking, SkipStep("ada", "email:confirmation"))).outcome
    system.email.fail(times=0)
    await until(lambda: system.sms.sent)

    async def is_done() -> bool:
        return {} == await under_way(system, booking)

    await until(is_done)
    assert [] == system.email.sent
    assert ("refused", "left-out") == tuple(
        (await system.pool.fetch("SELECT state, code FROM notifications WHERE channel = 'email'"))[0]
    )
    await system.commands.cancel(booking, Cancel())
    await is_over(system, booking, "cancelled")


async def test_a_refused_mail_goes_to_the_corrected_address(system: System) -> None:
    system.email.faults.planned["send"] = Fault(lambda: MessageRefused("no such box", code=550), FOR_GOOD)
    booking = await confirmed(system, told=False)

    async def is_refused() -> bool:
        return "notification_refused" in await timeline_of(system.pool, booking)

    await until(is_refused)
    system.email.fail(times=0)
    wish = ResendMessage("ada", MessageKind.CONFIRMATION, Channel.EMAIL, email="lovelace@example.com")
    assert "sent" == (await operate(system, booking, wish)).outcome
    assert ["lovelace@example.com"] == [mail.to for mail in system.email.sent]
    assert "lovelace@example.com" == (await read_appointment(system.pool, booking)).customer.email
    states = await system.pool.fetch(
        "SELECT kind, state, settled_at IS NOT NULL AS settled FROM notifications WHERE channel = 'email'"
    )
    assert {("confirmation", "refused", True), ("confirmation+1", DeliveryState.SENT, False)} == {tuple(row) for row in states}
    assert "lovelace" not in str(await system.pool.fetch("SELECT detail FROM booking_events"))


async def test_a_resent_message_takes_the_place_of_the_one_that_is_still_tried(system: System) -> None:
    system.sms.fail(times=FOR_GOOD)
    booking = await confirmed(system, told=False)
    await tried(system.sms, "send", 2)  # the second time as a step of its own
    system.sms.fail(times=0)
    wish = ResendMessage("ada", MessageKind.CONFIRMATION, Channel.SMS, phone="+442071838751")
    assert "sent" == (await operate(system, booking, wish)).outcome

    async def is_done() -> bool:
        return {} == await under_way(system, booking)

    await until(is_done)
    assert ["+442071838751"] == [text.to for text in system.sms.sent]


async def test_a_calendar_event_that_cannot_be_deleted_was_deleted_by_hand(system: System) -> None:
    booking = await confirmed(system)
    system.calendar.fail("delete", FOR_GOOD)
    await system.commands.cancel(booking, Cancel())
    await tried(system.calendar, "delete", 1)
    wish = SettleStep("ada", "delete-calendar-event", ByHand.DELETED, "took it out myself")
    await operate(system, booking, wish)
    await is_over(system, booking, "cancelled")
    assert "deleted" == await system.pool.fetchval("SELECT state FROM calendar_events")


async def test_a_hold_is_given_up(system: System) -> None:
    booking = await system.hold(system.shop.order())
    done = await operate(system, booking, GiveUpHold("ada", "rang up and changed her mind"))
    assert "given-up" == done.outcome
    await is_over(system, booking, "cancelled")
    assert 0 == await system.pool.fetchval("SELECT count(*) FROM claims")
    assert ["give-up-hold"] == [told["operation"] for told in await operations(system)]


async def test_a_checkout_has_nothing_to_give_back_or_send_again(system: System) -> None:
    booking = await system.hold(system.shop.order())
    assert "not-allowed-now" == await refused(system, booking, RefundBooking("ada", "goodwill"))
    assert "not-allowed-now" == await refused(system, booking, ResendMessage("ada", MessageKind.CONFIRMATION, Channel.EMAIL))
    await operate(system, booking, GiveUpHold("ada"))


@pytest.mark.parametrize(("call", "step"), [("authorise", "authorise-payment"), ("capture", "capture-payment")])
async def test_a_payment_that_waits_for_its_next_try_is_tried_at_once(system: System, call: str, step: str) -> None:
    booking = await system.hold(system.shop.order())
    system.payments.fail(call, FOR_GOOD)
    confirming = asyncio.create_task(system.commands.confirm(booking, "ok", "https://shop.example"))
    await tried(system.payments, call, 3)
    assert {step: {"retry"}} == await under_way(system, booking)
    system.payments.fail(call, 0)
    await operate(system, booking, RetryStep("ada", step))
    await confirming
    await system.becomes(booking, "confirmed", 3)
    assert "captured" == system.payments.only.state


async def test_a_calendar_that_holds_up_the_checkout_is_left_out(system: System) -> None:
    booking = await system.hold(system.shop.order())
    system.calendar.fail("write", FOR_GOOD)
    confirming = asyncio.create_task(system.commands.confirm(booking, "ok", "https://shop.example"))
    await tried(system.calendar, "write", 1)
    await operate(system, booking, SkipStep("ada", "write-calendar-event"))
    await confirming
    assert ("confirmed", {}) == (await status_of(system.pool, booking), system.calendar.events)


async def test_a_disconnected_calendar_is_looked_at_again_at_once(system: System) -> None:
    order = system.shop.order()
    system.calendar.faults.planned["write"] = Fault(lambda: CalendarDisconnected("gone"), FOR_GOOD)
    system.workflow_ids.append(BookingRef(order.business_id, order.booking_id).workflow_id)
    await system.commands.hold(order, OnCalendarFailure.CONFIRM_ANYWAY)
    booking = BookingRef(order.business_id, order.booking_id)
    await system.commands.confirm(booking, "ok", "https://shop.example")
    await tried(system.calendar, "write", 4)
    system.calendar.fail("write", 0)
    await is_at(system, booking, "write-calendar-event")
    await operate(system, booking, RetryStep("ada", "write-calendar-event"))
    await until(lambda: system.calendar.events, 3)


async def test_an_undo_that_cannot_work_is_called_done_by_hand(system: System) -> None:
    booking = await system.hold(system.shop.order())
    system.calendar.fail("write", FOR_GOOD, slow=0.0)
    confirming = asyncio.create_task(system.commands.confirm(booking, "ok", "https://shop.example"))
    await tried(system.calendar, "write", 1)
    system.payments.fail("undo", FOR_GOOD)
    cancelling = asyncio.create_task(system.commands.cancel(booking, Cancel()))
    await is_at(system, booking, "void-payment")
    await tried(system.payments, "undo", 1)
    assert {"retry", "settle"} == (await under_way(system, booking))["void-payment"]
    await operate(system, booking, SettleStep("ada", "void-payment", ByHand.VOIDED, "voided in the dashboard"))
    await cancelling
    await asyncio.gather(confirming, return_exceptions=True)
    await is_over(system, booking, "cancelled")
    assert ("cancelled", 0) == tuple(
        (await system.pool.fetch("SELECT state, (SELECT count(*) FROM claims)::int FROM payments"))[0]
    )


async def test_the_web_ui_says_what_is_under_way_and_what_may_be_done(system: System) -> None:
    booking, cancelling = await cancelled_with_vendor_away(system)
    handle = system.client.get_workflow_handle(booking.workflow_id)
    metadata = await handle.query("__temporal_workflow_metadata")
    assert "`refund:cancel/0` since" in metadata.current_details and "`settle_step`" in metadata.current_details
    described = {one.name: one.description for one in metadata.definition.update_definitions}
    assert all('"operator": "ada"' in described[name] for name in UPDATES.values())
    system.payments.fail("refund", 0)
    await operate(system, booking, RetryStep("ada", "refund:cancel/0"))
    await cancelling


async def test_an_operation_of_the_web_ui_is_plain_json(system: System) -> None:
    """As the Web UI sends it: without our codec, and with no more than the fields that are needed."""
    booking = await confirmed(system)
    handle = system.client.get_workflow_handle(booking.workflow_id)
    answer = await handle.execute_update("refund", {"operator": "ada", "reason": "goodwill", "amount": 300})
    assert "succeeded" == answer["outcome"]


async def test_money_is_only_moved_of_a_booking_that_is_as_it_was_seen(system: System) -> None:
    """Looked at in the transactions of the refund and of the cancel, which change nothing then."""
    booking = await confirmed(system)
    first = await system.pool.fetchval("SELECT min(seq) FROM booking_events WHERE booking_id = $1", booking.booking_id)
    assert "changed-meanwhile" == await refused(system, booking, RefundBooking("ada", "goodwill", 500, version=first))
    with pytest.raises(ChangedMeanwhile):
        await system.commands.cancel(booking, Cancel(version=first))
    assert ([], []) == (await refunds(system), await operations(system))
    assert "confirmed" == await system.pool.fetchval("SELECT status FROM bookings WHERE id = $1", booking.booking_id)
    await operate(system, booking, RefundBooking("ada", "goodwill", 500))
    assert [500] == [amount for _, amount, _ in await refunds(system)]
