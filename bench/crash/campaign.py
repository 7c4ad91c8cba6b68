"""The whole run: each process is recorded, then its cells are attacked, in one system after another."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from bench.crash.boundaries import guarding
from bench.crash.cells import Cell, Outcome, cells_of, chosen, each_once, sample
from bench.crash.matrix import Matrix
from bench.crash.report import Report
from bench.crash.saga import Saga
from bench.crash.sagas import SAGAS
from bench.mortal import MORTALS, mortal
from bench.progress import Progress

KINDS = (*MORTALS, "vendors")
SETTINGS = {
    # Longer than the worst that is done to a step, so that what ends otherwise than it should is a fault and no lack of patience.
    "payment_seconds": "120",
    "calendar_seconds": "120",
    "confirm_wait_seconds": "5",
    "series_charge_hours": "720",  # further ahead than any appointment here: due at once
    "log_level": "WARNING",
    "database_pool_size": "8",
}
A_SYSTEM_TAKES = 400
"""Cells. All that they leave is looked through after each batch, so a fresh system is cheaper from then on."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is attacked; `only` are words of the cells' names."""

    kinds: tuple[str, ...] = KINDS
    sagas: tuple[str, ...] = tuple(saga.name for saga in SAGAS)
    only: str | None = None
    every: int = 1
    """Only each so-manieth cell, another one for each kind of kill: a sample."""
    is_once: bool = False
    """Each place with one kill, or one fault, in turn."""
    time_limit: float = 7200.0


@dataclass(slots=True)
class Pace:
    """How many cases at once: as many as this machine lets come to rest in good time. Too many, and all of them time out."""

    size: int = 24
    most: int = 48
    slow: float = 45.0
    quick: float = 25.0
    many: float = 0.5
    usual: float = 5.0
    """Seconds that a healthy case takes where there is nothing else to do."""

    def begin(self, seconds: float) -> None:
        """From how long one healthy case took, alone."""
        self.size = max(1, min(self.size, int(self.size * self.usual / seconds)))

    def learn(self, seconds: float, missed: float = 0.0) -> None:
        """From how long the slowest of a batch took, and which share of it came too late to its boundaries."""
        if seconds > self.slow or missed > self.many:
            self.size = max(1, self.size // 2)
        elif seconds < self.quick:
            self.size = min(self.most, self.size + max(1, self.size // 2))


async def run(options: Options, progress: Progress, report: Report) -> Report:
    """Records, attacks and looks, and puts into the report what is known. When time is up, what was attacked is told. Raises
    PartFailed, WentWrong, NobodyAnswers."""
    began = time.monotonic()
    campaign = Campaign(options, progress, report, began + options.time_limit)
    wanted = [saga for saga in SAGAS if saga.name in options.sagas]
    try:
        for settings, sagas in _systems(wanted):
            await campaign.attack(settings, sagas)
    finally:
        report.seconds = time.monotonic() - began
    return report


@dataclass(slots=True)
class Campaign:
    """What is known of the run so far."""

    options: Options
    progress: Progress
    report: Report
    until: float
    pace: Pace = field(default_factory=Pace)
    missed: list[Outcome] = field(default_factory=list)
    """What is tried again, and is told only where the checker finds something wrong with it."""

    @property
    def is_late(self) -> bool:
        return time.monotonic() > self.until

    async def attack(self, settings: Mapping[str, str], sagas: Sequence[type[Saga]]) -> None:
        """All cells of these processes, on systems of these settings."""
        cells: list[Cell] | None = None
        while not self.is_late and (cells is None or cells):
            async with self._system(settings) as matrix:
                if cells is None:
                    cells = await self._cells(matrix, sagas)
                some, cells = cells[:A_SYSTEM_TAKES], cells[A_SYSTEM_TAKES:]
                await self._attack(matrix, some)
        self.report.left += len(cells or ())
        if cells is None:
            self.report.unknown += tuple(saga.name for saga in sagas)

    @asynccontextmanager
    async def _system(self, settings: Mapping[str, str]) -> AsyncIterator[Matrix]:
        """One that is looked at before it goes."""
        async with AsyncExitStack() as stack:
            boundaries = await stack.enter_async_context(guarding())
            system = await stack.enter_async_context(mortal(self.progress, boundaries.port, {**SETTINGS, **settings}))
            matrix = await Matrix.on(system, boundaries, stack)
            yield matrix
            self.progress.show("checks")
            await matrix.check()
            self.report.outcomes += [one for one in self.missed if one.findings]
            self.missed.clear()
            self.report.unclaimed += matrix.unclaimed
            self.report.unexpected += matrix.visitors.unexpected
            self.report.copies += matrix.copies

    async def _cells(self, matrix: Matrix, sagas: Sequence[type[Saga]]) -> list[Cell]:
        recorded, began = {}, time.monotonic()
        for saga in sagas:
            self.progress.show(f"records: {saga.name}")
            recorded[saga] = await matrix.record(saga)
        self.pace.begin((time.monotonic() - began) / len(sagas))
        cells = chosen(cells_of(recorded, self.options.kinds), self.options.only)
        some = each_once(cells) if self.options.is_once else sample(cells, self.options.kinds, self.options.every)
        return [cell for kind in KINDS for cell in some if cell.kind == kind]

    async def _attack(self, matrix: Matrix, cells: Sequence[Cell]) -> None:
        for kind in KINDS:
            todo, again = [cell for cell in cells if cell.kind == kind], set[Cell]()
            while todo and not self.is_late:
                some, todo = todo[: self.pace.size], todo[self.pace.size :]
                outcomes = await self._batch(matrix, kind, some)
                missed = [one for one in outcomes if (one.is_missed or one.is_late) and one.cell not in again]
                again |= {one.cell for one in missed}
                todo += [one.cell for one in missed]
                for one in missed:
                    self.report.late += [one.cell.name] if one.is_late else []
                    one.findings.clear()
                self.missed += missed
                self.report.outcomes += [one for one in outcomes if one not in missed]
            self.report.left += len(todo)

    async def _batch(self, matrix: Matrix, kind: str, cells: Sequence[Cell]) -> list[Outcome]:
        done = f"{len(self.report.outcomes)} done, {len(cells)} under way: "

        def tell(text: str) -> None:
            self.progress.show(done + text)

        outcomes = await (matrix.fail_vendors(cells, tell) if kind == "vendors" else matrix.kill(kind, cells, tell))
        self.pace.learn(max(one.seconds for one in outcomes), sum(one.is_missed for one in outcomes) / len(outcomes))
        return outcomes


def _systems(sagas: Sequence[type[Saga]]) -> Iterator[tuple[Mapping[str, str], list[type[Saga]]]]:
    """Processes that share their settings share systems."""
    left = list(sagas)
    while left:
        settings = left[0].settings
        yield settings, [saga for saga in left if saga.settings == settings]
        left = [saga for saga in left if saga.settings != settings]
