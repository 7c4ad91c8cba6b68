"""The system that is measured: every part a process of its own, in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import cli
from bench.cpu import cpu_seconds
from bench.dbos.system import DbosSystem
from bench.dbos.system import running as running_dbos
from bench.progress import Progress
from embedded.failures import end_of
from embedded.logins import logins
from embedded.places import as_environment
from embedded.processes import Process
from embedded.state import StateFolder
from embedded.system import Product, System
from settings import Settings
from store.api_keys import create_api_key
from store.businesses import create_business
from store.migrate import migrate
from store.pool import open_pool
from temporal.setup import register

NOOP_QUEUE = "noop"
PROGRAM = Path(cli.__file__).resolve()


@dataclass(frozen=True, slots=True)
class Beside:
    """The system on DBOS that runs beside ours, and the key of its empty business."""

    system: DbosSystem
    api_key: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A running system with one empty business; beside it a worker for the no-op bookings and, where wanted, one on DBOS."""

    system: System
    settings: Settings
    api_key: str
    dbos: Beside | None = None

    @property
    def api_url(self) -> str:
        return self.system.places.api_url

    @property
    def sandbox_url(self) -> str:
        return self.system.places.sandbox_url

    @property
    def temporal_metrics_url(self) -> str:
        return f"http://127.0.0.1:{self.system.places.temporal_metrics}/metrics"

    def last_words(self) -> str:
        """What the programs said last."""
        return end_of_logs(
            self.system.state.logs, tuple(program.name for program in self.dbos.system.programs) if self.dbos else ()
        )

    def cpu_seconds(self) -> dict[str, float]:
        """Used so far, by part; `customers` is the bench itself."""
        logs = self.system.state.logs
        parts = ("api", "worker", "temporal", "sandbox", "noop-worker")
        pids = {part: [logs / f"{part}.pid"] for part in parts}
        pids["postgres"] = [self.system.state.postgres_data() / "postmaster.pid"]
        if self.dbos is not None:
            pids["dbos"] = [logs / f"{program.name}.pid" for program in self.dbos.system.programs]
            pids["dbos-sandbox"] = [logs / f"{self.dbos.system.stand_in.name}.pid"]
        used = {part: sum(_used(file) for file in files) for part, files in pids.items()}
        # Ours minus our children's: those are the parts above.
        return {**used, "customers": sum(os.times()[:2])}


def _used(pid_file: Path) -> float:
    return cpu_seconds(int(pid_file.read_text().partition("\n")[0]))


def end_of_logs(folder: Path, more: tuple[str, ...] = ()) -> str:
    """What the product's programs said last, and `more` of them."""
    logs = [folder / f"{part}.log" for part in ("api", "worker", *more)]
    return "\n".join(f"The end of {log.name}:\n{end_of(log, 10)}" for log in logs)


@asynccontextmanager
async def running(
    progress: Progress, dbos_programs: int = 0, changed: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[Measured]:
    """Starts everything and, whatever happens, stops it and removes its data. Raises PartFailed.

    `dbos_programs` is how many processes serve the bookings on DBOS; with none that side is left out. `changed` are the
    programs' settings that are to be others than usual.
    """
    folder = Path(tempfile.mkdtemp(prefix="slotkeeper-bench-"))
    state = StateFolder(folder)
    state.create()
    data = state.postgres_data()
    system = System(Product((sys.executable, str(PROGRAM)), migrate, register), state, aside=True, changed=changed)
    settings = system.places.settings(state.secrets(), "")
    try:
        with redirect_stdout(progress):
            await system.start()
        settings |= logins(system.database_url)
        noop = _noop_worker(settings, state.logs)
        noop.start()
        try:
            async with AsyncExitStack() as stack:
                ours = Settings.model_validate(settings), await _open_business(system.database_url)
                beside = await _beside(stack, settings, system, dbos_programs) if dbos_programs else None
                yield Measured(system, *ours, beside)
        finally:
            noop.stop()
    finally:
        with redirect_stdout(progress):
            await system.stop()
        for leftover in (folder, data.parent):
            shutil.rmtree(leftover, ignore_errors=True)


async def _beside(stack: AsyncExitStack, settings: dict[str, str], system: System, programs: int) -> Beside:
    found = await stack.enter_async_context(running_dbos(system.database_url, settings, PROGRAM, system.state.logs, programs))
    return Beside(found, await _open_business(found.database_url))


def _noop_worker(settings: dict[str, str], logs: Path) -> Process:
    environment = {**os.environ, **as_environment(settings | {"task_queue": NOOP_QUEUE})}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(PROGRAM.parent), environment.get("PYTHONPATH"))))
    return Process("noop-worker", [sys.executable, "-P", "-m", "bench.noop_worker"], logs, environment=environment)


async def _open_business(database_url: str) -> str:
    pool = await open_pool(database_url, 1)
    try:
        business_id = await create_business(pool, "Bench", "Europe/Berlin")
        return await create_api_key(pool, business_id, "bench")
    finally:
        await pool.close()
