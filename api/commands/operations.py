"""Operators' commands: what a booking is at towards the outside, and what they have done about it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from temporalio.client import WithStartWorkflowOperation, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from api.commands.asking import Asking, accidents, when_it_is_our_turn
from api.commands.contract import Ended
from api.commands.outcomes import BookingIsOver
from domain.bookings import BookingRef
from domain.operations import (
    GiveUpHold,
    Operated,
    RefundBooking,
    ResendMessage,
    RetryStep,
    SettleStep,
    SkipStep,
    UnderWay,
    Wish,
)
from temporal import attributes
from workflows.appointment import AppointmentWorkflow
from workflows.messages import KeepAppointment, Over

OPERATE_WITHIN = timedelta(seconds=40)  # a step that is called done by hand first ends its try
LOOK_WITHIN = timedelta(seconds=3)
OPERATIONS: Mapping[type, str] = {
    RetryStep: "retry_step",
    SkipStep: "skip_step",
    SettleStep: "settle_step",
    RefundBooking: "refund",
    ResendMessage: "resend",
    GiveUpHold: "give_up_hold",
}


class Operations(Asking):
    """Carries operators' wishes, also to a booking whose workflow has ended."""

    async def operate(self, booking: BookingRef, wish: Wish, over: Ended | None = None) -> Operated:
        """Raises whatever refuses the wish, TransitionNotAllowed, BookingIsOver, Unavailable."""
        handle, name = self._client.get_workflow_handle(booking.workflow_id), OPERATIONS[type(wish)]
        known: dict[str, Any] = {"id": f"operation-{wish.operation_id}"} if wish.operation_id else {}
        known |= {"result_type": Operated, "rpc_timeout": OPERATE_WITHIN}

        async def ask() -> Operated:
            with accidents():
                done: Operated = await handle.execute_update(name, wish, **known)
                return done

        try:
            return await when_it_is_our_turn(ask)
        except BookingIsOver:
            if over is None:
                raise
        start = self._start_again(booking, over)
        try:
            with accidents():
                again: Operated = await self._client.execute_update_with_start_workflow(
                    name, wish, start_workflow_operation=start, **known
                )
                return again
        finally:
            await asyncio.gather(start.workflow_handle(), return_exceptions=True)

    def _start_again(self, booking: BookingRef, over: Ended) -> WithStartWorkflowOperation[AppointmentWorkflow, Over]:
        """Under the booking's own id, so that it still has one address; it ends when what was asked is done."""
        keep = KeepAppointment(booking, over.starts_at, over.ends_at, status=over.status, is_reopened=True)
        return WithStartWorkflowOperation(
            AppointmentWorkflow.run,
            keep,
            id=booking.workflow_id,
            task_queue=self._settings.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            task_timeout=timedelta(seconds=5),
            search_attributes=attributes.of_booking(booking.business_id, over.provider_id, over.starts_at, over.status.value),
            static_summary="Started again for an operator",
        )

    async def under_way(self, booking: BookingRef) -> UnderWay | None:
        """Nothing is under way where the workflow has ended."""
        handle = self._client.get_workflow_handle(booking.workflow_id)
        ended = QueryRejectCondition.NOT_OPEN
        try:
            shown: UnderWay = await handle.query(
                "under_way", result_type=UnderWay, reject_condition=ended, rpc_timeout=LOOK_WITHIN
            )
        except WorkflowQueryRejectedError:
            return UnderWay(())
        except WorkflowQueryFailedError:
            return None
        except RPCError as failure:
            return UnderWay(()) if failure.status is RPCStatusCode.NOT_FOUND else None
        return shown
