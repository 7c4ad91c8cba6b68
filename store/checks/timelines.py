"""Whether every timeline tells all that happened, in an order in which it can have happened (promise 6)."""

from __future__ import annotations

from domain.bookings import ALLOWED_TRANSITIONS
from domain.findings import Rule
from store.checks.statements import Statement

MOVED = "'confirmed>confirmed'"
STEPS = ", ".join([*(f"'{source}>{target}'" for source, targets in ALLOWED_TRANSITIONS.items() for target in targets), MOVED])

BROKEN = f"""
WITH told AS (
    SELECT e.business_id, e.booking_id, e.status, e.kind, e.seq,
           lag(e.status) OVER line AS before, lag(e.at) OVER line > e.at AS is_backwards,
           lead(e.seq) OVER line IS NULL AS is_last
    FROM {{page}}
    JOIN booking_events e ON e.business_id = page.business_id AND e.booking_id = page.id
    WHERE e.status IS NOT NULL
    WINDOW line AS (PARTITION BY e.business_id, e.booking_id ORDER BY e.seq)
)
SELECT t.business_id, t.booking_id, coalesce(t.before, 'nothing') || ' then ' || t.status AS detail,
       NULL::bigint AS amount, NULL AS currency
FROM told t
WHERE t.is_backwards OR CASE WHEN t.before IS NULL THEN t.kind NOT IN ('held', 'not_held')
      ELSE t.before || '>' || t.status NOT IN ({STEPS}) OR t.before = t.status AND t.kind <> 'rescheduled' END
UNION ALL
SELECT t.business_id, t.booking_id, 'tells ' || t.status || ' of one that is ' || b.status, NULL, NULL
FROM told t JOIN bookings b ON b.business_id = t.business_id AND b.id = t.booking_id
WHERE t.is_last AND t.status <> b.status
UNION ALL
SELECT c.business_id, c.booking_id, 'confirmed before its ' || l.kind, NULL, NULL
FROM {{page}}
JOIN booking_events c ON c.business_id = page.business_id AND c.booking_id = page.id AND c.key = 'confirmed'
JOIN booking_events l ON l.business_id = c.business_id AND l.booking_id = c.booking_id
    AND l.kind IN ('held', 'claim_secured') AND l.seq > c.seq
"""

# Each kind of row, and the line that its transaction has to tell.
INCOMPLETE = """
WITH these AS (
    SELECT b.* FROM {page} JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
), told (business_id, booking_id, what, is_told) AS (
    SELECT b.business_id, b.id, 'held', EXISTS (
        SELECT FROM booking_events e WHERE e.business_id = b.business_id AND e.booking_id = b.id
          AND e.key = CASE WHEN b.status_reason = 'hold-too-late' THEN 'not-held' ELSE 'held' END)
    FROM these b
    UNION ALL
    SELECT b.business_id, b.id, 'claim_secured', EXISTS (
        SELECT FROM booking_events e WHERE e.business_id = b.business_id AND e.booking_id = b.id AND e.key = 'claim-secured')
    FROM these b WHERE b.status IN ('confirmed', 'completed', 'no_show')
    UNION ALL
    SELECT m.business_id, m.booking_id, 'payment_captured', EXISTS (
        SELECT FROM booking_events e WHERE e.business_id = m.business_id AND e.booking_id = m.booking_id
          AND (e.key = 'payment-captured' OR e.kind IN ('settled_by_hand', 'payment_refunded', 'payment_reconciled')))
    FROM these b JOIN payments m ON m.business_id = b.business_id AND m.booking_id = b.id
    WHERE m.state = 'captured' AND NOT EXISTS ( -- the payer's line tells of a payment that its series shares
        SELECT FROM series s WHERE s.business_id = b.business_id AND s.id = b.series_id AND s.payment = 'at_once'
          AND s.payer_id <> b.id)
    UNION ALL
    SELECT r.business_id, r.booking_id, 'refund ' || r.step || ' ' || said.kind, EXISTS (
        SELECT FROM booking_events e WHERE e.business_id = r.business_id AND e.booking_id = r.booking_id
          AND (e.key = said.key || r.step || said.after OR said.after <> '' AND e.key = 'by-hand:refund:' || r.step))
    FROM these b JOIN refunds r ON r.business_id = b.business_id AND r.booking_id = b.id
    CROSS JOIN LATERAL (VALUES ('requested', 'refund-requested:', ''), (r.state, 'refund:', ':' || r.state))
        AS said (kind, key, after)
    WHERE said.kind <> 'requested' OR said.after = ''
    UNION ALL
    SELECT c.business_id, c.booking_id, 'charge ' || c.step || ' ' || c.state, EXISTS (
        SELECT FROM booking_events e WHERE e.business_id = c.business_id AND e.booking_id = c.booking_id
          AND e.key IN ('charge:' || c.step || ':' || c.state, 'charge:' || c.step || ':undone', 'by-hand:charge:' || c.step,
                        'by-hand:undo-charge:' || c.step, CASE WHEN c.state = 'requested' THEN 'charge-requested:' || c.step END))
    FROM these b JOIN charges c ON c.business_id = b.business_id AND c.booking_id = b.id
    UNION ALL
    SELECT k.business_id, k.booking_id, 'calendar_' || k.state, EXISTS (
        SELECT FROM booking_events e WHERE e.business_id = k.business_id AND e.booking_id = k.booking_id
          AND (e.kind = 'calendar_' || k.state OR e.key = 'by-hand:delete-calendar-event'))
    FROM these b JOIN calendar_events k ON k.business_id = b.business_id AND k.booking_id = b.id
    UNION ALL
    SELECT n.business_id, n.booking_id, n.channel || ' ' || n.kind, EXISTS (
        SELECT FROM booking_events e WHERE e.business_id = n.business_id AND e.booking_id = n.booking_id
          AND e.key LIKE replace(n.kind, '_', '\\_') || ':' || n.channel || ':%')
    FROM these b JOIN notifications n ON n.business_id = b.business_id AND n.booking_id = b.id
    WHERE n.vendor_id IS NOT NULL
    UNION ALL
    SELECT r.business_id, r.booking_id, 'rescheduled ' || r.sequence, EXISTS (
        SELECT FROM booking_events e WHERE e.business_id = r.business_id AND e.booking_id = r.booking_id
          AND e.key = 'rescheduled:' || r.sequence)
    FROM these b JOIN reschedules r ON r.business_id = b.business_id AND r.booking_id = b.id
)
SELECT business_id, booking_id, what AS detail, NULL::bigint AS amount, NULL AS currency FROM told WHERE NOT is_told
"""

RULES = (Statement(Rule.TIMELINE_BROKEN, BROKEN), Statement(Rule.TIMELINE_INCOMPLETE, INCOMPLETE))
