"""One booking as messages and calendars tell it."""

from __future__ import annotations

from datetime import UTC
from uuid import UUID

import asyncpg

from domain.bookings import Appointment, BookingRef, Customer
from domain.errors import NotFound
from domain.money import Money

COLUMNS = """
SELECT b.id, b.starts_at, b.ends_at, b.seats, b.price_amount, b.price_currency, b.payment, n.name AS business_name,
       s.name AS service_name, p.name AS provider_name, p.timezone AS provider_timezone,
       coalesce(p.calendar_id, p.email) AS calendar_id,
       c.name, c.email, c.phone, c.timezone, c.locale,
       b.sequence, n.locale AS business_locale, p.email AS provider_email, p.phone AS provider_phone
FROM bookings b
JOIN businesses n ON n.business_id = b.business_id
JOIN services s ON s.business_id = b.business_id AND s.id = b.service_id
JOIN providers p ON p.business_id = b.business_id AND p.id = b.provider_id
JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
"""
APPOINTMENT = f"{COLUMNS} WHERE b.business_id = $1 AND b.id = $2"
REST_OF_SERIES = f"""
{COLUMNS} WHERE b.business_id = $1 AND b.id <> $2 AND b.status = 'confirmed'
AND b.series_id = (SELECT series_id FROM bookings WHERE business_id = $1 AND id = $2)
ORDER BY b.starts_at
"""  # noqa: S608 (our own text)


async def read_appointment(pool: asyncpg.Pool, booking: BookingRef) -> Appointment:
    """The booking with the names of everyone in it. Raises NotFound."""
    row = await pool.fetchrow(APPOINTMENT, booking.business_id, booking.booking_id)
    if row is None:
        raise NotFound("there is no such booking")
    return _appointment_in(booking.business_id, row)


async def read_rest_of_series(pool: asyncpg.Pool, booking: BookingRef) -> tuple[Appointment, ...]:
    """The confirmed bookings of its series beside it, in order of their start; none for a booking that is alone."""
    rows = await pool.fetch(REST_OF_SERIES, booking.business_id, booking.booking_id)
    return tuple(_appointment_in(booking.business_id, row) for row in rows)


def _appointment_in(business_id: UUID, row: asyncpg.Record) -> Appointment:
    price = Money(row["price_amount"], row["price_currency"]) if row["payment"] == "online" else None
    return Appointment(
        booking_id=row["id"],
        business_id=business_id,
        business_name=row["business_name"],
        service_name=row["service_name"],
        provider_name=row["provider_name"],
        provider_timezone=row["provider_timezone"],
        calendar_id=row["calendar_id"],
        starts_at=row["starts_at"].astimezone(UTC),
        ends_at=row["ends_at"].astimezone(UTC),
        seats=row["seats"],
        price=price,
        customer=Customer(row["name"], row["email"], row["phone"], row["timezone"], row["locale"]),
        sequence=row["sequence"],
        business_locale=row["business_locale"],
        provider_email=row["provider_email"],
        provider_phone=row["provider_phone"],
    )
