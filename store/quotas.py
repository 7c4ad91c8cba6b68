"""Limits on how many bookings a provider or a service takes in a day or week, kept also when many book at once."""

from __future__ import annotations

from typing import Protocol

from domain.bookings import Quota
from domain.errors import SlotTaken
from store.claims import Wanted
from store.events import Connection

# Whoever counts waits for those who count the same; the lock ends with the transaction.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

# What is held or booked, and what is over and left its claim; a session counts once, and not for those who join it.
# A resource counts like a provider. The booking itself does not count: it gives up its own time where it moves.
OF_PROVIDER = """
SELECT count(*)
FROM (
    SELECT c.service_id, c.starts_at
    FROM claims c
    WHERE c.business_id = $1 AND c.provider_id = $4 AND c.during && tstzrange($2, $3) AND c.starts_at >= $2 AND c.starts_at < $3
      AND EXISTS (SELECT FROM claim_seats t
                  WHERE t.business_id = c.business_id AND t.claim_id = c.id AND t.booking_id <> $7
                    AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp()))
    UNION
    SELECT b.service_id, b.starts_at
    FROM bookings b
    WHERE b.business_id = $1 AND b.starts_at >= $2 AND b.starts_at < $3 AND b.status IN ('completed', 'no_show')
      AND (b.provider_id = $4 OR $4 = ANY(b.resource_ids))
) given
WHERE (given.service_id, given.starts_at) IS DISTINCT FROM ($5::uuid, $6::timestamptz)
"""

OF_SERVICE = """
SELECT count(DISTINCT (b.provider_id, b.starts_at))
FROM bookings b
WHERE b.business_id = $1 AND b.starts_at >= $2 AND b.starts_at < $3 AND b.service_id = $4
  AND (b.status IN ('confirming', 'confirmed', 'completed', 'no_show')
       OR b.status = 'pending' AND b.hold_expires_at > clock_timestamp())
  AND (b.provider_id, b.starts_at) IS DISTINCT FROM ($5::uuid, $6::timestamptz) AND b.id <> $7
"""

# Who joins a session adds nothing to what is given, however full the day is: staff may have gone beyond the limit, or lowered it.
JOINS = """
SELECT EXISTS (
    SELECT FROM claims c JOIN claim_seats t ON t.business_id = c.business_id AND t.claim_id = c.id
    WHERE c.business_id = $1 AND c.provider_id = $2 AND c.service_id = $3 AND c.starts_at = $4 AND c.for_provider IS NULL
      AND t.booking_id <> $5 AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp())
)
"""


class Limited(Wanted, Protocol):
    """A time that is to be claimed, and how many may be sold of it."""

    @property
    def quotas(self) -> tuple[Quota, ...]: ...


async def check(connection: Connection, order: Limited) -> None:
    """Raises SlotTaken when one of the order's quotas is used up. Must run before the claim is taken, in its transaction."""
    in_order = sorted(order.quotas, key=_name)
    for quota in in_order:
        await connection.execute(LOCK, f"{order.business_id}:{_name(quota)}")
    session = (order.business_id, order.provider_id, order.service_id, order.starts_at, order.booking_id)
    if in_order and await connection.fetchval(JOINS, *session):
        return
    for quota in in_order:
        sold = (order.business_id, quota.since, quota.until)
        but = (order.starts_at, order.booking_id)
        if quota.provider_id is not None:
            found = await connection.fetchval(OF_PROVIDER, *sold, quota.provider_id, order.service_id, *but)
        else:
            found = await connection.fetchval(OF_SERVICE, *sold, quota.service_id, order.provider_id, *but)
        if found >= quota.most:
            raise SlotTaken("no more is given in this day or week")


def _name(quota: Quota) -> str:
    return f"{quota.provider_id or quota.service_id}:{quota.since.isoformat()}:{quota.until.isoformat()}"
