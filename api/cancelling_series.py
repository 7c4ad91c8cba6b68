"""Cancelling a series, or a part of it: what that would give back, and doing it."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from api.auth import Acting
from api.commands.outcomes import BookingIsOver
from api.openapi import BODY, problems
from api.preferences import Patient
from api.problems import Problem, invalid, invalid_parameter
from api.requests import JsonOnly
from api.schemas.cancellations import CancellationAnswer
from api.schemas.series import (
    CancelSeriesRequest,
    SeriesAnswer,
    SeriesCancellationAnswer,
)
from api.series import ENDED, Managed, Seen, reread, shown_series
from api.wiring import Wired, Wiring
from domain.bookings import Actor, BookingRef, BookingStatus
from domain.errors import TransitionNotAllowed
from domain.series import Scope
from store.bookings_read import find_booking
from store.cancellations import read_cancellation_facts
from store.customers import seal_words
from store.series_read import SeriesView
from workflows.messages import Cancel, CancelSeries

routes = APIRouter(
    prefix="/api/v1/series", tags=["series"], dependencies=[JsonOnly], responses=problems("invalid-request", "unavailable")
)

LOOK_EVERY = 0.1


@routes.get(
    "/{series_id}/cancellation",
    summary="Quote a cancellation of a series",
    responses=problems("unauthorised", "not-found", "not-allowed-now"),
)
async def quote_series_cancellation(
    wired: Wired,
    series: Seen,
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
    wired: Wired, series: Managed, by: Acting, patient: Patient, body: CancelSeriesRequest | None = None
) -> SeriesAnswer | JSONResponse:
    """Cancels the bookings that are still to come, each by its own policy. Those that are over stay as they are. A series that is
    only held is given up as a whole, which costs nothing. Safe to repeat."""
    wish = body or CancelSeriesRequest()
    if wish.refund is not None and by is Actor.CUSTOMER:
        raise invalid("/refund", "may only be chosen by the business")
    named = next((one.booking for one in series.bookings if one.booking is not None), None)
    reason = await seal_words(wired.pool, named, wish.reason) if named is not None else wish.reason
    cancel = Cancel(by, reason, wish.refund)
    if series.status is BookingStatus.CONFIRMED:
        return await _cancel_bookings(wired, series, wish, cancel, patient.seconds)
    if wish.scope is not Scope.ALL:
        detail = "a series that is only held is given up as a whole"
        raise Problem("not-allowed-now", detail, more={"booking_status": series.status.value})
    if series.status is not BookingStatus.CANCELLED:
        try:
            await wired.commands.cancel_series(series.ref, cancel)
        except (BookingIsOver, TransitionNotAllowed):
            if (await reread(wired, series)).status is not BookingStatus.CANCELLED:
                raise
    return shown_series(wired, await reread(wired, series))


async def _cancel_bookings(
    wired: Wiring, series: SeriesView, wish: CancelSeriesRequest, cancel: Cancel, seconds: float
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
    present = await _until_closed(wired, series, targets, seconds)
    shown = shown_series(wired, present)
    if _open(present, targets):
        return JSONResponse(shown.model_dump(mode="json"), 202, {"Retry-After": "2"})
    return shown


async def _until_closed(wired: Wiring, series: SeriesView, targets: list[BookingRef], seconds: float) -> SeriesView:
    """Waits for as long as a caller may, until each booking has decided and knows how its refund stands."""
    present = await reread(wired, series)
    for _ in range(int(seconds / LOOK_EVERY)):
        if not _open(present, targets):
            break
        await asyncio.sleep(LOOK_EVERY)
        present = await reread(wired, series)
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
