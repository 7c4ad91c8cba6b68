"""Whether all that a system has done fits together: each booking's status, time, money, event, messages and workflow."""

from __future__ import annotations

from collections import Counter

import asyncpg
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from domain.bookings import FINAL, BookingRef
from domain.payments import PaymentState
from tests.workflows.promises import KEPT, OF_AN_END, money_of, payments_of, told_of
from tests.workflows.system import System

BOOKINGS = """
SELECT b.id, b.status, b.payment, b.price_amount, b.series_id,
       (SELECT s.payment FROM series s WHERE s.id = b.series_id) AS series_payment,
       (SELECT count(*) FROM claim_seats s WHERE s.booking_id = b.id) AS claims,
       (SELECT coalesce(sum(r.amount), 0) FROM refunds r
         WHERE r.booking_id = b.id AND r.state = 'succeeded' AND r.step LIKE 'operator%') AS goodwill,
       (SELECT coalesce(sum(c.amount), 0) FROM charges c
         WHERE c.booking_id = b.id AND c.state = 'captured' AND c.reason = 'no-show') AS fee,
       EXISTS (SELECT FROM booking_events e WHERE e.booking_id = b.id AND e.kind = 'operation'
               AND e.detail::text LIKE '%settle%') AS is_done_by_hand,
       (SELECT count(*) FROM refunds r WHERE r.booking_id = b.id AND r.state = 'failed') AS not_given_back,
       (SELECT coalesce(array_agg(e.kind ORDER BY e.seq), '{}') FROM booking_events e WHERE e.booking_id = b.id) AS told,
       (SELECT coalesce(array_agg(e.detail ->> 'step'), '{}') FROM booking_events e
         WHERE e.booking_id = b.id AND e.detail ? 'step') AS steps_in_trouble
  FROM bookings b ORDER BY b.created_at
"""

LINE = """
SELECT e.state, count(o.*) AS offers, count(*) FILTER (WHERE b.status IN ('pending', 'confirming')) AS held
  FROM waitlist_entries e
  LEFT JOIN waitlist_offers o ON o.entry_id = e.id AND o.outcome = 'open'
  LEFT JOIN bookings b ON b.id = o.booking_id
 GROUP BY e.id, e.state
"""

BEFORE_IT_IS_CONFIRMED = (*OF_AN_END, "approval_requested", "payment_declined", "waitlist_offer", "series")
ENDS = ("booking.cancelled", "booking.expired", "booking.failed", "cancelled", "expired", "failed")


async def wrong_with(system: System) -> list[str]:
    """In words, for each booking of the system; empty where all fits."""
    rows = await system.pool.fetch(BOOKINGS)
    found = [*_money_of_series(system, rows), *await _line(system)]
    for row in rows:
        booking = BookingRef(system.shop.business_id, row["id"])
        wrong = [*_time(row), *_event(system, booking, row), *_money(system, booking, row), *_told(system, booking, row)]
        wrong += await _workflow(system, booking, row)
        found += [f"{row['status']}, and {each}" for each in wrong]
    return found


async def _line(system: System) -> list[str]:
    """An open offer is a booking that is held, and who is offered a time has one; one who left may still take theirs."""
    rows = await system.pool.fetch(LINE)
    least = {"offered": 1}
    most = {"offered": 1, "left": 1}
    wrong = [
        row
        for row in rows
        if row["offers"] != row["held"] or not least.get(row["state"], 0) <= row["offers"] <= most.get(row["state"], 0)
    ]
    return [f"waiting line: {row['state']} with {row['offers']} offers, {row['held']} of them held" for row in wrong]


def _time(row: asyncpg.Record) -> list[str]:
    wanted = 1 if row["status"] in ("pending", "confirming", "confirmed") else 0
    return [] if row["claims"] == wanted else [f"{row['claims']} claims"]


def _event(system: System, booking: BookingRef, row: asyncpg.Record) -> list[str]:
    is_kept = row["status"] in KEPT
    if (is_kept or row["status"] in FINAL) and (booking.booking_id in system.calendar.events) is not is_kept:
        is_told = any("calendar" in step for step in row["steps_in_trouble"])
        return [] if is_told else ["the calendar says otherwise"]
    return []


def _money(system: System, booking: BookingRef, row: asyncpg.Record) -> list[str]:
    kept, found = money_of(system, booking), []
    if row["is_done_by_hand"]:
        return []
    wanted = {0}
    if row["status"] in KEPT:
        wanted = {row["price_amount"] + row["fee"] - row["goodwill"]} if row["payment"] == "online" else {0}
        wanted |= {row["fee"] - row["goodwill"]} if row["series_id"] else set()
    if kept not in wanted and not row["not_given_back"] and row["series_payment"] != "at_once":
        found.append(f"{kept} kept, not {wanted}")
    is_under_way = row["status"] in ("pending", "confirming")
    if not is_under_way and any(one.state is PaymentState.AUTHORISED for one in payments_of(system, booking)):
        found.append("money is still reserved")
    return found


def _money_of_series(system: System, rows: list[asyncpg.Record]) -> list[str]:
    """What was paid at once was paid with the first booking for all."""
    of_one = [row for row in rows if row["series_payment"] == "at_once" and row["payment"] == "online"]
    kept = sum(money_of(system, BookingRef(system.shop.business_id, row["id"])) for row in of_one)
    wanted = sum(row["price_amount"] for row in of_one if row["status"] in KEPT)
    return [] if kept == wanted else [f"{kept} kept of a series, not {wanted}"]


def _told(system: System, booking: BookingRef, row: asyncpg.Record) -> list[str]:
    found = [f"{kind} on the timeline {n} times" for kind, n in Counter(row["told"]).items() if kind in ENDS and n > 1]
    if len({kind for kind in row["told"] if kind in ENDS}) > 1:
        found.append(f"ended twice: {row['told']}")
    for carrier in (system.email, system.sms):
        keys = Counter(one.key for one in carrier.sent if one.key.startswith(str(booking.booking_id)))
        found += [f"told {key} {n} times" for key, n in keys.items() if n > 1]
    if "confirmed" not in row["told"]:
        found += [f"told {name}" for name in told_of(system, booking) if not name.startswith(BEFORE_IT_IS_CONFIRMED)]
    return found


async def _workflow(system: System, booking: BookingRef, row: asyncpg.Record) -> list[str]:
    """A checkout that is over runs no more, and what is confirmed is kept by somebody."""
    if row["series_id"] and row["status"] not in KEPT:
        return []
    try:
        run = await system.client.get_workflow_handle(booking.workflow_id).describe()
    except RPCError:
        return [] if row["status"] in FINAL else ["it has no workflow"]
    runs = run.workflow_type if run.status is WorkflowExecutionStatus.RUNNING else None
    wanted: dict[str, set[str | None]] = {
        "pending": {"BookingWorkflow"},
        "confirming": {"BookingWorkflow"},
        "confirmed": {"AppointmentWorkflow"},
        "completed": {"AppointmentWorkflow", None},
        "no_show": {None},
    }
    return [] if runs in wanted.get(row["status"], {None}) else [f"its workflow is {runs or 'over'}"]
