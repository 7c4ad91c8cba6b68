"""Which times can be booked; open to everybody."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from api.answers import Answered, Question
from api.explaining import in_words
from api.freshness import Tag, edition
from api.openapi import problems
from api.problems import invalid_parameter, not_found
from api.schemas.queries import SlotsOfProvider, SlotsOfService
from api.schemas.slots import SlotsAnswer, UnknownAnswer, as_json
from api.wiring import Wired, Wiring
from domain.notice import next_turn
from domain.slots import Slot, survey, why_not
from store.slots import SlotFacts, read_slot_facts
from store.time_versions import read_stamp

routes = APIRouter(prefix="/api/v1", tags=["slots"], responses=problems("invalid-request", "not-found", "unavailable"))


CACHED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {name: {"schema": {"type": "string"}} for name in ("ETag", "Cache-Control")}},
    304: {"description": "As before: the answer with the ETag that came in If-None-Match still stands."},
}
IfNoneMatch = Annotated[str | None, Header(description="The ETag of an earlier answer to the same question.")]
AT_ONCE = 35  # days times providers: for these few milliseconds, more than a thread saves goes into taking turns with it


@routes.get("/providers/{provider_id}/slots", summary="A provider's free slots", response_model=SlotsAnswer, responses=CACHED)
async def provider_slots(
    wired: Wired, provider_id: UUID, query: Annotated[SlotsOfProvider, Query()], if_none_match: IfNoneMatch = None
) -> Response:
    """Free slots of one service with this provider, shown in their time zone unless another is asked for."""
    found = await _answer(wired, Question(query.service_id, provider_id, query), if_none_match)
    if found is None:
        raise invalid_parameter("service_id", "names no service")
    return found


@routes.get("/services/{service_id}/slots", summary="A service's free slots", response_model=SlotsAnswer, responses=CACHED)
async def service_slots(
    wired: Wired, service_id: UUID, query: Annotated[SlotsOfService, Query()], if_none_match: IfNoneMatch = None
) -> Response:
    """Free slots of this service with any of its providers, shown in the business's time zone unless another is asked for."""
    found = await _answer(wired, Question(service_id, None, query), if_none_match)
    if found is None:
        raise not_found("service")
    return found


async def _answer(wired: Wiring, question: Question, if_none_match: str | None) -> Response | None:
    """From what the client or we have kept, where that still stands; worked out anew otherwise. None for an unknown service."""
    rough = question.query.rough_range()  # refuses what makes no sense before anything is looked up
    if await wired.services.enter_business(wired.pool, question.service_id) is None:
        return None
    if old := await _as_before(wired, question, if_none_match):
        return old
    facts = await read_slot_facts(wired.pool, question.service_id, question.provider_id, *rough, edition())
    if facts is None:
        return None
    if question.provider_id is not None and not facts.diaries:
        raise not_found("provider of this service")
    answer = await _worked_out(facts, question)
    wired.answers.keep(question, answer)
    return _whole(answer)


async def _as_before(wired: Wiring, question: Question, if_none_match: str | None) -> Response | None:
    """What the client or we have kept, if that still stands. Where nobody has kept anything, this costs nothing."""
    kept, theirs = wired.answers.get(question), list(Tag.all_in(if_none_match))
    if kept is None and not theirs:
        return None
    present = await read_stamp(wired.pool, question.service_id, question.provider_id, edition())
    for tag in theirs:
        if tag.stands(present.stamp, present.now):
            return Response(status_code=304, headers=tag.headers())
    return _whole(kept) if kept is not None and kept.tag.stands(present.stamp, present.now) else None


def _whole(answer: Answered) -> Response:
    """A whole response, which FastAPI does not check once more."""
    return Response(answer.body, media_type="application/json", headers=answer.tag.headers())


async def _worked_out(facts: SlotFacts, question: Question) -> Answered:
    query = question.query
    zone = query.timezone or (facts.business_timezone if question.provider_id is None else facts.diaries[0].hours.zone.key)
    since, until = query.exact_range(ZoneInfo(zone))
    if len(facts.diaries) * ((until - since).days + 1) <= AT_ONCE:
        return _work_out(facts, query, ZoneInfo(zone))
    return await asyncio.to_thread(_work_out, facts, query, ZoneInfo(zone))


def _work_out(facts: SlotFacts, query: SlotsOfService, zone: ZoneInfo) -> Answered:
    service = facts.service.lasting(timedelta(minutes=query.duration_minutes) if query.duration_minutes else None)
    if service is None:
        raise invalid_parameter("duration_minutes", "is not one of the service's durations")
    since, until = query.exact_range(zone)
    found = [time for diary in facts.diaries for time in survey(service, diary, since, until, facts.now, facts.needs)]
    free = sorted((time for time in found if isinstance(time, Slot)), key=_start)  # of one start as they came, by provider
    removed = None
    if query.explain == "1":
        removed = [(time, in_words(time, service)) for time in why_not(found, facts.diaries, since, until)]
    tag = Tag.of(facts.stamp, facts.stands_until, next_turn(service, (time.starts_at for time in found), facts.now))
    return Answered(as_json(free, removed, _unknown(facts), zone).encode(), tag)


_start = attrgetter("starts_at")


def _unknown(facts: SlotFacts) -> list[UnknownAnswer]:
    """Of the providers, and of what the service takes beside them."""
    everyone = {diary.provider_id: diary for each in (facts.diaries, *facts.needs) for diary in each}
    return [UnknownAnswer.of(diary) for diary in everyone.values() if diary.unknown]
