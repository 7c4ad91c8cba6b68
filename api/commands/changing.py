"""Changing what is held or agreed: cancelling, rescheduling, no-shows."""

from __future__ import annotations

from temporalio.client import WorkflowUpdateStage

from api.commands.asking import HOLD_WITHIN, Asking, accidents, when_it_is_our_turn
from domain.bookings import BookingRef
from domain.rescheduling import Move, Moved
from domain.series import SeriesRef
from workflows.messages import Cancel, CancelSeries, MarkNoShow


class Changing(Asking):
    """Each waits some seconds for its turn while another change is under way."""

    async def cancel(self, booking: BookingRef, cancel: Cancel) -> None:
        """Raises TransitionNotAllowed, ChangedMeanwhile, BookingIsOver, Unavailable."""
        await self._change(booking, "cancel", cancel)

    async def reschedule(self, move: Move, request_id: str) -> Moved | None:
        """Raises SlotTaken, PaymentDeclined, TransitionNotAllowed, BookingFailed, LinkSpent, BookingIsOver, Unavailable."""
        try:
            return await self._ask(move.booking.workflow_id, "reschedule", move, Moved, update_id=request_id)
        except TimeoutError:
            return None

    async def mark_no_show(self, booking: BookingRef, version: int | None = None) -> None:
        """Raises TransitionNotAllowed, ChangedMeanwhile, BookingIsOver, Unavailable."""
        await self._change(booking, "no_show", MarkNoShow(version))

    async def cancel_series(self, series: SeriesRef, cancel: Cancel) -> None:
        """Raises TransitionNotAllowed, BookingIsOver, Unavailable."""
        await self._change(series, "cancel", cancel)

    async def cancel_occurrences(self, series: SeriesRef, cancel: CancelSeries) -> None:
        """Raises BookingIsOver where the series' own workflow has ended, Unavailable."""
        handle = self._client.get_workflow_handle(series.workflow_id)
        with accidents():  # once it is accepted, it is not forgotten
            accepted = WorkflowUpdateStage.ACCEPTED
            await handle.start_update("cancel_occurrences", cancel, wait_for_stage=accepted, rpc_timeout=HOLD_WITHIN)

    async def _change(self, what: BookingRef | SeriesRef, update: str, request: Cancel | MarkNoShow) -> None:
        handle = self._client.get_workflow_handle(what.workflow_id)

        async def ask() -> None:
            with accidents():
                await handle.execute_update(update, request, rpc_timeout=HOLD_WITHIN)

        await when_it_is_our_turn(ask)
