"""The rolling restart, as docs/deploying.md tells it: the new worker beside the old one, then the old one goes; then the API."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.mortal import Mortal
from embedded.failures import with_log
from embedded.processes import Process

STARTS_WITHIN = 60.0
ENDS_WITHIN = 60.0
"""Seconds that a program has for what is under way, before it is killed: that would be a fault."""
SAYS_READY = {"worker": "worker polls", "api": "Application startup complete"}
"""What each says in its log when it takes work: on a shared port an answer may be the other one's."""


@dataclass(slots=True)
class Rollout:
    """Replaces the programs of a running system, one kind after the other. `seconds` by step, `faults` in words."""

    mortal: Mortal
    settings: Mapping[str, str]
    tell: Callable[[str], None]
    pids: dict[str, int] = field(default_factory=dict)
    """Of the new programs."""
    seconds: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    _started: list[Process] = field(default_factory=list)

    async def replace_all(self, release: Path) -> None:
        """Raises PartFailed where the new release does not start."""
        for part in ("worker", "api"):
            await self._start(part, release)
            await self._retire(part)

    async def _start(self, part: str, release: Path) -> None:
        with self._timed(f"the new {part} starts"):
            command = [sys.executable, str(release / "cli.py"), part]
            environment = {**self.mortal.system.environment(), **self.settings}
            process = Process(f"new-{part}", command, self.mortal.system.state.logs, environment=environment)
            self._started.append(process)
            process.start()
            self.pids[part] = process.pid
            until = time.monotonic() + STARTS_WITHIN
            while SAYS_READY[part] not in process.log_file.read_text(errors="replace"):
                process.check()
                if time.monotonic() > until:
                    raise with_log(f"the new {part} did not become ready within {STARTS_WITHIN:.0f} s.", process.log_file)
                await asyncio.sleep(0.1)

    async def _retire(self, part: str) -> None:
        with self._timed(f"the old {part} ends"):
            code = await self.mortal.system.retire(part, ENDS_WITHIN)
        if code == -9:
            self.faults.append(f"the old {part} had to be killed after {ENDS_WITHIN:.0f} s")

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        self.tell(what)
        began = time.monotonic()
        yield
        self.seconds[what] = time.monotonic() - began

    async def stop(self) -> None:
        """The new programs, the last started first."""
        for process in reversed(self._started):
            await asyncio.to_thread(process.stop)
