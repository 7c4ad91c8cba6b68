"""Our books beside the payment vendor's, a page at a time: what differs is told, and mended where that is safe."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from temporalio import activity

from checker import payments
from domain.bookings import BookingRef
from domain.findings import Finding, Rule
from domain.money import Money
from domain.payments import Payment, PaymentGateway, PaymentState
from domain.reconciliation import WAITING, Difference, Repair
from store import reconciliation
from store.checks import money, pages
from store.checks.statements import Over
from store.tenants import of_business
from temporal.metrics import count_repair, show_reconciled

log = logging.getLogger("slotkeeper.reconciliation")

RULES = [*(rule.rule.value for rule in money.RULES), Rule.PAYMENT_DIFFERS.value, Rule.PAYMENT_UNKNOWN.value]
PAGE = 100
AT_MOST = 8.0  # seconds; what is left is the next try's


@dataclass(frozen=True, slots=True)
class Span:
    """What is compared: what changed or was made in this time, of these businesses or of all. What changed within `quiet_for`
    is under way and left for the next time."""

    since: datetime
    until: datetime
    quiet_for: timedelta = timedelta(minutes=10)
    businesses: tuple[UUID, ...] | None = None

    def has(self, business_id: UUID) -> bool:
        return self.businesses is None or business_id in self.businesses


@dataclass(frozen=True, slots=True)
class ReconcileBookings:
    """Go on with the bookings after this one."""

    span: Span
    after: BookingRef | None = None


@dataclass(frozen=True, slots=True)
class ReconcileVendor:
    """Go on with the vendor's list after this entry of it: of its payments, or of its refunds."""

    span: Span
    refunds: bool = False
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What is still wrong: money at risk in minor units by currency, and how often each rule is broken."""

    looked_at: int = 0
    at_risk: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)

    def plus(self, other: Tally) -> Tally:
        return Tally(self.looked_at + other.looked_at, _sum(self.at_risk, other.at_risk), _sum(self.found, other.found))


@dataclass(frozen=True, slots=True)
class BookingsReconciled:
    """How far it got; without `after` it is done."""

    tally: Tally
    after: BookingRef | None = None


@dataclass(frozen=True, slots=True)
class VendorReconciled:
    """The same of the vendor's list."""

    tally: Tally
    after: str | None = None


class ReconciliationActivities:
    """Each looks, tells each difference once, and mends what is safe: never by taking money. A repeat finds it mended."""

    def __init__(self, pool: asyncpg.Pool, gateway: PaymentGateway | None) -> None:
        self._pool = pool
        self._gateway = gateway

    @activity.defn
    async def reconcile_bookings(self, order: ReconcileBookings) -> BookingsReconciled:
        """What our rows say, beside what the vendor says of the same payments; and all money by our books alone."""
        tally, after, until = Tally(), order.after or pages.NOWHERE, _now() + AT_MOST
        while page := await pages.next_page(self._pool, Over.BOOKINGS, order.span.businesses, after, PAGE):
            after = page[-1]
            tally = tally.plus(await self._reconcile_page(order.span, page))
            if _now() > until:
                return BookingsReconciled(tally, after)
        return BookingsReconciled(tally)

    @activity.defn
    async def reconcile_vendor(self, order: ReconcileVendor) -> VendorReconciled:
        """What the vendor lists, beside our rows: payments that no row names, and refunds that nobody here asked for."""
        if self._gateway is None:
            return VendorReconciled(Tally())
        span, listing = order.span, self._gateway.list_refunded if order.refunds else self._gateway.list_made
        page = await listing(span.since, span.until - span.quiet_for, order.after)
        made = [one for one in page.payments if span.has(one.business_id)]
        if order.refunds:
            refs = dict.fromkeys(BookingRef(one.business_id, one.booking_id) for one in made)
            quiet = await pages.at_rest(self._pool, list(refs), span.quiet_for)
            found = await payments.compare_ours(self._pool, self._gateway, quiet)
        else:
            found = await payments.compare_theirs(self._pool, made)
        left = [one for one in found if not await self._mend(one)]
        return VendorReconciled(_tally(len(made), [payments.finding_of(one) for one in left]), page.after)

    @activity.defn
    async def show_reconciliation(self, tally: Tally) -> None:
        """Shows what is wrong among the worker's metrics, until the next time."""
        rows = await self._pool.fetch("SELECT DISTINCT price_currency FROM services")
        nothing = dict.fromkeys((row["price_currency"] for row in rows), 0)
        show_reconciled(nothing | tally.at_risk, dict.fromkeys(RULES, 0) | tally.found)

    async def _reconcile_page(self, span: Span, page: Sequence[BookingRef]) -> Tally:
        quiet = await pages.at_rest(self._pool, page, span.quiet_for)
        findings: list[Finding] = []
        if self._gateway is not None:
            changed = await pages.changed_since(self._pool, quiet, span.since)
            differences = await payments.compare_ours(self._pool, self._gateway, changed)
            findings += [payments.finding_of(one) for one in differences if not await self._mend(one)]
        for rule in money.RULES:
            findings += await rule.find(self._pool, quiet)
        return _tally(len(page), findings)

    async def _mend(self, difference: Difference) -> bool:
        """Tells it on the booking's timeline, and whether it is mended."""
        if not difference.has_booking:
            log.warning("the vendor has a payment of a booking that does not exist: %s", difference.vendor_id)
            return False
        mended = False
        if difference.repair is Repair.FOLLOW:
            mended = await reconciliation.follow(self._pool, difference) or await self._agrees_by_now(difference)
        elif difference.repair is Repair.VOID:
            with of_business(difference.booking.business_id):  # whose own account it may be at
                mended = await self._void(difference)
        if mended:
            count_repair(difference.repair.value if difference.repair else "")
        else:
            await reconciliation.note(self._pool, replace(difference, repair=None))
        return mended

    async def _agrees_by_now(self, difference: Difference) -> bool:
        """Whether somebody else has written it down meanwhile."""
        if self._gateway is None:
            return False
        left = await payments.compare_ours(self._pool, self._gateway, [difference.booking])
        return difference.vendor_id not in {one.vendor_id for one in left}

    async def _void(self, difference: Difference) -> bool:
        """Lets go of money that is reserved for nobody; looks once more right before, and gives up where it is neither that nor
        let go of meanwhile."""
        gateway, vendor_id = self._gateway, difference.vendor_id
        present = await gateway.find(vendor_id) if gateway is not None else None
        if gateway is None or present is None or present.state not in (*WAITING, PaymentState.CANCELLED):
            return False
        theirs: Payment | None = present
        if present.state in WAITING:
            await gateway.void_or_refund(vendor_id, key=difference.booking.key(f"reconcile:{vendor_id}"))
            theirs = await gateway.find(vendor_id)
        if theirs is None or theirs.state is not PaymentState.CANCELLED:
            return False
        done = replace(difference, theirs=theirs)
        if not await reconciliation.follow(self._pool, done):
            await reconciliation.note(self._pool, done)
        return True


def _tally(looked_at: int, findings: Sequence[Finding]) -> Tally:
    tally = Tally(looked_at)
    for one in findings:
        risk: Money | None = one.money_at_risk
        at_risk = {risk.currency: risk.amount} if risk else {}
        tally = tally.plus(Tally(0, at_risk, {one.rule.value: 1}))
    return tally


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted(one.keys() | other.keys())}


def _now() -> float:
    return asyncio.get_running_loop().time()
