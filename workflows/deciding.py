"""What the provider says to a checkout that waits for them: yes or no."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.errors import as_failure
    from domain.approvals import Decider, Verdict
    from domain.bookings import BookingStatus
    from domain.errors import TransitionNotAllowed
    from workflows.checkout import CheckoutState
    from workflows.messages import Decide, Decided


class Deciding(CheckoutState):
    """The provider's updates, and the same as signals for operators."""

    @workflow.update
    async def approve(self, decide: Decide) -> Decided:
        """The provider says yes: returns when the booking is confirmed, or waits only for another way to pay. Raises what kept
        it from being confirmed."""
        return await self._decide(decide, BookingStatus.CONFIRMED)

    @approve.validator
    def may_approve(self, decide: Decide) -> None:
        self._check_may_decide(decide)

    @workflow.update
    async def decline(self, decide: Decide) -> Decided:
        """The provider says no: returns when everything is undone."""
        return await self._decide(decide, BookingStatus.CANCELLED)

    @decline.validator
    def may_decline(self, decide: Decide) -> None:
        self._check_may_decide(decide)

    @workflow.signal(name="approve")
    async def approve_by_signal(self) -> None:
        """The same for operators, who read the outcome from the booking; ignored when too late."""
        await self._decide_by_signal(Verdict.APPROVED)

    @workflow.signal(name="decline")
    async def decline_by_signal(self) -> None:
        """See approve_by_signal."""
        await self._decide_by_signal(Verdict.DECLINED)

    def _check_may_decide(self, decide: Decide) -> None:
        status = self._status.value if self._status else None
        if self._approval is None or self._cancel is not None:
            raise as_failure(TransitionNotAllowed("this booking waits for no decision", status=status))
        self._approval.check(decide, status)

    async def _decide(self, decide: Decide, wanted: BookingStatus) -> Decided:
        approval = self._approval
        if approval is None or self._status is None:
            raise as_failure(TransitionNotAllowed("this booking waits for no decision"))
        await approval.take(decide)
        await workflow.wait_condition(lambda: self._is_decided or approval.needs_method)
        if self._is_decided and (self._status is not wanted or approval.verdict is not decide.verdict):
            status = self._status.value
            raise self._refusal or as_failure(TransitionNotAllowed(f"the booking was {status} first", status=status))
        return Decided(self._status)

    async def _decide_by_signal(self, verdict: Verdict) -> None:
        decide = Decide(verdict, Decider.OPERATOR)
        if self._approval is None:
            return
        try:
            self._check_may_decide(decide)
            await self._approval.take(decide)
        except ApplicationError:
            return
