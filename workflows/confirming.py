"""What customers ask of a checkout: its hold, confirming, cancelling. Handlers set what is wanted, the saga acts on it."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.errors import as_failure
    from domain.bookings import BookingStatus
    from domain.errors import ChangeUnderWay, HoldExpired, TransitionNotAllowed
    from domain.rescheduling import Move, Moved
    from workflows.attempts import Attempt
    from workflows.checkout import CheckoutState
    from workflows.messages import Cancel, Cancelled, Confirm, Confirmed, Held


class Confirming(CheckoutState):
    """The customer's updates, each with what refuses it, and the vendor's news."""

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

    @cancel.validator
    def may_cancel(self, request: Cancel) -> None:
        if self._status is BookingStatus.CONFIRMED:  # the appointment takes it in a moment
            raise as_failure(ChangeUnderWay("the booking is just being confirmed", status=self._status.value))
        self._check_has_begun()
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

    @workflow.signal
    async def payment_changed(self) -> None:
        """The vendor's webhook came: look at the payment now."""
        self.payment_news += 1

    async def _cancel_for(self, request: Cancel) -> None:
        self._cancel = self._cancel or request
        await workflow.wait_condition(lambda: self._is_decided)
        if self._status is not BookingStatus.CANCELLED:
            raise as_failure(TransitionNotAllowed(f"the booking was {self._status} first", status=str(self._status)))

    def _check_has_begun(self) -> None:
        """An offer of the waitlist is seen by its customer as soon as it is held, a moment before this workflow knows of it."""
        if self._held is None and self._refusal is None and self._cancel is None:
            raise as_failure(ChangeUnderWay("the time is just being held"))

    def _check_may_confirm(self) -> None:
        self._check_has_begun()
        if self._held is None or self._cancel is not None:
            raise as_failure(TransitionNotAllowed("the booking cannot be confirmed", status=self._status))
        is_late = self._status is BookingStatus.PENDING and workflow.now() >= self._hold_ends
        if is_late or self._status is BookingStatus.EXPIRED:
            raise as_failure(HoldExpired("the hold ended before the booking was confirmed"))
        if self._status is None or self._status.is_final:
            raise as_failure(TransitionNotAllowed(f"the booking is {self._status}", status=self._status))

    def _attempt_for(self, request: Confirm) -> Attempt:
        """The attempt under way, or a new one: after a decline, or with another card while the bank waits for the customer."""
        latest = self._attempts.latest
        if latest is not None:
            is_other = request.payment_method != latest.request.payment_method
            may_pay_anew = self._approval is not None and self._approval.takes(latest, is_other=is_other)
            if not may_pay_anew and latest.refusal is None and not (self._customer_must_act and is_other):
                return latest
        return self._attempts.add(request)
