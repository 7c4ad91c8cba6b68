"""Appointments to write into calendars."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.bookings import Appointment, Customer
from domain.money import Money

STARTS_AT = datetime(2027, 3, 8, 9, tzinfo=UTC)
ADA = Customer("Ada Lovelace", "ada@example.com", "+442071838750", "Europe/London", "en-GB")


def appointment(**changes: Any) -> Appointment:
    """Half an hour in Berlin, for Ada; always another booking."""
    starts_at = changes.get("starts_at", STARTS_AT)
    usual = Appointment(
        booking_id=uuid4(),
        business_id=UUID(int=1),
        business_name="Salon",
        service_name="Haircut",
        provider_name="Grace",
        provider_timezone="Europe/Berlin",
        calendar_id=None,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        seats=1,
        price=Money(2500, "EUR"),
        customer=ADA,
    )
    return replace(usual, **changes)
