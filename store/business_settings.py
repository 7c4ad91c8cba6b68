"""What a business says of itself."""

from __future__ import annotations

from uuid import UUID

from domain.bookings import OnCalendarFailure
from domain.businesses import Branding, Business, Profile
from domain.errors import NotFound
from store.pool import Database

READ = """
SELECT business_id, name, timezone, currency, languages, on_calendar_failure, created_at, origins,
       email, phone, website, address, about, brand_name, brand_color, text_color, logo_url
FROM businesses WHERE business_id = $1
"""

WRITE = """
UPDATE businesses
SET name = $2, timezone = $3, currency = $4, languages = $5, on_calendar_failure = $6, origins = $7,
    email = $8, phone = $9, website = $10, address = $11, about = $12,
    brand_name = $13, brand_color = $14, text_color = $15, logo_url = $16
WHERE business_id = $1
"""


async def read_business(database: Database, business_id: UUID) -> Business:
    """Raises NotFound."""
    row = await database.fetchrow(READ, business_id)
    if row is None:
        raise NotFound("there is no such business")
    return Business(
        id=row["business_id"],
        name=row["name"],
        timezone=row["timezone"],
        currency=row["currency"],
        languages=tuple(row["languages"]),
        on_calendar_failure=OnCalendarFailure(row["on_calendar_failure"]),
        created_at=row["created_at"],
        origins=tuple(row["origins"]),
        profile=Profile(row["email"], row["phone"], row["website"], row["address"], row["about"]),
        branding=Branding(row["brand_name"], row["brand_color"], row["text_color"], row["logo_url"]),
    )


async def write_business(database: Database, business: Business) -> None:
    """Puts all of it in the place of what was there, but for its id and its age. Repeatable."""
    profile, branding = business.profile, business.branding
    await database.execute(
        WRITE,
        business.id,
        business.name,
        business.timezone,
        business.currency,
        list(business.languages),
        business.on_calendar_failure.value,
        list(business.origins),
        profile.email,
        profile.phone,
        profile.website,
        profile.address,
        profile.about,
        branding.name,
        branding.color,
        branding.text_color,
        branding.logo_url,
    )


async def read_currency(database: Database, business_id: UUID) -> str | None:
    """In which the business prices what it sells; None for any."""
    currency: str | None = await database.fetchval("SELECT currency FROM businesses WHERE business_id = $1", business_id)
    return currency
