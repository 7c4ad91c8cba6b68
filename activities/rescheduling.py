"""Moving a booking in our own database: the swap itself, and the reservation of a time that has to be paid for first."""

from __future__ import annotations

import asyncpg
from temporalio import activity

from domain.rescheduling import Move, Moved
from store import rescheduling


class RescheduleActivities:
    """Each is one transaction; a move that was made answers again."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def reserve_new_time(self, move: Move) -> None:
        """Claims the new time beside the old one. Raises SlotTaken and TransitionNotAllowed, with nothing written."""
        await rescheduling.reserve(self._pool, move)

    @activity.defn
    async def give_back_new_time_if_reserved(self, move: Move) -> None:
        """Keeps the old time alone; a no-op where nothing was reserved, or the move is made."""
        await rescheduling.undo_reserve_if_made(self._pool, move)

    @activity.defn
    async def make_move(self, move: Move) -> Moved:
        """Swaps the times. Raises SlotTaken, TransitionNotAllowed and LinkSpent, with nothing written."""
        return await rescheduling.make(self._pool, move)
