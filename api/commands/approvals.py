"""Approvals: the provider's yes or no."""

from __future__ import annotations

from api.commands.asking import Asking
from domain.approvals import Verdict
from domain.bookings import BookingRef, BookingStatus
from workflows.messages import Decide, Decided


class Approvals(Asking):
    """What a provider decides of a booking that waits for them."""

    async def decide(self, booking: BookingRef, decide: Decide) -> bool:
        """Raises TransitionNotAllowed, BookingFailed, HoldExpired, LinkSpent, BookingIsOver, Unavailable."""
        update = "approve" if decide.verdict is Verdict.APPROVED else "decline"
        try:
            decided = await self._ask(booking.workflow_id, update, decide, Decided)
        except TimeoutError:
            return False
        return decided.status is not BookingStatus.CONFIRMING
