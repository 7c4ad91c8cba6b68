"""Limits on how many bookings a provider or a service takes in a day or week, kept also when many book at once."""

from __future__ import annotations

from domain.bookings import HoldSlot, Quota
from domain.errors import SlotTaken
from store.events import Connection

# Whoever counts waits for those who count the same; the lock ends with the transaction.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

# What is held or booked; a session counts once, and not for those who join it.
COUNT = """
SELECT count(DISTINCT (b.provider_id, b.service_id, b.starts_at))
FROM bookings b
WHERE b.business_id = $1 AND b.starts_at >= $2 AND b.starts_at < $3
  AND ($4::uuid IS NULL OR b.provider_id = $4) AND ($5::uuid IS NULL OR b.service_id = $5)
  AND (b.status IN ('confirming', 'confirmed', 'completed', 'no_show')
       OR b.status = 'pending' AND b.hold_expires_at > clock_timestamp())
  AND (b.provider_id, b.service_id, b.starts_at) IS DISTINCT FROM ($6::uuid, $7::uuid, $8::timestamptz)
"""


async def check(connection: Connection, order: HoldSlot) -> None:
    """Raises SlotTaken when one of the order's quotas is used up. Must run before the claim is taken, in its transaction."""
    for quota in sorted(order.quotas, key=_name):
        await connection.execute(LOCK, f"{order.business_id}:{_name(quota)}")
        found = await connection.fetchval(
            COUNT,
            order.business_id,
            quota.since,
            quota.until,
            quota.provider_id,
            quota.service_id,
            order.provider_id,
            order.service_id,
            order.starts_at,
        )
        if found >= quota.most:
            raise SlotTaken("no more is given in this day or week")


def _name(quota: Quota) -> str:
    return f"{quota.provider_id or quota.service_id}:{quota.since.isoformat()}:{quota.until.isoformat()}"
