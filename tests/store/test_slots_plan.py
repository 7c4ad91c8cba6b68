"""However much there is, the slots are found on indexes: PostgreSQL's own plans, with and without knowing what is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from store.slots import AROUND, READ
from store.time_versions import PRESENT
from tests.orders import TOMORROW

GROWING = {
    "claims", "claim_seats", "bookings", "busy_times", "busy_calendars", "schedules", "schedule_periods", "availability",
    "time_off", "time_versions", "providers", "provider_services", "services",
}  # fmt: skip
TYPES = ("uuid", "uuid", "text", "date", "date", "timestamptz", "timestamptz", "timestamptz", "timestamptz", "uuid")

# 20 businesses with 10 providers each who work, with limits, so that everything is looked at; and 250 who only are there.
MANY = """
CREATE TEMP TABLE b AS SELECT gen_random_uuid() AS business_id, gen_random_uuid() AS service_id FROM generate_series(1, 20);
CREATE TEMP TABLE p AS SELECT business_id, service_id, gen_random_uuid() AS id FROM b, generate_series(1, 10);
INSERT INTO businesses (business_id, name, timezone) SELECT business_id, 'Salon', 'Europe/Berlin' FROM b;
INSERT INTO services (business_id, id, name, duration_minutes, slot_step_minutes, price_amount, price_currency, payment,
                      max_per_day)
SELECT business_id, service_id, 'Haircut', 30, 30, 1, 'EUR', 'none', 10 FROM b;
INSERT INTO services (business_id, id, name, duration_minutes, slot_step_minutes, price_amount, price_currency, payment)
SELECT business_id, gen_random_uuid(), 'Other', 30, 30, 1, 'EUR', 'none' FROM b, generate_series(1, 20);
INSERT INTO providers (business_id, id, name, timezone, max_per_week) SELECT business_id, id, 'Ada', 'Europe/Berlin', 40 FROM p
UNION ALL SELECT business_id, gen_random_uuid(), 'Alan', 'Europe/Berlin', 40 FROM b, generate_series(1, 250);
INSERT INTO provider_services (business_id, provider_id, service_id)
SELECT business_id, p.id, s.id FROM p JOIN services s USING (business_id);
INSERT INTO schedule_periods (business_id, provider_id, first_day, last_day)
SELECT business_id, id, day, day + 27 FROM p, LATERAL (SELECT date '2026-01-01' + 28 * n AS day FROM generate_series(1, 24) n) t;
INSERT INTO schedules (business_id, provider_id, first_day, weekday, start_minute, end_minute)
SELECT business_id, provider_id, first_day, weekday, 540, 1020 FROM schedule_periods, generate_series(0, 4) weekday;
INSERT INTO availability (business_id, provider_id, date, intervals)
SELECT business_id, id, date '2026-01-01' + 5 * n, '[]' FROM p, generate_series(1, 100) n;
INSERT INTO time_off (business_id, id, provider_id, starts_at, ends_at)
SELECT business_id, gen_random_uuid(), id, day, day + interval '1 day'
FROM p, generate_series(timestamp '2022-01-01', '2026-12-31', '20 days') AS t (day);
INSERT INTO busy_calendars (business_id, id, provider_id, name, good_for_seconds, read_at)
SELECT business_id, gen_random_uuid(), id, 'Google', 600, now() FROM providers;
INSERT INTO busy_times (business_id, calendar_id, id, during)
SELECT k.business_id, k.id, at, tstzrange(at, at + interval '1 hour')
FROM busy_calendars k JOIN p ON p.id = provider_id, generate_series(now(), now() + interval '100 days', '1 day') at;
INSERT INTO customers (business_id, id, name, email, timezone, locale)
SELECT business_id, business_id, 'Ada', 'a', 'UTC', 'en' FROM b;
INSERT INTO bookings (business_id, id, service_id, provider_id, customer_id, starts_at, ends_at, blocks, capacity, seats,
                      price_amount, price_currency, payment, status, hold_expires_at, manage_token_hash, request_hash)
SELECT business_id, gen_random_uuid(), service_id, id, business_id, at, at + interval '30 min',
       tstzrange(at, at + interval '30 min'), 1, 1, 1, 'EUR', 'none', 'completed', now(), '', ''
FROM p, generate_series(1, 150) n, LATERAL (SELECT date_trunc('day', now()) + (n - 75) * interval '3 hours' AS at) t;
INSERT INTO claims (business_id, id, provider_id, service_id, starts_at, during, capacity, seats_taken)
SELECT business_id, id, provider_id, service_id, starts_at, blocks, 1, 1 FROM bookings WHERE starts_at > now();
INSERT INTO claim_seats (business_id, booking_id, claim_id, seats) SELECT business_id, id, id, 1 FROM claims;
INSERT INTO time_versions (business_id, id, version)
SELECT business_id, id, 1 FROM p UNION SELECT business_id, id, 1 FROM services;
ANALYZE;
"""


@pytest.fixture(scope="module")
async def crowded_pool(shared_pool: asyncpg.Pool) -> asyncpg.Pool:
    async with shared_pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")  # no triggers: this is not what is tested
        await connection.execute(MANY)
    return shared_pool


def scans(plan: Any) -> Iterator[str]:
    """The tables that a plan reads from one end to the other."""
    if plan.get("Node Type") == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from scans(part)


@pytest.mark.parametrize("knowing", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("of_one", [True, False], ids=["one provider", "all providers"])
@pytest.mark.parametrize(("statement", "takes"), [(READ, 10), (PRESENT, 3)], ids=["read", "stamp"])
async def test_no_growing_table_is_read_whole(
    crowded_pool: asyncpg.Pool, statement: str, takes: int, of_one: bool, knowing: str
) -> None:
    ((service_id, provider_id),) = await crowded_pool.fetch(
        "SELECT s.id, g.provider_id FROM provider_services g JOIN services s ON s.id = g.service_id"
        " WHERE s.max_per_day IS NOT NULL LIMIT 1"
    )
    until = TOMORROW + timedelta(days=30)
    asked = (
        service_id, provider_id if of_one else None, "1", TOMORROW.date(), until.date(), TOMORROW, until, TOMORROW - AROUND,
        until + AROUND, None,
    )[:takes]  # fmt: skip
    values = ", ".join("NULL" if value is None else f"'{value}'" for value in asked)
    async with crowded_pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL plan_cache_mode = {knowing}")
        await connection.execute(f"PREPARE asked ({', '.join(TYPES[:takes])}) AS {statement}")
        (plan,) = json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked ({values})"))
        answered = await connection.fetch(f"EXECUTE asked ({values})")
        await connection.execute("DEALLOCATE asked")
    assert answered
    assert set() == GROWING & set(scans(plan["Plan"]))
