"""Commands to a booking that is open, though its workflow may only be about to begin."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from api.commands.asking import TRY_AGAIN_AFTER
from api.commands.outcomes import BookingIsOver, Unavailable
from domain.bookings import BookingRef, BookingStatus
from store.bookings_read import find_booking
from store.pool import Database

T = TypeVar("T")


async def heard(database: Database, booking: BookingRef, ask: Callable[[], Awaitable[T]]) -> T:
    """What the booking's workflow answers. Raises BookingIsOver, Unavailable, and what `ask` raises.

    A time from the waitlist is held a moment before its workflow begins, and whoever polls may take it in that moment. So a
    booking that is held and that nobody hears is asked again, for some seconds; where a worker has died in that moment it takes
    longer, and who asked is told to ask again. An occurrence of a series has no workflow until
    the series is confirmed, and is not waited for.
    """
    for pause in (*TRY_AGAIN_AFTER, 0.0):
        try:
            return await ask()
        except BookingIsOver:
            present = await find_booking(database, booking)
            if present is None or present.status is not BookingStatus.PENDING or present.series_id is not None:
                raise
            await asyncio.sleep(pause)
    raise Unavailable("nobody is at this booking yet")
