"""One whole system: API, worker and vendors, on a task queue of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from api.app import create_app
from gateways.chosen import choose
from settings import Settings
from temporal.client import connect
from tests.databases import product_pools
from tests.journeys.servers import client_of, listening, serving, url_of
from tests.journeys.vendors import Vendors, standing_in
from tests.workflows.system import hasty_settings
from worker import build_worker


@dataclass(frozen=True, slots=True)
class Engines:
    """What all deployments of a session run on."""

    database_url: str
    temporal_address: str
    pool: asyncpg.Pool


@dataclass(frozen=True, slots=True)
class Deployment:
    """`http` speaks to the API, `pool` is the database's owner's and `pools` are what workers work with.

    `booked` names the workflows that were started here."""

    settings: Settings
    pool: asyncpg.Pool
    pools: tuple[asyncpg.Pool, asyncpg.Pool]
    temporal: Client
    http: httpx.AsyncClient
    vendors: Vendors
    booked: list[str] = field(default_factory=list)

    def worker(self) -> Worker:
        """One more worker of this deployment; an asynchronous context."""
        return build_worker(self.settings, self.temporal, *self.pools, choose(self.settings))

    @asynccontextmanager
    async def another_api(self, **changes: Any) -> AsyncIterator[Deployment]:
        """A second API of this deployment, with other settings where wanted."""
        settings = self.settings.model_copy(update=changes)
        async with _api(settings) as http:
            yield dataclasses.replace(self, settings=settings, http=http)

    async def tidy_up(self) -> None:
        """Heals the vendors and ends what still runs, so that no retry of one test meets the faults of the next."""
        await self.vendors.heal()
        while self.booked:
            with suppress(RPCError):  # it has ended by itself
                await self.temporal.get_workflow_handle(self.booked.pop()).terminate("the test is over")
        await self.vendors.forget()


@asynccontextmanager
async def _api(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(settings), listening()) as url, client_of(url) as http:
        yield http


@asynccontextmanager
async def deployed(
    engines: Engines,
    task_queue: str,
    *,
    has_worker: bool = True,
    has_webhooks: bool = True,
    has_status: bool = False,
    **changes: Any,
) -> AsyncIterator[Deployment]:
    """A deployment with vendors of its own; its Stripe, and with `has_status` its Twilio too, sends its news to its API."""
    bound = listening()
    async with standing_in(f"{url_of(bound)}/webhooks/stripe" if has_webhooks else None) as vendors:
        known = {"task_queue": task_queue, "database_pool_size": 4, "confirm_wait_seconds": 40, "worker_sandboxed": False}
        if has_status:
            changes |= {"public_url": url_of(bound), "twilio_status_callbacks": True}
        settings = hasty_settings(engines.database_url, engines.temporal_address, **(known | vendors.settings() | changes))
        temporal = await connect(settings)
        async with (
            product_pools(engines.database_url) as pools,
            serving(create_app(settings), bound) as url,
            client_of(url) as http,
        ):
            deployment = Deployment(settings, engines.pool, pools, temporal, http, vendors)
            if not has_worker:
                yield deployment
                return
            async with deployment.worker():
                yield deployment
