"""What other systems call a business's things: unlike others of their kind, and found by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import asyncpg

from domain.errors import ExternalIdTaken
from store.pool import Database

CALL = """
UPDATE customer_keys SET external_id = $3 WHERE business_id = $1 AND id = $2 AND erased_at IS NULL RETURNING true
"""


@contextmanager
def unlike_others(kind: str) -> Iterator[None]:
    """Around a statement that writes an external id. Raises ExternalIdTaken."""
    try:
        yield
    except asyncpg.UniqueViolationError as fault:
        if not (fault.constraint_name or "").endswith("_by_external_id"):
            raise
        raise ExternalIdTaken(f"another {kind} has this external_id") from None


async def call_customer(database: Database, business_id: UUID, customer_id: UUID, external_id: str | None) -> bool:
    """From now on another system's id leads to this customer, or, for None, none does. Repeatable. False where there is no such
    customer, or none any more. Raises ExternalIdTaken."""
    with unlike_others("customer"):
        return bool(await database.fetchval(CALL, business_id, customer_id, external_id))
