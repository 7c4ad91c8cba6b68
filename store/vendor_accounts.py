"""Businesses' own accounts with vendors: sealed when they are written, and opened only for whoever calls the vendor.

None is ever overwritten. What was made with an account that is retired names it still, and is found by it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

import asyncpg

from domain.vendor_accounts import CREDENTIALS, ShownAccount, Vendor, VendorAccount, VendorKind
from store.customers import vault_of
from store.events import Connection
from store.pool import Database
from store.sealing import CannotOpen, Row, Vault, Wrapped
from store.security_events import tell_security
from store.tenants import present_business

MOST_LOOKED_AT = 20
"""Of one business's: whoever changes an account more often is told nothing more by the vendors of the oldest."""
MOST_FORMER = 3

SHOWN = """
SELECT kind, id, vendor, shown, created_at AS since FROM vendor_accounts WHERE business_id = $1 AND retired_at IS NULL
"""

SELECT = "SELECT business_id, id, vendor, sealed, wrapped, wrapped_by FROM vendor_accounts WHERE"
PRESENT = f"{SELECT} business_id = $1 AND kind = $2 AND retired_at IS NULL"
ONE = f"{SELECT} business_id = $1 AND id = $2"
OF_BUSINESS = f"{SELECT} business_id = $1 AND kind = $2 ORDER BY created_at DESC, id DESC LIMIT $3"
FORMER = f"{SELECT} business_id = $1 AND kind = $2 AND retired_at IS NOT NULL ORDER BY retired_at DESC, id LIMIT $3"
FROM = f"{SELECT} kind = $1 AND id >= $2 ORDER BY id LIMIT 1"

RETIRE = """
UPDATE vendor_accounts SET retired_at = now() WHERE business_id = $1 AND kind = $2 AND retired_at IS NULL RETURNING vendor
"""
ADD = """
INSERT INTO vendor_accounts (business_id, id, kind, vendor, shown, sealed, wrapped, wrapped_by)
VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8)
"""


@dataclass(frozen=True, slots=True)
class StoredAccounts:
    """Those of this database, as `domain.vendor_accounts.VendorAccounts`."""

    pool: asyncpg.Pool

    async def present(self, kind: VendorKind) -> VendorAccount | None:
        """Of the present business."""
        business_id = present_business()
        row = await self.pool.fetchrow(PRESENT, business_id, kind.value) if business_id is not None else None
        return _opened(row) if row is not None else None

    async def find(self, account_id: UUID) -> VendorAccount | None:
        """Of the present business, whatever the pool may see."""
        business_id = present_business()
        row = await self.pool.fetchrow(ONE, business_id, account_id) if business_id is not None else None
        return _opened(row) if row is not None else None

    async def former(self, kind: VendorKind) -> Sequence[VendorAccount]:
        """Of the present business."""
        business_id = present_business()
        rows = await self.pool.fetch(FORMER, business_id, kind.value, MOST_FORMER) if business_id is not None else ()
        return [_opened(row) for row in rows]

    async def first_from(self, kind: VendorKind, account_id: UUID) -> VendorAccount | None:
        """Of all businesses, for a pool that sees them."""
        row = await self.pool.fetchrow(FROM, kind.value, account_id)
        return _opened(row) if row is not None else None


async def list_of_business(database: Database, business_id: UUID, kind: VendorKind) -> Sequence[VendorAccount]:
    """What the business has and had, the newest first."""
    return [_opened(row) for row in await database.fetch(OF_BUSINESS, business_id, kind.value, MOST_LOOKED_AT)]


async def list_businesses_with(database: Database, kind: VendorKind) -> frozenset[UUID]:
    """The businesses that have an account of their own now."""
    rows = await database.fetch("SELECT business_id FROM vendor_accounts WHERE kind = $1 AND retired_at IS NULL", kind.value)
    return frozenset(row["business_id"] for row in rows)


async def show_accounts(database: Database, business_id: UUID) -> dict[VendorKind, ShownAccount]:
    """What the business has now, without anything secret."""
    rows = await database.fetch(SHOWN, business_id)
    return {VendorKind(row["kind"]): ShownAccount(row["id"], Vendor(row["vendor"]), row["shown"], row["since"]) for row in rows}


async def put_account(connection: Connection, account: VendorAccount, by: str) -> None:
    """In the place of the one before, which is retired, in the caller's transaction. Once: it is one more row each time."""
    vault, vendor = _needed(vault_of(connection)), account.vendor
    _, wrapped = vault.make(account.business_id, account.id)
    data = json.dumps(asdict(account.credentials)).encode()
    sealed = vault.data_key(account.business_id, account.id, wrapped).seal(data, _place(vendor))
    await connection.execute(RETIRE, account.business_id, vendor.kind.value)
    values = vendor.kind.value, vendor.value, json.dumps(account.credentials.shown), sealed, wrapped.key, wrapped.by
    await connection.execute(ADD, account.business_id, account.id, *values)
    await tell_security(
        connection,
        "vendor-account-changed",
        business_id=account.business_id,
        by=by,
        account_kind=vendor.kind.value,
        vendor=vendor.value,
        account_id=str(account.id),
    )


async def retire_account(connection: Connection, business_id: UUID, kind: VendorKind, by: str) -> None:
    """From now on the deployment's is used, in the caller's transaction. Repeatable."""
    vendor = await connection.fetchval(RETIRE, business_id, kind.value)
    if vendor is not None:
        what = "vendor-account-removed"
        await tell_security(connection, what, business_id=business_id, by=by, account_kind=kind.value, vendor=vendor)


def _opened(row: asyncpg.Record) -> VendorAccount:
    """Raises CannotOpen."""
    vault = _needed(row.vault if isinstance(row, Row) else None)
    vendor = Vendor(row["vendor"])
    key = vault.data_key(row["business_id"], row["id"], Wrapped(row["wrapped"], row["wrapped_by"]))
    told = json.loads(key.open(row["sealed"], _place(vendor)))
    return VendorAccount(row["business_id"], row["id"], vendor, CREDENTIALS[vendor](**told))


def _needed(vault: Vault | None) -> Vault:
    if vault is None:
        raise CannotOpen("a vendor's account needs the deployment's keys")
    return vault


def _place(vendor: Vendor) -> bytes:
    return b"vendor-account:" + vendor.value.encode()
