"""What became of everybody's booking when all has come to rest."""

from __future__ import annotations

import asyncio
import time

import asyncpg
from temporalio.client import Client

from bench.books import compare
from bench.deploy import minds
from bench.deploy.customers import Customers
from bench.deploy.minds import Mind
from bench.deploy.report import Report
from bench.progress import Progress
from bench.rest import Resting
from bench.visitors import Visitors
from checker.checking import Ground, check
from gateways.chosen import choose
from temporal.client import connect

READ_AT_ONCE = 8


async def judge(
    visitors: Visitors, customers: Customers, new_worker: int, rests_within: float, report: Report, progress: Progress
) -> None:
    """Adds what it finds to the report."""
    _count(customers, report)
    settings = visitors.mortal.settings
    temporal = await connect(settings)
    mortal = visitors.mortal
    pool = await asyncpg.create_pool(mortal.system.database_url, min_size=0, max_size=4, record_class=mortal.rows)
    try:
        progress.show("waits until everything rests")
        until = time.monotonic() + rests_within
        running = [one.id async for one in temporal.list_workflows("ExecutionStatus = 'Running'")]
        report.faults += [f"does not rest: {one}" for one in await Resting(temporal).wait(running, until)]
        progress.show("reads the histories")
        _judge_minds(await _minds(temporal, list(customers.booked)), new_worker, report)
        progress.show("checks")
        found = await check(Ground(pool, temporal, settings.task_queue, choose(settings)))
        report.faults += [f"{one.rule}: {one.booking}: {one.detail}" for one in found.faults]
        state = (await visitors.http.get(f"{visitors.mortal.sandbox_url}/state")).json()
        books = await compare(pool, state, customers.emails)
        report.copies = books.copies
        report.faults += [f"{email}: {wrong}" for email, several in books.wrong.items() for wrong in several]
    finally:
        await pool.close()


def _count(customers: Customers, report: Report) -> None:
    report.customers, report.confirmed = len(customers.emails), customers.confirmed
    report.requests, report.again, report.longest = customers.requests, customers.again, customers.longest
    report.faults += customers.failed


async def _minds(temporal: Client, bookings: list[str]) -> list[Mind]:
    places = asyncio.Semaphore(READ_AT_ONCE)

    async def one(booking: str) -> Mind:
        async with places:
            return await minds.read(temporal, f"booking-{booking}")

    return list(await asyncio.gather(*(one(booking) for booking in bookings)))


def _judge_minds(found: list[Mind], new_worker: int, report: Report) -> None:
    report.faults += [fault for mind in found for fault in mind.faults({new_worker})]
    report.with_step = sum(mind.has_step for mind in found)
    report.without_step = len(found) - report.with_step
    report.crossing = sum(mind.is_crossing for mind in found)
    if not (report.with_step and report.without_step and report.crossing):
        report.faults.append("nothing was proved: it takes bookings of both ways and some across the release; let it run longer")
