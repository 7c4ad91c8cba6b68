"""Moves of bookings, as the API would order them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.bookings import Actor, HoldSlot
from domain.money import Money
from domain.rescheduling import Move


def move_of(order: HoldSlot, starts_at: datetime, *, sequence: int = 1, minutes: int = 30, **changed: Any) -> Move:
    """Where this booking is to go; at the price it was booked for, by its customer, unless said otherwise."""
    ends_at = starts_at + timedelta(minutes=minutes)
    before, after = order.starts_at - order.blocks_from, order.blocks_until - order.ends_at
    known: dict[str, Any] = {
        "business_id": order.business_id,
        "booking_id": order.booking_id,
        "id": uuid4(),
        "sequence": sequence,
        "service_id": order.service_id,
        "provider_id": order.provider_id,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "blocks_from": starts_at - before,
        "blocks_until": ends_at + after,
        "capacity": order.capacity,
        "seats": order.seats,
        "old_price": order.price,
        "price": order.price,
        "payment": order.payment,
        "asked_by": Actor.CUSTOMER,
        "request_hash": hashlib.sha256(b"request").hexdigest(),
        "resource_ids": order.resource_ids,
    }
    return Move(**(known | changed))


def euros(cents: int) -> Money:
    """So many cents."""
    return Money(cents, "EUR")


async def another_provider(pool: Any, business_id: UUID, service_id: UUID, name: str = "Hedy") -> UUID:
    """Somebody else who gives the service, with a calendar of their own."""
    provider_id = uuid4()
    await pool.execute(
        "INSERT INTO providers (business_id, id, name, timezone, email) VALUES ($1, $2, $3, 'Europe/Vienna', $4)",
        business_id,
        provider_id,
        name,
        f"{name.lower()}@example.com",
    )
    await pool.execute(
        "INSERT INTO provider_services (business_id, provider_id, service_id) VALUES ($1, $2, $3)",
        business_id,
        provider_id,
        service_id,
    )
    return provider_id
