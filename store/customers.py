"""Customers: found by keyed hashes, sealed with their own key when they are written, opened when they are read."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import overload
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from domain.bookings import ERASED, BookingRef, Customer
from domain.errors import NotFound
from domain.sealed import is_sealed
from store.events import Connection
from store.pool import Database
from store.sealing import CannotOpen, DataKey, Row, Vault, Wrapped, keyed

# Beside a `customers c`. What is sealed is opened by `customer_in`.
JOIN_KEY = "LEFT JOIN customer_keys k ON k.business_id = c.business_id AND k.id = c.key_id"
COLUMNS = """c.business_id AS customer_business_id, c.id AS customer_id, c.name AS customer_name, c.email AS customer_email,
       c.phone AS customer_phone, c.timezone AS customer_timezone, c.locale AS customer_locale, c.sealed AS customer_sealed,
       k.id AS customer_key_id, k.wrapped AS customer_wrapped, k.wrapped_by AS customer_wrapped_by"""

# The same person with the same details is one row; changed details are a new one, so a public form edits nobody.
KNOWN = """
SELECT k.id AS key_id, k.wrapped, k.wrapped_by, c.id
FROM customer_keys k
LEFT JOIN customers c ON c.business_id = k.business_id AND c.key_id = k.id AND c.details_hash = $3 AND c.timezone = $4
                     AND c.locale = $5 AND c.sealed IS NOT NULL
WHERE k.business_id = $1 AND k.email_hash = $2
LIMIT 1
"""

NEW = """
INSERT INTO customers (business_id, id, key_id, sealed, email_hash, phone_hash, details_hash, account_hash, timezone, locale)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
"""

# Not under a key that was just destroyed.
NEW_UNDER_KEY = f"""
{NEW} FROM (SELECT id FROM customer_keys WHERE business_id = $1 AND id = $3 AND wrapped IS NOT NULL FOR KEY SHARE) present
RETURNING id
"""  # noqa: S608 (our own text)

# Two of one new customer at once: the second finds the first one's key.
NEW_WITH_KEY = f"""
WITH made AS (
    INSERT INTO customer_keys (business_id, id, email_hash, wrapped, wrapped_by) VALUES ($1, $3, $5, $11, $12)
    ON CONFLICT (business_id, email_hash) DO NOTHING
    RETURNING id
)
{NEW} FROM made
RETURNING id
"""  # noqa: S608 (our own text)

# By a program that has no keys, and how all were written before there were any.
AS_IT_IS = """
WITH known AS (
    SELECT id FROM customers
    WHERE business_id = $1 AND email = $4 AND name = $3 AND phone IS NOT DISTINCT FROM $5 AND timezone = $6 AND locale = $7
    LIMIT 1
), new AS (
    INSERT INTO customers (business_id, id, name, email, phone, timezone, locale)
    SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT FROM known)
    RETURNING id
)
SELECT id FROM known UNION ALL SELECT id FROM new
"""

KEY_OF_EMAIL = "SELECT id, wrapped, wrapped_by FROM customer_keys WHERE business_id = $1 AND email_hash = $2"
NEW_KEY = """
INSERT INTO customer_keys (business_id, id, email_hash, wrapped, wrapped_by) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (business_id, email_hash) DO NOTHING
"""

FOUND_BY = """
UPDATE customer_keys SET email_hash = $3 WHERE business_id = $1 AND id = $2
  AND NOT EXISTS (SELECT FROM customer_keys o WHERE o.business_id = $1 AND o.email_hash = $3)
"""

LOOK_UP = "SELECT wrapped, wrapped_by FROM business_keys WHERE business_id = $1"
NEW_LOOK_UP = "INSERT INTO business_keys (business_id, wrapped, wrapped_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"

# Whoever erases them waits for what is just booked for them, and the other way round.
PRESENT = """
SELECT id FROM customers
WHERE business_id = $1 AND id = $2 AND (sealed IS NOT NULL OR name IS NOT NULL)
FOR KEY SHARE
"""

KEY_OF_BOOKING = f"""
SELECT k.business_id, k.id, k.wrapped, k.wrapped_by
FROM bookings b
JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
{JOIN_KEY}
WHERE b.business_id = $1 AND b.id = $2 AND k.wrapped IS NOT NULL
"""  # noqa: S608 (our own text)


KEY_OF_CUSTOMER = """
SELECT k.business_id, k.id, k.wrapped, k.wrapped_by
FROM customers c JOIN customer_keys k ON k.business_id = c.business_id AND k.id = c.key_id
WHERE c.business_id = $1 AND c.id = $2 AND k.wrapped IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A customer's row, and their key where there are any."""

    id: UUID
    key: DataKey | None

    @property
    def reference(self) -> UUID | None:
        """By which an order names them; None where it has to say who they are."""
        return self.id if self.key is not None else None

    def seal(self, words: str | None) -> str | None:
        """Words about them, as they may leave the process."""
        return words if words is None or self.key is None else self.key.seal_text(words)


async def know(database: Database, business_id: UUID, who: Customer) -> Known:
    """Their row, as it was or as it is made now."""
    async with _one(database) as connection:
        vault = vault_of(connection)
        if vault is None or not vault.seals:
            given = who.name, who.email, who.phone, who.timezone, who.locale
            return Known(await connection.fetchval(AS_IT_IS, business_id, uuid7(), *given), None)
        look_up = await look_up_key(connection, vault, business_id)
        while (known := await _known(connection, vault, business_id, who, look_up)) is None:
            pass  # somebody has just made the key
        return known


async def _known(connection: Connection, vault: Vault, business_id: UUID, who: Customer, look_up: bytes) -> Known | None:
    hashes = hashes_of(vault, look_up, who)
    row = await connection.fetchrow(KNOWN, business_id, hashes.email, hashes.details, who.timezone, who.locale)
    if row is not None:
        key = vault.data_key(business_id, row["key_id"], Wrapped(row["wrapped"], row["wrapped_by"]))
        found = row["id"] or await add(connection, vault, business_id, key, who, look_up)
        return Known(found, key) if found is not None else None
    key_id, new_id = uuid7(), uuid7()
    raw, wrapped = vault.make(business_id, key_id)
    key = DataKey(business_id, key_id, raw)
    values = (*_values(business_id, new_id, key, who, hashes), wrapped.key, wrapped.by)
    return Known(new_id, key) if await connection.fetchval(NEW_WITH_KEY, *values) else None


async def key_for(connection: Connection, vault: Vault, business_id: UUID, who: Customer, look_up: bytes) -> DataKey:
    """The key of whoever has this address, made where there is none."""
    hashed = hashes_of(vault, look_up, who).email
    while (row := await connection.fetchrow(KEY_OF_EMAIL, business_id, hashed)) is None:
        key_id = uuid7()
        _, new = vault.make(business_id, key_id)
        await connection.execute(NEW_KEY, business_id, key_id, hashed, new.key, new.by)
    return vault.data_key(business_id, row["id"], Wrapped(row["wrapped"], row["wrapped_by"]))


async def correct(connection: Connection, booking: BookingRef, who: Customer) -> UUID:
    """A new row for the booking's customer with other details, under the same key. Where nobody else is known by the new address
    they are found by it from now on."""
    vault, key = vault_of(connection), await _key_of_booking(connection, booking)
    if vault is None or key is None:
        return (await know(connection, booking.business_id, who)).id
    look_up = await look_up_key(connection, vault, booking.business_id)
    await connection.execute(FOUND_BY, booking.business_id, key.id, hashes_of(vault, look_up, who).email)
    if (corrected := await add(connection, vault, booking.business_id, key, who, look_up)) is None:
        raise NotFound("the customer was erased")
    return corrected


async def add(
    connection: Connection, vault: Vault, business_id: UUID, key: DataKey, who: Customer, look_up: bytes
) -> UUID | None:
    """One more row for a customer whose key is known; None where they were just erased."""
    values = _values(business_id, uuid7(), key, who, hashes_of(vault, look_up, who))
    made: UUID | None = await connection.fetchval(NEW_UNDER_KEY, *values)
    return made


@dataclass(frozen=True, slots=True)
class Hashes:
    """By what a customer is found."""

    email: bytes
    phone: bytes | None
    details: bytes
    account: bytes


def hashes_of(vault: Vault, look_up: bytes, who: Customer) -> Hashes:
    """Those of this customer, in the business with this key for look-ups."""
    details = keyed(look_up, "details", json.dumps([who.name, who.email, who.phone]))
    phone = keyed(look_up, "phone", who.phone) if who.phone else None
    return Hashes(keyed(look_up, "email", who.email), phone, details, account_hash(vault.accounts, who.email))


def account_hash(key: bytes, email: str) -> bytes:
    """By which whoever has shown that an address is theirs is found with every business; equal for all the ways to write it."""
    return keyed(key, "account", email.strip().lower())


def _values(business_id: UUID, new_id: UUID, key: DataKey, who: Customer, hashes: Hashes) -> tuple[object, ...]:
    return (
        *(business_id, new_id, key.id, seal_details(key, new_id, who), hashes.email, hashes.phone, hashes.details),
        *(hashes.account, who.timezone, who.locale),
    )


def seal_details(key: DataKey, customer_id: UUID, who: Customer) -> bytes:
    """Name, e-mail and phone, for this row."""
    return key.seal(json.dumps([who.name, who.email, who.phone]).encode(), b"customer:" + customer_id.bytes)


def customer_in(row: asyncpg.Record) -> Customer:
    """The customer in a row of COLUMNS; ERASED where they were. Raises CannotOpen."""
    zone, locale, sealed = row["customer_timezone"], row["customer_locale"], row["customer_sealed"]
    if sealed is None:
        if row["customer_name"] is None:
            return ERASED
        return Customer(row["customer_name"], row["customer_email"], row["customer_phone"], zone, locale)
    key = key_in(row)
    if key is None:
        return ERASED
    name, email, phone = json.loads(key.open(sealed, b"customer:" + row["customer_id"].bytes))
    return Customer(name, email, phone, zone, locale)


def text_in(row: asyncpg.Record, column: str) -> str | None:
    """Words in a row of COLUMNS and this one. None where there are none any more. Raises CannotOpen."""
    text: str | None = row[column]
    if text is None:
        return None
    key = key_in(row)
    return text if key is None else key.open_text(text)


def key_in(row: asyncpg.Record) -> DataKey | None:
    """The customer's key in a row of COLUMNS; None where there is none, or none any more. Raises CannotOpen."""
    if row["customer_wrapped"] is None:
        return None
    vault = row.vault if isinstance(row, Row) else None
    if vault is None:
        raise RuntimeError("this pool was opened without the deployment's keys")
    wrapped = Wrapped(row["customer_wrapped"], row["customer_wrapped_by"])
    return vault.data_key(row["customer_business_id"], row["customer_key_id"], wrapped)


async def is_present(connection: Connection, business_id: UUID, customer_id: UUID) -> bool:
    """Whether they were not erased, and will not be until the caller's transaction ends."""
    return await connection.fetchval(PRESENT, business_id, customer_id) is not None


async def email_hash(database: Database, business_id: UUID, email: str | None) -> bytes | None:
    """By which the rows with this address are found; None where nothing is sealed in this business."""
    return await _hash(database, business_id, "email", email)


async def phone_hash(database: Database, business_id: UUID, phone: str | None) -> bytes | None:
    """The same for a number."""
    return await _hash(database, business_id, "phone", phone)


async def _hash(database: Database, business_id: UUID, purpose: str, text: str | None) -> bytes | None:
    if text is None:
        return None
    async with _one(database) as connection:
        vault = vault_of(connection)
        if vault is None:
            return None
        return keyed(await look_up_key(connection, vault, business_id), purpose, text)


async def customer_key(connection: Connection, business_id: UUID, customer_id: UUID) -> DataKey | None:
    """The key of the customer of this row; None where there is none, or none any more."""
    return _key(connection, await connection.fetchrow(KEY_OF_CUSTOMER, business_id, customer_id))


@overload
async def seal_words(database: Database, booking: BookingRef, words: str) -> str: ...


@overload
async def seal_words(database: Database, booking: BookingRef, words: str | None) -> str | None: ...


async def seal_words(database: Database, booking: BookingRef, words: str | None) -> str | None:
    """What somebody says about a booking, sealed with its customer's key before it goes anywhere; for a customer without a key,
    as it is. What is sealed already stays so."""
    key = await _key_of_booking(database, booking) if words is not None else None
    if words is None or key is None or _opens(key, words):
        return words
    return key.seal_text(words)


async def open_words(database: Database, booking: BookingRef, words: str | None) -> str | None:
    """What `seal_words` has sealed. Raises CannotOpen."""
    if words is None or not is_sealed(words):
        return words
    key = await _key_of_booking(database, booking)
    return words if key is None else key.open_text(words)


def _opens(key: DataKey, words: str) -> bool:
    """Not what somebody has only made look like it."""
    try:
        return is_sealed(words) and key.open_text(words) != words
    except CannotOpen:
        return False


async def _key_of_booking(database: Database, booking: BookingRef) -> DataKey | None:
    async with _one(database) as connection:
        row = await connection.fetchrow(KEY_OF_BOOKING, booking.business_id, booking.booking_id)
        return _key(connection, row)


def _key(connection: Connection, row: asyncpg.Record | None) -> DataKey | None:
    vault = vault_of(connection)
    if vault is None or row is None:
        return None
    return vault.data_key(row["business_id"], row["id"], Wrapped(row["wrapped"], row["wrapped_by"]))


async def keyed_hash(connection: Connection, business_id: UUID, hashed: bytes) -> bytes:
    """Makes a hash of what is personal one that nobody without the business's key can try guesses against."""
    vault = vault_of(connection)
    return hashed if vault is None else keyed(await look_up_key(connection, vault, business_id), "hash", hashed.hex())


async def look_up_key(connection: Connection, vault: Vault, business_id: UUID) -> bytes:
    """The business's key for look-ups, made where there is none."""
    if (known := vault.look_ups.get(business_id)) is not None:
        return known
    row = await connection.fetchrow(LOOK_UP, business_id)
    if row is None:
        _, new = vault.make(business_id, business_id)
        await connection.execute(NEW_LOOK_UP, business_id, new.key, new.by)
        row = await connection.fetchrow(LOOK_UP, business_id)
    key = vault.unwrap(business_id, business_id, Wrapped(row["wrapped"], row["wrapped_by"]))  # type: ignore[index] # it is there
    if not connection.is_in_transaction():  # one that is rolled back would take a new key along
        vault.keep_look_up(business_id, key)
    return key


def vault_of(connection: Connection) -> Vault | None:
    """The deployment's keys, where the pool was given them."""
    return getattr(connection, "vault", None)


@asynccontextmanager
async def _one(database: Database) -> AsyncIterator[Connection]:
    if isinstance(database, asyncpg.Pool):
        async with database.acquire() as connection:
            yield connection
    else:
        yield database
