"""Why a time is not offered."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """Codes never change once released."""

    IN_THE_PAST = "in-the-past"
    TOO_SOON = "too-soon"
    TOO_FAR = "too-far"
    CLOSED = "closed"
    OUTSIDE_HOURS = "outside-hours"
    OFF_GRID = "off-grid"
    NONEXISTENT = "nonexistent-local-time"
    TIME_OFF = "time-off"
    BUSY = "busy"
    UNKNOWN = "availability-unknown"
    DAY_LIMIT = "day-limit"
    WEEK_LIMIT = "week-limit"
    NO_RESOURCE = "no-resource"
    TAKEN = "taken"
    NO_SEATS_LEFT = "no-seats-left"


BY_STAFF = frozenset(
    {
        Rule.TOO_SOON, Rule.TOO_FAR, Rule.CLOSED, Rule.OUTSIDE_HOURS, Rule.OFF_GRID, Rule.TIME_OFF, Rule.BUSY, Rule.UNKNOWN,
        Rule.DAY_LIMIT, Rule.WEEK_LIMIT,
    }
)  # fmt: skip
"""The rules that the business's own staff may set aside with a reason. A claim is none of them: time is never given twice."""

IS_TAKEN = frozenset({Rule.TAKEN, Rule.NO_SEATS_LEFT, Rule.NO_RESOURCE, Rule.DAY_LIMIT, Rule.WEEK_LIMIT})
"""The rules by which others were faster, so that another time may still be free."""
