"""Whatever changes what is for sale moves the stamp of those it concerns, once, and never two of them in a circle."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from domain.bookings import BookingStatus
from domain.errors import SlotTaken
from store import bookings
from store.slots import READ, read_slot_facts
from store.time_versions import read_stamp
from tests.orders import TOMORROW, Shop, open_shop, ref

FIVE_MINUTES = timedelta(minutes=5)
HOUR = timedelta(hours=1)

WHOSE = {
    "claim_seats": {"provider"},
    "claims": {"provider"},
    "bookings": {"provider", "service"},
    "busy_times": {"provider"},
    "busy_calendars": {"provider"},
    "time_off": {"provider"},
    "availability": {"provider"},
    "schedules": {"provider"},
    "schedule_periods": {"provider"},
    "service_resources": {"service"},
    "provider_services": {"service"},
    "providers": {"provider"},
    "services": {"service"},
    "businesses": {"business"},
}
"""Every table that decides about slots, those first that refer to the later ones, and whose stamp it moves."""

OF_A_BOOKING = {"business_id", "service_id", "provider_id", "resource_ids", "starts_at", "status", "hold_expires_at"}

# $1 business, $2 provider, $3 service, $4 anything else
FILL = (
    "UPDATE services SET max_per_day = 20 WHERE business_id = $1",
    "UPDATE providers SET max_per_day = 20 WHERE business_id = $1",
    "INSERT INTO provider_services (business_id, provider_id, service_id) VALUES ($1, $2, $3)",
    "INSERT INTO service_resources (business_id, service_id, need, provider_id) VALUES ($1, $3, 1, $2)",
    "INSERT INTO schedule_periods (business_id, provider_id, first_day, last_day) VALUES ($1, $2, '-infinity', 'infinity')",
    "INSERT INTO schedules (business_id, provider_id, weekday, start_minute, end_minute) VALUES ($1, $2, 0, 540, 1020)",
    "INSERT INTO availability (business_id, provider_id, date, intervals) VALUES ($1, $2, '2027-03-08', '[]')",
    "INSERT INTO time_off (business_id, id, provider_id, starts_at, ends_at) VALUES ($1, $4, $2, '2027-03-09', '2027-03-10')",
    "INSERT INTO busy_calendars (business_id, id, provider_id, name, good_for_seconds) VALUES ($1, $4, $2, 'Google', 60)",
    "INSERT INTO busy_times (business_id, calendar_id, id, during) VALUES ($1, $4, 'e', '[2027-03-11 09:00Z, 2027-03-12)')",
    "INSERT INTO customers (business_id, id, name, email, timezone, locale) VALUES ($1, $4, 'Ada', 'a@example.com', 'UTC', 'en')",
    "INSERT INTO bookings (business_id, id, service_id, provider_id, customer_id, starts_at, ends_at, blocks, capacity, seats,"
    " price_amount, price_currency, payment, status, hold_expires_at, manage_token_hash, request_hash)"
    " VALUES ($1, $4, $3, $2, $4, '2027-03-12 09:00Z', '2027-03-12 10:00Z', '[2027-03-12 09:00Z, 2027-03-12 10:00Z)', 1, 1, 1,"
    " 'EUR', 'none', 'confirmed', now(), '', '')",
    "INSERT INTO claims (business_id, id, provider_id, service_id, starts_at, during, capacity, seats_taken)"
    " VALUES ($1, $4, $2, $3, '2027-03-12 09:00Z', '[2027-03-12 09:00Z, 2027-03-12 10:00Z)', 1, 1)",
    "INSERT INTO claim_seats (business_id, booking_id, claim_id, seats) VALUES ($1, $4, $4, 1)",
)


@dataclass(frozen=True)
class World:
    """A business with one row in each of these tables."""

    pool: asyncpg.Pool
    shop: Shop

    async def run(self, statement: str, other_id: UUID) -> set[str]:
        """Whose stamp one of FILL moves."""
        values = (self.shop.business_id, self.shop.provider_id, self.shop.service_id, other_id)
        return await self.moved_by(re.sub(r"\$([2-4])", lambda found: f"'{values[int(found[1]) - 1]}'", statement))

    async def stamps(self) -> dict[str, int]:
        """The versions of its provider, service and business."""
        names = {self.shop.provider_id: "provider", self.shop.service_id: "service", self.shop.business_id: "business"}
        rows = await self.pool.fetch("SELECT id, version FROM time_versions WHERE business_id = $1", self.shop.business_id)
        return {names[row["id"]]: row["version"] for row in rows if row["id"] in names}

    async def moved_by(self, statement: str, *values: Any) -> set[str]:
        """Whose stamp this statement moves; it changes one row of this business, $1."""
        before = await self.stamps()
        done = await self.pool.execute(statement, self.shop.business_id, *values)
        assert done.endswith(" 1"), (statement, done)
        after = await self.stamps()
        assert all(before[each] <= after[each] for each in before)
        return {each for each in after if after[each] != before.get(each)}


@pytest.fixture
async def world(shared_pool: asyncpg.Pool) -> World:
    shop = await open_shop(shared_pool)
    filled, other_id = World(shared_pool, shop), uuid7()
    for statement in FILL:
        await filled.run(statement, other_id)
    return filled


def relations(plan: Any) -> Iterator[str]:
    """Those in PostgreSQL's own plan of a statement."""
    return (str(found) for found in re.findall(r'"Relation Name": "(\w+)"', plan))


async def test_every_table_that_decides_about_slots_is_among_these(shared_pool: asyncpg.Pool) -> None:
    """A new one that the statement reads must be added above, and is then held to the tests below."""
    now = datetime.now(UTC)
    asked = (UUID(int=0), None, "1", now.date(), now.date(), now, now, now, now, None)
    plan = await shared_pool.fetchval(f"EXPLAIN (FORMAT JSON) {READ}", *asked)
    assert {*WHOSE, "time_versions"} == set(relations(plan))


async def test_every_column_moves_the_stamp(world: World) -> None:
    """But those of a booking and of a provider's turn that change no slot, or all who book would queue for the service's."""
    wrong = {}
    for table, whose in WHOSE.items():
        for row in await world.pool.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped", table
        ):
            column = row["attname"]
            is_idle = column == "last_assigned_at" or (table == "bookings" and column not in OF_A_BOOKING)
            moved = await world.moved_by(f"UPDATE {table} SET {column} = {column} WHERE business_id = $1")  # noqa: S608 (our own names)
            if moved != (set() if is_idle else whose):
                wrong[table, column] = moved
    assert {} == wrong


async def test_every_row_that_comes_or_goes_moves_the_stamp(world: World) -> None:
    roots = {}
    for table, whose in WHOSE.items():
        if table == "businesses":
            await world.pool.execute("DELETE FROM customers WHERE business_id = $1", world.shop.business_id)
        row = f"SELECT to_jsonb(t) FROM {table} t WHERE business_id = $1"  # noqa: S608 (our own names)
        roots[table] = await world.pool.fetchval(row, world.shop.business_id)
        assert whose == await world.moved_by(f"DELETE FROM {table} WHERE business_id = $1"), table  # noqa: S608 (our own names)
    for table in ("businesses", "services", "providers"):
        again = f"INSERT INTO {table} SELECT r.* FROM jsonb_populate_record(NULL::{table}, $2) r WHERE $1::uuid IS NOT NULL"  # noqa: S608 (our own names)
        assert WHOSE[table] == await world.moved_by(again, roots[table]), table
    other_id = uuid7()
    for statement in FILL[2:]:
        table = statement.split()[2]
        assert WHOSE.get(table, set()) == await world.run(statement, other_id), table


async def test_a_row_that_changes_hands_moves_both_stamps(world: World) -> None:
    ours, other = world.shop, uuid7()
    await world.pool.execute(
        "INSERT INTO providers (business_id, id, name, timezone) VALUES ($1, $2, 'Alan', 'UTC')", ours.business_id, other
    )

    async def versions() -> dict[UUID, int]:
        rows = await world.pool.fetch("SELECT id, version FROM time_versions WHERE business_id = $1", ours.business_id)
        return {row["id"]: row["version"] for row in rows}

    for table in ("time_off", "busy_calendars", "claims"):
        before = await versions()
        await world.pool.execute(f"UPDATE {table} SET provider_id = $2 WHERE business_id = $1", ours.business_id, other)  # noqa: S608 (our own names)
        after = await versions()
        assert {ours.provider_id, other} == {each for each in after if after[each] != before[each]}, table


async def test_bookings_of_what_has_no_limits_do_not_queue_for_its_stamp(world: World) -> None:
    await world.moved_by("UPDATE services SET max_per_day = NULL WHERE business_id = $1")
    await world.moved_by("UPDATE providers SET max_per_day = NULL WHERE business_id = $1")
    assert set() == await world.moved_by("UPDATE bookings SET status = 'cancelled' WHERE business_id = $1")


async def test_what_was_taken_back_moves_nothing(world: World) -> None:
    before = await world.stamps()
    change = "UPDATE time_off SET reason = 'ill' WHERE business_id = $1"
    async with world.pool.acquire() as connection, connection.transaction():
        savepoint = connection.transaction()
        await savepoint.start()
        await connection.execute(change, world.shop.business_id)
        await savepoint.rollback()
    assert before == await world.stamps()
    assert {"provider"} == await world.moved_by(change)  # nothing is left over that would keep the next one from it


async def test_the_stamp_moves_with_the_commit_and_not_before(world: World) -> None:
    async def present() -> str:
        return (await read_stamp(world.pool, world.shop.service_id, world.shop.provider_id, "1")).stamp

    before = await present()
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("UPDATE time_off SET reason = 'ill' WHERE business_id = $1", world.shop.business_id)
        assert before == await present()
    assert before != await present()


async def test_another_edition_has_another_stamp_for_both_who_read_it(world: World) -> None:
    asked = world.pool, world.shop.service_id, world.shop.provider_id
    now = datetime.now(UTC)
    stamps = [(await read_stamp(*asked, edition)).stamp for edition in ("1", "2")]
    facts = [await read_slot_facts(*asked, now, now + timedelta(days=1), edition) for edition in ("1", "2")]
    assert stamps == [found.stamp for found in facts if found is not None]
    assert stamps[0] != stamps[1]


async def test_two_that_change_the_same_times_in_opposite_order_both_get_through(world: World) -> None:
    shops = [world.shop, await open_shop(world.pool)]
    off = (
        "INSERT INTO time_off (business_id, id, provider_id, starts_at, ends_at) VALUES ($1, $2, $3, '2027-01-01', '2027-01-02')"
    )
    for _ in range(10):
        both_began = asyncio.Barrier(2)

        async def change(order: list[Shop], together: asyncio.Barrier = both_began) -> None:
            async with world.pool.acquire() as connection, connection.transaction():
                for shop in order:
                    await connection.execute(off, shop.business_id, uuid7(), shop.provider_id)
                    await together.wait()

        await asyncio.gather(change(shops), change(shops[::-1]))
    assert 20 == await world.pool.fetchval("SELECT count(*) FROM time_off WHERE business_id = $1", shops[1].business_id)


async def test_a_crowd_that_takes_several_resources_each_never_deadlocks(world: World) -> None:
    everyone = sorted([(await open_shop(world.pool)).provider_id for _ in range(5)])
    for provider_id in everyone:
        await world.pool.execute(
            "INSERT INTO providers (business_id, id, name, timezone) VALUES ($1, $2, 'Room', 'UTC')",
            world.shop.business_id,
            provider_id,
        )

    async def come_and_go(n: int) -> int:
        order = replace(
            world.shop.order(TOMORROW + (n // 5 % 4) * HOUR),
            provider_id=everyone[n % 5],
            resource_ids=(everyone[(n + 1 + n // 5 % 4) % 5],),
        )
        try:
            await bookings.hold(world.pool, order, FIVE_MINUTES)
        except SlotTaken:
            return 0
        await bookings.close(world.pool, ref(order), BookingStatus.CANCELLED, "test")
        return 1

    assert 0 < sum(await asyncio.gather(*(come_and_go(n) for n in range(120))))
    assert 0 == await world.pool.fetchval(
        "SELECT count(*) FROM claims WHERE business_id = $1 AND starts_at < '2027-03-12'", world.shop.business_id
    )
