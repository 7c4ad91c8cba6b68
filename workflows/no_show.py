"""Nobody came: staff say so within a window, the policy's fee is charged on the saved method, and the customer is told."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.charges import ChargeActivities, Charged, ChargeSaved
    from activities.no_shows import MarkBooking, NoShowActivities
    from domain.bookings import BookingStatus
    from domain.messages import MessageFacts, MessageKind, Recipient
    from domain.payments import PaymentState
    from workflows.kept import Kept
    from workflows.messages import MarkNoShow, NoShowMarked
    from workflows.refunding import FIRST_LOOK, LAST_LOOK, wait_for_news
    from workflows.steps import at_vendor, first_in_database, tell_trouble
    from workflows.telling import tell_people
    from workflows.under_way import steps_of_this

STEP = REASON = "no-show"
CHARGING = f"charge:{STEP}"
ANSWER_WITHIN = timedelta(seconds=5)
CHARGE_FOR = timedelta(hours=23)  # then the vendor may forget the key, and nobody expects the charge any more
WORTH_TELLING = timedelta(days=1)


async def mark(kept: Kept, request: MarkNoShow) -> NoShowMarked:
    """Closes the booking as a no-show and asks for the fee; says how far that got within a few seconds."""
    order = MarkBooking.of(kept.booking, request.version)
    fee = await first_in_database(NoShowActivities.mark_no_show, order, summary="Nobody came")
    kept.change(fee=fee)
    kept.become(BookingStatus.NO_SHOW)
    kept.show("Nobody came.")
    state = await _ask(kept)
    kept.beside(follow(kept))
    return NoShowMarked(fee, state)


async def follow(kept: Kept) -> None:
    """What follows and nobody waits for. May be begun anew."""
    await kept.stop_leftovers()
    is_charged = await _charge(kept)
    facts = MessageFacts(fee=kept.message.fee if is_charged else None)
    await tell_people(kept.booking, MessageKind.NO_SHOW, WORTH_TELLING, facts=facts, recipients=(Recipient.CUSTOMER,))


async def _ask(kept: Kept) -> PaymentState | None:
    """Asks once; None where there is no fee, or where the vendor has not answered by then."""
    if kept.message.fee is None:
        return None
    try:
        return (await _charge_once(kept, ANSWER_WITHIN)).state
    except FailureError:
        return None


async def _charge(kept: Kept) -> bool:
    """Whether the fee was paid. A bank that says no is not asked again; one that is slow is looked at ever less often."""
    if kept.message.fee is None:
        return False
    until, look_in = workflow.now() + CHARGE_FOR, FIRST_LOOK
    with steps_of_this().at(CHARGING):
        while True:
            heard = kept.payment_news
            try:
                charged = await _charge_once(kept, max(until - workflow.now(), ANSWER_WITHIN))
            except FailureError:
                await tell_trouble(kept.booking, CHARGING, "given-up")
                return False
            if charged.is_final:
                return charged.state is PaymentState.CAPTURED
            await wait_for_news(kept, heard, look_in, CHARGING)
            look_in = min(look_in * 2, LAST_LOOK)


async def _charge_once(kept: Kept, within: timedelta) -> Charged:
    if kept.message.fee is None:
        raise RuntimeError("asked for without a fee")
    order = ChargeSaved(kept.booking, STEP, kept.message.fee, REASON)
    charge = ChargeActivities.charge_saved_method
    return await at_vendor(charge, order, summary="Charge the fee", within=within, name=CHARGING)
