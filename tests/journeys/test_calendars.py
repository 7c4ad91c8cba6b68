"""A provider's calendar that cannot be written: what the business wants then happens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from domain.bookings import OnCalendarFailure
from sandbox.faults import Mode
from tests.journeys.deployment import Deployment
from tests.journeys.salon import CARD, CHARGED_AT_ONCE, Salon, open_salon, refusal
from tests.journeys.vendors import Effects, paid

ANYWAY = OnCalendarFailure.CONFIRM_ANYWAY
GONE = "gone@example.com"
DENIED = "denied@example.com"

Opens = Callable[..., Awaitable[Salon]]


@pytest.fixture
async def opens(system: Deployment) -> AsyncIterator[Opens]:
    """Opens a business with policies of its own."""

    async def open_one(**changes: Any) -> Salon:
        return await open_salon(system, **changes)

    yield open_one
    await system.tidy_up()


async def test_a_calendar_that_fails_for_good_undoes_the_booking_and_voids_the_payment(opens: Opens) -> None:
    """C11, C32: nobody pays for what is not written, and the booking does not look fine."""
    salon = await opens()
    await salon.deployment.vendors.fail_for_good("google", "write_event", Mode.ERROR_500)
    visit = await salon.hold()
    assert (409, "booking-failed") == refusal(await visit.confirm())
    shown = await visit.show()
    assert ("failed", "write-calendar-event-failed") == (shown["status"], shown["status_reason"])
    assert "cancelled" == shown["payment"]["state"]
    assert (Effects(payments=1), []) == (await visit.effects(), await salon.claims())
    assert await salon.is_offered()
    told = await visit.timeline()
    expected = ["held", "confirming", "payment_opened", "payment_authorised", "claim_secured", "payment_voided", "failed"]
    assert expected == told


@pytest.mark.parametrize(
    ("calendar_id", "method", "left"),
    [
        (GONE, CARD, Effects(payments=1)),
        (DENIED, CHARGED_AT_ONCE, Effects(payments=1, authorised=5000, captured=5000, refunded=5000)),
    ],
)
async def test_a_disconnected_calendar_undoes_the_booking_at_once(
    opens: Opens, calendar_id: str, method: str, left: Effects
) -> None:
    """C11: what was only reserved is voided; what was charged at once is refunded, once."""
    salon = await opens(calendar_id=calendar_id)
    visit = await salon.hold()
    assert (409, "booking-failed", "calendar-disconnected") == (
        *refusal(answer := await visit.confirm(method)),
        answer.json()["reason"],
    )
    shown = await visit.show()
    assert ("failed", "calendar-disconnected", left.refunded) == (
        shown["status"],
        shown["status_reason"],
        shown["payment"]["refunded"],
    )
    assert (left, []) == (await visit.effects(), await salon.claims())
    assert 0 == (await visit.effects()).kept


async def test_a_business_may_confirm_anyway_and_the_event_is_written_when_the_calendar_works_again(opens: Opens) -> None:
    """C32: the customer is told meanwhile, and the timeline shows that something is missing."""
    salon = await opens(on_calendar_failure=ANYWAY)
    vendors = salon.deployment.vendors
    await vendors.fail_for_good("google", "write_event", Mode.ERROR_500)
    visit = await salon.hold()
    assert 200 == (await visit.confirm()).status_code
    await visit.comes_to(paid(events=0))
    assert "trouble" in await visit.timeline()
    await vendors.heal()
    await visit.comes_to(paid())
    await visit.is_told("calendar_written")
    assert "confirmed" == await visit.status()


async def test_a_business_may_confirm_without_its_calendar_until_it_is_connected_again(
    opens: Opens,
) -> None:
    """C32: the timeline says what is missing and why."""
    salon = await opens(on_calendar_failure=ANYWAY)
    vendors = salon.deployment.vendors
    await vendors.fail_for_good("google", "write_event", Mode.DECLINE)
    visit = await salon.hold()
    assert 200 == (await visit.confirm()).status_code
    await visit.comes_to(paid(events=0))
    told = "SELECT detail->>'code' FROM booking_events WHERE business_id = $1 AND booking_id = $2 AND kind = 'trouble'"
    assert "calendar-disconnected" == await salon.deployment.pool.fetchval(told, salon.business_id, visit.ref.booking_id)
    await vendors.heal()
    await visit.comes_to(paid())
    await visit.is_told("calendar_written")
    assert (1, [visit.ref.booking_id]) == ((await visit.timeline()).count("trouble"), await salon.claims())
