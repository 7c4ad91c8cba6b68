"""Tags by which a client that asks again learns for one look-up that nothing has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from typing import Self

TAG = re.compile(r'"(?P<stamp>[0-9a-f]{32})\.(?P<until>[0-9]{1,12})"')
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


@lru_cache(maxsize=1)
def edition() -> str:
    """What else an answer depends on: our own rules, and the clocks and holidays that other packages know."""
    return ",".join(f"{package} {version(package)}" for package in ("slotkeeper", "tzdata", "holidays"))


@dataclass(frozen=True, slots=True)
class Tag:
    """Stands for an answer as long as its stamp does, and until the clock changes it.

    Nothing is signed: who makes one up only tells themselves that what they have is fresh.
    """

    stamp: str
    until: int

    @classmethod
    def of(cls, stamp: str, *turns: datetime | None) -> Self:
        """The tag of an answer that the clock changes at the first of these turns, to the second before."""
        return cls(stamp, int(min((turn for turn in turns if turn is not None), default=FOREVER).timestamp()))

    @classmethod
    def all_in(cls, if_none_match: str | None) -> Iterator[Self]:
        """Ours among those that a client sent, weak or strong."""
        return (cls(found["stamp"], int(found["until"])) for found in TAG.finditer(if_none_match or ""))

    def stands(self, stamp: str, now: datetime) -> bool:
        """Whether the answer would be the same now."""
        return self.stamp == stamp and now.timestamp() < self.until

    def headers(self) -> dict[str, str]:
        """Anybody may keep the answer, and must ask before each use."""
        return {"ETag": f'W/"{self.stamp}.{self.until}"', "Cache-Control": "public, max-age=0, must-revalidate"}
