"""The keys by which a business's own programs call the API; only their SHA-256 is kept.

A key reads `slk_{business id}_{secret}`: it names its business, so that the look-up leads with it. The secret has 256 random
bits, so a plain hash is enough, and looking that hash up tells an attacker's clock nothing about any key.
"""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

from store.pool import Database

CREATE = """
INSERT INTO api_keys (business_id, id, key_hash, name) VALUES ($1, $2, $3, $4)
ON CONFLICT (business_id, key_hash) DO NOTHING
"""


def new_key(business_id: UUID) -> str:
    """A fresh key, not yet registered."""
    return f"slk_{business_id.hex}_{secrets.token_hex(32)}"


async def create_api_key(database: Database, business_id: UUID, name: str, key: str | None = None) -> str:
    """Registers a new key, or the given one, and returns its text, which is nowhere else. Repeatable with a given key.

    Raises ValueError when the given key does not name this business.
    """
    text = key or new_key(business_id)
    if business_of(text) != business_id:
        raise ValueError("an API key reads slk_{business id}_{secret}")
    await database.execute(CREATE, business_id, uuid7(), _hash(text), name)
    return text


async def find_business_by_key(database: Database, key: str) -> UUID | None:
    """The business this key belongs to; None for a key that is malformed, unknown or revoked."""
    business_id = business_of(key)
    if business_id is None:
        return None
    known = await database.fetchval(
        "SELECT true FROM api_keys WHERE business_id = $1 AND key_hash = $2 AND revoked_at IS NULL", business_id, _hash(key)
    )
    return business_id if known else None


async def find_key(database: Database, key: str) -> UUID | None:
    """The key's own id, by which it is named where it has done something; None for one that opens nothing."""
    found: UUID | None = await database.fetchval(
        "SELECT id FROM api_keys WHERE business_id = $1 AND key_hash = $2 AND revoked_at IS NULL", business_of(key), _hash(key)
    )
    return found


async def revoke_api_key(database: Database, key: str) -> bool:
    """Makes the key worthless from now on; False when it already was."""
    revoked = await database.fetchval(
        "UPDATE api_keys SET revoked_at = now() WHERE business_id = $1 AND key_hash = $2 AND revoked_at IS NULL RETURNING id",
        business_of(key),
        _hash(key),
    )
    return revoked is not None


def business_of(key: str) -> UUID | None:
    """The business a key names, whether or not it is known; None when it has not the form of a key."""
    parts = key.split("_")
    if len(parts) != 3 or parts[0] != "slk" or len(parts[1]) != 32 or len(parts[2]) < 32 or not key.isascii():
        return None
    try:
        return UUID(hex=parts[1])
    except ValueError:
        return None


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
