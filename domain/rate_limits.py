"""How often somebody may ask: limits by name, and buckets that fill again evenly."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum


class Limit(StrEnum):
    """What is counted; whoever is refused is told which it was."""

    ADDRESS = "address"
    CALLER = "caller"
    BUSINESS = "business"
    ENTRANCE = "entrance"
    LOG_IN = "log-in"
    ACCOUNT = "account"
    MAILS = "mails"
    SECOND_FACTOR = "second-factor"

    @property
    def told(self) -> str:
        """Its name outside. From where an account was entered before is nobody's business, so both limits of log-ins are one."""
        return Limit.LOG_IN.value if self is Limit.ACCOUNT else self.value


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket of `most` that is filled again evenly in so many seconds: `most` at once, and so many a time in the long run."""

    most: int
    seconds: int

    @property
    def each(self) -> float:
        """Seconds until one more is there."""
        return self.seconds / self.most

    @property
    def unasked(self) -> int:
        """How many one process lets through before it must hear what the others did."""
        return max(1, self.most // 50)


def rate_in(text: str) -> Rate | None:
    """Reads `3000/60`, or `off` for no limit. Raises ValueError."""
    if text.strip().lower() == "off":
        return None
    if (found := re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,7})\s*", text)) is None:
        raise ValueError("must be so many in so many seconds, such as 3000/60, or off")
    rate = Rate(int(found[1]), int(found[2]))
    if not rate.most or not rate.seconds:
        raise ValueError("must be at least 1/1, or off")
    return rate


TINY = 1e-6
"""Of one: what adding up seconds may be off by."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with one limit after they have asked. `left` is what is left, `again_in` the seconds until there is one
    more."""

    limit: Limit
    rate: Rate
    left: int
    again_in: int
    is_refused: bool = False


@dataclass(slots=True)
class Bucket:
    """What one process knows of a bucket that others take from as well: what is owed of it, in seconds until it is full, as it
    was heard at `at`, and what was taken here since and told to nobody. More may be missing, never less: a refusal is right."""

    rate: Rate
    at: float
    owed: float = 0.0
    spent: int = 0

    def left(self, now: float) -> float:
        """How many there are, as far as is known; less than one is none."""
        return self.rate.most - self._owed(now) / self.rate.each - self.spent

    def has_one(self, now: float) -> bool:
        """As far as is known."""
        return self.left(now) > 1 - TINY

    def take(self, now: float) -> bool:
        """One of them, where there is one."""
        if not self.has_one(now):
            return False
        self.spent += 1
        return True

    @property
    def must_tell(self) -> bool:
        """Whether so many were taken that the others have to be heard before the next."""
        return self.spent >= self.rate.unasked

    def heard(self, told: int, owed: float, now: float) -> None:
        """So many were told, and with them so much is owed by all."""
        self.spent -= told
        self.owed, self.at = owed, now

    def unheard(self, told: int, now: float) -> None:
        """Nobody could be told: from here on this process counts for itself."""
        self.heard(told, self._owed(now) + told * self.rate.each, now)

    def is_full(self, now: float) -> bool:
        """Whether it is as if it had never been used."""
        return not self.spent and not self._owed(now)

    def standing(self, limit: Limit, now: float, *, is_refused: bool = False) -> Standing:
        """As whoever asked is told."""
        return standing_of(limit, self.rate, self._owed(now) + self.spent * self.rate.each, is_refused=is_refused)

    def _owed(self, now: float) -> float:
        return max(0.0, self.owed - (now - self.at))


def standing_of(limit: Limit, rate: Rate, owed: float, *, is_refused: bool = False) -> Standing:
    """Of a bucket that will be full in so many seconds."""
    left = max(0, math.floor(rate.most - owed / rate.each + TINY))
    missing = owed - (rate.most - left - 1) * rate.each  # until one more is whole
    return Standing(limit, rate, left, max(1, math.ceil(missing - TINY)), is_refused)
