"""The booking, step by step: hold, confirm or let go, pay, write the calendar, tell everyone; undo in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.bookings import BookingActivities, CloseBooking, ConfirmationAttempt, HoldFor
    from activities.calendars import CalendarActivities
    from activities.errors import answer_in, as_failure
    from activities.operations import OperationActivities
    from activities.payments import AuthorisePayment, CheckPayment, PaymentActivities, PaymentProgress
    from domain.approvals import Decider, Verdict
    from domain.bookings import Actor, BookingRef, BookingStatus, HoldSlot, OnCalendarFailure, PaymentTiming
    from domain.errors import (
        ApprovalDeclined,
        BookingFailed,
        ChangeUnderWay,
        HoldExpired,
        NotAnswered,
        PaymentDeclined,
        PaymentNotRenewed,
        StepSkipped,
        TransitionNotAllowed,
    )
    from domain.operations import GiveUpHold, Operated, RefundBooking, ResendMessage
    from domain.rescheduling import Move, Moved
    from temporal import attributes
    from workflows.appointment import AppointmentWorkflow
    from workflows.approving import Approval
    from workflows.messages import (
        Attempt,
        BookSlot,
        Cancel,
        Cancelled,
        Confirm,
        Confirmed,
        Decide,
        Decided,
        Held,
        KeepAppointment,
        Over,
        UnfinishedStep,
    )
    from workflows.operating import Operating
    from workflows.reserving import Reservation
    from workflows.steps import at_vendor, ended, in_database, tell_trouble, uninterrupted, until_done
    from workflows.under_way import Steps

T = TypeVar("T")

FIRST_LOOK = timedelta(seconds=5)
LAST_LOOK = timedelta(seconds=60)
CANCELLED = "cancelled"
NOT_HELD = "hold-failed"  # a local activity's failure does not say which it was

EXPIRING = (HoldExpired, NotAnswered, PaymentNotRenewed)
"""Answers that say that somebody's time was over."""


@workflow.defn
class BookingWorkflow(Operating):
    """One booking until it is confirmed or over; then it goes on as the appointment under the same id."""

    @workflow.init
    def __init__(self, book: BookSlot) -> None:
        order = book.order
        self._order = order
        self._booking = BookingRef(order.business_id, order.booking_id)
        self._is_paid = order.payment is PaymentTiming.ONLINE and not order.price.is_free
        self._patience = book.patience
        self._on_calendar_failure = book.on_calendar_failure
        self._status: BookingStatus | None = None
        self._held: Held | None = None
        self._refusal: ApplicationError | None = None
        self._attempts: list[Attempt] = []
        self._tried = 0
        self._cancel: Cancel | None = None
        self._customer_must_act = False
        self.payment_news = 0
        self._undo: list[Callable[[], Awaitable[None]]] = []
        self._unfinished: list[UnfinishedStep] = []
        self._end = CloseBooking(self._booking, BookingStatus.FAILED, "accident")
        self._approval = self._approval_of(order)
        self.steps_under_way = Steps()

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
        self._undo.append(self._release)
        hold = HoldFor(self._order, self._patience.hold)
        within = timedelta(seconds=min(self._patience.hold, 10))
        expires_at = await in_database(BookingActivities.hold_slot, hold, summary="Hold the slot", within=within)
        self.stop_if_cancelled()
        self._held = Held(expires_at)
        self._status = BookingStatus.PENDING  # its search attribute says so since the start

    async def _wait_for_confirmation(self) -> None:
        self.show("Held. Waits for the customer to confirm until", self._hold_ends.isoformat())
        if not await self.wait(lambda: self.has_new_attempt, self._hold_ends - workflow.now(), "The hold ends"):
            raise as_failure(HoldExpired("the hold ended before the booking was confirmed"))

    async def _try_to_confirm(self) -> None:
        attempt = self.next_attempt()
        self._become(BookingStatus.CONFIRMING)
        try:
            await self._begin(attempt)
            progress = await self._authorise(attempt) if self._is_paid else None
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
        note = ConfirmationAttempt(self._booking, attempt.number)
        await in_database(BookingActivities.begin_confirmation, note, summary="The customer confirms")
        self.stop_if_cancelled()

    async def _authorise(self, attempt: Attempt) -> PaymentProgress:
        """Reserves the money, waiting for the customer where the bank asks for them."""
        if self._void_payment not in self._undo:
            self._undo.append(self._void_payment)
        self.show("Paying. Waits for the payment vendor.")
        order = AuthorisePayment(
            self._booking,
            self._order.price,
            attempt.request.payment_method or "",
            attempt.number,
            attempt.request.return_url or "",
            self._order.saves_method,
            only_reserve=self._approval is not None,
        )
        within = timedelta(seconds=self._patience.payment)
        step = PaymentActivities.authorise_payment
        progress = await self.unless_cancelled(at_vendor(step, order, summary="Authorise the payment", within=within))
        if not progress.is_secured:
            progress = await self._wait_for_customer(attempt, progress)
        return progress

    async def _wait_for_customer(self, attempt: Attempt, progress: PaymentProgress) -> PaymentProgress:
        """The webhook tells; should it never come, we ask the vendor ourselves, ever less often, until the hold ends."""
        look_in = FIRST_LOOK
        while not progress.is_secured:
            self._ask_customer(attempt, progress)
            await self._wait_for_news(min(look_in, self._hold_ends - workflow.now()))
            if self.has_new_attempt:
                raise as_failure(PaymentDeclined("the customer chose another payment method"))
            progress = await self._look(attempt)
            if not progress.is_secured and workflow.now() >= self._hold_ends:
                raise as_failure(HoldExpired("the hold ended before the payment was authorised"))
            look_in = min(look_in * 2, LAST_LOOK)
        self._customer_must_act = False
        attempt.outcome = None  # who asks from now on waits for the end, not for a page that is no more
        return progress

    def _ask_customer(self, attempt: Attempt, progress: PaymentProgress) -> None:
        if progress.next_action is None:
            return
        self._customer_must_act = True
        attempt.outcome = Confirmed(is_confirmed=False, next_action=progress.next_action)
        self.show("Paying. Waits for the customer and their bank until", self._hold_ends.isoformat())

    async def _wait_for_news(self, at_most: timedelta) -> None:
        heard = self.payment_news
        await self.wait(lambda: self.payment_news > heard or self.has_new_attempt, at_most, "Look at the payment")

    async def _look(self, attempt: Attempt) -> PaymentProgress:
        check = CheckPayment(self._booking, attempt.number)
        within = timedelta(seconds=self._patience.payment)
        step = PaymentActivities.check_payment
        return await self.unless_cancelled(at_vendor(step, check, summary="Ask how the payment stands", within=within))

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
        self._undo.append(self._delete_calendar_event)
        self.show("Paid for. Waits for the provider's calendar.")
        within = timedelta(seconds=self._patience.calendar)
        write = CalendarActivities.write_calendar_event
        try:
            await self.unless_cancelled(at_vendor(write, self._booking, summary="Write the calendar event", within=within))
        except ActivityError as failure:
            if isinstance(answer_in(failure), StepSkipped):
                return
            if self._on_calendar_failure is OnCalendarFailure.UNDO or workflow.cancellation_reason() is not None:
                raise
            self._unfinished.append(UnfinishedStep.CALENDAR)
            answer = answer_in(failure)
            await tell_trouble(self._booking, "calendar", answer.code if answer else "not-written-yet")
        self.stop_if_cancelled()

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
        self._undo.clear()
        self._cancel = None  # it came too late, and its handler says so
        self._become(BookingStatus.CONFIRMED)
        self.show("Confirmed.")
        for waiting in self._attempts[attempt.number - 1 :]:  # also cards that came while this one was paying
            waiting.refusal, waiting.outcome = None, Confirmed(is_confirmed=True)

    async def _make_firm(self) -> None:
        await in_database(BookingActivities.confirm_booking, self._booking, summary="The booking is confirmed")

    async def _give_up(self, why: BaseException) -> Over:
        """Undoes what was done and answers those who wait."""
        answer, status = answer_in(why), BookingStatus.FAILED
        is_asked = isinstance(why, ApplicationError) and why.type == CANCELLED
        code = answer.code if answer else "accident"
        if isinstance(answer, EXPIRING):
            status = BookingStatus.EXPIRED
        elif isinstance(answer, ApprovalDeclined):
            status = BookingStatus.CANCELLED
        elif workflow.cancellation_reason() is not None:
            status, code = BookingStatus.CANCELLED, "operator"
        elif is_asked and self._cancel is not None:
            status, code = BookingStatus.CANCELLED, f"cancelled-by-{self._cancel.by}"
        elif answer is None and self._held is None:
            code = NOT_HELD
        elif answer is None and isinstance(why, ActivityError):
            code = f"{why.activity_type.replace('_', '-')}-failed"
        words = self._approval.words if self._approval is not None and isinstance(answer, ApprovalDeclined) else None
        self._end = CloseBooking(self._booking, status, code, self._cancel.reason if self._cancel and is_asked else words)
        if self._approval is not None:
            await uninterrupted(self._approval.stop)
        self.show("Gives up and undoes what was done. Because:", code)
        await self._undo_all()
        is_for_the_caller = self._held is None or isinstance(answer, (HoldExpired, NotAnswered, TransitionNotAllowed))
        if status is BookingStatus.CANCELLED and self._held is not None:
            answer = TransitionNotAllowed("the booking was cancelled first", status=status.value)
        elif answer is None or not is_for_the_caller:
            answer = BookingFailed("it could not be done, and everything was undone", reason=code)
        self._refuse_the_waiting(as_failure(answer))
        self._become(status)
        self.show("Over, because:", code)
        return Over(status, code, was_held=self._held is not None)

    async def _undo_all(self) -> None:
        """Last first; an undo that cannot work is told and does not stop the others."""
        for undo in reversed(self._undo):
            try:
                await uninterrupted(undo)
            except FailureError as failure:
                trouble = answer_in(failure)
                name = undo.__name__.strip("_").replace("_", "-")
                await tell_trouble(self._booking, name, trouble.code if trouble else "accident")
        self._undo.clear()

    async def _tell_the_end(self, approval: Approval, over: Over) -> None:
        is_customers = over.reason == f"cancelled-by-{Actor.CUSTOMER}"
        await approval.tell_the_end(over.reason, is_customers_wish=is_customers)

    async def _release(self) -> None:
        await in_database(BookingActivities.close_booking, self._end, summary="Release the slot and close")

    async def _void_payment(self) -> None:
        await at_vendor(PaymentActivities.void_payment_if_made, self._booking, summary="Void or refund the payment")

    async def _delete_calendar_event(self) -> None:
        await at_vendor(CalendarActivities.delete_calendar_event_if_written, self._booking, summary="Delete the calendar event")

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
        workflow.continue_as_new(keep, workflow=AppointmentWorkflow.run)

    @workflow.update
    async def hold(self) -> Held:
        """The slot is held; raises SlotTaken when it was not to be had. A repeat gets the first answer."""
        await workflow.wait_condition(lambda: self._held is not None or self._refusal is not None)
        if self._held is None:
            raise self._refusal or ApplicationError("the hold was given up")
        return self._held

    @workflow.update
    async def confirm(self, request: Confirm) -> Confirmed:
        """Confirms and pays; a repeat while it is under way joins it. Raises PaymentDeclined, HoldExpired and others."""
        attempt = self._attempt_for(request)
        await workflow.wait_condition(lambda: attempt.is_answered)
        if attempt.outcome is None:
            raise attempt.refusal or ApplicationError("the attempt was given up")
        return attempt.outcome

    @confirm.validator
    def may_confirm(self, request: Confirm) -> None:
        self._check_may_confirm()

    @workflow.signal(name="confirm")
    async def confirm_by_signal(self, request: Confirm) -> None:
        """The same for operators and other workflows, who read the outcome from the booking; ignored when too late."""
        try:
            self._check_may_confirm()
        except ApplicationError:
            return
        self._attempt_for(request)

    @workflow.update
    async def cancel(self, request: Cancel) -> Cancelled:
        """Gives the booking up and returns when that is done and whatever was paid is undone. One outcome: a cancel that came
        after the money was taken is refused, and the booking is confirmed."""
        await self._cancel_for(request)
        return Cancelled()

    async def _cancel_for(self, request: Cancel) -> None:
        self._cancel = self._cancel or request
        await workflow.wait_condition(lambda: self._is_decided)
        if self._status is not BookingStatus.CANCELLED:
            raise as_failure(TransitionNotAllowed(f"the booking was {self._status} first", status=str(self._status)))

    @cancel.validator
    def may_cancel(self, request: Cancel) -> None:
        if self._status is BookingStatus.CONFIRMED:  # the appointment takes it in a moment
            raise as_failure(ChangeUnderWay("the booking is just being confirmed", status=self._status.value))
        if self._held is None or self._status is None or self._status.is_final:
            raise as_failure(TransitionNotAllowed(f"a booking that is {self._status} cannot be cancelled", status=self._status))

    @workflow.update
    async def reschedule(self, move: Move) -> Moved:
        """Never gets here: a checkout is not moved, see the validator."""
        raise as_failure(TransitionNotAllowed("a booking that is only held is not moved", status=self._status))

    @reschedule.validator
    def may_reschedule(self, move: Move) -> None:
        if self._status is BookingStatus.CONFIRMED:  # the appointment takes it in a moment
            raise as_failure(ChangeUnderWay("the booking is just being confirmed", status=self._status.value))
        raise as_failure(TransitionNotAllowed("a booking that is only held is not moved", status=self._status))

    @workflow.update
    async def approve(self, decide: Decide) -> Decided:
        """The provider says yes: returns when the booking is confirmed, or waits only for another way to pay. Raises what kept
        it from being confirmed."""
        return await self._decide(decide, BookingStatus.CONFIRMED)

    @approve.validator
    def may_approve(self, decide: Decide) -> None:
        self._check_may_decide(decide)

    @workflow.update
    async def decline(self, decide: Decide) -> Decided:
        """The provider says no: returns when everything is undone."""
        return await self._decide(decide, BookingStatus.CANCELLED)

    @decline.validator
    def may_decline(self, decide: Decide) -> None:
        self._check_may_decide(decide)

    @workflow.signal(name="approve")
    async def approve_by_signal(self) -> None:
        """The same for operators, who read the outcome from the booking; ignored when too late."""
        await self._decide_by_signal(Verdict.APPROVED)

    @workflow.signal(name="decline")
    async def decline_by_signal(self) -> None:
        """See approve_by_signal."""
        await self._decide_by_signal(Verdict.DECLINED)

    @property
    def _operated(self) -> BookingRef:
        return self._booking

    def _check_held(self) -> None:
        self.may_cancel(Cancel())

    def _check_kept(self) -> None:
        if self._status is BookingStatus.CONFIRMED:  # the appointment takes it in a moment
            raise ChangeUnderWay("the booking is just being confirmed", status=self._status.value)
        raise TransitionNotAllowed("only what is confirmed has money or messages to send again", status=self._status)

    async def _give_up_hold(self, wish: GiveUpHold) -> Operated:
        operation = self._operation(wish)
        await in_database(OperationActivities.note_operation, operation, summary="Asked to give up the hold")
        await self._cancel_for(Cancel(Actor.STAFF, wish.reason))
        return Operated(operation.id, "given-up")

    async def _refund(self, wish: RefundBooking) -> Operated:
        raise TransitionNotAllowed("only what is confirmed has money to give back", status=self._status)

    async def _resend(self, wish: ResendMessage) -> Operated:
        raise TransitionNotAllowed("only what is confirmed has messages to send again", status=self._status)

    @workflow.signal
    async def payment_changed(self) -> None:
        """The vendor's webhook came: look at the payment now."""
        self.payment_news += 1

    @property
    def _hold_ends(self) -> datetime:
        if self._held is None:
            raise RuntimeError("asked before the hold")
        return self._held.expires_at

    @property
    def _is_decided(self) -> bool:
        return self._status is not None and (self._status.is_final or self._status is BookingStatus.CONFIRMED)

    @property
    def has_new_attempt(self) -> bool:
        return len(self._attempts) > self._tried

    def next_attempt(self) -> Attempt:
        """The one that the customer has asked for since."""
        attempt = self._attempts[self._tried]
        self._tried += 1
        return attempt

    def undo_with(self, undo: Callable[[], Awaitable[None]]) -> None:
        """Registered before its step."""
        self._undo.append(undo)

    def _approval_of(self, order: HoldSlot) -> Approval | None:
        """The wait for the provider, where the booking needs their yes."""
        policy, patience = order.policies.approval, timedelta(seconds=self._patience.payment)
        if policy is None:
            return None
        money = Reservation(self._booking, order.price, patience, self) if self._is_paid else None
        return Approval(order, policy, self, money)

    def _check_may_decide(self, decide: Decide) -> None:
        status = self._status.value if self._status else None
        if self._approval is None or self._cancel is not None:
            raise as_failure(TransitionNotAllowed("this booking waits for no decision", status=status))
        self._approval.check(decide, status)

    async def _decide(self, decide: Decide, wanted: BookingStatus) -> Decided:
        approval = self._approval
        if approval is None or self._status is None:
            raise as_failure(TransitionNotAllowed("this booking waits for no decision"))
        await approval.take(decide)
        await workflow.wait_condition(lambda: self._is_decided or approval.needs_method)
        if self._is_decided and (self._status is not wanted or approval.verdict is not decide.verdict):
            status = self._status.value
            raise self._refusal or as_failure(TransitionNotAllowed(f"the booking was {status} first", status=status))
        return Decided(self._status)

    async def _decide_by_signal(self, verdict: Verdict) -> None:
        decide = Decide(verdict, Decider.OPERATOR)
        if self._approval is None:
            return
        try:
            self._check_may_decide(decide)
            await self._approval.take(decide)
        except ApplicationError:
            return

    def _check_may_confirm(self) -> None:
        if self._held is None or self._cancel is not None:
            raise as_failure(TransitionNotAllowed("the booking cannot be confirmed", status=self._status))
        is_late = self._status is BookingStatus.PENDING and workflow.now() >= self._hold_ends
        if is_late or self._status is BookingStatus.EXPIRED:
            raise as_failure(HoldExpired("the hold ended before the booking was confirmed"))
        if self._status is None or self._status.is_final:
            raise as_failure(TransitionNotAllowed(f"the booking is {self._status}", status=self._status))

    def _attempt_for(self, request: Confirm) -> Attempt:
        """The attempt under way, or a new one: after a decline, or with another card while the bank waits for the customer."""
        if self._attempts:
            latest = self._attempts[-1]
            is_other = request.payment_method != latest.request.payment_method
            may_pay_anew = self._approval is not None and self._approval.takes(latest, is_other=is_other)
            if not may_pay_anew and latest.refusal is None and not (self._customer_must_act and is_other):
                return latest
        attempt = Attempt(len(self._attempts) + 1, request)
        self._attempts.append(attempt)
        return attempt

    async def wait(self, ready: Callable[[], bool], at_most: timedelta, summary: str) -> bool:
        """True when ready, False when the time is over. Raises when the booking is cancelled meanwhile."""
        if at_most > timedelta(0):
            try:
                await workflow.wait_condition(
                    lambda: ready() or self._cancel is not None, timeout=at_most, timeout_summary=summary
                )
            except TimeoutError:
                return False
        self._stop_if_given_up()
        return ready()

    async def unless_cancelled(self, step: Coroutine[Any, Any, T]) -> T:
        """Runs a step that may be undone; a cancel does not wait for it to work out, only for it to have ended."""
        task = asyncio.create_task(step)
        try:
            await workflow.wait_condition(lambda: task.done() or self._cancel is not None)
        finally:
            if not task.done():
                task.cancel()
                if self._cancel is not None or workflow.cancellation_reason() is not None:  # not when the cache evicts it
                    await ended(task)
        self._stop_if_given_up()
        self.stop_if_cancelled()
        return task.result()

    def _stop_if_given_up(self) -> None:
        if self._cancel is not None:
            raise ApplicationError("the booking was cancelled", type=CANCELLED)

    def stop_if_cancelled(self) -> None:
        """A step that finishes in spite of a cancel of the workflow swallows it, so it is asked for after each."""
        if workflow.cancellation_reason() is not None:
            raise asyncio.CancelledError
        if self._status is not BookingStatus.CONFIRMED:
            self._stop_if_given_up()

    def _refuse_the_waiting(self, refusal: ApplicationError) -> None:
        self._refusal = refusal
        for attempt in self._attempts:
            if attempt.outcome is None and attempt.refusal is None:
                attempt.refusal = refusal

    def _become(self, status: BookingStatus) -> None:
        self._status = status
        workflow.upsert_search_attributes([attributes.STATUS.value_set(status.value)])

    def show(self, *words: str) -> None:
        """Says for operators where the booking stands. Names nobody."""
        status = self._status.value if self._status else "new"
        self.steps_under_way.say(f"**{status}** – {' '.join(words)}\n\nAppointment: {self._order.starts_at.isoformat()}")
