"""The whole measurement on a running system: rounds of both sides in turn, then a look at what they left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
from temporalio.client import Client

from bench import histories
from bench.bookings import Booked, tickets
from bench.cpu import machine
from bench.noop_customers import Nobody
from bench.progress import Progress
from bench.report import Checks, Report
from bench.rounds import Round, Side, run_round
from bench.shop import Shop, overlaps
from bench.system import Measured
from temporal.client import connect

MOST_A_SECOND = 150  # how much to have in stock for a round that is limited by time
LOOKED_AT = 20  # histories of each side and round


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
