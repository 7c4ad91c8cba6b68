"""Moving a confirmed booking, with vendors that fail on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
import pytest_asyncio

from domain.bookings import HoldSlot
from domain.errors import BookingFailed, PaymentDeclined, RefundRefused, SlotTaken, TransitionNotAllowed
from domain.messages import Email
from domain.payments import PaymentAccident, PaymentState, RefundState
from domain.rescheduling import Move, Moved
from tests.fakes import Fault
from tests.moves import another_provider, euros, move_of
from tests.orders import TOMORROW, ref, timeline_of
from tests.waiting import PATIENCE, until
from tests.workflows.system import System, hasty_settings, running
from tests.workflows.test_cancelling import left
from workflows.messages import Cancel

LATER = TOMORROW + timedelta(hours=3)
HOUR = timedelta(hours=1)
FOR_GOOD = -1


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        yield system


async def confirmed(system: System, starts_at: datetime = TOMORROW, *, paid: bool = True) -> HoldSlot:
    order = replace(system.shop.order(starts_at, paid=paid), saves_method=paid)
    booking = await system.hold(order)
    await system.commands.confirm(booking, "ok" if paid else None, "https://shop.example")
    handle = system.client.get_workflow_handle(booking.workflow_id)

    async def is_appointment() -> bool:
        return (await handle.describe()).workflow_type == "AppointmentWorkflow"

    await until(is_appointment)
    return order


async def moved(system: System, move: Move) -> Moved:
    done = await system.commands.reschedule(move, f"reschedule:{move.id}")
    assert done is not None
    return done


async def stands_at(system: System, starts_at: datetime) -> None:
    """The row, the claim, and in the end the one event in the calendar."""
    assert starts_at == await system.pool.fetchval("SELECT starts_at FROM bookings")
    assert [starts_at] == [row["starts_at"] for row in await system.pool.fetch("SELECT starts_at FROM claims")]
    await until(lambda: [starts_at] == [event.starts_at for event in system.calendar.events.values()])
    assert 1 == len(system.calendar.places)


async def end(system: System, order: HoldSlot) -> None:
    """So that the histories can be replayed."""
    await system.commands.cancel(ref(order), Cancel())
    await asyncio.wait_for(system.client.get_workflow_handle(ref(order).workflow_id).result(), PATIENCE)


def subjects(system: System, word: str) -> int:
    return sum(isinstance(mail, Email) and word in mail.subject for mail in system.email.sent)


async def charges(system: System) -> list[tuple[int, str]]:
    return [tuple(row) for row in await system.pool.fetch("SELECT amount, state FROM charges ORDER BY created_at")]


def kept_money(system: System) -> int:
    """What the vendor has of the customer's, in the end."""
    taken = [*system.payments.payments.values(), *system.payments.charges.values()]
    return sum(one.amount.amount - one.refunded for one in taken if one.state is PaymentState.CAPTURED)


async def test_at_the_same_price_no_payment_vendor_is_asked(system: System) -> None:
    """C17: rescheduling asked to pay again."""
    order = await confirmed(system)
    before = list(system.payments.faults.calls)
    done = await moved(system, move_of(order, LATER))
    assert (1, LATER) == (done.sequence, done.starts_at)
    await stands_at(system, LATER)
    assert before == system.payments.faults.calls
    await until(lambda: 2 == subjects(system, "New time"))  # customer and provider
    assert 1 == (await timeline_of(system.pool, ref(order))).count("rescheduled")
    await end(system, order)
    assert (0, 0, 0) == await left(system)


async def test_it_moves_again_and_again_and_each_time_people_are_told(system: System) -> None:
    order = await confirmed(system, paid=False)
    for sequence in (1, 2, 3):
        await moved(system, move_of(order, TOMORROW + sequence * HOUR, sequence=sequence))
        await stands_at(system, TOMORROW + sequence * HOUR)
        await until(lambda n=sequence: 2 * n == subjects(system, "New time"))  # type: ignore[misc]
    assert [3] == [event.sequence for event in system.calendar.events.values()]
    await end(system, order)


async def test_the_event_goes_to_the_other_providers_calendar(system: System) -> None:
    """C29: one event in the end, in the calendar of whoever gives the service now."""
    hedy = await another_provider(system.pool, system.shop.business_id, system.shop.service_id)
    order = await confirmed(system, paid=False)
    await moved(system, move_of(order, LATER, provider_id=hedy))
    await until(lambda: {("hedy@example.com", order.booking_id)} == system.calendar.places)
    await moved(system, move_of(order, TOMORROW, sequence=2))
    await until(lambda: {("g@example.com", order.booking_id)} == system.calendar.places)
    await end(system, order)
    assert set() == system.calendar.places


async def test_late_words_to_a_provider_never_say_the_opposite_of_newer_ones(system: System) -> None:
    """The booking left their day and came back while no mail went out: then it did not leave it."""
    hedy = await another_provider(system.pool, system.shop.business_id, system.shop.service_id)
    order = await confirmed(system, paid=False)
    await until(lambda: 1 == subjects(system, "Confirmed"))
    system.email.fail(times=FOR_GOOD)
    await moved(system, move_of(order, LATER, provider_id=hedy))
    await moved(system, move_of(order, TOMORROW, sequence=2))
    system.email.faults.planned.clear()
    await until(lambda: 2 == subjects(system, "New time"))  # the customer's
    await until(lambda: 2 == subjects(system, "Confirmed") and 1 == subjects(system, "Moved to another provider"))
    await end(system, order)
    told = [(mail.to, mail.subject.partition(":")[0]) for mail in system.email.sent if isinstance(mail, Email)]
    providers = sorted((to, what) for to, what in told if to in ("hedy@example.com", "g@example.com"))
    theirs = [("g@example.com", "Cancelled"), ("g@example.com", "Confirmed")]
    assert [*theirs, ("hedy@example.com", "Moved to another provider")] == providers


async def test_what_it_costs_more_is_charged_before_the_times_are_swapped(system: System) -> None:
    order = await confirmed(system)
    done = await moved(system, move_of(order, TOMORROW, minutes=60, price=euros(4000)))
    assert TOMORROW + HOUR == done.ends_at
    assert ([(1500, "captured")], 4000) == (await charges(system), kept_money(system))
    told = await timeline_of(system.pool, ref(order))
    steps = ["time_reserved", "charge_requested", "charge_captured", "rescheduled"]
    assert steps == [kind for kind in told if kind in steps]
    await stands_at(system, TOMORROW)
    await end(system, order)


async def test_a_declined_difference_changes_nothing(system: System) -> None:
    system.payments.charge_result = PaymentState.DECLINED
    order = await confirmed(system)
    before = await left(system)
    with pytest.raises(PaymentDeclined):
        await moved(system, move_of(order, LATER, minutes=60, price=euros(4000)))
    assert (before, 2500) == (await left(system), kept_money(system))
    await stands_at(system, TOMORROW)
    assert 0 == await system.pool.fetchval("SELECT sequence FROM bookings")
    system.payments.charge_result = PaymentState.CAPTURED
    await moved(system, move_of(order, LATER, minutes=60, price=euros(4000)))  # another try is another charge
    assert ([(1500, "declined"), (1500, "captured")], 4000) == (await charges(system), kept_money(system))
    await end(system, order)


async def test_a_time_that_is_taken_is_not_paid_for(system: System) -> None:
    order = await confirmed(system)
    await system.hold(system.shop.order(LATER))
    with pytest.raises(SlotTaken):
        await moved(system, move_of(order, LATER - HOUR / 4, minutes=60, price=euros(4000)))
    assert ([], 2500, "charge" in system.payments.faults.calls) == (await charges(system), kept_money(system), False)
    await end(system, order)


async def test_what_it_costs_less_comes_back_also_from_an_earlier_difference(system: System) -> None:
    order = await confirmed(system)
    await moved(system, move_of(order, TOMORROW, minutes=60, price=euros(4000)))
    system.payments.refund_result = RefundState.PENDING
    await moved(system, move_of(order, LATER, sequence=2, minutes=15, old_price=euros(4000), price=euros(1000)))
    system.payments.refund_result = RefundState.SUCCEEDED
    await system.client.get_workflow_handle(ref(order).workflow_id).signal("payment_changed")

    async def is_back() -> bool:
        rows = await system.pool.fetch("SELECT amount, charge_step IS NULL AS is_first, state FROM refunds ORDER BY step")
        return [tuple(row) for row in rows] == [(1500, False, "succeeded"), (1500, True, "succeeded")]

    await until(is_back)
    assert 1000 == kept_money(system)
    await end(system, order)


async def test_a_calendar_that_is_down_holds_up_nothing_and_hears_the_newest_in_the_end(system: System) -> None:
    order = await confirmed(system, paid=False)
    system.calendar.fail("write", FOR_GOOD)
    await moved(system, move_of(order, LATER))
    await moved(system, move_of(order, LATER + HOUR, sequence=2))
    assert [TOMORROW] == [event.starts_at for event in system.calendar.events.values()]
    told = "SELECT count(*) FROM booking_events WHERE kind = 'trouble' AND detail->>'step' = 'calendar.2'"

    async def is_told() -> bool:
        found: int = await system.pool.fetchval(told)
        return found == 1

    await until(is_told)
    system.calendar.faults.planned.clear()
    await stands_at(system, LATER + HOUR)
    await end(system, order)
    assert set() == system.calendar.places


async def test_one_change_at_a_time(system: System) -> None:
    """Another one waits for its turn, and is then told that it is not where it was asked from any more."""
    system.payments.faults.planned["charge"] = Fault(lambda: PaymentAccident("charge"), 0, slow=1.0)
    order = await confirmed(system)
    dearer = move_of(order, LATER, minutes=60, price=euros(4000))
    first, again = asyncio.create_task(moved(system, dearer)), asyncio.create_task(moved(system, dearer))
    await until(lambda: "charge" in system.payments.faults.calls)
    with pytest.raises(TransitionNotAllowed, match="moved meanwhile"):
        await moved(system, move_of(order, TOMORROW + HOUR))
    assert (await first) == (await again)
    assert ([(1500, "captured")], 4000) == (await charges(system), kept_money(system))
    await end(system, order)


async def test_temporals_own_cancel_in_the_middle_ends_neither_the_move_nor_the_appointment(system: System) -> None:
    system.payments.faults.planned["charge"] = Fault(lambda: PaymentAccident("charge"), 0, slow=1.0)
    order = await confirmed(system)
    moving = asyncio.create_task(moved(system, move_of(order, LATER, minutes=60, price=euros(4000))))
    await until(lambda: "charge" in system.payments.faults.calls)
    await system.client.get_workflow_handle(ref(order).workflow_id).cancel()
    assert LATER == (await moving).starts_at
    assert ([(1500, "captured")], 4000) == (await charges(system), kept_money(system))
    await stands_at(system, LATER)
    await end(system, order)


async def test_a_bank_that_never_answers_costs_nobody_anything(system: System) -> None:
    """The charge went through and nobody heard: it comes back, and the booking is where it was."""
    order = await confirmed(system)
    system.payments.fail("charge", FOR_GOOD, after=True)
    with pytest.raises(BookingFailed):
        await moved(system, move_of(order, LATER, minutes=60, price=euros(4000)))
    await stands_at(system, TOMORROW)
    await until(lambda: 2500 == kept_money(system))

    async def is_told() -> bool:
        return "charge_undone" in await timeline_of(system.pool, ref(order))

    await until(is_told)
    assert [(1500, "declined")] == await charges(system)


async def test_money_that_the_vendor_will_not_give_back_is_told(system: System) -> None:
    order = await confirmed(system)
    system.payments.fail("charge", FOR_GOOD, after=True)
    system.payments.faults.planned["undo charge"] = Fault(lambda: RefundRefused("the account is closed"), FOR_GOOD)
    move = move_of(order, LATER, minutes=60, price=euros(4000))
    with pytest.raises(BookingFailed):
        await moved(system, move)
    await stands_at(system, TOMORROW)
    what_is_told = "SELECT detail ->> 'step', detail ->> 'code' FROM booking_events WHERE kind = 'trouble'"

    async def told() -> list[tuple[str, str]]:
        return [tuple(row) for row in await system.pool.fetch(what_is_told)]

    await until(told)
    assert [(f"undo-charge:{move.step}", RefundRefused.code)] == await told()
    assert 4000 == kept_money(system), "nothing came back, so somebody must look"


async def test_what_was_just_confirmed_can_be_moved_at_once(system: System) -> None:
    """Though the checkout may still have to hand it over; what is only held is not moved."""
    order = system.shop.order(paid=False)
    booking = await system.hold(order)
    with pytest.raises(TransitionNotAllowed):
        await moved(system, move_of(order, LATER))
    await system.commands.confirm(booking, None, None)
    assert LATER == (await moved(system, move_of(order, LATER))).starts_at
    await stands_at(system, LATER)
    await end(system, order)


async def test_it_completes_at_its_new_end(system: System) -> None:
    """Moved towards now, it is over sooner; the old end means nothing any more."""
    order = await confirmed(system, paid=False)
    soon = datetime.now(UTC) + timedelta(seconds=2)
    await moved(system, move_of(order, soon - timedelta(minutes=30)))
    await system.becomes(ref(order), "completed")
