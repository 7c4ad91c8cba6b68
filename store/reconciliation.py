"""What our books say of payments, as it is compared with the vendor's; and the writing down of what the vendor says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import asyncpg

from domain.bookings import BookingRef, BookingStatus
from domain.money import Money
from domain.payments import Payment
from domain.reconciliation import FIRST, Difference, Recorded
from domain.vendor_accounts import bare_id
from store import charges
from store.events import Connection, tell
from store.pool import Database

# A series that was paid at once shares one payment; its payer's row stands for all of them.
RECORDED = """
WITH these AS (
    SELECT b.business_id, b.id, b.status, b.series_id, b.price_currency,
           EXISTS (SELECT FROM operations o WHERE o.business_id = b.business_id AND o.booking_id = b.id
                   AND o.kind = 'settle' AND o.said IN ('refunded', 'voided', 'charged')) AS is_by_hand
    FROM unnest($1::uuid[], $2::uuid[]) AS page (business_id, id)
    JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
)
SELECT b.business_id, b.id, b.status, b.is_by_hand, 'payment' AS part, m.vendor_id, m.state, m.currency,
       coalesce(shared.amount, m.amount)::bigint AS amount, coalesce(shared.refunded, m.refunded)::bigint AS refunded,
       coalesce(shared.count > 1, false) AS is_shared,
       (SELECT coalesce(sum(r.amount), 0) FROM refunds r
        WHERE r.business_id = m.business_id AND r.charge_step IS NULL AND r.state IN ('requested', 'pending')
          AND r.booking_id = ANY (coalesce(shared.ids, ARRAY[m.booking_id])))::bigint AS coming_back
FROM these b
JOIN payments m ON m.business_id = b.business_id AND m.booking_id = b.id
LEFT JOIN series s ON s.business_id = b.business_id AND s.id = b.series_id AND s.payment = 'at_once'
LEFT JOIN LATERAL (
    SELECT sum(p.amount) AS amount, sum(p.refunded) AS refunded, count(*) AS count, array_agg(p.booking_id) AS ids
    FROM bookings o JOIN payments p ON p.business_id = o.business_id AND p.booking_id = o.id
    WHERE o.business_id = s.business_id AND o.series_id = s.id AND p.vendor_id = m.vendor_id
) shared ON s.id IS NOT NULL
WHERE s.id IS NULL OR s.payer_id = b.id
UNION ALL
SELECT b.business_id, b.id, b.status, b.is_by_hand, 'charge:' || c.step, c.vendor_id, c.state, c.currency, c.amount,
       coalesce((SELECT sum(r.amount) FROM refunds r WHERE r.business_id = c.business_id AND r.booking_id = c.booking_id
                   AND r.charge_step = c.step AND r.state = 'succeeded'), 0)::bigint,
       false,
       coalesce((SELECT sum(r.amount) FROM refunds r WHERE r.business_id = c.business_id AND r.booking_id = c.booking_id
                   AND r.charge_step = c.step AND r.state IN ('requested', 'pending')), 0)::bigint
FROM these b JOIN charges c ON c.business_id = b.business_id AND c.booking_id = b.id
WHERE c.vendor_id IS NOT NULL
UNION ALL
SELECT b.business_id, b.id, b.status, b.is_by_hand, 'renewal:' || r.number, old.vendor_id, r.state, b.price_currency,
       0, 0, false, 0
FROM these b
JOIN renewals r ON r.business_id = b.business_id AND r.booking_id = b.id
JOIN payments m ON m.business_id = b.business_id AND m.booking_id = b.id
CROSS JOIN LATERAL (VALUES (r.vendor_id), (r.old_vendor_id)) old (vendor_id)
WHERE old.vendor_id <> m.vendor_id
ORDER BY 1, 2, 5
"""

NAMED = """
SELECT b.business_id, b.id, b.status, array_remove(
           ARRAY(SELECT m.vendor_id FROM payments m WHERE m.business_id = b.business_id AND m.booking_id = b.id)
           || ARRAY(SELECT c.vendor_id FROM charges c WHERE c.business_id = b.business_id AND c.booking_id = b.id)
           || ARRAY(SELECT unnest(ARRAY[r.vendor_id, r.old_vendor_id]) FROM renewals r
                    WHERE r.business_id = b.business_id AND r.booking_id = b.id), NULL) AS vendor_ids
FROM unnest($1::uuid[], $2::uuid[]) AS page (business_id, id)
JOIN bookings b ON b.business_id = page.business_id AND b.id = page.id
"""

KNOWN_BUSINESSES = "SELECT business_id FROM businesses WHERE business_id = ANY($1::uuid[])"

# Only forwards: what was taken stays taken, what came back stays so.
FOLLOW = """
UPDATE payments SET state = $4, refunded = greatest(refunded, $5), next_action = NULL, updated_at = now()
WHERE business_id = $1 AND booking_id = $2 AND vendor_id = $3
  AND (state <> 'captured' OR $4 = 'captured') AND state <> 'cancelled' AND (state, refunded) IS DISTINCT FROM ($4, $5)
RETURNING true
"""


async def read_recorded(database: Database, page: Sequence[BookingRef]) -> list[Recorded]:
    """Each payment that the rows of these bookings name, in their order."""
    rows = await database.fetch(RECORDED, *_keys(page))
    return [_recorded_in(row) for row in rows]


async def read_named(database: Database, page: Sequence[BookingRef]) -> dict[BookingRef, tuple[BookingStatus, frozenset[str]]]:
    """How each of these stands, and the vendor's ids of all its payments; those that do not exist are left out."""
    return {
        BookingRef(row["business_id"], row["id"]): (BookingStatus(row["status"]), frozenset(row["vendor_ids"]))
        for row in await database.fetch(NAMED, *_keys(page))
    }


async def known_businesses(database: Database, ids: Collection[UUID]) -> set[UUID]:
    """Which of these are ours; another deployment may share the vendor's account."""
    return {row["business_id"] for row in await database.fetch(KNOWN_BUSINESSES, list(set(ids)))}


async def follow(pool: asyncpg.Pool, difference: Difference) -> bool:
    """Writes down what the vendor says, as far as that is news, and tells it. False where nothing had to change. Repeatable."""
    theirs = difference.theirs
    if theirs is None:
        return False
    if difference.part != FIRST:
        return await _follow_charge(pool, difference, theirs)
    booking = difference.booking
    async with pool.acquire() as connection, connection.transaction():
        values = booking.business_id, booking.booking_id, difference.vendor_id, theirs.state.value, theirs.refunded
        changed = await connection.fetchval(FOLLOW, *values)
        if changed:
            await _tell(connection, difference)
    return bool(changed)


async def _follow_charge(pool: asyncpg.Pool, difference: Difference, theirs: Payment) -> bool:
    """A charge is written down before it is made, so one without a row is another's."""
    step = difference.part.removeprefix("charge:")
    row = await charges.find_charge(pool, difference.booking, step)
    if row is None or row.is_final:
        return False
    await charges.save(pool, difference.booking, step, theirs)
    await note(pool, difference)
    return True


async def note(pool: asyncpg.Pool, difference: Difference) -> None:
    """Tells the difference on the booking's timeline, each one once. Repeatable."""
    async with pool.acquire() as connection, connection.transaction():
        await _tell(connection, difference)


async def _tell(connection: Connection, difference: Difference) -> None:
    theirs, risk = difference.theirs, difference.at_risk
    there = f"{theirs.state}:{theirs.refunded}" if theirs else "missing"
    await tell(
        connection,
        difference.booking,
        f"reconciled:{'mended' if difference.repair else difference.kind}:{difference.vendor_id}:{there}",
        "payment_reconciled" if difference.repair else "payment_differs",
        difference=difference.kind.value,
        repair=difference.repair.value if difference.repair else None,
        part=difference.part,
        vendor_id=bare_id(difference.vendor_id),
        amount=risk.amount if risk else None,
        currency=risk.currency if risk else None,
        refunded=theirs.refunded if theirs else None,
    )


def _keys(page: Sequence[BookingRef]) -> tuple[list[UUID], list[UUID]]:
    return [one.business_id for one in page], [one.booking_id for one in page]


def _recorded_in(row: asyncpg.Record) -> Recorded:
    return Recorded(
        BookingRef(row["business_id"], row["id"]),
        BookingStatus(row["status"]),
        row["part"],
        row["vendor_id"],
        row["state"],
        Money(row["amount"], row["currency"]),
        row["refunded"],
        row["coming_back"],
        row["is_shared"],
        row["is_by_hand"],
    )
