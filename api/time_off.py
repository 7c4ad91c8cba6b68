"""When providers are away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from uuid_utils.compat import uuid7

from api.auth import requires
from api.cursors import Paged, cursor_of, start_and_id_in
from api.openapi import BODY, problems
from api.problems import not_found
from api.providers import known_provider
from api.requests import IdempotencyKey, JsonOnly, request_hash
from api.schemas.queries import LongPage
from api.schemas.time_off import NewTimeOff, NewTimeOffAnswer, TimeOffAnswer, TimeOffList
from api.wiring import Wired
from domain.people import Permission
from domain.times import instant
from store.claims import bookings_during
from store.idempotency import remember
from store.schedules import add_time_off, drop_time_off, list_time_off

routes = APIRouter(
    prefix="/api/v1/providers/{provider_id}/time-off",
    tags=["providers"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "invalid-request", "not-found", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.SCHEDULES_READ)]
Writes = Annotated[UUID, requires(Permission.SCHEDULES_WRITE)]


@routes.post("", status_code=201, summary="Give a provider time off", responses=problems(*BODY, "idempotency-key-reused"))
async def post_time_off(
    wired: Wired, business_id: Writes, provider_id: UUID, body: NewTimeOff, key: IdempotencyKey = None
) -> NewTimeOffAnswer:
    """Offers nothing of this provider, or of this room, in that time. Bookings already made stay, and are named."""
    provider = await known_provider(wired, business_id, provider_id)
    time_off, zone = body.as_time_off(uuid7(), provider_id), ZoneInfo(provider.timezone)
    during = instant(time_off.starts_at, zone), instant(time_off.ends_at, zone)
    path = f"POST /api/v1/providers/{provider_id}/time-off"
    async with wired.pool.acquire() as connection, connection.transaction():
        bookings = await bookings_during(connection, business_id, provider_id, *during)
        answer = NewTimeOffAnswer.with_bookings(time_off, provider.timezone, bookings)
        kept = answer.model_dump(mode="json", by_alias=True)
        first = key and await remember(connection, business_id, key, request_hash(path, body), 201, kept)
        if not first:
            await add_time_off(connection, business_id, time_off)
    return NewTimeOffAnswer.model_validate(first) if first else answer


@routes.get("", summary="List a provider's time off")
async def get_time_off(
    wired: Wired, business_id: Reads, provider_id: UUID, page: Annotated[LongPage, Query()], pages: Paged
) -> TimeOffList:
    """What is not over, in order of time."""
    provider = await known_provider(wired, business_id, provider_id)
    now = datetime.now(ZoneInfo(provider.timezone)).replace(tzinfo=None)
    begun = start_and_id_in(page.cursor)
    after = (begun[0].replace(tzinfo=None), begun[1]) if begun else None
    found = await list_time_off(wired.pool, business_id, provider_id, now, after, page.limit + 1)
    more = None
    if len(found) > page.limit:
        last = found[page.limit - 1]
        more = cursor_of(last.starts_at.replace(tzinfo=UTC).isoformat(), str(last.id))  # wall time, and taken as such above
    items = [TimeOffAnswer.of(entry, provider.timezone) for entry in found[: page.limit]]
    return TimeOffList(items=items, next_cursor=pages.link(more))


@routes.delete("/{time_off_id}", status_code=204, summary="Take time off back")
async def delete_time_off(wired: Wired, business_id: Writes, provider_id: UUID, time_off_id: UUID) -> Response:
    """The provider is not away after all."""
    if not await drop_time_off(wired.pool, business_id, provider_id, time_off_id):
        raise not_found("time off of this provider")
    return Response(status_code=204)
