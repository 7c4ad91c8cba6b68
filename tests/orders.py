"""A business with a service and a provider, and orders for its slots, written straight into the store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from domain.bookings import BookingRef, Customer, HoldSlot, PaymentTiming
from domain.money import Money

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
ADA = Customer("Ada Lovelace", "ada@example.com", "+442071838750", "Europe/London", "en-GB")


@dataclass(frozen=True, slots=True)
class Shop:
    """One provider giving one service of 30 minutes, of which `capacity` seats are sold for `price`."""

    business_id: UUID
    service_id: UUID
    provider_id: UUID
    capacity: int
    price: Money

    def order(self, starts_at: datetime = TOMORROW, *, seats: int = 1, buffer: int = 0, paid: bool = True) -> HoldSlot:
        ends_at = starts_at + timedelta(minutes=30)
        booking_id = uuid7()
        return HoldSlot(
            business_id=self.business_id,
            booking_id=booking_id,
            service_id=self.service_id,
            provider_id=self.provider_id,
            starts_at=starts_at,
            ends_at=ends_at,
            blocks_from=starts_at - timedelta(minutes=buffer),
            blocks_until=ends_at + timedelta(minutes=buffer),
            capacity=self.capacity,
            seats=seats,
            price=self.price.times(seats),
            payment=PaymentTiming.ONLINE if paid else PaymentTiming.NONE,
            customer=ADA,
            manage_token_hash=hashlib.sha256(booking_id.bytes).hexdigest(),
            request_hash=hashlib.sha256(b"request").hexdigest(),
        )


async def open_shop(pool: asyncpg.Pool, *, capacity: int = 1) -> Shop:
    shop = Shop(uuid7(), uuid7(), uuid7(), capacity, Money(2500, "EUR"))
    await pool.execute(
        "INSERT INTO businesses (business_id, name, timezone) VALUES ($1, 'Salon Ada', 'Europe/London')", shop.business_id
    )
    await pool.execute(
        "INSERT INTO services (business_id, id, name, duration_minutes, slot_step_minutes, price_amount, price_currency, payment,"
        " capacity) VALUES ($1, $2, 'Haircut', 30, 30, 2500, 'EUR', 'online', $3)",
        shop.business_id,
        shop.service_id,
        capacity,
    )
    await pool.execute(
        "INSERT INTO providers (business_id, id, name, timezone, email)"
        " VALUES ($1, $2, 'Grace', 'Europe/London', 'g@example.com')",
        shop.business_id,
        shop.provider_id,
    )
    return shop


async def status_of(pool: asyncpg.Pool, booking: BookingRef) -> str | None:
    status: str | None = await pool.fetchval(
        "SELECT status FROM bookings WHERE business_id = $1 AND id = $2", booking.business_id, booking.booking_id
    )
    return status


async def timeline_of(pool: asyncpg.Pool, booking: BookingRef) -> list[str]:
    rows = await pool.fetch(
        "SELECT kind FROM booking_events WHERE business_id = $1 AND booking_id = $2 ORDER BY seq",
        booking.business_id,
        booking.booking_id,
    )
    return [row["kind"] for row in rows]


def ref(order: HoldSlot) -> BookingRef:
    return BookingRef(order.business_id, order.booking_id)
