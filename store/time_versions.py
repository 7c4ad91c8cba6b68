"""Whether an answer about free slots still stands, for the price of a look-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from store.pool import Database

# Of `s`, the service asked about, for $2, one of its providers or NULL. Who gives it and what it takes only changes with the
# service's own version, so that the sum of all others is over the same rows as long as that stands; and each of them only grows.
# A hash, so that nobody reads from a tag when something was changed. $3 goes into it: what else the answer depends on.
STAMP = """
    SELECT left(encode(sha256(convert_to(concat_ws('|', $3::text,
               coalesce(sum(v.version) FILTER (WHERE v.id = s.id), 0),
               coalesce(sum(v.version) FILTER (WHERE v.id <> s.id), 0)), 'UTF8')), 'hex'), 32) AS stamp
    FROM s
    CROSS JOIN LATERAL (
        SELECT s.id
        UNION ALL
        SELECT s.business_id
        UNION ALL
        SELECT g.provider_id FROM provider_services g
        WHERE g.business_id = s.business_id AND g.service_id = s.id AND ($2::uuid IS NULL OR g.provider_id = $2)
        UNION ALL
        SELECT r.provider_id FROM service_resources r WHERE r.business_id = s.business_id AND r.service_id = s.id
    ) whose
    JOIN time_versions v ON v.business_id = s.business_id AND v.id = whose.id
"""

PRESENT = f"""
WITH s AS (SELECT business_id, id FROM services WHERE id = $1 LIMIT 1), stamp AS ({STAMP})
SELECT stamp, clock_timestamp() AS now FROM stamp
"""  # noqa: S608 (our own fragment)


@dataclass(frozen=True, slots=True)
class Present:
    """The stamp of all that decides a service's slots, and the database's clock. Equal stamps: nothing was changed between."""

    stamp: str
    now: datetime


async def read_stamp(database: Database, service_id: UUID, provider_id: UUID | None, edition: str) -> Present:
    """The stamp of the service's slots with all its providers, or the given one. There is one of no service, too.

    `edition` is what else answers depend on beside what is in the database.
    """
    (row,) = await database.fetch(PRESENT, service_id, provider_id, edition)
    return Present(row["stamp"], row["now"])
