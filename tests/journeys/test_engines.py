"""PostgreSQL or Temporal dies in the middle of a booking and comes back (promise 5)."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from embedded.logins import logins
from embedded.postgres import EmbeddedPostgres
from embedded.temporal import TemporalServer
from sandbox.faults import Mode
from store.migrate import migrate
from store.pool import open_pool
from temporal.setup import register
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.salon import Visit, open_salon
from tests.journeys.vendors import paid
from tests.waiting import until
from tests.workflows.system import hasty_settings

DATABASE = "mortal"
PATIENT: Mapping[str, Any] = dict.fromkeys(("payment_seconds", "calendar_seconds", "capture_seconds"), 60)


@dataclass(frozen=True, slots=True)
class Mortal:
    """A deployment on engines of its own, which keep what they have written."""

    postgres: EmbeddedPostgres
    temporal: TemporalServer
    deployment: Deployment

    async def lose_postgres(self) -> None:
        """The whole server is gone at once, and started again."""
        _kill(self.postgres.data_dir / "postmaster.pid")
        await asyncio.to_thread(self.postgres.start)

    async def lose_temporal(self) -> None:
        _kill(self.temporal.process.log_file.with_suffix(".pid"))
        self.temporal.launch()
        await asyncio.to_thread(self.temporal.wait_until_healthy)


def _kill(pid_file: Path) -> None:
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)


@pytest.fixture(scope="module")
def started() -> Iterator[tuple[EmbeddedPostgres, TemporalServer]]:
    """Engines that write to the disk before they say so."""
    with tempfile.TemporaryDirectory(prefix="slotkeeper-tests-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # as root PostgreSQL runs as `nobody`
        postgres = EmbeddedPostgres(folder / "postgres")
        temporal = TemporalServer(folder / "temporal.db", log_folder=folder)
        try:
            temporal.launch()
            postgres.start()
            postgres.create_database_if_missing(DATABASE)
            temporal.wait_until_healthy()
            yield postgres, temporal
        finally:
            postgres.stop()
            temporal.stop()


@pytest.fixture(scope="module")
async def mortal(started: tuple[EmbeddedPostgres, TemporalServer]) -> AsyncIterator[Mortal]:
    postgres, temporal = started
    url = postgres.url(DATABASE)
    known = logins(url)
    await migrate(url, known["database_url"], known["database_steward_url"], known["database_door_url"])
    await register(hasty_settings(url, temporal.address))
    pool = await open_pool(url)
    async with deployed(Engines(url, temporal.address, pool), "mortal", **PATIENT) as deployment:
        yield Mortal(postgres, temporal, deployment)
    await pool.close()


async def asks_until_it_is_confirmed(visit: Visit) -> None:
    """As a caller does who is told 503, or to ask again."""

    async def is_confirmed() -> bool:
        try:
            answer = await visit.confirm()
        except httpx.TransportError:
            return False
        assert answer.status_code in (200, 202, 503), answer.text
        return httpx.codes.OK == answer.status_code

    await until(is_confirmed)


@pytest.mark.parametrize("engine", ["postgres", "temporal"])
@pytest.mark.parametrize(("vendor", "operation"), [("stripe", "authorise"), ("stripe", "capture")])
async def test_an_engine_that_dies_in_the_middle_leaves_one_charge(
    mortal: Mortal, engine: str, vendor: str, operation: str
) -> None:
    vendors = mortal.deployment.vendors
    await vendors.fail(vendor, operation, Mode.SLOW, seconds=1.0)
    visit = await (await open_salon(mortal.deployment)).hold()
    confirming = asyncio.create_task(visit.confirm())
    await until(vendors.used_up)
    await (mortal.lose_postgres() if engine == "postgres" else mortal.lose_temporal())
    await asks_until_it_is_confirmed(visit)
    await asyncio.gather(confirming, return_exceptions=True)
    await visit.comes_to(paid())
    await visit.is_told("notification_sent", times=2)
    told = [kind for kind in await visit.timeline() if kind != "notification_sent"]
    assert len(set(told)) == len(told), told
    assert [visit.ref.booking_id] == await visit.salon.claims()
    await mortal.deployment.tidy_up()
