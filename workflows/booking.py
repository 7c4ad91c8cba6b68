"""The booking, step by step: hold, confirm or let go, pay, write the calendar, tell everyone; undo in reverse."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import NoReturn

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.bookings import BookingActivities, CloseBooking, ConfirmationAttempt, HoldFor
    from activities.calendars import CalendarActivities
    from activities.errors import answer_in, as_failure
    from activities.payments import PaymentActivities, PaymentProgress
    from domain.bookings import Actor, BookingStatus, OnCalendarFailure
    from domain.errors import HoldExpired, PaymentDeclined, StepSkipped
    from workflows.appointment import AppointmentWorkflow
    from workflows.approving import Approval
    from workflows.attempts import Attempt
    from workflows.authorising import Authorising
    from workflows.deciding import Deciding
    from workflows.giving_up import end_of, refusal_of
    from workflows.messages import BookSlot, Held, KeepAppointment, Over, UnfinishedStep
    from workflows.operating_checkout import OperatingCheckout
    from workflows.steps import (
        at_vendor,
        first_in_database,
        in_database,
        is_accident,
        once_locally,
        tell_trouble,
        uninterrupted,
        until_done,
    )


AT_LEAST = timedelta(seconds=1)


@workflow.defn
class BookingWorkflow(OperatingCheckout, Deciding, Authorising):
    """One booking until it is confirmed or over; then it goes on as the appointment under the same id.

    Here are its steps and what undoes them. What may be asked of it meanwhile is in the modules of its parents.
    """

    @workflow.init
    def __init__(self, book: BookSlot) -> None:
        super().__init__(book)
        self._on_calendar_failure = book.on_calendar_failure
        self._answer_by = book.answer_by
        self._unfinished: list[UnfinishedStep] = []
        self._end = CloseBooking(self._booking, BookingStatus.FAILED, "accident")

    @workflow.run
    async def run(self, book: BookSlot) -> Over:
        try:
            await self._hold()
            while self._status is not BookingStatus.CONFIRMED:
                await self._wait_for_confirmation()
                await self._try_to_confirm()
        except (asyncio.CancelledError, FailureError) as why:
            over = await self._give_up(why)
            if self._approval is not None and self._approval.was_asked:
                await until_done(asyncio.create_task(self._tell_the_end(self._approval, over)))
            await uninterrupted(lambda: workflow.wait_condition(workflow.all_handlers_finished))
            return over
        if self._approval is not None:
            await until_done(asyncio.create_task(self._approval.finish()))
        await uninterrupted(lambda: workflow.wait_condition(workflow.all_handlers_finished))
        return self._go_on_as_appointment()

    async def _hold(self) -> None:
        self._undo.register(self._release)
        hold = HoldFor(self._order, self._patience.hold, self._answer_by)
        within = timedelta(seconds=min(self._patience.hold, 10))
        expires_at = await in_database(BookingActivities.hold_slot, hold, summary="Hold the slot", within=within)
        self.stop_if_cancelled()
        self._held = Held(expires_at)
        self._status = BookingStatus.PENDING  # its search attribute says so since the start

    async def _wait_for_confirmation(self) -> None:
        self.show("Held. Waits for the customer to confirm until", self._hold_ends.isoformat())
        self._watch_hold()
        await workflow.wait_condition(lambda: self.has_new_attempt or self._hold_is_over or self._cancel is not None)
        self._stop_if_given_up()
        if not self.has_new_attempt:
            raise as_failure(HoldExpired("the hold ended before the booking was confirmed"))

    async def _try_to_confirm(self) -> None:
        attempt = self.next_attempt()
        self._become(BookingStatus.CONFIRMING)
        try:
            await self._begin(attempt)
            progress = await self._pay(attempt)
        except (ActivityError, ApplicationError) as failure:
            if not isinstance(answer := answer_in(failure), PaymentDeclined):
                raise
            await self._back_to_hold(attempt, as_failure(answer))
            return
        if self._approval is not None:
            await self._approval.wait_for_yes(attempt, progress)
        await self._secure_claim()
        await self._write_calendar_event()
        await self._capture()
        await self._confirm(attempt)

    async def _begin(self, attempt: Attempt) -> None:
        if self._is_paid:  # then the payment begins with that
            return
        note = ConfirmationAttempt(self._booking, attempt.number)
        await first_in_database(BookingActivities.begin_confirmation, note, summary="The customer confirms")
        self.stop_if_cancelled()

    async def _pay(self, attempt: Attempt) -> PaymentProgress | None:
        if not self._is_paid:
            return None
        self._undo.register_once(self._void_payment)
        return await self._authorise(attempt)

    async def _back_to_hold(self, attempt: Attempt, refusal: ApplicationError) -> None:
        self._customer_must_act = False
        note = ConfirmationAttempt(self._booking, attempt.number, refusal.type)
        await in_database(BookingActivities.return_to_hold, note, summary="Declined: keep the hold")
        self._become(BookingStatus.PENDING)
        attempt.refusal = refusal
        self.stop_if_cancelled()

    async def _secure_claim(self) -> None:
        await in_database(BookingActivities.secure_claim, self._booking, summary="Make the claim permanent")
        self.stop_if_cancelled()

    async def _write_calendar_event(self) -> None:
        self._undo.register(self._delete_calendar_event)
        self.show("Paid for. Waits for the provider's calendar.")
        try:
            await self.unless_cancelled(self._write_in_time())
        except (ActivityError, ApplicationError) as failure:
            if isinstance(answer_in(failure), StepSkipped):
                return
            is_over = self._cancel is not None or workflow.cancellation_reason() is not None
            if self._on_calendar_failure is OnCalendarFailure.UNDO or is_over:
                raise
            self._unfinished.append(UnfinishedStep.CALENDAR)
            answer = answer_in(failure)
            await tell_trouble(self._booking, "calendar", answer.code if answer else "not-written-yet")
        self.stop_if_cancelled()

    async def _write_in_time(self) -> None:
        """Most calendars answer at the first try."""
        ends_at = workflow.now() + timedelta(seconds=self._patience.calendar)
        write, summary = CalendarActivities.write_calendar_event, "Write the calendar event"
        try:
            await once_locally(write, self._booking, summary=summary, within=ends_at - workflow.now())
        except FailureError as failure:
            if not is_accident(failure):
                raise
            await at_vendor(write, self._booking, summary=summary, within=max(ends_at - workflow.now(), AT_LEAST))

    async def _capture(self) -> None:
        """The point of no return: from here on a cancel comes too late, and once the money is taken nothing is undone."""
        self._stop_if_given_up()
        if not self._is_paid:
            return
        self.show("Waits for the payment vendor to take the money.")
        within = timedelta(seconds=self._patience.capture)
        await at_vendor(PaymentActivities.capture_payment, self._booking, summary="Capture the payment", within=within)

    async def _confirm(self, attempt: Attempt) -> None:
        await uninterrupted(self._make_firm)
        self._undo.forget()
        self._cancel = None  # it came too late, and its handler says so
        self._status = BookingStatus.CONFIRMED  # its search attribute says so from the next run on
        self.show("Confirmed.")
        self._attempts.succeed(attempt)

    async def _make_firm(self) -> None:
        await in_database(BookingActivities.confirm_booking, self._booking, summary="The booking is confirmed")

    async def _give_up(self, why: BaseException) -> Over:
        """Undoes what was done and answers those who wait."""
        was_held = self._held is not None
        end = self._end = end_of(self._booking, why, self._cancel, self._approval, was_held=was_held)
        if self._approval is not None:
            await uninterrupted(self._approval.stop)
        self.show("Gives up and undoes what was done. Because:", end.reason)
        await self._undo.run(self._booking)
        self._refusal = refusal_of(end, why, was_held=was_held)
        self._attempts.refuse_open(self._refusal)
        self._become(end.status)
        self.show("Over, because:", end.reason)
        return Over(end.status, end.reason, was_held=was_held)

    async def _release(self) -> None:
        await in_database(BookingActivities.close_booking, self._end, summary="Release the slot and close")

    async def _void_payment(self) -> None:
        await at_vendor(PaymentActivities.void_payment_if_made, self._booking, summary="Void or refund the payment")

    async def _delete_calendar_event(self) -> None:
        await at_vendor(CalendarActivities.delete_calendar_event_if_written, self._booking, summary="Delete the calendar event")

    async def _tell_the_end(self, approval: Approval, over: Over) -> None:
        is_customers = over.reason == f"cancelled-by-{Actor.CUSTOMER}"
        await approval.tell_the_end(over.reason, is_customers_wish=is_customers)

    def _go_on_as_appointment(self) -> NoReturn:
        order, left = self._order, tuple(self._unfinished)
        keep = KeepAppointment(
            self._booking,
            order.starts_at,
            order.ends_at,
            (*left, UnfinishedStep.EMAIL, UnfinishedStep.SMS),
            order.policies,
            payment_seconds=self._patience.payment,
            notify_seconds=self._patience.notify,
        )
        workflow.continue_as_new(keep, workflow=AppointmentWorkflow.run, search_attributes=self._attributes_of_next_run)
