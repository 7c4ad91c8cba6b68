"""The delivery log: what was sent about a booking, and what the carriers say became of it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Header, Query, Request

from api.auth import Managed
from api.openapi import problems
from api.problems import Problem, not_found
from api.schemas.messages import MessagesAnswer
from api.webhooks import Received
from api.wiring import Wired
from domain.bookings import BookingRef
from domain.messages import Channel
from domain.payments import BadSignature
from store.notifications import list_notifications, note

routes = APIRouter(prefix="/api/v1", tags=["messages"])

FORM = {
    "type": "object",
    "description": "A status callback as Twilio posts it: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status",
    "properties": {"MessageSid": {"type": "string"}, "MessageStatus": {"type": "string"}, "ErrorCode": {"type": "string"}},
    "examples": [{"MessageSid": "SM0123", "MessageStatus": "delivered"}],
}


@routes.get(
    "/bookings/{booking_id}/messages",
    summary="A booking's messages",
    responses=problems("unauthorised", "not-found", "invalid-request", "unavailable"),
)
async def booking_messages(wired: Wired, booking: Managed) -> MessagesAnswer:
    """What was sent to whom by which channel, and what became of it."""
    return MessagesAnswer.of(await list_notifications(wired.pool, booking.ref), booking.customer.timezone)


@routes.post(
    "/webhooks/twilio",
    summary="Delivery news from Twilio",
    responses=problems("bad-signature", "not-found", "body-too-large", "invalid-request", "unavailable"),
    openapi_extra={"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": FORM}}}},
)
async def twilio(
    wired: Wired,
    request: Request,
    about: Annotated[str, Query(max_length=200, description="As it was given to Twilio with the message.")] = "",  # noqa: ARG001 (signed, and read with the rest)
    signature: Annotated[str, Header(alias="X-Twilio-Signature", max_length=200)] = "",
) -> Received:
    """Puts on the booking's timeline that a text was sent, delivered or not. Repeated and late news change nothing."""
    if wired.sms is None:
        raise not_found("carrier of texts")
    try:
        news = wired.sms.read_news(request.url.query, await request.body(), signature)
    except BadSignature:
        detail = "the news was not signed with our account's token"
        raise Problem("bad-signature", detail, [{"header": "X-Twilio-Signature", "detail": detail}]) from None
    if news is not None:
        booking, name = _read(news.about)
        try:
            await note(wired.pool, booking, name, Channel.SMS, news.state, vendor_id=news.vendor_id, code=news.code)
        except asyncpg.ForeignKeyViolationError:
            raise not_found("booking") from None
    return Received()


def _read(about: str) -> tuple[BookingRef, str]:
    """What we wrote when we sent it, since the signature holds."""
    business_id, booking_id, name = about.split(":", 2)
    return BookingRef(UUID(business_id), UUID(booking_id)), name
