"""The workflow that makes the offers, on a real Temporal server: woken by whatever frees time, and once for each time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from uuid import UUID

import asyncpg
import pytest
from temporalio.client import WorkflowExecutionStatus

from activities.waitlist import WaitlistActivities
from domain.bookings import BookingRef
from domain.waitlist import EntryState
from store.providers import give_service
from store.waitlist import leave
from temporal.waitlist import workflow_id
from tests.orders import timeline_of
from tests.waiting import until
from tests.waiting_line import SECRET, Waitlist
from tests.workflows.gates import Gates
from tests.workflows.system import System, hasty_settings, running
from worker import waking
from workflows.messages import Cancel, KeepWaitlist, Patience
from workflows.waitlist import BREATH, WaitlistWorkflow

OFFERED = "SELECT booking_id FROM waitlist_offers WHERE entry_id = $1 AND outcome = 'open'"


@dataclass(frozen=True, slots=True)
class Line:
    """A shop that opens tomorrow for one appointment, and whoever waits for it."""

    system: System
    waitlist: Waitlist
    gates: Gates

    @property
    def pool(self) -> asyncpg.Pool:
        return self.system.pool

    @property
    def workflow_id(self) -> str:
        return workflow_id(self.waitlist.shop.service_id)

    async def books(self, minutes: int = 0) -> BookingRef:
        """An ordinary customer, through the commands."""
        booking = await self.system.hold(self.waitlist.shop.order(self.waitlist.at(minutes), paid=False))
        await self.system.commands.confirm(booking, None, None)
        return booking

    async def cancels(self, booking: BookingRef) -> None:
        await self.system.commands.cancel(booking, Cancel())

    async def offer_of(self, entry_id: UUID) -> BookingRef:
        """The booking that is held for this entry, as soon as its own workflow keeps it."""

        async def is_offered() -> bool:
            return await self.pool.fetchval(OFFERED, entry_id) is not None

        await until(is_offered)
        booking = BookingRef(self.waitlist.shop.business_id, await self.pool.fetchval(OFFERED, entry_id))
        told = f"waitlist-offer-{booking.booking_id}"
        for started in (booking.workflow_id, told):
            self.system.workflow_ids.append(started)
            await until(partial(self.is_started, started))
        return booking

    async def is_started(self, name: str) -> bool:
        return (await self.system.client.count_workflows(f"WorkflowId = '{name}'")).count > 0

    async def becomes(self, entry_id: UUID, state: EntryState) -> None:
        async def has_become() -> bool:
            return await self.waitlist.state_of(entry_id) is state

        await until(has_become)

    def told(self, name: str) -> list[str]:
        """What this customer was written about a time that is held for them."""
        return [mail.subject for mail in self.system.email.sent if mail.to == f"{name.lower()}@example.com"]  # type: ignore[union-attr]

    async def has_ended(self) -> bool:
        handle = self.system.client.get_workflow_handle(self.workflow_id)
        return (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING

    async def closes(self) -> None:
        """Everybody leaves, so that the workflow ends and its history can be replayed."""
        for (entry_id,) in await self.pool.fetch("SELECT id FROM waitlist_entries"):
            async with self.pool.acquire() as connection:
                await leave(connection, self.waitlist.shop.business_id, entry_id)
        await until(self.has_ended)


@asynccontextmanager
async def opened(database_url: str, temporal_server: str, pool: asyncpg.Pool, **changes: object) -> AsyncIterator[Line]:
    """Nobody wakes the line but the test."""
    gates = Gates()
    async with running(hasty_settings(database_url, temporal_server, **changes), pool, interceptors=[gates]) as system:
        line = Line(system, Waitlist(pool, system.shop, WaitlistActivities(pool, SECRET)), gates)
        await give_service(pool, system.shop.business_id, system.shop.provider_id, system.shop.service_id, 0)
        await pool.execute("UPDATE services SET slot_step_minutes = 60, payment = 'none', price_amount = 0")
        await line.waitlist.opens(1)
        system.workflow_ids.append(line.workflow_id)
        yield line


@pytest.fixture
async def line(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[Line]:
    async with opened(database_url, temporal_server, pool) as line, waking(line.system.settings, line.system.client, pool):
        yield line
        await line.closes()


async def test_a_cancelled_time_is_offered_told_and_taken(line: Line) -> None:
    booking = await line.books()
    ada = await line.waitlist.joins("Ada")
    await line.cancels(booking)
    offer = await line.offer_of(ada)
    await until(lambda: [subject for subject in line.told("Ada") if subject.startswith("A time has become free")])
    await line.system.commands.confirm(offer, None, None)
    await line.becomes(ada, EntryState.ACCEPTED)
    told = [kind for kind in await timeline_of(line.pool, offer) if not kind.startswith("notification")]
    assert ["held", "waitlist_offered", "confirming", "claim_secured", "calendar_written", "confirmed"] == told[:6]
    assert "waitlist_accepted" in told


async def test_declined_it_goes_to_the_next_and_to_nobody_twice(line: Line) -> None:
    ada = await line.waitlist.joins("Ada")
    first = await line.offer_of(ada)
    grace = await line.waitlist.joins("Grace")
    await line.cancels(first)
    second = await line.offer_of(grace)
    assert EntryState.WAITING is await line.waitlist.state_of(ada)
    await line.cancels(second)
    await line.becomes(grace, EntryState.WAITING)
    await until(lambda: line.pool.fetchval("SELECT count(*) = 0 FROM claims"))
    hedy = await line.waitlist.joins("Hedy")
    await line.offer_of(hedy)
    assert 3 == await line.pool.fetchval("SELECT count(*) FROM waitlist_offers")


async def test_longer_hours_and_more_seats_are_offered(line: Line) -> None:
    await line.books()
    ada, grace = await line.waitlist.joins("Ada"), await line.waitlist.joins("Grace")
    await line.waitlist.opens(2)
    await line.offer_of(ada)
    hour_later = line.waitlist.at(120)
    await line.pool.execute("UPDATE services SET capacity = 2")
    await line.waitlist.opens(3)
    offer = await line.offer_of(grace)
    assert hour_later == await line.pool.fetchval("SELECT starts_at FROM bookings WHERE id = $1", offer.booking_id)


async def test_a_customer_who_is_faster_has_it_and_the_line_waits_on(line: Line) -> None:
    gate = line.gates.at(line.workflow_id, "hold_slot", after=False)
    ada = await line.waitlist.joins("Ada")
    await gate.reached.wait()
    booking = await line.books()
    gate.opened.set()
    await until(lambda: line.pool.fetchval("SELECT seen IS NOT NULL FROM waitlists"))
    assert (EntryState.WAITING, 1) == (
        await line.waitlist.state_of(ada),
        await line.pool.fetchval("SELECT count(*) FROM bookings"),
    )
    await line.cancels(booking)
    await line.offer_of(ada)


@pytest.mark.parametrize("after", [False, True])
async def test_a_cancel_of_the_workflow_leaves_no_hold_without_its_booking(line: Line, after: bool) -> None:
    """Somebody at the Web UI; the next news start it again."""
    gate = line.gates.at(line.workflow_id, "hold_slot", after=after)
    ada = await line.waitlist.joins("Ada")
    await gate.reached.wait()
    await line.system.client.get_workflow_handle(line.workflow_id).cancel()
    gate.opened.set()
    offer = await line.offer_of(ada)
    await line.system.commands.confirm(offer, None, None)
    await line.becomes(ada, EntryState.ACCEPTED)


@pytest.mark.parametrize("cancels", [False, True])
async def test_who_answers_before_the_booking_knows_of_its_hold_is_heard(line: Line, cancels: bool) -> None:
    """The offer is seen as soon as it is held, a moment before the booking's own workflow has found that out."""
    held = line.gates.at(line.workflow_id, "hold_slot", after=True)
    ada = await line.waitlist.joins("Ada")
    await held.reached.wait()
    offer = BookingRef(line.waitlist.shop.business_id, await line.pool.fetchval(OFFERED, ada))
    found = line.gates.at(offer.workflow_id, "hold_slot", after=False)
    held.opened.set()
    await found.reached.wait()
    commands = line.system.commands
    answering = asyncio.create_task(commands.cancel(offer, Cancel()) if cancels else commands.confirm(offer, None, None))
    await asyncio.wait([answering], timeout=0.3)
    assert not answering.done()
    found.opened.set()
    await answering
    line.system.workflow_ids += [offer.workflow_id, f"waitlist-offer-{offer.booking_id}"]
    await line.becomes(ada, EntryState.WAITING if cancels else EntryState.ACCEPTED)


async def test_nobody_is_told_of_an_offer_that_was_let_go_meanwhile(line: Line) -> None:
    line.system.email.fail(times=1)
    line.system.sms.fail(times=1)
    ada = await line.waitlist.joins("Ada")
    offer = await line.offer_of(ada)
    await until(lambda: line.system.email.faults.calls and line.system.sms.faults.calls)
    await line.cancels(offer)
    await line.system.client.get_workflow_handle(f"waitlist-offer-{offer.booking_id}").result()
    assert [] == line.told("Ada")


async def test_it_ends_when_nobody_waits_and_begins_again(line: Line) -> None:
    booking = await line.books()
    await line.waitlist.joins("Ada")
    await until(lambda: line.is_started(line.workflow_id))
    await line.closes()
    grace = await line.waitlist.joins("Grace")
    await line.cancels(booking)
    await line.offer_of(grace)


@pytest.fixture
async def hasty(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[Line]:
    """The same with offers of two seconds."""
    hasty = opened(database_url, temporal_server, pool, longest_offer_seconds=2)
    async with hasty as line, waking(line.system.settings, line.system.client, pool):
        yield line
        await line.closes()


async def test_an_offer_that_nobody_answers_lapses_and_the_next_gets_it(hasty: Line) -> None:
    ada = await hasty.waitlist.joins("Ada")
    first = await hasty.offer_of(ada)
    grace = await hasty.waitlist.joins("Grace")
    second = await hasty.offer_of(grace)
    await hasty.system.becomes(first, "expired")
    assert EntryState.WAITING is await hasty.waitlist.state_of(ada)
    await hasty.system.commands.confirm(second, None, None)
    assert 1 == await hasty.pool.fetchval("SELECT count(*) FROM claims")


async def test_a_lost_wake_up_costs_only_a_while(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> None:
    """Nobody wakes it here; its history stays short, too."""
    async with opened(database_url, temporal_server, pool) as line:
        booking = await line.books()
        ada = await line.waitlist.joins("Ada")
        shop, settings = line.waitlist.shop, line.system.settings
        keep = KeepWaitlist(shop.business_id, shop.service_id, Patience(30, 4, 3, 5, 3), check_seconds=1, most_events=20)
        await line.system.client.start_workflow(WaitlistWorkflow.run, keep, id=line.workflow_id, task_queue=settings.task_queue)

        async def has_gone_on() -> bool:
            runs = await line.system.client.count_workflows(f"WorkflowId = '{line.workflow_id}'")
            return runs.count > 1

        await until(has_gone_on)
        await line.cancels(booking)
        await line.offer_of(ada)
        await line.closes()


async def test_however_short_its_runs_are_each_looks_and_rests(
    database_url: str, temporal_server: str, pool: asyncpg.Pool
) -> None:
    async with opened(database_url, temporal_server, pool) as line:
        await line.books()
        await line.waitlist.joins("Ada")
        shop, client, named = line.waitlist.shop, line.system.client, f"WorkflowId = '{line.workflow_id}'"
        keep = KeepWaitlist(shop.business_id, shop.service_id, Patience(30, 4, 3, 5, 3), check_seconds=1, most_events=1)
        queue = line.system.settings.task_queue
        handle = await client.start_workflow(WaitlistWorkflow.run, keep, id=line.workflow_id, task_queue=queue)

        async def has_gone_on() -> bool:
            return (await client.count_workflows(named)).count > 2

        await until(has_gone_on)
        began = sorted([run.start_time async for run in client.list_workflows(named)])
        assert all(later - earlier >= BREATH for earlier, later in pairwise(began)), began
        await handle.terminate("seen enough")
