"""Seals what is from before there were keys, and follows a new key of the deployment: page by page, beside whatever runs.

Each page is a transaction of its own and leaves less to do, so that it can be stopped at any time and run again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from uuid import UUID

import asyncpg

from domain.bookings import Customer
from store import customers
from store.events import Connection
from store.sealing import DataKey, Vault, Wrapped

PAGE = 100

PLAIN = """
SELECT business_id, id, name, email, phone, timezone, locale FROM customers WHERE name IS NOT NULL
ORDER BY business_id, id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
PLAIN_OF = """
SELECT business_id, id, name, email, phone, timezone, locale FROM customers
WHERE business_id = $1 AND email = ANY($2::text[]) AND name IS NOT NULL FOR UPDATE
"""

SEAL = """
UPDATE customers SET key_id = $3, sealed = $4, email_hash = $5, phone_hash = $6, details_hash = $7, account_hash = $8,
                     name = NULL, email = NULL, phone = NULL
WHERE business_id = $1 AND id = $2
"""

BOOKINGS = """
SELECT id, request_hash, closing_words, override_reason FROM bookings
WHERE business_id = $1 AND customer_id = $2 FOR NO KEY UPDATE
"""
BOOKING = """
UPDATE bookings SET request_hash = $3, closing_words = $4, override_reason = $5 WHERE business_id = $1 AND id = $2
"""
MOVES = """
SELECT booking_id, sequence, override_reason FROM reschedules
WHERE business_id = $1 AND booking_id = ANY($2::uuid[]) AND override_reason IS NOT NULL
"""
MOVE = "UPDATE reschedules SET override_reason = $4 WHERE business_id = $1 AND booking_id = $2 AND sequence = $3"
OPERATIONS = """
SELECT booking_id, id, reason FROM operations WHERE business_id = $1 AND booking_id = ANY($2::uuid[]) AND reason IS NOT NULL
"""
OPERATION = "UPDATE operations SET reason = $4 WHERE business_id = $1 AND booking_id = $2 AND id = $3"
SERIES = "SELECT id, request_hash FROM series WHERE business_id = $1 AND payer_id = ANY($2::uuid[])"
ONE_SERIES = "UPDATE series SET request_hash = $3 WHERE business_id = $1 AND id = $2"
ENTRIES = "SELECT id, request_hash, wish_hash FROM waitlist_entries WHERE business_id = $1 AND customer_id = $2"
ENTRY = "UPDATE waitlist_entries SET request_hash = $3, wish_hash = $4 WHERE business_id = $1 AND id = $2"

# What names a customer and has no key yet: of a booking, or of an entry of the waitlist, which it names.
EVENTS = """
SELECT e.business_id, e.id, e.payload, k.id AS key_id, k.wrapped, k.wrapped_by
FROM webhook_events e
LEFT JOIN bookings b ON b.business_id = e.business_id AND b.id = e.booking_id
LEFT JOIN waitlist_entries w ON w.business_id = e.business_id AND e.booking_id IS NULL
                            AND w.id::text = CASE WHEN e.kind LIKE 'waitlist.%' THEN e.payload::jsonb -> 'data' ->> 'id' END
JOIN customers c ON c.business_id = e.business_id AND c.id = coalesce(b.customer_id, w.customer_id)
JOIN customer_keys k ON k.business_id = c.business_id AND k.id = c.key_id
WHERE e.payload IS NOT NULL AND e.customer_key_id IS NULL AND e.kind <> 'test' AND k.wrapped IS NOT NULL
LIMIT $1 FOR UPDATE OF e SKIP LOCKED
"""
EVENT = "UPDATE webhook_events SET payload = $3, customer_key_id = $4 WHERE business_id = $1 AND id = $2"

OLD_KEYS = """
SELECT business_id, id, wrapped, wrapped_by FROM customer_keys WHERE wrapped_by IS NOT NULL AND wrapped_by <> $1
ORDER BY wrapped_by, business_id, id LIMIT $2 FOR UPDATE SKIP LOCKED
"""
NEW_WRAP = "UPDATE customer_keys SET wrapped = $3, wrapped_by = $4 WHERE business_id = $1 AND id = $2"
OLD_LOOK_UPS = """
SELECT business_id, business_id AS id, wrapped, wrapped_by FROM business_keys
WHERE wrapped_by <> $1 LIMIT $2 FOR UPDATE SKIP LOCKED
"""
NEW_LOOK_UP_WRAP = "UPDATE business_keys SET wrapped = $3, wrapped_by = $4 WHERE business_id = $1 AND business_id = $2"
OLD_ACCOUNTS = """
SELECT business_id, id, wrapped, wrapped_by FROM vendor_accounts
WHERE wrapped_by <> $1 LIMIT $2 FOR UPDATE SKIP LOCKED
"""
NEW_ACCOUNT_WRAP = "UPDATE vendor_accounts SET wrapped = $3, wrapped_by = $4 WHERE business_id = $1 AND id = $2"
WRAPS = ((OLD_KEYS, NEW_WRAP), (OLD_LOOK_UPS, NEW_LOOK_UP_WRAP), (OLD_ACCOUNTS, NEW_ACCOUNT_WRAP))

LEFT = """
SELECT (SELECT count(*) FROM customers WHERE name IS NOT NULL) AS customers,
       (SELECT count(*) FROM customer_keys WHERE wrapped_by <> $1) + (SELECT count(*) FROM business_keys WHERE wrapped_by <> $1)
           + (SELECT count(*) FROM vendor_accounts WHERE wrapped_by <> $1) AS keys
"""
UNKNOWN = """
SELECT DISTINCT wrapped_by
FROM (SELECT wrapped_by FROM customer_keys UNION ALL SELECT wrapped_by FROM business_keys
      UNION ALL SELECT wrapped_by FROM vendor_accounts) k
WHERE wrapped_by IS NOT NULL AND wrapped_by <> ALL($1::text[])
"""

Page = Callable[[Connection], Awaitable[int]]


async def reseal(pool: asyncpg.Pool, vault: Vault, secret: str, tell: Callable[[str, int], None]) -> None:
    """Does all that is left, as the database's owner. `secret` keys the hashes of requests; `tell` hears after each page what was
    done and how many of it. Raises CannotOpen for what no key of this deployment opens."""

    async def plain(connection: Connection) -> int:
        rows = await connection.fetch(PLAIN, PAGE)
        await seal_rows(connection, vault, rows, secret)
        return len(rows)

    async def events(connection: Connection) -> int:
        return await _seal_events(connection, vault)

    async def wraps(connection: Connection) -> int:
        return sum([await _wrap(connection, vault, old, new) for old, new in WRAPS])

    for name, page in (("customers sealed", plain), ("webhooks sealed", events), ("keys wrapped anew", wraps)):
        await _page_by_page(pool, page, partial(tell, name))


async def _page_by_page(pool: asyncpg.Pool, page: Page, tell: Callable[[int], None]) -> None:
    done = found = 0
    while found or not done:
        with suppress(asyncpg.DeadlockDetectedError):  # those who take bookings go first
            async with pool.acquire() as connection, connection.transaction():
                found = await page(connection)
            done += found
            tell(done)
            if not found:
                return


async def count_left(pool: asyncpg.Pool, vault: Vault) -> tuple[int, int]:
    """How many customers are not sealed, and how many keys are not wrapped by the newest key."""
    row = await pool.fetchrow(LEFT, vault.newest)
    return (row["customers"], row["keys"]) if row is not None else (0, 0)


async def find_unknown(pool: asyncpg.Pool, vault: Vault) -> list[str]:
    """The names of keys that wrap something here and that this deployment does not have."""
    return [row["wrapped_by"] for row in await pool.fetch(UNKNOWN, vault.names)]


async def seal_same(connection: Connection, vault: Vault, business_id: UUID, emails: Sequence[str], secret: str) -> None:
    """Seals the rows from before of the customers with these addresses, in the caller's transaction."""
    await seal_rows(connection, vault, await connection.fetch(PLAIN_OF, business_id, list(emails)), secret)


async def seal_rows(connection: Connection, vault: Vault, rows: Sequence[asyncpg.Record], secret: str) -> None:
    """Seals these customers, with all that was said of their bookings, in the caller's transaction."""
    for row in rows:
        business_id = row["business_id"]
        look_up = await customers.look_up_key(connection, vault, business_id)
        who = Customer(row["name"], row["email"], row["phone"], row["timezone"], row["locale"])
        key = await customers.key_for(connection, vault, business_id, who, look_up)
        hashes, sealed = customers.hashes_of(vault, look_up, who), customers.seal_details(key, row["id"], who)
        found_by = hashes.email, hashes.phone, hashes.details, hashes.account
        await connection.execute(SEAL, business_id, row["id"], key.id, sealed, *found_by)
        await _seal_bookings(connection, business_id, row["id"], key, secret)
        for entry in await connection.fetch(ENTRIES, business_id, row["id"]):
            wish = await customers.keyed_hash(connection, business_id, entry["wish_hash"])
            await connection.execute(ENTRY, business_id, entry["id"], _keyed(secret, entry["request_hash"]), wish)


async def _seal_bookings(connection: Connection, business_id: UUID, customer_id: UUID, key: DataKey, secret: str) -> None:
    found = await connection.fetch(BOOKINGS, business_id, customer_id)
    for one in found:
        words = _seal(key, one["closing_words"]), _seal(key, one["override_reason"])
        await connection.execute(BOOKING, business_id, one["id"], _keyed(secret, one["request_hash"]), *words)
    ids = [one["id"] for one in found]
    for one in await connection.fetch(MOVES, business_id, ids):
        reason = _seal(key, one["override_reason"])
        await connection.execute(MOVE, business_id, one["booking_id"], one["sequence"], reason)
    for one in await connection.fetch(OPERATIONS, business_id, ids):
        await connection.execute(OPERATION, business_id, one["booking_id"], one["id"], _seal(key, one["reason"]))
    for one in await connection.fetch(SERIES, business_id, ids):
        await connection.execute(ONE_SERIES, business_id, one["id"], _keyed(secret, one["request_hash"]))


async def _seal_events(connection: Connection, vault: Vault) -> int:
    rows = await connection.fetch(EVENTS, PAGE)
    for row in rows:
        key = vault.data_key(row["business_id"], row["key_id"], Wrapped(row["wrapped"], row["wrapped_by"]))
        await connection.execute(EVENT, row["business_id"], row["id"], key.seal_text(row["payload"]), key.id)
    return len(rows)


async def _wrap(connection: Connection, vault: Vault, old: str, new: str) -> int:
    rows = await connection.fetch(old, vault.newest, PAGE)
    for row in rows:
        raw = vault.unwrap(row["business_id"], row["id"], Wrapped(row["wrapped"], row["wrapped_by"]))
        wrapped = vault.wrap(row["business_id"], row["id"], raw)
        await connection.execute(new, row["business_id"], row["id"], wrapped.key, wrapped.by)
    return len(rows)


def _seal(key: DataKey, words: str | None) -> str | None:
    return None if words is None else key.seal_text(words)


def _keyed(secret: str, request_hash: bytes) -> bytes:
    """As `api.requests.personal_hash` makes it of the same request."""
    return hmac.digest(secret.encode(), b"request:" + request_hash, hashlib.sha256)
