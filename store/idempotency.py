"""Repeated requests, for the calls that start no workflow: the first one's answer is kept and given again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.errors import KeyReused
from store.events import Connection

# Whoever comes second waits here for the first one's commit, and then finds its answer.
RESERVE = """
INSERT INTO idempotency_keys (business_id, key, request_hash, status, body) VALUES ($1, $2, $3, $4, $5::jsonb)
ON CONFLICT (business_id, key) DO NOTHING
RETURNING true
"""


async def remember(
    connection: Connection, business_id: UUID, key: str, request_hash: bytes, status: int, body: Any
) -> Any | None:
    """Keeps the answer to this request, in the transaction of what it is about to do. None: it is the first with this key.

    Otherwise returns the first one's answer, and nothing is to be done again. Raises KeyReused when the first was another
    request.
    """
    if await connection.fetchval(RESERVE, business_id, key, request_hash, status, body):
        return None
    first = await connection.fetchrow(
        "SELECT request_hash, body FROM idempotency_keys WHERE business_id = $1 AND key = $2", business_id, key
    )
    if first is None or first["request_hash"] != request_hash:
        raise KeyReused("this Idempotency-Key was used for another request")
    return first["body"]
