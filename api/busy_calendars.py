"""Calendars outside in which providers are busy: whoever reads them tells here what was read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from uuid_utils.compat import uuid7

from api.auth import requires
from api.cursors import Paged, cursor_of, id_in
from api.openapi import BODY, problems
from api.problems import Problem, invalid, not_found
from api.providers import known_provider
from api.requests import IdempotencyKey, JsonOnly, request_hash
from api.schemas.busy_calendars import BusyCalendarAnswer, BusyCalendarList, NewBusyCalendar, Reading, ReadingAnswer
from api.schemas.queries import LongPage
from api.wiring import Wired
from domain.people import Permission
from store.busy_calendars import (
    BusyCalendar,
    create_busy_calendar,
    drop_busy_calendar,
    list_busy_calendars,
    replace_busy_times,
)
from store.idempotency import remember

routes = APIRouter(
    prefix="/api/v1/providers/{provider_id}/busy-calendars",
    tags=["providers"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "invalid-request", "not-found", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.SCHEDULES_READ)]
Writes = Annotated[UUID, requires(Permission.SCHEDULES_WRITE)]


@routes.post("", status_code=201, summary="Mind a calendar outside", responses=problems(*BODY, "idempotency-key-reused"))
async def post_busy_calendar(
    wired: Wired, business_id: Writes, provider_id: UUID, body: NewBusyCalendar, key: IdempotencyKey = None
) -> BusyCalendarAnswer:
    """From now on the provider's time is offered only while this calendar is known; tell what it holds with its times."""
    await known_provider(wired, business_id, provider_id)
    calendar = BusyCalendar(uuid7(), provider_id, body.name, body.good_for_minutes * 60, None, is_known=False)
    answer = BusyCalendarAnswer.of(calendar)
    path = f"POST /api/v1/providers/{provider_id}/busy-calendars"
    async with wired.pool.acquire() as connection, connection.transaction():
        kept = answer.model_dump(mode="json")
        first = key and await remember(connection, business_id, key, request_hash(path, body), 201, kept)
        if not first:
            await create_busy_calendar(
                connection, business_id, provider_id, calendar.id, calendar.name, calendar.good_for_seconds
            )
    return BusyCalendarAnswer.model_validate(first) if first else answer


@routes.get("", summary="List a provider's calendars outside")
async def get_busy_calendars(
    wired: Wired, business_id: Reads, provider_id: UUID, page: Annotated[LongPage, Query()], pages: Paged
) -> BusyCalendarList:
    """Which are minded, and when each was last read."""
    await known_provider(wired, business_id, provider_id)
    found = await list_busy_calendars(wired.pool, business_id, provider_id, id_in(page.cursor), page.limit + 1)
    more = cursor_of(str(found[page.limit - 1].id)) if len(found) > page.limit else None
    items = [BusyCalendarAnswer.of(calendar) for calendar in found[: page.limit]]
    return BusyCalendarList(items=items, next_cursor=pages.link(more))


@routes.put("/{calendar_id}/times", summary="Tell what a calendar outside holds", responses=problems(*BODY, "older-reading"))
async def put_busy_times(wired: Wired, business_id: Writes, provider_id: UUID, calendar_id: UUID, body: Reading) -> ReadingAnswer:
    """Puts all that was read in place of what was known. A reading older than that is refused, and changes nothing."""
    if body.is_ahead_of(datetime.now(UTC)):
        raise invalid("/read_at", "must not be in the future")
    stands = await replace_busy_times(wired.pool, business_id, provider_id, calendar_id, body.as_times(), body.read_at)
    if stands is None:
        raise not_found("calendar of this provider")
    if stands > body.read_at:
        raise Problem("older-reading", f"the calendar was read at {stands.isoformat()}, after this reading")
    return ReadingAnswer(calendar_id=calendar_id, read_at=stands, times=len(body.times))


@routes.delete("/{calendar_id}", status_code=204, summary="Mind a calendar outside no more")
async def delete_busy_calendar(wired: Wired, business_id: Writes, provider_id: UUID, calendar_id: UUID) -> Response:
    """Its entries are forgotten."""
    if not await drop_busy_calendar(wired.pool, business_id, provider_id, calendar_id):
        raise not_found("calendar of this provider")
    return Response(status_code=204)
