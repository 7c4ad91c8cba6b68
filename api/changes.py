"""The changes of a booking that is made: another time, and the links by which its customer may choose one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Response
from starlette.responses import JSONResponse
from uuid_utils.compat import uuid7

from api.auth import Acting, Managed
from api.changing import Changes
from api.conditions import IfUnchanged
from api.openapi import BODY, problems
from api.preferences import Patient
from api.problems import Problem, not_found
from api.refusals import WORDS
from api.requests import IdempotencyKey, JsonOnly
from api.rescheduling import Rescheduled, reschedule
from api.schemas.bookings import BookingAnswer, BrokenRuleAnswer
from api.schemas.rescheduling import LinkAnswer, NewLink, RescheduleBooking, RescheduledAnswer
from api.wiring import Wired, Wiring
from domain.bookings import Actor, BookingStatus
from domain.errors import BookingOver
from domain.links import link_hash, link_token
from domain.rescheduling import Moved
from store.booking_views import BookingView
from store.bookings_read import find_booking
from store.links import make_link
from store.providers import find_provider

routes = APIRouter(
    prefix="/api/v1/bookings", tags=["bookings"], dependencies=[JsonOnly], responses=problems("invalid-request", "unavailable")
)


@routes.post(
    "/{booking_id}/reschedule",
    summary="Move to another time",
    response_model=RescheduledAnswer,
    responses={
        202: {"model": BookingAnswer, "description": "Still working; send the same request again with the same Idempotency-Key."},
        **problems(*BODY, "unauthorised", "payment-declined", "not-found", "idempotency-key-reused", "invalid-request"),
        **problems("slot-taken", "slot-not-offered", "not-allowed-now", "change-under-way", "booking-failed"),
        **problems("too-late-to-reschedule", "too-many-reschedules", "booking-over", "link-spent", "link-expired"),
    },
)
async def reschedule_booking(
    wired: Wired,
    change: Changes,
    body: RescheduleBooking,
    response: Response,
    seen: IfUnchanged,
    patient: Patient,
    key: IdempotencyKey = None,
) -> RescheduledAnswer | JSONResponse:
    """Takes the new time before it gives up the old one, so that a refusal changes nothing. The payment is carried along: what
    the new time costs more is charged on the method that paid, and a decline keeps the old time; what it costs less is given
    back. Until when and how often customers may is the service's policy of the day they booked; staff may until it begins."""
    done = await reschedule(wired, change, body, key, seen, patient.commands)
    present = await _reread(wired, change.booking)
    if done.moved is None:
        return JSONResponse(BookingAnswer.of(present).model_dump(mode="json"), 202, {"Retry-After": "2"})
    if done.is_repeat:
        response.headers["Idempotent-Replayed"] = "true"
    return await _answer(wired, present, done, done.moved)


@routes.post(
    "/{booking_id}/links",
    status_code=201,
    summary="Make a link for one change",
    responses=problems(*BODY, "unauthorised", "not-found", "booking-over"),
)
async def make_booking_link(wired: Wired, booking: Managed, by: Acting, body: NewLink | None = None) -> LinkAnswer:
    """For staff: a link that lets whoever has it reschedule the booking once. The change spends it; a refusal does not."""
    if by is not Actor.STAFF:
        detail = "only the business itself may hand out links"
        raise Problem("unauthorised", detail, [{"header": "Authorization", "detail": detail}], {"WWW-Authenticate": "Bearer"})
    now, wish = datetime.now(UTC), body or NewLink()
    if booking.status.is_final or booking.ends_at <= now:
        raise BookingOver("the booking is over", status=booking.status.value)
    expires_at = booking.starts_at
    if wish.expires_in_minutes is not None:
        expires_at = now + timedelta(minutes=wish.expires_in_minutes)
    token = link_token(wired.settings.token_secret.get_secret_value(), booking.ref, f"staff:{uuid7()}")
    await make_link(wired.pool, booking.ref, link_hash(token), "staff", expires_at)
    return LinkAnswer(token=token, expires_at=expires_at)


async def _answer(wired: Wiring, present: BookingView, done: Rescheduled, moved: Moved) -> RescheduledAnswer:
    """The booking as this move left it, whatever has become of it since."""
    left = replace(present, starts_at=moved.starts_at, ends_at=moved.ends_at, price=moved.price)
    if moved.provider_id != present.provider_id:
        provider = await find_provider(wired.pool, present.ref.business_id, moved.provider_id)
        if provider is not None:
            zone, name = provider.timezone, provider.name
            left = replace(left, provider_id=provider.id, provider_name=name, provider_timezone=zone)
    warnings = [BrokenRuleAnswer(rule=one.rule, source=one.source, detail=WORDS[one.rule]) for one in done.warnings]
    first = {"status": BookingStatus.CONFIRMED, "status_reason": None} if done.is_repeat else {}
    return RescheduledAnswer.of(left, sequence=moved.sequence, warnings=warnings, **first)


async def _reread(wired: Wiring, booking: BookingView) -> BookingView:
    present = await find_booking(wired.pool, booking.ref)
    if present is None:
        raise not_found("booking")
    return present
