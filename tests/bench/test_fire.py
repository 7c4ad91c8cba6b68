"""A few visits of the random fire; `python -m bench.fire --bookings 10000` is the long one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from bench.fire.run import Fire, Options, Report, main, run
from bench.progress import Progress
from bench.visitors import Asked, NobodyAnswers

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


@dataclass(slots=True)
class Calm:
    """The API after the rain: answers everything but `/silent`."""

    heard: list[Asked] = field(default_factory=list)

    async def ask(self, method: str, path: str, body: Any = None, *, token: str | None = None, key: str | None = None) -> None:
        self.heard.append(asked := Asked(method, path, body, token, key))
        if path == "/silent":
            raise NobodyAnswers(asked, "nothing")


async def test_who_gave_up_asks_the_same_once_more_after_the_rain_and_silence_is_a_finding_then() -> None:
    late, lost = Asked("POST", "/bookings", {"seats": 1}, "mt", "k"), Asked("GET", "/silent")
    nobody_dies: Any = None
    visitors: Any = Calm()
    report = Report(Options())
    await Fire(nobody_dies, visitors, report, Progress(), gave_up=[(3, late), (7, lost)]).ask_once_more()
    assert ([late, lost], 1) == (visitors.heard, report.answered_late)
    assert ["customer 7: NobodyAnswers: GET /silent: nothing"] == report.faults


async def test_when_time_is_up_nobody_else_comes_and_all_is_judged() -> None:
    report = await run(Options(bookings=1000, customers=8, seed=2, time_limit=5.0), Progress())
    assert [] == report.faults, report.text()
    assert 0 < report.came < 1000


def test_fewer_than_one_visit_is_refused() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--bookings", "0"])
