"""Does it survive anything? `python -m bench.fire` lets customers do anything in any order while faults and kills rain.

What everybody does, what is killed and what fails are drawn from a seed; how it all falls together in time is the machine's own,
so a seed that failed may have to be run more than once. When all are done, or time is up, the rain stops, and whoever gave up
meanwhile has to get an answer now. Then everything comes to rest, and the checker reads the database, Temporal and the vendors.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from temporalio.client import Client

from bench.arguments import at_least_one, more_than_none
from bench.books import compare
from bench.concluding import conclude
from bench.fire.people import Person, Shop
from bench.fire.rain import Rain
from bench.mortal import Mortal, mortal
from bench.progress import Progress
from bench.rest import Resting
from bench.visitors import Asked, NobodyAnswers, Visitors, client
from checker.checking import Ground, check
from domain.findings import Finding, Rule
from embedded.failures import PartFailed
from gateways.chosen import choose
from temporal.client import connect

SETTINGS = {
    "hold_seconds": "8",
    "longest_offer_seconds": "10",
    "payment_seconds": "120",
    "calendar_seconds": "120",
    "notify_seconds": "600",
    "confirm_wait_seconds": "5",
    "log_level": "ERROR",
    "database_pool_size": "8",
}
VISITS_OF_A_PROVIDER = 70
"""For 140 times: full enough for races."""
RESTS_WITHIN = 240.0
LOOKED_AT_IN = 0.05
"""Seconds more for each visit: every workflow is looked at until nothing new happens to it."""
BOOKS_ARE_READ_IN = 300.0
JUDGED_WITHIN = 1500.0
"""Seconds after the last visit, beside those for each of them."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much, by how many at once, and from which seed. After `time_limit` seconds nobody else comes."""

    bookings: int = 1000
    customers: int = 12
    seed: int = 0
    time_limit: float = 7200.0


@dataclass(slots=True)
class Report:
    """What was done, what rained, and what is wrong."""

    options: Options
    came: int = 0
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    did: Counter[str] = field(default_factory=Counter)
    fallen: Counter[str] = field(default_factory=Counter)
    copies: int = 0
    answered_late: int = 0
    faults: list[str] = field(default_factory=list)

    def text(self) -> str:
        one = self.options
        visits = f"{self.came} of {one.bookings}" if self.came < one.bookings else str(one.bookings)
        lines = [f"seed {one.seed}: {visits} visits by {one.customers} at once in {self.seconds:.0f} s"]
        for name, counted in (("became", self.statuses), ("did", self.did), ("rained", self.fallen)):
            lines.append(f"{name}: " + ", ".join(f"{times} {what}" for what, times in sorted(counted.items())))
        late = f"{self.answered_late} answered only after the rain"
        lines.append(f"{self.copies} messages arrived twice; {late}; {len(self.faults)} findings")
        if self.faults:
            again = f"python -m bench.fire --seed {one.seed} --bookings {one.bookings} --customers {one.customers}"
            lines += [*self.faults, f"repeat: {again}"]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        counted = {"statuses": self.statuses, "did": self.did, "rained": self.fallen}
        return {
            "seed": self.options.seed,
            "visits": self.came,
            "seconds": self.seconds,
            "copies": self.copies,
            "answered_late": self.answered_late,
            "faults": self.faults,
            **counted,
        }


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 all promises held, 1 some did not or it failed, 2 wrongly called, 130 stopped."""
    chosen = _parser().parse_args(arguments)
    options = Options(chosen.bookings, chosen.customers, chosen.seed, chosen.time_limit)
    return conclude(
        lambda progress: run(options, progress),
        lambda report: not report.faults,
        accidents=(PartFailed,),
        late=f"seed {options.seed}: it could not be judged in time.",
        stopped=f"Stopped; nothing is left. The seed was {options.seed}.",
        in_words=lambda fault: f"seed {options.seed}: {fault}",
        json_file=chosen.json,
    )


async def run(options: Options, progress: Progress) -> Report:
    """Raises PartFailed where a part does not come back, and TimeoutError."""
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(mortal(progress, None, SETTINGS))
        async with asyncio.timeout(options.time_limit + JUDGED_WITHIN + LOOKED_AT_IN * options.bookings):
            http = await stack.enter_async_context(client())
            fire = Fire(system, Visitors(system, http), Report(options), progress)
            return await fire.burn()


@dataclass(slots=True)
class Fire:
    """One run on a fresh system."""

    mortal: Mortal
    visitors: Visitors
    report: Report
    progress: Progress
    emails: list[str] = field(default_factory=list)
    gave_up: list[tuple[int, Asked]] = field(default_factory=list)
    """Customers, by their numbers, and what they did not get an answer to while everything was killed again and again."""

    async def burn(self) -> Report:
        began, options = time.monotonic(), self.report.options
        shop = await self._open(math.ceil(options.bookings / VISITS_OF_A_PROVIDER))
        rain = Rain(self.visitors, random.Random(f"rain {options.seed}"), self._tell)  # noqa: S311 (to be drawn again)
        falling = asyncio.create_task(rain.fall())
        people = asyncio.create_task(self._all_live(shop))
        try:
            await asyncio.wait((falling, people), return_when=asyncio.FIRST_COMPLETED)
        finally:
            falling.cancel()
            await asyncio.gather(falling, return_exceptions=True)
            if not people.done():
                people.cancel()
        if not falling.cancelled() and (accident := falling.exception()) is not None:
            raise accident
        await people
        self.report.fallen = rain.fallen
        await self.ask_once_more()
        await self._judge()
        self.report.seconds = time.monotonic() - began
        return self.report

    async def _open(self, providers: int) -> Shop:
        service_id = await self.visitors.open(waitlist_offer_minutes=1)
        hired = [await self.visitors.hire(f"Provider {number}", service_id) for number in range(providers)]
        class_id = await self.visitors.open(name="A class", capacity=4)
        return Shop(service_id, hired, class_id, await self.visitors.hire("Teacher", class_id))

    async def _all_live(self, shop: Shop) -> None:
        options = self.report.options
        numbers, until = iter(range(options.bookings)), time.monotonic() + options.time_limit

        async def customer() -> None:
            for number in numbers:
                if time.monotonic() > until:
                    return
                self.report.came += 1
                await self._live(shop, number)
                self._tell("")

        await asyncio.gather(*(customer() for _ in range(self.report.options.customers)))

    async def _live(self, shop: Shop, number: int) -> None:
        chance = random.Random(f"{self.report.options.seed} {number}")  # noqa: S311 (to be drawn again)
        person = Person(self.visitors, shop, chance, f"{number}@customer.example", f"+4930{number:08}")
        self.emails.append(person.email)
        try:
            await person.live()
        except NobodyAnswers as fault:
            self.gave_up.append((number, fault.asked))
        except httpx.HTTPError as fault:
            self.report.faults.append(f"customer {number}: {type(fault).__name__}: {fault}")
        self.report.did += person.did

    async def ask_once_more(self) -> None:
        """Who gave up, now that the rain is over: the same with the same key. No answer now is a finding."""
        for number, asked in self.gave_up:
            self.progress.show(f"customer {number} asks once more")
            try:
                await self.visitors.ask(asked.method, asked.path, asked.body, token=asked.token, key=asked.key)
            except NobodyAnswers as fault:
                self.report.faults.append(f"customer {number}: NobodyAnswers: {fault}")
            else:
                self.report.answered_late += 1

    def _tell(self, what: str) -> None:
        self.progress.show(f"{len(self.emails)}/{self.report.options.bookings} visits; {what}")

    async def _judge(self) -> None:
        """When everything rests: nothing is left open, and all books agree."""
        self.progress.show("waits until everything rests")
        temporal = await connect(self.mortal.settings)
        pool = await asyncpg.create_pool(self.mortal.system.database_url, min_size=0, max_size=4, record_class=self.mortal.rows)
        try:
            self.report.faults += await self._come_to_rest(temporal, pool)
            self.progress.show("checks")
            self.report.faults += [f"{times} times {told}" for told, times in self.visitors.unexpected.items()]
            for row in await pool.fetch("SELECT status, count(*) AS times FROM bookings GROUP BY 1"):
                self.report.statuses[row["status"]] = row["times"]
            found = await check(Ground(pool, temporal, self.mortal.settings.task_queue, choose(self.mortal.settings)))
            self.report.faults += [
                f"{one.rule}: {one.booking}: {one.detail}" for one in found.faults if not _is_a_text_twice(one)
            ]
            state = (await self.visitors.http.get(f"{self.mortal.sandbox_url}/state", timeout=BOOKS_ARE_READ_IN)).json()
            books = await compare(pool, state, self.emails, is_stormy=True)
            self.report.copies = books.copies
            self.report.faults += [f"{email}: {wrong}" for email, several in books.wrong.items() for wrong in several]
        finally:
            await pool.close()

    async def _come_to_rest(self, temporal: Client, pool: asyncpg.Pool) -> list[str]:
        until = time.monotonic() + RESTS_WITHIN + LOOKED_AT_IN * self.report.options.bookings
        while time.monotonic() < until:
            running = [one.id async for one in temporal.list_workflows("ExecutionStatus = 'Running'")]
            restless = await Resting(temporal).wait(running, until)
            undecided = await pool.fetch("SELECT id, status FROM bookings WHERE status IN ('pending', 'confirming')")
            if not restless and not undecided:
                return []
            await asyncio.sleep(1)
        return [*_undecided(undecided), *(f"does not rest: {one}" for one in restless)]


def _is_a_text_twice(finding: Finding) -> bool:
    """What nobody of us can help where a vendor without a key is slow or delivers twice; counted with the copies."""
    return finding.rule is Rule.MESSAGE_TWICE and finding.detail == "sms, 2 copies"


def _undecided(rows: Sequence[asyncpg.Record]) -> Iterator[str]:
    for row in rows:
        yield f"booking {row['id']} is still {row['status']}"


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m bench.fire", description=__doc__)
    parser.add_argument("--bookings", type=at_least_one, default=usual.bookings, help="visits in all (%(default)s)")
    parser.add_argument("--customers", type=at_least_one, default=usual.customers, help="at once (%(default)s)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="(the time)")
    parser.add_argument(
        "--time-limit",
        type=more_than_none,
        default=usual.time_limit,
        metavar="SECONDS",
        help="then nobody else comes (%(default)s)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there, too")
    return parser
