"""The parts of the bench on one running system, each judged when its crowd has been answered."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg

from bench.contention.crowd import Answer, Crowd, booking
from bench.contention.judging import Judge
from bench.contention.parts import Outcome, Part, Prize
from bench.contention.report import Report
from bench.cpu import busy_seconds, cpu_seconds, machine
from bench.mortal import Mortal
from bench.progress import Progress
from bench.visitors import Visitors, at
from checker.checking import Ground
from gateways.chosen import choose
from temporal.client import connect

FREE: dict[str, Any] = {"price": {"amount": 0, "currency": "EUR"}, "payment": "none"}
HOURS = range(8, 18)
PARTS = ("api", "worker", "temporal", "sandbox")
GIVES_BACK_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Options:
    """How many want what. `seconds` and `attempts` end the long run, whichever comes first; 0 leaves a part out."""

    callers: int = 1000
    many_callers: int = 10_000
    slots: int = 100
    seats: int = 30
    providers: int = 10
    attempts: int = 1_000_000
    seconds: float = 180.0
    answer_within: float = 1.0
    processes: int = 2
    time_limit: float = 1800.0


@dataclass(slots=True)
class Fight:
    """One run. Winners give their time back when they have been judged, so that each part begins with nothing taken."""

    mortal: Mortal
    visitors: Visitors
    options: Options
    progress: Progress
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 (who asks where, the same every time)
    customers: int = 0

    async def fight(self) -> Report:
        report = Report(machine(), self.options.processes)
        temporal = await connect(self.mortal.settings)
        pool = await asyncpg.create_pool(self.mortal.system.database_url, min_size=0, max_size=2, record_class=self.mortal.rows)
        crowd = Crowd(self.mortal.api_url)
        judge = Judge(Ground(pool, temporal, self.mortal.settings.task_queue, choose(self.mortal.settings)), temporal)
        try:
            one, *others = await self._parts()
            for part in (one, *others):
                report.outcomes.append(await self._play(part, crowd, judge))
            if self.options.attempts:
                report.outcomes.append(await self._play_long(one, crowd, judge))
            self.progress.show("everything was given back: checks")
            report.faults += await judge.look(set())
        finally:
            crowd.close()
            await pool.close()
        return report

    async def _parts(self) -> list[Part]:
        """Each with providers and a day of its own."""
        options, visitors = self.options, self.visitors
        self.progress.show("the business is opened")
        service = await visitors.open(**FREE)
        alone = Prize(service, await visitors.hire("Provider", service), at(0, HOURS[0]))
        session = await visitors.open(name="A class", capacity=options.seats, **FREE)
        seats = Prize(session, await visitors.hire("Teacher", session), at(0, HOURS[0]), options.seats)
        anybody = await visitors.open(name="With anybody", **FREE)
        for number in range(options.providers):
            await visitors.hire(f"Anybody {number}", anybody)
        parts = [Part("one slot", options.callers, [alone], options.answer_within)]
        if options.many_callers:
            hired = [await visitors.hire(f"One of many {number}", service) for number in range(-(-options.slots // len(HOURS)))]
            prizes = [Prize(service, who, at(0, hour)) for who in hired for hour in HOURS][: options.slots]
            parts.append(Part("many slots", options.many_callers, prizes))
        parts.append(Part("a class", options.callers, [seats]))
        parts.append(Part("any provider", options.callers, [Prize(anybody, None, at(0, HOURS[0]), options.providers)]))
        return parts

    async def _play(self, part: Part, crowd: Crowd, judge: Judge) -> Outcome:
        outcome = Outcome(part)
        won = await self._wave(outcome, crowd)
        self.progress.show(f"{part.name}: checks")
        outcome.faults += await judge.look({answer.said["id"] for answer in won})
        await self._give_back(won)
        return outcome

    async def _play_long(self, one: Part, crowd: Crowd, judge: Judge) -> Outcome:
        """The same slot again and again. Each wave's answers are judged; rows and workflows at the first fault or the end."""
        outcome = Outcome(Part("long run", one.callers, one.prizes))
        until = time.monotonic() + self.options.seconds
        while True:
            won = await self._wave(outcome, crowd)
            self.progress.show(f"long run: {outcome.attempts:,} attempts, {outcome.refusals_per_second:.0f} refusals/s")
            is_over = outcome.attempts >= self.options.attempts or time.monotonic() >= until
            if is_over or outcome.faults:
                outcome.faults += await judge.look({answer.said["id"] for answer in won})
            await self._give_back(won)
            if is_over or outcome.faults:
                return outcome

    async def _wave(self, outcome: Outcome, crowd: Crowd) -> list[Answer]:
        """Everybody asks once; returns the winners."""
        part = outcome.part
        self.progress.show(f"{part.name}: {part.callers:,} callers come")
        prizes = [part.prizes[number % len(part.prizes)] for number in range(part.callers)]
        self.chance.shuffle(prizes)
        requests = [self._request(prize) for prize in prizes]
        await crowd.gather(part.callers)
        self.progress.show(f"{part.name}: {part.callers:,} callers ask")
        ours, busy, began = self._cpu_seconds(), busy_seconds(), time.perf_counter()
        answers = await crowd.ask(requests)
        outcome.seconds += time.perf_counter() - began
        used = {name: now - ours[name] for name, now in self._cpu_seconds().items()}
        outcome.api_cpu += used["api"]
        outcome.other_cpu += max(busy_seconds() - busy - sum(used.values()), 0.0)
        won = outcome.count(list(zip(prizes, answers, strict=True)))
        return [answer for several in won.values() for answer in several]

    def _request(self, prize: Prize) -> bytes:
        self.customers += 1
        who = {"name": f"Customer {self.customers}", "email": f"{self.customers}@customer.example", "timezone": "Europe/Berlin"}
        wish = {"service_id": prize.service_id, "provider_id": prize.provider_id, "starts_at": prize.starts_at}
        return booking(self.mortal.api_url, wish | {"customer": who}, str(uuid4()))

    def _cpu_seconds(self) -> dict[str, float]:
        """Used so far, by part; `callers` is the bench itself."""
        state = self.mortal.system.state
        pids = {part: state.logs / f"{part}.pid" for part in PARTS} | {"postgres": state.postgres_data() / "postmaster.pid"}
        used = {part: cpu_seconds(int(file.read_text().split()[0])) for part, file in pids.items()}
        return {**used, "callers": sum(os.times()[:2])}

    async def _give_back(self, won: Sequence[Answer]) -> None:
        limit = asyncio.Semaphore(GIVES_BACK_AT_ONCE)

        async def cancel(answer: Answer) -> None:
            async with limit:
                path, token = f"/bookings/{answer.said['id']}/cancel", answer.said["manage_token"]
                (await self.visitors.ask("POST", path, {"reason": "no time"}, token=token)).raise_for_status()

        await asyncio.gather(*(cancel(answer) for answer in won))
