"""Holding: starts the workflow of a booking or a series, and says whether it has its times."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.commands.asking import HOLD_WITHIN, Asking, accidents
from api.commands.outcomes import BookingIsOver, Unavailable
from domain.bookings import BookingRef, BookingStatus, HoldSlot, OnCalendarFailure
from domain.errors import ANSWERS, BookingFailed
from domain.series import HoldSeries, SeriesRef
from temporal import attributes
from workflows.booking import BookingWorkflow
from workflows.messages import BookSeries, BookSlot, Over, Patience
from workflows.series import SeriesWorkflow


class Holding(Asking):
    """Update-with-start under a fixed update id: a repeated POST gets the first answer."""

    async def hold(self, order: HoldSlot, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        """Raises SlotTaken, BookingIsOver, Unavailable."""
        start = self._start_booking(BookSlot(order, self._patience, on_calendar_failure))
        await self._hold(BookingRef(order.business_id, order.booking_id), BookingWorkflow.hold, start)

    async def hold_series(self, series: HoldSeries, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        """Raises SlotTaken, BookingIsOver, Unavailable."""
        await self._hold(series.ref, SeriesWorkflow.hold, self._start_series(series, on_calendar_failure))

    async def _hold(self, what: BookingRef | SeriesRef, hold: Any, start: WithStartWorkflowOperation[Any, Over]) -> None:
        try:
            with accidents():
                await self._client.execute_update_with_start_workflow(
                    hold, start_workflow_operation=start, id="hold", rpc_timeout=HOLD_WITHIN
                )
        except BookingFailed as failure:
            held = "slot" if isinstance(what, BookingRef) else "series"
            raise Unavailable(f"the {held} could not be held") from failure
        except WorkflowAlreadyStartedError:
            await self._repeat_the_ending(what)
        finally:
            await asyncio.gather(start.workflow_handle(), return_exceptions=True)

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
            BookSeries(series, self._patience, charge_before, pay_within, on_calendar_failure),
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

    async def _repeat_the_ending(self, booking: BookingRef | SeriesRef) -> None:
        """The first POST's workflow has ended: its refusal is given again; any other ending is in the store."""
        handle = self._client.get_workflow_handle(booking.workflow_id, result_type=Over)
        with accidents():
            over = await handle.result(rpc_timeout=HOLD_WITHIN)
        if over.was_held or over.reason not in ANSWERS:
            raise BookingIsOver
        raise ANSWERS[over.reason]("this was refused before; ask again with a new Idempotency-Key")

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
