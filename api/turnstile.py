"""Lets a few at a time try for one slot, so that a crowd at it costs few workflows.

Whoever waits looks again when it is their turn, or hears what somebody was told who looked while they waited. Each API process
has its own; what makes a second claim impossible is the database, never this.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from api.commands.asking import HOLD_WITHIN
from api.commands.outcomes import Unavailable
from api.refusals import SlotRefused

ABREAST = 4  # of a group session, so many sit down at once


class Gate:
    """One slot while somebody tries for it, and what those were told who got none.

    Whoever hears it came before it was looked up, so that it is as true for them. Times are of time.monotonic().
    """

    def __init__(self, abreast: int) -> None:
        self.places = asyncio.Semaphore(abreast)
        self._told: dict[Hashable, tuple[SlotRefused, float]] = {}

    def tell(self, wish: Hashable, refused: SlotRefused, known_since: float) -> None:
        """For the others with the same wish."""
        self._told[wish] = refused, known_since

    def hear(self, wish: Hashable, came: float) -> SlotRefused | None:
        """What holds for a wish that came then."""
        if wish not in self._told:
            return None
        refused, known_since = self._told[wish]
        return refused if known_since >= came else None


class Turnstile:
    """Knows only the slots that somebody is trying for now."""

    def __init__(self, abreast: int = ABREAST, patience: timedelta = HOLD_WITHIN) -> None:
        self._abreast = abreast
        self._patience = patience
        self._gates: WeakValueDictionary[tuple[UUID, datetime], Gate] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, whose: UUID, starts_at: datetime) -> AsyncIterator[Gate]:
        """Waits for a turn at this provider's or service's slot. Raises Unavailable when those before do not get on."""
        gate = self._gates.setdefault((whose, starts_at), Gate(self._abreast))
        try:
            await asyncio.wait_for(gate.places.acquire(), self._patience.total_seconds())
        except TimeoutError:
            raise Unavailable("too many try for this slot at once") from None
        try:
            yield gate
        finally:
            gate.places.release()
