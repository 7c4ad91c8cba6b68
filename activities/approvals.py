"""Asking the provider, and what they say, in our own database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg
from temporalio import activity

from domain.approvals import Decider, Verdict
from domain.bookings import BookingRef
from store import approvals


@dataclass(frozen=True, slots=True)
class AskForApproval:
    """Keep the booking's time until then, for its provider to decide."""

    booking: BookingRef
    decide_by: datetime


@dataclass(frozen=True, slots=True)
class DecideApproval:
    """What was said, and by whom; `link_hash` is the SHA-256, in hexadecimal, of the link that it was said by."""

    booking: BookingRef
    verdict: Verdict
    by: Decider
    link_hash: str | None = None


class ApprovalActivities:
    """Each is one transaction; the first verdict decides."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def ask_for_approval(self, ask: AskForApproval) -> None:
        """Moves the end of the hold to the end of the wait. Raises HoldExpired when another has taken the time since."""
        await approvals.ask(self._pool, ask.booking, ask.decide_by)

    @activity.defn
    async def decide_approval(self, decide: DecideApproval) -> None:
        """Writes the verdict down and uses up its link. Raises TransitionNotAllowed, LinkSpent, NotFound."""
        link_hash = bytes.fromhex(decide.link_hash) if decide.link_hash else None
        await approvals.decide(self._pool, decide.booking, decide.verdict, decide.by, link_hash)
