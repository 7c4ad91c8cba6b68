"""How many bookings a second? `python -m bench.saga` measures the whole system beside what it could be compared with.

Everything runs as real processes on this machine, in a temporary folder: PostgreSQL, Temporal, the vendors' stand-ins, the
worker and the API. Customers hold and confirm over HTTP, as many at once as asked for, each as fast as it is answered; a round
is over when the last of them has been sent the e-mail and the SMS. Rounds of the saga take turns with those of a workflow
that has the same history but does nothing, on the same Temporal server; of the same saga on DBOS Transact, behind the same
HTTP API, on the same PostgreSQL; and of a workflow there that does nothing.

It fails unless every booking of both sagas is confirmed, captured once and overlaps no other, and while the no-op is of another
shape than the saga. A goal that is missed is only told.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import aiohttp
from temporalio.service import RPCError

from bench.arguments import at_least_one, more_than_none, none_or_more
from bench.concluding import conclude
from bench.measuring import Options, measure
from bench.progress import Progress
from bench.report import Report
from bench.shop import Refused
from bench.system import running
from embedded.failures import PartFailed

LETS_ALL_IN = {"api_hold_target_seconds": "15"}
"""How fast what is asked for gets done is what is measured; whom the API would turn away meanwhile, `bench.overload` says."""


class Failed(Exception):
    """The system did not do what it was asked for; the text says what, with the last words of its programs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 measured, 1 failed or not what it should be, 2 wrongly called, 130 stopped."""
    chosen = _parser().parse_args(arguments)
    options = Options(
        chosen.bookings,
        chosen.seconds,
        chosen.rounds,
        chosen.customers,
        chosen.time_limit,
        dbos_programs=chosen.dbos,
        completes=chosen.completes,
    )
    return conclude(
        lambda progress: _run(options, progress),
        lambda report: not report.faults,
        accidents=(PartFailed, Failed),
        late=f"It took longer than {options.time_limit:.0f} s: ask for less, or for more with --time-limit.",
        json_file=chosen.json,
    )


async def _run(options: Options, progress: Progress) -> Report:
    async with running(progress, options.dbos_programs, LETS_ALL_IN) as measured, asyncio.timeout(options.time_limit):
        try:
            return await measure(measured, options, progress)
        except (Refused, aiohttp.ClientError, RPCError) as fault:
            raise Failed(f"{type(fault).__name__}: {fault}\n{measured.last_words()}") from fault


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m bench.saga", description=__doc__)
    parser.add_argument("--bookings", type=at_least_one, default=usual.bookings, help="in each round (%(default)s)")
    parser.add_argument("--seconds", type=more_than_none, help="let a round end after so long instead")
    parser.add_argument("--rounds", type=at_least_one, default=usual.rounds, help="of each side (%(default)s)")
    parser.add_argument("--customers", type=at_least_one, default=usual.customers, help="at once (%(default)s)")
    parser.add_argument(
        "--dbos",
        type=none_or_more,
        default=usual.dbos_programs,
        metavar="PROCESSES",
        help="how many share the port of the bookings on DBOS (%(default)s); 0 leaves that side out",
    )
    parser.add_argument(
        "--no-completing", dest="completes", action="store_false", help="do not wait for an appointment to be over, too"
    )
    parser.add_argument(
        "--time-limit", type=float, default=usual.time_limit, metavar="SECONDS", help="give up after (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
