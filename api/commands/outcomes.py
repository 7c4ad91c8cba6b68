"""What a command comes to: how far a confirmation got, or that nobody answered, or that it came too late."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.payments import NextAction


class Progress(StrEnum):
    CONFIRMED = "confirmed"
    WORKING = "working"
    ACTION_REQUIRED = "action_required"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class ConfirmOutcome:
    """What confirming came to: done, still working, or the customer or the provider has something to do first."""

    progress: Progress
    next_action: NextAction | None = None


class Unavailable(Exception):
    """Temporal or the workers do not answer; what was asked may or may not happen. Asking again with the same key is safe."""


class BookingIsOver(Exception):
    """The booking's workflow has ended; the store knows how, unless its hold was refused and nothing was written."""
