"""Keys open one business, and only their hashes are kept."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from store.api_keys import business_of, create_api_key, find_business_by_key, new_key, revoke_api_key
from tests.orders import open_shop


async def test_a_key_opens_its_business_until_it_is_revoked(shared_pool: asyncpg.Pool) -> None:
    shop = await open_shop(shared_pool)
    key, other = [await create_api_key(shared_pool, shop.business_id, name) for name in ("till", "website")]
    assert shop.business_id == await find_business_by_key(shared_pool, key)
    assert (True, False) == (await revoke_api_key(shared_pool, key), await revoke_api_key(shared_pool, key))
    assert await find_business_by_key(shared_pool, key) is None
    assert shop.business_id == await find_business_by_key(shared_pool, other)


async def test_the_text_of_a_key_is_nowhere(shared_pool: asyncpg.Pool) -> None:
    shop = await open_shop(shared_pool)
    key = await create_api_key(shared_pool, shop.business_id, "till")
    (row,) = await shared_pool.fetch("SELECT k::text AS row FROM api_keys k WHERE business_id = $1", shop.business_id)
    assert key not in row["row"]
    assert key.rpartition("_")[2] not in row["row"]


async def test_registering_a_given_key_again_changes_nothing(shared_pool: asyncpg.Pool) -> None:
    shop = await open_shop(shared_pool)
    key = new_key(shop.business_id)
    assert [key, key] == [await create_api_key(shared_pool, shop.business_id, "demo", key) for _ in range(2)]
    assert 1 == await shared_pool.fetchval("SELECT count(*) FROM api_keys WHERE business_id = $1", shop.business_id)


async def test_a_key_that_names_another_business_is_refused(shared_pool: asyncpg.Pool) -> None:
    mine, theirs = await open_shop(shared_pool), await open_shop(shared_pool)
    with pytest.raises(ValueError):
        await create_api_key(shared_pool, mine.business_id, "till", new_key(theirs.business_id))


async def test_a_key_with_another_business_in_front_opens_nothing(shared_pool: asyncpg.Pool) -> None:
    mine, theirs = await open_shop(shared_pool), await open_shop(shared_pool)
    key = await create_api_key(shared_pool, mine.business_id, "till")
    forged = key.replace(mine.business_id.hex, theirs.business_id.hex)
    assert theirs.business_id == business_of(forged)
    assert await find_business_by_key(shared_pool, forged) is None


@pytest.mark.parametrize(
    "text",
    ["", "slk", "slk__", f"slk_{uuid4().hex}", f"slk_{uuid4().hex}_short", f"sk_{uuid4().hex}_{'a' * 64}",
     f"slk_{'z' * 32}_{'a' * 64}", f"slk_{uuid4().hex}_{'ä' * 64}", f"slk_{uuid4().hex}_{'a' * 64}_"],
)  # fmt: skip
async def test_what_has_not_the_form_of_a_key_opens_nothing(shared_pool: asyncpg.Pool, text: str) -> None:
    assert business_of(text) is None
    assert await find_business_by_key(shared_pool, text) is None


async def test_no_two_keys_are_alike() -> None:
    business_id = uuid4()
    assert 1000 == len({new_key(business_id) for _ in range(1000)})
