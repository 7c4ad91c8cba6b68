"""The booking saga on DBOS Transact: hold, wait for the customer or the timer, pay, write the calendar, tell; undo in reverse."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from dbos import DBOS, DBOSConfiguredInstance, SetEnqueueOptions, SetWorkflowID
from dbos import error as dbos_error

from activities.bookings import CloseBooking
from activities.messages import SendMessage
from bench.dbos.checkout import Checkout, GivenUp
from bench.dbos.messages import APPOINTMENTS, HELD
from bench.dbos.steps import Steps, at_vendor, in_database
from domain.bookings import BookingRef, BookingStatus, HoldSlot
from domain.errors import Answer, BookingFailed, HoldExpired
from domain.messages import MessageKind

TROUBLE = (Answer, dbos_error.DBOSMaxStepRetriesExceeded, GivenUp)
"""What a step fails with for good. Anything else is a bug, and leaves the workflow in DBOS's hands."""


@DBOS.dbos_class()
class BookingSaga(DBOSConfiguredInstance):
    """All bookings; what one of them is at is in its `Checkout`."""

    def __init__(self, steps: Steps) -> None:
        super().__init__(config_name="bookings")
        self._steps = steps

    @DBOS.workflow()
    async def book(self, order: HoldSlot, hold_seconds: float) -> BookingStatus:
        """One booking until it is confirmed and told, or over. Its id as a workflow is the booking's."""
        checkout = Checkout(self._steps, order, hold_seconds)
        try:
            await checkout.hold()
            await DBOS.set_event_async(HELD, True)
            await checkout.wait_until_paid()
            await checkout.make_firm()
        except TROUBLE as why:
            return await self._give_up(checkout, why)
        await self._tell(checkout.booking)
        await self._wait_for_the_end(order)
        return BookingStatus.CONFIRMED

    @DBOS.workflow()
    async def complete(self, booking: BookingRef) -> None:
        """The appointment is over. DBOS starts it then; until then nothing waits in memory."""
        await in_database(self._steps.booking.complete_booking, booking)

    async def _give_up(self, checkout: Checkout, why: Exception) -> BookingStatus:
        """Undoes what was done, the last first, and answers who waits."""
        end = _end_of(checkout.booking, why)
        await checkout.undo(end)
        answer = why if isinstance(why, Answer) else BookingFailed("it could not be done, and everything was undone")
        if not checkout.is_held:
            await DBOS.set_event_async(HELD, answer)
        await checkout.answer(True if isinstance(why, GivenUp) else answer)
        return end.status

    async def _tell(self, booking: BookingRef) -> None:
        """Both messages side by side; one that does not get through undoes nothing."""
        message = SendMessage(booking, MessageKind.CONFIRMATION)
        sends = (self._steps.messages.send_email, self._steps.messages.send_sms)
        for failed in await asyncio.gather(*(at_vendor(send, message) for send in sends), return_exceptions=True):
            if isinstance(failed, BaseException) and not isinstance(failed, TROUBLE):
                raise failed

    async def _wait_for_the_end(self, order: HoldSlot) -> None:
        booking = BookingRef(order.business_id, order.booking_id)
        left = max((order.ends_at - datetime.now(UTC)).total_seconds(), 0.0)
        with SetWorkflowID(f"complete-{booking.booking_id}"), SetEnqueueOptions(delay_seconds=left):
            await DBOS.enqueue_workflow_async(APPOINTMENTS, self.complete, booking)


def _end_of(booking: BookingRef, why: Exception) -> CloseBooking:
    """How a booking ends that is given up, in the product's words."""
    if isinstance(why, GivenUp):
        return CloseBooking(booking, BookingStatus.CANCELLED, f"cancelled-by-{why.cancel.by}", why.cancel.reason)
    if isinstance(why, HoldExpired):
        return CloseBooking(booking, BookingStatus.EXPIRED, why.code)
    return CloseBooking(booking, BookingStatus.FAILED, why.code if isinstance(why, Answer) else "accident")
