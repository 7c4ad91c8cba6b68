"""Every step of a move, failing once before it has happened and once after: the booking is at one time, and the money fits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest_asyncio
from temporalio.client import Client
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from api.commands.through_temporal import TemporalCommands
from domain.bookings import HoldSlot
from domain.errors import BookingFailed, PaymentDeclined
from domain.money import Money
from domain.payments import Payment, PaymentState
from domain.rescheduling import Move
from settings import PaymentsVendor
from temporal.client import connect
from temporal.setup import register_attributes
from tests.fakes import FakePayments
from tests.moves import another_provider, euros, move_of
from tests.orders import TOMORROW, open_shop, ref, timeline_of
from tests.waiting import until
from tests.workflows.system import System, hasty_settings
from tests.workflows.test_rescheduling import confirmed

DEARER = ("reserve_new_time", "charge_saved_method", "make_move", "write_calendar_event", "send_email", "send_sms")
CHEAPER = ("make_move", "give_back", "write_calendar_event", "send_email")
UNDOING = ("reserve_new_time", "charge_saved_method", "give_back_new_time_if_reserved")
OFTEN = ("notification_sent", "calendar_written")  # by each channel, and for each state
DAY = timedelta(days=1)


class Died(Exception):
    """The process that ran a step is gone."""


@dataclass
class Deaths(ClientInterceptor, Interceptor):
    """Each kills one step of one booking once: True after it has happened, False before."""

    planned: dict[tuple[str, UUID], bool] = field(default_factory=dict)
    died: list[tuple[str, UUID, bool]] = field(default_factory=list)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 (the SDK's name)
        return _Deadly(next, self)


class _Deadly(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, deaths: Deaths) -> None:  # noqa: A002 (the SDK's name)
        super().__init__(next)
        self._deaths = deaths

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        given = input.args[0]
        booking = getattr(given, "booking", given)
        step = (input.fn.__name__, getattr(booking, "booking_id", UUID(int=0)))
        after = self._deaths.planned.pop(step, None)
        if after is None:
            return await super().execute_activity(input)
        self._deaths.died.append((*step, after))
        if after:
            await super().execute_activity(input)
        raise Died(step[0])


class SomeDeclined(FakePayments):
    """Says no to those amounts of more than 20.00."""

    async def charge_saved(self, payment_id: str, amount: Money, *, key: str, booking_id: UUID | None = None) -> Payment:
        if amount.amount > 2000:
            return Payment("", PaymentState.DECLINED, amount, decline_code="insufficient_funds")
        return await super().charge_saved(payment_id, amount, key=key, booking_id=booking_id)


@dataclass(frozen=True, slots=True)
class Case:
    """A booking, where it is to go, where it ends up, and what the vendor then has of its customer."""

    step: str
    after: bool
    order: HoldSlot
    move: Move
    starts_at: datetime
    money: int


@pytest_asyncio.fixture
async def deaths() -> Deaths:
    return Deaths()


@pytest_asyncio.fixture
async def system(
    database_url: str, temporal_server: str, pool: asyncpg.Pool, pools: tuple[asyncpg.Pool, asyncpg.Pool], deaths: Deaths
) -> AsyncIterator[System]:
    settings = hasty_settings(database_url, temporal_server, payment_seconds=20, worker_sandboxed=False)
    settings = settings.model_copy(update={"payments": PaymentsVendor.STRIPE})
    known: Any = (await connect(settings)).config()
    client = Client(**(known | {"interceptors": [deaths]}))
    await register_attributes(client)
    shop = await open_shop(pool)
    system = System(settings, client, pool, pools, TemporalCommands(client, settings), shop, payments=SomeDeclined())
    async with system.worker():
        yield system


async def money_of(system: System, order: HoldSlot) -> int:
    """What the vendor has kept of all that was taken for this booking."""
    taken = [
        one
        for key, one in (*system.payments.payments.items(), *system.payments.charges.items())
        if key.startswith(str(order.booking_id)) and one.state is PaymentState.CAPTURED
    ]
    return sum(one.amount.amount - one.refunded for one in taken)


async def is_settled(system: System, case: Case) -> bool:
    """Row, claims, event and money, all as if nothing had gone wrong."""
    order = case.order
    row = await system.pool.fetchrow("SELECT starts_at, blocks, provider_id FROM bookings WHERE id = $1", order.booking_id)
    claims = await system.pool.fetch(
        "SELECT c.provider_id, c.during FROM claim_seats s JOIN claims c ON c.id = s.claim_id WHERE s.booking_id = $1",
        order.booking_id,
    )
    if row is None or [(row["provider_id"], row["blocks"])] != [(one["provider_id"], one["during"]) for one in claims]:
        return False
    event = system.calendar.events.get(order.booking_id)
    places = [place for place in system.calendar.places if order.booking_id in place]
    is_written = event is not None and event.starts_at == case.starts_at and len(places) == 1
    return row["starts_at"] == case.starts_at and is_written and await money_of(system, order) == case.money


async def _prepared(system: System, number: int, step: str, after: bool, to: UUID, price: int) -> Case:
    """Each on a day of its own, given to another provider too; the new length reaches into its own old time on some."""
    order = await confirmed(system, TOMORROW + number * DAY)
    at = order.starts_at + timedelta(minutes=(0, 15, 180)[number % 3])
    changed: dict[str, Any] = {"minutes": 60, "price": euros(price), "provider_id": to if number % 2 else order.provider_id}
    is_kept = price - 2500 <= 2000
    return Case(step, after, order, move_of(order, at, **changed), at if is_kept else order.starts_at, price if is_kept else 2500)


async def _moves(system: System, deaths: Deaths, steps: tuple[str, ...], price: int) -> list[tuple[Case, Any]]:
    hedy = await another_provider(system.pool, system.shop.business_id, system.shop.service_id)
    plan = [(step, after) for step in steps for after in (False, True)]
    cases = await asyncio.gather(*(_prepared(system, n, *one, hedy, price) for n, one in enumerate(plan)))
    deaths.planned |= {(case.step, case.order.booking_id): case.after for case in cases}
    asked = (system.commands.reschedule(case.move, f"reschedule:{case.move.id}") for case in cases)
    return list(zip(cases, await asyncio.gather(*asked, return_exceptions=True), strict=True))


async def _check(system: System, deaths: Deaths, done: list[tuple[Case, Any]]) -> None:
    for case, _ in done:
        try:
            await until(lambda case=case: is_settled(system, case))  # type: ignore[misc]
        except TimeoutError:
            raise AssertionError(f"{case.step}, {'after' if case.after else 'before'} it happened") from None
        told = [kind for kind in await timeline_of(system.pool, ref(case.order)) if kind not in OFTEN]
        assert len(told) == len(set(told)), (case.step, told)
    assert {} == deaths.planned


async def test_a_dearer_move_is_made_and_paid_once_whatever_dies(system: System, deaths: Deaths) -> None:
    done = await _moves(system, deaths, DEARER, 4000)
    assert [1] * len(done) == [outcome.sequence for _, outcome in done]
    await _check(system, deaths, done)


async def test_a_cheaper_move_is_made_and_given_back_once_whatever_dies(system: System, deaths: Deaths) -> None:
    done = await _moves(system, deaths, CHEAPER, 1000)
    assert [1] * len(done) == [outcome.sequence for _, outcome in done]
    await _check(system, deaths, done)


async def test_a_declined_move_leaves_everything_as_it_was_whatever_dies(system: System, deaths: Deaths) -> None:
    done = await _moves(system, deaths, UNDOING, 9000)
    assert {PaymentDeclined} == {type(outcome) for _, outcome in done}
    await _check(system, deaths, done)


async def test_a_bank_that_is_away_at_each_try_leaves_everything_as_it_was(system: System) -> None:
    """Whether or not it charged before it went away."""
    system.settings = system.settings.model_copy(update={"payment_seconds": 2})
    system.commands = TemporalCommands(system.client, system.settings)
    for after in (False, True):
        order = await confirmed(system, TOMORROW + (DAY if after else DAY / 2))  # not before now, whatever time of day it is
        system.payments.fail("charge", -1, after=after)
        asked = move_of(order, order.starts_at, minutes=60, price=euros(4000))
        outcome = (await asyncio.gather(system.commands.reschedule(asked, "one"), return_exceptions=True))[0]
        assert isinstance(outcome, BookingFailed)
        case = Case("charge_saved_method", after, order, asked, order.starts_at, 2500)
        await until(lambda case=case: is_settled(system, case))  # type: ignore[misc]
        system.payments.faults.planned.clear()
