"""A series, with vendors that fail on demand: held, paid and confirmed as one, and each booking by itself afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
import pytest_asyncio

from api.commands import Progress
from domain.bookings import BookingRef
from domain.errors import BookingFailed, PaymentDeclined, SlotTaken
from domain.messages import Email
from domain.payments import PaymentState
from domain.series import HoldSeries, SeriesPayment
from tests.orders import TOMORROW, status_of, timeline_of
from tests.series import AT_ONCE, BEST_EFFORT, PER_OCCURRENCE, paid, refs, series_of, series_status, statuses, weeks
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel, CancelSeries

EACH_WAY = pytest.mark.parametrize("payment", [AT_ONCE, PER_OCCURRENCE])


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        yield system


async def held(system: System, series: HoldSeries) -> HoldSeries:
    system.workflow_ids += [series.ref.workflow_id, *(booking.workflow_id for booking in refs(series))]
    await system.commands.hold_series(series)
    return series


async def confirmed(system: System, payment: SeriesPayment, count: int = 3, method: str = "ok") -> HoldSeries:
    series = await held(system, series_of(system.shop, weeks(count), payment=payment))
    outcome = await system.commands.confirm_series(series.ref, method, None)
    assert Progress.CONFIRMED is outcome.progress
    return series


async def claims(system: System) -> int:
    return int(await system.pool.fetchval("SELECT count(*) FROM claims"))


@EACH_WAY
async def test_a_confirmed_series_is_many_confirmed_bookings(system: System, payment: SeriesPayment) -> None:
    series = await confirmed(system, payment)
    assert ["confirmed"] * 3 == await statuses(system.pool, series)
    assert 7500 if payment is AT_ONCE else 2500 == system.payments.only.amount.amount
    assert ([(2500, 0)] * 3 if payment is AT_ONCE else [(2500, 0)]) == await paid(system.pool, series)
    await until(lambda: len(system.calendar.events) == 3)
    await until(lambda: len(system.email.sent) == 2)  # one to the customer, one to the provider
    assert 3 == await claims(system)
    for booking in refs(series):
        described = await system.client.get_workflow_handle(booking.workflow_id).describe()
        assert "AppointmentWorkflow" == described.workflow_type
