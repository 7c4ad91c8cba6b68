"""Promise 4: an activity that runs again, for whatever reason, has one effect."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from domain.calendars import CalendarAccident
from domain.messages import MessageAccident
from domain.payments import PaymentAccident
from tests.activities.cases import CASES, FIRST, Case, perform_all
from tests.activities.saga import Saga, of_worker

ACCIDENTS = (PaymentAccident, CalendarAccident, MessageAccident)
EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
LOST = [pytest.param(case, *lost, id=f"{name}, {' '.join(lost)}") for name, case in CASES.items() for lost in case.loses]


BEGIN = "UPDATE bookings SET starts_at = now() - interval '1 minute', ends_at = now() + interval '1 hour' WHERE business_id = $1"


async def prepare(saga: Saga, case: Case) -> list[str]:
    """Everything up to the step; returns what the timeline then says."""
    await perform_all(saga, *case.after)
    if case.has_begun:
        await saga.pool.execute(BEGIN, saga.shop.business_id)
    return await saga.told()


async def check(saga: Saga, case: Case, told_before: list[str]) -> None:
    """The one effect, in the vendors' books and on the timeline, and nothing changes when it is run once more."""
    assert [*told_before, *case.tells] == await saga.told()
    assert case.leaves == await saga.vendors.left()
    once = await saga.everything()
    await saga.perform(case.activity, case.arg(saga.order))
    assert once == await saga.everything()


def test_every_activity_of_the_worker_has_its_case_here(saga: Saga) -> None:
    """Whoever adds an activity says here what its one effect is."""
    assert of_worker(saga.pools, saga.vendors).keys() == FIRST.keys()


@EACH
async def test_run_twice_it_has_one_effect(saga: Saga, case: Case) -> None:
    told = await prepare(saga, case)
    before = await saga.rows()
    answer = await saga.perform(case.activity, case.arg(saga.order))
    assert case.only_reads is (before == await saga.rows())
    await check(saga, case, told)
    assert answer == await saga.perform(case.activity, case.arg(saga.order))


@pytest.mark.parametrize(("case", "vendor", "operation"), LOST)
async def test_after_a_lost_answer_it_still_has_one_effect(saga: Saga, case: Case, vendor: str, operation: str) -> None:
    """The vendor acted and nobody heard. An e-mail has two copies then, and one Message-ID: SMTP knows no better."""
    told = await prepare(saga, case)
    await saga.vendors.fail(vendor, operation, "timeout_after")
    with pytest.raises(ACCIDENTS):
        await saga.perform(case.activity, case.arg(saga.order))
    await saga.perform(case.activity, case.arg(saga.order))
    await check(saga, case, told)


@pytest.mark.parametrize(("case", "vendor", "operation"), LOST)
async def test_after_a_call_that_never_arrived_it_still_has_its_effect(
    saga: Saga, case: Case, vendor: str, operation: str
) -> None:
    told = await prepare(saga, case)
    await saga.vendors.fail(vendor, operation, "timeout_before")
    with pytest.raises(ACCIDENTS):
        await saga.perform(case.activity, case.arg(saga.order))
    await saga.perform(case.activity, case.arg(saga.order))
    await check(saga, case, told)


@pytest.mark.parametrize("case", [case for case in CASES.values() if not case.leaves.messages], ids=lambda case: case.activity)
async def test_two_workers_at_once_have_one_effect(saga: Saga, case: Case) -> None:
    """One of them was thought dead. Messages are left out: their carriers have no key by which to see it."""
    told = await prepare(saga, case)
    both = (saga.perform(case.activity, case.arg(saga.order)) for _ in range(2))
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    unexpected = [outcome for outcome in outcomes if isinstance(outcome, Exception) and not isinstance(outcome, ACCIDENTS)]
    assert [] == unexpected
    await saga.perform(case.activity, case.arg(saga.order))
    await check(saga, case, told)


async def test_a_refused_hold_writes_nothing_however_often_it_is_tried(saga: Saga) -> None:
    await saga.perform("hold_slot", FIRST["hold_slot"].arg(saga.order))
    before = await saga.everything()
    for _ in range(2):
        with pytest.raises(ApplicationError) as refused:
            await saga.perform("hold_slot", FIRST["hold_slot"].arg(saga.shop.order()))
        assert "slot-taken" == refused.value.type
    assert before == await saga.everything()
