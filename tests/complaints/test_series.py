"""What users of booking systems complained of about recurring bookings, as it is here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial

import asyncpg
import pytest

from tests.api.conftest import BERLIN
from tests.api.shop import CUSTOMER, Shop
from tests.series import AT_ONCE, PER_OCCURRENCE, paid
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running
from tests.workflows.test_series import A_MONTH, confirmed, is_all_paid, money


@pytest.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server, series_charge_hours=A_MONTH), pool) as system:
        yield system


async def order(
    shop: Shop, service: str, provider: str, at: datetime, rrule: str, mode: str
) -> tuple[int, list[tuple[str, str]]]:
    """The answer's status, and of each occurrence what became of it and why."""
    body = {"service_id": service, "provider_id": provider, "starts_at": at.isoformat(), "rrule": rrule, "mode": mode}
    answer = await shop.client.post("/api/v1/series", json=body | {"customer": CUSTOMER})
    return answer.status_code, [(one["result"], one["rule"]) for one in answer.json()["occurrences"]]


@pytest.mark.parametrize("taken", [1, 2, 7, 11])
async def test_c5_every_occurrence_is_checked_not_only_the_first_two(shop: Shop, nine_in_a_week: datetime, taken: int) -> None:
    """C5: conflicts were looked for in the first two occurrences only. Here each has its own result, wherever the conflict is."""
    service = await shop.service()
    provider = await shop.provider(service)
    at = (nine_in_a_week.replace(tzinfo=None) + timedelta(weeks=taken)).replace(tzinfo=BERLIN)
    assert 201 == (await shop.book(service, provider, at)).status_code
    status, results = await order(shop, service, provider, nine_in_a_week, "FREQ=WEEKLY;COUNT=12", "all_or_nothing")
    assert (409, [taken]) == (status, [n for n, result in enumerate(results) if result == ("refused", "taken")])
    status, results = await order(shop, service, provider, nine_in_a_week, "FREQ=WEEKLY;COUNT=12", "best_effort")
    assert (201, 11) == (status, [state for state, _ in results].count("held"))
    assert ("refused", "taken") == results[taken]


async def test_c22_a_series_is_paid_at_once(system: System) -> None:
    """C22: recurring bookings could not be paid. Here one payment pays for all, and each knows its part of it."""
    series = await confirmed(system, AT_ONCE, count=3)
    assert ([(2500, 0)] * 3, 7500) == (await paid(system.pool, series), money(system))


async def test_c22_a_series_is_paid_occurrence_by_occurrence(system: System) -> None:
    """C22: or each is paid by itself, before it takes place."""
    series = await confirmed(system, PER_OCCURRENCE, count=3)
    await until(partial(is_all_paid, system, series))
    assert ([(2500, 0)] * 3, 7500) == (await paid(system.pool, series), money(system))


async def test_c23_a_yearly_series_is_a_booking_each_year(shop: Shop) -> None:
    """C23: a yearly recurrence booked one. Here it is one each year, as far as the service can be booked, at the same time."""
    service = await shop.service(max_advance_days=730)
    provider = await shop.provider(service)
    day = datetime.now(BERLIN).date() + timedelta(days=1)
    day = day if (day.month, day.day) != (2, 29) else day + timedelta(days=1)
    first = datetime(day.year, day.month, day.day, 9, tzinfo=BERLIN)
    body = {"service_id": service, "provider_id": provider, "starts_at": first.isoformat(), "rrule": "FREQ=YEARLY"}
    answer = await shop.client.post("/api/v1/series", json=body | {"customer": CUSTOMER})
    shown = [(one["result"], one["starts_at"]) for one in answer.json()["occurrences"]]
    expected = [first.replace(year=day.year + year) for year in range(3)]
    within = [at for at in expected if at <= datetime.now(BERLIN) + timedelta(days=730)]
    assert len(within) >= 2
    assert [("held", at.isoformat()) for at in within] == shown
