"""Paying for a booking whose saved payment method was refused."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from api.auth import Managed
from api.commands.outcomes import Progress
from api.openapi import BODY, problems
from api.preferences import Patient
from api.problems import invalid, not_found
from api.requests import JsonOnly
from api.schemas.booking_requests import ConfirmBooking
from api.schemas.bookings import BookingAnswer
from api.schemas.payments import NextActionAnswer
from api.wiring import Wired
from store.bookings_read import find_booking

routes = APIRouter(
    prefix="/api/v1/bookings", tags=["bookings"], dependencies=[JsonOnly], responses=problems("invalid-request", "unavailable")
)


@routes.post(
    "/{booking_id}/pay",
    summary="Pay with another method",
    response_model=BookingAnswer,
    responses={
        202: {"model": BookingAnswer, "description": "Still working, or the customer has to act (`next_action`); look again."},
        **problems(*BODY, "unauthorised", "payment-declined", "not-found"),
        **problems("not-allowed-now", "change-under-way", "invalid-request"),
    },
)
async def pay_booking(wired: Wired, booking: Managed, patient: Patient, body: ConfirmBooking) -> BookingAnswer | JSONResponse:
    """For an occurrence of a series, each of which is paid some days before its start, when the bank refused the payment method
    that paid for the first. Until the time that the customer was told the booking is kept, then it is released."""
    if body.payment_method is None:
        raise invalid("/payment_method", "is needed")
    return_url = str(body.return_url) if body.return_url else None
    outcome = await patient.commands.pay(booking.ref, body.payment_method, return_url)
    present = await find_booking(wired.pool, booking.ref)
    if present is None:
        raise not_found("booking")
    if outcome.progress is Progress.CONFIRMED:
        return BookingAnswer.of(present)
    action = NextActionAnswer.of(outcome.next_action) if outcome.next_action else None
    waiting = BookingAnswer.of(present, next_action=action)
    return JSONResponse(waiting.model_dump(mode="json"), 202, {} if action else {"Retry-After": "2"})
