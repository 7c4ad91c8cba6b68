"""Time that is taken, and the bookings it is taken for (promise 1 and 3)."""

from __future__ import annotations

from domain.findings import Rule
from store.checks.statements import Over, Statement

# The constraint makes it impossible: whoever finds one has found a database without its constraint.
OVERLAP = """
SELECT a.business_id, (SELECT min(s.booking_id::text)::uuid FROM claim_seats s
                       WHERE s.business_id = a.business_id AND s.claim_id = a.id) AS booking_id,
       'claims ' || a.id || ' and ' || b.id AS detail, NULL::bigint AS amount, NULL AS currency
FROM {page}
JOIN claims a ON a.business_id = page.business_id AND a.id = page.id
JOIN claims b ON b.business_id = a.business_id AND b.provider_id = a.provider_id AND b.during && a.during AND b.id > a.id
"""

SEATS = """
SELECT c.business_id, min(s.booking_id::text)::uuid AS booking_id,
       'claim ' || c.id || ' counts ' || c.seats_taken || ' and holds ' || coalesce(sum(s.seats), 0) AS detail,
       NULL::bigint AS amount, NULL AS currency
FROM {page}
JOIN claims c ON c.business_id = page.business_id AND c.id = page.id
LEFT JOIN claim_seats s ON s.business_id = c.business_id AND s.claim_id = c.id
GROUP BY c.business_id, c.id
HAVING c.seats_taken <> coalesce(sum(s.seats), 0) OR count(s.booking_id) = 0
"""

# A booking that moves to a dearer time has both times until it is paid: its timeline says so, and when one is given back.
CLAIM_WITHOUT_BOOKING = """
SELECT b.business_id, b.id AS booking_id,
       CASE WHEN b.status NOT IN ('pending', 'confirming', 'confirmed') THEN b.status
            ELSE 'beside its time' END AS detail, NULL::bigint AS amount, NULL AS currency
FROM {page}
JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
JOIN claim_seats s ON s.business_id = b.business_id AND s.booking_id = b.id
JOIN claims c ON c.business_id = s.business_id AND c.id = s.claim_id
WHERE b.status NOT IN ('pending', 'confirming', 'confirmed')
   OR c.during <> b.blocks OR c.provider_id <> ALL (b.provider_id || b.resource_ids)
"""

# A hold whose time is over may be anybody's; the provider may be asked longer than the hold would have lasted. Counted rather
# than joined: each is a look-up by key then, however many claims there are.
BOOKING_WITHOUT_CLAIM = """
SELECT b.business_id, b.id AS booking_id, b.status || ' at ' || wanted.provider_id AS detail,
       CASE WHEN b.status = 'confirmed' THEN b.price_amount END AS amount, b.price_currency AS currency
FROM {page}
JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
CROSS JOIN LATERAL unnest(b.provider_id || b.resource_ids) AS wanted (provider_id)
WHERE (b.status = 'confirmed' OR b.status IN ('pending', 'confirming') AND b.hold_expires_at > now())
  AND 0 = (
      SELECT count(*) FROM claim_seats s JOIN claims c ON c.business_id = s.business_id AND c.id = s.claim_id
      WHERE s.business_id = b.business_id AND s.booking_id = b.id AND s.seats = b.seats AND c.during = b.blocks
        AND c.provider_id = wanted.provider_id AND (b.status <> 'confirmed' OR s.expires_at IS NULL))
"""

RULES = (
    Statement(Rule.OVERLAP, OVERLAP, Over.CLAIMS),
    Statement(Rule.SEATS, SEATS, Over.CLAIMS),
    Statement(Rule.CLAIM_WITHOUT_BOOKING, CLAIM_WITHOUT_BOOKING),
    Statement(Rule.BOOKING_WITHOUT_CLAIM, BOOKING_WITHOUT_CLAIM),
)
