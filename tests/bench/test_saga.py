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
from bench.system import Measured, running
from tests.bench.stopping import parts_stopped_by_ctrl_c

FEW = Options(bookings=6, rounds=1, customers=3, warm_up=2)
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
    async with running(progress) as measured:
        yield Ran(measured, await measure(measured, FEW, progress))


async def test_every_booking_is_confirmed_paid_once_and_alone_in_its_time(ran: Ran) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        payments = (await client.get(f"{ran.measured.sandbox_url}/state")).json()["payments"]
    database = await asyncpg.connect(ran.measured.system.database_url)
    try:
        confirmed = await database.fetchval("SELECT count(*) FROM bookings WHERE status = 'confirmed'")
        claims = await database.fetchval("SELECT count(*) FROM claims")
        overlaps = await database.fetchval(OVERLAPS)
    finally:
        await database.close()
    assert (MADE, MADE, 0) == (confirmed, claims, overlaps)
    assert MADE * [(6500, 0)] == [(payment["captured"], payment["refunded"]) for payment in payments]


async def test_the_noop_has_the_shape_of_the_saga(ran: Ran) -> None:
    assert [] == ran.report.faults
    assert (FEW.bookings, FEW.bookings) == (len(ran.report.saga_histories), len(ran.report.noop_histories))


async def test_the_table_says_what_was_measured(ran: Ran) -> None:
    rows = {row.name.strip(): row for row in ran.report.rows()}
    ((saga, noop),) = ran.report.pairs
    assert (FEW.bookings, FEW.bookings) == (len(saga.booked), len(noop.booked))
    assert pytest.approx(FEW.bookings / saga.seconds) == rows["confirmed bookings/s"].saga
    assert pytest.approx(saga.rate / noop.rate) == rows["confirmed bookings/s"].ratio
    for wait in ("hold", "confirm"):
        assert 0 < rows[f"{wait}, p50 ms"].saga <= rows[f"{wait}, p95 ms"].saga < 1000 * saga.seconds
    assert 30 < rows["history events per booking"].saga < 100
    assert 10 < rows["billable actions per booking"].saga < rows["history events per booking"].saga
    text = ran.report.text()
    assert all(name in text for name in rows) and f"{MADE} bookings: all confirmed" in text
    assert rows.keys() == json.loads(json.dumps(ran.report.as_json()))["table"].keys()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="CPU time is read from /proc")
async def test_cpu_time_is_counted_where_it_is_spent(ran: Ran) -> None:
    ((saga, noop),) = ran.report.pairs
    assert all(saga.cpu[part] > 0 for part in ("api", "worker", "temporal", "sandbox", "postgres", "customers"))
    assert noop.cpu["noop-worker"] > noop.cpu["worker"]


async def test_ctrl_c_stops_everything_and_leaves_nothing(enterable: Path) -> None:
    assert 6 == await parts_stopped_by_ctrl_c(
        ("bench.saga", "--bookings", "5000"), enterable, "*/logs/noop-worker.pid", "*/logs/*.pid"
    )
