"""The confirmed appointment: takes one command at a time until its time is over and nothing is left to be done."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.errors import answer_in, as_failure
    from domain.bookings import BookingRef, BookingStatus
    from domain.errors import BookingFailed, ChangeUnderWay, TransitionNotAllowed
    from domain.operations import GiveUpHold, Operated, RefundBooking, ResendMessage
    from domain.rescheduling import Move, Moved
    from workflows import cancelling, ending, no_show, paying, repairing, rescheduling, unfinished
    from workflows.kept import Command, Kept, Turn
    from workflows.messages import Cancel, Cancelled, Confirm, Confirmed, KeepAppointment, MarkNoShow, NoShowMarked, Over, Pay
    from workflows.operating import Operating
    from workflows.steps import until_done
    from workflows.under_way import Steps

T = TypeVar("T")

REASONS = {BookingStatus.COMPLETED: "time-over", BookingStatus.CANCELLED: "cancelled", BookingStatus.NO_SHOW: "no-show"}


@workflow.defn
class AppointmentWorkflow(Operating):
    """Goes on under the booking's id once it is confirmed, so a booking keeps one address for its whole life.

    To add a command: its messages in workflows/messages.py, a module with its function on Kept, and here an update of three
    lines with its validator. Temporal's own cancel ends nothing here: an appointment is cancelled by its command.
    """

    @workflow.init
    def __init__(self, keep: KeepAppointment) -> None:
        self._kept = Kept(keep)
        self._command: Command | None = None
        self._has_gone_on = False
        self.steps_under_way = Steps()

    @workflow.run
    async def run(self, keep: KeepAppointment) -> Over:
        self._go_on()
        is_over = await until_done(asyncio.create_task(self._live()))
        if not is_over:
            workflow.continue_as_new(self._kept.message)
        return Over(self._kept.status, REASONS.get(self._kept.status, self._kept.status))

    async def _live(self) -> bool:
        """True when the booking is over, False where another run has to go on. Whoever asks at the last moment is answered."""
        while True:
            is_over = await self._keep()
            await workflow.wait_condition(lambda: self._command is not None or workflow.all_handlers_finished())
            if self._command is None and self._kept.is_quiet:
                await self._kept.stop_leftovers()
            if self._command is None and self._kept.is_quiet:  # operators do not wait for their turn as commands do
                return is_over

    async def _keep(self) -> bool:
        """Does what is asked and what time brings. False where this run's history has become long."""
        while True:
            turn = ending.next_turn(self._kept)
            is_idle = self._command is None and self._kept.is_quiet
            if is_idle and (turn is None or self._is_long):
                return turn is None
            if await self._is_asked_before(turn):
                await self._obey()
            elif turn is not None and workflow.now() >= turn.at:
                await turn.act(self._kept)
            self._has_gone_on = True

    def _go_on(self) -> None:
        """Begins what was under way before this run."""
        kept = self._kept
        kept.show("Waits for the appointment to end.")
        if kept.status is BookingStatus.CONFIRMED and kept.message.unfinished:
            kept.show("Goes on trying:", ", ".join(kept.message.unfinished))
            kept.leftovers = asyncio.create_task(unfinished.finish(kept))
        if kept.message.is_reopened:
            kept.show("Had ended. Does what operators ask.")
            return
        if kept.status is BookingStatus.CANCELLED:
            kept.beside(cancelling.clean_up(kept))
        if kept.status is BookingStatus.NO_SHOW:
            kept.beside(no_show.follow(kept))

    async def _is_asked_before(self, turn: Turn | None) -> bool:
        """True when there is a command to obey, False when the time has come, or what went on beside is done or cannot be."""
        kept, was_quiet = self._kept, self._kept.is_quiet
        left = turn.at - workflow.now() if turn else None
        if self._command is None and (left is None or left > timedelta(0)):
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._command is not None or kept.is_quiet is not was_quiet or kept.must_be_undone,
                    timeout=left,
                    timeout_summary=turn.summary if turn else None,
                )
        return self._command is not None

    async def _obey(self) -> None:
        """Does the one command that is waiting. What it cannot do is its answer; the appointment goes on."""
        command = self._command
        if command is None:
            return
        try:
            command.answer = await command.act()
        except FailureError as failure:
            answer = answer_in(failure) or BookingFailed("it could not be done")
            command.refusal = as_failure(answer)
        command.is_answered = True
        self._command = None

    @workflow.update
    async def confirm(self, request: Confirm) -> Confirmed:
        """A repeat of what was already done: gets the first answer."""
        if self._kept.status not in (BookingStatus.CONFIRMED, BookingStatus.COMPLETED):
            raise as_failure(TransitionNotAllowed(f"the booking is {self._kept.status}", status=self._kept.status.value))
        return Confirmed(is_confirmed=True)

    @workflow.update
    async def cancel(self, request: Cancel) -> Cancelled:
        """Closes the booking and says what comes back. A second cancel meanwhile joins the first."""
        return await self._take(request, lambda: cancelling.cancel(self._kept, request))

    @cancel.validator
    def may_cancel(self, request: Cancel) -> None:
        self._check_command(request, BookingStatus.CONFIRMED)

    @workflow.signal(name="cancel")
    async def cancel_by_signal(self, request: Cancel) -> None:
        """The same for its series, which cancels many at once; waits for a change that is under way, ignored when too late."""
        while self._command is not None and not self._joins(request):
            await workflow.wait_condition(lambda: self._command is None)
        with contextlib.suppress(ApplicationError):
            self._check_command(request, BookingStatus.CONFIRMED)
            await self._take(request, lambda: cancelling.cancel(self._kept, request))

    @workflow.update
    async def pay(self, request: Pay) -> Confirmed:
        """Pays for an occurrence of a series whose saved payment method was refused."""
        return await self._take(request, lambda: paying.pay(self._kept, request))

    @pay.validator
    def may_pay(self, request: Pay) -> None:
        self._check_command(request, BookingStatus.CONFIRMED)

    @workflow.update
    async def reschedule(self, move: Move) -> Moved:
        """Moves the booking to another time; a refusal leaves it where it is. A repeat meanwhile joins the first."""
        return await self._take(move, lambda: rescheduling.reschedule(self._kept, move))

    @reschedule.validator
    def may_reschedule(self, move: Move) -> None:
        self._check_command(move, BookingStatus.CONFIRMED)

    @workflow.update(name="no_show")
    async def mark_no_show(self, request: MarkNoShow) -> NoShowMarked:
        """Says that nobody came, from the start until the window closes; tells how the fee stands."""
        return await self._take(request, lambda: no_show.mark(self._kept, request))

    @mark_no_show.validator
    def may_mark_no_show(self, request: MarkNoShow) -> None:
        self._check_command(request, BookingStatus.CONFIRMED, BookingStatus.COMPLETED)

    @workflow.signal
    async def payment_changed(self) -> None:
        """The vendor's webhook came: what waits for money looks now."""
        self._kept.payment_news += 1

    @property
    def _operated(self) -> BookingRef:
        return self._kept.booking

    def _check_kept(self) -> None:
        """An appointment is one."""

    def _check_held(self) -> None:
        status = self._kept.status.value
        raise TransitionNotAllowed(f"the booking is {status}: what is confirmed is cancelled, not given up", status=status)

    async def _refund(self, wish: RefundBooking) -> Operated:
        return await repairing.refund(self._kept, self._operation(wish), wish)

    async def _resend(self, wish: ResendMessage) -> Operated:
        return await repairing.resend(self._kept, self.steps_under_way, self._operation(wish), wish)

    async def _give_up_hold(self, wish: GiveUpHold) -> Operated:
        raise TransitionNotAllowed("what is confirmed is cancelled", status=self._kept.status.value)

    def _check_command(self, request: object, *statuses: BookingStatus) -> None:
        """For validators: refuses what the status does not allow, and whatever comes while another command is under way."""
        if self._joins(request):
            return
        status = self._kept.status
        if status not in statuses:
            raise as_failure(TransitionNotAllowed(f"the booking is {status}", status=status.value))
        if self._command is not None:
            raise as_failure(ChangeUnderWay("another change of this booking is under way", status=status.value))

    async def _take(self, request: object, act: Callable[[], Awaitable[T]]) -> T:
        """Hands the command to the run and waits for what comes of it; the same one again waits for the first."""
        command = self._command
        if command is None or not self._joins(request):
            command = self._command = Command(request, act)
        await workflow.wait_condition(lambda: command.is_answered)
        if command.refusal is not None:
            raise command.refusal
        answer: Any = command.answer
        return answer  # type: ignore[no-any-return] # what `act` returned

    def _joins(self, request: object) -> bool:
        """Whether this is what is being done already. Whoever cancels first, and why, decides for the second."""
        running = self._command.request if self._command is not None else None
        return running is not None and (running == request or (isinstance(running, Cancel) and isinstance(request, Cancel)))

    @property
    def _is_long(self) -> bool:
        """Never before anything has happened in this run: or one that may have few events would be followed by its like."""
        info = workflow.info()
        is_full = info.get_current_history_length() > self._kept.message.most_events
        return self._has_gone_on and (is_full or info.is_continue_as_new_suggested())
