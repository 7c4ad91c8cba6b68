"""What a checkout knows of itself, and how whatever it waits for stops when it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.bookings import BookingRef, BookingStatus, HoldSlot, PaymentTiming
    from temporal import attributes
    from workflows.approving import Approval
    from workflows.attempts import Attempt, Attempts
    from workflows.messages import BookSlot, Cancel, Held
    from workflows.reserving import Reservation
    from workflows.steps import ended
    from workflows.under_way import Steps
    from workflows.undoing import Undos

T = TypeVar("T")

CANCELLED = "cancelled"
SOON = timedelta(minutes=10)


class CheckoutState:
    """Shared by the steps of the saga and by those who ask something of it."""

    def __init__(self, book: BookSlot) -> None:
        order = book.order
        self._order = order
        self._booking = BookingRef(order.business_id, order.booking_id)
        self._is_paid = order.payment is PaymentTiming.ONLINE and not order.price.is_free
        self._patience = book.patience
        self._status: BookingStatus | None = None
        self._held: Held | None = None
        self._refusal: ApplicationError | None = None
        self._attempts = Attempts()
        self._cancel: Cancel | None = None
        self._customer_must_act = False
        self._shown = BookingStatus.PENDING  # as it was started
        self._hold_clock: asyncio.Task[None] | None = None
        self._hold_is_over = False
        self.payment_news = 0
        self._undo = Undos()
        self._approval = self._approval_of(order)
        self.steps_under_way = Steps()

    def _approval_of(self, order: HoldSlot) -> Approval | None:
        """The wait for the provider, where the booking needs their yes."""
        policy, patience = order.policies.approval, timedelta(seconds=self._patience.payment)
        if policy is None:
            return None
        money = Reservation(self._booking, order.price, patience, self) if self._is_paid else None
        return Approval(order, policy, self, money)

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
        return self._attempts.has_new

    def next_attempt(self) -> Attempt:
        """The one that the customer has asked for since."""
        return self._attempts.next()

    def undo_with(self, undo: Callable[[], Awaitable[None]]) -> None:
        """Registered before its step."""
        self._undo.register(undo)

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

    def _become(self, status: BookingStatus) -> None:
        """Most are confirmed in a moment, so `confirming` is only shown when the hold ends; at once where that is not soon."""
        self._status = status
        if status is not BookingStatus.CONFIRMING or self._approval or self._hold_ends - workflow.now() > SOON:
            self._show_status()

    def _show_status(self) -> None:
        """By its search attribute, where that says something else. Each change of it costs as much as a step of the saga."""
        if self._status is not None and self._status is not self._shown:
            self._shown = self._status
            workflow.upsert_search_attributes([attributes.STATUS.value_set(self._status.value)])

    @property
    def _attributes_of_next_run(self) -> TypedSearchAttributes:
        """Those of this one, with the present status."""
        status = self._status or BookingStatus.PENDING
        return workflow.info().typed_search_attributes.updated(SearchAttributePair(attributes.STATUS, status.value))

    def _watch_hold(self) -> None:
        """Has the hold's end noticed, whatever the checkout is at by then. Its timer is the only one of most bookings."""
        if self._hold_clock is None:
            self._hold_clock = asyncio.create_task(self._wait_for_end_of_hold())

    async def _wait_for_end_of_hold(self) -> None:
        left = self._hold_ends - workflow.now()
        if left > timedelta(0):
            await workflow.sleep(left, summary="The hold ends")
        self._hold_is_over = True
        self._show_status()

    def show(self, *words: str) -> None:
        """Says for operators where the booking stands. Names nobody."""
        status = self._status.value if self._status else "new"
        self.steps_under_way.say(f"**{status}** – {' '.join(words)}\n\nAppointment: {self._order.starts_at.isoformat()}")
