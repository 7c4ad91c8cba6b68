"""Holding: starts the workflow of a booking or a series, and says whether it has its times."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.commands.asking import HOLD_WITHIN, Asking, accidents
from api.commands.outcomes import BookingIsOver, Unavailable
from domain.bookings import BookingRef, BookingStatus, HoldSlot, OnCalendarFailure
from domain.errors import Answer, BookingFailed, HoldTooLate
from domain.series import HoldSeries, SeriesRef
from temporal import attributes
from workflows.booking import BookingWorkflow
from workflows.messages import BookSeries, BookSlot, Over, Patience
from workflows.series import SeriesWorkflow

CLOCKS_DIFFER = timedelta(seconds=1)  # ours and Temporal's


class Holding(Asking):
    """Update-with-start under a fixed update id: a repeated POST finds what the first one holds. A refusal is not repeated: where
    an earlier request was refused under this id, the id is spent, which BookingIsOver says."""

    async def hold(self, order: HoldSlot, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        """Raises SlotTaken, BookingIsOver, Unavailable."""
        start = self._start_booking(BookSlot(order, self._patience, on_calendar_failure, self._answer_by()))
        await self._hold(BookingRef(order.business_id, order.booking_id), BookingWorkflow.hold, start)

    async def hold_series(self, series: HoldSeries, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        """Raises SlotTaken, BookingIsOver, Unavailable."""
        await self._hold(series.ref, SeriesWorkflow.hold, self._start_series(series, on_calendar_failure))

    async def _hold(self, what: BookingRef | SeriesRef, hold: Any, start: WithStartWorkflowOperation[Any, Over]) -> None:
        asked_at = datetime.now(UTC)
        try:
            with accidents():
                await self._client.execute_update_with_start_workflow(
                    hold, start_workflow_operation=start, id="hold", rpc_timeout=HOLD_WITHIN
                )
        except Answer as refused:
            if await self._was_asked_before(what, asked_at):
                raise BookingIsOver from refused
            if not isinstance(refused, (BookingFailed, HoldTooLate)):
                raise
            held = "slot" if isinstance(what, BookingRef) else "series"
            raise Unavailable(f"the {held} could not be held") from refused
        except WorkflowAlreadyStartedError as ended:
            raise BookingIsOver from ended
        finally:
            await asyncio.gather(start.workflow_handle(), return_exceptions=True)

    async def _was_asked_before(self, what: BookingRef | SeriesRef, asked_at: datetime) -> bool:
        """Whether a refusal is an earlier request's, whose workflow keeps it: it says nothing of how things are now."""
        with accidents():
            known = await self._client.get_workflow_handle(what.workflow_id).describe(rpc_timeout=HOLD_WITHIN)
        return known.start_time < asked_at - CLOCKS_DIFFER

    def _start_booking(self, book: BookSlot) -> WithStartWorkflowOperation[BookingWorkflow, Over]:
        order = book.order
        return WithStartWorkflowOperation(
            BookingWorkflow.run,
            book,
            id=BookingRef(order.business_id, order.booking_id).workflow_id,
            task_queue=self._settings.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            task_timeout=timedelta(seconds=5),
            search_attributes=attributes.of_booking(
                order.business_id, order.provider_id, order.starts_at, BookingStatus.PENDING.value
            ),
            static_summary=f"{order.starts_at:%Y-%m-%d %H:%M} UTC, {order.seats} seat(s)",
        )

    def _start_series(
        self, series: HoldSeries, on_calendar_failure: OnCalendarFailure
    ) -> WithStartWorkflowOperation[SeriesWorkflow, Over]:
        settings, like = self._settings, series.pattern
        charge_before, pay_within = settings.series_charge_hours * 3600, settings.series_pay_hours * 3600
        return WithStartWorkflowOperation(
            SeriesWorkflow.run,
            BookSeries(series, self._patience, charge_before, pay_within, on_calendar_failure, self._answer_by()),
            id=series.ref.workflow_id,
            task_queue=settings.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            task_timeout=timedelta(seconds=10),
            search_attributes=attributes.of_booking(
                like.business_id, like.provider_id, like.starts_at, BookingStatus.PENDING.value
            ),
            static_summary=f"{len(series.wanted)} times from {like.starts_at:%Y-%m-%d %H:%M} UTC",
        )

    @staticmethod
    def _answer_by() -> datetime:
        """After it nothing is held any more: the caller has been told to come again, or is about to be."""
        return datetime.now(UTC) + HOLD_WITHIN - CLOCKS_DIFFER

    @property
    def _patience(self) -> Patience:
        settings = self._settings
        return Patience(
            hold=settings.hold_seconds,
            payment=settings.payment_seconds,
            calendar=settings.calendar_seconds,
            capture=settings.capture_seconds,
            notify=settings.notify_seconds,
        )
