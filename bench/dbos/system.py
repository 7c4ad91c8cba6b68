"""The system on DBOS: its programs and its own stand-in for the vendors, beside ours on the same PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import asyncpg

from embedded.failures import with_log
from embedded.logins import logins
from embedded.places import USUAL, as_environment, vendors, without_proxies
from embedded.ports import HOST, free_port
from embedded.processes import Process
from store.migrate import migrate

DATABASE = "slotkeeper_dbos"
PATIENCE = 180.0  # a busy machine starts several programs at once
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class DbosSystem:
    """Where the running system is. `programs` share the port; `stand_in` is the vendors'."""

    api_url: str
    sandbox_url: str
    database_url: str
    programs: tuple[Process, ...]
    stand_in: Process


@asynccontextmanager
async def running(
    database_url: str, settings: Mapping[str, str], program: Path, logs: Path, programs: int
) -> AsyncIterator[DbosSystem]:
    """So many programs on a database of their own beside `database_url`, with settings like these. Raises PartFailed.

    The stand-in is another process of the same program, since one tells news of payments to one address only.
    """
    own_url = await create_database(database_url)
    port, http, smtp = _ports(3)
    own = own_settings(settings, own_url, port, http, smtp)
    environment = {**without_proxies(os.environ), **as_environment(USUAL | own), "PYTHONUNBUFFERED": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), environment.get("PYTHONPATH"))))
    api_url = f"http://{HOST}:{port}"
    arguments = [
        "--host",
        HOST,
        "--http-port",
        str(http),
        "--smtp-port",
        str(smtp),
        "--webhook-url",
        f"{api_url}/webhooks/stripe",
    ]
    stand_in = Process("dbos-sandbox", [sys.executable, str(program), "sandbox", *arguments], logs, environment=environment)
    names = [f"dbos-{number}" for number in range(1, programs + 1)]
    command = [sys.executable, "-P", "-m", "bench.dbos.program"]
    started = [Process(name, [*command, name], logs, environment=environment) for name in names]
    try:
        for process in (stand_in, *started):
            process.start()
        await until_all_answer(api_url, started, (stand_in,))
        yield DbosSystem(api_url, f"http://{HOST}:{http}", own_url, tuple(started), stand_in)
    finally:
        for process in (*reversed(started), stand_in):
            await asyncio.to_thread(process.stop)


def own_settings(settings: Mapping[str, str], own_url: str, port: int, http: int, smtp: int) -> dict[str, str]:
    """Those of a program on DBOS: the same but for its addresses."""
    secret = settings["stripe_webhook_secret"]
    places = {**logins(own_url), "api_port": str(port), "public_url": f"http://{HOST}:{port}"}
    return {**settings, **places, **vendors(f"http://{HOST}:{http}", secret, smtp)}


async def create_database(database_url: str, name: str = DATABASE) -> str:
    """A database with the product's tables and DBOS's beside them; its address."""
    from dbos import DBOS  # here, since benches that leave it out need not load it

    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    own_url = urlsplit(database_url)._replace(path=f"/{name}").geturl()
    known = logins(own_url)
    await migrate(own_url, known["database_url"], known["database_steward_url"], known["database_door_url"])
    await asyncio.to_thread(DBOS.migrate, own_url)  # once: the programs may start at the same time
    return own_url


async def until_all_answer(api_url: str, programs: list[Process], others: tuple[Process, ...] = ()) -> None:
    """Who is asked is up to the kernel, with each new connection. Raises PartFailed."""
    missing, ends = {process.name for process in programs}, time.monotonic() + PATIENCE
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        while missing:
            for process in (*programs, *others):
                process.check()
            if time.monotonic() > ends:
                raise with_log(f"{', '.join(missing)} did not become ready within {PATIENCE:.0f} s.", programs[0].log_file)
            try:
                async with session.get(f"{api_url}/name") as answer:
                    missing.discard(await answer.json())
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


def _ports(number: int) -> list[int]:
    ports: set[int] = set()
    while len(ports) < number:
        ports.add(free_port())
    return list(ports)
