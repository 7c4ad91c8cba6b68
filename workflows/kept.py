"""The appointment as its workflow keeps it: what the commands read and change, and what goes on beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.bookings import BookingRef, BookingStatus
    from temporal import attributes
    from workflows.messages import KeepAppointment, UnfinishedStep
    from workflows.steps import ended
    from workflows.under_way import steps_of_this


@dataclass(slots=True)
class Kept:
    """One appointment. The commands change it, one at a time, and nobody else.

    `message` is how it is handed on to the next run, so whatever must outlive a run is a field of that.
    """

    message: KeepAppointment
    leftovers: asyncio.Task[None] | None = None
    payment_news: int = 0
    _beside: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def booking(self) -> BookingRef:
        return self.message.booking

    @property
    def status(self) -> BookingStatus:
        return self.message.status

    @property
    def starts_at(self) -> datetime:
        return self.message.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.message.ends_at

    @property
    def must_be_undone(self) -> bool:
        """Whether it cannot stay as it is confirmed; a cancel may come first."""
        return self.status is BookingStatus.CONFIRMED and self.message.undo_because is not None

    def change(self, **changes: Any) -> None:
        """Sets fields of the message, as a reschedule does with the times."""
        self.message = replace(self.message, **changes)

    def become(self, status: BookingStatus) -> None:
        """Shows the new status to operators; the database has it already."""
        self.change(status=status)
        workflow.upsert_search_attributes([attributes.STATUS.value_set(status.value)])

    def finished(self, step: UnfinishedStep) -> None:
        """One thing less that the saga left to be done."""
        self.change(unfinished=tuple(each for each in self.message.unfinished if each is not step))

    async def stop_leftovers(self) -> None:
        """Ends what the saga left: there is nothing to be confirmed any more. Waits until it has ended."""
        if self.leftovers is not None:
            self.leftovers.cancel()
            await ended(self.leftovers)
            self.leftovers = None

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Does this beside the commands; the run lasts until it is done. It must be safe to begin anew in the next run."""
        self._beside.append(asyncio.create_task(work))

    @property
    def is_quiet(self) -> bool:
        """Whether nothing goes on beside the commands. Raises what a part of it raised: that is a bug."""
        return all(task.done() and task.result() is None for task in self._beside)

    def show(self, *words: str) -> None:
        """Says for operators where the booking stands. Names nobody."""
        times = f"{self.starts_at.isoformat()} – {self.ends_at.isoformat()}"
        steps_of_this().say(f"**{self.status.value}** – {' '.join(words)}\n\nAppointment: {times}")


@dataclass(slots=True)
class Command:
    """One thing asked of the appointment, how it is done, and what came of it."""

    request: Any
    act: Callable[[], Awaitable[Any]]
    answer: Any = None
    refusal: ApplicationError | None = None
    is_answered: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What time itself does to the appointment next."""

    at: datetime
    act: Callable[[Kept], Awaitable[None]]
    summary: str
