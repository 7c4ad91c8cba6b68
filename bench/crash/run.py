"""Does it survive? `python -m bench.crash` kills every part of the system between any two steps of every process.

Everything runs as real processes on this machine, in a temporary folder. The boundaries are recorded from one healthy run of each
process, so a new step is attacked by itself: when it is decided, before it, and after it while nobody knows. Then the worker, the
API, Temporal or PostgreSQL is killed there, or the vendor's operation fails in each way that real ones do. What was killed is
started again; when everything rests, the checker reads the database, Temporal and the vendors.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.arguments import at_least_one, more_than_none
from bench.crash.boundaries import guarding
from bench.crash.cells import Cell, Outcome, Recorded, cells_of, chosen
from bench.crash.matrix import AT_ONCE, Matrix
from bench.crash.report import Report
from bench.crash.sagas import SAGAS, Saga, WentWrong
from bench.mortal import MORTALS, mortal
from bench.progress import Progress
from bench.stopping import Stopped, until_asked
from bench.visitors import NobodyAnswers
from embedded.failures import PartFailed

NAMES = tuple(saga.name for saga in SAGAS)
KINDS = (*MORTALS, "vendors")

SETTINGS = {
    # Longer than the worst that is done to a step, so that what ends otherwise than it should is a fault and no lack of patience.
    "payment_seconds": "120",
    "calendar_seconds": "120",
    "confirm_wait_seconds": "5",
    "log_level": "WARNING",
    "database_pool_size": "8",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What is attacked; `only` are words of the cells' names."""

    kinds: tuple[str, ...] = KINDS
    sagas: tuple[str, ...] = NAMES
    only: str | None = None
    every: int = 1
    """Only each so-manieth cell, another one for each kind of kill: a sample."""
    time_limit: float = 2400.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 all promises held, 1 some did not or it failed, 2 wrongly called, 130 stopped."""
    chosen_ones = _parser().parse_args(arguments)
    sagas = tuple(chosen_ones.saga or NAMES)
    options = Options(tuple(chosen_ones.kill or KINDS), sagas, chosen_ones.only, chosen_ones.every, chosen_ones.time_limit)
    try:
        report = asyncio.run(until_asked(lambda progress: run(options, progress)))
    except Stopped:
        print("Stopped; nothing is left.", file=sys.stderr)
        return 130
    except (PartFailed, WentWrong, NobodyAnswers) as fault:
        print(fault, file=sys.stderr)
        return 1
    print(report.text())
    if chosen_ones.json is not None:
        chosen_ones.json.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    return 1 if report.faults else 0


async def run(options: Options, progress: Progress) -> Report:
    """Records, attacks and looks. Raises PartFailed, WentWrong, NobodyAnswers."""
    async with AsyncExitStack() as stack:
        boundaries = await stack.enter_async_context(guarding())
        system = await stack.enter_async_context(mortal(progress, boundaries.port, SETTINGS))
        matrix = await Matrix.on(system, boundaries, stack)
        outcomes: list[Outcome] = []
        sample: list[Cell] = []
        with suppress(TimeoutError):  # what was attacked by then is worth telling
            async with asyncio.timeout(options.time_limit):
                wanted = [saga for saga in SAGAS if saga.name in options.sagas]
                recorded = {saga: await _record(matrix, saga, progress) for saga in wanted}
                cells = chosen(cells_of(recorded, options.kinds), options.only)
                sample += _sample(cells, options.kinds, options.every)
                await _attack(matrix, sample, outcomes, progress)
        progress.show("checks")
        await matrix.check()
        left = len(sample) - len(outcomes) if sample else None
        return Report(outcomes, matrix.unclaimed, dict(matrix.visitors.unexpected), matrix.copies, left)


async def _record(matrix: Matrix, saga: type[Saga], progress: Progress) -> Recorded:
    progress.show(f"records: {saga.name}")
    return await matrix.record(saga)


def _sample(cells: Sequence[Cell], kinds: Sequence[str], every: int) -> list[Cell]:
    """Each so-manieth of each kind, beginning with another one, so that the kinds together cover all places."""
    kept: list[Cell] = []
    for number, kind in enumerate(kinds):
        kept += [cell for cell in cells if cell.kind == kind][number % every :: every]
    return kept


async def _attack(matrix: Matrix, cells: Sequence[Cell], outcomes: list[Outcome], progress: Progress) -> None:
    for kind in KINDS:
        of_kind = [cell for cell in cells if cell.kind == kind]
        for begin in range(0, len(of_kind), AT_ONCE):
            some = of_kind[begin : begin + AT_ONCE]
            done = f"{len(outcomes)}/{len(cells)} "

            def tell(text: str, done: str = done) -> None:
                progress.show(done + text)

            outcomes += await (matrix.fail_vendors(some, tell) if kind == "vendors" else matrix.kill(kind, some, tell))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.crash", description=__doc__)
    parser.add_argument("--kill", action="append", choices=KINDS, help="only this (again for more)")
    parser.add_argument("--saga", action="append", choices=NAMES, help="only this (again for more)")
    parser.add_argument("--only", metavar="WORDS", help="only cells with all these words in their name")
    parser.add_argument("--every", type=at_least_one, default=1, metavar="N", help="each Nth cell of each kind, as a sample")
    parser.add_argument(
        "--time-limit", type=more_than_none, default=Options().time_limit, metavar="SECONDS", help="(%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every cell there, too")
    return parser
