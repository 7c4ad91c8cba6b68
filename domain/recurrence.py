"""When a series takes place: an RRULE (RFC 5545, 3.3.10) laid out on the clock that hangs on the provider's wall.

`every Tuesday at nine` stays at nine when the clocks change. A time of day that a change of clocks leaves out becomes the instant
of the jump and says so; one that comes twice means its first, as everywhere (domain/times.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from domain.times import moment

MOST = 200
"""Occurrences of one series."""

LONGEST = 500
"""Characters of one rule."""

# The calendar repeats every 400 years, weekdays included. The library looks for a next occurrence until the year 9999, so rules
# that never come true, such as each 30 February, are laid out there, where that is soon.
CYCLE = 400
LAST_YEAR = 9999

_DAYS = "(?:MO|TU|WE|TH|FR|SA|SU)"
_NUMBER = "[1-9][0-9]{0,2}"


def _list(one: str) -> str:
    return rf"{one}(?:,{one}){{0,365}}"


PARTS: Mapping[str, str] = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": _NUMBER,
    "COUNT": "[1-9][0-9]{0,8}",
    "UNTIL": r"\d{8}T\d{6}Z",
    "WKST": _DAYS,
    "BYDAY": _list(rf"(?:[+-]?(?:[1-9]|[1-4][0-9]|5[0-3]))?{_DAYS}"),
    "BYMONTH": _list("(?:0?[1-9]|1[0-2])"),
    "BYMONTHDAY": _list("[+-]?(?:0?[1-9]|[12][0-9]|3[01])"),
    "BYYEARDAY": _list("[+-]?(?:0{0,2}[1-9]|0?[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])"),
    "BYWEEKNO": _list("[+-]?(?:0?[1-9]|[1-4][0-9]|5[0-3])"),
    "BYSETPOS": _list("[+-]?(?:[1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])"),
}
"""What may be in a rule. The time of day is that of the first occurrence, so there is no BYHOUR and nothing finer."""

SELECTING = ("BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")


class BadRule(ValueError):
    """The text is no rule that we can follow; its message says why, in words for whoever wrote it."""


class BadStart(ValueError):
    """The series does not begin with what its rule says."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of a series; counts from 0. `is_shifted`: its time of day does not exist that day."""

    number: int
    starts_at: datetime
    is_shifted: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was checked. `is_endless`: without COUNT or UNTIL."""

    text: str
    until: datetime | None = None
    count: int | None = None

    @property
    def is_endless(self) -> bool:
        return self.until is None and self.count is None


def read_rule(text: str) -> Rule:
    """The rule in its usual spelling. Raises BadRule."""
    bare = text.strip().upper().removeprefix("RRULE:")
    parts: dict[str, str] = {}
    for part in bare.split(";"):
        name, is_set, value = part.partition("=")
        if not is_set or name not in PARTS:
            raise BadRule(f"has an unknown part {part[:30]!r}: it may have {', '.join(PARTS)}")
        if name in parts:
            raise BadRule(f"has {name} twice")
        if re.fullmatch(PARTS[name], value) is None:
            raise BadRule(_WRONG.get(name, f"has a {name} that RFC 5545 does not know: {value[:30]!r}"))
        parts[name] = value
    _check_together(parts)
    until = _until_in(parts["UNTIL"]) if "UNTIL" in parts else None
    spelled = ";".join(f"{name}={parts[name]}" for name in PARTS if name in parts)
    return Rule(spelled, until, int(parts["COUNT"]) if "COUNT" in parts else None)


_WRONG = {
    "FREQ": "must have FREQ=DAILY, WEEKLY, MONTHLY or YEARLY",
    "UNTIL": "must have UNTIL as a UTC time such as 20271231T225959Z, because the series has times of day and not only dates",
}


def _check_together(parts: Mapping[str, str]) -> None:
    """What RFC 5545 rules out, and the library would quietly make something of."""
    frequency = parts.get("FREQ")
    if frequency is None:
        raise BadRule(_WRONG["FREQ"])
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadRule("must not have both COUNT and UNTIL")
    if int(parts.get("COUNT", "1")) > MOST:
        raise BadRule(f"must have a COUNT of at most {MOST}")
    if "BYWEEKNO" in parts and frequency != "YEARLY":
        raise BadRule("may have BYWEEKNO only with FREQ=YEARLY")
    if "BYYEARDAY" in parts and frequency != "YEARLY":
        raise BadRule("may have BYYEARDAY only with FREQ=YEARLY")
    if "BYMONTHDAY" in parts and frequency == "WEEKLY":
        raise BadRule("must not have BYMONTHDAY with FREQ=WEEKLY")
    is_numbered = re.search(r"\d", parts.get("BYDAY", "")) is not None
    if is_numbered and (frequency not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts):
        raise BadRule("may number the days of BYDAY only with FREQ=MONTHLY or YEARLY, and not with BYWEEKNO")
    if "BYSETPOS" in parts and (frequency == "DAILY" or not any(name in parts for name in SELECTING)):
        raise BadRule("may have BYSETPOS only to choose among the days of a week, month or year that another part names")


def _until_in(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise BadRule("has an UNTIL that is no time of the calendar") from None


def occurrences(rule: Rule, starts_at: datetime, zone: ZoneInfo, horizon: datetime) -> list[Occurrence]:
    """The times of a series that begins at this instant, in order. One without an end goes up to the horizon, and to MOST.

    Raises BadStart where the first is not what the rule says, and BadRule where they are more than MOST.
    """
    first = starts_at.astimezone(zone).replace(tzinfo=None, fold=0)
    found: list[Occurrence] = []
    for wall in islice(_walls(rule, first), MOST + 1):
        if not found and wall != first:
            raise BadStart(f"must be the first time of the rule, which is {wall:%Y-%m-%d %H:%M} ({zone.key})")
        at, exists = moment(wall.date(), wall.hour * 60 + wall.minute, zone)
        at = starts_at.astimezone(UTC) if not found else at  # the very instant that was asked for
        if (rule.until is not None and at > rule.until) or (rule.is_endless and at > horizon):
            break
        found.append(Occurrence(len(found), at, not exists))
    if len(found) > MOST:
        if not rule.is_endless:
            raise BadRule(f"must make at most {MOST} occurrences")
        found.pop()
    if not found:
        raise BadStart("must be the first time of the rule, which never comes true")
    return found


def _walls(rule: Rule, first: datetime) -> Iterator[datetime]:
    """The rule on a wall clock, without a zone. The library's UNTIL would have to have none too, so ours is applied later."""
    years = (LAST_YEAR - 10 - first.year) // CYCLE * CYCLE
    bare = ";".join(part for part in rule.text.split(";") if not part.startswith("UNTIL="))
    moved = first.replace(year=first.year + years)
    for wall in rrulestr(bare, dtstart=moved, cache=False):
        yield wall.replace(year=wall.year - years)
