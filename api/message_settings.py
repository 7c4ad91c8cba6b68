"""How a business writes to people: in which language, and when not."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import Business
from api.openapi import problems
from api.requests import JsonOnly
from api.schemas.message_settings import MessageSettingsAnswer, NewMessageSettings
from api.wiring import Wired
from store.message_settings import read_message_settings, set_message_settings

routes = APIRouter(
    prefix="/api/v1/message-settings",
    tags=["messages"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "unavailable"),
)


@routes.get("", summary="Show how messages are written")
async def show_message_settings(wired: Wired, business_id: Business) -> MessageSettingsAnswer:
    """English and no quiet hours, until the business says otherwise."""
    return MessageSettingsAnswer.of(await read_message_settings(wired.pool, business_id))


@routes.put(
    "",
    summary="Set how messages are written",
    responses=problems("malformed-request", "body-too-large", "not-json", "invalid-request"),
)
async def put_message_settings(wired: Wired, business_id: Business, body: NewMessageSettings) -> MessageSettingsAnswer:
    """The language holds at once, quiet hours for bookings that are confirmed or moved from now on."""
    await set_message_settings(wired.pool, business_id, body.as_settings())
    return MessageSettingsAnswer.of(body.as_settings())
