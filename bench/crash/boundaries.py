"""The bench's side of the gate: which boundaries a case has passed, and at which one it is to stop."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from bench.crash.gate import HOST


@dataclass(slots=True)
class Watch:
    """One case between its first step and its rest. `at` is where it stops, once; `passed` where it came along."""

    roots: tuple[str, ...]
    at: str | None = None
    passed: list[str] = field(default_factory=list)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    workflow_ids: set[str] = field(default_factory=set)
    _times: Counter[str] = field(default_factory=Counter)

    def pass_by(self, boundaries: list[str]) -> bool:
        """Notes them; true where the worker is to stop."""
        is_here = False
        for name in boundaries:
            self._times[name] += 1
            nth = self._times[name]
            numbered = name if nth == 1 else f"{name} #{nth}"
            self.passed.append(numbered)
            is_here = is_here or (numbered == self.at and not self.stopped.is_set())
        return is_here


class Boundaries:
    """Lets the workers pass, or keeps them waiting until they are killed or `open` is called."""

    def __init__(self) -> None:
        self.port = 0
        self._parents: dict[str, str] = {}
        self._watches: dict[str, Watch] = {}
        self._kept: list[tuple[asyncio.StreamWriter, int]] = []
        self._writers: set[asyncio.StreamWriter] = set()

    def watch(self, roots: tuple[str, ...], at: str | None = None) -> Watch:
        """From now on, of these workflows and whatever they have started."""
        watch = Watch(roots, at)
        for root in roots:
            self._watches[root] = watch
        return watch

    def unwatch(self, watch: Watch) -> None:
        for root in watch.roots:
            self._watches.pop(root, None)

    def open(self) -> None:
        """Whoever waits goes on."""
        for writer, number in self._kept:
            _answer(writer, number)
        self._kept.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(ConnectionError):
            while line := await reader.readline():
                self._hear(json.loads(line), writer)
        self._writers.discard(writer)
        self._kept = [kept for kept in self._kept if kept[0] is not writer]
        writer.close()

    def _hear(self, told: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if "parent" in told:
            self._parents[told["child"]] = told["parent"]
            return
        watch = self._watch_of(told["workflow"])
        if watch is not None and watch.pass_by(told["at"]):
            self._kept.append((writer, told["number"]))
            watch.stopped.set()
            return
        _answer(writer, told["number"])

    def _watch_of(self, workflow_id: str) -> Watch | None:
        """Whose step it is: its own, or that of whoever started it."""
        seeking: str | None = workflow_id
        while seeking is not None:
            if (watch := self._watches.get(seeking)) is not None:
                watch.workflow_ids.add(workflow_id)
                return watch
            seeking = self._parents.get(seeking)
        return None

    def close(self) -> None:
        for writer in self._writers:
            writer.close()


def _answer(writer: asyncio.StreamWriter, number: int) -> None:
    if not writer.is_closing():
        writer.write(f"{number}\n".encode())


@asynccontextmanager
async def guarding() -> AsyncIterator[Boundaries]:
    """A gate for the workers of one system, on a port of its own."""
    boundaries = Boundaries()
    server = await asyncio.start_server(boundaries.serve, HOST, 0)
    boundaries.port = server.sockets[0].getsockname()[1]
    try:
        yield boundaries
    finally:
        server.close()
        boundaries.close()
