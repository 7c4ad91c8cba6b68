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
from pathlib import Path

from bench.arguments import at_least_one, more_than_none
from bench.crash.campaign import KINDS, Options, run
from bench.crash.report import Report
from bench.crash.saga import WentWrong
from bench.crash.sagas import SAGAS
from bench.stopping import Stopped, until_asked
from bench.visitors import NobodyAnswers
from embedded.failures import PartFailed

NAMES = tuple(saga.name for saga in SAGAS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 all promises held, 1 some did not or it failed, 2 wrongly called, 130 stopped."""
    chosen_ones = _parser().parse_args(arguments)
    kinds, sagas = tuple(chosen_ones.kill or KINDS), tuple(chosen_ones.saga or NAMES)
    limit = chosen_ones.time_limit
    options = Options(kinds, sagas, chosen_ones.only, chosen_ones.every, is_once=chosen_ones.once, time_limit=limit)
    report = Report()
    try:
        asyncio.run(until_asked(lambda progress: run(options, progress, report)))
    except Stopped:
        if report.outcomes:
            print(f"{report.text()}\nThis is what was attacked until it was stopped.")
        print("Stopped; nothing is left.", file=sys.stderr)
        return 130
    except (PartFailed, WentWrong, NobodyAnswers) as fault:
        print(fault, file=sys.stderr)
        return 1
    print(report.text())
    if chosen_ones.json is not None:
        chosen_ones.json.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    return 1 if report.faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.crash", description=__doc__)
    parser.add_argument("--kill", action="append", choices=KINDS, help="only this (again for more)")
    parser.add_argument("--saga", action="append", choices=NAMES, help="only this (again for more)")
    parser.add_argument("--only", metavar="WORDS", help="only cells with all these words in their name")
    parser.add_argument("--every", type=at_least_one, default=1, metavar="N", help="each Nth cell of each kind, as a sample")
    parser.add_argument("--once", action="store_true", help="each place with one kill or fault only, in turn")
    parser.add_argument(
        "--time-limit", type=more_than_none, default=Options().time_limit, metavar="SECONDS", help="(%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every cell there, too")
    return parser
