"""A quick run of the bench itself: its numbers must be true, and it must leave nothing behind."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest

from bench.measuring import Options, measure
from bench.progress import Progress
from bench.report import Report
from bench.saga import main
from bench.system import Measured, running
from tests.bench.stopping import parts_stopped_by_ctrl_c

FEW = Options(bookings=6, rounds=1, customers=3, warm_up=2, dbos_programs=1, completes=False)
BOTH = ("saga", "DBOS")
MADE = FEW.warm_up + FEW.bookings

OVERLAPS = """
SELECT count(*) FROM claims one JOIN claims other
ON one.business_id = other.business_id AND one.provider_id = other.provider_id AND one.id < other.id
WHERE one.during && other.during
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A measured system that is still up, and what was reported of it."""

    measured: Measured
    report: Report


@pytest.fixture(scope="module")
async def ran() -> AsyncIterator[Ran]:
    progress = Progress()
    async with running(progress, FEW.dbos_programs) as measured:
        yield Ran(measured, await measure(measured, FEW, progress))


@pytest.mark.parametrize("side", BOTH)
async def test_every_booking_is_confirmed_paid_once_and_alone_in_its_time(ran: Ran, side: str) -> None:
    assert ran.measured.dbos is not None
    ours, beside = ran.measured, ran.measured.dbos.system
    sandbox_url, database_url = (
        (ours.sandbox_url, ours.system.database_url) if side == "saga" else (beside.sandbox_url, beside.database_url)
    )
    async with httpx.AsyncClient(trust_env=False) as client:
        state = (await client.get(f"{sandbox_url}/state")).json()
    database = await asyncpg.connect(database_url)
    try:
        confirmed = await database.fetchval("SELECT count(*) FROM bookings WHERE status = 'confirmed'")
        claims = await database.fetchval("SELECT count(*) FROM claims")
        overlaps = await database.fetchval(OVERLAPS)
    finally:
        await database.close()
    assert (MADE, MADE, 0) == (confirmed, claims, overlaps)
    assert MADE * [(6500, 0)] == [(payment["captured"], payment["refunded"]) for payment in state["payments"]]


async def test_the_noop_has_the_shape_of_the_saga(ran: Ran) -> None:
    assert [] == ran.report.faults
    assert {"saga": FEW.bookings, "no-op": FEW.bookings} == {side: len(read) for side, read in ran.report.histories.items()}


async def test_the_noop_on_dbos_leaves_as_many_steps_as_the_saga_there(ran: Ran) -> None:
    assert ran.report.recorded["DBOS"] == ran.report.recorded["DBOS no-op"] > 10


async def test_the_table_says_what_was_measured(ran: Ran) -> None:
    rows = {row.name.strip(): row for row in ran.report.rows()}
    (done,) = ran.report.rounds
    assert ["saga", "no-op", "DBOS", "DBOS no-op"] == list(done)
    assert {FEW.bookings} == {len(each.booked) for each in done.values()}
    rate = rows["confirmed bookings/s"]
    for side, each in done.items():
        assert pytest.approx(FEW.bookings / each.seconds) == rate.values[side]
        for wait in ("hold", "confirm"):
            assert 0 < rows[f"{wait}, p50 ms"].values[side] <= rows[f"{wait}, p95 ms"].values[side] < 1000 * each.seconds
    ratios = {"saga/no-op": ("saga", "no-op"), "saga/DBOS": ("saga", "DBOS"), "DBOS/no-op": ("DBOS", "DBOS no-op")}
    assert {name: pytest.approx(done[one].rate / done[other].rate) for name, (one, other) in ratios.items()} == rate.ratios
    assert 30 < rows["events or steps kept per booking"].values["saga"] < 100
    assert 10 < rows["billable actions per booking"].values["saga"] < rows["events or steps kept per booking"].values["saga"]
    text = ran.report.text()
    assert all(name in text for name in rows) and all(f"{MADE} bookings of {side}: all confirmed" in text for side in BOTH)
    assert rows.keys() == json.loads(json.dumps(ran.report.as_json()))["table"].keys()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="CPU time is read from /proc")
async def test_cpu_time_is_counted_where_it_is_spent(ran: Ran) -> None:
    (done,) = ran.report.rounds
    assert {"api", "worker", "temporal", "sandbox", "postgres", "customers"} == set(done["saga"].cpu)
    assert {"dbos", "dbos-sandbox", "postgres", "customers"} == set(done["DBOS"].cpu)
    assert all(spent > 0 for side in BOTH for spent in done[side].cpu.values())
    assert done["no-op"].cpu["noop-worker"] > 0 < done["DBOS no-op"].cpu["dbos"]


async def test_ctrl_c_stops_everything_and_leaves_nothing(enterable: Path) -> None:
    assert 8 == await parts_stopped_by_ctrl_c(
        ("bench.saga", "--bookings", "5000", "--dbos", "1"), enterable, "*/logs/dbos-1.pid", "*/logs/*.pid"
    )


@pytest.mark.parametrize("wrong", [("--dbos", "-1"), ("--rounds", "0"), ("--seconds", "0"), ("--customers", "many")])
def test_numbers_that_make_no_sense_are_refused(wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(wrong)
