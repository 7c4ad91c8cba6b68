"""How many holds may be under way at once, found out from how long they take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median
from time import monotonic

LEAST = 4
FIRST = 32
"""Before anything is known: what a small machine still answers in time, where all come at once."""
REVIEW_EVERY = 1.0
FEWEST = 5
"""Holds before the limit is looked at: one slow one says little."""
DOWN, UP = 0.5, 1.2
"""As much at most the limit changes at once."""
FORGOTTEN_AFTER = 10.0
"""Seconds without any hold, after which nothing is known any more."""


class HoldLimit:
    """Begins with a few, and lets in `most` where these are quick. `target` is how long half of the holds may take, in seconds
    of `clock`.

    What is under way for longer than the target counts before it has ended, so that holds which never end are noticed, too.
    """

    def __init__(self, most: int, target: float, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._target = target
        self._clock = clock
        self._limit = self._first = float(min(FIRST, most))
        self._numbers = count()
        self._began: dict[int, float] = {}
        self._took: list[float] = []
        self._peak = 0
        self._reviewed_at = self._touched_at = clock()

    @property
    def now(self) -> int:
        return int(self._limit)

    @property
    def under_way(self) -> int:
        return len(self._began)

    def is_full(self) -> bool:
        """Whether one more would be one too many."""
        self._review()
        return self.under_way >= self.now

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """One hold, from when it is asked for until it is answered, however."""
        number = next(self._numbers)
        self._began[number] = self._clock()
        self._peak = max(self._peak, self.under_way)
        try:
            yield
        finally:
            began = self._began.pop(number)
            if began >= self._reviewed_at:  # what began before says how it was with another limit
                self._took.append(self._clock() - began)
            self._review()

    def _review(self) -> None:
        now = self._clock()
        if not self._began and now - self._touched_at >= FORGOTTEN_AFTER:
            self._limit, self._took, self._peak = self._first, [], 0
        self._touched_at = now
        if now - self._reviewed_at < REVIEW_EVERY:
            return
        late = [now - began for began in self._began.values() if began >= self._reviewed_at and now - began > self._target]
        if len(self._took) + len(late) < FEWEST:
            return
        self._adapt(self._target / max(median(self._took + late), 1e-6))
        self._took, self._peak, self._reviewed_at = [], self.under_way, now

    def _adapt(self, ratio: float) -> None:
        if ratio < 1:
            self._limit = max(min(self._limit, self._peak) * max(ratio, DOWN), LEAST)
        elif self._peak >= self.now:  # who knows of more than was tried?
            self._limit = min(max(self._limit * min(ratio, UP), self._limit + 1), self._most)
