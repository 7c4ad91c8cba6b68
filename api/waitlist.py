"""The waitlist: join it, see where one stands, leave it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.auth import Key, Signed, caller_of, credential_of, requires, staff_business, unauthorised
from api.commands.outcomes import BookingIsOver
from api.conditions import IfUnchanged
from api.cursors import Paged, cursor_of, start_and_id_in
from api.hearing import heard
from api.joining import join_waitlist, tell_of_entry
from api.middleware.limiting import count_business
from api.openapi import BODY, problems
from api.problems import not_found
from api.requests import IdempotencyKey, JsonOnly
from api.schemas.waitlist import (
    JoinedAnswer,
    NewWaitlistEntry,
    WaitlistEntryAnswer,
    WaitlistEntryList,
    WaitlistPriority,
    WaitlistQuery,
)
from api.wiring import Wired, Wiring
from domain.bookings import Actor
from domain.errors import TransitionNotAllowed
from domain.people import Permission
from domain.tokens import WAITLIST, business_of_token, entry_token, manage_token, matches
from domain.webhooks import LEFT
from store.conditions import alone_with
from store.pool import Database
from store.tenants import enter_business
from store.waitlist import leave, prefer
from store.waitlist_read import EntryFilter, EntryView, find_entry, list_entries
from workflows.messages import Cancel

routes = APIRouter(
    prefix="/api/v1/waitlist", tags=["waitlist"], dependencies=[JsonOnly], responses=problems("invalid-request", "unavailable")
)

Reads = Annotated[UUID, requires(Permission.WAITLIST_READ)]
Writes = Annotated[UUID, requires(Permission.WAITLIST_WRITE)]


waitlist_token = HTTPBearer(scheme_name="waitlist_token", description="An entry's manage token: `wt_…`", auto_error=False)
Token = Annotated[HTTPAuthorizationCredentials | None, Security(waitlist_token)]


@dataclass(frozen=True, slots=True)
class EntryOf:
    """A dependency: the entry in the path, for its business or for whoever holds its token."""

    permission: Permission

    async def __call__(
        self,
        wired: Wired,
        entry_id: Annotated[UUID, Path(description="The entry's id.")],
        key: Key,
        token: Token,
        _: Signed,
    ) -> EntryView:
        """Raises Problem."""
        credential = credential_of(key or token)
        if (business_id := business_of_token(credential, WAITLIST)) is not None:
            enter_business(business_id)
            held = await find_entry(wired.pool, business_id, entry_id)
            if held is None or not matches(credential, held.manage_token_hash):
                raise unauthorised()
            await count_business(business_id, is_known=True)
            return held
        caller = await caller_of(wired, key, self.permission)
        found = await find_entry(wired.pool, caller.business_id, entry_id)
        if found is None:
            raise not_found("entry of the waitlist")
        return found


async def _is_customer(key: Key, token: Token) -> bool:
    return business_of_token(credential_of(key or token), WAITLIST) is not None


Seen = Annotated[EntryView, Depends(EntryOf(Permission.WAITLIST_READ))]
Managed = Annotated[EntryView, Depends(EntryOf(Permission.WAITLIST_WRITE))]
IsCustomer = Annotated[bool, Depends(_is_customer)]


@routes.post(
    "",
    status_code=201,
    summary="Wait for a time",
    responses=problems(*BODY, "unauthorised", "forbidden", "idempotency-key-reused", "invalid-request"),
)
async def join(
    wired: Wired, body: NewWaitlistEntry, request: Request, response: Response, key: IdempotencyKey = None
) -> JoinedAnswer:
    """Waits for any time that fits. When one is free, the first whom it fits is sent an offer: a booking that is held for them,
    as long as the service says and less where the start is near. Who lets it go, or does not answer, keeps their place and is
    not offered this time again; after three offers without an answer the entry ends. One entry for each customer and wish:
    whoever asks again gets the first."""
    staff_of = await staff_business(wired, request, Permission.WAITLIST_WRITE) if body.priority is not None else None
    joined = await join_waitlist(wired, body, key, staff_of)
    entry = joined.entry
    response.headers["Location"] = f"/api/v1/waitlist/{entry.id}"
    if joined.is_repeat:
        response.headers["Idempotent-Replayed"] = "true"
    secret = wired.settings.token_secret.get_secret_value()
    token = entry_token(secret, entry.business_id, entry.id) if joined.is_own else None
    return JoinedAnswer.of(entry, _offer_token(wired, entry) if joined.is_own else None, manage_token=token)


@routes.get("/{entry_id}", summary="Show an entry of the waitlist", responses=problems("unauthorised", "not-found"))
async def show_waitlist_entry(wired: Wired, entry: Seen, is_customer: IsCustomer) -> WaitlistEntryAnswer:
    """Where it stands, and the time that is held for it now."""
    return WaitlistEntryAnswer.of(entry, _offer_token(wired, entry) if is_customer else None)


@routes.delete("/{entry_id}", summary="Leave the waitlist", responses=problems("unauthorised", "not-found"))
async def leave_waitlist(wired: Wired, entry: Managed, is_customer: IsCustomer, seen: IfUnchanged) -> WaitlistEntryAnswer:
    """Waits no more, and lets go of a time that is held for the entry; one that was taken stays booked. Safe to repeat."""
    async with alone_with(wired.pool, entry.business_id, "waitlist", entry.id) as connection:
        present = await _known(connection, entry.business_id, entry.id)
        seen.check(WaitlistEntryAnswer.of(present, _offer_token(wired, present) if is_customer else None))
        if await leave(connection, entry.business_id, entry.id):
            await tell_of_entry(connection, LEFT, entry.business_id, entry.id)
    present = await _reread(wired, entry)
    if present.offer is not None:
        with suppress(BookingIsOver, TransitionNotAllowed):  # it was just taken, or has just ended
            cancel = Cancel(Actor.CUSTOMER if is_customer else Actor.STAFF)
            await heard(wired.pool, present.offer.booking, partial(wired.commands.cancel, present.offer.booking, cancel))
        present = await _reread(wired, entry)
    return WaitlistEntryAnswer.of(present)


@routes.patch("/{entry_id}", summary="Give an entry priority", responses=problems("unauthorised", "not-found", *BODY))
async def prioritise_waitlist_entry(
    wired: Wired, business_id: Writes, entry_id: UUID, body: WaitlistPriority, seen: IfUnchanged
) -> WaitlistEntryAnswer:
    """Asks it before or after the others from now on."""
    async with alone_with(wired.pool, business_id, "waitlist", entry_id) as connection:
        seen.check(WaitlistEntryAnswer.of(await _known(connection, business_id, entry_id)))
        await prefer(connection, business_id, entry_id, body.priority)
        return WaitlistEntryAnswer.of(await _known(connection, business_id, entry_id))


@routes.get("", summary="List the waitlist", responses=problems("unauthorised"))
async def list_waitlist(
    wired: Wired, business_id: Reads, query: Annotated[WaitlistQuery, Query()], pages: Paged
) -> WaitlistEntryList:
    """In the order they joined, whatever has become of them."""
    wanted = EntryFilter(query.service_id, query.state, query.customer_email)
    found = await list_entries(wired.pool, business_id, wanted, start_and_id_in(query.cursor), query.limit + 1)
    page = found[: query.limit]
    more = cursor_of(page[-1].joined_at.isoformat(), str(page[-1].id)) if len(found) > query.limit else None
    return WaitlistEntryList(items=[WaitlistEntryAnswer.of(entry) for entry in page], next_cursor=pages.link(more))


def _offer_token(wired: Wiring, entry: EntryView) -> str | None:
    secret = wired.settings.token_secret.get_secret_value()
    return manage_token(secret, entry.offer.booking) if entry.offer else None


async def _reread(wired: Wiring, entry: EntryView) -> EntryView:
    return await _known(wired.pool, entry.business_id, entry.id)


async def _known(database: Database, business_id: UUID, entry_id: UUID) -> EntryView:
    found = await find_entry(database, business_id, entry_id)
    if found is None:
        raise not_found("entry of the waitlist")
    return found
