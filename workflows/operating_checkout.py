"""What operators may do to a checkout: give up its hold. Money and messages are there to repair once it is confirmed."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.operations import OperationActivities
    from domain.bookings import Actor, BookingRef, BookingStatus
    from domain.errors import ChangeUnderWay, TransitionNotAllowed
    from domain.operations import GiveUpHold, Operated, RefundBooking, ResendMessage
    from workflows.confirming import Confirming
    from workflows.messages import Cancel
    from workflows.operating import Operating
    from workflows.steps import first_in_database


class OperatingCheckout(Confirming, Operating):
    """The operators' updates, as a checkout answers them."""

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
        await first_in_database(OperationActivities.note_operation, operation, summary="Asked to give up the hold")
        await self._cancel_for(Cancel(Actor.STAFF, wish.reason))
        return Operated(operation.id, "given-up")

    async def _refund(self, wish: RefundBooking) -> Operated:
        raise TransitionNotAllowed("only what is confirmed has money to give back", status=self._status)

    async def _resend(self, wish: ResendMessage) -> Operated:
        raise TransitionNotAllowed("only what is confirmed has messages to send again", status=self._status)
