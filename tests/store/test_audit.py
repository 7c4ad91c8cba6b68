"""The audit log finds out who has changed, removed, added or swapped a line."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from store.audit import Asked, AuditFilter, Checked, check, list_businesses, list_lines, note
from store.customers import look_up_key
from store.sealing import Vault
from tests.databases import VAULT
from tests.orders import Shop, open_shop

FORGED = {
    "changed": "UPDATE audit_log SET who = 'person:nobody' WHERE business_id = $1 AND seq = 3",
    "its time changed": "UPDATE audit_log SET at = at - interval '1 hour' WHERE business_id = $1 AND seq = 3",
    "its ids changed": "UPDATE audit_log SET named = '{}' WHERE business_id = $1 AND seq = 3",
    "removed": "DELETE FROM audit_log WHERE business_id = $1 AND seq = 3",
    "removed, and those after it moved up": """
        WITH gone AS (DELETE FROM audit_log WHERE business_id = $1 AND seq = 3 RETURNING seq)
        UPDATE audit_log SET seq = seq - 1 WHERE business_id = $1 AND seq > (SELECT seq FROM gone)""",
    "swapped": """
        UPDATE audit_log SET who = CASE seq WHEN 3 THEN 'key:4' ELSE 'key:3' END
        WHERE business_id = $1 AND seq IN (3, 4)""",
    "one put between": """
        INSERT INTO audit_log SELECT business_id, 3, at, who, route, named, address, hash FROM audit_log
        WHERE business_id = $1 AND seq = 2""",
}


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> Shop:
    shop = await open_shop(pool)
    for number in range(1, 6):
        await note(pool, Asked(shop.business_id, f"key:{number}", "GET /x", {"booking_id": str(uuid7())}, "192.0.2.7"))
    return shop


async def forge(pool: asyncpg.Pool, shop: Shop, *statements: str) -> None:
    """As somebody with all rights in the database, and without the keys."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only")
        for statement in statements:
            await connection.execute(statement, shop.business_id)
        await connection.execute("ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only")


async def test_what_is_as_it_was_written_is_good(pool: asyncpg.Pool, shop: Shop) -> None:
    assert Checked(5, None) == await check(pool, shop.business_id)
    assert [shop.business_id] == await list_businesses(pool)


@pytest.mark.parametrize("how", [name for name in FORGED if name != "one put between"])
async def test_the_first_line_that_is_wrong_is_found(pool: asyncpg.Pool, shop: Shop, how: str) -> None:
    await forge(pool, shop, FORGED[how])
    found = await check(pool, shop.business_id)
    assert found.wrong in (3, 4), how  # where one is missing, the next is the first that is wrong


async def test_a_line_put_between_is_found(pool: asyncpg.Pool, shop: Shop) -> None:
    move = "UPDATE audit_log SET seq = -seq - 1 WHERE business_id = $1 AND seq > 2"
    back = "UPDATE audit_log SET seq = -seq WHERE business_id = $1 AND seq < 0"
    await forge(pool, shop, move, back, FORGED["one put between"])
    assert 3 == (await check(pool, shop.business_id)).wrong


async def test_lines_that_are_missing_at_the_end_are_missed(pool: asyncpg.Pool, shop: Shop) -> None:
    await forge(pool, shop, "DELETE FROM audit_log WHERE business_id = $1 AND seq = 5")
    assert 5 == (await check(pool, shop.business_id)).wrong
    await forge(pool, shop, "DELETE FROM audit_log WHERE business_id = $1")
    assert Checked(0, 1) == await check(pool, shop.business_id)


async def test_whoever_has_no_key_cannot_write_a_line_that_holds(pool: asyncpg.Pool, shop: Shop) -> None:
    forged = "SELECT note_audit('\\x00', '\\x00', $1, 'key:6', 'GET /x', '{}', NULL)"
    await pool.execute(forged, shop.business_id)
    assert Checked(6, 6) == await check(pool, shop.business_id)


async def test_lines_are_only_ever_added(pool: asyncpg.Pool, shop: Shop) -> None:
    for statement in (FORGED["changed"], FORGED["removed"]):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await pool.execute(statement, shop.business_id)


async def test_many_at_once_are_one_chain_and_businesses_do_not_meet(pool: asyncpg.Pool, shop: Shop) -> None:
    other = await open_shop(pool)
    both = [one for one in (shop, other) for _ in range(10)]
    await asyncio.gather(*(note(pool, Asked(one.business_id, "key:1", "GET /x", {}, None)) for one in both))
    assert [Checked(15, None), Checked(10, None)] == [await check(pool, one.business_id) for one in (shop, other)]


async def test_a_new_key_of_the_deployment_changes_nothing(pool: asyncpg.Pool, shop: Shop) -> None:
    async with pool.acquire() as connection:
        key = await look_up_key(connection, VAULT, shop.business_id)
        newer = Vault({"new": b"n" * 32}, VAULT.accounts)
        wrapped = newer.wrap(shop.business_id, shop.business_id, key)
        assert key == newer.unwrap(shop.business_id, shop.business_id, wrapped)


async def test_pages_begin_with_the_latest(pool: asyncpg.Pool, shop: Shop) -> None:
    first = await list_lines(pool, shop.business_id, AuditFilter(), None, 3)
    rest = await list_lines(pool, shop.business_id, AuditFilter(), first[-1].seq, 3)
    assert ([5, 4, 3], [2, 1]) == ([line.seq for line in first], [line.seq for line in rest])
    (one,) = await list_lines(pool, shop.business_id, AuditFilter(who="key:2"), None, 3)
    assert ("GET /x", "192.0.2.7") == (one.route, one.address)
