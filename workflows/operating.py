"""What operators may do to any booking's workflow, in the Temporal Web UI or over HTTP: typed, written down, safe to repeat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.errors import answer_in, as_failure
    from activities.operations import OperationActivities, SettleOrder
    from domain.bookings import BookingRef
    from domain.errors import (
        Answer,
        BookingFailed,
        ChangeUnderWay,
        KeyReused,
        NotSettledThatWay,
        StepNotSkippable,
        StepNotUnderWay,
    )
    from domain.operation_checks import check_settled, check_wish
    from domain.operations import (
        GiveUpHold,
        Operated,
        Operation,
        RefundBooking,
        ResendMessage,
        RetryStep,
        SettleStep,
        SkipStep,
        UnderWay,
        Wish,
        operation_of,
    )
    from domain.outside_steps import step_of
    from workflows.steps import first_in_database
    from workflows.under_way import Steps, UnderWayStep, Verdict

JSON = 'Input: {{"operator": "ada", {fields}}}. The same "operation_id" again is a repeat and does nothing.'
STEP = JSON.format(fields='"step": "refund:cancel/0"')


class Operating:
    """The operators' updates, for the workflows of bookings. Each is refused where the booking does not allow it, and is on the
    timeline with who did it. To act on a booking that has ended, the API starts its appointment's workflow again."""

    steps_under_way: Steps

    @workflow.query(name="under_way", description="What the booking is at towards the outside, and what may be done about it.")
    def show_under_way(self) -> UnderWay:
        """For the API; the Web UI shows the same as the workflow's current details."""
        return self.steps_under_way.shown

    @workflow.update(name="retry_step", description=f"Tries a step that waits for its next try now. {STEP}")
    async def retry_step(self, wish: RetryStep) -> Operated:
        """Wakes the step from its rest; a try that is under way is ended first and begun anew."""
        return await self._once(wish, lambda: self._retry(wish))

    @retry_step.validator
    def may_retry(self, wish: RetryStep) -> None:
        self._check(wish, lambda: self._step(wish.step))

    @workflow.update(name="skip_step", description=f"Leaves out a message or a calendar, never money. {STEP}")
    async def skip_step(self, wish: SkipStep) -> Operated:
        """What waited for the step goes on as if it were done; a message that was left out is never sent."""
        return await self._once(wish, lambda: self._skip(wish))

    @skip_step.validator
    def may_skip(self, wish: SkipStep) -> None:
        self._check(wish, lambda: self._check_skippable(self._step(wish.step).name))

    @workflow.update(
        name="settle_step",
        description="Says that a stuck step was done by hand, so that it is tried no more. "
        + JSON.format(fields='"step": "void-payment", "done": "voided", "reason": "voided in the dashboard"'),
    )
    async def settle_step(self, wish: SettleStep) -> Operated:
        """Stops the step, waits for a try's end, and brings our books to what was done. One that worked out first is refused."""
        return await self._once(wish, lambda: self._settle(wish))

    @settle_step.validator
    def may_settle(self, wish: SettleStep) -> None:
        self._check(wish, lambda: self._check_settleable(wish))

    @workflow.update(
        name="refund",
        description="Gives back a part of what was paid, or all that is left without an amount (minor units). "
        + JSON.format(fields='"reason": "goodwill", "amount": 1000'),
    )
    async def refund(self, wish: RefundBooking) -> Operated:
        """Says how far that got within a few seconds; the vendor is asked until its last word."""
        return await self._once(wish, lambda: self._refund(wish))

    @refund.validator
    def may_refund(self, wish: RefundBooking) -> None:
        self._check(wish, self._check_kept)

    @workflow.update(
        name="resend",
        description="Sends a message once more, to a corrected address where one is given. "
        + JSON.format(fields='"kind": "confirmation", "channel": "email", "email": "grace@example.com"'),
    )
    async def resend(self, wish: ResendMessage) -> Operated:
        """Takes the place of copies that did not get through."""
        return await self._once(wish, lambda: self._resend(wish))

    @resend.validator
    def may_resend(self, wish: ResendMessage) -> None:
        self._check(wish, self._check_kept)

    @workflow.update(
        name="give_up_hold",
        description="Ends a booking that is only held and undoes what was reserved for it. "
        + JSON.format(fields='"reason": "the customer rang up"'),
    )
    async def give_up_hold(self, wish: GiveUpHold) -> Operated:
        """Returns when everything is undone; one that was confirmed first is refused."""
        return await self._once(wish, lambda: self._give_up_hold(wish))

    @give_up_hold.validator
    def may_give_up_hold(self, wish: GiveUpHold) -> None:
        self._check(wish, self._check_held)

    # What the two kinds of workflow do in their own way.

    @property
    def _operated(self) -> BookingRef:
        raise NotImplementedError

    def _check_kept(self) -> None:
        """Raises unless the booking is an appointment."""
        raise NotImplementedError

    def _check_held(self) -> None:
        """Raises unless the booking is only held."""
        raise NotImplementedError

    async def _refund(self, wish: RefundBooking) -> Operated:
        raise NotImplementedError

    async def _resend(self, wish: ResendMessage) -> Operated:
        raise NotImplementedError

    async def _give_up_hold(self, wish: GiveUpHold) -> Operated:
        raise NotImplementedError

    # Each operation.

    async def _retry(self, wish: RetryStep) -> Operated:
        step, operation = self._step(wish.step), self._operation(wish)
        await first_in_database(OperationActivities.note_operation, operation, summary=f"Asked to retry {wish.step}")
        if not step.is_stopping:
            step.decide(Verdict.RETRY)
        return Operated(operation.id, "retried")

    async def _skip(self, wish: SkipStep) -> Operated:
        step, operation = self._step(wish.step), self._operation(wish)
        await first_in_database(OperationActivities.skip_step, operation, summary=f"Asked to skip {wish.step}")
        step.decide(Verdict.SKIP)
        return Operated(operation.id, "skipped")

    async def _settle(self, wish: SettleStep) -> Operated:
        step, operation = self.steps_under_way.find(wish.step), self._operation(wish)
        if step is not None:
            step.stop()
            await workflow.wait_condition(lambda: step.is_stopped or self.steps_under_way.find(wish.step) is not step)
        is_under_way = step is not None and self.steps_under_way.find(wish.step) is step
        order = SettleOrder(operation, wish.done, is_under_way)
        try:
            await first_in_database(OperationActivities.settle_step, order, summary=f"Done by hand: {wish.step}")
        except FailureError:
            if step is not None:
                step.decide(Verdict.RETRY)
            raise
        if step is not None:
            step.decide(Verdict.SETTLE)
        return Operated(operation.id, "settled")

    # What they are made of.

    def _operation(self, wish: Wish) -> Operation:
        return operation_of(self._operated, self._operation_id(wish), wish)

    def _operation_id(self, wish: Wish) -> str:
        """The Web UI gives each update an id of its own, so whoever names none asks for something new."""
        info = workflow.current_update_info()
        if wish.operation_id is None and info is None:
            raise RuntimeError("asked outside of an update")
        return wish.operation_id or (info.id if info else "")

    def _check(self, wish: Wish, allowed: Callable[[], object]) -> None:
        """For validators. What this run has done already is let through, to be answered again."""
        operation_id = self._operation_id(wish)
        try:
            check_wish(wish, operation_id)
            if operation_id not in self.steps_under_way.answers:
                allowed()
        except Answer as answer:
            raise as_failure(answer) from None

    async def _once(self, wish: Wish, act: Callable[[], Awaitable[Operated]]) -> Operated:
        known = self.steps_under_way.answers.get(key := self._operation_id(wish))
        if known is not None:
            first, outcome = known
            if first != wish:
                raise as_failure(KeyReused("this operation id was used for another operation"))
            return replace(outcome, is_repeat=True)
        try:
            done = await act()
        except Answer as answer:
            raise as_failure(answer) from None
        except FailureError as failure:
            raise as_failure(answer_in(failure) or BookingFailed("it could not be done")) from failure
        self.steps_under_way.answers[key] = (wish, done)
        return done

    def _step(self, name: str) -> UnderWayStep:
        step = self.steps_under_way.find(name)
        if step is None:
            under_way = ", ".join(one.name for one in self.steps_under_way.shown.steps) or "nothing"
            raise StepNotUnderWay(f"no such step is under way, but {under_way}", step=name)
        if step.is_stopping:
            raise ChangeUnderWay("this step is just being settled")
        return step

    def _check_skippable(self, name: str) -> None:
        step = step_of(name)
        if step is None or not step.may_skip:
            raise StepNotSkippable("money is never left out", step=name)

    def _check_settleable(self, wish: SettleStep) -> None:
        check_settled(wish.step, wish.done)
        step = self.steps_under_way.find(wish.step)
        if step is not None and step.is_stopping:
            raise ChangeUnderWay("this step is just being settled")
        if step is not None and wish.step.startswith("charge:"):
            raise NotSettledThatWay("the vendor is still asked about this charge", field="step")
