"""What all rules of our own books have in common: a statement that is given a page of rows and returns what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import asyncpg

from domain.bookings import BookingRef
from domain.findings import Finding, Rule
from domain.money import Money
from store.pool import Database


class Over(Enum):
    """Which table's rows a statement is given, page by page. Both have the key (business_id, id)."""

    BOOKINGS = "bookings"
    CLAIMS = "claims"


class Needs(Enum):
    """Which vendor a business must have for a rule to make sense."""

    NOTHING = "nothing"
    PAYMENTS = "payments"
    CALENDAR = "calendar"
    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule in SQL. `$1` and `$2` are the page's business ids and ids; `{page}` becomes a table of them.

    It returns business_id, booking_id, detail, amount and currency; the last three may be NULL.
    """

    rule: Rule
    sql: str
    over: Over = Over.BOOKINGS
    needs: Needs = Needs.NOTHING

    async def find(self, database: Database, page: Sequence[BookingRef]) -> list[Finding]:
        """What is wrong with these. Changes nothing."""
        rows = await database.fetch(self.sql.replace("{page}", PAGE), [one.business_id for one in page], _ids(page))
        return [self._finding_in(row) for row in rows]

    def _finding_in(self, row: asyncpg.Record) -> Finding:
        risk = Money(int(row["amount"]), row["currency"]) if row["amount"] else None
        return Finding(self.rule, row["booking_id"], row["detail"] or "", risk, row["business_id"])


PAGE = "unnest($1::uuid[], $2::uuid[]) AS page (business_id, id)"


def _ids(page: Sequence[BookingRef]) -> list[UUID]:
    return [one.booking_id for one in page]
