"""Bookings that repeat: look what would come of them, hold them, confirm them, cancel one or many."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query, Response
from starlette.responses import JSONResponse

from api.auth import Acting, Key, Token, business, credential_of, unauthorised
from api.commands.outcomes import BookingIsOver, ConfirmOutcome, Progress
from api.holding_series import hold_series
from api.openapi import problems
from api.problems import Problem, invalid, invalid_parameter, not_found
from api.recurring import lay_out
from api.refusals import WORDS
from api.requests import IdempotencyKey, JsonOnly
from api.schemas.booking_requests import ConfirmBooking
from api.schemas.cancellations import CancellationAnswer
from api.schemas.payments import NextActionAnswer, PriceAnswer
from api.schemas.series import (
    CancelSeriesRequest,
    HeldSeriesAnswer,
    NewSeries,
    OccurrenceAnswer,
    SeriesAnswer,
    SeriesCancellationAnswer,
    SeriesPreview,
)
from api.wiring import Wired, Wiring
from domain.bookings import Actor, BookingRef, BookingStatus, PaymentTiming
from domain.errors import TransitionNotAllowed
from domain.money import Money
from domain.series import Scope, SeriesRef, due_now
from domain.tokens import business_of_token, manage_token, matches
from store.bookings_read import find_booking
from store.cancellations import read_cancellation_facts
from store.series_read import OccurrenceView, SeriesView, find_series
from workflows.messages import Cancel, CancelSeries

routes = APIRouter(
    prefix="/api/v1/series", tags=["series"], dependencies=[JsonOnly], responses=problems("invalid-request", "unavailable")
)

BODY = ("malformed-request", "body-too-large", "not-json")
ENDED = (BookingStatus.EXPIRED, BookingStatus.CANCELLED, BookingStatus.FAILED)
LOOK_EVERY = 0.1


async def managed_series(
    wired: Wired, series_id: Annotated[UUID, Path(description="The series' id.")], key: Key, token: Token
) -> SeriesView:
    """The series in the path, for its business or for whoever holds its token."""
    credential = credential_of(key or token)
    business_id = business_of_token(credential)
    found = await find_series(wired.pool, SeriesRef(business_id or await business(wired, key), series_id))
    if business_id is not None and (found is None or not matches(credential, found.manage_token_hash)):
        raise unauthorised()
    if found is None:
        raise not_found("series")
    return found


Managed = Annotated[SeriesView, Depends(managed_series)]


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
    responses=problems(*BODY, "occurrences-refused", "idempotency-key-reused", "invalid-request"),
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
async def show_series(wired: Wired, series: Managed) -> SeriesAnswer:
    """The series as it stands, with every occurrence."""
    return _shown(wired, series)


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
async def confirm_series(wired: Wired, series: Managed, body: ConfirmBooking | None = None) -> SeriesAnswer | JSONResponse:
    """Pays what is due now and makes all bookings firm, or none. A declined card leaves the series held. Where each occurrence is
    paid by itself, the same payment method is charged for each of them some days before its start; if it is refused then, the
    customer is told and can pay with another (`POST /bookings/{id}/pay`)."""
    if series.status is BookingStatus.CONFIRMED or series.status in ENDED:
        return _ended(wired, series)
    wish = body or ConfirmBooking()
    _check_payment_method(series, wish)
    return_url = str(wish.return_url) if wish.return_url else None
    try:
        outcome = await wired.commands.confirm_series(series.ref, wish.payment_method, return_url)
    except BookingIsOver:
        return _ended(wired, await _reread(wired, series))
    return _answer(wired, await _reread(wired, series), outcome)


@routes.get(
    "/{series_id}/cancellation",
    summary="Quote a cancellation of a series",
    responses=problems("unauthorised", "not-found", "not-allowed-now"),
)
async def quote_series_cancellation(
    wired: Wired,
    series: Managed,
    by: Acting,
    scope: Annotated[Scope, Query(description="How much of the series.")] = Scope.ALL,
    booking_id: Annotated[UUID | None, Query(description="The occurrence, for `one` and `from_here`.")] = None,
) -> SeriesCancellationAnswer:
    """What cancelling so much of it now would give back: each booking by the policy it was made under, and their sum."""
    if (booking_id is None) is not (scope is Scope.ALL):
        raise invalid_parameter("booking_id", "is needed for the scopes one and from_here, and only for these")
    if series.status is not BookingStatus.CONFIRMED:
        detail = "the series is over" if series.status in ENDED else "a series that is only held costs nothing to cancel"
        raise Problem("not-allowed-now", detail, more={"booking_status": series.status.value})
    items = []
    for ref in _targets(series, scope, booking_id):
        booking = await find_booking(wired.pool, ref)
        facts = await read_cancellation_facts(wired.pool, ref)
        if booking is not None:
            items.append(CancellationAnswer.of(booking, facts.paid, facts.quote(by, None)))
    refund, kept = sum(item.refund for item in items), sum(item.kept for item in items)
    return SeriesCancellationAnswer(refund=refund, kept=kept, currency=series.prices[0].currency, items=items)


@routes.post(
    "/{series_id}/cancel",
    summary="Cancel one, from one on, or all",
    response_model=SeriesAnswer,
    responses={
        202: {"model": SeriesAnswer, "description": "Still working: every booking was asked; look at the series again."},
        **problems(*BODY, "unauthorised", "not-found", "not-allowed-now", "change-under-way", "invalid-request"),
    },
)
async def cancel_series(
    wired: Wired, series: Managed, by: Acting, body: CancelSeriesRequest | None = None
) -> SeriesAnswer | JSONResponse:
    """Cancels the bookings that are still to come, each by its own policy. Those that are over stay as they are. A series that is
    only held is given up as a whole, which costs nothing. Safe to repeat."""
    wish = body or CancelSeriesRequest()
    if wish.refund is not None and by is Actor.CUSTOMER:
        raise invalid("/refund", "may only be chosen by the business")
    cancel = Cancel(by, wish.reason, wish.refund)
    if series.status is BookingStatus.CONFIRMED:
        return await _cancel_bookings(wired, series, wish, cancel)
    if wish.scope is not Scope.ALL:
        detail = "a series that is only held is given up as a whole"
        raise Problem("not-allowed-now", detail, more={"booking_status": series.status.value})
    if series.status is not BookingStatus.CANCELLED:
        try:
            await wired.commands.cancel_series(series.ref, cancel)
        except (BookingIsOver, TransitionNotAllowed):
            if (await _reread(wired, series)).status is not BookingStatus.CANCELLED:
                raise
    return _shown(wired, await _reread(wired, series))


async def _cancel_bookings(
    wired: Wiring, series: SeriesView, wish: CancelSeriesRequest, cancel: Cancel
) -> SeriesAnswer | JSONResponse:
    """Asks all of them through the series' workflow, which does not forget; where that has ended, each by itself."""
    targets = _targets(series, wish.scope, wish.booking_id)
    if targets:
        try:
            ids = tuple(ref.booking_id for ref in targets)
            await wired.commands.cancel_occurrences(series.ref, CancelSeries(ids, cancel))
        except BookingIsOver:
            for ref in targets:
                await wired.commands.cancel(ref, cancel)
    present = await _until_closed(wired, series, targets)
    shown = _shown(wired, present)
    if _open(present, targets):
        return JSONResponse(shown.model_dump(mode="json"), 202, {"Retry-After": "2"})
    return shown


async def _until_closed(wired: Wiring, series: SeriesView, targets: list[BookingRef]) -> SeriesView:
    """Waits for as long as a caller may, until each booking has decided and knows how its refund stands."""
    present = await _reread(wired, series)
    for _ in range(int(wired.settings.confirm_wait_seconds / LOOK_EVERY)):
        if not _open(present, targets):
            break
        await asyncio.sleep(LOOK_EVERY)
        present = await _reread(wired, series)
    return present


def _open(series: SeriesView, targets: list[BookingRef]) -> bool:
    wanted = set(targets)
    return any(one.status is BookingStatus.CONFIRMED for one in series.bookings if one.booking in wanted)


def _targets(series: SeriesView, scope: Scope, booking_id: UUID | None) -> list[BookingRef]:
    """Which bookings are meant and still to come, by the times they have now."""
    here = next((one for one in series.bookings if one.booking and one.booking.booking_id == booking_id), None)
    if scope is not Scope.ALL and here is None:
        raise invalid("/booking_id", "names no booking of this series")
    meant = series.bookings
    if here is not None:
        meant = [one for one in meant if one is here or (scope is Scope.FROM_HERE and one.starts_at >= here.starts_at)]
    return [one.booking for one in meant if one.booking is not None and one.status is BookingStatus.CONFIRMED]


def _answer(wired: Wiring, series: SeriesView, outcome: ConfirmOutcome) -> SeriesAnswer | JSONResponse:
    if outcome.progress is Progress.CONFIRMED:
        return _shown(wired, series)
    action = NextActionAnswer.of(outcome.next_action) if outcome.next_action else None
    waiting = _shown(wired, series, next_action=action)
    return JSONResponse(waiting.model_dump(mode="json"), 202, {} if action else {"Retry-After": "2"})


def _ended(wired: Wiring, series: SeriesView) -> SeriesAnswer:
    """What confirming comes to when the checkout is over: a repeat finds the first one's success."""
    if series.status is BookingStatus.CONFIRMED:
        return _shown(wired, series)
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


def _shown(wired: Wiring, series: SeriesView, **more: object) -> SeriesAnswer:
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


async def _reread(wired: Wiring, series: SeriesView) -> SeriesView:
    present = await find_series(wired.pool, series.ref)
    if present is None:
        raise not_found("series")
    return present
