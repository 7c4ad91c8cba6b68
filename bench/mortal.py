"""A system whose every part can be killed and started again: processes of its own, in a temporary folder, gone afterwards."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from bench.crash import program
from bench.progress import Progress
from bench.system import end_of_logs
from embedded.places import as_environment
from embedded.state import StateFolder
from embedded.system import Product, System
from settings import Settings
from store.api_keys import create_api_key
from store.businesses import create_business
from store.migrate import migrate
from store.pool import open_pool, rows_with
from store.sealing import deployments_vault
from temporal.setup import register

MORTALS = ("worker", "api", "temporal", "postgres")
PROGRAM = Path(program.__file__).resolve()


@dataclass(frozen=True, slots=True)
class Mortal:
    """A running system with one empty business; the settings are those of its programs."""

    system: System
    settings: Settings
    business_id: UUID
    api_key: str

    @property
    def api_url(self) -> str:
        return self.system.places.api_url

    @property
    def sandbox_url(self) -> str:
        return self.system.places.sandbox_url

    @property
    def rows(self) -> type[asyncpg.Record]:
        """Of a pool that reads what is sealed."""
        return rows_with(deployments_vault(self.settings))

    def last_words(self) -> str:
        return end_of_logs(self.system.state.logs)


@asynccontextmanager
async def mortal(progress: Progress, gate: int | None, settings: Mapping[str, str]) -> AsyncIterator[Mortal]:
    """Starts everything and, whatever happens, stops it and removes its data. `gate` is the port of whoever says where the
    worker stops. Raises PartFailed."""
    folder = Path(tempfile.mkdtemp(prefix="slotkeeper-bench-"))
    state = StateFolder(folder)
    state.create()
    data = state.postgres_data()
    told = json.dumps({"gate": gate, "settings": as_environment(settings)})
    system = System(Product((sys.executable, "-P", str(PROGRAM), told), migrate, register), state, aside=True)
    try:
        with redirect_stdout(progress):
            await system.start()
        known = {**system.places.settings(state.secrets(), system.database_url), **settings}
        business_id, api_key = await _open_business(system.database_url)
        yield Mortal(system, Settings.model_validate(known), business_id, api_key)
    finally:
        with redirect_stdout(progress):
            await system.stop()
        for leftover in (folder, data.parent):
            shutil.rmtree(leftover, ignore_errors=True)


async def _open_business(database_url: str) -> tuple[UUID, str]:
    pool = await open_pool(database_url, 1)
    try:
        business_id = await create_business(pool, "Bench", "Europe/Berlin")
        return business_id, await create_api_key(pool, business_id, "bench")
    finally:
        await pool.close()
