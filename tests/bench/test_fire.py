"""A few visits of the random fire; `python -m bench.fire --bookings 10000` is the long one."""

from __future__ import annotations

import pytest

from bench.fire.run import Options, Report, main, run
from bench.progress import Progress

FEW = Options(bookings=200, customers=12, seed=1)


async def test_every_promise_holds_whatever_everybody_does_and_whatever_fails() -> None:
    report = await run(FEW, Progress())
    assert [] == report.faults, report.text()
    assert {"confirmed", "cancelled"} <= report.statuses.keys()
    assert sum(times for what, times in report.fallen.items() if what.endswith("killed")) > 0


def test_a_failure_tells_the_seed_and_how_to_repeat_it() -> None:
    text = Report(Options(bookings=20, customers=3, seed=7), came=20, faults=["money-without-booking: 1: x"]).text()
    assert text.startswith("seed 7: 20 visits by 3 at once")
    assert text.endswith("repeat: python -m bench.fire --seed 7 --bookings 20 --customers 3")


def test_a_run_whose_time_was_up_says_how_many_came() -> None:
    assert Report(Options(bookings=20, customers=3, seed=7), came=12).text().startswith("seed 7: 12 of 20 visits by 3 at once")


async def test_when_time_is_up_nobody_else_comes_and_all_is_judged() -> None:
    report = await run(Options(bookings=1000, customers=8, seed=2, time_limit=5.0), Progress())
    assert [] == report.faults, report.text()
    assert 0 < report.came < 1000


def test_fewer_than_one_visit_is_refused() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--bookings", "0"])
