"""The checker: what must hold of every booking, asked of PostgreSQL, Temporal and the vendors in pages.

    report = await check(Ground(pool, temporal, settings.task_queue, gateways))
    assert not report.faults, report

`Ground` says where to look: without `temporal` or without a vendor the rules that need it are left out. `Scope` says at what:
all businesses or some, and how long a booking must have been quiet to be judged: nothing for a system that has come to rest,
minutes for one that works. `vendors_since` spares the vendors questions about what has not changed for long. What is found is
looked at once more before it is told, so that a change which was under way in between is no finding. Nothing is changed, and
nothing personal is read into a finding.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from temporalio.client import Client

from checker import outside, payments, workflows
from domain.bookings import BookingRef
from domain.findings import Finding
from domain.gateways import Gateways
from domain.messages import Mailbox
from store.checks import pages
from store.checks.statements import Needs, Over

PAGE = 2000
NO_VENDORS = Gateways(None, None, None, None)

Told = Callable[[int, int], None]
"""Is told how many of how many bookings were looked at."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where to look. The workflows are those of this task queue. Of a kind of vendor in `only`, by its name in `gateways`, these
    businesses alone have one: the deployment has none for the others."""

    pool: asyncpg.Pool
    temporal: Client | None = None
    task_queue: str = ""
    gateways: Gateways = NO_VENDORS
    mailbox: Mailbox | None = None
    only: Mapping[str, Set[UUID]] = field(default_factory=dict)

    def served(self, needs: Needs, page: Sequence[BookingRef]) -> Sequence[BookingRef]:
        """Those whose business has such a vendor."""
        if needs is Needs.NOTHING:
            return page
        if getattr(self.gateways, needs.value) is None:
            return ()
        among = self.only.get(needs.value)
        return page if among is None else [one for one in page if one.business_id in among]


@dataclass(frozen=True, slots=True)
class Scope:
    """At what to look. `quiet_for`: what changed since then is left for the next time."""

    businesses: Collection[UUID] | None = None
    vendors_since: datetime | None = None
    quiet_for: timedelta = timedelta(0)
    look_again_after: timedelta = timedelta(0)


@dataclass(slots=True)
class Report:
    """What was found, and in how much."""

    bookings: int = 0
    workflows: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def faults(self) -> list[Finding]:
        """Without what is only counted."""
        return [one for one in self.findings if not one.rule.is_excused]

    @property
    def money_at_risk(self) -> dict[str, int]:
        """In minor units, by currency."""
        risk: dict[str, int] = {}
        for one in self.faults:
            if one.money_at_risk is not None:
                risk[one.money_at_risk.currency] = risk.get(one.money_at_risk.currency, 0) + one.money_at_risk.amount
        return risk

    def __str__(self) -> str:
        """One line a finding, for people and failed tests."""
        lines = [f"{one.rule}: {one.booking}: {one.detail}" for one in self.findings]
        return "\n".join(lines or ["nothing found"])


async def check(ground: Ground, scope: Scope = Scope(), told: Told = lambda *_: None) -> Report:
    """Looks at everything once and says what is wrong. Raises what the database, Temporal or a vendor cannot answer."""
    report = Report()
    if scope.businesses is not None and not scope.businesses:
        return report
    began = datetime.now(UTC)
    total = await pages.count(ground.pool, scope.businesses)
    for over in Over:
        after = pages.NOWHERE
        while page := await pages.next_page(ground.pool, over, scope.businesses, after, PAGE):
            after = page[-1]
            report.findings += await _check_page(ground, scope, over, page)
            if over is Over.BOOKINGS:
                report.bookings += len(page)
                told(report.bookings, total)
    if ground.temporal is not None:
        begun_before = began - scope.quiet_for
        listing = (ground.pool, ground.temporal, ground.task_queue, begun_before, scope.businesses)
        async for count, found in workflows.find_without_bookings(*listing):
            report.workflows += count
            report.findings += found
    if ground.gateways.payments is not None:
        report.findings += await _payments_unknown(ground, scope, began)
    return report


async def _payments_unknown(ground: Ground, scope: Scope, until: datetime) -> list[Finding]:
    """Payments at the vendor that no row of ours names. What is quite new may be written down in a moment."""
    gateway, since = ground.gateways.payments, scope.vendors_since or payments.BEGINNING
    found: list[Finding] = []
    if gateway is None:
        return found
    async for page in payments.list_made(gateway, since, until - scope.quiet_for):
        made = [one for one in page.payments if scope.businesses is None or one.business_id in scope.businesses]
        found += [payments.finding_of(one) for one in await payments.compare_theirs(ground.pool, made)]
    return found


async def _check_page(ground: Ground, scope: Scope, over: Over, page: Sequence[BookingRef]) -> list[Finding]:
    """What is found twice."""
    if over is Over.BOOKINGS:
        page = await pages.at_rest(ground.pool, page, scope.quiet_for)
    first = await _look(ground, scope, over, page)
    if not first or over is Over.CLAIMS:
        return first
    await asyncio.sleep(scope.look_again_after.total_seconds())
    suspects = {one.booking for one in first}
    again = await pages.at_rest(ground.pool, [one for one in page if one.booking_id in suspects], scope.quiet_for)
    return await _look(ground, scope, over, again)


async def _look(ground: Ground, scope: Scope, over: Over, page: Sequence[BookingRef]) -> list[Finding]:
    found: list[Finding] = []
    for rule in pages.RULES:
        if rule.over is over and (served := ground.served(rule.needs, page)):
            found += await rule.find(ground.pool, served)
    if over is Over.BOOKINGS and ground.temporal is not None:
        found += await workflows.find_bookings_without(ground.pool, ground.temporal, page)
    if over is Over.BOOKINGS:
        found += await _ask_vendors(ground, scope, page)
    return found


async def _ask_vendors(ground: Ground, scope: Scope, page: Sequence[BookingRef]) -> list[Finding]:
    """One after the other, each a few questions at once."""
    pool, vendors, since = ground.pool, ground.gateways, scope.vendors_since
    found: list[Finding] = []
    if vendors.payments is not None:
        changed = await pages.changed_since(pool, page, since)
        found += [payments.finding_of(one) for one in await payments.compare_ours(pool, vendors.payments, changed)]
    if vendors.calendar is not None:
        found += await outside.check_calendars(pool, vendors.calendar, ground.served(Needs.CALENDAR, page), since)
    if vendors.sms is not None:
        found += await outside.check_texts(pool, vendors.sms, ground.served(Needs.SMS, page), since)
    if ground.mailbox is not None:
        found += await outside.check_mails(pool, ground.mailbox, page, since)
    return found
