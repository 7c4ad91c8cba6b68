"""A few seconds of the soak, to prove its counting; `python -m bench.soak` is the half hour."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.cpu import family
from bench.progress import Progress
from bench.soak import Options, chart, main, run
from bench.soak_report import MEGABYTE, MOST_FOR_A_CACHED_WORKFLOW, Report, slope, trends
from bench.soak_samples import Sample, memory_of

CACHE = 1000
LEVEL = {
    "worker memory": 100.0 * MEGABYTE,
    "api memory": 80.0 * MEGABYTE,
    "api file handles": 40.0,
    "connections": 20.0,
    "database size": 10.0 * MEGABYTE,
    "cached workflows": 1000.0,
}


def samples(**changed: Callable[[int], float]) -> list[Sample]:
    """One a minute for half an hour, ten bookings in each; all is flat but what changes with the minute."""
    grown = {name.replace("_", " "): how for name, how in changed.items()}
    return [
        Sample(60.0 * minute, 10 * minute, {**LEVEL, **{name: how(minute) for name, how in grown.items()}})
        for minute in range(31)
    ]


def faults(of: list[Sample]) -> list[str]:
    return [fault.partition(":")[0] for fault in Report(of, trends(of, CACHE), 1.0, 1.0, 1800).faults]


async def test_some_seconds_of_customers_are_sampled_and_served() -> None:
    report = await run(Options(minutes=0.08, rate=4, every=1, step=1), Progress())
    last = report.samples[-1]
    assert len(report.samples) >= 3
    assert last.bookings > 0
    assert {"worker memory", "postgres memory", "temporal file size", "cached workflows"} <= last.values.keys()
    assert [] == [name for name, value in last.values.items() if value <= 0 and name != "cached workflows"], last
    assert [] == [fault for fault in report.faults if " grows: " not in fault], report.text()
    drawn = ElementTree.fromstring(chart(report.samples))  # noqa: S314 (our own)
    assert len(last.values) + 1 == len(drawn.findall("{*}g"))


def test_what_stays_as_it_is_is_flat() -> None:
    assert [] == faults(samples())
    assert "All flat or explained." == Report(samples(), trends(samples(), CACHE), 1, 1, 1800).text().splitlines()[-1]


def test_memory_that_grows_on_and_on_is_a_leak() -> None:
    assert ["api memory grows"] == faults(samples(api_memory=lambda minute: (80 + minute) * MEGABYTE))


def test_file_handles_and_connections_that_grow_are_a_leak() -> None:
    assert ["api file handles grows"] == faults(samples(api_file_handles=lambda minute: 40.0 + minute))
    assert ["connections grows"] == faults(samples(connections=lambda minute: 20.0 + minute / 2))


def test_what_grows_while_it_warms_up_is_not_judged() -> None:
    assert [] == faults(samples(api_memory=lambda minute: min(20 + 10 * minute, 80) * MEGABYTE))


def test_one_peak_is_no_slope() -> None:
    assert [] == faults(samples(api_memory=lambda minute: (200 if minute == 20 else 80) * MEGABYTE))


def test_what_must_grow_is_told_for_each_booking() -> None:
    one = {trend.name: trend for trend in trends(samples(database_size=lambda minute: 1000.0 * minute), CACHE)}["database size"]
    assert (100, True) == (round(one.by_booking), one.is_flat)


def test_the_workers_memory_may_grow_with_the_workflows_that_come_into_it() -> None:
    def memory(minute: int) -> float:
        return LEVEL["worker memory"] + 10 * minute * 0.9 * MOST_FOR_A_CACHED_WORKFLOW

    def filling(minute: int) -> float:
        return 10.0 * minute

    assert [] == faults(samples(worker_memory=memory, cached_workflows=filling))
    assert ["worker memory grows"] == faults(samples(worker_memory=memory))  # its cache is full, and still it grows


def test_the_slope_is_that_of_the_least_squares() -> None:
    assert pytest.approx(2.0) == slope([(0, 1), (1, 3), (2, 5)])
    assert pytest.approx(0.5) == slope([(0, 0), (1, 1), (2, 1)])
    assert slope([(1, 1), (1, 2)]) == 0


def test_memory_is_what_a_process_holds_and_no_file_that_it_reads(tmp_path: Path) -> None:
    large = 32 * MEGABYTE
    (tmp_path / "library").write_bytes(bytes(range(256)) * (large // 256))
    before = memory_of(os.getpid())
    with (tmp_path / "library").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert large // 256 == mapped[:].count(b"\xff")  # every page is read
        assert memory_of(os.getpid()) - before < large / 2
    held = bytearray(b"x") * large
    assert memory_of(os.getpid()) - before > len(held) / 2


def test_a_process_is_of_its_own_family() -> None:
    assert os.getpid() == family(os.getpid())[0]
    assert os.getpid() in family(os.getppid())


@pytest.mark.parametrize("arguments", [["--minutes", "0"], ["--rate", "-1"], ["--every", "x"]])
def test_what_makes_no_sense_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
