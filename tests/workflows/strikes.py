"""Cancels a workflow while somebody else's test is played with it, at one place, and says what is wrong in the end."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from temporalio import activity, client, worker
from temporalio.service import RPCError

from api.commands.outcomes import BookingIsOver
from domain.bookings import BookingRef
from domain.errors import Answer
from domain.payments import PaymentState, RefundState
from domain.series import SeriesRef
from store.waitlist import leave
from tests.histories.saved import rests_in
from tests.waiting import PATIENCE, until
from tests.workflows.ledger import wrong_with
from tests.workflows.system import System
from workflows.messages import Cancel

HEARD_WITHIN = 0.3
"""Seconds. While a step of our own database runs, the workflow hears nothing; then the cancel is heard right after it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a workflow of this type waits: for the activity of this name, or for the timer with this summary."""

    workflow_type: str
    name: str
    is_timer: bool

    def __str__(self) -> str:
        return f"{self.workflow_type}: {self.name}"


@dataclass(slots=True)
class Strike(client.Interceptor, worker.Interceptor):
    """One cancel, when this place is come by first. With `is_customers` it is the public one, else Temporal's."""

    place: Place
    is_customers: bool
    has_the_story_end: bool
    struck: str | None = None
    wrong: list[str] = field(default_factory=list)
    refusal: BaseException | None = None
    _system: System | None = None
    _cancelling: asyncio.Task[Any] | None = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def interceptor(self) -> client.Interceptor:
        return self

    def intercept_activity(self, next: worker.ActivityInboundInterceptor) -> worker.ActivityInboundInterceptor:  # noqa: A002 (the SDK's name)
        return _Struck(next, self)

    @asynccontextmanager
    async def watching(self, system: System) -> AsyncIterator[None]:
        self._system = system
        story = asyncio.current_task()
        tasks = [asyncio.create_task(self._watch_timers())] if self.place.is_timer else []
        if not self.has_the_story_end and story is not None:
            tasks.append(asyncio.create_task(self._end(story)))
        try:
            yield
        finally:
            with suppress(TimeoutError):  # a story may be over before its workflow comes to where it rests
                await until(lambda: self.struck is not None, 10)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self.struck is not None:
                await self._come_to_rest(system)

    async def pass_by(self, info: activity.Info) -> None:
        here = Place(info.workflow_type or "", info.activity_type, is_timer=False)
        if self.struck is None and here == self.place and info.workflow_id is not None:
            await self._strike(info.workflow_id)

    async def _strike(self, workflow_id: str) -> None:
        self.struck = workflow_id
        self._cancelling = asyncio.create_task(self._cancel(workflow_id))
        await asyncio.wait([self._cancelling], timeout=HEARD_WITHIN)
        if not self.is_customers:
            await asyncio.sleep(HEARD_WITHIN)  # it is asked for; the workflow and its activity have yet to hear it

    async def _cancel(self, workflow_id: str) -> None:
        system = self._the_system
        try:
            if not self.is_customers:
                await system.client.get_workflow_handle(workflow_id).cancel()
                return
            kind, _, key = workflow_id.partition("-")
            if kind == "waitlist":
                await self._leave_the_line()
            elif kind == "series":
                await system.commands.cancel_series(SeriesRef(system.shop.business_id, UUID(key)), Cancel())
            else:
                await system.commands.cancel(BookingRef(system.shop.business_id, UUID(key)), Cancel())
        except (Answer, BookingIsOver) as refusal:
            self.refusal = refusal

    async def _leave_the_line(self) -> None:
        """Everybody does."""
        for (entry_id,) in await self._the_system.pool.fetch("SELECT id FROM waitlist_entries"):
            async with self._the_system.pool.acquire() as connection, connection.transaction():
                await leave(connection, self._the_system.shop.business_id, entry_id)

    async def _watch_timers(self) -> None:
        """Strikes as soon as the workflow rests there."""
        while self.struck is None:
            query = f"TaskQueue = '{self._the_system.settings.task_queue}' AND WorkflowType = '{self.place.workflow_type}'"
            async for run in self._the_system.client.list_workflows(f"{query} AND ExecutionStatus = 'Running'"):
                with suppress(RPCError):
                    history = await self._the_system.client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
                    if rests_in(history).get(self.place.name) == math.inf:
                        await self._strike(run.id)
                        break
            await asyncio.sleep(0.15)

    async def _end(self, story: asyncio.Task[Any]) -> None:
        """What the story waits for may never come now."""
        await until(lambda: self._cancelling is not None and self._cancelling.done())
        await asyncio.sleep(0.5)
        story.cancel()

    async def _come_to_rest(self, system: System) -> None:
        """With vendors that work again."""
        heal(system)
        if self._cancelling is not None:
            await asyncio.wait([self._cancelling], timeout=PATIENCE)
            if not self._cancelling.done():
                self.wrong.append("the cancel was never answered")
            elif (fault := self._cancelling.exception()) is not None:
                self.wrong.append(f"the cancel raised {fault!r}")
        found: list[str] = []

        async def is_right() -> bool:
            found[:] = await wrong_with(system)
            return not found

        try:
            await until(is_right, every=0.3)
        except TimeoutError:
            self.wrong += found

    @property
    def _the_system(self) -> System:
        if self._system is None:
            raise RuntimeError("nothing is played yet")
        return self._system


class _Struck(worker.ActivityInboundInterceptor):
    def __init__(self, next: worker.ActivityInboundInterceptor, strike: Strike) -> None:  # noqa: A002 (the SDK's name)
        super().__init__(next)
        self._strike = strike

    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        await self._strike.pass_by(activity.info())
        return await super().execute_activity(input)


def heal(system: System) -> None:
    """From now on every vendor does what it is asked."""
    for each in (system.payments, system.calendar, system.email, system.sms):
        for fault in each.faults.planned.values():
            fault.times = 0
            fault.slow = 0.0
    system.payments.refund_result = RefundState.SUCCEEDED
    system.payments.charge_result = system.payments.renew_result = PaymentState.CAPTURED
