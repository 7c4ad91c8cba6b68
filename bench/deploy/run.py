"""Can it be deployed while people book? `python -m bench.deploy` brings a new release while bookings come at a steady rate.

Everything runs as real processes on this machine, in a temporary folder. The new release is real: a copy of the source whose
booking saga has one more step right after the hold, behind `workflow.patched`. Its worker starts beside the old one, which then
is told to stop and finishes what it holds; then its API starts on the same port, and the old one is told to stop. Every other
customer holds before and pays only when the release has come, so that bookings are under way across it.

It is judged by this: everybody gets what they came for, asking again only as documented and with the same key; no workflow task
fails; who was held by the old release ends without the step, and who was held by the new one with it; no program has to be
killed; all comes to rest, and the checker and the vendors' books find nothing. `--unpatched` leaves the marker out, as a wrong
release would: the run then has to fail.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.arguments import more_than_none
from bench.concluding import conclude
from bench.deploy.customers import SLOTS, Customers
from bench.deploy.judging import judge
from bench.deploy.release import DoesNotFit, next_release
from bench.deploy.report import Report
from bench.deploy.rollout import Rollout
from bench.mortal import Mortal, mortal
from bench.progress import Progress
from bench.visitors import NobodyAnswers, Visitors, client
from embedded.failures import PartFailed
from embedded.places import as_environment

SETTINGS = {"api_shares_port": "true", "api_drain_seconds": "3", "confirm_wait_seconds": "10", "database_pool_size": "8"}


@dataclass(frozen=True, slots=True)
class Options:
    """How many bookings a second, for so many seconds before the release comes and after it has come."""

    a_second: float = 2.0
    before: float = 15.0
    after: float = 15.0
    think: float = 2.0
    patience: float = 60.0
    rests_within: float = 120.0
    is_patched: bool = True
    time_limit: float = 900.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 nobody noticed, 1 somebody did or it failed, 2 wrongly called, 130 stopped."""
    chosen = _parser().parse_args(arguments)
    options = Options(chosen.rate, chosen.before, chosen.after, is_patched=not chosen.unpatched, time_limit=chosen.time_limit)
    return conclude(
        lambda progress: run(options, progress),
        lambda report: not report.faults,
        accidents=(PartFailed, NobodyAnswers, DoesNotFit),
        late=f"It took longer than {options.time_limit:.0f} s: more with --time-limit.",
        json_file=chosen.json,
    )


async def run(options: Options, progress: Progress) -> Report:
    """Raises PartFailed, NobodyAnswers, DoesNotFit and TimeoutError."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="slotkeeper-release-")))
        release = next_release(folder / "next", is_patched=options.is_patched)
        system = await stack.enter_async_context(mortal(progress, None, SETTINGS))
        rollout = Rollout(system, as_environment(SETTINGS), progress.show)
        stack.push_async_callback(rollout.stop)
        async with asyncio.timeout(options.time_limit):
            http = await stack.enter_async_context(client())
            return await _deploy(options, release, rollout, Visitors(system, http), progress)


async def _deploy(options: Options, release: Path, rollout: Rollout, visitors: Visitors, progress: Progress) -> Report:
    began = time.monotonic()
    customers = await _open(visitors, options)
    enough = asyncio.Event()
    coming = asyncio.create_task(customers.come(enough))
    try:
        await _look_on(customers, options.before, progress, "before the release")
        await rollout.replace_all(release)
        customers.released.set()
        await _look_on(customers, options.after, progress, "after the release")
        enough.set()
        progress.show("the last customers finish")
        await coming
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming
    report = Report(options.a_second, is_patched=options.is_patched, rollout=rollout.seconds)
    report.faults += rollout.faults
    await judge(visitors, customers, rollout.pids["worker"], options.rests_within, report, progress)
    report.seconds = time.monotonic() - began
    return report


async def _look_on(customers: Customers, seconds: float, progress: Progress, what: str) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        progress.show(f"{what}: {len(customers.emails)} customers, {customers.confirmed} confirmed")
        await asyncio.sleep(0.5)


async def _open(visitors: Visitors, options: Options) -> Customers:
    service_id = await visitors.open()
    providers = [await visitors.hire(f"Provider {number}", service_id) for number in range(_providers(options))]
    system: Mortal = visitors.mortal
    return Customers(
        *(visitors.http, system.api_url, system.api_key, service_id, providers),
        patience=options.patience,
        think=options.think,
        a_second=options.a_second,
    )


def _providers(options: Options) -> int:
    """Enough for twice the time that is planned: the release takes some, too."""
    return max(2, round(options.a_second * 2 * (options.before + options.after + 60) / SLOTS) + 1)


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(
        prog="python -m bench.deploy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rate", type=more_than_none, default=usual.a_second, metavar="N", help="bookings a second (%(default)s)"
    )
    parser.add_argument(
        "--before", type=more_than_none, default=usual.before, metavar="SECONDS", help="of bookings until it comes (%(default)s)"
    )
    parser.add_argument(
        "--after", type=more_than_none, default=usual.after, metavar="SECONDS", help="of bookings when it has come (%(default)s)"
    )
    parser.add_argument("--unpatched", action="store_true", help="leave the patch marker out; the run has to fail")
    parser.add_argument(
        "--time-limit", type=more_than_none, default=usual.time_limit, metavar="SECONDS", help="give up after (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there, too")
    return parser
