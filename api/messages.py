"""The delivery log: what was sent about a booking, and what the carriers say became of it."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Header, Path, Query, Request

from api.auth import Seen
from api.openapi import problems
from api.problems import Problem, not_found
from api.schemas.messages import MessagesAnswer
from api.webhooks import Received
from api.wiring import Wired, Wiring
from domain.bookings import BookingRef
from domain.messages import Channel, DeliveryNews
from domain.payments import BadSignature
from domain.vendor_accounts import VendorKind
from store.notifications import list_notifications, note
from store.tenants import enter_business
from store.vendor_accounts import list_of_business

routes = APIRouter(prefix="/api/v1", tags=["messages"])

AN_ID = r"([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"
ABOUT = re.compile(rf"{AN_ID}:{AN_ID}:([a-z0-9_.+-]+)", re.ASCII)

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
async def booking_messages(wired: Wired, booking: Seen) -> MessagesAnswer:
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
        raise _bad_signature() from None
    if news is not None:
        booking, name = _read(news.about)
        enter_business(booking.business_id)
        await _note(wired, booking, name, news)
    return Received()


@routes.post(
    "/webhooks/twilio/{business_id}",
    summary="Delivery news from a business's own Twilio account",
    responses=problems("bad-signature", "not-found", "body-too-large", "invalid-request", "unavailable"),
    openapi_extra={"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": FORM}}}},
)
async def own_twilio(
    wired: Wired,
    request: Request,
    business_id: Annotated[UUID, Path(description="The business's id.")],
    about: Annotated[str, Query(max_length=200, description="As it was given to Twilio with the message.")] = "",  # noqa: ARG001 (signed, and read with the rest)
    signature: Annotated[str, Header(alias="X-Twilio-Signature", max_length=200)] = "",
) -> Received:
    """The same for a business that brings its own account; texts say by themselves that news of them come here. Who has none, and
    who does not exist, is told what a bad signature is told."""
    body = await request.body()
    enter_business(business_id)
    accounts = await list_of_business(wired.pool, business_id, VendorKind.SMS) if wired.own is not None else ()
    if wired.own is None or not accounts:
        raise _bad_signature()
    try:
        news = wired.own.sms.read_own_news(accounts, request.url.query, body, signature)
    except BadSignature:
        raise _bad_signature() from None
    if news is not None:
        await _note(wired, *_read_theirs(business_id, news), news)
    return Received()


def _bad_signature() -> Problem:
    detail = "the news was not signed with our account's token"
    return Problem("bad-signature", detail, [{"header": "X-Twilio-Signature", "detail": detail}])


async def _note(wired: Wiring, booking: BookingRef, name: str, news: DeliveryNews) -> None:
    try:
        await note(wired.pool, booking, name, Channel.SMS, news.state, vendor_id=news.vendor_id, code=news.code)
    except asyncpg.ForeignKeyViolationError:
        raise not_found("booking") from None


def _read_theirs(business_id: UUID, news: DeliveryNews) -> tuple[BookingRef, str]:
    """The business may sign whatever it likes: it counts where it is about one of its own messages, in letters that can be
    kept."""
    said = ABOUT.fullmatch(news.about)
    if said is None or UUID(said[1]) != business_id or not f"{news.vendor_id}{news.code}".isprintable():
        raise not_found("booking")
    return BookingRef(business_id, UUID(said[2])), said[3]


def _read(about: str) -> tuple[BookingRef, str]:
    """What we wrote when we sent it, since the signature holds."""
    business_id, booking_id, name = about.split(":", 2)
    return BookingRef(UUID(business_id), UUID(booking_id)), name
