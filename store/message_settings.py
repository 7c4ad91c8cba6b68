"""How businesses write to people: in which language, and when not."""

from __future__ import annotations

from uuid import UUID

from domain.reminders import MessageSettings, QuietHours
from store.pool import Database


async def read_message_settings(database: Database, business_id: UUID) -> MessageSettings:
    """The business's, which must exist."""
    (row,) = await database.fetch("SELECT locale, quiet_from, quiet_until FROM businesses WHERE business_id = $1", business_id)
    quiet = QuietHours(row["quiet_from"], row["quiet_until"]) if row["quiet_from"] is not None else None
    return MessageSettings(row["locale"], quiet)


async def set_message_settings(database: Database, business_id: UUID, settings: MessageSettings) -> None:
    """The language holds at once, quiet hours for reminders that are planned from now on. Repeatable."""
    quiet = settings.quiet_hours
    await database.execute(
        "UPDATE businesses SET locale = $2, quiet_from = $3, quiet_until = $4 WHERE business_id = $1",
        business_id,
        settings.locale,
        quiet.since if quiet else None,
        quiet.until if quiet else None,
    )
