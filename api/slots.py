"""Which times can be booked; open to everybody."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from api.freshness import Tag
from api.openapi import problems
from api.problems import invalid_parameter, not_found
from api.schemas.queries import SlotsOfProvider, SlotsOfService
from api.schemas.slots import SlotsAnswer, UnknownAnswer, as_json
from api.wiring import Wired, Wiring
from domain.notice import next_turn
from domain.slots import Removed, Slot, closed_days, survey
from store.slots import SlotFacts, read_slot_facts
from store.time_versions import read_stamp

routes = APIRouter(prefix="/api/v1", tags=["slots"], responses=problems("invalid-request", "not-found", "unavailable"))


CACHED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {name: {"schema": {"type": "string"}} for name in ("ETag", "Cache-Control")}},
    304: {"description": "As before: the answer with the ETag that came in If-None-Match still stands."},
}
IfNoneMatch = Annotated[str | None, Header(description="The ETag of an earlier answer to the same question.")]
AT_ONCE = 15  # days times providers that are worked out faster than they are handed to a thread


@routes.get("/providers/{provider_id}/slots", summary="A provider's free slots", response_model=SlotsAnswer, responses=CACHED)
async def provider_slots(
    wired: Wired, provider_id: UUID, query: Annotated[SlotsOfProvider, Query()], if_none_match: IfNoneMatch = None
) -> Response:
    """Free slots of one service with this provider, shown in their time zone unless another is asked for."""
    asked = (query.service_id, provider_id, *query.rough_range())
    if fresh := await _still_fresh(wired, query.service_id, provider_id, if_none_match):
        return fresh
    facts = await read_slot_facts(wired.pool, *asked)
    if facts is None:
        raise invalid_parameter("service_id", "names no service")
    if not facts.diaries:
        raise not_found("provider of this service")
    return await _answer(facts, query, ZoneInfo(query.timezone) if query.timezone else facts.diaries[0].hours.zone)


@routes.get("/services/{service_id}/slots", summary="A service's free slots", response_model=SlotsAnswer, responses=CACHED)
async def service_slots(
    wired: Wired, service_id: UUID, query: Annotated[SlotsOfService, Query()], if_none_match: IfNoneMatch = None
) -> Response:
    """Free slots of this service with any of its providers, shown in the business's time zone unless another is asked for."""
    asked = (service_id, None, *query.rough_range())
    if fresh := await _still_fresh(wired, service_id, None, if_none_match):
        return fresh
    facts = await read_slot_facts(wired.pool, *asked)
    if facts is None:
        raise not_found("service")
    return await _answer(facts, query, ZoneInfo(query.timezone or facts.business_timezone))


async def _still_fresh(wired: Wiring, service_id: UUID, provider_id: UUID | None, if_none_match: str | None) -> Response | None:
    """A client that has no tag of ours costs nothing here."""
    tags = list(Tag.all_in(if_none_match))
    if not tags:
        return None
    present = await read_stamp(wired.pool, service_id, provider_id)
    return next(
        (Response(status_code=304, headers=tag.headers()) for tag in tags if tag.stands(present.stamp, present.now)), None
    )


async def _answer(facts: SlotFacts, query: SlotsOfService, zone: ZoneInfo) -> Response:
    """A whole response, which FastAPI does not check once more."""
    since, until = query.exact_range(zone)
    if len(facts.diaries) * ((until - since).days + 1) <= AT_ONCE:
        body, tag = _work_out(facts, query, zone)
    else:
        body, tag = await asyncio.to_thread(_work_out, facts, query, zone)
    return Response(body, media_type="application/json", headers=tag.headers())


def _work_out(facts: SlotFacts, query: SlotsOfService, zone: ZoneInfo) -> tuple[str, Tag]:
    service = facts.service.lasting(timedelta(minutes=query.duration_minutes) if query.duration_minutes else None)
    if service is None:
        raise invalid_parameter("duration_minutes", "is not one of the service's durations")
    since, until = query.exact_range(zone)
    found = [time for diary in facts.diaries for time in survey(service, diary, since, until, facts.now, facts.needs)]
    free = sorted((time for time in found if isinstance(time, Slot)), key=_order)
    removed = None
    if query.explain == "1":
        closed = [day for diary in facts.diaries for day in closed_days(diary, since, until)]
        removed = sorted([*(time for time in found if isinstance(time, Removed)), *closed], key=_order)
    tag = Tag.of(facts.stamp, facts.stands_until, next_turn(service, (time.starts_at for time in found), facts.now))
    return as_json(free, removed, _unknown(facts), zone), tag


def _order(time: Slot | Removed) -> tuple[datetime, UUID, datetime]:
    return time.starts_at, time.provider_id, time.ends_at


def _unknown(facts: SlotFacts) -> list[UnknownAnswer]:
    """Of the providers, and of what the service takes beside them."""
    everyone = {diary.provider_id: diary for each in (facts.diaries, *facts.needs) for diary in each}
    return [UnknownAnswer.of(diary) for diary in everyone.values() if diary.unknown]
