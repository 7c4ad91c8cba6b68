"""One booking's activities, each run as a worker runs it, and everything they leave behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.errors import AnswersInterceptor
from activities.tenants import TenantsInterceptor
from domain.bookings import BookingRef, HoldSlot
from temporal.heartbeats import HeartbeatsInterceptor
from tests.activities.vendors import Vendors
from tests.orders import Shop, ref, timeline_of
from worker import activities

# Everything that this business has, except when a row was last touched.
TABLES = """
SELECT c.table_name FROM information_schema.columns c
WHERE c.table_schema = 'public' AND c.column_name = 'business_id' ORDER BY c.table_name
"""


class _Innermost(ActivityInboundInterceptor):
    def __init__(self) -> None:
        """The last of the chain has no next."""

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        return await input.fn(*input.args)


def of_worker(pools: tuple[asyncpg.Pool, asyncpg.Pool], vendors: Vendors) -> dict[str, Callable[..., Any]]:
    """The activities that the product's worker registers, by name."""
    return {activity.__name__: activity for activity in activities(vendors.settings, *pools, vendors.gateways)}


@dataclass(frozen=True, slots=True)
class Saga:
    """One order of one shop. `pool` is the database's owner's, `pools` are what the worker works with."""

    pool: asyncpg.Pool
    pools: tuple[asyncpg.Pool, asyncpg.Pool]
    vendors: Vendors
    shop: Shop
    order: HoldSlot

    @property
    def booking(self) -> BookingRef:
        return ref(self.order)

    async def perform(self, name: str, arg: Any) -> Any:
        """Runs the activity behind the worker's interceptors."""
        chain = HeartbeatsInterceptor().intercept_activity(
            AnswersInterceptor().intercept_activity(TenantsInterceptor().intercept_activity(_Innermost()))
        )
        given = ExecuteActivityInput(of_worker(self.pools, self.vendors)[name], [arg], None, {})

        async def attempt() -> Any:
            return await chain.execute_activity(given)

        return await ActivityEnvironment().run(attempt)

    async def told(self) -> list[str]:
        return await timeline_of(self.pool, self.booking)

    async def rows(self) -> dict[str, Sequence[Any]]:
        """Every row of this business in every table that there is."""
        found: dict[str, Sequence[Any]] = {}
        for (table,) in await self.pool.fetch(TABLES):
            query = f"SELECT to_jsonb(t) - 'updated_at' AS row FROM {table} t WHERE business_id = $1"  # noqa: S608 (the catalog's names)
            found[table] = sorted((row["row"] for row in await self.pool.fetch(query, self.shop.business_id)), key=str)
        return found

    async def everything(self) -> tuple[dict[str, Sequence[Any]], object]:
        """All rows, and all that the vendors count."""
        return await self.rows(), await self.vendors.left()
