"""The series as its workflow keeps it once it is confirmed: tells of all its times at once, and cancels many together."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.bookings import BookingRef, BookingStatus
    from domain.messages import MessageFacts, MessageKind
    from workflows.appointment import AppointmentWorkflow
    from workflows.messages import CancelSeries, Confirm, Confirmed, KeepSeries, Over
    from workflows.steps import until_done
    from workflows.telling import tell_people

WORTH_TELLING = timedelta(days=1)
AT_ONCE = 20


@workflow.defn
class KeptSeriesWorkflow:
    """Goes on under the series' id until the last booking is over. Each booking has a workflow of its own, which decides."""

    @workflow.init
    def __init__(self, keep: KeepSeries) -> None:
        self._keep = keep

    @workflow.run
    async def run(self, keep: KeepSeries) -> Over:
        workflow.set_current_details(f"**confirmed** – {len(keep.booking_ids)} bookings, until {keep.ends_at.isoformat()}")
        await until_done(asyncio.create_task(self._keep_on()))  # Temporal's own cancel ends no series, as it ends no appointment
        return Over(BookingStatus.COMPLETED, "series-over")

    async def _keep_on(self) -> None:
        keep = self._keep
        facts = MessageFacts(occurrences=keep.starts[1:])
        await tell_people(keep.first, MessageKind.SERIES, WORTH_TELLING, facts=facts)
        await workflow.sleep(max(keep.ends_at - workflow.now(), timedelta(0)), summary="The last booking ends")
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.update
    async def confirm(self, request: Confirm) -> Confirmed:
        """A repeat of what was already done: gets the first answer."""
        return Confirmed(is_confirmed=True)

    @workflow.update
    async def cancel_occurrences(self, request: CancelSeries) -> None:
        """Asks each of these bookings to cancel itself, some at a time, so that a long series is no flood; returns when all are
        asked. What is over already stays as it is."""
        wanted = request.booking_ids
        for first in range(0, len(wanted), AT_ONCE):
            await asyncio.gather(*(self._cancel(request, booking_id) for booking_id in wanted[first : first + AT_ONCE]))

    async def _cancel(self, request: CancelSeries, booking_id: UUID) -> None:
        booking = BookingRef(self._keep.ref.business_id, booking_id)
        handle = workflow.get_external_workflow_handle_for(AppointmentWorkflow.run, booking.workflow_id)
        try:
            await handle.signal(AppointmentWorkflow.cancel_by_signal, request.cancel)
        except ApplicationError:
            return  # its workflow has ended, and so has the booking
