"""Kills and faults that rain on a running system, drawn from a seed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.crash.cells import VENDORS
from bench.mortal import MORTALS
from bench.visitors import Visitors
from embedded.failures import PartFailed
from sandbox.faults import Mode

DECLINES = (("stripe", "authorise"), ("stripe", "capture"), ("google", "write_event"))
"""Where a vendor's no is an answer to the customer. Elsewhere it is work for an operator, which nobody does here."""
ACCIDENTS = tuple(mode for mode in Mode if mode is not Mode.DECLINE)
BETWEEN_KILLS = (2.0, 7.0)
BETWEEN_FAULTS = (0.1, 0.8)
MOST_PLANNED = 3
"""Faults that wait for their call at once: a vendor has bad moments, not only bad ones."""
OF_DECLINES = 0.12
DEAD_FOR = (0.0, 1.5)
TENDED_EVERY = 1.0
LONGEST_SLOW = 2.0


@dataclass(slots=True)
class Rain:
    """Falls until it is stopped; every part lives again then, and every vendor works."""

    visitors: Visitors
    chance: random.Random
    tell: Callable[[str], None]
    fallen: Counter[str] = field(default_factory=Counter)
    dead: str | None = None

    async def fall(self) -> None:
        """Until it is cancelled. Raises PartFailed where a part does not come back."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._kill())
                group.create_task(self._tend())
                group.create_task(self._fail())
        except* PartFailed as failures:
            raise failures.exceptions[0] from None
        finally:
            await self.visitors.http.delete(f"{self.visitors.mortal.sandbox_url}/faults")

    async def _kill(self) -> None:
        system = self.visitors.mortal.system
        while True:
            await asyncio.sleep(self.chance.uniform(*BETWEEN_KILLS))
            part, seconds = self.chance.choice(MORTALS), self.chance.uniform(*DEAD_FOR)
            self.tell(f"{part} is killed")
            self.fallen[f"{part} killed"] += 1
            self.dead = part
            system.kill(part)
            reviving = asyncio.create_task(self._revive(part, seconds))
            try:
                await asyncio.shield(reviving)
            except asyncio.CancelledError:
                await reviving  # nobody is left dead
                raise

    async def _revive(self, part: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.visitors.mortal.system.revive(part)
        self.dead = None

    async def _tend(self) -> None:
        """As whoever runs the programs does: a worker that found Temporal dead when it started has ended, and is started anew."""
        system = self.visitors.mortal.system
        while True:
            await asyncio.sleep(TENDED_EVERY)
            if self.dead != "worker" and system.has_ended("worker"):
                self.fallen["worker started again"] += 1
                await system.revive("worker")

    async def _fail(self) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(*BETWEEN_FAULTS))
            if self.chance.random() < OF_DECLINES:
                (vendor, operation), mode = self.chance.choice(DECLINES), Mode.DECLINE
            else:
                vendor, operation, mode = self.chance.choice(VENDORS), "*", self.chance.choice(ACCIDENTS)
            seconds = self.chance.uniform(0, LONGEST_SLOW)
            fault = {"vendor": vendor, "operation": operation, "mode": mode.value, "seconds": seconds}
            switchboard = f"{self.visitors.mortal.sandbox_url}/faults"
            if len((await self.visitors.http.get(switchboard)).json()) >= MOST_PLANNED:
                continue
            (await self.visitors.http.post(switchboard, json=fault)).raise_for_status()
            self.fallen[f"{vendor} {mode.value}"] += 1
