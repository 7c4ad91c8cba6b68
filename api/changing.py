"""Who may change a booking: its business, its customer, or whoever was sent a link that is good for one change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.auth import Key, Signed, Token, acting, managed_booking, unauthorised
from api.middleware.limiting import count_business
from api.wiring import Wired
from domain.bookings import Actor, BookingRef
from domain.links import business_of_link, link_hash
from domain.people import Permission
from store.booking_views import BookingView
from store.bookings_read import find_booking
from store.links import Link, find_link
from store.tenants import enter_business

link_token = HTTPBearer(scheme_name="link", description="A link's token, good for one change: `lk_…`", auto_error=False)


@dataclass(frozen=True, slots=True)
class Changing:
    """The booking and who asks; with a link, also its hash and whether it can still be used."""

    booking: BookingView
    actor: Actor
    link_hash: bytes | None = None
    link: Link | None = None

    def check_link(self) -> None:
        """Raises LinkSpent or LinkExpired; asked after a repeat has found its first answer."""
        if self.link is not None:
            self.link.check()


@dataclass(frozen=True, slots=True)
class ChangingOf:
    """A dependency: whoever may change the booking in the path."""

    permission: Permission

    async def __call__(
        self,
        wired: Wired,
        booking_id: Annotated[UUID, Path(description="The booking's id.")],
        key: Key,
        token: Token,
        _: Signed,
        link: Annotated[HTTPAuthorizationCredentials | None, Security(link_token)],
    ) -> Changing:
        """Raises Problem."""
        business_id = business_of_link(link.credentials) if link else None
        if link is None or business_id is None:
            booking = await managed_booking(wired, booking_id, key or token, self.permission)
            return Changing(booking, await acting(wired, key, token))
        enter_business(business_id)
        ref, kept = BookingRef(business_id, booking_id), link_hash(link.credentials)
        found = await find_link(wired.pool, ref, kept)
        held = await find_booking(wired.pool, ref) if found else None
        if held is None:
            raise unauthorised()
        await count_business(business_id, is_known=True)
        return Changing(held, Actor.CUSTOMER, kept, found)


Changes = Annotated[Changing, Depends(ChangingOf(Permission.BOOKINGS_WRITE))]
