"""How fast are free slots found? `python -m bench.slots` asks the API for them at three sizes of data, beside a bare `SELECT 1`.

PostgreSQL, Temporal and one API for each size run as real processes on this machine, in a temporary folder. Sizes and kinds of
questions take turns within each round, so that whatever else the machine does hits all of them alike.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bench.arguments import at_least_one
from bench.concluding import conclude, with_its_type
from bench.cpu import busy_seconds, machine
from bench.load import LoadFailed, has_wrk, load, write_questions
from bench.progress import Progress
from bench.slots_questions import Asked, WrongAnswer, ask_all
from bench.slots_report import Report, Run
from bench.slots_system import Measured, running
from bench.town import Size
from embedded.failures import PartFailed

SIZES = (Size(100), Size(10_000), Size(10_000, past=10_000_000, future=1_000_000))


@dataclass(frozen=True, slots=True)
class Options:
    """How much to measure: each round asks every town each kind of question for so many seconds."""

    sizes: Sequence[Size] = SIZES
    rounds: int = 7
    seconds: int = 2
    connections: int = 8
    processes: int = max(1, min(os.cpu_count() or 1, 2))
    data: Path | None = None
    time_limit: float = 3600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 measured, 1 failed or not what it should be, 2 wrongly called, 130 stopped."""
    chosen = _parser().parse_args(arguments)
    sizes = [size.scaled(chosen.scale) for size in SIZES]
    options = Options(sizes, chosen.rounds, chosen.seconds, chosen.connections, chosen.processes, chosen.data, chosen.time_limit)
    return conclude(
        lambda progress: _run(options, progress),
        lambda report: not report.faults,
        accidents=(PartFailed, LoadFailed, WrongAnswer, aiohttp.ClientError),
        late=f"It took longer than {options.time_limit:.0f} s: ask for less, or for more with --time-limit.",
        stopped="Stopped; nothing is left" + ("." if options.data is None else f" but the data in {options.data}."),
        in_words=with_its_type,
        json_file=chosen.json,
    )


async def _run(options: Options, progress: Progress) -> Report:
    async with (
        asyncio.timeout(options.time_limit),
        running(options.sizes, datetime.now(UTC).date(), options.data, progress, options.processes) as towns,
    ):
        return await measure(towns, options, progress)


async def measure(towns: Sequence[Measured], options: Options, progress: Progress) -> Report:
    """All rounds on running systems. Raises LoadFailed and WrongAnswer."""
    kinds = [{kind.name: kind for kind in await _ask_all(measured, progress)} for measured in towns]
    with tempfile.TemporaryDirectory(prefix="slotkeeper-questions-") as folder:
        file = Path(folder) / "questions"
        rounds = [await _round(number, towns, kinds, options, file, progress) for number in range(1, options.rounds + 1)]
    filled = [f"Filled: {each.town.size}: {each.filled.text().splitlines()[-1]}" for each in towns if each.filled]
    generator = "wrk" if has_wrk() else "the bench's own loader"
    sizes = [str(each.town.size) for each in towns]
    return Report(machine(), generator, options.connections, options.processes, sizes, filled, rounds)


async def _round(
    number: int, towns: Sequence[Measured], kinds: Sequence[dict[str, Asked]], options: Options, file: Path, progress: Progress
) -> list[dict[str, Run]]:
    """Kind after kind, so that what is compared lies close together; all towns of each, beginning with another in each round."""
    runs: list[dict[str, Run]] = [{} for _ in towns]
    turns = [(number + each) % len(towns) for each in range(len(towns))]
    for name in kinds[0]:
        for town in turns:
            progress.show(f"Round {number} of {options.rounds}, {towns[town].town.size}: {name}")
            runs[town][name] = await _measure(towns[town], kinds[town][name], number, options, file)
    return runs


async def _ask_all(measured: Measured, progress: Progress) -> list[Asked]:
    progress.show(f"Warming up, {measured.town.size}")
    async with aiohttp.ClientSession(measured.api_url) as session:
        return await ask_all(measured.town, session)


async def _measure(measured: Measured, kind: Asked, number: int, options: Options, file: Path) -> Run:
    write_questions(file, kind.in_round(number))
    cpu, busy = measured.cpu_seconds(), busy_seconds()
    done = await load(measured.api_url, file, kind.status, options.connections, options.seconds)
    used = {part: after - cpu[part] for part, after in measured.cpu_seconds().items()}
    return Run(done, {**used, "others": max(busy_seconds() - busy - sum(used.values()), 0.0)})


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m bench.slots", description=__doc__)
    parser.add_argument("--rounds", type=at_least_one, default=usual.rounds, help="(%(default)s)")
    parser.add_argument("--seconds", type=at_least_one, default=usual.seconds, help="for each kind and size (%(default)s)")
    parser.add_argument("--connections", type=at_least_one, default=usual.connections, help="at once (%(default)s)")
    parser.add_argument("--processes", type=at_least_one, default=usual.processes, help="of each API (%(default)s)")
    parser.add_argument(
        "--scale", type=float, default=0.01, help="make only so much of the 11 million bookings; 1 takes a while (%(default)s)"
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="keep the filled databases there and use them the next time today"
    )
    parser.add_argument(
        "--time-limit", type=float, default=usual.time_limit, metavar="SECONDS", help="give up after (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
