"""Pays for one occurrence of a series some days before it takes place, or gives it back to the business.

The method that paid for the first occurrence is charged. Where the bank says no the customer is told, and may pay with another
until a deadline; then the time is free again. A bank that is away or slow costs nobody the booking: it is asked again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.charges import Charged
    from activities.errors import answer_in, as_failure
    from activities.payments import AuthorisePayment, CheckPayment, PaymentActivities, PaymentProgress
    from activities.series import OccurrencePaymentActivities, SeriesActivities
    from domain.bookings import BookingStatus
    from domain.errors import PaymentDeclined, TransitionNotAllowed
    from domain.messages import MessageFacts, MessageKind, Recipient
    from domain.payments import PaymentState
    from workflows import cancelling
    from workflows.kept import Kept, Turn
    from workflows.messages import Confirmed, DuePayment, Pay
    from workflows.steps import at_vendor, in_database, tell_trouble
    from workflows.telling import tell_people

AFTER_ACCIDENT, WHILE_PROCESSING, WHILE_ASKED = timedelta(minutes=5), timedelta(hours=1), timedelta(minutes=1)
WORTH_TELLING = timedelta(days=1)


def turns(kept: Kept) -> list[Turn]:
    """What is due of this payment, and when."""
    due = kept.message.due
    if due is None:
        return []
    if due.until is None:
        at = due.look_at or kept.starts_at - timedelta(seconds=due.before_seconds)
        return [Turn(at, charge, "The payment is due")]
    found = [Turn(due.until, release, "The time to pay ends")]
    if due.look_at is not None:
        found.append(Turn(due.look_at, look, "Look at the payment"))
    return found


async def charge(kept: Kept) -> None:
    """Charges the saved method. A no gives the customer time; no answer yet, and a bank that works on it, are looked at again."""
    _change(kept, is_tried=True)
    try:
        charged = await _charge_once(kept)
    except FailureError as failure:
        answer = answer_in(failure)
        await tell_trouble(kept.booking, "payment", answer.code if answer else "not-through-yet")
        if answer is None:
            _change(kept, look_at=workflow.now() + AFTER_ACCIDENT)
            return
        charged = Charged(PaymentState.DECLINED, answer.code)
    if charged.state is PaymentState.CAPTURED:
        _is_paid(kept)
    elif charged.state is PaymentState.DECLINED:
        _give_time(kept)
    else:
        _change(kept, look_at=workflow.now() + WHILE_PROCESSING)


async def _charge_once(kept: Kept) -> Charged:
    step, within = OccurrencePaymentActivities.charge_occurrence, timedelta(seconds=kept.message.payment_seconds)
    return await at_vendor(step, kept.booking, summary="Charge the saved payment method", within=within)


def _give_time(kept: Kept) -> None:
    """Until the deadline, but not beyond the start: what was never paid does not take place."""
    due = _due(kept)
    until = min(workflow.now() + timedelta(seconds=due.pay_seconds), kept.starts_at)
    _change(kept, until=until, look_at=None)
    kept.show("Was not paid. Waits for another payment method until", until.isoformat())
    facts = MessageFacts(until=until)
    kept.beside(
        tell_people(kept.booking, MessageKind.PAYMENT_DECLINED, WORTH_TELLING, facts=facts, recipients=(Recipient.CUSTOMER,))
    )


async def pay(kept: Kept, request: Pay) -> Confirmed:
    """Pays with another method; says what the customer has to do first, or that it is still worked on. Raises PaymentDeclined."""
    due = kept.message.due
    if due is None:
        return Confirmed(is_confirmed=True)
    if due.until is None:
        raise as_failure(TransitionNotAllowed("the saved payment method pays for this booking", status=kept.status.value))
    attempt = due.attempts + 1
    _change(kept, attempts=attempt)
    order = AuthorisePayment(
        kept.booking, due.price, request.payment_method, attempt, request.return_url or "", kept.message.policies.no_show.has_fee
    )
    try:
        step, within = PaymentActivities.authorise_payment, timedelta(seconds=kept.message.payment_seconds)
        progress = await at_vendor(step, order, summary="Authorise the payment", within=within)
    except FailureError as failure:
        if isinstance(answer := answer_in(failure), PaymentDeclined):
            raise as_failure(answer) from failure
        return _ask_again(kept, None)
    return await _go_on(kept, progress)


async def look(kept: Kept) -> None:
    """Asks how the payment with the other method stands, and takes the money when it is reserved."""
    _change(kept, look_at=None)
    try:
        check, within = CheckPayment(kept.booking, _due(kept).attempts), timedelta(seconds=kept.message.payment_seconds)
        step = PaymentActivities.check_payment
        await _go_on(kept, await at_vendor(step, check, summary="Ask how the payment stands", within=within))
    except FailureError as failure:
        if answer_in(failure) is None:
            _ask_again(kept, None)  # of an answer, which is a no, only another method makes a yes


async def _go_on(kept: Kept, progress: PaymentProgress) -> Confirmed:
    if not progress.is_secured:
        return _ask_again(kept, progress)
    try:
        step, within = PaymentActivities.capture_payment, timedelta(seconds=kept.message.payment_seconds)
        await at_vendor(step, kept.booking, summary="Take the money", within=within)
    except FailureError:
        return _ask_again(kept, None)
    _is_paid(kept)
    return Confirmed(is_confirmed=True)


def _ask_again(kept: Kept, progress: PaymentProgress | None) -> Confirmed:
    _change(kept, look_at=workflow.now() + WHILE_ASKED)
    return Confirmed(is_confirmed=False, next_action=progress.next_action if progress else None)


async def release(kept: Kept) -> None:
    """The time to pay is over: the booking ends, its time is free, and whatever may have got through comes back."""
    await in_database(SeriesActivities.release_unpaid, kept.booking, summary="Give the unpaid time back")
    kept.become(BookingStatus.CANCELLED)
    kept.show("Was not paid in its time. Tells everyone.")
    kept.beside(cancelling.clean_up(kept))


def _is_paid(kept: Kept) -> None:
    kept.change(due=None)
    kept.show("Is paid. Waits for the appointment to end.")


def _due(kept: Kept) -> DuePayment:
    if kept.message.due is None:
        raise RuntimeError("asked when nothing was due")
    return kept.message.due


def _change(kept: Kept, **changes: bool | int | datetime | None) -> None:
    kept.change(due=replace(_due(kept), **changes))  # type: ignore[arg-type] # each of its field's own type
