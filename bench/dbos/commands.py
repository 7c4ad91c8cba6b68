"""What the product's routes ask of a booking, carried to its workflow on DBOS."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from dbos import DBOS, SetWorkflowID

from api.commands.outcomes import ConfirmOutcome, Progress, Unavailable
from bench.dbos.messages import HELD, REQUESTS, Confirm, GiveUp, PaymentChanged
from bench.dbos.saga import BookingSaga
from domain.bookings import BookingRef, HoldSlot, OnCalendarFailure
from domain.errors import Answer
from domain.payments import PaymentNews
from domain.series import SeriesRef
from settings import Settings
from workflows.messages import Cancel

HOLD_WITHIN = timedelta(seconds=15)


class DbosCommands:
    """As many of them as a booking that is held and confirmed needs; the program serves no route that asks for others."""

    def __init__(self, saga: BookingSaga, settings: Settings) -> None:
        self._saga = saga
        self._settings = settings

    async def hold(self, order: HoldSlot, _on_calendar_failure: OnCalendarFailure = OnCalendarFailure.UNDO) -> None:
        """Starts the booking's workflow; a repeat finds the first one. Raises SlotTaken, Unavailable."""
        workflow_id = BookingRef(order.business_id, order.booking_id).workflow_id
        with SetWorkflowID(workflow_id):
            await DBOS.start_workflow_async(self._saga.book, order, float(self._settings.hold_seconds))
        if await _said(workflow_id, HELD, HOLD_WITHIN.total_seconds()) is None:
            raise Unavailable("the slot could not be held")

    async def confirm(self, booking: BookingRef, payment_method: str | None, return_url: str | None) -> ConfirmOutcome:
        """Raises PaymentDeclined, HoldExpired, BookingFailed."""
        wish = Confirm(uuid4().hex, payment_method or "", return_url or self._settings.public_url)
        await DBOS.send_async(booking.workflow_id, wish, REQUESTS)
        outcome: ConfirmOutcome | None = await _said(booking.workflow_id, wish.request_id, self._settings.confirm_wait_seconds)
        return outcome or ConfirmOutcome(Progress.WORKING)

    async def cancel(self, booking: BookingRef, cancel: Cancel) -> None:
        """Lets a hold go. Raises Unavailable where it is not only held any more: what comes then is not compared here."""
        wish = GiveUp(uuid4().hex, cancel)
        await DBOS.send_async(booking.workflow_id, wish, REQUESTS)
        if await _said(booking.workflow_id, wish.request_id, self._settings.confirm_wait_seconds) is None:
            raise Unavailable("the booking does not listen any more")

    async def tell_payment_news(self, news: PaymentNews, _series: SeriesRef | None = None) -> None:
        booking = BookingRef(news.business_id, news.booking_id)
        await DBOS.send_async(booking.workflow_id, PaymentChanged(), REQUESTS)

    async def worker_is_polling(self) -> bool:
        """Workflows run in this very process."""
        return True

    async def backlog_seconds(self) -> float:
        """None waits for a worker: each is begun at once where it was asked for."""
        return 0.0


async def _said(workflow_id: str, name: str, seconds: float) -> Any:
    """What the workflow has said under this name; None when it has not in time. Raises the Answer, if it is one."""
    said = await DBOS.get_event_async(workflow_id, name, seconds)
    if isinstance(said, Answer):
        raise said
    return said
