"""Customers: found, handed all that is known of them, and erased."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from api.auth import requires
from api.commands.outcomes import BookingIsOver
from api.cursors import Paged, cursor_of, id_in
from api.joining import tell_of_entry
from api.openapi import BODY, problems
from api.problems import Problem, not_found
from api.requests import JsonOnly
from api.schemas.bookings import BookingAnswer
from api.schemas.customers import (
    CustomerExport,
    CustomerExternalId,
    CustomerList,
    CustomersQuery,
    CustomerSummary,
    EraseCustomer,
    ErasedAnswer,
    KnownBookingAnswer,
    KnownOperation,
    known_details,
)
from api.schemas.messages import MessagesAnswer
from api.schemas.timelines import TimelineAnswer
from api.schemas.waitlist import WaitlistEntryAnswer
from api.wiring import Wired, Wiring
from domain.bookings import Actor
from domain.errors import ChangeUnderWay, StillToCome, TransitionNotAllowed
from domain.people import Permission
from domain.webhooks import LEFT
from store.customers_read import CustomerFilter, KnownBooking, find_customer, list_customers, read_known
from store.erasing import ToCome, erase, read_to_come
from store.external_ids import call_customer
from store.notifications import list_notifications
from store.operations import list_operations
from store.timelines import read_timeline
from store.waitlist import leave
from workflows.messages import Cancel

routes = APIRouter(
    prefix="/api/v1/customers",
    tags=["customers"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "forbidden", "invalid-request", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.CUSTOMERS_READ)]
Calls = Annotated[UUID, requires(Permission.BOOKINGS_WRITE)]
Exports = Annotated[UUID, requires(Permission.CUSTOMERS_EXPORT)]
Erases = Annotated[UUID, requires(Permission.CUSTOMERS_ERASE)]


@routes.get("", summary="List customers")
async def list_customers_route(
    wired: Wired, business_id: Reads, query: Annotated[CustomersQuery, Query()], pages: Paged
) -> CustomerList:
    """In the order in which they became known; with `email` or `phone` those who ever gave it."""
    wanted = CustomerFilter(query.email, query.phone, query.external_id)
    found = await list_customers(wired.pool, business_id, wanted, id_in(query.cursor), query.limit + 1)
    page = found[: query.limit]
    more = cursor_of(str(page[-1].id)) if len(found) > query.limit else None
    return CustomerList(items=[CustomerSummary.of(one) for one in page], next_cursor=pages.link(more))


@routes.get("/{customer_id}", summary="Show a customer", responses=problems("not-found"))
async def show_customer(wired: Wired, business_id: Reads, customer_id: UUID) -> CustomerSummary:
    """With the details that they gave last."""
    found = await find_customer(wired.pool, business_id, customer_id)
    if found is None:
        raise not_found("customer")
    return CustomerSummary.of(found)


@routes.put(
    "/{customer_id}/external-id",
    summary="Say what another system calls a customer",
    responses=problems("not-found", *BODY, "external-id-taken"),
)
async def put_external_id(wired: Wired, business_id: Calls, customer_id: UUID, body: CustomerExternalId) -> CustomerSummary:
    """From now on `?external_id=` finds them, and the list of bookings by `customer_external_id`; null takes it back, and so does
    erasing them."""
    if not await call_customer(wired.pool, business_id, customer_id, body.external_id):
        raise not_found("customer")
    return await show_customer(wired, business_id, customer_id)


@routes.get("/{customer_id}/export", summary="Export a customer", responses=problems("not-found"))
async def export_customer(wired: Wired, business_id: Exports, customer_id: UUID) -> CustomerExport:
    """Everything that is known of them, to be handed to them. It is not given for a booking's manage token: anybody can book with
    anybody's address."""
    known = await read_known(wired.pool, business_id, customer_id)
    if known is None:
        raise not_found("customer")
    return CustomerExport(
        customer=CustomerSummary.of(known.customer),
        details=known_details(known.details),
        bookings=[await _known_booking(wired, one) for one in known.bookings],
        waitlist=[WaitlistEntryAnswer.of(one) for one in known.entries],
    )


@routes.post("/{customer_id}/erase", summary="Erase a customer", responses=problems(*BODY, "not-found", "still-to-come"))
async def erase_customer(wired: Wired, business_id: Erases, customer_id: UUID, body: EraseCustomer | None = None) -> ErasedAnswer:
    """Destroys their key: nobody can tell any more who they were, here, in Temporal and in their backups. Bookings, payments and
    timelines stay. Refused while anything is still to come, unless `cancel` says to cancel that first; messages that are on
    their way then may not be sent any more. What vendors and your own systems were told is theirs. Safe to repeat."""
    if body is not None and body.cancel:
        await _cancel(wired, await read_to_come(wired.pool, business_id, customer_id), business_id)
    secret = wired.settings.token_secret.get_secret_value()
    try:
        erased_at = await erase(wired.pool, business_id, customer_id, secret)
    except StillToCome as refused:
        raise _in_the_way(await read_to_come(wired.pool, business_id, customer_id), refused.detail) from None
    return ErasedAnswer(id=customer_id, erased_at=erased_at)


async def _cancel(wired: Wiring, to_come: ToCome, business_id: UUID) -> None:
    """As the business does it one by one. What cannot be cancelled just now is in the way afterwards."""
    for entry_id in to_come.entries:
        async with wired.pool.acquire() as connection, connection.transaction():
            if await leave(connection, business_id, entry_id):
                await tell_of_entry(connection, LEFT, business_id, entry_id)
    for booking in to_come.bookings:
        with suppress(BookingIsOver, TransitionNotAllowed, ChangeUnderWay):
            await wired.commands.cancel(booking, Cancel(Actor.STAFF))
    for series in to_come.held_series:
        with suppress(BookingIsOver, TransitionNotAllowed, ChangeUnderWay):
            await wired.commands.cancel_series(series, Cancel(Actor.STAFF))


def _in_the_way(to_come: ToCome, detail: str) -> Problem:
    more = {
        "booking_ids": [str(one.booking_id) for one in to_come.bookings],
        "series_ids": [str(one.series_id) for one in to_come.held_series],
        "waitlist_entry_ids": [str(one) for one in to_come.entries],
    }
    return Problem("still-to-come", detail, more=more)


async def _known_booking(wired: Wiring, known: KnownBooking) -> KnownBookingAnswer:
    booking, pool = known.booking, wired.pool
    zone = ZoneInfo(booking.provider_timezone)
    return KnownBookingAnswer(
        booking=BookingAnswer.of(booking, override_reason=booking.override_reason, next_action=None),
        closing_words=known.closing_words,
        changes=[dict(move) for move in known.moves],
        operations=[
            KnownOperation(at=one.asked_at, operation=one.kind, step=one.step, by=one.asked_by, reason=one.reason)
            for one in await list_operations(pool, booking.ref)
        ],
        messages=MessagesAnswer.of(await list_notifications(pool, booking.ref), zone.key).items,
        timeline=TimelineAnswer.of(booking, await read_timeline(pool, booking.ref)).items,
    )
