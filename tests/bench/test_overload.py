"""Too many customers for a moment; `python -m bench.overload` is the real measurement."""

from __future__ import annotations

import pytest

from bench.offering import Became, Phase, Visit
from bench.overload import Options, main, run
from bench.overload_report import Report
from bench.progress import Progress

FEW = Options(rate=40, seconds=2, step=1, settings={"hold_seconds": "12", "api_holds_at_once": "4"})


def phase(rate: float, seconds: float, *visits: Visit) -> Phase:
    return Phase(rate, seconds, list(visits))


def served(ended: float, hold: float = 0.1, confirm: float = 0.5) -> Visit:
    return Visit(Became.CONFIRMED, ended, hold, confirm)


def shed(hold: float = 0.01, again_after: str | None = "2") -> Visit:
    return Visit(Became.SHED, 1.0, hold, again_after=again_after)


def report(*visits: Visit, overdue: float = 0.0) -> Report:
    """Of ten seconds in which two a second were offered to a system that can do one."""
    return Report(phase(0, 1, served(0.5)), phase(2, 10, *visits), 1.0, overdue, 2.0)


GOOD = [served(second + 0.5) for second in range(10)]


async def test_too_many_are_turned_away_and_whoever_is_let_in_is_served() -> None:
    """The limit is so low that it sheds on any machine; how quick it is, is not judged here."""
    found = await run(FEW, Progress())
    assert [] == found.faults, found.text()
    counted = found.storm.counted()
    assert {"shed", "confirmed"} <= counted.keys(), found.text()


def test_all_is_well_where_the_rest_is_turned_away_at_once() -> None:
    found = report(*GOOD, *[shed()] * 10)
    assert ([], []) == (found.faults, found.slow)
    assert (1.0, "All held.") == (found.goodput, found.text().splitlines()[-1])


@pytest.mark.parametrize(
    ("visits", "fault"),
    [
        (GOOD, "nobody was turned away: the offer was not too much"),
        ([*GOOD, shed(), shed(again_after=None)], "1 were turned away without a Retry-After"),
        ([*GOOD, shed(), Visit(Became.BROKEN, 1.0, 0.1, said="hold: 500 oh")], "1 times hold: 500 oh"),
    ],
)
def test_a_broken_promise_is_told(visits: list[Visit], fault: str) -> None:
    assert [fault] == report(*visits).faults


@pytest.mark.parametrize(
    ("visits", "overdue", "missed"),
    [
        ([*GOOD, shed(1.5)], 0, "turned away, p95: 1.50 s, more than 1.0 s"),
        ([*GOOD, shed(), served(1.5, hold=4.5)], 0, "let in, hold p95: 4.50 s, more than 4.0 s"),
        ([*GOOD, shed(), served(1.5, confirm=16)], 0, "let in, confirm p95: 16.00 s, more than 15.0 s"),
        ([*GOOD, shed()], 12.0, "the longest that a hold outlived its time: 12.00 s, more than 10.0 s"),
        ([*GOOD[:7], shed()], 0, "0.67 of what it can do was done, less than 0.7"),
    ],
)
def test_a_missed_bound_is_told(visits: list[Visit], overdue: float, missed: str) -> None:
    assert [missed] == report(*visits, overdue=overdue).slow


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--rate", "0"])
