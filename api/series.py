"""Bookings that repeat: look what would come of them, hold them, show them, confirm them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Response
from starlette.responses import JSONResponse

from api.admission import BeginsNewWork
from api.auth import Key, Signed, Token, caller_of, credential_of, unauthorised
from api.commands.outcomes import BookingIsOver, ConfirmOutcome, Progress
from api.holding_series import hold_series
from api.middleware.limiting import count_business
from api.openapi import BODY, problems
from api.preferences import Patient
from api.problems import Problem, invalid, not_found
from api.recurring import lay_out
from api.refusals import WORDS
from api.requests import IdempotencyKey, JsonOnly
from api.schemas.booking_requests import ConfirmBooking
from api.schemas.payments import NextActionAnswer, PriceAnswer
from api.schemas.series import (
    HeldSeriesAnswer,
    NewSeries,
    OccurrenceAnswer,
    SeriesAnswer,
    SeriesPreview,
)
from api.wiring import Wired, Wiring
from domain.bookings import BookingRef, BookingStatus, PaymentTiming
from domain.money import Money
from domain.people import Permission
from domain.series import SeriesRef, due_now
from domain.tokens import business_of_token, manage_token, matches
from store.series_read import OccurrenceView, SeriesView, find_series
from store.tenants import enter_business

routes = APIRouter(
    prefix="/api/v1/series", tags=["series"], dependencies=[JsonOnly], responses=problems("invalid-request", "unavailable")
)

ENDED = (BookingStatus.EXPIRED, BookingStatus.CANCELLED, BookingStatus.FAILED)


@dataclass(frozen=True, slots=True)
class SeriesOf:
    """A dependency: the series in the path, for its business or for whoever holds its token."""

    permission: Permission

    async def __call__(
        self,
        wired: Wired,
        series_id: Annotated[UUID, Path(description="The series' id.")],
        key: Key,
        token: Token,
        _: Signed,
    ) -> SeriesView:
        """Raises Problem."""
        credential = credential_of(key or token)
        if (business_id := business_of_token(credential)) is not None:
            enter_business(business_id)
            held = await find_series(wired.pool, SeriesRef(business_id, series_id))
            if held is None or not matches(credential, held.manage_token_hash):
                raise unauthorised()
            await count_business(business_id, is_known=True)
            return held
        caller = await caller_of(wired, key, self.permission)
        found = await find_series(wired.pool, SeriesRef(caller.business_id, series_id))
        if found is None:
            raise not_found("series")
        return found


Seen = Annotated[SeriesView, Depends(SeriesOf(Permission.BOOKINGS_READ))]
Managed = Annotated[SeriesView, Depends(SeriesOf(Permission.BOOKINGS_WRITE))]


@routes.post("/preview", summary="Look what a series would come to", responses=problems(*BODY))
async def preview_series(wired: Wired, body: NewSeries) -> SeriesPreview:
    """Every occurrence with what would become of it now; nothing is held."""
    laid_out = await lay_out(wired, body)
    free, price = len(laid_out.free), laid_out.price
    is_paid = laid_out.facts.service.payment is PaymentTiming.ONLINE
    due = due_now(body.payment, price, free) if is_paid and free else Money(0, price.currency)
    return SeriesPreview(
        rrule=laid_out.rule.text,
        timezone=laid_out.zone.key,
        occurrences=laid_out.answers(),
        due_now=PriceAnswer.of(due),
        total=PriceAnswer.of(price.times(free)),
    )


@routes.post(
    "",
    status_code=201,
    summary="Hold a series",
    dependencies=[BeginsNewWork],
    responses=problems(
        *(*BODY, "occurrences-refused", "idempotency-key-reused", "invalid-request", "overloaded", "unavailable"),
        *("too-many-holds", "rate-limited"),
    ),
)
async def book_series(wired: Wired, body: NewSeries, response: Response, key: IdempotencyKey = None) -> HeldSeriesAnswer:
    """Holds every occurrence until `hold_expires_at`, each as a booking, in one go: all or none, or as many as are free. Says of
    each what became of it. Nothing is booked or paid before the series is confirmed."""
    held = await hold_series(wired, body, key)
    series = held.series
    response.headers["Location"] = f"/api/v1/series/{series.ref.series_id}"
    if held.is_repeat:
        response.headers["Idempotent-Replayed"] = "true"
    shown = [_occurrence(wired, series, one, held.reasons.get(one.number), is_new=True) for one in series.occurrences]
    first = {"status": BookingStatus.PENDING, "status_reason": None}
    return HeldSeriesAnswer.model_validate(
        SeriesAnswer.of(series, shown, **first).model_dump() | {"manage_token": _token(wired, series.ref.series_id, series)}
    )


# Only ids, so that GET /series/preview is no series but a method that is not taken there.
@routes.get("/{series_id:uuid}", summary="Show a series", responses=problems("unauthorised", "not-found"))
async def show_series(wired: Wired, series: Seen) -> SeriesAnswer:
    """The series as it stands, with every occurrence."""
    return shown_series(wired, series)


@routes.post(
    "/{series_id}/confirm",
    summary="Confirm and pay a series",
    response_model=SeriesAnswer,
    responses={
        202: {"model": SeriesAnswer, "description": "Still working, or the customer has to act (`next_action`); ask again."},
        **problems(*BODY, "unauthorised", "payment-declined", "not-found", "invalid-request"),
        **problems("not-allowed-now", "booking-failed", "hold-expired"),
    },
)
async def confirm_series(
    wired: Wired, series: Managed, patient: Patient, body: ConfirmBooking | None = None
) -> SeriesAnswer | JSONResponse:
    """Pays what is due now and makes all bookings firm, or none. A declined card leaves the series held. Where each occurrence is
    paid by itself, the same payment method is charged for each of them some days before its start; if it is refused then, the
    customer is told and can pay with another (`POST /bookings/{id}/pay`)."""
    if series.status is BookingStatus.CONFIRMED or series.status in ENDED:
        return _ended(wired, series)
    wish = body or ConfirmBooking()
    _check_payment_method(series, wish)
    return_url = str(wish.return_url) if wish.return_url else None
    try:
        outcome = await patient.commands.confirm_series(series.ref, wish.payment_method, return_url)
    except BookingIsOver:
        return _ended(wired, await reread(wired, series))
    return _answer(wired, await reread(wired, series), outcome)


def _answer(wired: Wiring, series: SeriesView, outcome: ConfirmOutcome) -> SeriesAnswer | JSONResponse:
    if outcome.progress is Progress.CONFIRMED:
        return shown_series(wired, series)
    action = NextActionAnswer.of(outcome.next_action) if outcome.next_action else None
    waiting = shown_series(wired, series, next_action=action)
    return JSONResponse(waiting.model_dump(mode="json"), 202, {} if action else {"Retry-After": "2"})


def _ended(wired: Wiring, series: SeriesView) -> SeriesAnswer:
    """What confirming comes to when the checkout is over: a repeat finds the first one's success."""
    if series.status is BookingStatus.CONFIRMED:
        return shown_series(wired, series)
    if series.status is BookingStatus.EXPIRED:
        raise Problem("hold-expired", "the hold ended before the series was confirmed")
    status = series.status.value
    raise Problem("not-allowed-now", f"the series is {status}", more={"booking_status": status})


def _check_payment_method(series: SeriesView, wish: ConfirmBooking) -> None:
    is_paid = series.timing is PaymentTiming.ONLINE and any(not price.is_free for price in series.prices)
    if is_paid and wish.payment_method is None:
        raise invalid("/payment_method", "is needed, because this service is paid online")
    if not is_paid and wish.payment_method is not None:
        raise invalid("/payment_method", "must be left out, because nothing is paid online")


def shown_series(wired: Wiring, series: SeriesView, **more: object) -> SeriesAnswer:
    """The series for HTTP; `more` replaces or adds fields."""
    return SeriesAnswer.of(series, [_occurrence(wired, series, one) for one in series.occurrences], **more)


def _occurrence(
    wired: Wiring, series: SeriesView, one: OccurrenceView, now: dict[str, object] | None = None, *, is_new: bool = False
) -> OccurrenceAnswer:
    more: dict[str, object] = {"next_slots": now["next_slots"]} if now else {}
    if is_new and one.booking is not None:
        more = {"status": BookingStatus.PENDING, "manage_token": _token(wired, one.booking.booking_id, series)}
    return OccurrenceAnswer.of(one, ZoneInfo(series.time_zone), WORDS[one.rule] if one.rule else None, **more)


def _token(wired: Wiring, its_id: UUID, series: SeriesView) -> str:
    return manage_token(wired.settings.token_secret.get_secret_value(), BookingRef(series.ref.business_id, its_id))


async def reread(wired: Wiring, series: SeriesView) -> SeriesView:
    """The series as it stands by now."""
    present = await find_series(wired.pool, series.ref)
    if present is None:
        raise not_found("series")
    return present
