"""What is somebody's own as a customer: booked with the address that they have shown to be theirs, with whatever business.

Who logs in with `scope=customer` works for no business, and so can never be taken for staff.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar
from uuid import UUID

from api.identity.access_tokens import Access
from api.problems import not_found, unauthorised
from api.wiring import Wiring
from domain.bookings import Customer
from store.customers import account_hash
from store.own_bookings import Account, list_businesses
from store.people import find_person
from store.sessions import Standing, look
from store.tenants import enter_business


class Booked(Protocol):
    """A booking or a series of them."""

    @property
    def customer(self) -> Customer:
        """Who booked."""


Found = TypeVar("Found", bound=Booked)


def customer_in(wired: Wiring, credential: str) -> Access | None:
    """Somebody who has logged in as a customer; None for any other credential."""
    access = wired.access_tokens.read(credential)
    return access if access is not None and access.business_id is None else None


async def own_account(wired: Wiring, access: Access) -> Account:
    """The address that is known to be theirs. Raises Problem where the log-in is over."""
    standing = await look(wired.door, access.session_id, access.person_id, None)
    person = await find_person(wired.door, access.person_id) if standing is not Standing.OVER else None
    if person is None:
        raise unauthorised()
    return Account(person.email, account_hash(wired.settings.account_key, person.email))


async def find_own(wired: Wiring, access: Access, find: Callable[[UUID], Awaitable[Found | None]], what: str) -> Found:
    """What `find` finds with a business, where it is this customer's; from here on everything is about that business. Raises
    Problem for another's, as for what nobody has."""
    whose = await own_account(wired, access)
    for business_id, _ in await list_businesses(wired.door, whose):
        enter_business(business_id)
        found = await find(business_id)
        if found is not None and found.customer.email.lower() == whose.email.lower():
            return found
    raise not_found(what)
