"""Moves a confirmed booking to another time: pays what it costs more, swaps the times, then tells calendar and people.

Order: reserve the new time beside the old → charge the difference → swap. Without a difference it is the swap alone. Up to the
charge everything can be undone and the booking stays where it was; after it nothing can fail any more, since both times are the
booking's. What it costs less is given back afterwards, until the vendor says that it is final.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.charges import ChargeActivities, Charged, ChargeSaved
    from activities.errors import answer_in, as_failure
    from activities.rescheduling import RescheduleActivities
    from domain.bookings import BookingRef, BookingStatus
    from domain.errors import BookingFailed, PaymentDeclined
    from domain.messages import MessageFacts, MessageKind, Recipient
    from domain.payments import PaymentState
    from domain.rescheduling import Move, Moved
    from temporal import attributes
    from workflows import unfinished
    from workflows.kept import Kept
    from workflows.messages import UnfinishedStep
    from workflows.refunding import await_refund, wait_for_news
    from workflows.steps import ONE_TRY, at_vendor, first_in_database, in_database, tell_trouble, uninterrupted
    from workflows.telling import tell_people

WORTH_TELLING = timedelta(days=1)
LOOK_AGAIN = timedelta(seconds=5)

Undo = Callable[[], Awaitable[None]]


async def reschedule(kept: Kept, move: Move) -> Moved:
    """Returns when the booking has its new time. Raises what refuses it, as a failure; then it has its old one as before."""
    kept.show("Moves to another time.")
    undo: list[tuple[str, Undo]] = []
    try:
        if not move.dearer_by.is_free and kept.message.due is None:
            await _pay_first(kept, move, undo)
        moved = await first_in_database(RescheduleActivities.make_move, move, summary="Swap the times")
    except (asyncio.CancelledError, FailureError) as why:
        await _undo_all(kept, undo)
        raise as_failure(answer_in(why) or BookingFailed("it could not be done, and nothing has changed")) from why
    old_starts_at = kept.starts_at
    _show_new_time(kept, moved)
    await _follow_up(kept, moved, old_starts_at)
    return moved


async def _pay_first(kept: Kept, move: Move, undo: list[tuple[str, Undo]]) -> None:
    """Makes sure of the new time, then takes the difference with the method that paid. Raises PaymentDeclined as a failure."""
    undo.append(("give-back-new-time", lambda: _give_back_time(move)))
    await first_in_database(RescheduleActivities.reserve_new_time, move, summary="Reserve the new time")
    kept.show("Pays the difference for another time.")
    order = ChargeSaved(move.booking, move.step, move.dearer_by, "rescheduled")
    undo.append(("undo-charge", lambda: _undo_charge_beside(kept, order)))
    charged = await _charge(kept, order)
    if charged.state is PaymentState.DECLINED:
        undo.pop()  # the vendor has said that there is nothing to undo
        raise as_failure(PaymentDeclined("the difference in price was declined", decline_code=charged.decline_code))


async def _charge(kept: Kept, order: ChargeSaved) -> Charged:
    """Asks until the vendor knows. Raises a failure when the time for that is over."""
    until = workflow.now() + timedelta(seconds=kept.message.payment_seconds)
    while True:
        heard, left = kept.payment_news, until - workflow.now()
        charge = ChargeActivities.charge_saved_method
        within, name = max(left, timedelta(seconds=1)), f"charge:{order.step}"
        charged = await at_vendor(charge, order, summary="Charge the difference", within=within, name=name)
        if charged.is_final:
            return charged
        if workflow.now() >= until:
            raise as_failure(BookingFailed("the payment took too long, and nothing has changed"))
        await wait_for_news(kept, heard, min(LOOK_AGAIN, until - workflow.now()), name)


async def _undo_charge_beside(kept: Kept, order: ChargeSaved) -> None:
    """Nobody waits for it: whoever asked keeps the old time, and what got through all the same comes back."""
    kept.beside(_undo_charge(kept, order))


async def _undo_charge(kept: Kept, order: ChargeSaved) -> None:
    """Looks twice: a try that was thought dead may get through as long as a try lasts."""
    for pause in (timedelta(0), ONE_TRY):
        if pause:
            await workflow.sleep(pause, summary="A late try may still get through")
        try:
            undo, name = ChargeActivities.undo_charge_if_made, f"undo-charge:{order.step}"
            await at_vendor(undo, order, summary="Give the difference back, if it was charged", name=name)
        except FailureError as failure:
            answer = answer_in(failure)
            await tell_trouble(kept.booking, name, answer.code if answer else "accident")


async def _give_back_time(move: Move) -> None:
    step = RescheduleActivities.give_back_new_time_if_reserved
    await in_database(step, move, summary="Give the new time back")


async def _undo_all(kept: Kept, undo: list[tuple[str, Undo]]) -> None:
    """Last first; one that cannot work is told and does not stop the others."""
    for name, step in reversed(undo):
        try:
            await uninterrupted(step)
        except FailureError as failure:
            answer = answer_in(failure)
            await tell_trouble(kept.booking, name, answer.code if answer else "accident")
    kept.show("Waits for the appointment to end.")


def _show_new_time(kept: Kept, moved: Moved) -> None:
    kept.change(starts_at=moved.starts_at, ends_at=moved.ends_at)
    if (due := kept.message.due) is not None:
        kept.change(due=replace(due, price=moved.price))  # what is not paid yet is paid at its new price
    workflow.upsert_search_attributes([attributes.PROVIDER.value_set(str(moved.provider_id))])
    workflow.upsert_search_attributes([attributes.STARTS_AT.value_set(moved.starts_at)])
    kept.show("Was moved. Waits for the appointment to end.")


async def _follow_up(kept: Kept, moved: Moved, old_starts_at: datetime) -> None:
    """What nobody waits for. One calendar write at a time, each of the booking as it is then, so the last word is the newest."""
    kept.beside(_tell_everyone(kept.booking, moved, MessageFacts(previous_starts_at=old_starts_at)))
    for step in moved.refund_steps:
        kept.beside(await_refund(kept, step))
    await kept.stop_leftovers()
    if UnfinishedStep.CALENDAR not in kept.message.unfinished:
        kept.change(unfinished=(*kept.message.unfinished, UnfinishedStep.CALENDAR))
    kept.leftovers = asyncio.create_task(unfinished.finish(kept))
    kept.beside(_tell_if_late(kept, moved.sequence))


async def _tell_everyone(booking: BookingRef, moved: Moved, facts: MessageFacts) -> None:
    """Where another provider has it now, it is new to them, and gone for the one whose day it left."""
    tell, rescheduled = partial(tell_people, booking, within=WORTH_TELLING, sequence=moved.sequence), MessageKind.RESCHEDULED
    if not moved.has_new_provider:
        await tell(rescheduled, facts=facts)
        return
    await asyncio.gather(
        tell(rescheduled, facts=facts, recipients=(Recipient.CUSTOMER,)),
        tell(MessageKind.CONFIRMATION, recipients=(Recipient.PROVIDER,)),
        tell(MessageKind.MOVED_AWAY, recipients=(Recipient.PROVIDER,)),
    )


async def _tell_if_late(kept: Kept, sequence: int) -> None:
    """The event is at its old time still: the timeline says so."""
    soon = timedelta(seconds=kept.message.notify_seconds)
    try:
        await workflow.wait_condition(lambda: not _is_calendar_behind(kept), timeout=soon, timeout_summary="Is the event moved?")
    except TimeoutError:
        await tell_trouble(kept.booking, f"calendar.{sequence}", "not-written-yet")


def _is_calendar_behind(kept: Kept) -> bool:
    return kept.status is BookingStatus.CONFIRMED and UnfinishedStep.CALENDAR in kept.message.unfinished
