"""Money that stays reserved while a booking waits for its provider: renewed in time, or with another card of the customer's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.errors import answer_in, as_failure
    from activities.payments import CheckPayment, PaymentActivities, PaymentProgress
    from activities.renewals import RenewalActivities, RenewalRef, RenewPayment
    from domain.bookings import BookingRef
    from domain.errors import Answer, PaymentDeclined
    from domain.money import Money
    from workflows.attempts import Attempt
    from workflows.messages import Confirmed
    from workflows.steps import at_vendor, tell_trouble

T = TypeVar("T")

RENEW_BEFORE = timedelta(days=1)
"""Before the vendor lets go of the money; half the time that is left, where that is less."""

TRY_AGAIN, FIRST_LOOK, LAST_LOOK = timedelta(minutes=5), timedelta(seconds=5), timedelta(minutes=5)


class Checkout(Protocol):
    """What the wait needs of the booking that waits."""

    @property
    def has_new_attempt(self) -> bool: ...
    @property
    def payment_news(self) -> int: ...
    def next_attempt(self) -> Attempt: ...
    def undo_with(self, undo: Callable[[], Awaitable[None]]) -> None: ...
    def stop_if_cancelled(self) -> None: ...
    def show(self, *words: str) -> None: ...
    async def wait(self, ready: Callable[[], bool], at_most: timedelta, summary: str) -> bool: ...
    async def unless_cancelled(self, step: Coroutine[Any, Any, T]) -> T: ...


class Reservation:
    """What is reserved for one booking, and until when.

    Renewals are counted: each has a key of its own, and is the booking's one payment as soon as its money is reserved. What it
    replaces is voided only then, so there is never a moment without, nor one with two that could be captured.
    """

    def __init__(self, booking: BookingRef, price: Money, patience: timedelta, checkout: Checkout) -> None:
        """`patience` is how long the vendor is tried through accidents."""
        self._booking, self._price, self._patience, self._checkout = booking, price, patience, checkout
        self._secured: PaymentProgress | None = None
        self._renewals = 0
        self._renew_at: datetime | None = None
        self._attempt: Attempt | None = None
        self._look_at: datetime | None = None
        self._look_in = FIRST_LOOK
        self._seen_news = 0
        self._voids: list[asyncio.Task[None]] = []
        self.needs_method = False  # the customer has to name another way to pay
        self.customer_must_act = False  # their bank asks for them

    @property
    def is_alive(self) -> bool:
        """Whether there is money to capture."""
        ends_at = self.ends_at
        return self._secured is not None and (ends_at is None or workflow.now() < ends_at)

    @property
    def ends_at(self) -> datetime | None:
        """When the vendor lets go of it, where it says so."""
        return self._secured.capture_before if self._secured else None

    @property
    def number(self) -> int:
        """How often it was renewed."""
        return self._renewals

    @property
    def has_news(self) -> bool:
        return self._checkout.has_new_attempt or self._checkout.payment_news > self._seen_news

    @property
    def next_turn(self) -> datetime | None:
        """When there is something to do at the latest."""
        ends_at = self.ends_at if self.is_alive else None
        return min((at for at in (self._look_at, self._renew_at, ends_at) if at is not None), default=None)

    def secure(self, progress: PaymentProgress) -> None:
        """This money is reserved now."""
        self._secured, self._attempt, self._look_at, self._renew_at = progress, None, None, None
        self.needs_method = self.customer_must_act = False
        if progress.capture_before is not None:
            left = progress.capture_before - workflow.now()
            self._renew_at = progress.capture_before - min(RENEW_BEFORE, left / 2)

    async def turn(self) -> bool:
        """Does what is due; true where a renewal was just refused, so that the customer has to be told."""
        now = workflow.now()
        if self._checkout.has_new_attempt:
            await self._pay_with(self._checkout.next_attempt())
        elif self._checkout.payment_news > self._seen_news or (self._look_at is not None and now >= self._look_at):
            self._seen_news = self._checkout.payment_news
            await (self._look_at_other_card() if self._look_at is not None else self._look_at_reserved())
        elif self._renew_at is not None and now >= self._renew_at:
            return await self._renew()
        return False

    async def _renew(self) -> bool:
        """With the saved method, its owner away. Accidents are tried again."""
        self._renew_at = None
        number = self._begin()
        order = RenewPayment(self._booking, self._price, number)
        try:
            progress = await self._at_vendor(RenewalActivities.renew_payment, order, "Reserve the money anew")
        except ActivityError as failure:
            answer = self._answer_in(failure)
            if answer is None:
                self._renewals -= 1  # the same one again: nobody knows whether it was made
                self._renew_at = workflow.now() + min(TRY_AGAIN, self._patience)
                return False
            self.needs_method = True
            return True
        if progress.is_secured:
            self._replace(number, progress)
        else:
            self._wait_for_bank()
        return False

    async def _pay_with(self, attempt: Attempt) -> None:
        """With another card that the customer has chosen. What was reserved before stays, until this is."""
        self._attempt, self._renew_at, self._look_in = attempt, None, FIRST_LOOK
        method, back_to = attempt.request.payment_method or "", attempt.request.return_url or ""
        order = RenewPayment(self._booking, self._price, self._begin(), method, back_to)
        await self._hear(self._at_vendor(RenewalActivities.renew_payment, order, "Reserve the money on another card"))

    async def _look_at_other_card(self) -> None:
        """After news, or by ourselves ever less often."""
        ref = RenewalRef(self._booking, self._renewals)
        await self._hear(self._at_vendor(RenewalActivities.check_renewal, ref, "Ask how the payment stands"))

    async def _look_at_reserved(self) -> None:
        """Banks may let go of money before its time; then it is reserved anew at once."""
        if not self.is_alive:
            return
        check = CheckPayment(self._booking, self._renewals)
        try:
            await self._at_vendor(PaymentActivities.check_payment, check, "Ask how the payment stands")
        except ActivityError as failure:
            if isinstance(self._answer_in(failure), PaymentDeclined):
                self._secured, self._renew_at = None, workflow.now()

    async def _hear(self, step: Coroutine[Any, Any, PaymentProgress]) -> None:
        """What comes of the customer's other card."""
        try:
            progress = await step
        except ActivityError as failure:
            answer = self._answer_in(failure)
            if answer is None:
                self._wait_for_bank()
                return
            self._look_at, self.needs_method, self.customer_must_act = None, True, False
            self._answer(refusal=as_failure(answer))
            return
        if progress.is_secured:
            self._answer(Confirmed(is_confirmed=False, waits_for_approval=True))
            self._replace(self._renewals, progress)
            return
        self._wait_for_bank()
        if progress.next_action is not None:
            self.customer_must_act = True
            self._answer(Confirmed(is_confirmed=False, next_action=progress.next_action))

    def _wait_for_bank(self) -> None:
        self._look_at = workflow.now() + self._look_in
        self._look_in = min(self._look_in * 2, LAST_LOOK)

    def _replace(self, number: int, progress: PaymentProgress) -> None:
        """The old one is let go of in nobody's way: it ends by itself soon."""
        self.secure(progress)
        self._voids.append(asyncio.create_task(self._void_replaced(number)))

    async def _void_replaced(self, number: int) -> None:
        ref = RenewalRef(self._booking, number)
        try:
            await at_vendor(RenewalActivities.void_replaced_payment, ref, summary="Void what is replaced", within=RENEW_BEFORE)
        except ActivityError as failure:
            if not is_cancelled_exception(failure):
                answer = answer_in(failure)
                await tell_trouble(self._booking, "void-replaced-payment", answer.code if answer else "given-up")

    async def finish(self) -> None:
        """Once the booking is confirmed: waits a little for what was replaced to be let go of."""
        if self._voids:
            _, late = await workflow.wait(self._voids, timeout=self._patience.total_seconds())
            if late:
                await tell_trouble(self._booking, "void-replaced-payment", "given-up")
        await self.stop()

    async def stop(self) -> None:
        """Before everything is undone, which voids them too."""
        for task in self._voids:
            task.cancel()
        if self._voids:
            await workflow.wait(self._voids)
        self._voids.clear()

    def _begin(self) -> int:
        """The number of the next renewal. Its undo is registered first; that one knows all of them."""
        if self._renewals == 0:
            self._checkout.undo_with(self._void_renewals)
        self._renewals += 1
        return self._renewals

    async def _void_renewals(self) -> None:
        await at_vendor(RenewalActivities.void_renewals_if_made, self._booking, summary="Void what was reserved anew")

    def _answer(self, outcome: Confirmed | None = None, refusal: ApplicationError | None = None) -> None:
        if self._attempt is not None:
            self._attempt.outcome, self._attempt.refusal = outcome, refusal

    async def _at_vendor(self, step: Callable[..., Awaitable[T]], order: Any, summary: str) -> T:
        return await self._checkout.unless_cancelled(at_vendor(step, order, summary=summary, within=self._patience))

    @staticmethod
    def _answer_in(failure: ActivityError) -> Answer | None:
        """The vendor's answer, None for an accident. A cancel of the workflow rises."""
        if workflow.cancellation_reason() is not None:
            raise failure
        return answer_in(failure)
