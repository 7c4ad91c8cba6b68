"""A series, with vendors that fail on demand: held, paid and confirmed as one, and each booking by itself afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import asyncpg
import pytest
import pytest_asyncio
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from api.commands.outcomes import BookingIsOver, Progress
from domain.bookings import Actor, BookingRef
from domain.errors import Answer, BookingFailed, HoldExpired, PaymentDeclined, SlotTaken
from domain.messages import Email
from domain.payments import PaymentState
from domain.refunds import RefundWish
from domain.series import HoldSeries, SeriesPayment
from tests.orders import status_of, timeline_of
from tests.series import AT_ONCE, BEST_EFFORT, PER_OCCURRENCE, WEEK, paid, refs, series_of, series_status, statuses, weeks
from tests.waiting import PATIENCE, until
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel, CancelSeries

EACH_WAY = pytest.mark.parametrize("payment", [AT_ONCE, PER_OCCURRENCE])
FOR_GOOD = -1
A_MONTH = 24.0 * 30
ALL_STEPS = ("hold_series", "begin_series", "authorise_payment", "secure_series", "capture_payment", "confirm_series")


class Died(Exception):
    """The process that ran a step is gone."""


@dataclass
class Deaths(ClientInterceptor, Interceptor):
    """Each kills one step once: True after it has happened, False before."""

    planned: dict[str, bool] = field(default_factory=dict)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 (the SDK's name)
        return _Deadly(next, self)


class _Deadly(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, deaths: Deaths) -> None:  # noqa: A002 (the SDK's name)
        super().__init__(next)
        self._deaths = deaths

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        after = self._deaths.planned.pop(input.fn.__name__, None)
        if after is None:
            return await super().execute_activity(input)
        if after:
            await super().execute_activity(input)
        raise Died(input.fn.__name__)


class Opens(Protocol):
    def __call__(self, **changes: object) -> AbstractAsyncContextManager[System]: ...


@pytest.fixture
def deaths() -> Deaths:
    return Deaths()


@pytest.fixture
def opened(database_url: str, temporal_server: str, pool: asyncpg.Pool, deaths: Deaths) -> Opens:
    """Systems with settings of the test's own."""

    def open_(**changes: object) -> AbstractAsyncContextManager[System]:
        return running(hasty_settings(database_url, temporal_server, **changes), pool, interceptors=[deaths])

    return open_


@pytest_asyncio.fixture
async def system(opened: Opens) -> AsyncIterator[System]:
    async with opened() as system:
        yield system


async def held(system: System, series: HoldSeries) -> HoldSeries:
    system.workflow_ids += [series.ref.workflow_id, *(booking.workflow_id for booking in refs(series))]
    await system.commands.hold_series(series)
    return series


async def confirmed(system: System, payment: SeriesPayment, count: int = 3, method: str = "ok", later: int = 0) -> HoldSeries:
    first = weeks(later + 1)[later]
    series = await held(system, series_of(system.shop, weeks(count, first), payment=payment))
    outcome = await system.commands.confirm_series(series.ref, method, None)
    assert Progress.CONFIRMED is outcome.progress
    return series


async def claims(system: System) -> int:
    return int(await system.pool.fetchval("SELECT count(*) FROM claims"))


def money(system: System) -> int:
    """What the vendor has kept of all that was taken."""
    taken = [*system.payments.payments.values(), *system.payments.charges.values()]
    return sum(one.amount.amount - one.refunded for one in taken if one.state is PaymentState.CAPTURED)


async def is_over(system: System, booking: BookingRef) -> None:
    await asyncio.wait_for(system.client.get_workflow_handle(booking.workflow_id).result(), PATIENCE)


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


async def test_a_repeated_hold_gets_the_first_answer(system: System) -> None:
    series = await held(system, series_of(system.shop, weeks(3)))
    await system.commands.hold_series(series)
    assert 3 == await claims(system)


async def test_a_taken_time_refuses_all_or_is_left_out(system: System) -> None:
    await system.hold(system.shop.order(weeks(3)[1], paid=False))
    with pytest.raises(SlotTaken):
        await system.commands.hold_series(series_of(system.shop, weeks(3)))
    assert 1 == await claims(system)
    series = await held(system, series_of(system.shop, weeks(3), mode=BEST_EFFORT))
    await system.commands.confirm_series(series.ref, "ok", None)
    assert ["confirmed"] * 2 == await statuses(system.pool, series)
    assert 5000 == system.payments.only.amount.amount, "only what is held is paid"
    assert [(2500, 0)] * 2 == await paid(system.pool, series)


async def test_a_series_that_costs_nothing_is_confirmed_without_money(system: System) -> None:
    series = await held(system, series_of(system.shop, weeks(3), paid=False))
    await system.commands.confirm_series(series.ref, None, None)
    assert (["confirmed"] * 3, {}) == (await statuses(system.pool, series), system.payments.payments)


@EACH_WAY
async def test_a_declined_card_leaves_all_held_and_another_may_pay(system: System, payment: SeriesPayment) -> None:
    series = await held(system, series_of(system.shop, weeks(3), payment=payment))
    with pytest.raises(PaymentDeclined):
        await system.commands.confirm_series(series.ref, "declined", None)
    assert ("pending", ["pending"] * 3) == (
        await series_status(system.pool, series.ref.series_id),
        await statuses(system.pool, series),
    )
    await system.commands.confirm_series(series.ref, "ok", None)
    assert ["confirmed"] * 3 == await statuses(system.pool, series)
    assert (7500 if payment is AT_ONCE else 2500) == money(system)


async def test_the_customer_is_asked_by_their_bank_and_the_series_goes_on_when_it_is_told(system: System) -> None:
    series = await held(system, series_of(system.shop, weeks(2)))
    outcome = await system.commands.confirm_series(series.ref, "action", None)
    assert Progress.ACTION_REQUIRED is outcome.progress
    system.payments.action_result = PaymentState.AUTHORISED
    await system.client.get_workflow_handle(series.ref.workflow_id).signal("payment_changed")
    await until(partial(all_are, system, series, "confirmed"))
    assert 5000 == money(system)


async def all_are(system: System, series: HoldSeries, status: str) -> bool:
    return {status} == set(await statuses(system.pool, series))


async def test_nobody_confirms_and_all_times_are_free_again(opened: Opens) -> None:
    async with opened(hold_seconds=1) as system:
        series = await held(system, series_of(system.shop, weeks(3)))
        await until(partial(all_are, system, series, "expired"))
        assert (0, "expired") == (await claims(system), await series_status(system.pool, series.ref.series_id))
        with pytest.raises((BookingIsOver, HoldExpired)):
            await system.commands.confirm_series(series.ref, "ok", None)


async def test_a_held_series_is_given_up_as_a_whole(system: System) -> None:
    series = await held(system, series_of(system.shop, weeks(3)))
    await system.commands.cancel_series(series.ref, Cancel(Actor.CUSTOMER, "we move away"))
    assert ["cancelled"] * 3 == await statuses(system.pool, series)
    assert (0, {}) == (await claims(system), system.payments.payments)


@pytest.mark.parametrize("after", [False, True])
async def test_money_that_cannot_be_taken_undoes_all(opened: Opens, after: bool) -> None:
    async with opened(capture_seconds=1) as system:
        series = await held(system, series_of(system.shop, weeks(3)))
        system.payments.fail("capture", FOR_GOOD, after=after)
        with pytest.raises(BookingFailed):
            await system.commands.confirm_series(series.ref, "ok", None)
        assert (["failed"] * 3, 0, 0) == (await statuses(system.pool, series), await claims(system), money(system))


@EACH_WAY
async def test_whatever_dies_the_series_is_confirmed_and_paid_once(opened: Opens, deaths: Deaths, payment: SeriesPayment) -> None:
    """Each step, before and after it has happened. With time for it: an occurrence in no calendar would be paid back."""
    patient = dict.fromkeys(("payment_seconds", "capture_seconds", "calendar_seconds", "notify_seconds"), 60)
    async with opened(**patient) as system:
        for number, (step, after) in enumerate((step, after) for step in ALL_STEPS for after in (False, True)):
            await each_once(system, deaths, payment, step, after, number)


async def each_once(system: System, deaths: Deaths, payment: SeriesPayment, step: str, after: bool, number: int) -> None:
    kept = money(system)
    deaths.planned = {step: after}
    series = await confirmed(system, payment, count=2, later=2 * number)
    assert {} == deaths.planned, step
    assert ["confirmed"] * 2 == await statuses(system.pool, series), step
    assert (5000 if payment is AT_ONCE else 2500) == money(system) - kept, step
    told = await timeline_of(system.pool, refs(series)[0])
    once = [kind for kind in told if kind not in ("notification_sent", "calendar_written")]
    assert len(once) == len(set(once)), (step, told)


async def test_cancelling_from_here_on_gives_back_the_part_of_each(system: System) -> None:
    series = await confirmed(system, AT_ONCE, count=4)
    later = tuple(booking.booking_id for booking in refs(series)[2:])
    await system.commands.cancel_occurrences(series.ref, CancelSeries(later, Cancel(Actor.CUSTOMER)))
    for booking in refs(series)[2:]:
        await is_over(system, booking)
    assert ["confirmed", "confirmed", "cancelled", "cancelled"] == await statuses(system.pool, series)
    assert [(2500, 0), (2500, 0), (2500, 2500), (2500, 2500)] == await paid(system.pool, series)
    assert (5000, 10_000) == (system.payments.only.refunded, system.payments.only.amount.amount)
    assert 2 == await claims(system)


async def test_cancelling_all_twice_gives_back_once_and_never_more_than_was_paid(system: System) -> None:
    series = await confirmed(system, AT_ONCE, count=3)
    everything = CancelSeries(tuple(booking.booking_id for booking in refs(series)), Cancel(Actor.STAFF, None, RefundWish.FULL))
    await asyncio.gather(*(system.commands.cancel_occurrences(series.ref, everything) for _ in range(2)))
    for booking in refs(series):
        await is_over(system, booking)
    await system.commands.cancel_occurrences(series.ref, everything)
    assert (["cancelled"] * 3, 0) == (await statuses(system.pool, series), money(system))
    assert 3 == len(system.payments.parts)


async def test_one_occurrence_is_cancelled_like_every_booking(system: System) -> None:
    series = await confirmed(system, AT_ONCE)
    await system.commands.cancel(refs(series)[1], Cancel())
    await is_over(system, refs(series)[1])
    assert [(2500, 0), (2500, 2500), (2500, 0)] == await paid(system.pool, series)


async def test_each_later_occurrence_is_charged_on_the_saved_method_when_it_is_due(opened: Opens) -> None:
    """Due at once here: each starts within the month."""
    async with opened(series_charge_hours=A_MONTH) as system:
        system.payments.fail("charge", 1, after=True)  # an answer that is lost on the way
        series = await confirmed(system, PER_OCCURRENCE)
        await until(partial(is_all_paid, system, series))
        assert (7500, 2) == (money(system), len(system.payments.charges))
        await system.commands.cancel(refs(series)[2], Cancel())
        await is_over(system, refs(series)[2])
        assert [(2500, 0), (2500, 0), (2500, 2500)] == await paid(system.pool, series)


async def is_all_paid(system: System, series: HoldSeries) -> bool:
    return len(await paid(system.pool, series)) == len(series.wanted)


async def is_told(system: System, booking: BookingRef, kind: str) -> bool:
    return kind in await timeline_of(system.pool, booking)


async def test_a_declined_charge_is_told_and_another_card_pays(opened: Opens) -> None:
    async with opened(series_charge_hours=A_MONTH, series_pay_hours=1) as system:
        system.payments.charge_result = PaymentState.DECLINED
        series = await confirmed(system, PER_OCCURRENCE, count=2)
        second = refs(series)[1]
        await until(partial(is_told, system, second, "payment_declined"))
        with pytest.raises(PaymentDeclined):
            await until_answered(system, second, "declined")
        assert "confirmed" == await status_of(system.pool, second)
        await until(lambda: [mail for mail in system.email.sent if isinstance(mail, Email) and "Please pay" in mail.subject])
        outcome = await system.commands.pay(second, "ok", None)
        assert Progress.CONFIRMED is outcome.progress
        assert ([(2500, 0)] * 2, 5000) == (await paid(system.pool, series), money(system))


async def until_answered(system: System, booking: BookingRef, method: str) -> None:
    await system.commands.pay(booking, method, None)


async def test_what_is_not_paid_in_its_time_is_released_and_nothing_is_kept_of_it(opened: Opens) -> None:
    async with opened(series_charge_hours=A_MONTH, series_pay_hours=1 / 3600) as system:
        system.payments.charge_result = PaymentState.DECLINED
        series = await confirmed(system, PER_OCCURRENCE, count=2)
        second = refs(series)[1]
        await system.becomes(second, "cancelled")
        reason = await system.pool.fetchval("SELECT status_reason FROM bookings WHERE id = $1", second.booking_id)
        assert ("unpaid", 1, 2500) == (reason, await claims(system), money(system))
        assert "confirmed" == await status_of(system.pool, refs(series)[0])
        with pytest.raises(Answer):
            await system.commands.pay(second, "ok", None)


async def test_cancelling_what_is_not_yet_paid_moves_no_money(system: System) -> None:
    series = await confirmed(system, PER_OCCURRENCE)
    await system.commands.cancel(refs(series)[1], Cancel())
    await is_over(system, refs(series)[1])
    assert (2500, {}, 0) == (money(system), system.payments.charges, len(system.payments.parts))
    assert WEEK == series.wanted[1].starts_at - series.wanted[0].starts_at


@pytest.mark.parametrize("after", [False, True])
async def test_whatever_dies_an_occurrence_is_paid_once_or_released(opened: Opens, deaths: Deaths, after: bool) -> None:
    async with opened(series_charge_hours=A_MONTH, series_pay_hours=1 / 3600) as system:
        deaths.planned = {"charge_occurrence": after}
        series = await confirmed(system, PER_OCCURRENCE, count=2)
        await until(partial(is_all_paid, system, series))
        assert (5000, {}) == (money(system), deaths.planned)
        deaths.planned = {"release_unpaid": after}
        system.payments.charge_result = PaymentState.DECLINED
        unpaid = await confirmed(system, PER_OCCURRENCE, count=2, later=2)
        await system.becomes(refs(unpaid)[1], "cancelled")
        assert (7500, {}) == (money(system), deaths.planned)


async def test_a_charge_that_gets_through_after_the_cancel_comes_back(opened: Opens) -> None:
    """The bank takes the money, its answer is lost for good, and the customer cancels: nothing is kept of it."""
    async with opened(series_charge_hours=A_MONTH, payment_seconds=1) as system:
        system.payments.fail("charge", FOR_GOOD, after=True)
        series = await confirmed(system, PER_OCCURRENCE, count=2)
        second = refs(series)[1]
        await until(partial(is_told, system, second, "trouble"))
        assert 5000 == money(system)
        await system.commands.cancel(second, Cancel())
        await until(lambda: money(system) == 2500)
        assert "cancelled" == await status_of(system.pool, second)
