"""A series, step by step: all its times are held, paid and confirmed as one, or given up as one; then each booking goes its way.

The steps and their undoing are those of one booking; here each of them is done to all bookings in one transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.series import HoldSeriesFor, SeriesActivities, SeriesAttempt
    from domain.bookings import BookingRef, BookingStatus, OnCalendarFailure
    from domain.series import CloseSeries, SeriesPayment, due_now, payer
    from temporal import attributes
    from workflows.appointment import AppointmentWorkflow
    from workflows.attempts import Attempt
    from workflows.booking import BookingWorkflow
    from workflows.kept_series import KeptSeriesWorkflow
    from workflows.messages import (
        BookSeries,
        BookSlot,
        DuePayment,
        Held,
        KeepAppointment,
        KeepSeries,
        Over,
        UnfinishedStep,
    )
    from workflows.steps import first_in_database, in_database


@workflow.defn
class SeriesWorkflow(BookingWorkflow):
    """One series until it is confirmed or over; then it goes on as the kept series under the same id.

    Its payment is that of its first booking. Calendars are written afterwards, by each booking for itself: two hundred of them
    are no reason to keep a customer waiting, or to give up all because of one. Where the business wants a booking undone that
    is in no calendar, that one is, by its own workflow.
    """

    _begins_with_payment = False  # all of its bookings are, in a transaction of their own

    @workflow.init
    def __init__(self, book: BookSeries) -> None:
        super().__init__(BookSlot(book.series.pattern, book.patience, OnCalendarFailure.CONFIRM_ANYWAY))
        self._book = book
        self._ref = book.series.ref
        self._booking_ids: tuple[UUID, ...] = ()

    @workflow.run
    async def run(self, book: BookSeries) -> Over:  # type: ignore[override] # what it is given is its own
        return await super().run(BookSlot(book.series.pattern, book.patience))

    async def _hold(self) -> None:
        self._undo.register(self._release)
        series, patience = self._book.series, self._patience.hold
        within = timedelta(seconds=min(patience, 10))
        order = HoldSeriesFor(series, patience, self._book.answer_by)
        held = await in_database(SeriesActivities.hold_series, order, summary="Hold the series", within=within)
        self.stop_if_cancelled()
        self._booking_ids = held.booking_ids
        self._booking = payer(self._ref, held)
        due = due_now(series.payment, series.pattern.price, len(held.booking_ids))
        saves = series.payment is SeriesPayment.PER_OCCURRENCE or series.pattern.saves_method
        self._order = replace(series.pattern, booking_id=self._booking.booking_id, price=due, saves_method=saves)
        self._held = Held(held.expires_at)
        self._status = BookingStatus.PENDING

    async def _begin(self, attempt: Attempt) -> None:
        note = SeriesAttempt(self._ref, attempt.number)
        begin = in_database if self._is_paid else first_in_database  # where it is not paid, no other step would be regular
        await begin(SeriesActivities.begin_series, note, summary="The customer confirms")
        self.stop_if_cancelled()

    async def _back_to_hold(self, attempt: Attempt, refusal: ApplicationError) -> None:
        self._customer_must_act = False
        note = SeriesAttempt(self._ref, attempt.number, refusal.type)
        await in_database(SeriesActivities.return_series_to_hold, note, summary="Declined: keep the holds")
        self._become(BookingStatus.PENDING)
        attempt.refusal = refusal
        self.stop_if_cancelled()

    async def _secure_claim(self) -> None:
        await in_database(SeriesActivities.secure_series, self._ref, summary="Make all claims permanent")
        self.stop_if_cancelled()

    async def _write_calendar_event(self) -> None:
        """Each booking writes its own, once it is confirmed."""

    async def _make_firm(self) -> None:
        """Whoever hears that the series is confirmed finds the workflow of each booking."""
        await in_database(SeriesActivities.confirm_series, self._ref, summary="The series is confirmed")
        await asyncio.gather(*(self._start(booking_id) for booking_id in self._booking_ids))

    async def _start(self, booking_id: UUID) -> None:
        keep = self._appointment(booking_id)
        provider_id = self._providers[booking_id]
        status = BookingStatus.CONFIRMED.value
        with contextlib.suppress(WorkflowAlreadyStartedError):  # a cancel of this workflow made the step begin again
            await workflow.start_child_workflow(
                AppointmentWorkflow.run,
                keep,
                id=keep.booking.workflow_id,
                parent_close_policy=ParentClosePolicy.ABANDON,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=attributes.of_booking(self._ref.business_id, provider_id, keep.starts_at, status),
                static_summary=f"{keep.starts_at:%Y-%m-%d %H:%M} UTC, {self._order.seats} seat(s)",
            )

    def _appointment(self, booking_id: UUID) -> KeepAppointment:
        order, starts_at = self._order, self._starts[booking_id]
        is_due = self._is_paid and self._book.series.payment is SeriesPayment.PER_OCCURRENCE
        price, book = self._book.series.pattern.price, self._book
        due = DuePayment(price, book.charge_before_seconds, book.pay_seconds)
        return KeepAppointment(
            BookingRef(self._ref.business_id, booking_id),
            starts_at,
            starts_at + (order.ends_at - order.starts_at),
            (UnfinishedStep.CALENDAR,),
            order.policies,
            due=due if is_due and booking_id != self._booking.booking_id else None,
            payment_seconds=self._patience.payment,
            notify_seconds=self._patience.notify,
            event_within_seconds=self._patience.calendar,
            on_calendar_failure=self._book.on_calendar_failure,
        )

    @property
    def _starts(self) -> dict[UUID, datetime]:
        return {one.booking_id: one.starts_at for one in self._book.series.wanted}

    @property
    def _providers(self) -> dict[UUID, UUID]:
        return {one.booking_id: one.provider_id for one in self._book.series.wanted}

    async def _release(self) -> None:
        end = CloseSeries(self._ref, self._end.status, self._end.reason, self._end.words)
        await in_database(SeriesActivities.close_series, end, summary="Release all times and close")

    def _go_on_as_appointment(self) -> NoReturn:
        starts = tuple(self._starts[booking_id] for booking_id in self._booking_ids)
        ends_at = max(starts) + (self._order.ends_at - self._order.starts_at)
        keep = KeepSeries(self._ref, self._booking, ends_at, self._booking_ids, starts)
        workflow.continue_as_new(keep, workflow=KeptSeriesWorkflow.run, search_attributes=self._attributes_of_next_run)
