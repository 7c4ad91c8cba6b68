"""Authorising a payment: the vendor is asked for the money, and the customer and their bank are waited for."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.errors import as_failure
    from activities.payments import AuthorisePayment, CheckPayment, PaymentActivities, PaymentProgress
    from domain.errors import HoldExpired, PaymentDeclined
    from workflows.attempts import Attempt
    from workflows.checkout import CheckoutState
    from workflows.messages import Confirmed
    from workflows.steps import at_vendor

FIRST_LOOK = timedelta(seconds=5)
LAST_LOOK = timedelta(seconds=60)


class Authorising(CheckoutState):
    """Reserves the money of one attempt."""

    _begins_with_payment = True  # the booking is confirming as soon as the payment is begun, in the same activity

    async def _authorise(self, attempt: Attempt) -> PaymentProgress:
        """Reserves the money, waiting for the customer where the bank asks for them."""
        self.show("Paying. Waits for the payment vendor.")
        order = AuthorisePayment(
            self._booking,
            self._order.price,
            attempt.request.payment_method or "",
            attempt.number,
            attempt.request.return_url or "",
            self._order.saves_method,
            only_reserve=self._approval is not None,
            begins=self._begins_with_payment,
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
