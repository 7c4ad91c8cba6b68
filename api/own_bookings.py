"""What somebody has booked, with every business. Each is shown, changed and cancelled where bookings are: `/bookings/{id}`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth import Recognised
from api.cursors import Paged, cursor_of, start_and_id_in
from api.identity.own import own_account
from api.openapi import problems
from api.problems import Problem
from api.schemas.own_bookings import OwnBookingAnswer, OwnBookingList, OwnBookingsQuery
from api.wiring import Wired
from store.own_bookings import OwnFilter, list_businesses, list_own_bookings
from store.tenants import of_business

routes = APIRouter(prefix="/api/v1/me/bookings", tags=["people"], responses=problems("invalid-request", "unavailable"))


@routes.get("", summary="List my bookings", responses=problems("unauthorised", "forbidden"))
async def list_my_bookings(
    wired: Wired, access: Recognised, query: Annotated[OwnBookingsQuery, Query()], pages: Paged
) -> OwnBookingList:
    """All that were made with my address, with whatever business, in order of their start. For who has logged in with
    `scope=customer`; the same log-in opens each under `/bookings/{id}`, as its manage token does."""
    if access.business_id is not None:
        raise Problem("forbidden", "this is for customers; log in with scope=customer")
    whose = await own_account(wired, access)
    wanted, after = OwnFilter(query.status, query.from_, query.to), start_and_id_in(query.cursor)
    found: list[OwnBookingAnswer] = []
    for business_id, name in await list_businesses(wired.door, whose):
        with of_business(business_id):
            own = await list_own_bookings(wired.pool, business_id, whose, wanted, after, query.limit + 1)
        found += [OwnBookingAnswer.of(one, business_id=business_id, business_name=name) for one in own]
    found.sort(key=lambda one: (one.starts_at, one.id))
    page = found[: query.limit]
    more = cursor_of(page[-1].starts_at.isoformat(), str(page[-1].id)) if len(found) > query.limit else None
    return OwnBookingList(items=page, next_cursor=pages.link(more))
