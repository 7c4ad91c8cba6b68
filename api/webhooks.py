"""What vendors tell us: checked for their signature, then passed on to the booking it is about."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Header, Path, Request

from api.commands.outcomes import Unavailable
from api.openapi import problems
from api.problems import Problem, not_found
from api.schemas.fields import Answer
from api.wiring import Wired, Wiring
from domain.bookings import BookingRef
from domain.payments import BadSignature, PaymentAccident, PaymentGateway, PaymentNews
from domain.vendor_accounts import VendorKind
from store import lost_refunds
from store.payments import is_open, kept_id_of
from store.series_read import find_series_paid_by
from store.tenants import enter_business
from store.vendor_accounts import list_of_business

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
        raise _bad_signature() from None
    if news is not None:
        await _pass_on(wired, wired.payments, news)
    return Received()


@routes.post(
    "/stripe/{business_id}",
    summary="News from a business's own Stripe account",
    responses=problems("bad-signature", "body-too-large", "invalid-request", "unavailable"),
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": EVENT}}}},
)
async def own_stripe(
    wired: Wired,
    request: Request,
    business_id: Annotated[UUID, Path(description="The business's id.")],
    signature: Annotated[str, Header(alias="Stripe-Signature", max_length=2000)] = "",
) -> Received:
    """The same for a business that brings its own account: point its endpoint here. Who has none, and who does not exist, is told
    what a bad signature is told."""
    body = await request.body()
    enter_business(business_id)
    accounts = await list_of_business(wired.pool, business_id, VendorKind.PAYMENTS) if wired.own is not None else ()
    if wired.own is None or not accounts:
        raise _bad_signature()
    try:
        news = wired.own.payments.read_own_webhook(accounts, body, signature)
    except BadSignature:
        raise _bad_signature() from None
    if news is not None:
        await _pass_on(wired, wired.own.payments, news)
    return Received()


def _bad_signature() -> Problem:
    detail = "the webhook was not signed with our secret, or too long ago"
    return Problem("bad-signature", detail, [{"header": "Stripe-Signature", "detail": detail}])


async def _pass_on(wired: Wiring, vendor: PaymentGateway, news: PaymentNews) -> None:
    """Where nobody waits, the call that moved the money was answered: news of it would only wake the workflow for nothing.
    But a refund may fail when nobody waits for it any more, and after its workflow has ended; so our books hear of it here."""
    booking = BookingRef(news.business_id, news.booking_id)
    enter_business(booking.business_id)
    is_open_still = await is_open(wired.pool, booking)
    if await _is_lost(wired.pool, vendor, booking, news) or is_open_still:
        await wired.commands.tell_payment_news(news, await find_series_paid_by(wired.pool, booking))


async def _is_lost(pool: asyncpg.Pool, vendor: PaymentGateway, booking: BookingRef, news: PaymentNews) -> bool:
    """Whether our books have learnt that money did not arrive. Raises Unavailable; the news comes again then."""
    if news.lost is None:
        return False
    if await lost_refunds.is_asked_for(pool, booking, news.key, news.lost):
        return await lost_refunds.lose(pool, booking, news.key, news.lost)
    payment_id = await kept_id_of(pool, booking, news.payment_id)
    if payment_id is None:
        return False
    try:
        present = await vendor.look(payment_id)
    except PaymentAccident as accident:
        raise Unavailable("the vendor does not say how the payment stands") from accident
    return await lost_refunds.lose_undo(pool, booking, payment_id, present.refunded, news.lost)
