"""Which public holidays a business keeps."""

from __future__ import annotations

from uuid import UUID

from domain.holidays import HolidayCalendar
from store.pool import Database


async def set_holidays(database: Database, business_id: UUID, calendar: HolidayCalendar | None) -> None:
    """Closes the business on these days from now on, None on none; bookings already made stay. Repeatable."""
    await database.execute(
        "UPDATE businesses SET holiday_country = $2, holiday_region = $3, holidays_not_kept = $4 WHERE business_id = $1",
        business_id,
        calendar.country if calendar else None,
        calendar.region if calendar else None,
        sorted(calendar.not_kept) if calendar else [],
    )


async def find_holidays(database: Database, business_id: UUID) -> HolidayCalendar | None:
    """What it keeps; None when it keeps none."""
    row = await database.fetchrow(
        "SELECT holiday_country, holiday_region, holidays_not_kept FROM businesses WHERE business_id = $1", business_id
    )
    if row is None or row["holiday_country"] is None:
        return None
    return HolidayCalendar(row["holiday_country"], row["holiday_region"], frozenset(row["holidays_not_kept"]))
