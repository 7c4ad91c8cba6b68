"""What vendors tell us: checked for their signature, then passed on to the booking it is about."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request

from api.openapi import problems
from api.problems import Problem, not_found
from api.schemas.fields import Answer
from api.wiring import Wired
from domain.bookings import BookingRef
from domain.payments import BadSignature
from store.payments import is_open
from store.series_read import find_series_paid_by

routes = APIRouter(prefix="/webhooks", tags=["webhooks"])

EVENT = {
    "type": "object",
    "description": "An event as Stripe sends it: https://docs.stripe.com/api/events/object",
    "examples": [
        {
            "id": "evt_1",
            "object": "event",
            "type": "payment_intent.succeeded",
            "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
        }
    ],
}


class Received(Answer):
    """The vendor need not send it again."""

    received: bool = True


@routes.post(
    "/stripe",
    summary="News from Stripe",
    responses=problems("bad-signature", "not-found", "body-too-large", "invalid-request", "unavailable"),
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": EVENT}}}},
)
async def stripe(
    wired: Wired, request: Request, signature: Annotated[str, Header(alias="Stripe-Signature", max_length=2000)] = ""
) -> Received:
    """Signals a booking that waits for its payment that it changed. Stripe repeats what we do not take, and the booking asks
    Stripe by itself when nothing comes, so a lost or repeated event is harmless."""
    if wired.payments is None:
        raise not_found("payment vendor")
    try:
        news = wired.payments.read_webhook(await request.body(), signature)
    except BadSignature:
        detail = "the webhook was not signed with our secret, or too long ago"
        raise Problem("bad-signature", detail, [{"header": "Stripe-Signature", "detail": detail}]) from None
    # Where nobody waits, the call that moved the money was answered: news of it would only wake the workflow for nothing.
    if news is not None and await is_open(wired.pool, booking := BookingRef(news.business_id, news.booking_id)):
        await wired.commands.tell_payment_news(news, await find_series_paid_by(wired.pool, booking))
    return Received()
