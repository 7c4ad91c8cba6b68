"""Approvals: the provider's yes or no."""

from __future__ import annotations

from api.commands.asking import Asking, when_it_is_our_turn
from domain.approvals import Verdict
from domain.bookings import BookingRef, BookingStatus
from workflows.messages import Decide, Decided


class Approvals(Asking):
    """What a provider decides of a booking that waits for them."""

    async def decide(self, booking: BookingRef, decide: Decide) -> bool:
        """Raises TransitionNotAllowed, BookingFailed, HoldExpired, LinkSpent, BookingIsOver, Unavailable."""
        update = "approve" if decide.verdict is Verdict.APPROVED else "decline"
        begun = await when_it_is_our_turn(lambda: self._begin(booking.workflow_id, update, decide, Decided))
        try:
            decided = await self._outcome(begun)
        except TimeoutError:
            return False
        return decided.status is not BookingStatus.CONFIRMING
