"""Money by our own books: what was taken, what has to come back, and what each booking is entitled to (promise 2)."""

from __future__ import annotations

from domain.findings import Rule
from store.checks.statements import Statement

# One line a booking. `back` is on its way or made; `let_go` is what somebody has decided not to give back after all.
LEDGER = """
WITH ledger AS (
    SELECT b.business_id, b.id, b.status, b.price_amount, b.payment, b.series_id, b.starts_at, b.price_currency AS currency,
           m.state AS payment_state,
           CASE WHEN m.state = 'captured' THEN m.amount - greatest(m.refunded, coalesce(r.first, 0)) ELSE 0 END
               + coalesce(c.taken, 0) - coalesce(r.later, 0) AS net,
           coalesce(r.operators, 0) + CASE WHEN outside.is_told THEN greatest(m.refunded - coalesce(r.first, 0), 0) ELSE 0 END
               AS operators, coalesce(r.let_go, 0) AS let_go, coalesce(r.owed, 0) AS owed,
           coalesce(c.fee, 0) AS fee,
           e.detail AS cancelled, e.seq AS cancelled_seq
    FROM {page}
    JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
    LEFT JOIN payments m ON m.business_id = b.business_id AND m.booking_id = b.id
    LEFT JOIN LATERAL (
        SELECT sum(amount) FILTER (WHERE state <> 'failed' AND charge_step IS NULL) AS first,
               sum(amount) FILTER (WHERE state <> 'failed' AND charge_step IS NOT NULL) AS later,
               sum(amount) FILTER (WHERE state <> 'failed' AND step LIKE 'operator.%') AS operators,
               sum(amount) FILTER (WHERE failure_code = 'not-needed') AS let_go,
               sum(amount) FILTER (WHERE state = 'failed' AND failure_code IS DISTINCT FROM 'not-needed') AS owed
        FROM refunds WHERE business_id = b.business_id AND booking_id = b.id
    ) r ON true
    LEFT JOIN LATERAL (
        SELECT sum(amount) FILTER (WHERE state = 'captured') AS taken,
               sum(amount) FILTER (WHERE state = 'captured' AND step = 'no-show') AS fee
        FROM charges WHERE business_id = b.business_id AND booking_id = b.id
    ) c ON true
    LEFT JOIN LATERAL ( -- what somebody gave back at the vendor's, as the reconciliation found out
        SELECT true AS is_told FROM booking_events
        WHERE business_id = b.business_id AND booking_id = b.id AND kind = 'payment_reconciled'
          AND detail ->> 'difference' = 'returned-more' LIMIT 1
    ) outside ON true
    LEFT JOIN booking_events e ON e.business_id = b.business_id AND e.booking_id = b.id AND e.key = 'cancelled'
        AND EXISTS (SELECT FROM booking_events f
                    WHERE f.business_id = b.business_id AND f.booking_id = b.id AND f.key = 'confirmed')
), settled AS (
    SELECT l.*, EXISTS (
        SELECT FROM operations o WHERE o.business_id = l.business_id AND o.booking_id = l.id AND o.kind = 'settle'
          AND o.step LIKE ANY ('{void-%,undo-%}') AND o.said = 'not_needed') AS is_settled
    FROM ledger l
)
"""

# What a booking may keep: its price while it stands, what its policy kept when it was cancelled, nothing otherwise.
MONEY_WITHOUT_BOOKING = (
    LEDGER
    + """
, allowed AS (
    SELECT *, let_go + owed + CASE
        WHEN status IN ('confirmed', 'completed') AND payment = 'online' THEN price_amount
        WHEN status = 'no_show' AND payment = 'online' THEN price_amount + fee
        WHEN status = 'cancelled' AND cancelled IS NOT NULL THEN coalesce((cancelled ->> 'kept')::bigint, 0)
        WHEN status IN ('pending', 'confirming') THEN greatest(net, 0) ELSE 0 END AS allowed
    FROM settled
)
SELECT business_id, id AS booking_id,
       status || CASE WHEN net > allowed THEN ' keeps ' || net || ' of ' || allowed ELSE ' has ' || payment_state END AS detail,
       CASE WHEN net > allowed THEN net - allowed ELSE price_amount END AS amount, currency
FROM allowed
WHERE NOT is_settled
  AND (net > allowed
       OR payment_state IN ('authorised', 'action_required', 'processing')
          AND status NOT IN ('pending', 'confirming', 'confirmed', 'completed', 'no_show'))
"""
)

# An occurrence of a series may be paid some days before it takes place, and ends unless it is.
BOOKING_WITHOUT_MONEY = (
    LEDGER
    + """
SELECT l.business_id, l.id AS booking_id,
       l.status || ' has ' || l.net || ' of ' || l.price_amount || ', payment ' || coalesce(l.payment_state, 'none') AS detail,
       greatest(l.price_amount - l.net - l.operators, 0) AS amount, l.currency
FROM settled l
LEFT JOIN series s ON s.business_id = l.business_id AND s.id = l.series_id
WHERE l.status IN ('confirmed', 'completed', 'no_show') AND l.payment = 'online'
  AND l.net - l.fee + l.operators < l.price_amount
  AND NOT coalesce(s.payment = 'per_occurrence' AND s.payer_id <> l.id AND l.starts_at > now()
                   AND l.payment_state IS DISTINCT FROM 'captured', false)
"""
)

# A bank may take two weeks for one that it has accepted; one that failed waits for somebody to find another way.
REFUND_OWED = """
SELECT r.business_id, r.booking_id, r.step || ' ' || r.state || coalesce(' ' || r.failure_code, '') AS detail,
       r.amount, r.currency
FROM {page}
JOIN refunds r ON r.business_id = page.business_id AND r.booking_id = page.id
WHERE r.state IN ('requested', 'failed') AND r.failure_code IS DISTINCT FROM 'not-needed'
   OR r.state = 'pending' AND r.created_at < now() - interval '14 days'
"""

CHARGE_OPEN = """
SELECT c.business_id, c.booking_id, c.step || ' ' || c.state AS detail, c.amount, c.currency
FROM {page}
JOIN charges c ON c.business_id = page.business_id AND c.booking_id = page.id
WHERE c.state IN ('requested', 'processing')
"""

RULES = (
    Statement(Rule.MONEY_WITHOUT_BOOKING, MONEY_WITHOUT_BOOKING),
    Statement(Rule.BOOKING_WITHOUT_MONEY, BOOKING_WITHOUT_MONEY),
    Statement(Rule.REFUND_OWED, REFUND_OWED),
    Statement(Rule.CHARGE_OPEN, CHARGE_OPEN),
)
