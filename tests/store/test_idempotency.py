"""The first request with a key decides; whoever repeats it gets the same answer."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from domain.errors import KeyReused
from store.idempotency import remember
from tests.orders import Shop, open_shop

ONE, OTHER = b"\1" * 32, b"\2" * 32


async def ask(pool: asyncpg.Pool, shop: Shop, request: bytes, body: object, key: str = "key") -> object:
    async with pool.acquire() as connection, connection.transaction():
        return await remember(connection, shop.business_id, key, request, 201, body)


async def test_the_first_is_told_that_it_is_and_a_repeat_gets_its_answer(shared_pool: asyncpg.Pool) -> None:
    shop = await open_shop(shared_pool)
    assert await ask(shared_pool, shop, ONE, {"id": 1, "tags": ["a", None]}) is None
    assert {"id": 1, "tags": ["a", None]} == await ask(shared_pool, shop, ONE, {"id": 2})


async def test_another_request_under_the_same_key_is_refused(shared_pool: asyncpg.Pool) -> None:
    shop = await open_shop(shared_pool)
    await ask(shared_pool, shop, ONE, {"id": 1})
    with pytest.raises(KeyReused):
        await ask(shared_pool, shop, OTHER, {"id": 2})
    assert {"id": 1} == await ask(shared_pool, shop, ONE, {})


async def test_businesses_do_not_share_keys(shared_pool: asyncpg.Pool) -> None:
    mine, theirs = await open_shop(shared_pool), await open_shop(shared_pool)
    assert await ask(shared_pool, mine, ONE, {"id": 1}) is None
    assert await ask(shared_pool, theirs, OTHER, {"id": 2}) is None


async def test_of_many_at_once_one_is_the_first_and_all_others_get_its_answer(shared_pool: asyncpg.Pool) -> None:
    shop = await open_shop(shared_pool)
    answers = await asyncio.gather(*(ask(shared_pool, shop, ONE, {"id": n}) for n in range(8)))
    given = [answer for answer in answers if answer is not None]
    assert 7 == len(given)
    assert [{"id": answers.index(None)}] * 7 == given


async def test_a_first_one_that_failed_has_decided_nothing(shared_pool: asyncpg.Pool) -> None:
    """Its answer goes with its transaction."""
    shop = await open_shop(shared_pool)

    async def fail() -> None:
        async with shared_pool.acquire() as connection, connection.transaction():
            assert await remember(connection, shop.business_id, "key", ONE, 201, {"id": 1}) is None
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await fail()
    assert await ask(shared_pool, shop, OTHER, {"id": 2}) is None
