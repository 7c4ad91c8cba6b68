"""One booking under way on DBOS: its steps, and what takes them back. Each method runs within the workflow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from dbos import DBOS

from activities.bookings import CloseBooking, ConfirmationAttempt, HoldFor
from activities.payments import AuthorisePayment, CheckPayment, PaymentProgress
from api.commands.outcomes import ConfirmOutcome, Progress
from bench.dbos.messages import REQUESTS, Confirm, GiveUp, Request
from bench.dbos.steps import Steps, at_vendor, in_database, until_done
from domain.bookings import BookingRef, HoldSlot
from domain.errors import Answer, HoldExpired, PaymentDeclined
from workflows.messages import Cancel

Undo = Callable[[CloseBooking], Awaitable[None]]
Said = ConfirmOutcome | Answer | bool


class GivenUp(Exception):
    """The customer or staff let the hold go."""

    def __init__(self, cancel: Cancel) -> None:
        super().__init__(cancel)
        self.cancel = cancel


class Checkout:
    """Made anew when DBOS recovers the workflow: all that it knows comes out of recorded steps and messages again."""

    def __init__(self, steps: Steps, order: HoldSlot, hold_seconds: float) -> None:
        self._steps = steps
        self._order = order
        self._hold_seconds = hold_seconds
        self.booking = BookingRef(order.business_id, order.booking_id)
        self._undos: list[Undo] = []
        self._held_until: datetime | None = None
        self._attempts = 0
        self._waiting: str | None = None
        self._next: Confirm | None = None

    @property
    def is_held(self) -> bool:
        return self._held_until is not None

    async def hold(self) -> None:
        """Raises SlotTaken."""
        self._undos.append(self._close)
        self._held_until = await in_database(self._steps.booking.hold_slot, HoldFor(self._order, self._hold_seconds))

    async def wait_until_paid(self) -> None:
        """Until the money is reserved; a declined card leaves the hold as it is. Raises HoldExpired, GivenUp."""
        while True:
            request = await self._next_confirm()
            self._attempts += 1
            self._waiting = request.request_id
            await in_database(self._steps.booking.begin_confirmation, ConfirmationAttempt(self.booking, self._attempts))
            try:
                await self._authorise(request)
            except PaymentDeclined as declined:
                note = ConfirmationAttempt(self.booking, self._attempts, declined.code)
                await in_database(self._steps.booking.return_to_hold, note)
                await self.answer(declined)
            else:
                return

    async def make_firm(self) -> None:
        """The claim for good, the calendar, the money, the booking; from the capture on nothing is undone."""
        await in_database(self._steps.booking.secure_claim, self.booking)
        self._undos.append(self._delete_event)
        await at_vendor(self._steps.calendar.write_calendar_event, self.booking)
        await until_done(self._steps.payment.capture_payment, self.booking)
        await until_done(self._steps.booking.confirm_booking, self.booking)
        await self.answer(ConfirmOutcome(Progress.CONFIRMED))

    async def answer(self, said: Said) -> None:
        """To whoever waits, if anybody does."""
        if self._waiting is not None:
            await DBOS.set_event_async(self._waiting, said)
            self._waiting = None

    async def undo(self, end: CloseBooking) -> None:
        """The last step first; each does nothing where its step never happened."""
        for undo in reversed(self._undos):
            await undo(end)

    async def _authorise(self, request: Confirm) -> None:
        if self._void not in self._undos:
            self._undos.append(self._void)
        wish = AuthorisePayment(
            self.booking, self._order.price, request.payment_method, self._attempts, request.return_url, self._order.saves_method
        )
        progress = await at_vendor(self._steps.payment.authorise_payment, wish)
        while not progress.is_secured:
            progress = await self._wait_for_bank(progress)

    async def _wait_for_bank(self, progress: PaymentProgress) -> PaymentProgress:
        """Until the vendor has news, or the hold ends: then it is asked once more. Raises HoldExpired, PaymentDeclined."""
        if progress.next_action is not None:
            await self.answer(ConfirmOutcome(Progress.ACTION_REQUIRED, progress.next_action))
        request = await self._receive()
        if isinstance(request, Confirm):
            self._next = request
            raise PaymentDeclined("the customer chose another payment method")
        check = CheckPayment(self.booking, self._attempts)
        found = await at_vendor(self._steps.payment.check_payment, check)
        if request is None and not found.is_secured:
            raise HoldExpired("the hold ended before the payment was authorised")
        return found

    async def _next_confirm(self) -> Confirm:
        if (request := self._next) is not None:
            self._next = None
            return request
        while True:
            match await self._receive():
                case Confirm() as request:
                    return request
                case None:
                    raise HoldExpired("the hold ended before the booking was confirmed")

    async def _receive(self) -> Request | None:
        """What is asked of the booking next; None when the hold ends first. Raises GivenUp."""
        if self._held_until is None:
            raise RuntimeError("asked before the hold")
        # DBOS records when the wait ends, so a recovery waits no longer for having begun later.
        left = max((self._held_until - datetime.now(UTC)).total_seconds(), 0.0)
        request: Request | None = await DBOS.recv_async(REQUESTS, timeout_seconds=left)
        if isinstance(request, GiveUp):
            self._waiting = request.request_id
            raise GivenUp(request.cancel)
        return request

    async def _close(self, end: CloseBooking) -> None:
        await until_done(self._steps.booking.close_booking, end)

    async def _void(self, _: CloseBooking) -> None:
        await until_done(self._steps.payment.void_payment_if_made, self.booking)

    async def _delete_event(self, _: CloseBooking) -> None:
        await until_done(self._steps.calendar.delete_calendar_event_if_written, self.booking)
