"""The provider's yes: the question, the wait for an answer, and what they and the customer are told of it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.approvals import ApprovalActivities, AskForApproval, DecideApproval
    from activities.errors import answer_in, as_failure
    from activities.payments import PaymentProgress
    from domain.approvals import ApprovalPolicy, Verdict
    from domain.bookings import BookingRef, HoldSlot
    from domain.errors import ApprovalDeclined, ChangeUnderWay, NotAnswered, PaymentNotRenewed, TransitionNotAllowed
    from domain.messages import MessageFacts, MessageKind, Recipient
    from workflows.attempts import Attempt
    from workflows.messages import Confirmed, Decide
    from workflows.reserving import Checkout, Reservation
    from workflows.steps import first_in_database, in_database
    from workflows.telling import tell_people

WORTH_TELLING = timedelta(days=1)


class Approval:
    """One booking's wait, from the question to its answer; `money` stays reserved meanwhile, where the booking costs any."""

    def __init__(self, order: HoldSlot, policy: ApprovalPolicy, checkout: Checkout, money: Reservation | None) -> None:
        self._booking = BookingRef(order.business_id, order.booking_id)
        self._starts_at, self._policy, self._checkout = order.starts_at, policy, checkout
        self.money = money
        self.verdict: Verdict | None = None
        self.words: str | None = None
        self.was_asked = False
        self._is_waiting = False
        self._decide_by = order.starts_at
        self._asked: Decide | None = None
        self._refusal: ApplicationError | None = None
        self._telling: list[asyncio.Task[None]] = []

    @property
    def needs_method(self) -> bool:
        """Whether the wait goes on only because the customer has to name another way to pay."""
        return self._is_waiting and self.money is not None and self.money.needs_method and not self.money.is_alive

    def takes(self, latest: Attempt, *, is_other: bool) -> bool:
        """Whether the customer may try to pay again."""
        if not self._is_waiting or self.money is None or not latest.is_answered:
            return False
        return self.money.needs_method or (self.money.customer_must_act and is_other)

    def check(self, decide: Decide, status: str | None) -> None:
        """For validators: refuses what cannot be decided any more, and a second opinion while the first is written down."""
        if decide.verdict is self.verdict or decide == self._asked:
            return
        if not self._is_waiting or self.verdict is not None:
            raise as_failure(TransitionNotAllowed("this booking waits for no decision", status=status))
        if self._asked is not None:
            raise as_failure(ChangeUnderWay("another decision is being written down", status=status))

    async def take(self, decide: Decide) -> None:
        """Hands the decision to the wait; returns when it is written down. Raises what speaks against it, such as LinkSpent."""
        if self.verdict is decide.verdict:
            return
        if self._asked is None:
            self._asked, self._refusal = decide, None
        mine = self._asked
        await workflow.wait_condition(lambda: self._asked is not mine)
        if self._refusal is not None and self.verdict is None:
            raise self._refusal

    async def wait_for_yes(self, attempt: Attempt, progress: PaymentProgress | None) -> None:
        """Returns when the provider has said yes and there is money to capture. Raises ApprovalDeclined, NotAnswered,
        PaymentNotRenewed, HoldExpired, and whatever a cancel raises."""
        decide_by = self._decide_by = self._policy.decide_by(workflow.now(), self._starts_at)
        ask = AskForApproval(self._booking, decide_by)
        await in_database(ApprovalActivities.ask_for_approval, ask, summary="Ask the provider")
        self.was_asked = self._is_waiting = True
        if self.money is not None and progress is not None:
            self.money.secure(progress)
        attempt.outcome = Confirmed(is_confirmed=False, waits_for_approval=True)
        self._checkout.stop_if_cancelled()
        self._tell_beside(MessageKind.APPROVAL_REQUESTED, Recipient.PROVIDER, decide_by - workflow.now())
        try:
            while self.verdict is None or (self.money is not None and not self.money.is_alive):
                self._show()
                until = min(decide_by, (self.money and self.money.next_turn) or decide_by)
                await self._checkout.wait(self._has_news, until - workflow.now(), "Waits for the provider")
                await self._turn()
        finally:
            self._is_waiting, self._asked = False, None

    def _has_news(self) -> bool:
        return self._asked is not None or (self.money is not None and self.money.has_news)

    async def _turn(self) -> None:
        """Does the one thing that is due."""
        if self._asked is not None:
            await self._decide(self._asked)
        elif workflow.now() >= self._decide_by:
            raise as_failure(self._too_late())
        elif self.money is not None and await self.money.turn():
            customer, number = Recipient.CUSTOMER, self.money.number
            self._tell_beside(MessageKind.PAYMENT_DECLINED, customer, WORTH_TELLING, number)

    async def _decide(self, decide: Decide) -> None:
        """Writes the verdict down; a link that was used already decides nothing."""
        order = DecideApproval(self._booking, decide.verdict, decide.by, decide.link_hash)
        try:
            await first_in_database(ApprovalActivities.decide_approval, order, summary=f"The provider: {decide.verdict}")
        except FailureError as failure:
            answer = answer_in(failure)
            if answer is None:
                raise
            self._refusal, self._asked = as_failure(answer), None
            return
        self.verdict, self.words, self._asked = decide.verdict, decide.words, None
        self._checkout.stop_if_cancelled()
        if decide.verdict is Verdict.DECLINED:
            raise as_failure(ApprovalDeclined("the provider declined"))

    def _too_late(self) -> NotAnswered | PaymentNotRenewed:
        if self.verdict is Verdict.APPROVED:
            return PaymentNotRenewed("the money could not be reserved again in time")
        return NotAnswered("the provider did not answer in time")

    async def stop(self) -> None:
        """Ends what goes on beside the wait, before everything is undone. Who was asked need not be asked any more."""
        for task in self._telling:
            task.cancel()
        self._telling.clear()
        if self.money is not None:
            await self.money.stop()

    async def finish(self) -> None:
        """Once the booking is confirmed."""
        for task in self._telling:
            task.cancel()
        self._telling.clear()
        if self.money is not None:
            await self.money.finish()

    async def tell_the_end(self, reason: str, *, is_customers_wish: bool) -> None:
        """The customer hears that there will be no appointment unless they ended it themselves; the provider, where neither
        they nor their silence did."""
        told = [] if is_customers_wish else [self._say(MessageKind.APPROVAL_DECLINED, Recipient.CUSTOMER, WORTH_TELLING)]
        if reason not in (ApprovalDeclined.code, NotAnswered.code):
            told.append(self._say(MessageKind.CANCELLED, Recipient.PROVIDER, WORTH_TELLING))
        await asyncio.gather(*told)

    def _tell_beside(self, kind: MessageKind, recipient: Recipient, within: timedelta, sequence: int = 0) -> None:
        self._telling.append(asyncio.create_task(self._say(kind, recipient, within, sequence, self._decide_by)))

    async def _say(
        self, kind: MessageKind, recipient: Recipient, within: timedelta, sequence: int = 0, until: datetime | None = None
    ) -> None:
        facts = MessageFacts(until=until)
        await tell_people(self._booking, kind, within, sequence=sequence, facts=facts, recipients=(recipient,))

    def _show(self) -> None:
        needed = "the provider's yes" if self.verdict is None else "another way to pay"
        self._checkout.show("Waits for", needed, "until", self._decide_by.isoformat())
