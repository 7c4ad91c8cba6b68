"""A short run at a real PostgreSQL, and what the bench makes of its numbers."""

from __future__ import annotations

import pytest

from bench.limits import Report, main, run
from bench.progress import Progress


async def test_a_short_run_is_right() -> None:
    report = await run(2, 5, 60.0, Progress())
    assert 0 == report.wrong
    assert {"known here": 10, "refused": 10, "asked": 10, "taken": 10, "1,000 told": 2} == {
        kind: len(took) for kind, took in report.took.items()
    }
    assert report.text().endswith("Everything is right.")


def test_wrong_answers_are_told() -> None:
    report = Report("a machine", {"known here": [1.0, 2.0, 3.0]}, 2)
    assert report.text().endswith("2 looks were answered wrongly.")
    assert {"looks": 3, "p50_ms": 2.0, "p95_ms": pytest.approx(4, abs=1)} == report.as_json()["kinds"]["known here"]


@pytest.mark.parametrize("wrong", [["--rounds", "0"], ["--looks", "x"], ["--time-limit", "0"], ["--what"]])
def test_a_wrong_call_is_told(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert 2 == ended.value.code
