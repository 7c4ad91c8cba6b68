"""Messages and reminders, as the delivery log has them."""

from __future__ import annotations

from domain.findings import Rule
from store.checks.statements import Needs, Statement

# What each customer was to be told of how their booking stands now; a series confirms all its bookings in one message.
WANTED = """
WITH wanted AS (
    SELECT b.business_id, b.id, said.name
    FROM {page}
    JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
    JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
    CROSS JOIN LATERAL (
        SELECT 'confirmation' AS name WHERE b.status IN ('confirmed', 'completed') AND b.series_id IS NULL
        UNION ALL SELECT 'rescheduled.' || b.sequence WHERE b.status = 'confirmed' AND b.sequence > 0
        UNION ALL SELECT 'no_show' WHERE b.status = 'no_show'
        UNION ALL SELECT 'cancelled' WHERE b.status = 'cancelled' AND EXISTS (
            SELECT FROM booking_events e WHERE e.business_id = b.business_id AND e.booking_id = b.id AND e.key = 'confirmed')
    ) said
    WHERE %s IS NOT NULL
)
SELECT w.business_id, w.id AS booking_id, '%s ' || w.name || ' ' || coalesce(n.state, 'never tried') AS detail,
       NULL::bigint AS amount, NULL AS currency
FROM wanted w
LEFT JOIN notifications n ON n.business_id = w.business_id AND n.booking_id = w.id AND n.kind = w.name AND n.channel = '%s'
WHERE n.vendor_id IS NULL AND n.state IS DISTINCT FROM 'refused' AND n.settled_at IS NULL
"""

# Half a minute is how long the sweep takes at most to come by; what is on its way is tried until the appointment starts.
REMINDER_OVERDUE = """
SELECT r.business_id, r.booking_id, r.minutes_before || ' minutes before, ' ||
           CASE WHEN r.started_at IS NULL THEN 'not started' ELSE 'not done' END AS detail,
       NULL::bigint AS amount, NULL AS currency
FROM {page}
JOIN reminders r ON r.business_id = page.business_id AND r.booking_id = page.id
JOIN bookings b ON b.business_id = r.business_id AND b.id = r.booking_id
WHERE r.due_at < now() - interval '2 minutes' AND b.status = 'confirmed'
"""

REMINDER_LEFT = """
SELECT r.business_id, r.booking_id, r.minutes_before || ' minutes before, ' || b.status AS detail,
       NULL::bigint AS amount, NULL AS currency
FROM {page}
JOIN reminders r ON r.business_id = page.business_id AND r.booking_id = page.id
JOIN bookings b ON b.business_id = r.business_id AND b.id = r.booking_id
WHERE b.status <> 'confirmed' OR r.sequence <> b.sequence
"""

RULES = (
    Statement(Rule.MESSAGE_MISSING, WANTED % ("coalesce(c.email_hash::text, c.email)", "email", "email"), needs=Needs.EMAIL),
    Statement(Rule.MESSAGE_MISSING, WANTED % ("coalesce(c.phone_hash::text, c.phone)", "sms", "sms"), needs=Needs.SMS),
    Statement(Rule.REMINDER_OVERDUE, REMINDER_OVERDUE),
    Statement(Rule.REMINDER_LEFT, REMINDER_LEFT),
)
