"""Two comparisons at once: the one that comes too late finds it mended, and tells no difference that is none any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.reconciliation import ReconcileBookings, ReconciliationActivities
from domain.payments import Payment, PaymentGateway
from tests.activities.cases import AUTHORISED, CONFIRMED, all_of, perform_all
from tests.activities.saga import Saga

LAG = "UPDATE payments SET state = 'authorised' WHERE booking_id = $1"


class Overtaken:
    """The vendor as somebody sees it who is slow: right after the first look another does everything."""

    def __init__(self, gateway: PaymentGateway, other: Callable[[], Awaitable[Any]]) -> None:
        self._gateway = gateway
        self._others = [other]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    async def find(self, payment_id: str) -> Payment | None:
        seen = await self._gateway.find(payment_id)
        while self._others:
            await self._others.pop()()
        return seen


@pytest.mark.parametrize("steps", [CONFIRMED, (*AUTHORISED, "close_booking")], ids=["follows", "lets go of money"])
async def test_whoever_is_overtaken_tells_no_difference(saga: Saga, steps: tuple[str, ...]) -> None:
    await perform_all(saga, *steps)
    if steps is CONFIRMED:
        await saga.pool.execute(LAG, saga.booking.booking_id)
    told, wish = await saga.told(), ReconcileBookings(all_of(saga.order))

    async def other() -> None:
        await saga.perform("reconcile_bookings", wish)

    gateway: Any = Overtaken(saga.vendors.gateways.payments, other)  # type: ignore[arg-type] # one is chosen here
    slow = ReconciliationActivities(saga.pool, gateway)
    answer = await ActivityEnvironment().run(slow.reconcile_bookings, wish)
    assert [*told, "payment_reconciled"] == await saga.told()
    assert {} == answer.tally.found
