"""Lets a few at a time try for one slot, so that a crowd at it costs few workflows.

Whoever waits looks again when it is their turn, and mostly finds the slot taken. Each API process has its own; what makes a
second claim impossible is the database, never this.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from api.commands import HOLD_WITHIN, Unavailable

ABREAST = 4  # of a group session, so many sit down at once


class Turnstile:
    """Knows only the slots that somebody is trying for now."""

    def __init__(self, abreast: int = ABREAST, patience: timedelta = HOLD_WITHIN) -> None:
        self._abreast = abreast
        self._patience = patience
        self._gates: WeakValueDictionary[tuple[UUID, datetime], asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, whose: UUID, starts_at: datetime) -> AsyncIterator[None]:
        """Waits for a turn at this provider's or service's slot. Raises Unavailable when those before do not get on."""
        gate = self._gates.setdefault((whose, starts_at), asyncio.Semaphore(self._abreast))
        try:
            await asyncio.wait_for(gate.acquire(), self._patience.total_seconds())
        except TimeoutError:
            raise Unavailable("too many try for this slot at once") from None
        try:
            yield
        finally:
            gate.release()
