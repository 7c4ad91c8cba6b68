"""The reminders' bench tells what was not as it should be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from bench.reminders import Options, main
from bench.reminders_report import Report, count
from bench.reminders_rows import Due, minutes_from
from tests.bench.stopping import parts_stopped_by_ctrl_c

NINE = datetime(2027, 3, 8, 9, tzinfo=UTC)


def message(due: Due, seconds: float, channel: str = "email") -> dict[str, Any]:
    text = f"Bis bald.\n\nReferenz: {due.reference}\n" if channel == "email" else f"Bald. Ref {due.reference}-60"
    return {"text": text, "channel": channel, "at": (due.due_at + timedelta(seconds=seconds)).isoformat()}


def report(due: list[Due], messages: list[dict[str, Any]], *channels: str) -> Report:
    return Report("a machine", 100_000, channels, count(due, messages, channels), 60.0, {"worker": 1.0}, 0.0)


def test_each_once_and_on_time_is_no_fault() -> None:
    due = [Due(uuid7(), NINE), Due(uuid7(), NINE), Due(uuid7(), NINE + timedelta(minutes=1))]
    told = report(due, [message(one, late) for one, late in zip(due, (-30, 30, 0), strict=True)], "email")
    assert [] == told.faults
    assert [("09:00", 2, 30.0), ("09:01", 1, 0.0)] == [(minute.at, minute.sent, minute.worst) for minute in told.minutes]
    assert "Each message came once" in told.text()


@pytest.mark.parametrize(
    ("lates", "fault"),
    [
        ([], "1 messages never came"),
        ([1, 2], "1 messages came more than once"),
        ([31], "1 messages came more than 30 s after their minute"),
        ([-31], "1 messages came more than 30 s before their minute"),
    ],
)
def test_what_is_wrong_is_counted(lates: list[float], fault: str) -> None:
    due = Due(uuid7(), NINE)
    assert [fault] == report([due], [message(due, late) for late in lates], "email").faults


def test_each_channel_counts() -> None:
    due = Due(uuid7(), NINE)
    assert ["1 messages never came"] == report([due], [message(due, 0, "sms")], "email", "sms").faults


def test_minutes_are_full_ones_that_are_far_enough_ahead() -> None:
    minutes = minutes_from(NINE + timedelta(seconds=20), timedelta(seconds=45), 2)
    assert [NINE + timedelta(minutes=2), NINE + timedelta(minutes=3)] == minutes
    assert 1667 == Options().a_minute


@pytest.mark.parametrize("wrong", [["--minutes", "0"], ["--channels", "fax"], ["--per-hour", "-1"]])
def test_what_cannot_be_measured_is_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(wrong)
    assert 2 == stopped.value.code


async def test_ctrl_c_stops_everything_and_leaves_nothing(enterable: Path) -> None:
    assert 6 == await parts_stopped_by_ctrl_c(("bench.reminders",), enterable, "*/logs/noop-worker.pid", "*/logs/*.pid")
