"""A hold that nobody got to in time: whoever asked was told to come again, so it is not granted any more, and that is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from api.commands import holding
from api.commands.outcomes import BookingIsOver, Unavailable
from checker.checking import Ground, Scope, check
from domain.gateways import Gateways
from tests.orders import ref, timeline_of
from tests.series import series_of, weeks
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Over

LATE = timedelta(minutes=1)


@pytest.fixture
def everybody_gave_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute before anybody asks, as far as their workflows can tell."""
    monkeypatch.setattr(holding.Holding, "_answer_by", staticmethod(lambda: datetime.now(UTC) - LATE))


async def end_of(system: System, workflow_id: str) -> tuple[str, str, bool]:
    system.workflow_ids.append(workflow_id)
    over: Over = await system.client.get_workflow_handle(workflow_id, result_type=Over).result()
    return over.status, over.reason, over.was_held


@pytest.mark.usefixtures("everybody_gave_up")
async def test_it_is_not_granted_and_its_timeline_tells_why(
    database_url: str, temporal_server: str, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        order = system.shop.order()
        with pytest.raises(Unavailable):
            await system.commands.hold(order)
        assert ("expired", "hold-too-late", False) == await end_of(system, ref(order).workflow_id)
        assert ["not_held"] == await timeline_of(pool, ref(order))
        assert 0 == await pool.fetchval("SELECT count(*) FROM claims")
        monkeypatch.undo()
        await system.commands.hold(system.shop.order())  # the time is free for the next
        found = await check(
            Ground(pool, system.client, system.settings.task_queue, Gateways(None, None, None, None)),
            Scope(businesses={order.business_id}),
        )
        assert [] == found.faults


@pytest.mark.usefixtures("everybody_gave_up")
async def test_a_series_is_not_held_either(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> None:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        series = series_of(system.shop, weeks(2))
        with pytest.raises((Unavailable, BookingIsOver)):
            await system.commands.hold_series(series)
        assert ("expired", "hold-too-late", False) == await end_of(system, series.ref.workflow_id)
        assert 0 == await pool.fetchval("SELECT (SELECT count(*) FROM bookings) + (SELECT count(*) FROM claims)")
