"""PostgreSQL itself keeps businesses apart, whatever a statement says and whoever had the connection before."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from domain.people import Role
from embedded.logins import logins
from store.businesses import create_business
from store.claims import LAPSED
from store.logins import DOOR, Part, WrongLogin, check_login
from store.memberships import join, list_members
from store.people import create_person
from store.pool import open_tenant_pool
from store.tenants import of_business

CLOSED = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS is_closed,
       (SELECT array_agg(p.polname || ': ' || pg_get_expr(p.polqual, p.polrelid) ORDER BY p.polname)
        FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'business_id' AND NOT a.attisdropped
"""
OTHERS = """
SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm', 'v')
AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'business_id' AND NOT attisdropped)
"""
DEFINERS = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
NAMES = "SELECT name FROM businesses"


@pytest.fixture
async def two(pool: asyncpg.Pool) -> tuple[UUID, UUID]:
    return await create_business(pool, "Ada", "UTC"), await create_business(pool, "Babbage", "UTC")


async def names(pool: asyncpg.Pool, business_id: UUID) -> list[str]:
    with of_business(business_id):
        return [row["name"] for row in await pool.fetch(NAMES)]


async def test_every_table_with_a_business_is_closed_by_the_same_policies(pool: asyncpg.Pool) -> None:
    """A new table needs a line in its migration: SELECT keep_apart('its_name')."""
    policies = ["stewards: true", "tenants: (business_id = (current_setting('slotkeeper.business_id'::text))::uuid)"]
    found = {row["relname"]: (row["is_closed"], row["policies"]) for row in await pool.fetch(CLOSED)}
    assert 30 < len(found)
    at_the_door = {"businesses", "memberships", *DOOR} & found.keys()
    expected = dict.fromkeys(found, (True, policies)) | dict.fromkeys(at_the_door, (True, ["doorkeepers: true", *policies]))
    of_people_alone = ("sessions", "authorisation_codes", "sso_attempts", "sso_identities")
    expected |= dict.fromkeys(of_people_alone, (True, ["doorkeepers: true", "stewards: true"]))
    assert found == expected


async def test_what_has_no_business_holds_nothing_of_one(pool: asyncpg.Pool) -> None:
    of_people = {"people", "recovery_codes", "refresh_tokens", "rate_limits", "familiar_addresses"}
    assert {"schema_migrations", *of_people} == {row["relname"] for row in await pool.fetch(OTHERS)}


async def test_tenants_see_of_people_only_who_works_for_them_and_no_hash(
    pools: tuple[asyncpg.Pool, asyncpg.Pool], pool: asyncpg.Pool, two: tuple[UUID, UUID]
) -> None:
    tenant, steward = pools
    async with pool.acquire() as connection, connection.transaction():
        for business_id, name in zip(two, ("Ada", "Charles"), strict=True):
            person_id = await create_person(connection, f"{name}@example.com", name, "a hash")
            assert person_id is not None
            await join(connection, business_id, person_id, Role.OWNER, "tests")
    with of_business(two[0]):
        assert ["Ada"] == [row["name"] for row in await tenant.fetch("SELECT name FROM people")]
        assert ["Ada"] == [member.name for member in await list_members(tenant, two[0])]
        assert [] == await list_members(tenant, two[1])
        for secret in ("password_hash FROM people", "token_hash FROM refresh_tokens", "code_hash FROM recovery_codes"):
            for nobody in (tenant, steward):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await nobody.fetch(f"SELECT {secret}")


async def test_doorkeepers_see_nothing_of_what_a_business_does(pool: asyncpg.Pool, door_pool: asyncpg.Pool) -> None:
    readable = "SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    seen = {row["relname"] for row in await door_pool.fetch(f"{readable} AND has_any_column_privilege(c.oid, 'SELECT')")}
    assert {*DOOR, "businesses", "memberships"} == seen
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await door_pool.fetch("SELECT * FROM businesses")
    assert [] == await door_pool.fetch("SELECT business_id, name FROM businesses")


async def test_only_three_questions_are_asked_past_the_policies(pool: asyncpg.Pool) -> None:
    known = ["business_of_service", "businesses_of_customer", "is_listed_origin"]
    assert known == [row["proname"] for row in await pool.fetch(f"{DEFINERS} ORDER BY proname")]


async def test_a_business_sees_its_own_rows_only(tenant_pool: asyncpg.Pool, two: tuple[UUID, UUID]) -> None:
    assert [["Ada"], ["Babbage"]] == [await names(tenant_pool, one) for one in two]


async def test_without_a_business_reading_is_an_error_and_no_empty_answer(
    tenant_pool: asyncpg.Pool, two: tuple[UUID, UUID]
) -> None:
    for _ in range(2):
        with pytest.raises(asyncpg.InvalidTextRepresentationError, match="no business was named"):
            await tenant_pool.fetch(NAMES)
        assert ["Ada"] == await names(tenant_pool, two[0])  # and the connection had it before


async def test_nothing_is_written_for_another_business(tenant_pool: asyncpg.Pool, two: tuple[UUID, UUID]) -> None:
    ada, babbage = two
    with of_business(ada):
        assert "UPDATE 0" == await tenant_pool.execute("UPDATE businesses SET name = 'Eve' WHERE business_id = $1", babbage)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tenant_pool.execute(
                "INSERT INTO idempotency_keys (business_id, key, request_hash, status, body) VALUES ($1, 'k', '', 200, '{}')",
                babbage,
            )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tenant_pool.execute("DELETE FROM businesses")
    assert ["Babbage"] == await names(tenant_pool, babbage)


async def test_a_connection_keeps_nobodys_business(database_url: str, two: tuple[UUID, UUID]) -> None:
    """One connection, many who take turns, some of whom fail in the middle or give up."""
    pool = await open_tenant_pool(logins(database_url)["database_url"], 1)
    wanted = {two[0]: ["Ada"], two[1]: ["Babbage"]}

    async def fails(business_id: UUID) -> None:
        with of_business(business_id), pytest.raises(asyncpg.DivisionByZeroError):
            async with pool.acquire() as connection, connection.transaction():
                await connection.fetch("SELECT 1 / 0")

    async def gives_up(business_id: UUID) -> None:
        task = asyncio.create_task(names(pool, business_id))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    async def reads(business_id: UUID) -> None:
        assert wanted[business_id] == await names(pool, business_id)

    try:
        turns = [turn(two[number % 2]) for number in range(10) for turn in (reads, fails, gives_up)]
        await asyncio.gather(*turns)
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await pool.fetch(NAMES)
    finally:
        await pool.close()


async def test_who_stays_the_same_is_not_named_again(database_url: str, two: tuple[UUID, UUID]) -> None:
    said: list[str] = []
    pool = await open_tenant_pool(logins(database_url)["database_url"], 1)
    try:
        async with pool.acquire() as connection:
            connection.add_query_logger(lambda record: said.append(record.query))
        for one in (two[0], two[0], two[0], two[1]):
            await names(pool, one)
    finally:
        await pool.close()
    assert (4, 2) == (said.count(NAMES), len(said) - said.count(NAMES))


async def test_a_login_that_policies_do_not_bind_is_refused(pool: asyncpg.Pool, pools: tuple[asyncpg.Pool, asyncpg.Pool]) -> None:
    tenant, steward = pools
    await check_login(tenant, Part.TENANT)
    await check_login(steward, Part.STEWARD)
    for wrong, part, why in (
        (pool, Part.TENANT, "is a superuser"),
        (pool, Part.STEWARD, "is a superuser"),
        (steward, Part.TENANT, "is no member of slotkeeper_tenants"),
        (tenant, Part.STEWARD, "is no member of slotkeeper_stewards"),
    ):
        with pytest.raises(WrongLogin, match=why):
            await check_login(wrong, part)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ("CREATE ROLE {login} LOGIN BYPASSRLS", "has BYPASSRLS"),
        ("CREATE ROLE {login} LOGIN IN ROLE postgres", "can become postgres"),
        ("CREATE ROLE {login} LOGIN; ALTER TABLE services OWNER TO {login}", "owns the table services"),
        ("CREATE ROLE {login} LOGIN IN ROLE slotkeeper_tenants, slotkeeper_stewards", "is a member of slotkeeper_stewards"),
    ],
)
async def test_each_way_past_the_policies_is_found(pool: asyncpg.Pool, made: str, why: str) -> None:
    """A role is the whole server's, so it is gone again with the transaction."""
    async with pool.acquire() as connection:
        within = connection.transaction()
        await within.start()
        try:
            await connection.execute(made.format(login="somebody"))
            await connection.execute("SET LOCAL SESSION AUTHORIZATION somebody")
            with pytest.raises(WrongLogin, match=why):
                await check_login(connection, Part.TENANT)
        finally:
            await within.rollback()


async def test_a_table_left_open_is_found(pool: asyncpg.Pool, tenant_pool: asyncpg.Pool) -> None:
    await pool.execute("ALTER TABLE refunds NO FORCE ROW LEVEL SECURITY")
    with pytest.raises(WrongLogin, match="refunds is open to all businesses"):
        await check_login(tenant_pool, Part.TENANT)


async def test_the_policy_is_looked_at_once_and_the_index_still_finds_the_claims(
    tenant_pool: asyncpg.Pool, two: tuple[UUID, UUID]
) -> None:
    with of_business(two[0]):
        async with tenant_pool.acquire() as connection, connection.transaction():
            await connection.execute("SET LOCAL enable_seqscan = off")
            now = datetime.now(UTC)
            rows = await connection.fetch(f"EXPLAIN {LAPSED}", two[0], [two[1]], now, now)
    plan = "\n".join(row[0] for row in rows)
    assert 1 == plan.count("current_setting"), plan
    assert "One-Time Filter: ((current_setting('slotkeeper.business_id'::text))::uuid = " in plan, plan
    assert re.search(r"(?:on|using) no_overlap .*\n\s*Index Cond: \(\(business_id = .*\) AND \(provider_id = ANY", plan), plan
