"""Wall time into instants: what a clock on the wall of a zone means, also on the days when it is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

NOT_PLACES = frozenset({"Factory", "localtime"})


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every IANA zone, exactly as it is spelled."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text().split()) - NOT_PLACES


@lru_cache(maxsize=8192)  # a clinic's providers all begin and end at the same few times
def moment(day: date, minute: int, zone: ZoneInfo) -> tuple[datetime, bool]:
    """The UTC instant of a wall time, given in minutes from midnight (1440 is the next midnight), and whether it exists.

    A time that happens twice means its first occurrence. One that never happens means the instant the clocks jump over it.
    """
    wall = datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=minute)  # wall-clock arithmetic
    at = wall.astimezone(UTC)
    if _exists(wall):
        return at, True
    return _jump(wall.replace(fold=1).astimezone(UTC), at, zone), False


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall time, by the same rules."""
    return moment(wall.date(), wall.hour * 60 + wall.minute, zone)[0]


def _exists(wall: datetime) -> bool:
    """Clocks that jump over a wall time have less offset before than after; https://peps.python.org/pep-0495/ on `fold`."""
    before, after = (wall.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return before >= after


def was_skipped(sent: datetime, zone: ZoneInfo) -> bool:
    """Whether a time was sent as this zone's wall time although its clocks jump over it.

    Such a sender took an offset from either side of the jump. A plain UTC time is never meant as wall time.
    """
    offset = sent.utcoffset()
    if not offset:
        return False
    wall = sent.replace(tzinfo=zone, fold=0)
    return not _exists(wall) and offset in (wall.utcoffset(), wall.replace(fold=1).utcoffset())


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Finds by halving the instant between two others at which the zone's offset changes; jumps are on whole seconds."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
