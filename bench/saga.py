"""How many bookings a second? `python -m bench.saga` measures the whole system beside no-op workflows of the same shape.

Everything runs as real processes on this machine, in a temporary folder: PostgreSQL, Temporal, the vendors' stand-ins, the
worker and the API. Customers hold and confirm over HTTP, as many at once as asked for, each as fast as it is answered; rounds of
the saga alternate with rounds of a workflow that has the same history but does nothing, on the same Temporal server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from temporalio.client import Client
from temporalio.service import RPCError

from bench import histories
from bench.bookings import Booked, tickets
from bench.cpu import machine
from bench.noop_customers import Nobody
from bench.progress import Progress
from bench.report import Checks, Report
from bench.rounds import Round, Side, run_round
from bench.shop import Refused, Shop, overlaps
from bench.system import Measured, running
from embedded.failures import PartFailed
from temporal.client import connect

MOST_A_SECOND = 150  # how much to have in stock for a round that is limited by time
LOOKED_AT = 20  # histories of each side and round
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked us to stop."""


class Failed(Exception):
    """The system did not do what it was asked for; the text says what, with the last words of its programs."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much to measure. With `seconds`, a round ends by time instead of by bookings. What warms up is not counted."""

    bookings: int = 100
    seconds: float | None = None
    rounds: int = 5
    customers: int = 16
    time_limit: float = 900.0
    warm_up: int = 20

    @property
    def stock(self) -> int:
        """The most bookings that a round can make."""
        return self.bookings if self.seconds is None else round(self.seconds * MOST_A_SECOND)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 measured, 1 failed or not what it should be, 2 wrongly called, 130 stopped."""
    chosen = _parser().parse_args(arguments)
    options = Options(chosen.bookings, chosen.seconds, chosen.rounds, chosen.customers, chosen.time_limit)
    try:
        report = asyncio.run(_until_asked(options))
    except Stopped:
        print("Stopped; nothing is left.", file=sys.stderr)
        return 130
    except (PartFailed, Failed) as fault:
        print(fault, file=sys.stderr)
        return 1
    except TimeoutError:
        print(f"It took longer than {options.time_limit:.0f} s: ask for less, or for more with --time-limit.", file=sys.stderr)
        return 1
    print(report.text())
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    return 1 if report.faults else 0


async def _until_asked(options: Options) -> Report:
    """Measures, or drops it and stops everything when somebody asks to. Asking twice does not disturb the stopping."""
    asked = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    progress = Progress()
    working, waiting = asyncio.create_task(_run(options, progress)), asyncio.create_task(asked.wait())
    await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not working.done():
        working.cancel()
        await asyncio.wait((working,))
    progress.clear()
    if working.cancelled():
        raise Stopped
    return working.result()


async def _run(options: Options, progress: Progress) -> Report:
    async with running(progress) as measured, asyncio.timeout(options.time_limit):
        try:
            return await measure(measured, options, progress)
        except (Refused, aiohttp.ClientError, RPCError) as fault:
            raise Failed(f"{type(fault).__name__}: {fault}\n{measured.last_words()}") from fault


async def measure(measured: Measured, options: Options, progress: Progress) -> Report:
    """All rounds on a running system, then the histories of some of their bookings."""
    client = await connect(measured.settings)
    async with aiohttp.ClientSession(measured.api_url, connector=_connections(options)) as session:
        shop = Shop(session, measured.api_key)
        progress.show("The business is opened")
        await shop.open(options.warm_up + options.rounds * options.stock)
        saga = Side("saga", shop.book, "AppointmentWorkflow")
        noop = Side("no-op", Nobody(client).book, "NoAppointmentWorkflow")
        pairs = await _rounds(measured, client, (saga, noop), options, progress)
        progress.show("Histories are read")
        made = options.warm_up + sum(len(done.booked) for done, _ in pairs)
        checks = await _check(session, measured, shop, made)
    ours = await _histories(client, [saga_round for saga_round, _ in pairs])
    theirs = await _histories(client, [noop_round for _, noop_round in pairs])
    return Report(machine(), options.customers, pairs, ours, theirs, checks, histories.differences(ours, theirs))


def _connections(options: Options) -> aiohttp.TCPConnector:
    """One a customer, none kept as long as the API keeps an idle one: a request on a closing connection would be lost."""
    return aiohttp.TCPConnector(limit=options.customers, keepalive_timeout=2)


async def _rounds(
    measured: Measured, client: Client, sides: tuple[Side, Side], options: Options, progress: Progress
) -> list[tuple[Round, Round]]:
    """A short pair to warm everything up, which is not counted, then the pairs."""
    pairs: list[tuple[Round, Round]] = []
    for number in range(options.rounds + 1):
        pair: list[Round] = []
        for side in sides:
            name = f"Round {number} of {options.rounds}, {side.name}" if number else f"Warming up, {side.name}"
            drawn = tickets(options.stock, options.seconds) if number else tickets(options.warm_up, None)

            def tell(done: int, name: str = name) -> None:
                progress.show(f"{name}: {done} bookings")

            pair.append(await run_round(measured, client, side, options.customers, drawn, tell))
        pairs.append((pair[0], pair[1]))
    return pairs[1:]


async def _check(session: aiohttp.ClientSession, measured: Measured, shop: Shop, made: int) -> Checks:
    async with session.get(f"{measured.sandbox_url}/state") as answer:
        payments = (await answer.json())["payments"]
    captured = sum(payment["captured"] == payment["amount"] and not payment["refunded"] for payment in payments)
    confirmed = await shop.confirmed()
    return Checks(made, len(confirmed), captured, overlaps(confirmed))


async def _histories(client: Client, rounds: Sequence[Round]) -> list[histories.Told]:
    some: list[Booked] = [booked for each in rounds for booked in each.booked[:LOOKED_AT]]
    return [await histories.read(client, booked.workflow_id) for booked in some]


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m bench.saga", description=__doc__)
    parser.add_argument("--bookings", type=_at_least_one, default=usual.bookings, help="in each round (%(default)s)")
    parser.add_argument("--seconds", type=_more_than_none, help="let a round end after so long instead")
    parser.add_argument("--rounds", type=_at_least_one, default=usual.rounds, help="of each side (%(default)s)")
    parser.add_argument("--customers", type=_at_least_one, default=usual.customers, help="at once (%(default)s)")
    parser.add_argument(
        "--time-limit", type=float, default=usual.time_limit, metavar="SECONDS", help="give up after (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there, too")
    return parser


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _more_than_none(text: str) -> float:
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
