"""Who may do what: a business by its API key, a customer by their booking's manage token."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import Problem, not_found
from api.wiring import Wired
from domain.bookings import Actor, BookingRef
from domain.tokens import business_of_token, matches
from store.api_keys import business_of, find_business_by_key
from store.booking_views import BookingView
from store.bookings_read import find_booking

LONGEST = 300

api_key = HTTPBearer(scheme_name="api_key", description="A business's API key: `slk_…`", auto_error=False)
manage_token = HTTPBearer(scheme_name="manage_token", description="One booking's manage token: `mt_…`", auto_error=False)

Key = Annotated[HTTPAuthorizationCredentials | None, Security(api_key)]
Token = Annotated[HTTPAuthorizationCredentials | None, Security(manage_token)]


def unauthorised() -> Problem:
    """The same for a missing, malformed, unknown and revoked credential."""
    detail = "send a valid credential as Authorization: Bearer …"
    return Problem("unauthorised", detail, [{"header": "Authorization", "detail": detail}], {"WWW-Authenticate": "Bearer"})


async def business(wired: Wired, key: Key) -> UUID:
    """The business whose API key this is."""
    credential = credential_of(key)
    found = await find_business_by_key(wired.pool, credential) if business_of(credential) else None
    if found is None:
        raise unauthorised()
    return found


async def managed_booking(
    wired: Wired,
    booking_id: Annotated[UUID, Path(description="The booking's id.")],
    key: Key,
    token: Token,
) -> BookingView:
    """The booking in the path, for its business or for whoever holds its token."""
    credential = credential_of(key or token)
    if (business_id := business_of_token(credential)) is not None:
        held = await find_booking(wired.pool, BookingRef(business_id, booking_id))
        if held is None or not matches(credential, held.manage_token_hash):
            raise unauthorised()
        return held
    found = await find_booking(wired.pool, BookingRef(await business(wired, key), booking_id))
    if found is None:
        raise not_found("booking")
    return found


Business = Annotated[UUID, Depends(business)]
Managed = Annotated[BookingView, Depends(managed_booking)]


async def acting(key: Key, token: Token) -> Actor:
    """Who asks: the customer by the booking's token, or staff by the business's key."""
    is_customer = business_of_token(credential_of(key or token)) is not None
    return Actor.CUSTOMER if is_customer else Actor.STAFF


def credential_of(sent: HTTPAuthorizationCredentials | None) -> str:
    """What was sent to show who asks. Raises Problem for nothing, and for what has not the form of a credential."""
    if sent is None or not sent.credentials.isascii() or len(sent.credentials) > LONGEST or "\0" in sent.credentials:
        raise unauthorised()
    return sent.credentials


Acting = Annotated[Actor, Depends(acting)]
