"""A held series that nobody looks after any more: none of its times is lost, whatever has become of its workflow."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from temporalio.client import WorkflowHandle

from api.commands.outcomes import BookingIsOver
from domain.errors import TransitionNotAllowed
from domain.outside_steps import StuckThing
from domain.series import HoldSeries
from store import bookings
from store.stuck import list_stuck_of
from tests.databases import product_pools
from tests.orders import ref, status_of
from tests.series import refs, series_of, series_status, statuses, weeks
from tests.waiting import until
from tests.workflows import test_series as like
from tests.workflows.system import System
from tests.workflows.test_series import Opens, all_are, claims, held, money
from workflows.messages import Cancel

opened, deaths = like.opened, like.deaths  # its fixtures


async def is_lapsed(system: System) -> bool:
    return bool(await system.pool.fetchval("SELECT bool_and(expires_at < clock_timestamp()) FROM claim_seats"))


async def takes_the_second(system: System, series: HoldSeries) -> None:
    """Another customer books the time of one occurrence, straight in the store: no worker is needed for it."""
    order = system.shop.order(series.wanted[1].starts_at, paid=False)
    await bookings.hold(system.pool, order, timedelta(minutes=5))
    assert "pending" == await status_of(system.pool, ref(order))


async def test_where_its_worker_dies_its_times_are_free_when_the_hold_says_and_the_next_worker_ends_it(opened: Opens) -> None:
    async with opened(hold_seconds=2) as system:
        series = await held(system, series_of(system.shop, weeks(3)))
        system.workflow_ids.clear()  # it has not ended by then
    await until(partial(is_lapsed, system))
    assert ["pending"] * 3 == await statuses(system.pool, series)
    await takes_the_second(system, series)
    async with product_pools(system.settings.owner_url) as system.pools, system.worker():
        await until(partial(all_are, system, series, "expired"))
    assert (1, "expired") == (await claims(system), await series_status(system.pool, series.ref.series_id))


async def test_one_that_an_operator_terminated_keeps_nothing_beyond_its_hold_and_is_named_as_stuck(opened: Opens) -> None:
    """Nobody ends its bookings any more, but the time is sold again, and whoever looks sees what is left."""
    async with opened(hold_seconds=2) as system:
        series = await held(system, series_of(system.shop, weeks(3)))
        await system.client.get_workflow_handle(series.ref.workflow_id).terminate("by mistake")
        await until(partial(is_lapsed, system))
        await takes_the_second(system, series)
        for booking in refs(series):
            assert [StuckThing.HOLD] == [one.thing for one in await list_stuck_of(system.pool, booking)]
        with pytest.raises(BookingIsOver):
            await system.commands.confirm_series(series.ref, "ok", None)
        assert 0 == money(system)


async def test_a_cancel_in_temporal_frees_all_its_times(opened: Opens) -> None:
    async with opened() as system:
        series = await held(system, series_of(system.shop, weeks(3)))
        handle: WorkflowHandle[object, object] = system.client.get_workflow_handle(series.ref.workflow_id)
        await handle.cancel()
        await until(partial(all_are, system, series, "cancelled"))
        assert (0, "cancelled") == (await claims(system), await series_status(system.pool, series.ref.series_id))


async def test_one_of_its_bookings_takes_no_command_of_its_own(opened: Opens) -> None:
    """It has no workflow yet; whatever is asked of it changes nothing."""
    async with opened() as system:
        series = await held(system, series_of(system.shop, weeks(3)))
        with pytest.raises((BookingIsOver, TransitionNotAllowed)):
            await system.commands.cancel(refs(series)[1], Cancel())
        assert ["pending"] * 3 == await statuses(system.pool, series)
