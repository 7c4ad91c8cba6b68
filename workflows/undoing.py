"""What takes back the steps that were begun: each undo is registered before its step, and does nothing where that never was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.errors import answer_in
    from domain.bookings import BookingRef
    from workflows.steps import tell_trouble, uninterrupted

Undo = Callable[[], Awaitable[None]]


class Undos:
    """Run last first."""

    def __init__(self) -> None:
        self._registered: list[Undo] = []

    def register(self, undo: Undo) -> None:
        """Before its step, each time that one begins."""
        self._registered.append(undo)

    def register_once(self, undo: Undo) -> None:
        """For a step that may begin several times, and is undone as one."""
        if undo not in self._registered:
            self._registered.append(undo)

    def forget(self) -> None:
        """Nothing is taken back any more."""
        self._registered.clear()

    async def run(self, booking: BookingRef) -> None:
        """An undo that cannot work is told and does not stop the others."""
        for undo in reversed(self._registered):
            try:
                await uninterrupted(undo)
            except FailureError as failure:
                trouble = answer_in(failure)
                name = undo.__name__.strip("_").replace("_", "-")
                await tell_trouble(booking, name, trouble.code if trouble else "accident")
        self._registered.clear()
