"""The worker has everything on board, and leaves without dropping what it holds."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import pkgutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints
from urllib.parse import urlsplit

import asyncpg
import pytest

import activities
import worker
import workflows
from api.commands.outcomes import Progress
from api.commands.through_temporal import TemporalCommands
from domain.bookings import BookingRef
from domain.gateways import Gateways
from embedded.places import as_environment
from embedded.postgres import EmbeddedPostgres
from settings import Settings
from temporal.client import connect
from temporal.setup import register_attributes
from tests.activities.vendors import Left, Vendors, served
from tests.fakes import FakeCalendar, FakePayments, FakePost
from tests.orders import open_shop, ref, status_of, timeline_of
from tests.waiting import PATIENCE, until
from tests.workflows.system import hasty_settings

CLI = Path(worker.__file__).with_name("cli.py")
WORKFLOW, ACTIVITY = "__temporal_workflow_definition", "__temporal_activity_definition"
HANDLERS = (
    "__temporal_workflow_run",
    "__temporal_update_definition",
    "__temporal_signal_definition",
    "__temporal_query_definition",
)


def classes(package: ModuleType) -> Iterator[type]:
    """All that the package's own modules define."""
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        yield from (owner for _, owner in inspect.getmembers(module, inspect.isclass) if owner.__module__ == module.__name__)


def aboard(pool: asyncpg.Pool) -> list[Callable[..., Any]]:
    settings = Settings(database_url="postgresql://unused", token_secret="t" * 32)
    return worker.activities(settings, pool, pool, Gateways(FakePayments(), FakeCalendar(), FakePost(), FakePost()))


def test_every_activity_that_there_is_is_aboard(pool: asyncpg.Pool) -> None:
    defined = {name for owner in classes(activities) for name, member in vars(owner).items() if hasattr(member, ACTIVITY)}
    assert defined == {activity.__name__ for activity in aboard(pool)}


def test_every_workflow_that_there_is_is_aboard() -> None:
    assert {owner for owner in classes(workflows) if hasattr(owner, WORKFLOW)} == set(worker.WORKFLOWS)


async def test_as_many_workflows_stay_in_memory_as_the_settings_say(
    database_url: str, temporal_server: str, pool: asyncpg.Pool
) -> None:
    settings = hasty_settings(database_url, temporal_server, worker_cached_workflows=7)
    built = worker.tuned_worker(settings, await connect(settings), worker.WORKFLOWS, aboard(pool))
    assert 7 == built.config()["max_cached_workflows"]


def test_businesses_may_bring_vendors_where_the_deployment_has_none(pool: asyncpg.Pool) -> None:
    """What nobody has an account for is refused by each activity (tests/activities/test_own_accounts.py)."""
    settings = Settings(database_url="postgresql://unused", token_secret="t" * 32)
    bare = worker.activities(settings, pool, pool, Gateways(None, None, None, None))
    assert {activity.__name__ for activity in aboard(pool)} == {activity.__name__ for activity in bare}


def messages(pool: asyncpg.Pool) -> Iterator[tuple[str, Any]]:
    """Everything that is handed to workflows and activities, and what they answer."""
    handlers = [
        handler
        for workflow in worker.WORKFLOWS
        for handler in vars(workflow).values()
        if any(hasattr(handler, mark) for mark in HANDLERS)
    ]
    for handler in [*handlers, *aboard(pool)]:
        for name, kind in get_type_hints(handler).items():
            yield f"{handler.__qualname__}: {name}", kind


def test_no_message_is_a_bare_string(pool: asyncpg.Pool) -> None:
    """The codec leaves these readable, for operators."""
    kinds = dict(messages(pool))
    assert 30 < len(kinds)
    assert [] == [name for name, kind in kinds.items() if kind is str or str in getattr(kind, "__args__", ())]


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    async with served() as vendors:
        yield vendors


def configured(database_url: str, temporal_address: str, vendors: Vendors) -> Settings:
    """As in production, with the vendors' stand-ins; patient, so that a busy machine changes nothing."""
    stripe = vendors.settings.model_dump(include={"payments", "stripe_api_key", "stripe_webhook_secret", "stripe_api_base"})
    patient: dict[str, object] = {"payment_seconds": 60, "capture_seconds": 60, "confirm_wait_seconds": 60, "hold_seconds": 300}
    return hasty_settings(database_url, temporal_address, **patient, **stripe)


OF_THE_API = ("limit_", "trusted_proxies", "unlimited_networks")
"""How settings begin that no worker reads, and that are not written as they are shown."""


@asynccontextmanager
async def program(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """`slotkeeper worker`, killed at the end where it still runs."""
    shown = {
        name: value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        for name, value in settings
        if value is not None and not name.startswith(OF_THE_API)
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("SLOTKEEPER_")}
    started = await asyncio.create_subprocess_exec(
        sys.executable, str(CLI), "worker", env=own | as_environment(shown), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def test_a_worker_that_is_told_to_stop_finishes_its_step_and_another_goes_on(
    database_url: str, temporal_server: str, pool: asyncpg.Pool, vendors: Vendors
) -> None:
    """As at every release: the step that takes the money is under way when the old worker is told to go."""
    settings = configured(database_url, temporal_server, vendors)
    client = await connect(settings)
    await register_attributes(client)
    commands = TemporalCommands(client, settings)
    order = (await open_shop(pool)).order()
    await vendors.fail("stripe", "capture", "slow")

    async def is_capturing() -> bool:
        return not (await vendors.switchboard.get("/faults")).json()

    async with program(settings) as old:
        await until(commands.worker_is_polling)
        await commands.hold(order)
        confirming = asyncio.create_task(commands.confirm(ref(order), "pm_card_visa", None))
        await until(is_capturing)
        old.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            said, _ = await old.communicate()
        assert 0 == old.returncode, said.decode()
        assert "payment_captured" == (await timeline_of(pool, ref(order)))[-1]
    async with program(settings):
        assert Progress.CONFIRMED is (await confirming).progress
    assert "confirmed" == await status_of(pool, ref(order))
    assert Left((("succeeded", 2500, 0),)) == await vendors.left()
    assert 1 == (await timeline_of(pool, ref(order))).count("payment_captured")


async def test_a_worker_whose_database_is_gone_ends_when_it_is_told_to(
    postgres_server: EmbeddedPostgres, database_url: str, temporal_server: str, pool: asyncpg.Pool, vendors: Vendors
) -> None:
    """Its steps could be tried for ever; what they would have done, the next worker does."""
    settings = configured(database_url, temporal_server, vendors).model_copy(update={"hold_seconds": 2, "worker_stop_seconds": 1})
    client = await connect(settings)
    await register_attributes(client)
    commands = TemporalCommands(client, settings)
    order = (await open_shop(pool)).order()
    async with program(settings) as old:
        await until(commands.worker_is_polling)
        await commands.hold(order)
        async with nobody_connects(postgres_server, database_url):
            await asyncio.sleep(4)  # the hold is over, and is tried to be released
            old.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE):
                said, _ = await old.communicate()
    assert 0 == old.returncode, said.decode()
    async with program(settings):
        await until(partial(has_status, pool, ref(order), "expired"))


@asynccontextmanager
async def nobody_connects(server: EmbeddedPostgres, database_url: str) -> AsyncIterator[None]:
    """To this database, whose connections are cut, until the end."""
    name = urlsplit(database_url).path[1:]
    master = await asyncpg.connect(server.url("postgres"))
    try:
        await master.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await master.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        yield
        await master.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    finally:
        await master.close()


async def has_status(pool: asyncpg.Pool, booking: BookingRef, status: str) -> bool:
    return await status_of(pool, booking) == status
