"""The only place where the API talks to Temporal: each command is one message to one booking's workflow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateHandle,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    WorkflowUpdateStage,
)
from temporalio.common import QueryRejectCondition, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.errors import answer_in
from domain.approvals import Verdict
from domain.bookings import BookingRef, BookingStatus, HoldSlot, OnCalendarFailure
from domain.errors import ANSWERS, BookingFailed, ChangeUnderWay, TransitionNotAllowed
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
from domain.payments import NextAction, PaymentNews
from domain.rescheduling import Move, Moved
from domain.series import HoldSeries, SeriesRef
from settings import Settings
from temporal import attributes
from workflows.appointment import AppointmentWorkflow
from workflows.booking import BookingWorkflow
from workflows.messages import (
    BookSeries,
    BookSlot,
    Cancel,
    CancelSeries,
    Confirm,
    Confirmed,
    Decide,
    Decided,
    KeepAppointment,
    MarkNoShow,
    Over,
    Patience,
    Pay,
)
from workflows.series import SeriesWorkflow

T = TypeVar("T")

HOLD_WITHIN = timedelta(seconds=15)
OPERATE_WITHIN = timedelta(seconds=40)  # a step that is called done by hand first ends its try
LOOK_WITHIN = timedelta(seconds=3)
TRY_AGAIN_AFTER = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0)
OPERATIONS: Mapping[type, str] = {
    RetryStep: "retry_step",
    SkipStep: "skip_step",
    SettleStep: "settle_step",
    RefundBooking: "refund",
    ResendMessage: "resend",
    GiveUpHold: "give_up_hold",
}
POLL_SEEN_WITHIN = timedelta(seconds=75)  # a poll lasts a minute


class Progress(StrEnum):
    CONFIRMED = "confirmed"
    WORKING = "working"
    ACTION_REQUIRED = "action_required"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class ConfirmOutcome:
    """What confirming came to: done, still working, or the customer or the provider has something to do first."""

    progress: Progress
    next_action: NextAction | None = None


class Commands(Protocol):
    """What the routes ask of the bookings' workflows. Refusals rise as domain Answers, exactly as the workflow gave them."""

    async def hold(self, order: HoldSlot, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        """Starts the booking and returns when the slot is held. A repeat with the same booking id gets the first outcome."""

    async def confirm(self, booking: BookingRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome: ...

    async def cancel(self, booking: BookingRef, cancel: Cancel) -> None:
        """Returns when the booking is closed and its refund is asked for; a second cancel at once joins the first."""

    async def reschedule(self, move: Move, request_id: str) -> Moved | None:
        """Moves the booking; None while it is still worked on. A repeat with the same `request_id` joins the first."""

    async def mark_no_show(self, booking: BookingRef) -> None:
        """Returns when the booking is a no-show and its fee is asked for."""

    async def decide(self, booking: BookingRef, decide: Decide) -> bool:
        """Says the provider's yes or no; true when the booking is confirmed or closed by it, false while that is worked on."""

    async def pay(self, booking: BookingRef, payment_method: str, return_url: str | None) -> ConfirmOutcome:
        """Pays for an occurrence of a series whose saved payment method was refused."""

    async def tell_payment_news(self, news: PaymentNews, series: SeriesRef | None = None) -> None:
        """Signals the booking that its payment changed, or the series that it pays for; one that is over already ignores it."""

    async def hold_series(self, series: HoldSeries, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        """Starts the series and returns when it is held. A repeat with the same series id gets the first outcome."""

    async def confirm_series(self, series: SeriesRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome: ...

    async def cancel_series(self, series: SeriesRef, cancel: Cancel) -> None:
        """Gives up a series that is only held; returns when it is closed."""

    async def cancel_occurrences(self, series: SeriesRef, cancel: CancelSeries) -> None:
        """Has these bookings of a confirmed series asked to cancel themselves; returns when that is sure to happen."""

    async def operate(self, booking: BookingRef, wish: Wish, over: Ended | None = None) -> Operated:
        """Does what an operator wants; the same `operation_id` gets the first outcome. `over` is how a booking has ended: its
        workflow is started again for what is left to be done."""

    async def under_way(self, booking: BookingRef) -> UnderWay | None:
        """What the booking's workflow is at; None where nobody answers."""

    async def worker_is_polling(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Ended:
    """A booking that has ended, as its workflow is started again for operators."""

    provider_id: UUID
    starts_at: datetime
    ends_at: datetime
    status: BookingStatus


class Unavailable(Exception):
    """Temporal or the workers do not answer; what was asked may or may not happen. Asking again with the same key is safe."""


class BookingIsOver(Exception):
    """The booking's workflow has ended; the store knows how."""


class TemporalCommands:
    """Sends the commands as updates and signals. Every call is safe to repeat: the workflow decides once."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._patience = Patience(
            hold=settings.hold_seconds,
            payment=settings.payment_seconds,
            calendar=settings.calendar_seconds,
            capture=settings.capture_seconds,
            notify=settings.notify_seconds,
        )

    async def hold(self, order: HoldSlot, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        """Update-with-start under a fixed update id, so a repeated POST gets the first answer. Raises SlotTaken, Unavailable."""
        start = self._start(BookSlot(order, self._patience, on_calendar_failure))
        try:
            with _accidents():
                await self._client.execute_update_with_start_workflow(
                    BookingWorkflow.hold, start_workflow_operation=start, id="hold", rpc_timeout=HOLD_WITHIN
                )
        except BookingFailed as failure:
            raise Unavailable("the slot could not be held") from failure
        except WorkflowAlreadyStartedError:
            await self._repeat_the_ending(BookingRef(order.business_id, order.booking_id))
        finally:
            await asyncio.gather(start.workflow_handle(), return_exceptions=True)

    def _start(self, book: BookSlot) -> WithStartWorkflowOperation[BookingWorkflow, Over]:
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

    async def _repeat_the_ending(self, booking: BookingRef | SeriesRef) -> None:
        """The first POST's workflow has ended: its refusal is given again; any other ending is in the store."""
        handle = self._client.get_workflow_handle(booking.workflow_id, result_type=Over)
        with _accidents():
            over = await handle.result(rpc_timeout=HOLD_WITHIN)
        if over.was_held or over.reason not in ANSWERS:
            raise BookingIsOver
        raise ANSWERS[over.reason]("this was refused before; ask again with a new Idempotency-Key")

    async def confirm(self, booking: BookingRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome:
        """Raises PaymentDeclined, HoldExpired, BookingFailed, TransitionNotAllowed, BookingIsOver, Unavailable."""
        confirm = Confirm(payment_method, return_url or self._settings.public_url)
        return await self._confirm(booking.workflow_id, "confirm", confirm)

    async def pay(self, booking: BookingRef, payment_method: str, return_url: str | None) -> ConfirmOutcome:
        """Raises PaymentDeclined, TransitionNotAllowed, ChangeUnderWay, BookingIsOver, Unavailable."""
        pay = Pay(payment_method, return_url or self._settings.public_url)
        return await self._confirm(booking.workflow_id, "pay", pay)

    async def confirm_series(self, series: SeriesRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome:
        """Raises as `confirm` does."""
        confirm = Confirm(payment_method, return_url or self._settings.public_url)
        return await self._confirm(series.workflow_id, "confirm", confirm)

    async def _confirm(self, workflow_id: str, name: str, request: Confirm | Pay) -> ConfirmOutcome:
        handle = self._client.get_workflow_handle(workflow_id)
        wait = self._settings.confirm_wait_seconds
        with _accidents():
            update = await handle.start_update(
                name,
                request,
                wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                result_type=Confirmed,
                rpc_timeout=timedelta(seconds=wait),
            )
        try:
            with _accidents():
                confirmed = await _within(wait, update)
        except TimeoutError:
            return ConfirmOutcome(Progress.WORKING)
        if confirmed.is_confirmed:
            return ConfirmOutcome(Progress.CONFIRMED)
        if confirmed.waits_for_approval:
            return ConfirmOutcome(Progress.WAITING)
        return ConfirmOutcome(Progress.ACTION_REQUIRED, confirmed.next_action)

    async def decide(self, booking: BookingRef, decide: Decide) -> bool:
        """Raises TransitionNotAllowed, BookingFailed, HoldExpired, LinkSpent, BookingIsOver, Unavailable."""
        handle = self._client.get_workflow_handle(booking.workflow_id)
        name = "approve" if decide.verdict is Verdict.APPROVED else "decline"
        wait = self._settings.confirm_wait_seconds

        async def ask() -> WorkflowUpdateHandle[Decided]:
            with _accidents():
                return await handle.start_update(
                    name,
                    decide,
                    wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                    result_type=Decided,
                    rpc_timeout=timedelta(seconds=wait),
                )

        update = await _when_it_is_our_turn(ask)
        try:
            with _accidents():
                decided = await _within(wait, update)
        except TimeoutError:
            return False
        return decided.status is not BookingStatus.CONFIRMING

    async def cancel(self, booking: BookingRef, cancel: Cancel) -> None:
        """Raises TransitionNotAllowed, BookingIsOver, Unavailable."""
        await self._change(booking, "cancel", cancel)

    async def reschedule(self, move: Move, request_id: str) -> Moved | None:
        """Raises SlotTaken, PaymentDeclined, TransitionNotAllowed, BookingFailed, LinkSpent, BookingIsOver, Unavailable."""
        handle = self._client.get_workflow_handle(move.booking.workflow_id)
        wait = self._settings.confirm_wait_seconds

        async def ask() -> WorkflowUpdateHandle[Moved]:
            with _accidents():
                return await handle.start_update(
                    "reschedule",
                    move,
                    id=request_id,
                    wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                    result_type=Moved,
                    rpc_timeout=timedelta(seconds=wait),
                )

        update = await _when_it_is_our_turn(ask)
        try:
            with _accidents():
                return await _within(wait, update)
        except TimeoutError:
            return None

    async def mark_no_show(self, booking: BookingRef) -> None:
        """Raises TransitionNotAllowed, BookingIsOver, Unavailable."""
        await self._change(booking, "no_show", MarkNoShow())

    async def hold_series(self, series: HoldSeries, on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        """Update-with-start under a fixed update id, so a repeated POST gets the first answer. Raises SlotTaken, Unavailable."""
        settings, like = self._settings, series.pattern
        charge_before, pay_within = settings.series_charge_hours * 3600, settings.series_pay_hours * 3600
        start = WithStartWorkflowOperation(
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
        try:
            with _accidents():
                await self._client.execute_update_with_start_workflow(
                    SeriesWorkflow.hold, start_workflow_operation=start, id="hold", rpc_timeout=HOLD_WITHIN
                )
        except BookingFailed as failure:
            raise Unavailable("the series could not be held") from failure
        except WorkflowAlreadyStartedError:
            await self._repeat_the_ending(series.ref)
        finally:
            await asyncio.gather(start.workflow_handle(), return_exceptions=True)

    async def cancel_series(self, series: SeriesRef, cancel: Cancel) -> None:
        """Raises TransitionNotAllowed, BookingIsOver, Unavailable."""
        await self._change(series, "cancel", cancel)

    async def cancel_occurrences(self, series: SeriesRef, cancel: CancelSeries) -> None:
        """Raises BookingIsOver where the series' own workflow has ended, Unavailable."""
        handle = self._client.get_workflow_handle(series.workflow_id)
        with _accidents():  # once it is accepted, it is not forgotten
            accepted = WorkflowUpdateStage.ACCEPTED
            await handle.start_update("cancel_occurrences", cancel, wait_for_stage=accepted, rpc_timeout=HOLD_WITHIN)

    async def _change(self, what: BookingRef | SeriesRef, update: str, request: Cancel | MarkNoShow) -> None:
        handle = self._client.get_workflow_handle(what.workflow_id)

        async def ask() -> None:
            with _accidents():
                await handle.execute_update(update, request, rpc_timeout=HOLD_WITHIN)

        await _when_it_is_our_turn(ask)

    async def tell_payment_news(self, news: PaymentNews, series: SeriesRef | None = None) -> None:
        booking = BookingRef(news.business_id, news.booking_id)
        handle = self._client.get_workflow_handle((series or booking).workflow_id)
        try:
            with _accidents():
                await handle.signal("payment_changed")
        except BookingIsOver:
            return

    async def operate(self, booking: BookingRef, wish: Wish, over: Ended | None = None) -> Operated:
        """Raises whatever refuses the wish, TransitionNotAllowed, BookingIsOver, Unavailable."""
        handle, name = self._client.get_workflow_handle(booking.workflow_id), OPERATIONS[type(wish)]
        known: dict[str, Any] = {"id": f"operation-{wish.operation_id}"} if wish.operation_id else {}
        known |= {"result_type": Operated, "rpc_timeout": OPERATE_WITHIN}

        async def ask() -> Operated:
            with _accidents():
                done: Operated = await handle.execute_update(name, wish, **known)
                return done

        try:
            return await _when_it_is_our_turn(ask)
        except BookingIsOver:
            if over is None:
                raise
        start = self._start_again(booking, over)
        try:
            with _accidents():
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

    async def worker_is_polling(self) -> bool:
        """Whether somebody asked for work within the last minute or so."""
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=self._settings.task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        with _accidents():
            queue = await self._client.workflow_service.describe_task_queue(request, timeout=timedelta(seconds=3))
        oldest = datetime.now(UTC) - POLL_SEEN_WITHIN
        return any(poller.last_access_time.ToDatetime(UTC) >= oldest for poller in queue.pollers)


async def _when_it_is_our_turn(ask: Callable[[], Awaitable[T]]) -> T:
    """Asks again while another change is under way, for some seconds: few take that long. Raises ChangeUnderWay after it."""
    for pause in TRY_AGAIN_AFTER:
        try:
            return await ask()
        except ChangeUnderWay:
            await asyncio.sleep(pause)
    return await ask()


async def _within(seconds: float, update: WorkflowUpdateHandle[T]) -> T:
    """Raises TimeoutError when there is no outcome by then. The client tells a cancelled wait as an error of its own."""
    try:
        return await asyncio.wait_for(update.result(), seconds)
    except WorkflowUpdateRPCTimeoutOrCancelledError as late:
        raise TimeoutError from late


@contextmanager
def _accidents() -> Iterator[None]:
    """The one translation of what Temporal's client raises: into domain answers, BookingIsOver or Unavailable."""
    try:
        yield
    except WorkflowUpdateFailedError as failure:
        answer = answer_in(failure.cause)
        if answer is not None:
            raise answer from failure
        raise Unavailable("the booking could not go on") from failure
    except WorkflowUpdateRPCTimeoutOrCancelledError as failure:
        raise Unavailable("no worker answered in time") from failure
    except RPCError as failure:
        if failure.status is RPCStatusCode.NOT_FOUND:
            raise BookingIsOver from failure
        if failure.status is RPCStatusCode.FAILED_PRECONDITION:
            raise TransitionNotAllowed("the booking does not take this now") from failure
        raise Unavailable("Temporal does not answer") from failure
