"""Who may do what: a business's programs by API key, its people by access token, a customer by their booking's manage token.

Each route of a business says by `requires` what it asks for. An unknown or bad credential is answered 401, a known one without
the permission 403, and another business's ids 404, exactly as ids that nobody has.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, OAuth2PasswordBearer

from api.identity.access_tokens import Access
from api.identity.own import customer_in, find_own
from api.middleware.auditing import audit
from api.middleware.client_address import is_in
from api.middleware.heading import request_id
from api.middleware.limiting import count_business, count_caller, present_address
from api.problems import Problem, not_found
from api.problems import unauthorised as unauthorised  # said by whoever asks for a credential
from api.wiring import Wired, Wiring
from domain.bookings import Actor, BookingRef
from domain.people import Permission, permissions_of
from domain.tokens import business_of_token, matches
from store.allowed_networks import read_allowed
from store.api_keys import business_of, open_key
from store.booking_views import BookingView
from store.bookings_read import find_booking
from store.sessions import Standing, look
from store.tenants import enter_business

LONGEST = 300
LONGEST_SIGNED = 1500

log = logging.getLogger("slotkeeper.api")

api_key = HTTPBearer(scheme_name="api_key", description="A business's API key: `slk_…`", auto_error=False)
manage_token = HTTPBearer(scheme_name="manage_token", description="One booking's manage token: `mt_…`", auto_error=False)
access_token = OAuth2PasswordBearer(
    tokenUrl="api/v1/sessions/token",
    scheme_name="person",
    description="A person's access token, for the business they have logged in to.",
    auto_error=False,
)

Key = Annotated[HTTPAuthorizationCredentials | None, Security(api_key)]
Token = Annotated[HTTPAuthorizationCredentials | None, Security(manage_token)]
Signed = Annotated[str | None, Security(access_token)]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks on behalf of a business, called `key:…` or `person:…` where it is written down."""

    name: str
    business_id: UUID
    permissions: frozenset[Permission]

    def check(self, permission: Permission) -> UUID:
        """The business, where this is allowed. Raises Problem."""
        if permission not in self.permissions:
            log.warning("request %s: %s of %s may not %s", request_id(), self.name, self.business_id, permission)
            raise forbidden(permission)
        return self.business_id


def forbidden(permission: Permission, detail: str | None = None) -> Problem:
    """The answer to somebody who is known, and may not do this."""
    headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{permission}"'}  # RFC 6750, 3.1
    return Problem("forbidden", detail or f"this needs {permission}", headers=headers, more={"permission": permission.value})


async def caller_of(wired: Wiring, key: HTTPAuthorizationCredentials | None, permission: Permission) -> Caller:
    """Who has sent this, where they may do that. Raises Problem."""
    credential = credential_of(key)
    if (named := business_of(credential)) is not None:
        enter_business(named)
        opened = await open_key(wired.pool, credential)
        if opened is None:
            raise unauthorised()
        caller, networks = Caller(f"key:{opened.id}", opened.business_id, opened.permissions), opened.networks
    else:
        caller = await _person_as_caller(wired, credential, permission)
        networks = await read_allowed(wired.pool, caller.business_id)
    await count_caller(caller.name)
    await count_business(caller.business_id, is_known=True)
    if networks and not is_in(present_address(), networks):
        log.warning(
            "request %s: %s of %s comes from a network that is not allowed", request_id(), caller.name, caller.business_id
        )
        raise forbidden(permission)  # as whoever may not do it: from where they might is not told
    caller.check(permission)
    await audit(wired.pool, caller.business_id, caller.name)
    return caller


async def _person_as_caller(wired: Wiring, credential: str, permission: Permission) -> Caller:
    access = wired.access_tokens.read(credential)
    if access is None:
        raise unauthorised()
    if access.business_id is not None:
        enter_business(access.business_id)
    role = await look(wired.door, access.session_id, access.person_id, access.business_id)
    if role is Standing.OVER:
        raise unauthorised()
    if access.business_id is None or isinstance(role, Standing):
        detail = f"this needs {permission} in a business; log in with scope=business:{{id}} of one that you work for"
        raise forbidden(permission, detail)
    return Caller(f"person:{access.person_id}", access.business_id, permissions_of(role))


@dataclass(frozen=True, slots=True)
class Calling:
    """A dependency: whoever asks, who must be allowed to do this."""

    permission: Permission

    async def __call__(self, wired: Wired, key: Key, _: Signed) -> Caller:
        """Raises Problem."""
        return await caller_of(wired, key, self.permission)


@dataclass(frozen=True, slots=True)
class BusinessOf:
    """A dependency: the business of whoever asks."""

    permission: Permission

    async def __call__(self, wired: Wired, key: Key, _: Signed) -> UUID:
        """Raises Problem."""
        return (await caller_of(wired, key, self.permission)).business_id


@dataclass(frozen=True, slots=True)
class BookingOf:
    """A dependency: the booking in the path, for its business, for whoever holds its token and for whoever has booked it."""

    permission: Permission

    async def __call__(
        self,
        wired: Wired,
        booking_id: Annotated[UUID, Path(description="The booking's id.")],
        key: Key,
        token: Token,
        _: Signed,
    ) -> BookingView:
        """Raises Problem."""
        return await managed_booking(wired, booking_id, key or token, self.permission)


def requires(permission: Permission) -> Any:
    """Beside a route's `business_id`: whose it is, where they may do this."""
    return Depends(BusinessOf(permission))


async def managed_booking(
    wired: Wiring, booking_id: UUID, sent: HTTPAuthorizationCredentials | None, permission: Permission
) -> BookingView:
    """The booking, for whoever holds its token, for whoever has booked it, and for those of its business who may do this. Raises
    Problem."""
    credential = credential_of(sent)
    if (business_id := business_of_token(credential)) is not None:
        enter_business(business_id)
        held = await find_booking(wired.pool, BookingRef(business_id, booking_id))
        if held is None or not matches(credential, held.manage_token_hash):
            raise unauthorised()
        await count_business(business_id, is_known=True)
        return held
    if (customer := customer_in(wired, credential)) is not None:
        return await find_own(wired, customer, lambda one: find_booking(wired.pool, BookingRef(one, booking_id)), "booking")
    caller = await caller_of(wired, sent, permission)
    found = await find_booking(wired.pool, BookingRef(caller.business_id, booking_id))
    if found is None:
        raise not_found("booking")
    return found


Seen = Annotated[BookingView, Depends(BookingOf(Permission.BOOKINGS_READ))]
Managed = Annotated[BookingView, Depends(BookingOf(Permission.BOOKINGS_WRITE))]


async def staff_business(wired: Wiring, request: Request, permission: Permission) -> UUID:
    """The business of whoever asks for what a public call does not give to everybody. Raises Problem."""
    return (await caller_of(wired, await api_key(request), permission)).business_id


async def acting(wired: Wired, key: Key, token: Token) -> Actor:
    """Who asks: the customer, by the booking's token or having logged in as one, or staff."""
    credential = credential_of(key or token)
    is_customer = business_of_token(credential) is not None or customer_in(wired, credential) is not None
    return Actor.CUSTOMER if is_customer else Actor.STAFF


async def logged_in(wired: Wired, signed: Signed) -> Access:
    """The person who asks for themselves, whatever business they work for. No app may do this for them. Raises Problem."""
    access = await recognised(wired, signed)
    if access.client_id is not None:
        raise Problem("forbidden", "an app may not do this for a person; log in with the password")
    return access


async def recognised(wired: Wired, signed: Signed) -> Access:
    """The person who asks, or for whom an app does. An API key is nobody. Raises Problem."""
    access = wired.access_tokens.read(signed) if signed and len(signed) <= LONGEST_SIGNED else None
    if access is None:
        raise unauthorised()
    if await look(wired.door, access.session_id, access.person_id, access.business_id) is Standing.OVER:
        raise unauthorised()
    await count_caller(f"person:{access.person_id}")
    return access


def credential_of(sent: HTTPAuthorizationCredentials | None) -> str:
    """What was sent to show who asks. Raises Problem for nothing, and for what has not the form of a credential."""
    if sent is None or not sent.credentials.isascii() or "\0" in sent.credentials:
        raise unauthorised()
    longest = LONGEST_SIGNED if sent.credentials.count(".") == 2 else LONGEST
    if len(sent.credentials) > longest:
        raise unauthorised()
    return sent.credentials


Acting = Annotated[Actor, Depends(acting)]
LoggedIn = Annotated[Access, Depends(logged_in)]
Recognised = Annotated[Access, Depends(recognised)]
