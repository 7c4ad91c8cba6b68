"""When a reminder is sent that would come in quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.reminders import QuietHours

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(21 * 60, 8 * 60 + 30)
LUNCH = QuietHours(12 * 60, 13 * 60)


@pytest.mark.parametrize(
    ("quiet", "due", "sent"),
    [
        (NIGHT, "2027-03-08T20:59", "2027-03-08T20:59"),
        (NIGHT, "2027-03-08T21:00", "2027-03-08T21:00"),
        (NIGHT, "2027-03-08T23:30", "2027-03-08T21:00"),
        (NIGHT, "2027-03-09T00:00", "2027-03-08T21:00"),
        (NIGHT, "2027-03-09T08:29", "2027-03-08T21:00"),
        (NIGHT, "2027-03-09T08:30", "2027-03-09T08:30"),
        (LUNCH, "2027-03-08T12:30", "2027-03-08T12:00"),
        (LUNCH, "2027-03-08T13:00", "2027-03-08T13:00"),
        (NIGHT, "2027-03-28T07:00", "2027-03-27T21:00"),  # the clocks go forward in between
        (NIGHT, "2027-10-31T07:00", "2027-10-30T21:00"),  # and back
    ],
)
def test_what_would_disturb_comes_before(quiet: QuietHours, due: str, sent: str) -> None:
    expected = datetime.fromisoformat(sent).replace(tzinfo=BERLIN)
    assert expected == quiet.before(datetime.fromisoformat(due).replace(tzinfo=BERLIN), BERLIN)


def test_the_readers_clock_counts() -> None:
    due = datetime(2027, 3, 8, 7, tzinfo=UTC)
    assert due == NIGHT.before(due, ZoneInfo("Asia/Tokyo"))
    assert datetime(2027, 3, 7, 20, tzinfo=UTC) == NIGHT.before(due, BERLIN)


@given(
    st.integers(0, 1439), st.integers(0, 1439), st.datetimes(datetime(2027, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 (made UTC below)
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca", "UTC"]),
)  # fmt: skip
def test_it_is_never_late_nor_a_day_early(since: int, until: int, naive: datetime, zone_name: str) -> None:
    if since == until:
        return
    due, zone = naive.replace(tzinfo=UTC), ZoneInfo(zone_name)
    sent = QuietHours(since, until).before(due, zone)
    assert 0 <= (due - sent).total_seconds() <= 25 * 3600
    assert sent == QuietHours(since, until).before(sent, zone), "once moved, it stays"
