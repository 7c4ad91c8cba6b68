"""The messages' templates that businesses have replaced with their own."""

from __future__ import annotations

from uuid import UUID

from domain.messages import Channel, MessageKind
from domain.templates import Language, Template, TemplateKey
from store.pool import Database

FIND = """
SELECT text, subject, html FROM message_templates WHERE business_id = $1 AND kind = $2 AND channel = $3 AND language = $4
"""

SAVE = """
INSERT INTO message_templates (business_id, kind, channel, language, text, subject, html) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (business_id, kind, channel, language)
DO UPDATE SET text = excluded.text, subject = excluded.subject, html = excluded.html, updated_at = now()
"""


async def find_template(database: Database, business_id: UUID, key: TemplateKey) -> Template | None:
    """The business's own, if it has one."""
    row = await database.fetchrow(FIND, business_id, key.kind.value, key.channel.value, key.language.value)
    return Template(**row) if row else None


async def list_templates(database: Database, business_id: UUID) -> list[TemplateKey]:
    """Which templates the business has replaced."""
    rows = await database.fetch(
        "SELECT kind, channel, language FROM message_templates WHERE business_id = $1 ORDER BY kind, channel, language",
        business_id,
    )
    return [TemplateKey(MessageKind(row["kind"]), Channel(row["channel"]), Language(row["language"])) for row in rows]


async def save_template(database: Database, business_id: UUID, key: TemplateKey, template: Template) -> None:
    """Holds for messages sent from now on. Repeatable."""
    names = key.kind.value, key.channel.value, key.language.value
    await database.execute(SAVE, business_id, *names, template.text, template.subject, template.html)


async def drop_template(database: Database, business_id: UUID, key: TemplateKey) -> None:
    """Goes back to the release's own. Repeatable."""
    await database.execute(
        "DELETE FROM message_templates WHERE business_id = $1 AND kind = $2 AND channel = $3 AND language = $4",
        business_id,
        key.kind.value,
        key.channel.value,
        key.language.value,
    )
