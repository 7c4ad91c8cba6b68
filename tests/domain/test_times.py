"""Wall time on the days when clocks are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.times import moment, was_skipped, zone_names

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "minute", "zone", "expected"),
    [
        ("2027-01-10", 9 * 60, "Europe/Berlin", ("2027-01-10T08:00:00Z", True)),
        ("2027-07-10", 9 * 60, "Europe/Berlin", ("2027-07-10T07:00:00Z", True)),
        ("2027-03-28", 2 * 60 + 30, "Europe/Berlin", ("2027-03-28T01:00:00Z", False)),  # jumps 02:00 → 03:00
        ("2027-03-28", 3 * 60, "Europe/Berlin", ("2027-03-28T01:00:00Z", True)),
        ("2027-10-31", 2 * 60 + 30, "Europe/Berlin", ("2027-10-31T00:30:00Z", True)),  # twice: the first
        ("2027-10-31", 3 * 60, "Europe/Berlin", ("2027-10-31T02:00:00Z", True)),
        ("2027-10-03", 2 * 60 + 15, "Australia/Lord_Howe", ("2027-10-02T15:30:00Z", False)),  # jumps by half an hour
        ("2027-09-04", 24 * 60, "America/Santiago", ("2027-09-05T04:00:00Z", False)),  # midnight itself is skipped
        ("2027-12-31", 24 * 60, "Asia/Kathmandu", ("2027-12-31T18:15:00Z", True)),
    ],
)
def test_a_wall_time_is_one_instant(day: str, minute: int, zone: str, expected: tuple[str, bool]) -> None:
    """C24."""
    instant, exists = expected
    assert (at(instant), exists) == moment(date.fromisoformat(day), minute, ZoneInfo(zone))


def test_every_zone_knows_every_minute_of_the_days_its_clocks_change() -> None:
    """C24: every IANA zone, both changes; a wall time that exists reads back as itself, and time never runs backwards."""
    for name in sorted(zone_names()):
        zone = ZoneInfo(name)
        for day in changes(zone, 2027):
            previous = None
            for minute in range(0, 24 * 60, 15):
                instant, exists = moment(day, minute, zone)
                wall = instant.astimezone(zone)
                if exists:
                    assert (day, minute) == (wall.date(), wall.hour * 60 + wall.minute), name
                assert previous is None or instant >= previous, name
                previous = instant


def changes(zone: ZoneInfo, year: int) -> list[date]:
    """The dates of this year on which the zone's offset changes."""
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
    offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
    return [noons[n].astimezone(zone).date() for n in range(1, 365) if offsets[n] != offsets[n - 1]]


@pytest.mark.parametrize(
    ("sent", "zone", "expected"),
    [
        ("2027-03-28T02:30:00+01:00", "Europe/Berlin", True),
        ("2027-03-28T02:30:00+02:00", "Europe/Berlin", True),
        ("2027-03-28T02:30:00+01:00", "Europe/London", False),  # half past two in British summer time
        ("2027-03-28T01:30:00+00:00", "Europe/London", False),  # may be plain UTC
        ("2027-03-28T03:30:00+02:00", "Europe/Berlin", False),
        ("2027-03-28T02:30:00+05:30", "Europe/Berlin", False),
        ("2027-10-31T02:30:00+01:00", "Europe/Berlin", False),
    ],
)
def test_a_time_sent_as_wall_time_that_never_happens_is_noticed(sent: str, zone: str, expected: bool) -> None:
    assert expected == was_skipped(at(sent), ZoneInfo(zone))
