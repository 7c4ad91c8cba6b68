"""Customers are sealed with a key of their own, found by keyed hashes, and gone when the key is."""

from __future__ import annotations

import asyncio
import dataclasses
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from domain.bookings import ERASED, BookingRef, BookingStatus, Customer
from domain.errors import NotFound, SlotTaken, StillToCome
from settings import Settings
from store import bookings, customers
from store.bookings_read import BookingFilter, find_booking, list_bookings
from store.customers_read import CustomerFilter, find_customer, list_customers, read_known
from store.erasing import erase, read_to_come
from store.pool import open_pool
from store.resealing import count_left, find_unknown, reseal
from store.sealing import CannotOpen, DataKey, Vault
from tests.databases import VAULT
from tests.orders import ADA, Shop, open_shop, ref

SECRET = "t" * 32
KEYS = Settings(database_url="postgresql://unused", token_secret=SECRET).customer_keys
HOLD = timedelta(minutes=5)
GRACE = Customer("Grace Hopper", "grace@example.com", "+15005550001", "America/New_York", "en-US")


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> Shop:
    return await open_shop(pool)


async def everything(pool: asyncpg.Pool) -> str:
    """All rows of all tables, as somebody sees them who has the database alone."""
    tables = await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = []
    for (table,) in tables:
        found += [row["t"] for row in await pool.fetch(f"SELECT to_jsonb(t)::text AS t FROM {table} t")]  # noqa: S608 (the catalog's)
    return "\n".join(found)


async def held(pool: asyncpg.Pool, shop: Shop, who: Customer = ADA, hours: int = 0) -> BookingRef:
    known = await customers.know(pool, shop.business_id, who)
    order = shop.order(datetime(2031, 5, 5, 9, tzinfo=UTC) + timedelta(hours=hours))
    order = dataclasses.replace(order, customer=None, customer_id=known.id, override_reason=known.seal("Ada has begged"))
    await bookings.hold(pool, order, HOLD)
    return ref(order)


async def over(pool: asyncpg.Pool, booking: BookingRef) -> None:
    await bookings.close(pool, booking, BookingStatus.CANCELLED, "cancelled-by-customer", "Ada is in hospital")


async def key_of(pool: asyncpg.Pool, shop: Shop, who: Customer = ADA) -> DataKey:
    key = (await customers.know(pool, shop.business_id, who)).key
    assert key is not None
    return key


async def test_the_database_alone_says_nothing_of_the_person(pool: asyncpg.Pool, shop: Shop) -> None:
    booking = await held(pool, shop)
    await over(pool, booking)
    seen = await everything(pool)
    for text in (ADA.name, ADA.email, str(ADA.phone), "hospital", "begged"):
        assert text not in seen
    view = await find_booking(pool, booking)
    assert view is not None
    assert (ADA, "Ada has begged") == (view.customer, view.override_reason)


async def test_without_the_keys_all_of_it_would_be_there(pool: asyncpg.Pool, database_url: str, shop: Shop) -> None:
    """The proof that the other test looks where it would be."""
    bare = await open_pool(database_url, 1)
    try:
        await over(bare, await held(bare, shop))
    finally:
        await bare.close()
    seen = await everything(pool)
    assert [] == [text for text in (ADA.name, ADA.email, str(ADA.phone), "hospital", "begged") if text not in seen]


async def test_the_same_details_are_one_row_and_changed_ones_another_under_one_key(pool: asyncpg.Pool, shop: Shop) -> None:
    first, again = [await customers.know(pool, shop.business_id, ADA) for _ in range(2)]
    changed = await customers.know(pool, shop.business_id, dataclasses.replace(ADA, phone=None))
    other = await customers.know(pool, shop.business_id, GRACE)
    assert first.id == again.id != changed.id
    keys = [one.key.id for one in (first, again, changed, other) if one.key]
    assert keys[0] == keys[1] == keys[2] != keys[3]


async def test_many_at_once_make_one_key(pool: asyncpg.Pool, shop: Shop) -> None:
    await asyncio.gather(*(customers.know(pool, shop.business_id, ADA) for _ in range(8)))
    assert 1 == await pool.fetchval("SELECT count(*) FROM customer_keys WHERE business_id = $1", shop.business_id)
    assert 1 == await pool.fetchval("SELECT count(*) FROM business_keys WHERE business_id = $1", shop.business_id)


async def test_hashes_of_one_address_differ_between_businesses(pool: asyncpg.Pool, shop: Shop) -> None:
    other = await open_shop(pool)
    for one in (shop, other):
        await customers.know(pool, one.business_id, ADA)
    assert 2 == await pool.fetchval("SELECT count(DISTINCT email_hash) FROM customer_keys")


async def test_what_is_copied_to_another_row_does_not_open(pool: asyncpg.Pool, shop: Shop) -> None:
    booking, other = await held(pool, shop), await held(pool, shop, GRACE, hours=1)
    await pool.execute(
        "UPDATE customers c SET sealed = (SELECT sealed FROM customers o JOIN bookings b ON b.customer_id = o.id WHERE b.id = $1)"
        " FROM bookings b WHERE b.customer_id = c.id AND b.id = $2",
        other.booking_id,
        booking.booking_id,
    )
    with pytest.raises(CannotOpen):
        await find_booking(pool, booking)


async def test_a_key_under_an_unknown_key_is_said_so(pool: asyncpg.Pool, database_url: str, shop: Shop) -> None:
    booking = await held(pool, shop)
    stranger = Vault({"stranger": b"s" * 32}, VAULT.accounts)
    assert VAULT.names == await find_unknown(pool, stranger) and [] == await find_unknown(pool, VAULT)
    theirs = await open_pool(database_url, 1, stranger)
    try:
        with pytest.raises(CannotOpen, match=VAULT.newest):
            await find_booking(theirs, booking)
    finally:
        await theirs.close()


async def test_bookings_and_customers_are_found_by_what_was_given(pool: asyncpg.Pool, shop: Shop) -> None:
    booking = await held(pool, shop)
    await held(pool, shop, GRACE, hours=1)
    found = await list_bookings(pool, shop.business_id, BookingFilter(customer_email=ADA.email), None, 10)
    assert [booking] == [one.ref for one in found]
    for wanted in (CustomerFilter(email=ADA.email), CustomerFilter(phone=ADA.phone)):
        assert [ADA] == [one.details for one in await list_customers(pool, shop.business_id, wanted, None, 10)]
    assert [] == await list_customers(pool, shop.business_id, CustomerFilter("nobody@example.com"), None, 10)
    everybody = await list_customers(pool, shop.business_id, CustomerFilter(), None, 10)
    assert [everybody[1]] == await list_customers(pool, shop.business_id, CustomerFilter(), everybody[0].id, 10)


async def test_a_correction_stays_with_the_key(pool: asyncpg.Pool, shop: Shop) -> None:
    booking, key = await held(pool, shop), await key_of(pool, shop)
    right = dataclasses.replace(ADA, email="ada.lovelace@example.com")
    async with pool.acquire() as connection, connection.transaction():
        corrected = await customers.correct(connection, booking, right)
    row = await pool.fetchrow("SELECT key_id FROM customers WHERE id = $1", corrected)
    assert row is not None and key.id == row["key_id"] == (await key_of(pool, shop, right)).id


async def test_whoever_is_erased_is_gone_and_the_booking_stays(pool: asyncpg.Pool, shop: Shop) -> None:
    booking, key = await held(pool, shop), await key_of(pool, shop)
    await over(pool, booking)
    sealed = await pool.fetchval("SELECT sealed FROM customers WHERE key_id = $1", key.id)
    erased_at = await erase(pool, shop.business_id, key.id, SECRET)
    assert erased_at == await erase(pool, shop.business_id, key.id, SECRET)
    view, known = await find_booking(pool, booking), await read_known(pool, shop.business_id, key.id)
    assert view is not None and known is not None
    assert (ERASED, None, BookingStatus.CANCELLED) == (view.customer, view.override_reason, view.status)
    assert (ERASED, erased_at, None) == (known.customer.details, known.customer.erased_at, known.bookings[0].closing_words)
    seen = await everything(pool)
    for gone in (sealed.hex(), urlsafe_b64encode(sealed).decode()):
        assert gone not in seen
    assert [] == await list_customers(pool, shop.business_id, CustomerFilter(ADA.email), None, 10)


async def test_whoever_comes_back_is_somebody_new(pool: asyncpg.Pool, shop: Shop) -> None:
    old = await key_of(pool, shop)
    await erase(pool, shop.business_id, old.id, SECRET)
    assert old.id != (await key_of(pool, shop)).id


async def test_nobody_is_erased_who_has_something_to_come(pool: asyncpg.Pool, shop: Shop) -> None:
    booking, key = await held(pool, shop), await key_of(pool, shop)
    with pytest.raises(StillToCome):
        await erase(pool, shop.business_id, key.id, SECRET)
    assert [booking] == (await read_to_come(pool, shop.business_id, key.id)).bookings
    view = await find_booking(pool, booking)
    assert view is not None and ADA == view.customer
    with pytest.raises(NotFound):
        await erase(pool, shop.business_id, uuid7(), SECRET)


async def test_a_hold_for_somebody_who_was_just_erased_is_refused(pool: asyncpg.Pool, shop: Shop) -> None:
    known = await customers.know(pool, shop.business_id, ADA)
    assert known.key is not None
    await erase(pool, shop.business_id, known.key.id, SECRET)
    order = dataclasses.replace(shop.order(), customer=None, customer_id=known.id)
    with pytest.raises(SlotTaken):
        await bookings.hold(pool, order, HOLD)


@pytest.fixture
async def from_before(pool: asyncpg.Pool, database_url: str, shop: Shop) -> BookingRef:
    """As a release without keys has written it."""
    bare = await open_pool(database_url, 1)
    booking = await held(bare, shop)
    await over(bare, booking)
    await bare.close()
    return booking


async def test_what_is_from_before_is_sealed_page_by_page(pool: asyncpg.Pool, shop: Shop, from_before: BookingRef) -> None:
    before = await find_booking(pool, from_before)
    told: list[tuple[str, int]] = []
    assert (1, 0) == await count_left(pool, VAULT)
    await reseal(pool, VAULT, SECRET, lambda what, done: told.append((what, done)))
    assert (0, 0) == await count_left(pool, VAULT)
    assert ("customers sealed", 1) in told
    seen = await everything(pool)
    assert [] == [text for text in (ADA.name, ADA.email, "hospital", "begged") if text in seen]
    after = await find_booking(pool, from_before)
    assert before is not None and after is not None
    assert dataclasses.replace(before, request_hash=b"") == dataclasses.replace(after, request_hash=b"")
    assert before.request_hash != after.request_hash
    await reseal(pool, VAULT, SECRET, lambda what, done: None)  # nothing is left, and nothing changes
    assert after == await find_booking(pool, from_before)


async def test_erasing_takes_what_is_from_before_along(pool: asyncpg.Pool, shop: Shop, from_before: BookingRef) -> None:
    await erase(pool, shop.business_id, (await key_of(pool, shop)).id, SECRET)
    view = await find_booking(pool, from_before)
    assert view is not None and ERASED == view.customer
    assert ADA.email not in await everything(pool)


async def test_the_deployments_key_is_replaced_while_all_goes_on(pool: asyncpg.Pool, database_url: str, shop: Shop) -> None:
    booking, key = await held(pool, shop), await key_of(pool, shop)
    both, only = Vault({"new": b"n" * 32} | KEYS, VAULT.accounts), Vault({"new": b"n" * 32}, VAULT.accounts)
    await reseal(pool, both, SECRET, lambda what, done: None)
    assert [] == await find_unknown(pool, only)
    later = await open_pool(database_url, 1, only)
    try:
        view = await find_booking(later, booking)
        assert view is not None and ADA == view.customer
        assert key.id == (await key_of(later, shop)).id  # look-ups still find them
    finally:
        await later.close()


async def test_a_customer_of_another_business_is_nobodys(pool: asyncpg.Pool, shop: Shop) -> None:
    key, other = await key_of(pool, shop), await open_shop(pool)
    assert await find_customer(pool, other.business_id, key.id) is None
