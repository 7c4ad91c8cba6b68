"""The shared buckets, with several processes' worth of limits on one database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from api.rate_limits import RateLimits
from domain.rate_limits import Limit, Rate
from store import rate_limits
from store.rate_limits import forget_full, give_back, is_familiar, note_familiar, spend, take

SECRET = "s" * 32


def process(pool: asyncpg.Pool, **rates: Rate) -> RateLimits:
    return RateLimits(pool, {Limit(name.replace("_", "-")): rate for name, rate in rates.items()}, SECRET)


async def granted(limits: RateLimits, limit: Limit, subject: str, times: int) -> int:
    """How many of so many at once."""
    asked = [limits.take(limit, subject) if limit is Limit.LOG_IN else limits.count(limit, subject) for _ in range(times)]
    return sum(standing is not None and not standing.is_refused for standing in await asyncio.gather(*asked))


async def test_several_processes_share_a_bucket(door_pool: asyncpg.Pool) -> None:
    """What each may give unasked is the most that is given beyond."""
    rate = Rate(1000, 100_000)
    processes = [process(door_pool, address=rate) for _ in range(4)]
    rounds = [await asyncio.gather(*(granted(one, Limit.ADDRESS, "a", 60) for one in processes)) for _ in range(8)]
    total = sum(map(sum, rounds))
    assert rate.most <= total <= rate.most + len(processes) * rate.unasked
    for one in processes:
        await one.tell()
        assert 0 == await granted(one, Limit.ADDRESS, "a", 5)
        assert 5 == await granted(one, Limit.ADDRESS, "b", 5)


async def test_what_was_spent_beyond_is_paid_back(door_pool: asyncpg.Pool) -> None:
    rate, key = Rate(100, 1000), uuid4().bytes
    await spend(door_pool, {key: timedelta(seconds=1200)})
    owed = await spend(door_pool, {key: timedelta()})
    assert 1100 < owed[key] <= 1200
    is_granted, left_to_pay = await take(door_pool, key, rate)
    assert (False, True) == (is_granted, abs(left_to_pay - owed[key]) <= 100)


async def test_of_many_at_once_exactly_so_many_are_let_in(door_pool: asyncpg.Pool) -> None:
    processes = [process(door_pool, log_in=Rate(7, 100_000)) for _ in range(3)]
    let_in = await asyncio.gather(*(granted(one, Limit.LOG_IN, "ada", 20) for one in processes))
    assert 7 == sum(let_in)


async def test_a_refusal_spends_nothing_and_what_is_given_back_is_there(door_pool: asyncpg.Pool) -> None:
    rate, key = Rate(2, 100_000), uuid4().bytes
    assert [True, True, False, False] == [(await take(door_pool, key, rate))[0] for _ in range(4)]
    await give_back(door_pool, key, rate)
    assert [True, False] == [(await take(door_pool, key, rate))[0] for _ in range(2)]


async def test_a_bucket_fills_again_by_the_databases_clock(door_pool: asyncpg.Pool, pool: asyncpg.Pool) -> None:
    rate, key = Rate(10, 10_000), uuid4().bytes
    while (await take(door_pool, key, rate))[0]:
        pass
    await pool.execute("UPDATE rate_limits SET full_at = full_at - interval '3100 s' WHERE key = $1", key)
    assert [True, True, True, False] == [(await take(door_pool, key, rate))[0] for _ in range(4)]


async def test_a_look_is_a_round_trip_only_where_much_was_asked(door_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    async def counted(database: asyncpg.Pool, spent: dict[bytes, timedelta]) -> dict[bytes, float]:
        told.append(len(spent))
        return dict(await spend(database, spent))

    monkeypatch.setattr(rate_limits, "spend", counted)
    rate = Rate(3000, 30_000)
    limits = process(door_pool, address=rate, caller=rate)
    for number in range(rate.unasked):
        await limits.count(Limit.ADDRESS, "a")
        await limits.count(Limit.CALLER, f"somebody {number}")
    assert [] == told
    await limits.count(Limit.ADDRESS, "a")
    assert [1] == told
    await limits.tell()
    assert [1, 1 + rate.unasked] == told  # all in one statement
    while (standing := await limits.count(Limit.ADDRESS, "a")) is not None and not standing.is_refused:
        pass
    asked = len(told)
    assert asked <= 2 + rate.most / rate.unasked
    for _ in range(100):
        standing = await limits.count(Limit.ADDRESS, "a")
        assert standing is not None and standing.is_refused
    assert asked == len(told)  # a flood costs nothing any more


async def test_without_the_database_each_process_counts_for_itself(database_url: str) -> None:
    lost = await asyncpg.create_pool(database_url, min_size=1, max_size=1)
    await lost.close()
    limits = process(lost, address=Rate(10, 100_000))
    assert 10 == await granted(limits, Limit.ADDRESS, "a", 50)


async def test_what_is_told_by_itself_once_a_second(door_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.rate_limits.TELL_EVERY", 0.01)
    one, other = (process(door_pool, address=Rate(1000, 100_000)) for _ in range(2))
    assert 15 == await granted(one, Limit.ADDRESS, "a", 15)
    while not await door_pool.fetchval("SELECT count(*) FROM rate_limits WHERE key = $1", one.key(Limit.ADDRESS, "a")):
        await asyncio.sleep(0.01)
    for _ in range(21):
        standing = await other.count(Limit.ADDRESS, "a")
    assert standing is not None
    assert 1000 - 15 - 21 == standing.left


async def test_full_buckets_are_forgotten(door_pool: asyncpg.Pool) -> None:
    full, used = uuid4().bytes, uuid4().bytes
    await spend(door_pool, {full: timedelta(microseconds=1), used: timedelta(seconds=100)})
    await forget_full(door_pool)
    assert [used] == [
        row["key"] for row in await door_pool.fetch("SELECT key FROM rate_limits WHERE key = ANY($1)", [full, used])
    ]


async def test_an_address_is_familiar_for_three_months(door_pool: asyncpg.Pool, pool: asyncpg.Pool) -> None:
    key = uuid4().bytes
    assert not await is_familiar(door_pool, key)
    await note_familiar(door_pool, key)
    await note_familiar(door_pool, key)
    assert await is_familiar(door_pool, key)
    await pool.execute("UPDATE familiar_addresses SET seen_at = now() - interval '91 days' WHERE key = $1", key)
    assert not await is_familiar(door_pool, key)


def test_nobody_reads_from_a_key_who_it_was() -> None:
    one, other = (RateLimits(None, {}, secret) for secret in (SECRET, "t" * 32))  # type: ignore[arg-type] # never asked
    keys = {limits.key(limit, name) for limits in (one, other) for limit in Limit for name in ("ada@example.com", "10.0.0.1")}
    assert 2 * len(Limit) * 2 == len(keys)
    assert {16} == {len(key) for key in keys}
