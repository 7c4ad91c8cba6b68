"""Events in the providers' calendars, as our books have them."""

from __future__ import annotations

from domain.findings import Rule
from store.checks.statements import Needs, Statement

# One that operators have left out, or called done by hand, is nobody's business any more.
EVENT_MISSING = """
SELECT b.business_id, b.id AS booking_id, coalesce('event ' || k.state, 'no event') AS detail,
       NULL::bigint AS amount, NULL AS currency
FROM {page}
JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
JOIN providers p ON p.business_id = b.business_id AND p.id = b.provider_id
LEFT JOIN calendar_events k ON k.business_id = b.business_id AND k.booking_id = b.id
WHERE b.status = 'confirmed' AND b.ends_at > now() AND coalesce(p.calendar_id, p.email) IS NOT NULL
  AND k.state IS DISTINCT FROM 'written'
  AND NOT EXISTS (SELECT FROM operations o WHERE o.business_id = b.business_id AND o.booking_id = b.id
                    AND o.step = 'write-calendar-event' AND o.kind IN ('skip', 'settle'))
"""

EVENT_LEFT = """
SELECT b.business_id, b.id AS booking_id, b.status || ', event ' || k.state AS detail, NULL::bigint AS amount, NULL AS currency
FROM {page}
JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
JOIN calendar_events k ON k.business_id = b.business_id AND k.booking_id = b.id
WHERE k.state = 'written' AND b.status IN ('pending', 'expired', 'cancelled', 'failed')
  AND NOT EXISTS (SELECT FROM operations o WHERE o.business_id = b.business_id AND o.booking_id = b.id
                    AND o.step = 'delete-calendar-event' AND o.kind IN ('skip', 'settle'))
UNION ALL
SELECT b.business_id, b.id, 'still in the calendar of the provider before', NULL, NULL
FROM {page}
JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
JOIN left_calendars l ON l.business_id = b.business_id AND l.booking_id = b.id
"""

RULES = (
    Statement(Rule.EVENT_MISSING, EVENT_MISSING, needs=Needs.CALENDAR),
    Statement(Rule.EVENT_LEFT, EVENT_LEFT, needs=Needs.CALENDAR),
)
