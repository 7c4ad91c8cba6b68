"""What staff do by hand to a booking that does not go on, and the list of those that do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query, Response
from uuid_utils.compat import uuid7

from api.auth import Key, Signed, caller_of, requires
from api.commands.contract import Ended
from api.commands.outcomes import BookingIsOver
from api.conditions import Condition, IfUnchangedAlways
from api.cursors import Paged, cursor_of, since_id_and_name_in
from api.openapi import BODY, problems
from api.problems import Problem, invalid, not_found
from api.refusals import check_is_alone
from api.requests import IdempotencyKey, JsonOnly
from api.schemas.bookings import version_seen
from api.schemas.operations import (
    DoneAnswer,
    GiveUpRequest,
    OperationAnswer,
    OperationsAnswer,
    RefundRequest,
    ResendRequest,
    RetryRequest,
    SettleRequest,
    SkipRequest,
    StuckAnswer,
    StuckList,
    StuckQuery,
    UnderWayAnswer,
    resendable,
)
from api.schemas.payments import PriceAnswer
from api.wiring import Wired, Wiring
from domain.bookings import BookingRef, BookingStatus
from domain.errors import Answer, KeyReused, MalformedOperation, NotSettledThatWay, RefundTooLarge
from domain.operations import (
    REFUNDABLE,
    GiveUpHold,
    Operated,
    Operation,
    RefundBooking,
    ResendMessage,
    RetryStep,
    SettleStep,
    SkipStep,
    Wish,
    operation_of,
)
from domain.people import Permission
from store.booking_views import BookingView
from store.bookings_read import find_booking
from store.businesses import read_timezone
from store.customers import seal_words
from store.operations import OperationRow, find_operation, list_operations
from store.refunds import read_left
from store.stuck import list_stuck, list_stuck_of

routes = APIRouter(
    prefix="/api/v1", tags=["operations"], dependencies=[JsonOnly], responses=problems("invalid-request", "unavailable")
)

Reads = Annotated[UUID, requires(Permission.OPERATIONS_READ)]

HELD = (BookingStatus.PENDING, BookingStatus.CONFIRMING)
REFUSALS = (
    *BODY, "unauthorised", "not-found", "not-allowed-now", "change-under-way", "idempotency-key-reused", "invalid-request",
)  # fmt: skip
FIELDS = {"kind": "message"}  # what the API calls otherwise than the workflow


@dataclass(frozen=True, slots=True)
class Operating:
    """Whose booking it is, and who asks: an API key or a person, by their id."""

    booking: BookingView
    by: str


@dataclass(frozen=True, slots=True)
class OperatingOn:
    """A dependency: only for the business itself; its customers' tokens are no keys."""

    permission: Permission

    async def __call__(
        self, wired: Wired, booking_id: Annotated[UUID, Path(description="The booking's id.")], key: Key, _: Signed
    ) -> Operating:
        """Raises Problem."""
        caller = await caller_of(wired, key, self.permission)
        booking = await find_booking(wired.pool, BookingRef(caller.business_id, booking_id))
        if booking is None:
            raise not_found("booking")
        return Operating(booking, caller.name)


Looker = Annotated[Operating, Depends(OperatingOn(Permission.OPERATIONS_READ))]
Operator = Annotated[Operating, Depends(OperatingOn(Permission.OPERATIONS_WRITE))]


@routes.get("/operations/stuck", summary="List what is stuck", responses=problems("unauthorised"))
async def list_stuck_things(wired: Wired, business_id: Reads, query: Annotated[StuckQuery, Query()], pages: Paged) -> StuckList:
    """What is not done by our books though it should be, the oldest first: refunds, charges, messages, calendars, holds. It needs
    neither a worker nor Temporal to be known."""
    older, after = timedelta(minutes=query.older_than_minutes), since_id_and_name_in(query.cursor)
    found = await list_stuck(wired.pool, business_id, older, after, query.limit + 1)
    zone, page = ZoneInfo(await read_timezone(wired.pool, business_id)), found[: query.limit]
    more = None
    if len(found) > query.limit:
        more = cursor_of(page[-1].since.isoformat(), str(page[-1].booking_id), page[-1].step)
    return StuckList(items=[StuckAnswer.of(one, zone) for one in page], timezone=zone.key, next_cursor=pages.link(more))


@routes.get(
    "/bookings/{booking_id}/operations",
    summary="What a booking is at, and what may be done",
    responses=problems("unauthorised", "not-found"),
)
async def show_operations(wired: Wired, operator: Looker) -> OperationsAnswer:
    """What is under way and what is stuck, since when, and what may be done about it; also who has done what so far."""
    booking = operator.booking
    zone, pool = ZoneInfo(booking.provider_timezone), wired.pool
    under_way = await wired.commands.under_way(booking.ref)
    left = await read_left(pool, booking.ref) if booking.status in REFUNDABLE else None
    return OperationsAnswer(
        booking_id=booking.ref.booking_id,
        status=booking.status,
        timezone=zone.key,
        is_live=under_way is not None,
        under_way=[UnderWayAnswer.of(step, zone) for step in (under_way.steps if under_way else ())],
        stuck=[StuckAnswer.of(one, zone) for one in await list_stuck_of(pool, booking.ref)],
        refundable=PriceAnswer.of(left) if left is not None and not left.is_free else None,
        resendable=resendable(booking.status),
        may_give_up_hold=booking.status in HELD and not booking.is_held_with_series,
        done=[DoneAnswer.of(row, zone) for row in await list_operations(pool, booking.ref)],
    )


@routes.post(
    "/bookings/{booking_id}/operations/retry", summary="Try a step now", responses=problems(*REFUSALS, "step-not-under-way")
)
async def retry_step(
    wired: Wired, operator: Operator, body: RetryRequest, response: Response, key: IdempotencyKey = None
) -> OperationAnswer:
    """Does not wait for the step's next time. A try that is just under way is ended first; it has one effect all the same."""
    return await _operate(wired, operator, body.wish(operator.by, key or str(uuid7())), response)


@routes.post(
    "/bookings/{booking_id}/operations/skip",
    summary="Leave a step out",
    responses=problems(*REFUSALS, "step-not-under-way", "step-not-skippable"),
)
async def skip_step(
    wired: Wired, operator: Operator, body: SkipRequest, response: Response, key: IdempotencyKey = None
) -> OperationAnswer:
    """A message or a calendar entry; never money. What waited for it goes on, and a message that was left out is never sent."""
    return await _operate(wired, operator, body.wish(operator.by, key or str(uuid7())), response)


@routes.post(
    "/bookings/{booking_id}/operations/settle",
    summary="Say that a step was done by hand",
    responses=problems(*REFUSALS, "step-not-under-way"),
)
async def settle_step(
    wired: Wired,
    operator: Operator,
    body: SettleRequest,
    response: Response,
    seen: IfUnchangedAlways,
    key: IdempotencyKey = None,
) -> OperationAnswer:
    """Ends the tries and brings our books to what was done. Look at the vendor's first: we do not look any more after this. A
    step that got through in the meantime is refused as not under way. Send the booking's ETag as If-Match: what is said to be
    done was seen of the booking as it was."""
    return await _operate(wired, operator, body.wish(operator.by, key or str(uuid7())), response, seen)


@routes.post("/bookings/{booking_id}/operations/refund", summary="Give money back", responses=problems(*REFUSALS))
async def refund_booking(
    wired: Wired,
    operator: Operator,
    body: RefundRequest,
    response: Response,
    seen: IfUnchangedAlways,
    key: IdempotencyKey = None,
) -> OperationAnswer:
    """A part of what was paid, or all that is left of it, whatever the policy says. Send the booking's ETag as If-Match: of two
    who saw the same, one gives money back. With an Idempotency-Key a request that is sent twice is answered twice. `outcome` is
    how the vendor has it by now; the booking's `refunds` tell more."""
    return await _operate(wired, operator, body.wish(operator.by, key or str(uuid7())), response, seen)


@routes.post("/bookings/{booking_id}/operations/resend", summary="Send a message again", responses=problems(*REFUSALS))
async def resend_message(
    wired: Wired, operator: Operator, body: ResendRequest, response: Response, key: IdempotencyKey = None
) -> OperationAnswer:
    """Another copy, with what is true of the booking now, in the place of copies that did not get through."""
    return await _operate(wired, operator, body.wish(operator.by, key or str(uuid7())), response)


@routes.post("/bookings/{booking_id}/operations/give-up-hold", summary="Give up a hold", responses=problems(*REFUSALS))
async def give_up_hold(
    wired: Wired, operator: Operator, response: Response, body: GiveUpRequest | None = None, key: IdempotencyKey = None
) -> OperationAnswer:
    """Ends a booking that is only held, also in the middle of its checkout; what was reserved is given back first."""
    wish = (body or GiveUpRequest()).wish(operator.by, key or str(uuid7()))
    return await _operate(wired, operator, wish, response)


async def _operate(
    wired: Wiring, operator: Operating, wish: Wish, response: Response, seen: Condition | None = None
) -> OperationAnswer:
    booking, operation_id = operator.booking, wish.operation_id or ""
    operation = operation_of(booking.ref, operation_id, wish)
    first = await find_operation(wired.pool, booking.ref, operation_id)
    if first is not None:
        response.headers["Idempotent-Replayed"] = "true"
        return _again(operation, first)
    if seen is not None and isinstance(wish, RefundBooking | SettleStep):
        wish = replace(wish, version=version_seen(booking, seen))
    _check_status(booking, wish)
    wish = await _sealed(wired, booking, wish)
    try:
        done = await wired.commands.operate(booking.ref, wish, _ended(booking))
    except (MalformedOperation, NotSettledThatWay, RefundTooLarge) as refused:
        raise _pointing(refused) from None
    except BookingIsOver:
        raise _not_now(booking, "the booking does not take this any more") from None
    return _answer(operation, done)


async def _sealed(wired: Wiring, booking: BookingView, wish: Wish) -> Wish:
    """What is said of a person leaves this process sealed."""

    async def seal(words: str) -> str:
        return await seal_words(wired.pool, booking.ref, words)

    if isinstance(wish, ResendMessage):
        return replace(wish, email=wish.email and await seal(wish.email), phone=wish.phone and await seal(wish.phone))
    if isinstance(wish, RetryStep | SkipStep) or wish.reason is None:
        return wish
    return replace(wish, reason=await seal(wish.reason))


def _again(operation: Operation, first: OperationRow) -> OperationAnswer:
    if (first.kind, first.step, first.said) != (operation.kind.value, operation.step, operation.said):
        raise KeyReused("this Idempotency-Key was used for another operation")
    return _answer(operation, Operated(operation.id, "done-before"), first.asked_by)


def _answer(operation: Operation, done: Operated, by: str | None = None) -> OperationAnswer:
    return OperationAnswer(
        id=operation.id,
        operation=operation.kind,
        step=operation.step,
        by=by or operation.by,
        outcome=done.outcome,
        amount=PriceAnswer.of(done.amount) if done.amount else None,
    )


def _check_status(booking: BookingView, wish: Wish) -> None:
    """What can be said before anybody is asked; the workflow has the last word."""
    is_held = booking.status in HELD
    if isinstance(wish, GiveUpHold):
        check_is_alone(booking)
    if isinstance(wish, GiveUpHold) and not is_held:
        raise _not_now(booking, "only a hold is given up; what is confirmed is cancelled")
    if isinstance(wish, RefundBooking) and booking.status not in REFUNDABLE:
        raise _not_now(booking, "nothing is given back of such a booking")
    if isinstance(wish, ResendMessage) and wish.kind not in resendable(booking.status):
        raise _not_now(booking, "this message would not be true of the booking")


def _not_now(booking: BookingView, detail: str) -> Problem:
    return Problem("not-allowed-now", detail, more={"booking_status": booking.status.value})


def _pointing(refused: Answer) -> Problem:
    """At the field that is wrong. That nothing is left is nobody's field."""
    if isinstance(refused, RefundTooLarge):
        if not refused.facts.get("left"):
            return Problem("not-allowed-now", refused.detail)
        return invalid("/amount", refused.detail)
    field = str(refused.facts.get("field", ""))
    return invalid(f"/{FIELDS.get(field, field)}", refused.detail.removeprefix(f"{field}: "))


def _ended(booking: BookingView) -> Ended | None:
    if not booking.status.is_final:
        return None
    return Ended(booking.provider_id, booking.starts_at, booking.ends_at, booking.status)
