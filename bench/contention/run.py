"""Who gets the slot? `python -m bench.contention` lets a crowd ask for the same slots in the same instant.

Everything runs as real processes on this machine, in a temporary folder. Each caller has a connection of their own and sends
POST /bookings over it with a key of their own, all at once:

    one slot      1,000 callers; each loser is answered within a second
    many slots    10,000 callers on 100 slots
    a class       1,000 callers for 30 seats
    any provider  1,000 callers for ten people who are free at that time
    long run      waves of 1,000 on one slot, which its winner gives back each time, up to a million attempts or until time is up

After each wave there must be exactly one winner for each place and a 409 for everybody else; the rows, the checker and Temporal
must say that nobody else holds anything, that nothing overlaps and that nothing is left under way. A 503 that says when to ask
again is asked again, and the wait counts.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from temporalio.service import RPCError

from bench.arguments import at_least_one, more_than_none, none_or_more
from bench.concluding import conclude, with_its_type
from bench.contention.fight import Fight, Options
from bench.contention.report import Report
from bench.mortal import mortal
from bench.progress import Progress
from bench.visitors import NobodyAnswers, Visitors, client
from embedded.failures import PartFailed


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 all promises held, 1 some did not or it failed, 2 wrongly called, 130 stopped."""
    chosen = _parser().parse_args(arguments)
    options = Options(
        chosen.callers, chosen.many_callers, chosen.slots, chosen.seats, chosen.providers, chosen.attempts, chosen.seconds,
        chosen.answer_within, chosen.processes, chosen.time_limit,
    )  # fmt: skip
    return conclude(
        lambda progress: run(options, progress),
        lambda report: not report.all_faults,
        accidents=(PartFailed, NobodyAnswers, RPCError, OSError),
        late=f"It took longer than {options.time_limit:.0f} s: ask for less, or for more with --time-limit.",
        in_words=with_its_type,
        json_file=chosen.json,
    )


async def run(options: Options, progress: Progress) -> Report:
    """Raises PartFailed where the system does not start, and TimeoutError."""
    settings = {"hold_seconds": "900", "log_level": "ERROR", "api_processes": str(options.processes)}
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(mortal(progress, None, settings))
        async with asyncio.timeout(options.time_limit):
            http = await stack.enter_async_context(client())
            return await Fight(system, Visitors(system, http), options, progress).fight()


def _parser() -> argparse.ArgumentParser:
    usual = Options(processes=os.cpu_count() or 1)
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m bench.contention", description=__doc__, formatter_class=shape)
    parser.add_argument("--callers", type=at_least_one, default=usual.callers, help="at one slot (%(default)s)")
    parser.add_argument(
        "--many-callers", type=none_or_more, default=usual.many_callers, help="at many slots; 0 leaves it out (%(default)s)"
    )
    parser.add_argument("--slots", type=at_least_one, default=usual.slots, help="for them (%(default)s)")
    parser.add_argument("--seats", type=at_least_one, default=usual.seats, help="of the class (%(default)s)")
    parser.add_argument("--providers", type=at_least_one, default=usual.providers, help="of whom any will do (%(default)s)")
    parser.add_argument(
        "--attempts", type=none_or_more, default=usual.attempts, help="of the long run, at most; 0 leaves it out (%(default)s)"
    )
    parser.add_argument("--seconds", type=more_than_none, default=usual.seconds, help="of the long run, at most (%(default)s)")
    parser.add_argument(
        "--answer-within", type=more_than_none, default=usual.answer_within, metavar="SECONDS",
        help="for each loser at one slot (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--processes", type=at_least_one, default=usual.processes, help="of the API (one a core: %(default)s)")
    parser.add_argument("--time-limit", type=more_than_none, default=usual.time_limit, metavar="SECONDS", help="(%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
