"""Runs the cells: many cases stop at their boundaries side by side, one part is killed for all of them, and all go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from bench.books import compare
from bench.crash.boundaries import Boundaries, Watch
from bench.crash.cells import VENDORS, Cell, Outcome, Recorded
from bench.crash.saga import Saga, WentWrong
from bench.mortal import Mortal
from bench.rest import Resting
from bench.visitors import NobodyAnswers, Visitors, client
from checker.checking import Ground, check
from gateways.chosen import choose
from sandbox.faults import Mode
from temporal.client import connect

PREPARED_AT_ONCE = 6
COMES_WITHIN = 30.0
"""Seconds until the first case has come to its boundary."""
WAITS_AT_MOST = 8.0
"""Seconds that it waits there for the others: a hold is given up after ten."""
NOBODY_COMES = 4.0
ENDS = ("confirmed", "failed", "cancelled", "expired")
RESTS_WITHIN = 180.0
"""What does not end by then does not end: the longest that a part of ours waits for a dead one is a minute."""
AFTER_THE_KILL = 0.3
"""Seconds for which the survivors run into the dead part before it is started again."""


@dataclass(slots=True)
class Trial:
    """One case of a cell, from its preparation to its rest."""

    cell: Cell
    saga: Saga
    outcome: Outcome
    watch: Watch
    acting: asyncio.Task[None] | None = None
    struck_at: float = 0.0

    @property
    def has_come(self) -> bool:
        """To its boundary, or past it."""
        return self.watch.stopped.is_set() or (self.acting is not None and self.acting.done())

    def fail(self, why: str) -> None:
        self.outcome.findings.append(why)


@dataclass(slots=True)
class Matrix:
    """One running system and those who attack it."""

    mortal: Mortal
    boundaries: Boundaries
    visitors: Visitors
    pool: asyncpg.Pool
    resting: Resting
    ground: Ground
    service_id: str = ""
    unclaimed: list[str] = field(default_factory=list)
    """What the checker found that belongs to no case."""
    copies: int = 0
    _owners: dict[str, Outcome] = field(default_factory=dict)
    """Whose booking it is."""

    @classmethod
    async def on(cls, mortal: Mortal, boundaries: Boundaries, stack: AsyncExitStack) -> Matrix:
        """Opens a shop in a fresh system; what is opened for it is closed with the stack."""
        http = await stack.enter_async_context(client())
        pool = await asyncpg.create_pool(mortal.system.database_url, min_size=0, max_size=4, record_class=mortal.rows)
        stack.push_async_callback(pool.close)
        temporal = await connect(mortal.settings)
        ground = Ground(pool, temporal, mortal.settings.task_queue, choose(mortal.settings))
        matrix = cls(mortal, boundaries, Visitors(mortal, http), pool, Resting(temporal), ground)
        matrix.service_id = await matrix.visitors.open()
        return matrix

    async def record(self, saga: type[Saga]) -> Recorded:
        """One healthy run, from which the cells of this process follow. Raises WentWrong where it does not end as it should."""
        (trial,) = await self._prepared([Cell(saga, "", "")])
        before = await self._calls()
        trial.watch = self.boundaries.watch(trial.saga.roots)
        trial.acting = asyncio.create_task(trial.saga.act())
        await self._finish(trial)
        await self._settle([trial])
        if trial.outcome.findings:
            raise WentWrong(f"{saga.name}, with nothing attacked: {'; '.join(trial.outcome.findings)}")
        operations = [one for one, times in (await self._calls()).items() if times > before.get(one, 0)]
        return Recorded(tuple(trial.watch.passed), tuple(one for one in operations if one[0] in VENDORS))

    async def kill(self, part: str, cells: Sequence[Cell], tell: Callable[[str], None]) -> list[Outcome]:
        """Stops a case at each cell's boundary, kills the part once, starts it again, and lets all come to their ends."""
        tell(f"{part}: prepares {len(cells)} cases")
        trials = await self._prepared(cells)
        with _ended(trials):
            for trial in trials:
                trial.watch = self.boundaries.watch(trial.saga.roots, trial.cell.place)
                trial.acting = asyncio.create_task(trial.saga.act())
            await self._gather(trials, tell)
            await self._strike(part, trials, tell)
            return await self._end(trials, tell, part)

    async def _strike(self, part: str, trials: Sequence[Trial], tell: Callable[[str], None]) -> None:
        tell(f"{part}: is killed at {sum(trial.watch.stopped.is_set() for trial in trials)} boundaries")
        self.mortal.system.kill(part)
        struck_at = time.monotonic()
        for trial in trials:
            trial.outcome.was_struck, trial.struck_at, trial.watch.at = trial.watch.stopped.is_set(), struck_at, None
        if part != "worker":
            self.boundaries.open()
        await asyncio.sleep(AFTER_THE_KILL)
        await self.mortal.system.revive(part)

    async def fail_vendors(self, cells: Sequence[Cell], tell: Callable[[str], None]) -> list[Outcome]:
        """One fault for each case, which strikes no other."""
        tell(f"vendors: prepares {len(cells)} cases")
        trials = await self._prepared(cells)
        with _ended(trials):
            for trial in trials:
                vendor, operation = trial.cell.vendor
                fault = {"vendor": vendor, "operation": operation, "mode": trial.cell.how, "only": trial.saga.marks}
                (await self.visitors.http.post(f"{self.mortal.sandbox_url}/faults", json=fault)).raise_for_status()
                trial.watch, trial.struck_at = self.boundaries.watch(trial.saga.roots), time.monotonic()
                trial.acting = asyncio.create_task(trial.saga.act())
            outcomes = await self._end(trials, tell, "vendors")
        (await self.visitors.http.delete(f"{self.mortal.sandbox_url}/faults")).raise_for_status()  # the checker is not its victim
        return outcomes

    async def _prepared(self, cells: Sequence[Cell]) -> list[Trial]:
        """Each case is there and at rest: what happens from now on is the process itself."""
        limit = asyncio.Semaphore(PREPARED_AT_ONCE)

        async def prepared(cell: Cell) -> Trial:
            saga = cell.saga(self.visitors, self.service_id)
            watch = self.boundaries.watch(saga.roots)
            async with limit:
                await saga.prepare()
            await self.resting.wait(watch.workflow_ids, time.monotonic() + RESTS_WITHIN)
            self.boundaries.unwatch(watch)
            return Trial(cell, saga, Outcome(cell), watch)

        return list(await asyncio.gather(*(prepared(cell) for cell in cells)))

    async def _gather(self, trials: Sequence[Trial], tell: Callable[[str], None]) -> None:
        """Until every case has come to its boundary, or no more come, or time is up."""
        come, since = 0, time.monotonic()
        until = since + COMES_WITHIN
        while time.monotonic() < until:
            before, come = come, sum(one.has_come for one in trials)
            there = sum(one.watch.stopped.is_set() for one in trials)
            since = time.monotonic() if come > before else since
            if come > before == 0:
                until = since + WAITS_AT_MOST
            if there == len(trials) or (come > 0 and time.monotonic() - since > NOBODY_COMES):
                return
            tell(f"{trials[0].cell.how}: {there} of {len(trials)} cases are at their boundaries")
            await asyncio.sleep(0.1)

    async def _end(self, trials: Sequence[Trial], tell: Callable[[str], None], part: str) -> list[Outcome]:
        tell(f"{part}: waits until {len(trials)} cases have come to rest")
        await asyncio.gather(*(self._finish(trial) for trial in trials))
        await self._settle(trials)
        return [trial.outcome for trial in trials]

    async def _finish(self, trial: Trial) -> None:
        """Its customer is done, and its workflows rest."""
        try:
            if trial.acting is not None:
                await asyncio.wait_for(trial.acting, RESTS_WITHIN)
        except (WentWrong, NobodyAnswers, httpx.HTTPError, TimeoutError) as fault:
            trial.fail(f"{type(fault).__name__}: {fault}")
            trial.outcome.is_late = not isinstance(fault, WentWrong)
        known = {*trial.watch.workflow_ids, *(f"booking-{one}" for one in trial.saga.bookings)}
        for restless in await self.resting.wait(known, time.monotonic() + RESTS_WITHIN):
            trial.fail(f"does not rest: {restless}")
            trial.outcome.is_late = True
        trial.outcome.seconds = time.monotonic() - trial.struck_at

    async def _settle(self, trials: Sequence[Trial]) -> None:
        """Looks how each case has ended, by its customer's and the vendors' account."""
        for trial in trials:
            self.boundaries.unwatch(trial.watch)
        await asyncio.gather(*(self._judge(trial) for trial in trials))
        state = await self._state()
        books = await compare(self.pool, state, [trial.saga.email for trial in trials])
        self.copies += books.copies
        for trial in trials:
            trial.outcome.findings += [one for one in books.wrong.get(trial.saga.email, ()) if not _excused(trial.cell, one)]
            self._owners |= dict.fromkeys(trial.saga.bookings, trial.outcome)

    async def _judge(self, trial: Trial) -> None:
        cell, outcome = trial.cell, trial.outcome
        if not cell.is_kill and cell.place:
            planned = (await self.visitors.http.get(f"{self.mortal.sandbox_url}/faults")).json()
            outcome.was_struck = not any(trial.saga.key in one["only"] and one["times"] > 0 for one in planned)
        outcome.statuses = tuple(await trial.saga.statuses())
        is_free = cell.how == Mode.DECLINE  # a vendor's own no may end it otherwise
        allowed = {
            *trial.saga.wanted,
            *(ENDS if is_free else ()),
            *(("confirmed",) if cell.place == cell.saga.refused_at else ()),
        }
        if not outcome.statuses or not set(outcome.statuses) <= allowed:
            refused = [self.visitors.refused[one] for one in trial.saga.bookings.values() if one in self.visitors.refused]
            became, wanted = ", ".join(outcome.statuses) or "nothing", " or ".join(trial.saga.wanted)
            trial.fail(f"became {became} instead of {wanted}; {'; '.join(refused) or 'nothing was refused'}")

    async def check(self) -> None:
        """Lets the checker look at everything, once all have come to rest: it asks the vendors about every booking."""
        for finding in (await check(self.ground)).findings:
            told = f"{finding.rule}: {finding.detail}"
            if finding.rule.is_excused:
                continue
            if (outcome := self._owners.get(str(finding.booking))) is not None:
                outcome.findings += [] if _excused(outcome.cell, told) else [told]
            else:
                self.unclaimed.append(f"{finding.booking}: {told}")

    async def _calls(self) -> dict[tuple[str, str], int]:
        told = (await self.visitors.http.get(f"{self.mortal.sandbox_url}/calls")).json()
        return {(vendor, operation): times for vendor, operation, times in told}

    async def _state(self) -> dict[str, list[dict[str, Any]]]:
        state: dict[str, list[dict[str, Any]]] = (await self.visitors.http.get(f"{self.mortal.sandbox_url}/state")).json()
        return state


@contextmanager
def _ended(trials: Sequence[Trial]) -> Iterator[None]:
    """Nobody asks for anything any more when the run is stopped."""
    try:
        yield
    finally:
        for trial in trials:
            if trial.acting is not None:
                trial.acting.cancel()


LEFT_BY_A_NO: Mapping[str, tuple[str, ...]] = {
    "stripe refund": ("refund-owed", "the vendor keeps"),
    "stripe void": ("money-without-booking", "money is still reserved"),
    "google delete_event": ("calendar-event-left", "1 calendar events instead of 0"),
    "google write_event": ("calendar-event-missing", "calendar-event-differs", "0 calendar events instead of 1"),
}
"""What a vendor's final no to these leaves, and the checker has to tell: operators mend it."""


def _excused(cell: Cell, difference: str) -> bool:
    """What nobody of us can help: a no to what has to be done, or a text that the network delivered twice or that its vendor took
    long after we had asked whether it did, since that vendor takes no key."""
    if cell.how == Mode.DECLINE:
        return difference.startswith(LEFT_BY_A_NO.get(cell.place, ("nothing",)))
    twice = ("2 times by sms", "message-twice: sms, 2 copies")
    is_late = cell.vendor[0] == "twilio" and cell.how == Mode.SLOW
    return (is_late or (cell.place == "twilio send" and cell.how == Mode.DUPLICATE)) and difference.startswith(twice)
