"""Dates and times as they are sent: RFC 3339 with an offset, in years that a booking can be in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

FIRST_YEAR, LAST_YEAR = 2000, 2200

INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?", re.ASCII
)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WALL_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)


def read_instant(sent: Any) -> datetime:
    """An RFC 3339 time; its offset stays with it. Raises ValueError that says what is wrong."""
    found = INSTANT.fullmatch(sent) if isinstance(sent, str) else None
    if found is None:
        raise ValueError("must be a time such as 2027-03-08T09:00:00+01:00 (RFC 3339)")
    day, clock, second, fraction, offset = found.groups()
    if offset is None:
        raise ValueError("must name its offset from UTC, such as 2027-03-08T09:00:00+01:00 or …Z")
    if second == "60":
        raise ValueError("leap seconds cannot be booked")
    microseconds = (fraction or "").ljust(6, "0")[:6]
    try:
        at = datetime.fromisoformat(f"{day}T{clock}:{second}.{microseconds}{'+00:00' if offset in 'Zz' else offset}")
    except ValueError:
        raise ValueError("is not a time that exists on the calendar") from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"must be between the years {FIRST_YEAR} and {LAST_YEAR}")
    return at


def read_date(sent: Any) -> date:
    """A date such as 2027-03-08. Raises ValueError that says what is wrong."""
    if isinstance(sent, str) and DATE.fullmatch(sent):
        try:
            day = date.fromisoformat(sent)
        except ValueError:
            raise ValueError("is not a date that exists on the calendar") from None
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
        raise ValueError(f"must be between the years {FIRST_YEAR} and {LAST_YEAR}")
    raise ValueError("must be a date such as 2027-03-08")


def read_date_or_wall_time(sent: Any) -> date | datetime:
    """A date, or a wall time such as 2027-07-01T12:00 without an offset: the zone is known from elsewhere."""
    found = WALL_TIME.fullmatch(sent) if isinstance(sent, str) else None
    if found is None:
        if isinstance(sent, str) and DATE.fullmatch(sent):
            return read_date(sent)
        raise ValueError("must be a date such as 2027-07-01, or a wall time without an offset such as 2027-07-01T12:00")
    return datetime.combine(read_date(found[1]), time(int(found[2]), int(found[3])))


def write_wall_time(at: date | datetime) -> str:
    """The same again."""
    return at.isoformat(timespec="minutes") if isinstance(at, datetime) else at.isoformat()


def read_date_or_instant(sent: Any) -> date | datetime:
    """Either of both, as query parameters take them; a + that became a space on its way is one again."""
    if isinstance(sent, str) and DATE.fullmatch(sent):
        return read_date(sent)
    return read_query_instant(sent)


def read_query_instant(sent: Any) -> datetime:
    """A time in a query, where an unescaped + arrives as a space."""
    return read_instant(sent.replace(" ", "+") if isinstance(sent, str) else sent)


def read_clock(sent: Any) -> int:
    """Minutes from midnight of a wall time such as 09:00; 24:00 is the end of the day."""
    if isinstance(sent, str) and CLOCK.fullmatch(sent):
        hour, minute = sent.split(":")
        return int(hour) * 60 + int(minute)
    raise ValueError("must be a wall time such as 09:00")


def write_clock(minute: int) -> str:
    """The wall time again."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def utc(at: datetime | None) -> datetime | None:
    """The same instant in UTC."""
    return at.astimezone(UTC) if at else None
