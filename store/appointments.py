"""One booking as messages and calendars tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from uuid import UUID

import asyncpg

from domain.bookings import Appointment, BookingRef
from domain.errors import NotFound
from domain.money import Money
from store import customers
from store.pool import Database

COLUMNS = f"""
SELECT b.id, b.starts_at, b.ends_at, b.seats, b.price_amount, b.price_currency, b.payment,
       coalesce(n.brand_name, n.name) AS business_name,
       s.name AS service_name, p.name AS provider_name, p.timezone AS provider_timezone,
       coalesce(p.calendar_id, p.email) AS calendar_id,
       {customers.COLUMNS},
       CASE WHEN n.languages = '{{}}' OR lower(split_part(c.locale, '-', 1)) = ANY (n.languages)
            THEN c.locale ELSE n.locale END AS spoken_locale,
       b.sequence, n.locale AS business_locale, p.email AS provider_email, p.phone AS provider_phone
FROM bookings b
JOIN businesses n ON n.business_id = b.business_id
JOIN services s ON s.business_id = b.business_id AND s.id = b.service_id
JOIN providers p ON p.business_id = b.business_id AND p.id = b.provider_id
JOIN customers c ON c.business_id = b.business_id AND c.id = b.customer_id
{customers.JOIN_KEY}
"""  # noqa: S608 (our own text)
# Whose it was, when and for how much, before the move that brought it to this sequence.
BEFORE = """
SELECT r.old_starts_at, r.old_ends_at, r.old_price_amount,
       p.name, p.timezone, p.email, p.phone, coalesce(p.calendar_id, p.email) AS calendar_id
FROM reschedules r JOIN providers p ON p.business_id = r.business_id AND p.id = r.old_provider_id
WHERE r.business_id = $1 AND r.booking_id = $2 AND r.sequence = $3
"""
IS_THEIRS_AGAIN = """
SELECT EXISTS (
    SELECT FROM reschedules r JOIN bookings b ON b.business_id = r.business_id AND b.id = r.booking_id
    WHERE r.business_id = $1 AND r.booking_id = $2 AND r.sequence = $3 AND r.old_provider_id = b.provider_id)
"""
WAS_GIVEN_ON = """
SELECT EXISTS (
    SELECT FROM reschedules
    WHERE business_id = $1 AND booking_id = $2 AND sequence > $3 AND old_provider_id <> provider_id)
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


async def read_appointment_before(pool: asyncpg.Pool, booking: BookingRef, sequence: int) -> Appointment:
    """As it was before the move that brought it to this sequence, with the provider who had it then; as it is where no move
    did. Raises NotFound."""
    now = await read_appointment(pool, booking)
    row = await pool.fetchrow(BEFORE, booking.business_id, booking.booking_id, sequence)
    if row is None:
        return now
    return replace(
        now,
        provider_name=row["name"],
        provider_timezone=row["timezone"],
        provider_email=row["email"],
        provider_phone=row["phone"],
        calendar_id=row["calendar_id"],
        starts_at=row["old_starts_at"].astimezone(UTC),
        ends_at=row["old_ends_at"].astimezone(UTC),
        price=Money(row["old_price_amount"], now.price.currency) if now.price else None,
        sequence=sequence - 1,
    )


async def is_theirs_again(database: Database, booking: BookingRef, sequence: int) -> bool:
    """Whether the provider whose day the booking left with this move has it by now."""
    return bool(await database.fetchval(IS_THEIRS_AGAIN, booking.business_id, booking.booking_id, sequence))


async def was_given_on(database: Database, booking: BookingRef, sequence: int) -> bool:
    """Whether the booking has gone to another provider since it had this sequence."""
    return bool(await database.fetchval(WAS_GIVEN_ON, booking.business_id, booking.booking_id, sequence))


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
        customer=replace(customers.customer_in(row), locale=row["spoken_locale"]),
        sequence=row["sequence"],
        business_locale=row["business_locale"],
        provider_email=row["provider_email"],
        provider_phone=row["provider_phone"],
    )
