"""Our payments beside the vendor's, both ways. Used by the checker, which tells, and by the reconciliation, which mends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import asyncpg

from domain.bookings import BookingRef
from domain.findings import Finding, Rule
from domain.payments import MadePage, MadePayment, PaymentGateway, PaymentsClosed
from domain.reconciliation import Difference, DifferenceKind, Recorded, closed, compare, judge_unknown
from domain.vendor_accounts import bare_id
from store import reconciliation
from store.tenants import of_business

AT_ONCE = 8
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


async def compare_ours(pool: asyncpg.Pool, gateway: PaymentGateway, page: Sequence[BookingRef]) -> list[Difference]:
    """What the rows of these bookings say, beside what the vendor says now of the same payments."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def look(ours: Recorded) -> Difference | None:
        async with limit:
            with of_business(ours.booking.business_id):  # whose own account it may have been paid with
                try:
                    return compare(ours, await gateway.find(ours.vendor_id))
                except PaymentsClosed:
                    return closed(ours)

    found = await asyncio.gather(*(look(one) for one in await reconciliation.read_recorded(pool, page)))
    return [one for one in found if one is not None]


async def compare_theirs(pool: asyncpg.Pool, made: Sequence[MadePayment]) -> list[Difference]:
    """Which of these payments of the vendor's no row of ours names. Those of others' businesses are passed over.

    It is the vendor's own id that counts, which is the same whichever key of an account lists it: a business may bring another
    key of the account that it had, or of the deployment's.
    """
    ours = await reconciliation.known_businesses(pool, [one.business_id for one in made])
    refs = {BookingRef(one.business_id, one.booking_id) for one in made if one.business_id in ours}
    named = await reconciliation.read_named(pool, list(refs))
    found = []
    for one in made:
        ref = BookingRef(one.business_id, one.booking_id)
        status, kept_ids = named.get(ref, (None, frozenset[str]()))
        if ref in refs and bare_id(one.payment.id) not in map(bare_id, kept_ids):
            found.append(judge_unknown(ref, status, one.key, one.payment))
    return [one for one in found if one is not None]


async def list_made(gateway: PaymentGateway, since: datetime, until: datetime) -> AsyncIterator[MadePage]:
    """All pages of what was made in this time."""
    page = await gateway.list_made(since, until)
    yield page
    while page.after is not None:
        page = await gateway.list_made(since, until, page.after)
        yield page


def finding_of(difference: Difference) -> Finding:
    """The difference as one finding among others."""
    rule = Rule.PAYMENT_UNKNOWN if difference.kind is DifferenceKind.UNKNOWN else Rule.PAYMENT_DIFFERS
    ref = difference.booking
    return Finding(rule, ref.booking_id, difference.says, difference.at_risk, ref.business_id)
