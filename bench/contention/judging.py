"""What database, checker and Temporal say when a wave is over: the winners have their time, and nobody else left anything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client

from bench.rest import Resting
from checker.checking import Ground, check
from checker.workflows import OWN

WITHIN = 60.0
"""Seconds in which whatever is under way must have ended."""
LOOK_EVERY = 0.2

HELD = """
SELECT c.id, c.provider_id, c.starts_at, c.capacity, c.seats_taken, array_agg(s.booking_id) AS bookings
FROM claims c JOIN claim_seats s ON s.business_id = c.business_id AND s.claim_id = c.id
GROUP BY c.business_id, c.id
"""

OVERLAPS = """
SELECT count(*) FROM claims a JOIN claims b
ON b.business_id = a.business_id AND b.provider_id = a.provider_id AND b.during && a.during AND b.id > a.id
"""

# A statement or transaction of the product's that does not end, also one that waits for another's lock.
HANGING = """
SELECT coalesce(left(query, 80), '') AS query, state FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'
"""


@dataclass(frozen=True, slots=True)
class Judge:
    """Reads only."""

    ground: Ground
    temporal: Client

    async def look(self, held: Collection[str]) -> list[str]:
        """What is wrong while exactly these bookings hold their time and nothing else does."""
        wrong = [*await self._rows(held), *await self._workflows(held), *await self._statements()]
        report = await check(self.ground)
        return [*wrong, *(f"{one.rule}: {one.booking}: {one.detail}" for one in report.faults)]

    async def _rows(self, held: Collection[str]) -> list[str]:
        overlaps = await self.ground.pool.fetchval(OVERLAPS)
        claims = await self.ground.pool.fetch(HELD)
        live = "SELECT id FROM bookings WHERE status IN ('pending', 'confirming', 'confirmed')"
        open_bookings = {str(row["id"]) for row in await self.ground.pool.fetch(live)}
        return list(differences(claims, open_bookings, set(held), overlaps))

    async def _workflows(self, held: Collection[str]) -> list[str]:
        """Of those who lost a race, none stays; Temporal's list lags, so it is asked until it is right."""
        until, wanted = time.monotonic() + WITHIN, {f"booking-{one}" for one in held}
        while (left := await self._open() - wanted) and time.monotonic() < until:
            await asyncio.sleep(LOOK_EVERY)
        restless = await Resting(self.temporal).wait(wanted, until)
        return [f"{one} is still open and nobody's booking" for one in sorted(left)] + [
            f"does not rest: {one}" for one in restless
        ]

    async def _open(self) -> set[str]:
        types = ", ".join(f"'{name}'" for name in OWN)
        query = f"ExecutionStatus = 'Running' AND WorkflowType IN ({types})"
        return {one.id async for one in self.temporal.list_workflows(query)}

    async def _statements(self) -> list[str]:
        until = time.monotonic() + WITHIN
        while (hanging := await self.ground.pool.fetch(HANGING)) and time.monotonic() < until:
            await asyncio.sleep(LOOK_EVERY)
        return [f"PostgreSQL is still at ({row['state']}): {row['query']}" for row in hanging]


def differences(claims: Collection[Any], bookings: set[str], held: set[str], overlaps: int) -> Iterator[str]:
    """Between what the winners were told and what the rows say."""
    if overlaps:
        yield f"{overlaps} claims overlap"
    sitting = [str(booking) for claim in claims for booking in claim["bookings"]]
    if len(sitting) != len(set(sitting)):
        yield "a booking sits in two claims"
    for what, found in (("claims", set(sitting)), ("open bookings", bookings)):
        if found != held:
            yield f"{len(found - held)} {what} are nobody's who won, and {len(held - found)} winners have none"
    for claim in claims:
        taken, capacity, sit = claim["seats_taken"], claim["capacity"], len(claim["bookings"])
        if taken > capacity or taken != sit:
            yield f"claim {claim['id']} counts {taken} of {capacity} seats for {sit} bookings"
