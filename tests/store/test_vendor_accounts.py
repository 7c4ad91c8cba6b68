"""A business's own accounts: sealed, never overwritten, and nobody else's."""

from __future__ import annotations

import asyncpg
import pytest

from domain.vendor_accounts import Vendor, VendorKind, bare_id, own_id, split_id
from store.pool import open_pool
from store.resealing import count_left, find_unknown, reseal
from store.sealing import CannotOpen, Vault
from store.tenants import of_business
from store.vendor_accounts import StoredAccounts, list_businesses_with, list_of_business, retire_account, show_accounts
from tests.accounts import MAIL, SECRETS, STRIPE, TWILIO, keep
from tests.databases import SETTINGS, VAULT
from tests.orders import Shop, open_shop

ALL = "SELECT string_agg(t::text, ' ') FROM {} t"
PAYMENTS = VendorKind.PAYMENTS


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> Shop:
    return await open_shop(pool)


async def test_a_new_account_takes_the_place_of_the_one_before_which_is_still_found(pool: asyncpg.Pool, shop: Shop) -> None:
    accounts = StoredAccounts(pool)
    with of_business(shop.business_id):
        assert await accounts.present(PAYMENTS) is None
        first = await keep(pool, shop.business_id, Vendor.STRIPE, STRIPE)
        second = await keep(pool, shop.business_id, Vendor.STRIPE, STRIPE)
        assert second == await accounts.present(PAYMENTS)
        assert [first] == await accounts.former(PAYMENTS)
        assert (first, second) == (await accounts.find(first.id), await accounts.find(second.id))
        assert [second, first] == await list_of_business(pool, shop.business_id, PAYMENTS)
        async with pool.acquire() as connection, connection.transaction():
            await retire_account(connection, shop.business_id, PAYMENTS, "tests")
        assert await accounts.present(PAYMENTS) is None
        assert second == await accounts.find(second.id)
    told = await pool.fetch("SELECT kind, detail FROM security_events WHERE business_id = $1 ORDER BY at, id", shop.business_id)
    assert ["vendor-account-changed"] * 2 + ["vendor-account-removed"] == [row["kind"] for row in told]
    assert {"payments"} == {row["detail"]["account_kind"] for row in told}


async def test_an_account_is_found_for_its_own_business_alone(tenant_pool: asyncpg.Pool, pool: asyncpg.Pool, shop: Shop) -> None:
    account, other = await keep(pool, shop.business_id, Vendor.STRIPE, STRIPE), await open_shop(pool)
    for seen in (tenant_pool, pool):  # the second could see all
        with of_business(other.business_id):
            assert await StoredAccounts(seen).find(account.id) is None
            assert await StoredAccounts(seen).present(PAYMENTS) is None
        with of_business(None):
            assert await StoredAccounts(pool).find(account.id) is None
    with of_business(other.business_id):
        assert [] == await list_of_business(tenant_pool, shop.business_id, PAYMENTS)
        assert {} == await show_accounts(tenant_pool, shop.business_id)


async def test_all_of_a_kind_are_gone_through_one_after_the_other(pool: asyncpg.Pool, shop: Shop) -> None:
    first, other = await keep(pool, shop.business_id, Vendor.STRIPE, STRIPE), await open_shop(pool)
    second = await keep(pool, other.business_id, Vendor.STRIPE, STRIPE)
    await keep(pool, other.business_id, Vendor.SMTP, MAIL)
    accounts, found, at = StoredAccounts(pool), [], first.id
    while (account := await accounts.first_from(PAYMENTS, at)) is not None:
        found.append(account)
        at = type(at)(int=account.id.int + 1)
    assert [first, second] == found
    assert {other.business_id} == await list_businesses_with(pool, VendorKind.EMAIL)


async def test_nothing_secret_is_shown_written_or_told(pool: asyncpg.Pool, shop: Shop) -> None:
    kept = [
        await keep(pool, shop.business_id, vendor, known)
        for vendor, known in ((Vendor.STRIPE, STRIPE), (Vendor.TWILIO, TWILIO), (Vendor.SMTP, MAIL))
    ]
    texts = [await pool.fetchval(ALL.format(table)) for table in ("vendor_accounts", "security_events")]
    shown = await show_accounts(pool, shop.business_id)
    for secret in SECRETS:
        assert [] == [text for text in (*texts, repr(kept), str(kept), str(shown)) if secret in text]
    assert {"api_key_ends": "alon"} == shown[PAYMENTS].shown


async def test_what_is_sealed_opens_in_its_own_row_alone(pool: asyncpg.Pool, shop: Shop) -> None:
    account, other = await keep(pool, shop.business_id, Vendor.STRIPE, STRIPE), await open_shop(pool)
    theirs = await keep(pool, other.business_id, Vendor.STRIPE, STRIPE)
    copy = """
    UPDATE vendor_accounts t SET sealed = f.sealed, wrapped = f.wrapped, wrapped_by = f.wrapped_by
    FROM vendor_accounts f WHERE t.id = $1 AND f.id = $2
    """
    await pool.execute(copy, theirs.id, account.id)
    with of_business(other.business_id), pytest.raises(CannotOpen):
        await StoredAccounts(pool).present(PAYMENTS)


async def test_it_follows_a_new_key_of_the_deployment(pool: asyncpg.Pool, database_url: str, shop: Shop) -> None:
    account = await keep(pool, shop.business_id, Vendor.STRIPE, STRIPE)
    new = Vault({"new": b"n" * 32}, VAULT.accounts)
    both = Vault({"new": b"n" * 32} | SETTINGS.customer_keys, VAULT.accounts)
    assert [VAULT.newest] == await find_unknown(pool, new)
    assert (0, 1) == await count_left(pool, both)
    await reseal(pool, both, "s" * 32, lambda what, done: None)
    assert ([], (0, 0)) == (await find_unknown(pool, new), await count_left(pool, new))
    later = await open_pool(database_url, 1, new)
    try:
        with of_business(shop.business_id):
            assert account == await StoredAccounts(later).present(PAYMENTS)
    finally:
        await later.close()


async def test_ids_name_their_account_as_long_as_they_are_with_us(pool: asyncpg.Pool, shop: Shop) -> None:
    account = await keep(pool, shop.business_id, Vendor.STRIPE, STRIPE)
    assert (account.id, "pi_1:2") == split_id(own_id(account.id, "pi_1:2"))
    assert (None, "pi_1") == split_id("pi_1")
    assert ("pi_1", "pi_1", "") == (bare_id(own_id(account.id, "pi_1")), bare_id("pi_1"), own_id(account.id, ""))
