"""Bookings under way: customers who each make one after the other, as many customers at once as asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Booked:
    """One confirmed booking: the workflow it became and how long its customer waited, in seconds."""

    workflow_id: str
    hold: float
    confirm: float


def tickets(bookings: int, seconds: float | None) -> Iterator[int]:
    """So many bookings, or until the time is over where `seconds` says so. All customers of a round draw from one."""
    ends = None if seconds is None else time.perf_counter() + seconds
    for number in range(bookings):
        if ends is not None and time.perf_counter() >= ends:
            return
        yield number


async def drive(
    book: Callable[[], Awaitable[Booked]], customers: int, drawn: Iterator[int], tell: Callable[[int], None]
) -> list[Booked]:
    """Lets the customers book until the tickets are gone. Raises what the first booking that fails raises."""
    done: list[Booked] = []

    async def customer() -> None:
        for _ in drawn:
            done.append(await book())
            tell(len(done))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(customers):
                group.create_task(customer())
    except* Exception as failures:
        raise failures.exceptions[0] from None
    return done


class Stopwatch:
    """Seconds between two looks at it."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def lap(self) -> float:
        last, self._last = self._last, time.perf_counter()
        return self._last - last
