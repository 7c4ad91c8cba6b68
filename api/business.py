"""The business's own settings: who it is, how it looks, and which web pages may ask for its times."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from api.auth import requires
from api.conditions import IfUnchanged
from api.openapi import BODY, problems
from api.requests import JsonOnly
from api.schemas.business import BusinessAnswer, BusinessChanges
from api.wiring import Wired
from domain.businesses import Business
from domain.people import Permission
from store.business_settings import read_business, write_business
from store.conditions import alone_with

routes = APIRouter(
    prefix="/api/v1/business",
    tags=["business"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.SETTINGS_READ)]
Writes = Annotated[UUID, requires(Permission.SETTINGS_WRITE)]


@routes.get("", summary="Show the business's settings")
async def show_business(wired: Wired, business_id: Reads) -> BusinessAnswer:
    """Of the business whose key or log-in this is."""
    return BusinessAnswer.of(await read_business(wired.pool, business_id))


@routes.patch(
    "",
    summary="Change the business's settings",
    responses=problems(*BODY, "invalid-request"),
)
async def patch_business(wired: Wired, business_id: Writes, body: BusinessChanges, seen: IfUnchanged) -> BusinessAnswer:
    """What is sent holds from now on; the rest stays. Bookings that are made keep their times, prices and terms. A page of an
    origin that is listed may ask within half a minute."""
    async with alone_with(wired.pool, business_id, "business") as connection:
        present = await read_business(connection, business_id)
        seen.check(BusinessAnswer.of(present))
        changed = _changed(present, body)
        await write_business(connection, changed)
    return BusinessAnswer.of(changed)


def _changed(present: Business, body: BusinessChanges) -> Business:
    sent: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    for part in ("profile", "branding"):
        if part in sent:
            sent[part] = replace(getattr(present, part), **sent[part].model_dump(exclude_unset=True))
    for several in ("languages", "origins"):
        if several in sent:
            sent[several] = tuple(sent[several])
    return replace(present, **sent)
