"""What becomes of an occurrence whose calendar cannot be written: undone by itself or kept, as its business wants it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from domain.bookings import BookingRef, OnCalendarFailure
from domain.calendars import CalendarAccident
from domain.errors import CalendarDisconnected
from domain.messages import Email
from domain.series import HoldSeries, SeriesPayment
from tests.orders import status_of, timeline_of
from tests.series import AT_ONCE, PER_OCCURRENCE, paid, refs, series_of, statuses, weeks
from tests.waiting import until
from tests.workflows import test_series as like
from tests.workflows.system import System
from tests.workflows.test_series import Opens, claims, is_over, money
from workflows.messages import Cancel

opened, deaths = like.opened, like.deaths  # its fixtures
UNDO, KEEP = OnCalendarFailure.UNDO, OnCalendarFailure.CONFIRM_ANYWAY
TROUBLE = (
    "SELECT detail ->> 'code' FROM booking_events WHERE booking_id = $1 AND kind = 'trouble' AND detail ->> 'step' = 'calendar'"
)
WHY = "SELECT status_reason FROM bookings WHERE id = $1"
GONE, AWAY = CalendarDisconnected("the calendar is gone"), CalendarAccident("write")


@pytest_asyncio.fixture
async def system(opened: Opens) -> AsyncIterator[System]:
    async with opened(calendar_seconds=1) as system:
        yield system


async def confirmed(
    system: System, lost: int, why: Exception, policy: OnCalendarFailure, payment: SeriesPayment = AT_ONCE
) -> HoldSeries:
    """Three in a series, of which one gets into no calendar."""
    series = series_of(system.shop, weeks(3), payment=payment)
    system.calendar.refused = {refs(series)[lost].booking_id: why}
    system.workflow_ids += [series.ref.workflow_id, *(booking.workflow_id for booking in refs(series))]
    await system.commands.hold_series(series, policy)
    await system.commands.confirm_series(series.ref, "ok", None)
    return series


async def told(system: System, query: str, booking: BookingRef) -> str | None:
    found: str | None = await system.pool.fetchval(query, booking.booking_id)
    return found


@pytest.mark.parametrize(
    ("why", "trouble", "reason"),
    [(GONE, "calendar-disconnected", "calendar-disconnected"), (AWAY, "not-written-yet", "write-calendar-event-failed")],
)
async def test_what_gets_into_no_calendar_is_undone_and_its_part_of_the_money_comes_back(
    system: System, why: Exception, trouble: str, reason: str
) -> None:
    series = await confirmed(system, 1, why, UNDO)
    second = refs(series)[1]
    await is_over(system, second)
    assert ["confirmed", "cancelled", "confirmed"] == await statuses(system.pool, series)
    assert (trouble, reason) == (await told(system, TROUBLE, second), await told(system, WHY, second))
    assert ([(2500, 0), (2500, 2500), (2500, 0)], 5000) == (await paid(system.pool, series), money(system))
    assert 2 == await claims(system), "its time is free"
    mails = [mail.subject for mail in system.email.sent if isinstance(mail, Email) and "cancelled" in mail.subject.lower()]
    assert 2 == len(mails), "the customer and the provider are told"
    events = await timeline_of(system.pool, second)
    assert events.index("trouble") < events.index("cancelled") < events.index("refund_requested")


@pytest.mark.parametrize("lost", [0, 2])
async def test_what_is_not_yet_paid_is_never_charged_and_what_is_comes_back(opened: Opens, lost: int) -> None:
    """Each by itself: the first of them has paid when it is undone, and its saved method still pays for the others."""
    async with opened(calendar_seconds=1, series_charge_hours=24.0 * 30 if lost == 0 else 1) as system:
        series = await confirmed(system, lost, GONE, UNDO, PER_OCCURRENCE)
        await is_over(system, refs(series)[lost])
        assert "cancelled" == await status_of(system.pool, refs(series)[lost])
        if lost == 0:
            await until(lambda: len(system.payments.charges) == 2)
        assert (5000 if lost == 0 else 2500) == money(system)
        assert (2 if lost == 0 else 0) == len(system.payments.charges)


async def test_it_stays_where_the_business_keeps_what_is_in_no_calendar(system: System) -> None:
    series = await confirmed(system, 1, GONE, KEEP)
    second = refs(series)[1]

    async def is_told() -> bool:
        return await told(system, TROUBLE, second) == "calendar-disconnected"

    await until(is_told)
    assert ["confirmed"] * 3 == await statuses(system.pool, series)
    system.calendar.refused = {}
    await until(lambda: len(system.calendar.events) == 3)
    assert 7500 == money(system)


async def test_what_is_written_in_its_time_stays(system: System) -> None:
    """And so it does when it is moved later, and the calendar is away then."""
    series = await confirmed(system, 1, AWAY, UNDO)
    system.calendar.refused = {}
    await until(lambda: len(system.calendar.events) == 3)
    assert ["confirmed"] * 3 == await statuses(system.pool, series)


@pytest.mark.parametrize("after", [False, True])
async def test_whatever_dies_it_is_undone_once(system: System, deaths: like.Deaths, after: bool) -> None:
    deaths.planned = {"undo_booking": after}
    series = await confirmed(system, 1, GONE, UNDO)
    await is_over(system, refs(series)[1])
    assert ({}, 5000, 1) == (deaths.planned, money(system), len(system.payments.parts))
    assert 1 == (await timeline_of(system.pool, refs(series)[1])).count("cancelled")


async def test_a_customer_who_cancels_first_decides(system: System) -> None:
    series = await confirmed(system, 1, AWAY, UNDO)
    await system.commands.cancel(refs(series)[1], Cancel())
    await is_over(system, refs(series)[1])
    assert "cancelled-by-customer" == await told(system, WHY, refs(series)[1])
    assert 1 == len(system.payments.parts)
