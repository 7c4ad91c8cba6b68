"""A hold that cannot be made: the caller hears that in time, nothing is written, and others may hold later."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from api.commands.outcomes import BookingIsOver, Unavailable
from domain.bookings import BookingRef
from domain.series import SeriesRef
from tests.orders import ref
from tests.series import series_of, weeks
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Over

BREAK = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION refuse();
"""
MEND = "DROP TRIGGER refuse ON bookings"


async def ended(system: System, what: BookingRef | SeriesRef) -> tuple[str, str, bool]:
    system.workflow_ids.append(what.workflow_id)
    over: Over = await system.client.get_workflow_handle(what.workflow_id, result_type=Over).result()
    return over.status, over.reason, over.was_held


async def written(system: System) -> int:
    return int(await system.pool.fetchval("SELECT (SELECT count(*) FROM bookings) + (SELECT count(*) FROM claims)"))


async def test_the_caller_is_told_to_come_again_and_the_workflow_says_what_failed(
    database_url: str, temporal_server: str, pool: asyncpg.Pool
) -> None:
    async with running(hasty_settings(database_url, temporal_server, hold_seconds=1), pool) as system:
        order, series = system.shop.order(), series_of(system.shop, weeks(2))
        await pool.execute(BREAK)
        with pytest.raises(Unavailable):
            await system.commands.hold(order)
        with pytest.raises(Unavailable):
            await system.commands.hold_series(series)
        assert ("failed", "hold-failed", False) == await ended(system, ref(order))
        assert ("failed", "hold-failed", False) == await ended(system, series.ref)
        assert 0 == await written(system)
        await pool.execute(MEND)
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        await asyncio.sleep(1)  # as long as clocks may differ
        with pytest.raises(BookingIsOver):  # the id is spent; the API takes the key's next one
            await system.commands.hold(order)
        await system.commands.hold(system.shop.order())
        assert 2 == await written(system)
