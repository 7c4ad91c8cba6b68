"""Every night: our bookings beside the payment vendor's books, both ways, page after page until both are through."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.reconciliation import (
        ReconcileBookings,
        ReconcileVendor,
        ReconciliationActivities,
        Span,
        Tally,
    )
    from domain.bookings import BookingRef
    from workflows.steps import at_vendor

LOOKS_BACK = timedelta(days=3)
PAGES = 200  # a run's history stays short


class Part(StrEnum):
    """In their order: our bookings, the vendor's payments, the vendor's refunds."""

    BOOKINGS = "bookings"
    PAYMENTS = "payments"
    REFUNDS = "refunds"
    DONE = "done"


NEXT = {Part.BOOKINGS: Part.PAYMENTS, Part.PAYMENTS: Part.REFUNDS, Part.REFUNDS: Part.DONE}


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Compare what changed in the last `days`, of these businesses or of all. The rest is how far it is: leave that out.

    To compare everything once, start it by hand with as many days as there are.
    """

    days: float = LOOKS_BACK / timedelta(days=1)
    businesses: tuple[UUID, ...] | None = None
    quiet_seconds: float = 600
    pages_a_run: int = PAGES
    until: datetime | None = None
    part: Part = Part.BOOKINGS
    after_booking: BookingRef | None = None
    after: str | None = None
    tally: Tally = field(default_factory=Tally)


@workflow.defn
class ReconciliationWorkflow:
    """Each page is one activity, so whoever takes over goes on where it stopped. Run twice it finds what the first one left."""

    @workflow.run
    async def run(self, reconcile: Reconcile | None = None) -> Tally:
        """Returns what is wrong and not mended."""
        wish = reconcile or Reconcile()
        wish = replace(wish, until=wish.until or workflow.now())
        for _ in range(wish.pages_a_run):
            wish = await (_compare_bookings(wish) if wish.part is Part.BOOKINGS else _compare_vendor(wish))
            found = sum(wish.tally.found.values())
            workflow.set_current_details(f"Next: {wish.part}. {wish.tally.looked_at} looked at, {found} found.")
            if wish.part is Part.DONE:
                break
        else:
            workflow.continue_as_new(wish)
        await at_vendor(ReconciliationActivities.show_reconciliation, wish.tally, summary="Show what is wrong")
        return wish.tally


async def _compare_bookings(wish: Reconcile) -> Reconcile:
    order = ReconcileBookings(_span(wish), wish.after_booking)
    done = await at_vendor(ReconciliationActivities.reconcile_bookings, order, summary="Compare our bookings")
    part = wish.part if done.after else NEXT[wish.part]
    return replace(wish, part=part, after_booking=done.after, tally=wish.tally.plus(done.tally))


async def _compare_vendor(wish: Reconcile) -> Reconcile:
    order = ReconcileVendor(_span(wish), wish.part is Part.REFUNDS, wish.after)
    done = await at_vendor(ReconciliationActivities.reconcile_vendor, order, summary=f"Compare the vendor's {wish.part}")
    part = wish.part if done.after else NEXT[wish.part]
    return replace(wish, part=part, after=done.after, tally=wish.tally.plus(done.tally))


def _span(wish: Reconcile) -> Span:
    until = wish.until or workflow.now()
    quiet_for = timedelta(seconds=wish.quiet_seconds)
    return Span(until - timedelta(days=wish.days), until, quiet_for, wish.businesses)
