"""Each rule of our own books: a fault of its kind is planted in a healthy booking, and found; nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from temporalio.service import RPCError

from checker import checking
from checker.checking import Ground, Report, Scope, check
from domain.bookings import BookingRef
from domain.findings import Finding, Rule
from domain.gateways import Gateways
from embedded.postgres import EmbeddedPostgres
from store import bookings
from store.checks import pages
from store.pool import open_pool
from tests.databases import VAULT, copied
from tests.orders import TOMORROW, open_shop
from tests.waiting import until
from tests.workflows.system import System, hasty_settings, running
from workflows.messages import Cancel

# By what is wrong: the rule, how far the booking went, and what is done to it behind everybody's back ($1 is its id).
PLANTED: dict[str, tuple[Rule, str, str]] = {
    "a claim counts too many seats": (Rule.SEATS, "confirmed", "UPDATE claims SET capacity = 9, seats_taken = 5 WHERE id = $1"),
    "a hold that was not released": (
        Rule.CLAIM_WITHOUT_BOOKING,
        "confirmed",
        "INSERT INTO claims (business_id, id, provider_id, service_id, starts_at, during, capacity, seats_taken)"
        " SELECT business_id, uuidv7(), provider_id, service_id, starts_at, tstzrange(upper(blocks), upper(blocks) + '1 h'), 1, 1"
        " FROM bookings WHERE id = $1;"
        "INSERT INTO claim_seats (business_id, booking_id, claim_id, seats)"
        " SELECT c.business_id, b.id, c.id, 1 FROM claims c JOIN bookings b USING (business_id)"
        " WHERE b.id = $1 AND c.id <> b.id",
    ),
    "its claim is gone": (
        Rule.BOOKING_WITHOUT_CLAIM,
        "confirmed",
        "DELETE FROM claim_seats WHERE booking_id = $1; DELETE FROM claims WHERE id = $1",
    ),
    "its claim is only held": (
        Rule.BOOKING_WITHOUT_CLAIM,
        "confirmed",
        "UPDATE claim_seats SET expires_at = now() + interval '1 h' WHERE booking_id = $1",
    ),
    "a held one has no claim": (
        Rule.BOOKING_WITHOUT_CLAIM,
        "held",
        "DELETE FROM claim_seats WHERE booking_id = $1; DELETE FROM claims WHERE id = $1",
    ),
    "more was taken than it costs": (
        Rule.MONEY_WITHOUT_BOOKING,
        "confirmed",
        "UPDATE payments SET amount = amount + 1 WHERE booking_id = $1",
    ),
    "a cancelled one keeps its money": (
        Rule.MONEY_WITHOUT_BOOKING,
        "cancelled",
        "DELETE FROM refunds WHERE booking_id = $1; UPDATE payments SET refunded = 0 WHERE booking_id = $1",
    ),
    "one that was given up has money reserved": (
        Rule.MONEY_WITHOUT_BOOKING,
        "given up",
        "INSERT INTO payments (business_id, booking_id, vendor, vendor_id, state, amount, currency)"
        " SELECT business_id, id, 'stripe', 'pi_1', 'authorised', 2500, 'EUR' FROM bookings WHERE id = $1",
    ),
    "its money was never taken": (
        Rule.BOOKING_WITHOUT_MONEY,
        "confirmed",
        "UPDATE payments SET state = 'authorised' WHERE booking_id = $1",
    ),
    "its payment is gone": (Rule.BOOKING_WITHOUT_MONEY, "confirmed", "DELETE FROM payments WHERE booking_id = $1"),
    "its money came back": (Rule.BOOKING_WITHOUT_MONEY, "confirmed", "UPDATE payments SET refunded = 100 WHERE booking_id = $1"),
    "a refund failed": (
        Rule.REFUND_OWED,
        "cancelled",
        "UPDATE refunds SET state = 'requested' WHERE booking_id = $1; UPDATE payments SET refunded = 0 WHERE booking_id = $1",
    ),
    "a refund hangs for weeks": (
        Rule.REFUND_OWED,
        "cancelled",
        "UPDATE refunds SET state = 'pending', created_at = now() - interval '15 days' WHERE booking_id = $1;"
        "INSERT INTO booking_events (business_id, booking_id, key, kind)"
        " SELECT business_id, booking_id, 'refund:' || step || ':pending', 'refund_pending' FROM refunds WHERE booking_id = $1",
    ),
    "a charge hangs": (
        Rule.CHARGE_OPEN,
        "confirmed",
        "INSERT INTO charges (business_id, booking_id, step, amount, currency, reason)"
        " SELECT business_id, id, 'no-show', 100, 'EUR', 'no-show' FROM bookings WHERE id = $1;"
        "INSERT INTO booking_events (business_id, booking_id, key, kind)"
        " SELECT business_id, id, 'charge-requested:no-show', 'charge_requested' FROM bookings WHERE id = $1",
    ),
    "its event was lost": (
        Rule.EVENT_MISSING,
        "confirmed",
        "DELETE FROM calendar_events WHERE booking_id = $1",
    ),
    "its event was left": (
        Rule.EVENT_LEFT,
        "cancelled",
        "UPDATE calendar_events SET state = 'written' WHERE booking_id = $1",
    ),
    "its event stands with the provider before": (
        Rule.EVENT_LEFT,
        "confirmed",
        "INSERT INTO left_calendars (business_id, booking_id, calendar_id)"
        " SELECT business_id, id, 'x' FROM bookings WHERE id = $1",
    ),
    "its customer was not mailed": (
        Rule.MESSAGE_MISSING,
        "confirmed",
        "DELETE FROM notifications WHERE booking_id = $1 AND channel = 'email'",
    ),
    "its customer was not texted": (
        Rule.MESSAGE_MISSING,
        "confirmed",
        "UPDATE notifications SET vendor_id = NULL, state = 'queued' WHERE booking_id = $1 AND channel = 'sms'",
    ),
    "nobody was told that it is cancelled": (
        Rule.MESSAGE_MISSING,
        "cancelled",
        "DELETE FROM notifications WHERE booking_id = $1 AND kind = 'cancelled' AND channel = 'sms'",
    ),
    "a reminder is late": (
        Rule.REMINDER_OVERDUE,
        "confirmed",
        "INSERT INTO reminders (business_id, booking_id, minutes_before, due_at)"
        " SELECT business_id, id, 60, now() - interval '3 minutes' FROM bookings WHERE id = $1",
    ),
    "a reminder outlived its booking": (
        Rule.REMINDER_LEFT,
        "cancelled",
        "INSERT INTO reminders (business_id, booking_id, minutes_before, due_at, sequence)"
        " SELECT business_id, id, 60, now() + interval '1 h', sequence FROM bookings WHERE id = $1",
    ),
    "its status is not the last that was told": (
        Rule.TIMELINE_BROKEN,
        "given up",
        "UPDATE bookings SET status = 'expired' WHERE id = $1",
    ),
    "its timeline jumps": (
        Rule.TIMELINE_BROKEN,
        "given up",
        "INSERT INTO booking_events (business_id, booking_id, key, kind, status)"
        " SELECT business_id, id, 'confirmed-2', 'confirmed', 'confirmed' FROM bookings WHERE id = $1;"
        "INSERT INTO booking_events (business_id, booking_id, key, kind, status)"
        " SELECT business_id, id, 'cancelled-2', 'cancelled', 'cancelled' FROM bookings WHERE id = $1",
    ),
    "its clock goes backwards": (
        Rule.TIMELINE_BROKEN,
        "held",
        "INSERT INTO booking_events (business_id, booking_id, key, kind, status, at)"
        " SELECT business_id, id, 'cancelled', 'cancelled', 'cancelled', now() - interval '1 h' FROM bookings WHERE id = $1;"
        "UPDATE bookings SET status = 'cancelled' WHERE id = $1;"
        "DELETE FROM claim_seats WHERE booking_id = $1; DELETE FROM claims WHERE id = $1",
    ),
}
AT_ONCE = 3
PATIENCE = 90.0
"""Seconds, on a machine that has much else to do."""
UNTOLD = ["held", "claim-secured", "payment-captured", "calendar-written", "confirmation:email:sent", "confirmation:sms:sent"]


@pytest_asyncio.fixture(scope="module")
async def system(postgres_server: EmbeddedPostgres, postgres_url: str, temporal_server: str) -> AsyncIterator[System]:
    """One for all tests; each has a business of its own."""
    async with copied(postgres_server, postgres_url) as url:
        pool = await open_pool(url, 10, VAULT)
        async with running(hasty_settings(url, temporal_server), pool) as system:
            yield system
            for workflow_id in system.workflow_ids:
                with suppress(RPCError):  # it has ended by itself
                    await system.client.get_workflow_handle(workflow_id).terminate("the tests are over")
            system.workflow_ids.clear()
        await pool.close()


Shelf = dict[str, list[BookingRef]]


@pytest_asyncio.fixture(scope="module")
async def shelf(system: System) -> Shelf:
    """Healthy bookings by how far they got, one for each fault, made side by side: one after the other takes far longer."""
    stages = [stage for _, stage, _ in PLANTED.values() if stage != "held"] + ["confirmed"] * len(UNTOLD)
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(stage: str) -> BookingRef:
        async with limit:
            return await booked(system, stage)

    made: Shelf = {}
    for stage, booking in zip(stages, await asyncio.gather(*map(one, stages)), strict=True):
        made.setdefault(stage, []).append(booking)
    return made


async def taken(shelf: Shelf, system: System, stage: str) -> BookingRef:
    """One of the shelf; what is held would run out there, so it is made anew."""
    return await booked(system, stage) if stage == "held" else shelf[stage].pop()


async def booked(system: System, stage: str) -> BookingRef:
    """A booking of a new shop that has got so far, all of it told."""
    shop = await open_shop(system.pool)
    booking = await system.hold(shop.order())
    if stage == "given up":
        await system.commands.cancel(booking, Cancel())
        system.workflow_ids.remove(booking.workflow_id)
    if stage in ("held", "given up"):
        return booking
    await system.commands.confirm(booking, "ok", "https://shop.example")
    await is_told(system, booking, "confirmation", 2)
    if stage == "cancelled":
        await becomes_appointment(system, booking)
        await system.commands.cancel(booking, Cancel())
        await is_told(system, booking, "cancelled", 2)
        await system.client.get_workflow_handle(booking.workflow_id).result()
        system.workflow_ids.remove(booking.workflow_id)
    return booking


async def becomes_appointment(system: System, booking: BookingRef) -> None:
    handle = system.client.get_workflow_handle(booking.workflow_id)

    async def has_become() -> bool:
        return (await handle.describe()).workflow_type == "AppointmentWorkflow"

    await until(has_become, PATIENCE)


async def is_told(system: System, booking: BookingRef, name: str, times: int) -> None:
    query = "SELECT count(*) FROM notifications WHERE booking_id = $1 AND kind = $2 AND vendor_id IS NOT NULL"

    async def has_come() -> bool:
        return bool(await system.pool.fetchval(query, booking.booking_id, name) == times)

    await until(has_come, PATIENCE)


async def look(system: System, booking: BookingRef) -> Report:
    vendors = Gateways(None, system.calendar, system.email, system.sms)
    ground = Ground(system.pool, system.client, system.settings.task_queue, vendors)
    return await check(ground, Scope({booking.business_id}))


async def plant(pool: asyncpg.Pool, booking_id: UUID, statements: str) -> None:
    async with pool.acquire() as connection, connection.transaction():
        for statement in statements.split(";"):
            await connection.execute(statement, booking_id)


@pytest.mark.parametrize("stage", ["held", "given up", "confirmed", "cancelled"])
async def test_a_healthy_booking_gives_nothing_to_find(system: System, stage: str) -> None:
    report = await look(system, await booked(system, stage))
    assert ([], 1) == (report.findings, report.bookings), str(report)


@pytest.mark.parametrize("fault", PLANTED)
async def test_what_is_planted_is_found(system: System, shelf: Shelf, fault: str) -> None:
    rule, stage, statements = PLANTED[fault]
    booking = await taken(shelf, system, stage)
    await plant(system.pool, booking.booking_id, statements)
    report = await look(system, booking)
    found = {one.rule for one in report.findings} - {Rule.BOOKING_WITHOUT_WORKFLOW}
    assert {rule} == found, str(report)
    assert {booking.booking_id} == {one.booking for one in report.findings if one.rule is rule}


@pytest.mark.parametrize("key", UNTOLD)
async def test_a_line_that_is_missing_is_found(system: System, shelf: Shelf, key: str) -> None:
    booking = await taken(shelf, system, "confirmed")
    await change_timeline(system, "DELETE FROM booking_events WHERE booking_id = $1 AND key = $2", booking.booking_id, key)
    assert Rule.TIMELINE_INCOMPLETE in {one.rule for one in (await look(system, booking)).findings}


async def test_confirmed_before_its_claim_was_secured_is_found(system: System) -> None:
    booking = await booked(system, "confirmed")
    gone = "DELETE FROM booking_events WHERE booking_id = $1 AND key = 'claim-secured'"
    await change_timeline(system, gone, booking.booking_id)
    again = "INSERT INTO booking_events (business_id, booking_id, key, kind) VALUES ($1, $2, 'claim-secured', 'claim_secured')"
    await system.pool.execute(again, booking.business_id, booking.booking_id)
    assert [Rule.TIMELINE_BROKEN] == [one.rule for one in (await look(system, booking)).findings]


async def change_timeline(system: System, statement: str, *values: object) -> None:
    """What the table refuses to everybody."""
    async with system.pool.acquire() as connection, connection.transaction():
        await connection.execute("ALTER TABLE booking_events DISABLE TRIGGER booking_events_append_only")
        await connection.execute(statement, *values)
        await connection.execute("ALTER TABLE booking_events ENABLE TRIGGER booking_events_append_only")


async def test_claims_that_overlap_are_found(postgres_server: EmbeddedPostgres, postgres_url: str) -> None:
    """In a database that has lost its constraint."""
    async with copied(postgres_server, postgres_url) as url:
        pool = await open_pool(url, 2)
        shop = await open_shop(pool)
        await pool.execute("ALTER TABLE claims DROP CONSTRAINT no_overlap")
        for order in (shop.order(), shop.order(TOMORROW + timedelta(minutes=10))):
            await bookings.hold(pool, order, timedelta(minutes=5))
        assert [Rule.OVERLAP] == [one.rule for one in (await check(Ground(pool))).findings]
        await pool.close()


async def test_a_claim_that_nobody_sits_in_is_found(system: System) -> None:
    booking = await booked(system, "held")
    await plant(system.pool, booking.booking_id, "DELETE FROM claim_seats WHERE booking_id = $1")
    assert {Rule.SEATS, Rule.BOOKING_WITHOUT_CLAIM} == {one.rule for one in (await look(system, booking)).findings}


@pytest.mark.parametrize("stage", ["held", "confirmed"])
async def test_a_booking_whose_workflow_is_gone_is_found(system: System, stage: str) -> None:
    booking = await booked(system, stage)
    await system.client.get_workflow_handle(booking.workflow_id).terminate("lost")
    system.workflow_ids.remove(booking.workflow_id)
    (finding,) = (await look(system, booking)).findings
    assert (Rule.BOOKING_WITHOUT_WORKFLOW, booking.booking_id) == (finding.rule, finding.booking)
    assert finding.detail.endswith("TERMINATED")


async def test_a_workflow_whose_booking_was_never_written_is_found(system: System) -> None:
    booking = await booked(system, "held")
    gone = "DELETE FROM claim_seats WHERE booking_id = $1; DELETE FROM claims WHERE id = $1; DELETE FROM bookings WHERE id = $1"
    await change_timeline(system, "DELETE FROM booking_events WHERE booking_id = $1", booking.booking_id)
    await plant(system.pool, booking.booking_id, gone)
    found: list[Finding] = []

    async def is_listed() -> bool:  # Temporal's list lags behind
        nonlocal found
        found = (await look(system, booking)).findings
        return bool(found)

    await until(is_listed)
    assert [(Rule.WORKFLOW_WITHOUT_BOOKING, booking.booking_id)] == [(one.rule, one.booking) for one in found]
    await system.client.get_workflow_handle(booking.workflow_id).terminate("the test is over")
    system.workflow_ids.remove(booking.workflow_id)


async def test_what_calendars_show_is_asked_of_them(system: System) -> None:
    booking = await booked(system, "confirmed")
    event = system.calendar.events[booking.booking_id]
    system.calendar.events[booking.booking_id] = replace(event, starts_at=event.starts_at + timedelta(hours=1))
    assert [Rule.EVENT_DIFFERS] == [one.rule for one in (await look(system, booking)).findings]
    del system.calendar.events[booking.booking_id]
    assert [Rule.EVENT_MISSING] == [one.rule for one in (await look(system, booking)).findings]
    system.calendar.events[booking.booking_id] = event


async def test_an_event_that_a_calendar_kept_is_found(system: System) -> None:
    booking = await booked(system, "cancelled")
    kept = await booked(system, "confirmed")
    system.calendar.events[booking.booking_id] = system.calendar.events[kept.booking_id]
    system.calendar.places.add(("g@example.com", booking.booking_id))
    assert [Rule.EVENT_LEFT] == [one.rule for one in (await look(system, booking)).findings]
    system.calendar.places.remove(("g@example.com", booking.booking_id))


async def test_a_text_that_went_out_twice_is_found(system: System) -> None:
    booking = await booked(system, "confirmed")
    (text,) = [one for one in system.sms.sent if one.key.startswith(str(booking.booking_id))]
    system.sms.sent.append(text)
    assert [Rule.MESSAGE_TWICE] == [one.rule for one in (await look(system, booking)).findings]
    system.sms.sent.remove(text)


@dataclass(frozen=True, slots=True)
class Outbox:
    """Every e-mail arrived so often."""

    copies: int

    async def count_copies(self, message_id: str) -> int:
        return self.copies


OFTEN = {0: [Rule.MESSAGE_MISSING], 1: [], 2: [Rule.MESSAGE_TWICE_EXCUSED], 3: [Rule.MESSAGE_TWICE]}


@pytest.mark.parametrize("copies", OFTEN)
async def test_copies_of_an_email_are_counted_apart(system: System, copies: int) -> None:
    """Two are what a crash in one moment leaves, and no fault; three are nobody's excuse."""
    booking = await booked(system, "confirmed")
    scope = Scope({booking.business_id})
    report = await check(Ground(system.pool, mailbox=Outbox(copies)), scope)
    assert OFTEN[copies] == [one.rule for one in report.findings]
    assert bool(report.faults) is (copies not in (1, 2))


async def test_what_changed_a_moment_ago_is_left_for_the_next_time(system: System) -> None:
    booking = await booked(system, "confirmed")
    await plant(system.pool, booking.booking_id, PLANTED["its money came back"][2])
    busy = Scope({booking.business_id}, quiet_for=timedelta(minutes=1))
    assert [] == (await check(Ground(system.pool), busy)).findings
    assert [] != (await check(Ground(system.pool), Scope({booking.business_id}))).findings


async def test_what_is_mended_between_two_looks_is_no_finding(system: System) -> None:
    booking = await booked(system, "confirmed")
    await plant(system.pool, booking.booking_id, PLANTED["its money came back"][2])
    slow = Scope({booking.business_id}, look_again_after=timedelta(seconds=1))
    looking = asyncio.create_task(check(Ground(system.pool), slow))
    await asyncio.sleep(0.3)
    await system.pool.execute("UPDATE payments SET refunded = 0 WHERE booking_id = $1", booking.booking_id)
    assert [] == (await looking).findings


async def test_it_pages_and_says_how_far_it_is(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAGE", 2)
    shop = await open_shop(system.pool)
    for number in range(5):
        await bookings.hold(system.pool, shop.order(TOMORROW + timedelta(hours=number)), timedelta(minutes=5))
    await system.pool.execute("UPDATE claim_seats SET seats = 2 WHERE business_id = $1", shop.business_id)
    told: list[tuple[int, int]] = []
    report = await check(Ground(system.pool), Scope({shop.business_id}), lambda done, total: told.append((done, total)))
    assert [(2, 5), (4, 5), (5, 5)] == told
    assert 5 == sum(one.rule is Rule.SEATS for one in report.findings)


async def test_of_no_business_nothing_is_looked_at(system: System) -> None:
    report = await check(Ground(system.pool, system.client, system.settings.task_queue), Scope(set()))
    assert (0, 0, []) == (report.bookings, report.workflows, report.findings)


def test_every_rule_of_our_own_books_is_attacked() -> None:
    planted = {rule for rule, _, _ in PLANTED.values()} | {Rule.OVERLAP, Rule.TIMELINE_INCOMPLETE}
    assert {rule.rule for rule in pages.RULES} == planted
