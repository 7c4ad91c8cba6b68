"""What the slots are measured on: one PostgreSQL with a database for each size, and a real API in front of each."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aiohttp
import asyncpg

from bench.cpu import cpu_seconds
from bench.fill import Filled, fill
from bench.progress import Progress
from bench.town import Size, Town
from embedded.logins import logins
from embedded.places import USUAL, as_environment, without_proxies
from embedded.ports import HOST, free_port
from embedded.postgres import EmbeddedPostgres
from embedded.processes import Process
from embedded.temporal import TemporalServer
from store.migrate import migrate

ROOT = Path(__file__).resolve().parents[1]
# These only make filling fast: reading is as it is everywhere. What a crash destroys can be filled again.
FILLING = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "8GB"}
SEED = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """One town, the API that serves it, and what filling it took; None where it was already there."""

    town: Town
    api_url: str
    api_pid: int
    postgres_pid: int
    filled: Filled | None

    def cpu_seconds(self) -> dict[str, float]:
        """Used so far. PostgreSQL is shared by all towns, of which one at a time is asked."""
        children = os.times()
        load = children.children_user + children.children_system
        return {"api": cpu_seconds(self.api_pid), "postgres": cpu_seconds(self.postgres_pid), "load": load}


@asynccontextmanager
async def running(
    sizes: Sequence[Size], day: date, data: Path | None, progress: Progress, processes: int = 1
) -> AsyncIterator[list[Measured]]:
    """Fills what is not there and starts everything; afterwards nothing is left but the databases in `data`, if given.

    Raises PartFailed.
    """
    folder = _folder(None)
    postgres = EmbeddedPostgres((folder if data is None else _folder(data)) / "postgres", settings=FILLING)
    temporal = TemporalServer(None, log_folder=folder)
    apis: list[Process] = []
    try:
        postgres.start()
        temporal.start()
        found = []
        for number, size in enumerate(sizes):
            url, filled = await _town_in(postgres, Town(SEED, size, day), progress)
            port = free_port()
            api = _api(f"api-{number}", _settings(url, temporal.address, port, processes), folder)
            apis.append(api)
            api.start()
            await _until_alive(api, f"http://{HOST}:{port}", progress)
            pids = (_pid(folder / f"{api.name}.pid"), _pid(postgres.data_dir / "postmaster.pid"))
            found.append(Measured(Town(SEED, size, day), f"http://{HOST}:{port}", *pids, filled=filled))
        yield found
    finally:
        progress.show("Everything is stopped")
        for api in apis:
            api.stop()
        temporal.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _folder(where: Path | None) -> Path:
    """A temporary one for None. PostgreSQL's own user has to get through it."""
    if where is None:
        where = Path(tempfile.mkdtemp(prefix="slotkeeper-bench-"))
        where.chmod(0o711)
    else:
        where.mkdir(mode=0o711, parents=True, exist_ok=True)
    return where


async def _town_in(postgres: EmbeddedPostgres, town: Town, progress: Progress) -> tuple[str, Filled | None]:
    """The address of the town's own database, whose name says what is in it."""
    size = town.size
    name = f"town_{size.businesses}_{size.past}_{size.future}_{town.day:%Y%m%d}_{town.seed}"
    postgres.create_database_if_missing(name)
    url = postgres.url(name)
    known = logins(url)
    await migrate(url, known["database_url"], known["database_steward_url"], known["database_door_url"])
    connection = await asyncpg.connect(url)
    try:
        is_there = await connection.fetchval("SELECT EXISTS (SELECT FROM businesses)")  # all of it, or nothing
    finally:
        await connection.close()
    return url, None if is_there else await fill(url, town, progress)


def _settings(database_url: str, temporal_address: str, port: int, processes: int) -> dict[str, str]:
    secret = secrets.token_urlsafe(32)
    listening = {"api_host": HOST, "api_port": str(port), "api_processes": str(processes), "log_level": "WARNING"}
    return {
        **{name: logins(database_url)[name] for name in ("database_url", "database_door_url")},
        **USUAL,
        "temporal_address": temporal_address,
        "token_secret": secret,
    } | listening


def _api(name: str, settings: Mapping[str, str], logs: Path) -> Process:
    environment = {**without_proxies(os.environ), **as_environment(settings)}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), environment.get("PYTHONPATH"))))
    return Process(name, [sys.executable, "-P", "-m", "bench.slots_api"], logs, environment=environment)


async def _until_alive(api: Process, api_url: str, progress: Progress) -> None:
    progress.show("The API is started")
    async with aiohttp.ClientSession() as session:
        while True:
            api.check()
            try:
                async with session.get(f"{api_url}/health/live") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)


def _pid(file: Path) -> int:
    return int(file.read_text().partition("\n")[0])
