"""A running worker with in-memory vendors, on real PostgreSQL and a real Temporal server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

import asyncpg
from temporalio.client import Client, Interceptor, WorkflowExecutionStatus, WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from api.commands.through_temporal import TemporalCommands
from domain.bookings import BookingRef, HoldSlot
from domain.gateways import Gateways
from embedded.logins import logins
from settings import PaymentsVendor, Settings
from temporal.client import connect
from temporal.setup import register_attributes
from tests.databases import product_pools
from tests.fakes import FakeCalendar, FakePayments, FakePost
from tests.orders import Shop, open_shop, ref, status_of
from tests.unlimited import UNLIMITED
from tests.waiting import PATIENCE, until
from worker import WORKFLOWS, build_worker, sandboxed


def hasty_settings(database_url: str, temporal_address: str, **changes: object) -> Settings:
    """Short holds and short patience; everything else as in production."""
    known: dict[str, object] = {
        **logins(database_url),
        **UNLIMITED,
        "temporal_address": temporal_address,
        "token_secret": "t" * 32,
        "task_queue": f"test-{database_url.rsplit('/', 1)[-1]}",
        "worker_sandboxed": True,
        "payload_key": "c2xvdGtlZXBlci10ZXN0cy1vbmx5LTMyLWJ5dGVzISE=",
        "hold_seconds": 30,
        "payment_seconds": 4,
        "calendar_seconds": 3,
        "capture_seconds": 5,
        "notify_seconds": 3,
        "confirm_wait_seconds": 20,
        "api_hold_target_seconds": 15,  # a busy machine turns nobody away here
        "api_backlog_seconds": 3600,
    }
    return Settings.model_validate(known | changes)


@dataclass(slots=True)
class System:
    """Everything of one test: the shop, the vendors, and the commands the API would send.

    `pool` is the database's owner's, `pools` are what the worker works with.
    """

    settings: Settings
    client: Client
    pool: asyncpg.Pool
    pools: tuple[asyncpg.Pool, asyncpg.Pool]
    commands: TemporalCommands
    shop: Shop
    payments: FakePayments = field(default_factory=FakePayments)
    calendar: FakeCalendar = field(default_factory=FakeCalendar)
    email: FakePost = field(default_factory=FakePost)
    sms: FakePost = field(default_factory=FakePost)
    workflow_ids: list[str] = field(default_factory=list)

    def worker(self) -> Worker:
        gateways = Gateways(self.payments, self.calendar, self.email, self.sms)
        return build_worker(self.settings, self.client, *self.pools, gateways)

    async def hold(self, order: HoldSlot) -> BookingRef:
        self.workflow_ids.append(ref(order).workflow_id)
        await self.commands.hold(order)
        return ref(order)

    async def becomes(self, booking: BookingRef, status: str, seconds: float = PATIENCE) -> None:
        """Waits until the booking has this status; fails when it takes longer."""

        async def has_become() -> bool:
            return await status_of(self.pool, booking) == status

        await until(has_become, seconds)

    async def histories(self) -> list[WorkflowHistory]:
        """Of the runs that have ended; replaying one that is cut off in the middle of a task never returns."""
        found = []
        for workflow_id in self.workflow_ids:
            async for run in self.client.list_workflows(f"WorkflowId = '{workflow_id}'"):
                if run.status is WorkflowExecutionStatus.RUNNING:
                    continue
                handle = self.client.get_workflow_handle(workflow_id, run_id=run.run_id)
                found.append(await handle.fetch_history())
        return found

    async def replay(self) -> None:
        """What was decided once is decided again from its history alone."""
        runner = sandboxed() if self.settings.worker_sandboxed else UnsandboxedWorkflowRunner()
        replayer = Replayer(
            workflows=WORKFLOWS, data_converter=self.client.data_converter, workflow_runner=runner, debug_mode=True
        )
        for history in await self.histories():
            await replayer.replay_workflow(history)


class Onlooker(Protocol):
    """Looks on while somebody else's test is played, and may interfere."""

    @property
    def interceptor(self) -> Interceptor:
        """Goes around all activities."""

    def watching(self, system: System) -> AbstractAsyncContextManager[None]:
        """Entered when the worker runs, left before it ends."""


ONLOOKER: ContextVar[Onlooker | None] = ContextVar("onlooker", default=None)
"""Who looks on at the systems that are opened from here."""


@asynccontextmanager
async def running(
    settings: Settings, pool: asyncpg.Pool, *, capacity: int = 1, interceptors: Sequence[Interceptor] = ()
) -> AsyncIterator[System]:
    """A system whose worker runs, and whose histories replay at its end. The interceptors are its client's and its worker's."""
    client, onlooker = await connect(settings), ONLOOKER.get()
    if onlooker is not None:
        interceptors, settings = [*interceptors, onlooker.interceptor], settings.model_copy(update={"worker_sandboxed": False})
    client = Client(**(client.config() | {"interceptors": interceptors}))
    await register_attributes(client)
    settings = settings.model_copy(update={"payments": PaymentsVendor.STRIPE})
    shop = await open_shop(pool, capacity=capacity)
    async with product_pools(settings.owner_url) as pools:
        system = System(settings, client, pool, pools, TemporalCommands(client, settings), shop)
        async with system.worker(), onlooker.watching(system) if onlooker is not None else nullcontext():
            yield system
    await system.replay()
