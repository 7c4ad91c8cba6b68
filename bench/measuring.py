"""The whole measurement on a running system: rounds of all sides in turn, then a look at what they left."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
from temporalio.client import Client

from bench import histories
from bench.bookings import Booked, tickets
from bench.completing import Completing
from bench.cpu import machine
from bench.dbos import counting
from bench.progress import Progress
from bench.report import Checks, Report
from bench.rounds import Round, run_round
from bench.shop import overlaps
from bench.sides import DBOS, DBOS_NOOP, NOOP, SAGA, Booth, Compared, compared
from bench.system import Measured
from temporal.client import connect

MOST_A_SECOND = 150  # how much to have in stock for a round that is limited by time
LOOKED_AT = 20  # histories of each side and round


@dataclass(frozen=True, slots=True)
class Options:
    """How much to measure. With `seconds`, a round ends by time instead of by bookings. What warms up is not counted.

    `dbos_programs` share the port of the saga on DBOS; with none that side is left out. `completes`: wait for one appointment to
    be over, too, and count what it cost from end to end.
    """

    bookings: int = 100
    seconds: float | None = None
    rounds: int = 5
    customers: int = 16
    time_limit: float = 1800.0
    warm_up: int = 20
    dbos_programs: int = 2
    completes: bool = True

    @property
    def stock(self) -> int:
        """The most bookings that a round can make."""
        return self.bookings if self.seconds is None else round(self.seconds * MOST_A_SECOND)


async def measure(measured: Measured, options: Options, progress: Progress) -> Report:
    """All rounds on a running system, then the histories of some of their bookings."""
    client = await connect(measured.settings)
    async with compared(measured, client, options.customers) as found:
        for name, booth in found.booths.items():
            progress.show(f"The business is opened: {name}")
            await booth.shop.open(options.warm_up + options.rounds * options.stock)
        completing = await _begin(found) if options.completes else None
        rounds = await _rounds(measured, found, options, progress)
        progress.show("Histories are read")
        but = completing.booking_id if completing is not None else ""
        checks = {
            name: await _check(booth, options, [each[name] for each in rounds], but) for name, booth in found.booths.items()
        }
        read = {name: await _histories(client, [each[name] for each in rounds]) for name in (SAGA, NOOP)}
        recorded = await _recorded(found, rounds)
        progress.show("An appointment is waited for")
        completed = await completing.wait(found.booths[SAGA].shop, client) if completing is not None else None
    differences = histories.differences(read[SAGA], read[NOOP])
    return Report(machine(), options.customers, rounds, read, recorded, checks, differences, completed)


async def _rounds(measured: Measured, found: Compared, options: Options, progress: Progress) -> list[dict[str, Round]]:
    """A short round of each side to warm everything up, which is not counted, then those that are, by side."""
    rounds: list[dict[str, Round]] = []
    for number in range(options.rounds + 1):
        done: dict[str, Round] = {}
        for side in found.sides:
            name = f"Round {number} of {options.rounds}, {side.name}" if number else f"Warming up, {side.name}"
            drawn = tickets(options.stock, options.seconds) if number else tickets(options.warm_up, None)

            def tell(booked: int, name: str = name) -> None:
                progress.show(f"{name}: {booked} bookings")

            done[side.name] = await run_round(measured, side, options.customers, drawn, tell)
        rounds.append(done)
    return rounds[1:]


async def _begin(found: Compared) -> Completing:
    """Returns when its customer is told, so that it is in no round."""
    completing = await Completing.begin(found.booths[SAGA].shop)
    while await found.sides[0].done() < 1:
        await asyncio.sleep(0.02)
    return completing


async def _check(booth: Booth, options: Options, rounds: Sequence[Round], but: str) -> Checks:
    """Of all bookings `but` one, which was made beside the rounds."""
    made = options.warm_up + sum(len(each.booked) for each in rounds)
    async with aiohttp.ClientSession() as session, session.get(f"{booth.sandbox_url}/state") as answer:
        payments = [payment for payment in (await answer.json())["payments"] if payment["booking_id"] != but]
    captured = sum(payment["captured"] == payment["amount"] and not payment["refunded"] for payment in payments)
    confirmed = [booking for booking in await booth.shop.confirmed() if booking["id"] != but]
    return Checks(made, len(confirmed), captured, overlaps(confirmed))


async def _histories(client: Client, rounds: Sequence[Round]) -> list[histories.Told]:
    some: list[Booked] = [booked for each in rounds for booked in each.booked[:LOOKED_AT]]
    return [await histories.read(client, booked.workflow_id) for booked in some]


async def _recorded(found: Compared, rounds: Sequence[dict[str, Round]]) -> dict[str, float]:
    """Steps that a booking has left with DBOS, by side."""
    if DBOS not in found.booths:
        return {}
    pool = found.booths[DBOS].pool
    return {
        name: await counting.recorded(pool, [booked for each in rounds for booked in each[name].booked])
        for name in (DBOS, DBOS_NOOP)
    }
