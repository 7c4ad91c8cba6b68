"""What became of the reminders of a bench: how late each was, how often it came, and what that cost."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bench.reminders_rows import Due

ON_TIME = 30.0
"""Seconds before or after its minute within which a reminder is on time."""

REFERENCE = re.compile(r"(?:Ref|Reference|Referenz|Referencia|Référence):? ([0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Minute:
    """The reminders that were due at one minute; lateness in seconds. `missing` and `twice` count messages."""

    at: str
    due: int
    sent: int
    missing: int
    twice: int
    early: int
    late: int
    p50: float
    p95: float
    worst: float


@dataclass(frozen=True, slots=True)
class Report:
    """The whole bench. `cpu` is seconds by part, over `seconds`."""

    machine: str
    per_hour: int
    channels: Sequence[str]
    minutes: Sequence[Minute]
    seconds: float
    cpu: Mapping[str, float]
    other_cpu: float

    @property
    def faults(self) -> list[str]:
        """In words; empty when every message came once and on time."""
        sums = {name: sum(getattr(minute, name) for minute in self.minutes) for name in ("missing", "twice", "early", "late")}
        words = {
            "missing": "never came",
            "twice": "came more than once",
            "early": f"came more than {ON_TIME:.0f} s before their minute",
            "late": f"came more than {ON_TIME:.0f} s after their minute",
        }
        return [f"{count} messages {words[name]}" for name, count in sums.items() if count]

    def text(self) -> str:
        """The table for people."""
        sent = sum(minute.sent for minute in self.minutes)
        head = f"{self.machine}; {self.per_hour:,} reminders an hour by {' and '.join(self.channels)}"
        lines = [
            head,
            "",
            f"{'minute':<10}{'due':>8}{'sent':>8}{'missing':>9}{'twice':>7}{'late':>7}{'p50 s':>8}{'p95 s':>8}{'worst s':>9}",
        ]
        for one in self.minutes:
            lines.append(
                f"{one.at:<10}{one.due:>8}{one.sent:>8}{one.missing:>9}{one.twice:>7}{one.late:>7}{one.p50:>8.1f}{one.p95:>8.1f}{one.worst:>9.1f}"
            )
        lines += ["", f"CPU ms a message, over {self.seconds:.0f} s:"]
        lines += [f"  {part:<20}{1000 * used / max(sent, 1):>8.1f}" for part, used in sorted(self.cpu.items())]
        lines += [f"  other programs used {self.other_cpu / self.seconds:.1f} cores meanwhile", ""]
        return "\n".join([*lines, *(self.faults or ["Each message came once and within 30 s of its minute."])])

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return asdict(self) | {"faults": self.faults}


def count(due: Sequence[Due], messages: Iterable[Mapping[str, Any]], channels: Sequence[str]) -> list[Minute]:
    """Puts each message that the stand-ins have to its reminder."""
    came: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for message in messages:
        found = REFERENCE.search(message["text"])
        if found:
            came[(found[1], message["channel"])].append(datetime.fromisoformat(message["at"]))
    by_minute: defaultdict[datetime, list[Due]] = defaultdict(list)
    for one in due:
        by_minute[one.due_at].append(one)
    return [_minute(minute, some, came, channels) for minute, some in sorted(by_minute.items())]


def _minute(
    minute: datetime, due: Sequence[Due], came: Mapping[tuple[str, str], list[datetime]], channels: Sequence[str]
) -> Minute:
    copies = Counter[int]()
    lateness = []
    for one in due:
        for channel in channels:
            times = came.get((one.reference, channel), [])
            copies[min(len(times), 2)] += 1
            lateness += [(at - one.due_at).total_seconds() for at in times]
    ordered = sorted(lateness) or [0.0]
    return Minute(
        at=f"{minute:%H:%M}",
        due=len(due) * len(channels),
        sent=len(lateness),
        missing=copies[0],
        twice=copies[2],
        early=sum(late < -ON_TIME for late in lateness),
        late=sum(late > ON_TIME for late in lateness),
        p50=ordered[len(ordered) // 2],
        p95=ordered[min(len(ordered) * 95 // 100, len(ordered) - 1)],
        worst=ordered[-1],
    )
