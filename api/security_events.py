"""What happened to accounts, log-ins, roles and keys: for a business's owners, and for each person about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth import LoggedIn, requires
from api.cursors import Paged, Pages, cursor_of, start_and_id_in
from api.openapi import problems
from api.schemas.queries import Page
from api.schemas.security_events import SecurityEventAnswer, SecurityEventList
from api.wiring import Wired
from domain.people import Permission
from store.security_events import SecurityEvent, list_events_of_business, list_events_of_person

routes = APIRouter(prefix="/api/v1", tags=["people"], responses=problems("unauthorised", "invalid-request", "unavailable"))

Reads = Annotated[UUID, requires(Permission.SECURITY_READ)]
Asked = Annotated[Page, Query()]


@routes.get("/security-events", summary="List what happened to members and keys")
async def list_security_events(wired: Wired, business_id: Reads, page: Asked, pages: Paged) -> SecurityEventList:
    """Log-ins to the business, roles, members, keys and apps; the latest first. Its owners alone see them."""
    found = await list_events_of_business(wired.pool, business_id, start_and_id_in(page.cursor), page.limit + 1)
    return _listed(found, page.limit, pages)


@routes.get("/me/security-events", summary="List what happened to my account", responses=problems("forbidden"))
async def list_my_security_events(wired: Wired, access: LoggedIn, page: Asked, pages: Paged) -> SecurityEventList:
    """One's own log-ins, passwords, second factors and roles, with whatever business; the latest first."""
    found = await list_events_of_person(wired.door, access.person_id, start_and_id_in(page.cursor), page.limit + 1)
    return _listed(found, page.limit, pages)


def _listed(found: Sequence[SecurityEvent], limit: int, pages: Pages) -> SecurityEventList:
    shown = found[:limit]
    more = cursor_of(shown[-1].at.isoformat(), str(shown[-1].id)) if len(found) > limit else None
    return SecurityEventList(
        items=[SecurityEventAnswer.model_validate(one, from_attributes=True) for one in shown], next_cursor=pages.link(more)
    )
