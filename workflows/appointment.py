"""The confirmed appointment: finishes what the saga left, then waits until its time is over."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.bookings import BookingActivities
    from activities.calendars import CalendarActivities
    from activities.errors import answer_in, as_failure
    from activities.messages import MessageActivities, SendMessage
    from domain.bookings import BookingRef, BookingStatus
    from domain.errors import CalendarDisconnected, TransitionNotAllowed
    from domain.messages import MessageKind
    from temporal import attributes
    from workflows.messages import Cancel, Confirm, Confirmed, KeepAppointment, Over, UnfinishedStep
    from workflows.steps import at_vendor, in_database, tell_trouble, uninterrupted

FIRST_PAUSE, LAST_PAUSE = timedelta(seconds=1), timedelta(days=1)


@workflow.defn
class AppointmentWorkflow:
    """Goes on under the booking's id once it is confirmed, so a booking keeps one address for its whole life."""

    @workflow.init
    def __init__(self, keep: KeepAppointment) -> None:
        self._keep = keep
        self._booking = keep.booking
        self._status = BookingStatus.CONFIRMED

    @workflow.run
    async def run(self, keep: KeepAppointment) -> Over:
        self._show("Waits for the appointment.")
        await uninterrupted(self._finish_what_is_left)
        await uninterrupted(self._wait_until_over)
        await uninterrupted(self._complete)
        return Over(BookingStatus.COMPLETED, "time-over")

    async def _finish_what_is_left(self) -> None:
        """Goes on with messages and calendar until the appointment begins; all at once, each on its own."""
        left = self._keep.starts_at - workflow.now()
        if self._keep.unfinished and left > timedelta(0):
            self._show("Goes on trying:", ", ".join(self._keep.unfinished))
            unfinished = await try_steps(self._booking, self._keep.unfinished, left)
            for step in unfinished:
                await tell_trouble(self._booking, step, "given-up")

    async def _wait_until_over(self) -> None:
        left = self._keep.ends_at - workflow.now()
        if left > timedelta(0):
            self._show("Waits for the appointment to end.")
            await workflow.sleep(left, summary="The appointment ends")

    async def _complete(self) -> None:
        await in_database(BookingActivities.complete_booking, self._booking, summary="The appointment is over")
        self._status = BookingStatus.COMPLETED
        workflow.upsert_search_attributes([attributes.STATUS.value_set(self._status.value)])
        self._show("Over: its time has passed.")

    @workflow.update
    async def confirm(self, request: Confirm) -> Confirmed:
        """A repeat of what was already done: gets the first answer."""
        return Confirmed(is_confirmed=True)

    @workflow.update
    async def cancel(self, request: Cancel) -> None:
        """Only a booking that is not confirmed yet is given up by itself; see the validator."""

    @cancel.validator
    def may_cancel(self, request: Cancel) -> None:
        raise as_failure(TransitionNotAllowed("a confirmed booking cannot be cancelled here", status="confirmed"))

    @workflow.signal
    async def payment_changed(self) -> None:
        """Late news of a payment that is already taken: nothing to do."""

    def _show(self, *words: str) -> None:
        """Says for operators where the booking stands. Names nobody."""
        times = f"{self._keep.starts_at.isoformat()} – {self._keep.ends_at.isoformat()}"
        workflow.set_current_details(f"**{self._status.value}** – {' '.join(words)}\n\nAppointment: {times}")


async def notify(booking: BookingRef, within: timedelta) -> list[UnfinishedStep]:
    """Tells the customer by every channel; returns those that did not get through in this time."""
    return await try_steps(booking, (UnfinishedStep.EMAIL, UnfinishedStep.SMS), within)


async def try_steps(booking: BookingRef, steps: tuple[UnfinishedStep, ...], within: timedelta) -> list[UnfinishedStep]:
    """Runs independent steps side by side; none waits for or fails another. Returns the ones still to be done."""
    done = await asyncio.gather(*(_try_step(booking, step, within) for step in steps))
    return [step for step, is_done in zip(steps, done, strict=True) if not is_done]


async def _try_step(booking: BookingRef, step: UnfinishedStep, within: timedelta) -> bool:
    try:
        await uninterrupted(lambda: _run_step(booking, step, within))
    except ActivityError as failure:
        answer = answer_in(failure)
        await tell_trouble(booking, step, answer.code if answer else "not-through-yet")
        return answer is not None  # an answer is final: trying again changes nothing
    return True


async def _run_step(booking: BookingRef, step: UnfinishedStep, within: timedelta) -> None:
    message = SendMessage(booking, MessageKind.CONFIRMATION)
    match step:
        case UnfinishedStep.EMAIL:
            await at_vendor(MessageActivities.send_email, message, summary="E-mail the confirmation", within=within)
        case UnfinishedStep.SMS:
            await at_vendor(MessageActivities.send_sms, message, summary="Text the confirmation", within=within)
        case UnfinishedStep.CALENDAR:
            await _write_when_connected(booking, workflow.now() + within)


async def _write_when_connected(booking: BookingRef, until: datetime) -> None:
    """A disconnected calendar may be connected again any day, so here that answer is not the last word."""
    pause = FIRST_PAUSE
    while True:
        try:
            left = until - workflow.now()
            write = CalendarActivities.write_calendar_event
            await at_vendor(write, booking, summary="Write the calendar event", within=left)
        except ActivityError as failure:
            if not isinstance(answer_in(failure), CalendarDisconnected) or workflow.now() + pause >= until:
                raise
        else:
            return
        await workflow.sleep(pause, summary="Look whether the calendar is connected again")
        pause = min(pause * 2, LAST_PAUSE)
