"""The bookings: hold a slot, confirm it, cancel it, look at it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import JSONResponse

from api.admission import BeginsNewWork
from api.auth import Acting, Managed, Seen, requires, staff_business
from api.commands.outcomes import BookingIsOver, Progress
from api.conditions import IfUnchanged
from api.cursors import Paged, cursor_of, start_and_id_in
from api.hearing import heard
from api.holding import hold
from api.openapi import BODY, problems
from api.preferences import Patient
from api.problems import Problem, invalid, not_found
from api.refusals import WORDS, check_is_alone
from api.requests import IdempotencyKey, JsonOnly
from api.schemas.booking_requests import CancelBooking, ConfirmBooking, NewBooking
from api.schemas.bookings import BookingAnswer, BookingList, BrokenRuleAnswer, HeldAnswer, version_seen
from api.schemas.cancellations import CancellationAnswer
from api.schemas.payments import NextActionAnswer
from api.schemas.queries import BookingsQuery
from api.schemas.timelines import TimelineAnswer
from api.usual_orders import UsualOrders
from api.wiring import Wired, Wiring
from domain.bookings import Actor, BookingStatus, PaymentTiming
from domain.errors import PaymentMethodUnsuitable, TransitionNotAllowed
from domain.people import Permission
from domain.tokens import manage_token
from store.booking_views import BookingView
from store.bookings_read import BookingFilter, find_booking, list_bookings
from store.cancellations import read_cancellation_facts
from store.customers import seal_words
from store.timelines import read_timeline
from workflows.messages import Cancel

routes = APIRouter(
    prefix="/api/v1/bookings", tags=["bookings"], dependencies=[JsonOnly], responses=problems("invalid-request", "unavailable")
)

Reads = Annotated[UUID, requires(Permission.BOOKINGS_READ)]


async def book(wired: Wired, body: NewBooking, request: Request, response: Response, key: IdempotencyKey = None) -> HeldAnswer:
    """Holds one slot for one customer until `hold_expires_at`; nothing is booked or paid before it is confirmed."""
    staff_of = await staff_business(wired, request, Permission.BOOKINGS_OVERRIDE) if body.override else None
    held = await hold(wired, body, key, staff_of)
    response.headers["Location"] = f"/api/v1/bookings/{held.booking.ref.booking_id}"
    if held.is_repeat:
        response.headers["Idempotent-Replayed"] = "true"
    token = manage_token(wired.settings.token_secret.get_secret_value(), held.booking.ref)
    # The first answer, whatever has become of the booking since.
    first = {"status": BookingStatus.PENDING, "status_reason": None, "payment": None, "next_action": None, "approval": None}
    warnings = [BrokenRuleAnswer(rule=one.rule, source=one.source, detail=WORDS[one.rule]) for one in held.warnings]
    reason = held.booking.override_reason
    return HeldAnswer.of(held.booking, manage_token=token, warnings=warnings, override_reason=reason, **first)


routes.add_api_route(
    "",
    book,
    methods=["POST"],
    status_code=201,
    summary="Hold a slot",
    dependencies=[BeginsNewWork],
    responses=problems(
        *(*BODY, "unauthorised", "forbidden", "slot-taken", "slot-not-offered", "idempotency-key-reused", "invalid-request"),
        *("overloaded", "unavailable", "too-many-holds", "rate-limited"),
    ),
    route_class_override=UsualOrders,
)


@routes.post(
    "/{booking_id}/confirm",
    summary="Confirm and pay",
    response_model=BookingAnswer,
    responses={
        202: {
            "model": BookingAnswer,
            "description": "Still working, or the customer has to act (`next_action`), or the provider (`approval`).",
        },
        **problems(*BODY, "unauthorised", "payment-declined", "payment-method-unsuitable", "not-found", "invalid-request"),
        **problems("not-allowed-now", "booking-failed", "hold-expired"),
    },
)
async def confirm(
    wired: Wired, booking: Managed, patient: Patient, body: ConfirmBooking | None = None
) -> BookingAnswer | JSONResponse:
    """Pays where the service is paid online, and makes the booking firm. A declined card leaves the hold as it is.

    Where the provider has to approve the booking, the money is only reserved, and the answer is 202 until they have; a payment
    method that would be charged at once is refused. Where `approval.payment_needed`, confirm once more with another method.
    """
    if booking.status is BookingStatus.CONFIRMED or booking.status.is_final:
        return _ended(booking)
    wish = body or ConfirmBooking()
    _check_payment_method(booking, wish)
    return_url = str(wish.return_url) if wish.return_url else None
    try:
        ask = partial(patient.commands.confirm, booking.ref, wish.payment_method, return_url)
        outcome = await heard(wired.pool, booking.ref, ask)
    except BookingIsOver:
        return _ended(await _reread(wired, booking))
    except PaymentMethodUnsuitable as refused:
        field = {"pointer": "/payment_method", "detail": refused.detail}
        raise Problem(refused.code, refused.detail, [field]) from None
    present = await _reread(wired, booking)
    if outcome.progress is Progress.CONFIRMED:
        return BookingAnswer.of(present)
    action = NextActionAnswer.of(outcome.next_action) if outcome.next_action else None
    waiting = BookingAnswer.of(present, next_action=action)
    is_for_others = action is not None or outcome.progress is Progress.WAITING
    return JSONResponse(waiting.model_dump(mode="json"), 202, {} if is_for_others else {"Retry-After": "2"})


@routes.post(
    "/{booking_id}/cancel",
    summary="Cancel",
    responses=problems(
        *(*BODY, "unauthorised", "not-found", "not-allowed-now", "change-under-way", "if-match-needed", "invalid-request")
    ),
)
async def cancel(
    wired: Wired, booking: Managed, by: Acting, seen: IfUnchanged, body: CancelBooking | None = None
) -> BookingAnswer:
    """Gives the slot back at once. What comes back of a payment says the policy that was kept with the booking; `refunds` tells
    how far the vendor is. Where the business cancels, all of it comes back unless `refund` says otherwise: who says so sends the
    booking's ETag as If-Match. Safe to repeat."""
    if booking.status is BookingStatus.CANCELLED:
        return BookingAnswer.of(booking)
    wish = body or CancelBooking()
    if wish.refund is not None and by is Actor.CUSTOMER:
        raise invalid("/refund", "may only be chosen by the business")
    version = version_seen(booking, replace(seen, is_required=wish.refund is not None))
    reason = await seal_words(wired.pool, booking.ref, wish.reason)
    cancel = Cancel(by, reason, wish.refund, version)
    try:
        await heard(wired.pool, booking.ref, partial(wired.commands.cancel, booking.ref, cancel))
    except (BookingIsOver, TransitionNotAllowed):
        present = await _reread(wired, booking)
        if present.status is not BookingStatus.CANCELLED:
            check_is_alone(present)
            raise
        return BookingAnswer.of(present)
    return BookingAnswer.of(await _reread(wired, booking))


@routes.get(
    "/{booking_id}/cancellation",
    summary="Quote a cancellation",
    responses=problems("unauthorised", "not-found", "not-allowed-now"),
)
async def quote_cancellation(wired: Wired, booking: Seen, by: Acting) -> CancellationAnswer:
    """What cancelling now would give back, by the policy that the booking was made under, and until when that holds. Staff are
    told what their own cancel gives back when they choose nothing: all of it."""
    if booking.status is not BookingStatus.CONFIRMED:
        detail = "a booking that is only held costs nothing to cancel" if not booking.status.is_final else "the booking is over"
        raise Problem("not-allowed-now", detail, more={"booking_status": booking.status.value})
    facts = await read_cancellation_facts(wired.pool, booking.ref)
    return CancellationAnswer.of(booking, facts.paid, facts.quote(by, None))


@routes.get("/{booking_id}", summary="Show a booking", responses=problems("unauthorised", "not-found"))
async def show_booking(booking: Seen) -> BookingAnswer:
    """The booking as it stands."""
    return BookingAnswer.of(booking)


@routes.get("/{booking_id}/timeline", summary="A booking's timeline", responses=problems("unauthorised", "not-found"))
async def timeline(wired: Wired, booking: Seen) -> TimelineAnswer:
    """Everything that happened to the booking, oldest first."""
    return TimelineAnswer.of(booking, await read_timeline(wired.pool, booking.ref))


@routes.get("", summary="List bookings", responses=problems("unauthorised"))
async def list_bookings_route(
    wired: Wired, business_id: Reads, query: Annotated[BookingsQuery, Query()], pages: Paged
) -> BookingList:
    """In order of their start."""
    wanted = BookingFilter(
        query.provider_id, query.customer_email, query.status, query.from_, query.to, query.customer_external_id
    )
    after = start_and_id_in(query.cursor)
    found = await list_bookings(wired.pool, business_id, wanted, after, query.limit + 1)
    page = found[: query.limit]
    more = cursor_of(page[-1].starts_at.isoformat(), str(page[-1].ref.booking_id)) if len(found) > query.limit else None
    items = [BookingAnswer.of(booking, override_reason=booking.override_reason) for booking in page]
    return BookingList(items=items, next_cursor=pages.link(more))


def _check_payment_method(booking: BookingView, wish: ConfirmBooking) -> None:
    is_paid = booking.payment_timing is PaymentTiming.ONLINE and not booking.price.is_free
    if is_paid and wish.payment_method is None:
        raise invalid("/payment_method", "is needed, because this service is paid online")
    if not is_paid and wish.payment_method is not None:
        raise invalid("/payment_method", "must be left out, because nothing is paid online")


def _ended(booking: BookingView) -> BookingAnswer:
    """What confirming comes to when the checkout is over: a repeat finds the first one's success."""
    if booking.status in (BookingStatus.CONFIRMED, BookingStatus.COMPLETED):
        return BookingAnswer.of(booking)
    if booking.status is BookingStatus.EXPIRED:
        raise Problem("hold-expired", "the hold ended before the booking was confirmed")
    check_is_alone(booking)
    status = booking.status.value
    raise Problem("not-allowed-now", f"the booking is {status}", more={"booking_status": status})


async def _reread(wired: Wiring, booking: BookingView) -> BookingView:
    present = await find_booking(wired.pool, booking.ref)
    if present is None:
        raise not_found("booking")
    return present
