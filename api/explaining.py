"""Why a time is not offered, in the words of whoever looks at a calendar and wonders."""

from __future__ import annotations

from datetime import timedelta

from domain.rules import Rule
from domain.services import Service
from domain.slots import Removed

WORDS = {
    Rule.IN_THE_PAST: "in the past",
    Rule.OUTSIDE_HOURS: "outside the opening hours, or ends after they do",
    Rule.OFF_GRID: "not one of the starting times",
    Rule.NONEXISTENT: "does not exist: the clocks jump over it",
    Rule.TIME_OFF: "time off",
    Rule.DAY_LIMIT: "the day is full",
    Rule.WEEK_LIMIT: "the week is full",
    Rule.NO_RESOURCE: "no room or machine is left",
    Rule.TAKEN: "taken",
    Rule.NO_SEATS_LEFT: "too few seats left",
}


def in_words(removed: Removed, service: Service) -> str:
    """One short line, such as "closed: public holiday, Good Friday"."""
    kind, _, name = removed.source.partition(":")
    match removed.rule:
        case Rule.TOO_SOON:
            return f"inside {_span(service.min_notice)} notice"
        case Rule.TOO_FAR:
            return f"more than {_span(service.max_advance)} ahead"
        case Rule.CLOSED if kind == "holiday":
            return f"closed: public holiday, {name}"
        case Rule.CLOSED if kind == "availability":
            return "closed on this date"
        case Rule.CLOSED:
            return f"closed: no hours on {name.partition('@')[0].capitalize()}s"
        case Rule.BUSY:
            return f"busy in {name.partition(':')[0]}"
        case Rule.UNKNOWN:
            return f"unknown: {name} could not be read lately"
    return WORDS[removed.rule]


def _span(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    if minutes % 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes <= 72 * 60 or minutes % 1440 else f"{minutes // 1440} days"
