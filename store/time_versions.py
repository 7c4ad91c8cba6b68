"""Whether an answer about free slots still stands, for the price of a look-up."""

from __future__ import annotations

# Of `asked`, the service asked about, for $2, one of its providers or NULL. Who gives it and what it takes only changes with the
# service's own version, so that the sum of all others is over the same rows as long as that stands; and each of them only grows.
# A hash, so that nobody reads from a tag when something was changed; $9 goes into it: what else the answer depends on.
STAMP = """
    SELECT left(encode(sha256(convert_to(concat_ws('|', $9::text,
               coalesce(sum(v.version) FILTER (WHERE v.id = asked.id), 0),
               coalesce(sum(v.version) FILTER (WHERE v.id <> asked.id), 0)), 'UTF8')), 'hex'), 32) AS stamp,
           clock_timestamp() AS now
    FROM asked
    CROSS JOIN LATERAL (
        SELECT asked.id
        UNION ALL
        SELECT asked.business_id
        UNION ALL
        SELECT g.provider_id FROM provider_services g
        WHERE g.business_id = asked.business_id AND g.service_id = asked.id AND ($2::uuid IS NULL OR g.provider_id = $2)
        UNION ALL
        SELECT r.provider_id FROM service_resources r WHERE r.business_id = asked.business_id AND r.service_id = asked.id
    ) whose
    JOIN time_versions v ON v.business_id = asked.business_id AND v.id = whose.id
"""
