"""How a business writes to people: in which language, and when not."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from api.auth import requires
from api.conditions import IfUnchanged
from api.openapi import BODY, problems
from api.requests import JsonOnly
from api.schemas.message_settings import MessageSettingsAnswer, NewMessageSettings
from api.wiring import Wired
from domain.people import Permission
from store.conditions import alone_with
from store.message_settings import read_message_settings, set_message_settings

routes = APIRouter(
    prefix="/api/v1/message-settings",
    tags=["messages"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.SETTINGS_READ)]
Writes = Annotated[UUID, requires(Permission.SETTINGS_WRITE)]


@routes.get("", summary="Show how messages are written")
async def show_message_settings(wired: Wired, business_id: Reads) -> MessageSettingsAnswer:
    """English and no quiet hours, until the business says otherwise."""
    return MessageSettingsAnswer.of(await read_message_settings(wired.pool, business_id))


@routes.put(
    "",
    summary="Set how messages are written",
    responses=problems(*BODY, "invalid-request"),
)
async def put_message_settings(
    wired: Wired, business_id: Writes, body: NewMessageSettings, seen: IfUnchanged
) -> MessageSettingsAnswer:
    """The language holds at once, quiet hours for bookings that are confirmed or moved from now on."""
    async with alone_with(wired.pool, business_id, "message-settings") as connection:
        seen.check(MessageSettingsAnswer.of(await read_message_settings(connection, business_id)))
        await set_message_settings(connection, business_id, body.as_settings())
    return MessageSettingsAnswer.of(body.as_settings())
