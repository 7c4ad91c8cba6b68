"""Opens what the product has sealed, for tests that look at it where it is kept."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from store.customers import text_in

WORDS = """
SELECT b.business_id AS customer_business_id, k.id AS customer_key_id, k.wrapped AS customer_wrapped,
       k.wrapped_by AS customer_wrapped_by, {words} AS words
FROM bookings b JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
LEFT JOIN customer_keys k ON k.business_id = c.business_id AND k.id = c.key_id
WHERE b.id = $1
"""

PAYLOADS = """
SELECT e.business_id AS customer_business_id, k.id AS customer_key_id, k.wrapped AS customer_wrapped,
       k.wrapped_by AS customer_wrapped_by, e.payload
FROM webhook_events e LEFT JOIN customer_keys k ON k.business_id = e.business_id AND k.id = e.customer_key_id
WHERE e.business_id = $1 AND e.payload IS NOT NULL ORDER BY e.seq, e.at
"""


async def words_of(pool: asyncpg.Pool, booking_id: UUID | str, words: str = "b.closing_words") -> str | None:
    """What is kept of a booking in this column, or by this query. Fails where it is kept readable."""
    row = await pool.fetchrow(WORDS.format(words=words), booking_id)
    assert row is not None
    assert row["words"] is None or row["words"].startswith("sealed:")
    return text_in(row, "words")


async def payloads_of(pool: asyncpg.Pool, business_id: UUID) -> list[str]:
    """What is sent of a business, in the order of the timelines."""
    return [text_in(row, "payload") or "" for row in await pool.fetch(PAYLOADS, business_id)]
