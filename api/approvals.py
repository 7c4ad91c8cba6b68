"""The provider's yes or no: by the business's key, or by the link in the provider's message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Security
from fastapi.security import HTTPAuthorizationCredentials
from starlette.responses import JSONResponse

from api.auth import Key, Signed, credential_of, forbidden, managed_booking
from api.changing import link_token
from api.commands.outcomes import BookingIsOver
from api.identity.own import customer_in
from api.middleware.auditing import audit
from api.middleware.limiting import count_business
from api.openapi import problems
from api.preferences import Patience, Patient
from api.problems import Problem, not_found, unauthorised
from api.requests import JsonOnly
from api.schemas.approvals import DeclineBooking
from api.schemas.bookings import BookingAnswer
from api.wiring import Wired, Wiring
from domain.approvals import ApprovalState, Decider, Verdict
from domain.bookings import BookingRef, BookingStatus
from domain.links import LinkPurpose, business_of_link, link_hash
from domain.people import Permission
from domain.tokens import business_of_token
from store.booking_views import BookingView
from store.bookings_read import find_booking
from store.customers import seal_words
from store.links import Link, find_link
from store.tenants import enter_business
from workflows.messages import Decide

routes = APIRouter(prefix="/api/v1/bookings", tags=["bookings"], dependencies=[JsonOnly])

REFUSALS = problems(
    *("unauthorised", "not-found", "not-allowed-now", "change-under-way", "booking-failed", "hold-expired", "link-spent"),
    *("link-expired", "malformed-request", "body-too-large", "not-json", "invalid-request", "unavailable"),
)
STILL: dict[int | str, dict[str, Any]] = {
    202: {"model": BookingAnswer, "description": "Said, and still worked on, or the customer has to pay first."}
}
DONE = {Verdict.APPROVED: ApprovalState.APPROVED, Verdict.DECLINED: ApprovalState.DECLINED}


@dataclass(frozen=True, slots=True)
class Deciding:
    """The booking and who decides on it; with a link, also its hash and whether it can still be used."""

    booking: BookingView
    by: Decider
    link_hash: bytes | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class DecidingOn:
    """A dependency: whoever may decide on the booking in the path. A customer's token or link decides nothing."""

    permission: Permission

    async def __call__(
        self,
        wired: Wired,
        booking_id: Annotated[UUID, Path(description="The booking's id.")],
        key: Key,
        _: Signed,
        link: Annotated[HTTPAuthorizationCredentials | None, Security(link_token)],
    ) -> Deciding:
        """Raises Problem."""
        business_id = business_of_link(link.credentials) if link else None
        if link is None or business_id is None:
            return Deciding(await managed_booking(wired, booking_id, _staff(wired, key), self.permission), Decider.STAFF)
        enter_business(business_id)
        ref, kept = BookingRef(business_id, booking_id), link_hash(link.credentials)
        found = await find_link(wired.pool, ref, kept, LinkPurpose.APPROVAL)
        booking = await find_booking(wired.pool, ref) if found else None
        if booking is None:
            raise unauthorised()
        await count_business(business_id, is_known=True)
        await audit(wired.pool, business_id, "link:provider")
        return Deciding(booking, Decider.PROVIDER, kept, found)


Decides = Annotated[Deciding, Depends(DecidingOn(Permission.BOOKINGS_WRITE))]


@routes.post("/{booking_id}/approve", summary="Approve a booking", response_model=BookingAnswer, responses={**STILL, **REFUSALS})
async def approve(wired: Wired, deciding: Decides, patient: Patient) -> BookingAnswer | JSONResponse:
    """Says yes to a booking that waits for it: it is charged and confirmed, and the answer comes when it is. With the business's
    API key, or the link of the provider's message. Safe to repeat."""
    return await _decide(wired, patient, deciding, Verdict.APPROVED, None)


@routes.post("/{booking_id}/decline", summary="Decline a booking", response_model=BookingAnswer, responses={**STILL, **REFUSALS})
async def decline(
    wired: Wired, deciding: Decides, patient: Patient, body: DeclineBooking | None = None
) -> BookingAnswer | JSONResponse:
    """Says no to a booking that waits for an answer: nothing is charged, its time is free again, and the customer is told. With
    the business's API key, or the link of the provider's message. Safe to repeat."""
    return await _decide(wired, patient, deciding, Verdict.DECLINED, body.reason if body else None)


def _staff(wired: Wiring, key: HTTPAuthorizationCredentials | None) -> HTTPAuthorizationCredentials | None:
    """The business's credential; a customer's manage token or log-in is none."""
    if key is not None and business_of_token(key.credentials) is not None:
        raise unauthorised()
    if key is not None and customer_in(wired, credential_of(key)) is not None:
        raise forbidden(Permission.BOOKINGS_WRITE)
    return key


async def _decide(
    wired: Wiring, patient: Patience, who: Deciding, verdict: Verdict, words: str | None
) -> BookingAnswer | JSONResponse:
    booking = who.booking
    approval = booking.approval
    is_repeat = approval is not None and approval.state is DONE[verdict]
    if is_repeat and booking.status is not BookingStatus.CONFIRMING:
        return BookingAnswer.of(booking)  # how it came out since is for the booking to say
    if who.link is not None and not is_repeat:
        who.link.check()
    if approval is None or approval.state not in (ApprovalState.WAITING, DONE[verdict]):
        status = booking.status.value
        raise Problem("not-allowed-now", "this booking waits for no decision", more={"booking_status": status})
    hashed = who.link_hash.hex() if who.link_hash else None
    words = await seal_words(wired.pool, booking.ref, words)
    try:
        is_done = await patient.commands.decide(booking.ref, Decide(verdict, who.by, hashed, words))
    except BookingIsOver:
        is_done = True
    present = await find_booking(wired.pool, booking.ref)
    if present is None:
        raise not_found("booking")
    if is_done and (present.approval is None or present.approval.state is not DONE[verdict]):
        raise Problem("not-allowed-now", "the booking is over", more={"booking_status": present.status.value})
    answer = BookingAnswer.of(present)
    return answer if is_done else JSONResponse(answer.model_dump(mode="json"), 202, {"Retry-After": "2"})
