"""A cancel of any workflow, by whoever may, before and after each thing it does: it ends, and nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus

import worker
from domain.bookings import BookingRef
from domain.policies import NoShowPolicy, Policies
from domain.reminders import Reminder
from store.one_time_tokens import Purpose, ask
from tests.moves import euros, move_of
from tests.orders import TOMORROW, ref, status_of
from tests.series import AT_ONCE, refs, series_of
from tests.waiting import PATIENCE, until
from tests.workflows.gates import Gates
from tests.workflows.promises import OF_AN_END, broken_promises, money_of, told_of
from tests.workflows.system import System, hasty_settings, running
from tests.workflows.test_approval import YES, needing_approval
from workflows.messages import Cancel, CancelSeries, TellOffer

HEARD_WITHIN = 0.5
"""Seconds. While a step of our own database runs, the workflow hears nothing; then the cancel is heard right after it."""

SHOP = "https://shop.example"

Act = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Case:
    """One workflow on its way: what makes it go, who may cancel it how, and what has to hold when it has come to rest."""

    workflow_id: str
    goes: Act
    ways: dict[str, Act]
    holds: Callable[[], Awaitable[list[str]]]
    bookings: list[BookingRef] = field(default_factory=list)


Make = Callable[[System, int], Awaitable[Case]]


@pytest.fixture
def gates() -> Gates:
    return Gates()


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool, gates: Gates) -> AsyncIterator[System]:
    settings = hasty_settings(
        database_url, temporal_server, payment_seconds=30, calendar_seconds=30, hold_seconds=300, worker_sandboxed=False
    )
    async with running(settings, pool, interceptors=[gates]) as system:
        yield system


def by_temporal(system: System, workflow_id: str) -> Act:
    """As an operator does it in the Web UI."""
    return lambda: system.client.get_workflow_handle(workflow_id).cancel()


# ---- the workflows, each made to run through all it does


async def checkout(system: System, number: int) -> Case:
    order = system.shop.order(TOMORROW + timedelta(hours=number))
    booking = ref(order)

    async def goes() -> None:
        await system.commands.hold(order)
        await system.commands.confirm(booking, "ok", SHOP)

    return case_of(system, booking, goes)


async def checkout_with_approval(system: System, number: int) -> Case:
    order = needing_approval(system.shop.order(TOMORROW + timedelta(hours=number)), 300)
    booking = ref(order)

    async def goes() -> None:
        await system.commands.hold(order)
        await system.commands.confirm(booking, "ok", SHOP)
        await system.commands.decide(booking, YES)

    return case_of(system, booking, goes)


def case_of(system: System, booking: BookingRef, goes: Act) -> Case:
    ways = {
        "in the Web UI": by_temporal(system, booking.workflow_id),
        "by the customer": lambda: system.commands.cancel(booking, Cancel()),
    }
    return Case(booking.workflow_id, goes, ways, lambda: broken_promises(system, booking), [booking])


async def confirmed(system: System, number: int, **changes: Any) -> tuple[Any, BookingRef]:
    order = replace(system.shop.order(TOMORROW + timedelta(hours=number)), saves_method=True, **changes)
    booking = await system.hold(order)
    await system.commands.confirm(booking, "ok", SHOP)
    return order, booking


async def move(system: System, number: int) -> Case:
    """To a time that costs more."""
    order, booking = await confirmed(system, 2 * number)
    dearer = move_of(order, order.starts_at + timedelta(minutes=30), minutes=45, price=euros(4000))
    return case_of(system, booking, lambda: system.commands.reschedule(dearer, f"reschedule:{dearer.id}"))


async def end(system: System, number: int) -> Case:
    """The customer's cancel: another one joins it."""
    _, booking = await confirmed(system, number)
    return case_of(system, booking, lambda: system.commands.cancel(booking, Cancel()))


async def no_show(system: System, number: int) -> Case:
    """Staff say so; nobody cancels it after that."""
    policies = Policies(no_show=NoShowPolicy(fee_percent=40, window=timedelta(hours=1)))
    _, booking = await confirmed(system, number, policies=policies)
    await system.pool.execute("UPDATE bookings SET starts_at = now() - interval '1 minute' WHERE id = $1", booking.booking_id)

    async def holds() -> list[str]:
        status = await status_of(system.pool, booking)
        kept = money_of(system, booking)
        return [] if (status, kept) in {("no_show", 3500), ("cancelled", 0)} else [f"{status}, and {kept} kept"]

    case = case_of(system, booking, lambda: system.commands.mark_no_show(booking))
    return replace(case, holds=holds)


async def series(system: System, number: int) -> Case:
    wanted = series_of(system.shop, [TOMORROW + timedelta(hours=2 * number + each) for each in (0, 1)], payment=AT_ONCE)

    async def goes() -> None:
        await system.commands.hold_series(wanted)
        await system.commands.confirm_series(wanted.ref, "ok", None)

    async def holds() -> list[str]:
        status = {await status_of(system.pool, booking) for booking in refs(wanted)}
        kept = sum(money_of(system, booking) for booking in refs(wanted))
        claims = await system.pool.fetchval(
            "SELECT count(*) FROM claim_seats WHERE booking_id = ANY($1)", [one.booking_id for one in refs(wanted)]
        )
        allowed = [({"confirmed"}, 5000, 2), ({"cancelled"}, 0, 0), ({"failed"}, 0, 0), ({None}, 0, 0)]
        return [] if (status, kept, claims) in allowed else [f"{status}, {kept} kept, {claims} claims"]

    ways = {
        "in the Web UI": by_temporal(system, wanted.ref.workflow_id),
        "by the customer": lambda: system.commands.cancel_series(wanted.ref, Cancel()),
    }
    return Case(wanted.ref.workflow_id, goes, ways, holds, refs(wanted))


# ---- the attack


async def places_of(system: System, gates: Gates, make: Make) -> list[tuple[str, bool]]:
    """Before and after each activity that it runs where nobody is in its way, with what follows at once."""
    case = await make(system, 0)
    before = len(gates.seen.get(case.workflow_id, ()))
    await case.goes()
    seen = gates.seen[case.workflow_id]
    lengths: list[int] = []

    async def is_quiet() -> bool:
        lengths.append(len(seen))
        return len(lengths) > 1 and lengths[-1] == lengths[-2]

    await until(is_quiet, every=1.0)
    return [(name, after) for name in dict.fromkeys(seen[before:]) for after in (False, True)]


async def attack(system: System, gates: Gates, make: Make, number: int, place: tuple[str, bool], way: str) -> list[str]:
    """Cancels while it stands there, and lets it go on; returns what is wrong in the end."""
    case = await make(system, number)
    gate = gates.at(case.workflow_id, place[0], after=place[1])
    going = asyncio.ensure_future(case.goes())
    await asyncio.wait_for(gate.reached.wait(), PATIENCE)
    cancelling = asyncio.ensure_future(case.ways[way]())
    await asyncio.wait([cancelling], timeout=HEARD_WITHIN)
    gate.opened.set()
    await asyncio.gather(going, cancelling, return_exceptions=True)
    try:
        await until(lambda: _holds(case))
    except TimeoutError:
        return [f"{way} at {place}: {each}" for each in await case.holds()]
    return [f"{way} at {place}: told {name}" for booking in case.bookings for name in await told_in_vain(system, booking)]


async def _holds(case: Case) -> bool:
    return not await case.holds()


async def told_in_vain(system: System, booking: BookingRef) -> list[str]:
    """What people heard of a checkout that came to nothing, but that it did."""
    was_confirmed = await system.pool.fetchval(
        "SELECT count(*) FROM booking_events WHERE booking_id = $1 AND kind = 'confirmed'", booking.booking_id
    )
    told = told_of(system, booking)
    return [] if was_confirmed else [name for name in told if not name.startswith((*OF_AN_END, "approval_requested"))]


@dataclass(frozen=True, slots=True)
class Attack:
    """Which workflow is attacked, as what, and what it has to come by."""

    workflow_type: str
    make: Make
    least: frozenset[str]


CHECKOUT = frozenset({"hold_slot", "authorise_payment", "secure_claim", "write_calendar_event"}) | {
    "capture_payment",
    "confirm_booking",
}
SERIES = frozenset({"hold_series", "begin_series", "authorise_payment", "secure_series", "capture_payment", "confirm_series"})

ATTACKS = {
    "checkout": Attack("BookingWorkflow", checkout, CHECKOUT),
    "approval": Attack("BookingWorkflow", checkout_with_approval, CHECKOUT | {"ask_for_approval", "decide_approval"}),
    "move": Attack("AppointmentWorkflow", move, frozenset({"reserve_new_time", "charge_saved_method", "make_move"})),
    "end": Attack("AppointmentWorkflow", end, frozenset({"cancel_booking", "give_back", "send_email", "send_sms"})),
    "no-show": Attack("AppointmentWorkflow", no_show, frozenset({"mark_no_show", "charge_saved_method"})),
    "series": Attack("SeriesWorkflow", series, SERIES),
}


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_cancel_at_each_activity_leaves_nothing_behind(system: System, gates: Gates, name: str) -> None:
    made = ATTACKS[name]
    places = await places_of(system, gates, made.make)
    assert made.least <= {activity for activity, _ in places}
    case = [(place, way) for place in places for way in ("in the Web UI", "by the customer")]
    attacks = [attack(system, gates, made.make, number, place, way) for number, (place, way) in enumerate(case, 1)]
    wrong = await asyncio.gather(*attacks)
    assert [] == [each for found in wrong for each in found]


# ---- the workflows beside the bookings: Temporal's own cancel is the only one they know


async def ended(system: System, workflow_id: str) -> WorkflowExecutionStatus | None:
    handle = system.client.get_workflow_handle(workflow_id)

    async def is_over() -> bool:
        return (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING

    await until(is_over)
    return (await handle.describe()).status


async def reminded(system: System, number: int) -> tuple[BookingRef, Reminder]:
    """A booking whose reminder is due."""
    await system.pool.execute("UPDATE services SET reminder_minutes = '{600}'")
    _, booking = await confirmed(system, number)
    await until(lambda: "confirmation" in told_of(system, booking))
    await system.pool.execute("UPDATE reminders SET due_at = now() WHERE booking_id = $1", booking.booking_id)
    return booking, Reminder(booking, 600)


async def sweep(system: System, number: int) -> str:
    workflow_id = f"sweep-{number}-{system.settings.task_queue}"
    queue = system.settings.task_queue
    await system.client.start_workflow("RemindersSweepWorkflow", id=workflow_id, task_queue=queue)
    return workflow_id


def reminders_of(system: System, booking: BookingRef) -> list[str]:
    return [name for name in told_of(system, booking) if name.startswith("reminder")]


@pytest.mark.parametrize("after", [False, True])
async def test_a_cancelled_sweep_leaves_its_reminders_to_the_next(system: System, gates: Gates, after: bool) -> None:
    booking, reminder = await reminded(system, 1)
    gate = gates.at(f"sweep-1-{system.settings.task_queue}", "start_due_reminders", after=after)
    workflow_id = await sweep(system, 1)
    await gate.reached.wait()
    await system.client.get_workflow_handle(workflow_id).cancel()
    gate.opened.set()
    await ended(system, workflow_id)
    await ended(system, await sweep(system, 2))
    await until(lambda: len(reminders_of(system, booking)) == 2)  # an e-mail and a text
    await ended(system, reminder.workflow_id)


@pytest.mark.parametrize("after", [False, True])
async def test_a_reminder_that_is_cancelled_at_its_first_try_ends_and_is_forgotten(
    system: System, gates: Gates, after: bool
) -> None:
    """The workflow hears of it only when the try has ended: what it has begun by then is finished, once, and then it is over."""
    booking, reminder = await reminded(system, 1)
    system.email.fail(times=1)
    system.sms.fail(times=1)
    gate = gates.at(reminder.workflow_id, "remind", after=after)
    await ended(system, await sweep(system, 1))
    await gate.reached.wait()
    await system.client.get_workflow_handle(reminder.workflow_id).cancel()
    gate.opened.set()
    await ended(system, reminder.workflow_id)
    assert len(reminders_of(system, booking)) <= 2  # an e-mail and a text
    assert 0 == await system.pool.fetchval("SELECT count(*) FROM reminders")


async def test_a_reminder_that_is_cancelled_while_its_carrier_is_away_is_not_sent_any_more(system: System, gates: Gates) -> None:
    booking, reminder = await reminded(system, 1)
    system.email.fail(times=-1)
    system.sms.fail(times=-1)
    await ended(system, await sweep(system, 1))
    await until(lambda: {"send_email", "send_sms"} <= set(gates.seen.get(reminder.workflow_id, ())))
    await system.client.get_workflow_handle(reminder.workflow_id).cancel()
    await ended(system, reminder.workflow_id)
    assert [] == reminders_of(system, booking)
    assert 0 == await system.pool.fetchval("SELECT count(*) FROM reminders")


@pytest.mark.parametrize("after", [False, True])
async def test_a_customers_cancel_before_the_reminder_goes_out_is_heard(system: System, gates: Gates, after: bool) -> None:
    booking, reminder = await reminded(system, 1)
    gate = gates.at(reminder.workflow_id, "remind", after=after)
    await ended(system, await sweep(system, 1))
    await gate.reached.wait()
    await system.commands.cancel(booking, Cancel())
    gate.opened.set()
    await ended(system, reminder.workflow_id)
    assert (2 if after else 0) == len(reminders_of(system, booking))


@pytest.mark.parametrize("place", ["send_email", "sleep"])
async def test_a_kept_series_outlives_temporals_own_cancel(system: System, gates: Gates, place: str) -> None:
    """Its bookings are still cancelled together."""
    wanted = series_of(system.shop, [TOMORROW, TOMORROW + timedelta(hours=1)], payment=AT_ONCE)
    gate = gates.at(wanted.ref.workflow_id, "send_email", after=False)
    await system.commands.hold_series(wanted)
    await system.commands.confirm_series(wanted.ref, "ok", None)
    await gate.reached.wait()
    if place == "sleep":
        gate.opened.set()
        await until(lambda: [one for one in system.email.sent if ":series" in one.key])
    await system.client.get_workflow_handle(wanted.ref.workflow_id).cancel()
    gate.opened.set()
    everything = CancelSeries(tuple(one.booking_id for one in refs(wanted)), Cancel())
    await system.commands.cancel_occurrences(wanted.ref, everything)
    for booking in refs(wanted):
        await ended(system, booking.workflow_id)
    assert 0 == sum(money_of(system, booking) for booking in refs(wanted))
    assert 0 == await system.pool.fetchval("SELECT count(*) FROM claims")


async def test_a_tidying_that_is_cancelled_ends(system: System, gates: Gates) -> None:
    queue = system.settings.task_queue
    gate = gates.at(f"tidy-{queue}", "forget_old_webhooks", after=False)
    handle = await system.client.start_workflow("WebhooksTidyWorkflow", id=f"tidy-{queue}", task_queue=queue)
    await gate.reached.wait()
    await handle.cancel()
    gate.opened.set()
    await ended(system, handle.id)


@pytest.mark.parametrize("after", [False, True])
async def test_mails_to_people_are_sent_once_whoever_cancels(system: System, gates: Gates, after: bool) -> None:
    secret, day = system.settings.token_secret.get_secret_value(), timedelta(days=1)
    await ask(system.pool, secret, Purpose.VERIFY, "ada@example.com", day)
    queue = system.settings.task_queue
    gate = gates.at(f"mails-{queue}", "send_people_mails", after=after)
    handle = await system.client.start_workflow("PeopleMailsWorkflow", id=f"mails-{queue}", task_queue=queue)
    await gate.reached.wait()
    await handle.cancel()
    gate.opened.set()
    await ended(system, handle.id)
    again = await system.client.start_workflow("PeopleMailsWorkflow", id=f"mails-{queue}-again", task_queue=queue)
    await again.result()
    assert 1 == len([email for email in system.email.sent if email.key.startswith("account:")])


@pytest.mark.parametrize("after", [False, True])
async def test_an_offer_that_is_told_of_is_told_once_whoever_cancels(system: System, gates: Gates, after: bool) -> None:
    booking = await system.hold(system.shop.order())
    expires_at = await system.pool.fetchval("SELECT hold_expires_at FROM bookings")
    queue, workflow_id = system.settings.task_queue, f"waitlist-offer-{booking.booking_id}"
    gate = gates.at(workflow_id, "send_email", after=after)
    tell = TellOffer(booking, expires_at)
    handle = await system.client.start_workflow("WaitlistOfferWorkflow", tell, id=workflow_id, task_queue=queue)
    await gate.reached.wait()
    await handle.cancel()
    gate.opened.set()
    await ended(system, workflow_id)
    assert len(told_of(system, booking)) == len({(one.key, type(one)) for one in [*system.email.sent, *system.sms.sent]})


ELSEWHERE = {
    "ReconciliationWorkflow": "test_reconciliation.py: while it asks the vendor",
    "WaitlistWorkflow": "test_waitlist.py: at its hold, before and after",
    "WebhooksSweepWorkflow": "test_webhooks.py: while it looks",
    "WebhookWorkflow": "test_webhooks.py: while it tries and while it waits",
}
BESIDE = {
    "RemindersSweepWorkflow", "ReminderWorkflow", "KeptSeriesWorkflow", "WebhooksTidyWorkflow", "WaitlistOfferWorkflow",
    "PeopleMailsWorkflow",
}  # fmt: skip


def test_every_workflow_is_attacked() -> None:
    attacked = {one.workflow_type for one in ATTACKS.values()} | BESIDE | set(ELSEWHERE)
    assert {one.__name__ for one in worker.WORKFLOWS} == attacked
