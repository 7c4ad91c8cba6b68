"""A hold ends when it says, with a worker and without (promise 3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.salon import Salon, Visit, open_salon, refusal
from tests.journeys.vendors import Effects, paid
from tests.waiting import until


async def has_lapsed(visit: Visit) -> bool:
    """By the database's clock, which decides."""
    return bool(
        await visit.salon.deployment.pool.fetchval(
            "SELECT hold_expires_at <= clock_timestamp() FROM bookings WHERE business_id = $1 AND id = $2",
            visit.salon.business_id,
            visit.ref.booking_id,
        )
    )


async def test_a_hold_that_nobody_confirms_expires_and_its_slot_is_free_at_once(hasty_salon: Salon) -> None:
    visit = await hasty_salon.hold()
    assert not await hasty_salon.is_offered()
    assert 409 == (await hasty_salon.ask()).status_code
    await until(lambda: has_lapsed(visit))
    other = await hasty_salon.hold()
    await visit.becomes("expired")
    assert (410, "hold-expired") == refusal(await visit.confirm())
    assert [other.ref.booking_id] == await hasty_salon.claims()
    assert Effects() == await visit.effects()


async def test_an_expired_booking_tells_so_and_cannot_be_cancelled(hasty_salon: Salon) -> None:
    visit = await hasty_salon.hold()
    await visit.becomes("expired")
    assert ["held", "expired"] == await visit.timeline()
    assert ([], True) == (await hasty_salon.claims(), await hasty_salon.is_offered())
    assert 409 == (await visit.cancel()).status_code


async def test_a_seat_whose_hold_has_ended_goes_to_the_next_and_the_others_keep_theirs(hasty_system: Deployment) -> None:
    """C6: a group session is one claim, whoever comes and goes."""
    salon = await open_salon(hasty_system, capacity=2, price={"amount": 0, "currency": "EUR"}, payment="none")
    leaving, staying = await salon.hold(), await salon.hold()
    assert 200 == (await staying.confirm(None)).status_code
    assert 409 == (await salon.ask()).status_code
    await until(lambda: has_lapsed(leaving))
    coming = await salon.hold()
    await leaving.becomes("expired")
    assert {staying.ref.booking_id, coming.ref.booking_id} == set(await salon.claims())
    assert "confirmed" == await staying.status()
    await hasty_system.tidy_up()


@pytest.fixture
async def without_worker(engines: Engines, system: Deployment) -> AsyncIterator[Deployment]:
    """Vendors and API; the test starts and stops the workers."""
    async with deployed(engines, f"alone-{uuid4().hex}", has_worker=False, hold_seconds=2) as deployment:
        yield deployment
        await deployment.tidy_up()
        await system.tidy_up()


async def test_an_expired_hold_is_taken_by_another_while_its_own_worker_is_gone(
    system: Deployment, without_worker: Deployment
) -> None:
    """The second customer comes through a deployment of its own on the same database, whose worker runs.

    When the first one's worker is back, its booking ends expired and leaves the other's claim alone.
    """
    async with without_worker.worker():
        salon = await open_salon(without_worker)
        visit = await salon.hold()
    await until(lambda: has_lapsed(visit))
    assert ("pending", [visit.ref.booking_id]) == (await visit.status(), await salon.claims())  # nobody has tidied up
    assert await salon.is_offered()

    elsewhere = salon.moved_to(system)
    other = await elsewhere.hold()
    assert [other.ref.booking_id] == await salon.claims()
    assert ["held", "hold_lapsed"] == await visit.timeline()

    async with without_worker.worker():
        await visit.becomes("expired")
        assert (410, "hold-expired") == refusal(await visit.confirm())
        assert ["held", "hold_lapsed", "expired"] == await visit.timeline()
    assert [other.ref.booking_id] == await salon.claims()
    assert 200 == (await other.confirm()).status_code
    await other.comes_to(paid())
    assert Effects() == await visit.effects()


async def test_a_late_confirm_that_waits_for_the_worker_gets_no_slot_and_pays_nothing(
    system: Deployment, without_worker: Deployment
) -> None:
    """C15: the confirm was sent in time, but was read only after the slot had gone to another."""
    async with without_worker.worker():
        salon = await open_salon(without_worker)
        visit = await salon.hold()
    confirming = asyncio.create_task(visit.confirm())
    await until(lambda: has_lapsed(visit))
    other = await salon.moved_to(system).hold()
    async with without_worker.worker():
        answer = await confirming
        assert (410, "hold-expired") == refusal(answer)
        await visit.becomes("expired")
    assert [other.ref.booking_id] == await salon.claims()
    assert 0 == (await visit.effects()).kept
