"""Staff say that nobody came."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import Acting, Managed
from api.commands.outcomes import BookingIsOver
from api.conditions import IfUnchangedAlways
from api.openapi import problems
from api.problems import Problem, not_found
from api.requests import JsonOnly
from api.schemas.bookings import BookingAnswer, version_seen
from api.wiring import Wired
from domain.bookings import Actor, BookingStatus
from store.bookings_read import find_booking

routes = APIRouter(prefix="/api/v1/bookings", tags=["bookings"], dependencies=[JsonOnly])


@routes.post(
    "/{booking_id}/no-show",
    summary="Say that nobody came",
    responses=problems(
        "unauthorised", "not-found", "not-allowed-now", "change-under-way", "not-json", "invalid-request", "unavailable"
    ),
)
async def no_show(wired: Wired, booking: Managed, by: Acting, seen: IfUnchangedAlways) -> BookingAnswer:
    """Only for the business itself, and with the booking's ETag as If-Match, since a fee hangs on it. From the start until the
    policy's window after the end closes. The policy's fee is charged on the method that paid; `charges` tells how that stands,
    and a declined fee is not tried again. Safe to repeat."""
    if by is Actor.CUSTOMER:
        detail = "only the business may say that nobody came"
        raise Problem("unauthorised", detail, [{"header": "Authorization", "detail": detail}], {"WWW-Authenticate": "Bearer"})
    if booking.status is not BookingStatus.NO_SHOW:
        version = version_seen(booking, seen)
        try:
            await wired.commands.mark_no_show(booking.ref, version)
        except BookingIsOver:
            raise Problem(
                "not-allowed-now", "the time to say so is over", more={"booking_status": booking.status.value}
            ) from None
    present = await find_booking(wired.pool, booking.ref)
    if present is None:
        raise not_found("booking")
    return BookingAnswer.of(present)
