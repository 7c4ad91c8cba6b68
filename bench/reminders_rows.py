"""Confirmed bookings whose reminders fall due in the next minutes, written straight into the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

BEFORE = timedelta(hours=1)
DAY_LENGTH = timedelta(minutes=30)

SHOP = """
WITH service AS (
    INSERT INTO services (business_id, id, name, duration_minutes, slot_step_minutes, price_amount, price_currency, payment)
    VALUES ($1, $2, 'Haircut', 30, 30, 0, 'EUR', 'none')
)
INSERT INTO providers (business_id, id, name, timezone) VALUES ($1, $3, 'Ada', 'Europe/Berlin')
"""

CUSTOMERS = ("business_id", "id", "name", "email", "phone", "timezone", "locale")
BOOKINGS = (
    "business_id", "id", "service_id", "provider_id", "customer_id", "starts_at", "ends_at", "blocks", "capacity", "seats",
    "price_amount", "price_currency", "payment", "status", "hold_expires_at", "manage_token_hash", "request_hash",
)  # fmt: skip
REMINDERS = ("business_id", "booking_id", "minutes_before", "due_at", "channels")


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder of the bench. `reference` is how its message names the booking."""

    booking_id: UUID
    due_at: datetime

    @property
    def reference(self) -> str:
        return self.booking_id.hex[-12:]


def minutes_from(now: datetime, ahead: timedelta, count: int) -> list[datetime]:
    """The next so many full minutes that are at least so far ahead."""
    first = (now + ahead).replace(second=0, microsecond=0) + timedelta(minutes=1)
    return [first + timedelta(minutes=number) for number in range(count)]


async def write_due(
    connection: asyncpg.Connection, business_id: UUID, minutes: Sequence[datetime], a_minute: int, channels: Sequence[str]
) -> list[Due]:
    """So many reminders for each of these minutes, each for a customer of its own, in one transaction."""
    service_id, provider_id = uuid7(), uuid7()
    due = [Due(uuid7(), minute) for minute in minutes for _ in range(a_minute)]
    customers = [uuid7() for _ in due]
    async with connection.transaction():
        await connection.execute(SHOP, business_id, service_id, provider_id)
        people = (
            (
                business_id,
                who,
                f"Customer {n}",
                f"customer.{n}@example.com",
                f"+4930{n:08}",
                "Europe/Berlin",
                ("en", "de", "es", "fr")[n % 4],
            )
            for n, who in enumerate(customers)
        )
        await connection.copy_records_to_table("customers", records=people, columns=CUSTOMERS)
        rows = _bookings(business_id, service_id, provider_id, due, customers)
        await connection.copy_records_to_table("bookings", records=rows, columns=BOOKINGS)
        planned = ((business_id, one.booking_id, BEFORE // timedelta(minutes=1), one.due_at, list(channels)) for one in due)
        await connection.copy_records_to_table("reminders", records=planned, columns=REMINDERS)
    await connection.execute("ANALYZE customers, bookings, reminders")
    return due


def _bookings(
    business_id: UUID, service_id: UUID, provider_id: UUID, due: Sequence[Due], customers: Sequence[UUID]
) -> Iterator[tuple[object, ...]]:
    now = datetime.now(UTC)
    for one, customer in zip(due, customers, strict=True):
        starts_at = one.due_at + BEFORE
        ends_at = starts_at + DAY_LENGTH
        what = business_id, one.booking_id, service_id, provider_id, customer, starts_at, ends_at
        blocks = asyncpg.Range(starts_at, ends_at)
        yield *what, blocks, 1, 1, 0, "EUR", "none", "confirmed", now, one.booking_id.bytes, b"bench"
