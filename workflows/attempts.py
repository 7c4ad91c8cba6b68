"""The customer's tries to confirm: the saga takes one after the other, and each waits for what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.messages import Confirm, Confirmed


@dataclass(slots=True)
class Attempt:
    """One try of the customer to confirm, and what came of it."""

    number: int
    request: Confirm
    outcome: Confirmed | None = None
    refusal: ApplicationError | None = None

    @property
    def is_answered(self) -> bool:
        return self.outcome is not None or self.refusal is not None


class Attempts:
    """In the order in which they were asked for."""

    def __init__(self) -> None:
        self._asked: list[Attempt] = []
        self._taken = 0

    @property
    def has_new(self) -> bool:
        return len(self._asked) > self._taken

    @property
    def latest(self) -> Attempt | None:
        return self._asked[-1] if self._asked else None

    def add(self, request: Confirm) -> Attempt:
        """Waits for its turn from now on."""
        attempt = Attempt(len(self._asked) + 1, request)
        self._asked.append(attempt)
        return attempt

    def next(self) -> Attempt:
        """The one that the customer has asked for since."""
        attempt = self._asked[self._taken]
        self._taken += 1
        return attempt

    def succeed(self, attempt: Attempt) -> None:
        """Answers it and all after it: also cards that came while this one was paying."""
        for waiting in self._asked[attempt.number - 1 :]:
            waiting.refusal, waiting.outcome = None, Confirmed(is_confirmed=True)

    def refuse_open(self, refusal: ApplicationError) -> None:
        """Answers those that still wait."""
        for attempt in self._asked:
            if not attempt.is_answered:
                attempt.refusal = refusal
