"""A made-up town: as many rows as asked for, none against a rule, the same for the same seed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest

from bench.fill import AlreadyFilled, fill, main
from bench.progress import Progress
from bench.town import COLUMNS, Size, Town
from embedded.postgres import EmbeddedPostgres
from tests.databases import copied

SIZE = Size(3, past=1500, future=700)
TODAY = date(2026, 11, 21)
TOWN = Town(1, SIZE, TODAY)

BOOKINGS_THAT_OVERLAP = """
SELECT count(*) FROM bookings one JOIN bookings other
ON one.business_id = other.business_id AND one.provider_id = other.provider_id AND one.id < other.id
WHERE one.blocks && other.blocks
"""
# The claims of a booking and its seats as the product would have written them.
WITHOUT_CLAIM = """
SELECT count(*) FROM bookings b
LEFT JOIN claims c ON c.business_id = b.business_id AND c.id = b.id AND c.provider_id = b.provider_id
    AND c.service_id = b.service_id AND c.starts_at = b.starts_at AND c.during = b.blocks
LEFT JOIN claim_seats s ON s.business_id = b.business_id AND s.booking_id = b.id AND s.claim_id = c.id AND s.expires_at IS NULL
WHERE (b.status = 'confirmed') IS DISTINCT FROM (s.booking_id IS NOT NULL)
"""
OUTSIDE_HOURS = """
SELECT count(*) FROM bookings b
JOIN providers p ON p.business_id = b.business_id AND p.id = b.provider_id
WHERE NOT EXISTS (
    SELECT FROM schedules h
    WHERE h.business_id = b.business_id AND h.provider_id = b.provider_id
      AND h.weekday = extract(isodow FROM b.starts_at AT TIME ZONE p.timezone) - 1
      AND (b.starts_at AT TIME ZONE p.timezone)::time >= make_time(h.start_minute / 60, 0, 0)
      AND (b.ends_at AT TIME ZONE p.timezone)::time <= make_time(h.end_minute / 60, 0, 0))
"""
# Everything by which the database refuses or notes something, and what makes it quick.
RULES = """
SELECT string_agg(rule, E'\n' ORDER BY rule) FROM (
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated AS rule
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 't'
    UNION ALL
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT pg_get_triggerdef(oid) || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
) rules
"""


@pytest.fixture(scope="module")
async def town_url(postgres_server: EmbeddedPostgres, postgres_url: str) -> AsyncIterator[str]:
    async with copied(postgres_server, postgres_url) as url:
        await fill(url, TOWN, Progress())
        yield url


@pytest.fixture
async def town(town_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(town_url)
    yield connection
    await connection.close()


async def contents(url: str) -> dict[str, str]:
    """Of every table that is filled, a digest of what is filled."""
    connection = await asyncpg.connect(url)
    try:
        return {
            table: await connection.fetchval(
                f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM (SELECT {', '.join(columns)} FROM {table}) t"  # noqa: S608
            )
            for table, columns in COLUMNS.items()
        }
    finally:
        await connection.close()


async def test_there_are_as_many_rows_as_asked_for(town: asyncpg.Connection) -> None:
    counted = {table: await town.fetchval(f"SELECT count(*) FROM {table}") for table in COLUMNS}  # noqa: S608
    providers = 50 + 2 + 2
    assert counted == {
        "businesses": 3,
        "services": 3,
        "providers": providers,
        "provider_services": providers,
        "schedule_periods": providers,
        "schedules": 10 * providers,
        "time_versions": 3 + 3 + providers,
        "customers": counted["customers"],
        "bookings": 2200,
        "claims": 700,
        "claim_seats": 700,
        "booking_events": 220,
    }
    assert 440 <= counted["customers"] <= 442  # a fifth, rounded up for each business
    over = await town.fetchval("SELECT count(*) FROM bookings WHERE ends_at < $1", TODAY)
    to_come = await town.fetchval("SELECT count(*) FROM bookings WHERE starts_at > $1 AND status = 'confirmed'", TODAY)
    assert (1500, 700) == (over, to_come)


@pytest.mark.parametrize("broken", [BOOKINGS_THAT_OVERLAP, WITHOUT_CLAIM, OUTSIDE_HOURS])
async def test_every_booking_could_have_been_made(town: asyncpg.Connection, broken: str) -> None:
    assert 0 == await town.fetchval(broken)


async def test_the_database_refuses_afterwards_what_it_refused_before(town: asyncpg.Connection, postgres_url: str) -> None:
    unfilled = await asyncpg.connect(postgres_url)
    try:
        expected = await unfilled.fetchval(RULES)
    finally:
        await unfilled.close()
    assert expected == await town.fetchval(RULES)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await town.execute(
            "INSERT INTO claims (business_id, id, provider_id, service_id, starts_at, during, capacity, seats_taken)"
            " SELECT business_id, gen_random_uuid(), provider_id, service_id, starts_at, during, 1, 1 FROM claims LIMIT 1"
        )


async def test_the_same_seed_makes_the_same_town_and_another_seed_another(town_url: str, database_url: str) -> None:
    first = await contents(town_url)
    await fill(database_url, TOWN, Progress())
    assert first == await contents(database_url)
    with pytest.raises(AlreadyFilled):
        await fill(database_url, TOWN, Progress())
    assert first == await contents(database_url)
    await fill(database_url, Town(2, SIZE, TODAY), Progress())
    both = await contents(database_url)
    assert all(first[table] != both[table] for table in COLUMNS)


def test_more_bookings_than_there_are_days_for_are_refused() -> None:
    with pytest.raises(ValueError, match="room for"):
        Town(1, Size(1, past=1_000_000), TODAY).check()


async def test_the_command_says_what_it_filled(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--database-url", database_url, "--businesses", "2", "--past", "1000", "--future", "200", "--scale", "0.1"]
    assert 0 == await asyncio.to_thread(main, arguments)
    said = capsys.readouterr()
    assert "2 businesses, 100 past and 20 future bookings" in said.out
    assert "rows/s" in said.out
    assert "" == said.err
    assert 1 == await asyncio.to_thread(main, arguments)
    assert "already there" in capsys.readouterr().err
