"""Which times can be booked; open to everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from api.openapi import problems
from api.problems import invalid_parameter, not_found
from api.schemas.queries import SlotsOfProvider, SlotsOfService
from api.schemas.slots import RemovedAnswer, SlotsAnswer, UnknownAnswer, shown
from api.wiring import Wired
from domain import slots
from domain.slots import Removed, Slot
from store.slots import SlotFacts, read_slot_facts

routes = APIRouter(prefix="/api/v1", tags=["slots"], responses=problems("invalid-request", "not-found", "unavailable"))


@routes.get("/providers/{provider_id}/slots", summary="A provider's free slots", response_model_exclude_none=True)
async def provider_slots(wired: Wired, provider_id: UUID, query: Annotated[SlotsOfProvider, Query()]) -> SlotsAnswer:
    """Free slots of one service with this provider, shown in their time zone unless another is asked for."""
    facts = await read_slot_facts(wired.pool, query.service_id, provider_id, *query.rough_range())
    if facts is None:
        raise invalid_parameter("service_id", "names no service")
    if not facts.diaries:
        raise not_found("provider of this service")
    return await _answer(facts, query, ZoneInfo(query.timezone) if query.timezone else facts.diaries[0].hours.zone)


@routes.get("/services/{service_id}/slots", summary="A service's free slots", response_model_exclude_none=True)
async def service_slots(wired: Wired, service_id: UUID, query: Annotated[SlotsOfService, Query()]) -> SlotsAnswer:
    """Free slots of this service with any of its providers, shown in the business's time zone unless another is asked for."""
    facts = await read_slot_facts(wired.pool, service_id, None, *query.rough_range())
    if facts is None:
        raise not_found("service")
    return await _answer(facts, query, ZoneInfo(query.timezone or facts.business_timezone))


async def _answer(facts: SlotFacts, query: SlotsOfService, zone: ZoneInfo) -> SlotsAnswer:
    free, removed = await asyncio.to_thread(_work_out, facts, query, zone)  # 62 days of many providers take a while
    return SlotsAnswer(
        slots=shown(free, zone),
        timezone=zone.key,
        unknown=_unknown(facts),
        removed=None if removed is None else [RemovedAnswer.of(time, zone) for time in removed],
    )


def _unknown(facts: SlotFacts) -> list[UnknownAnswer] | None:
    """Of the providers, and of what the service takes beside them."""
    everyone = {diary.provider_id: diary for each in (facts.diaries, *facts.needs) for diary in each}
    return [UnknownAnswer.of(diary) for diary in everyone.values() if diary.unknown] or None


def _work_out(facts: SlotFacts, query: SlotsOfService, zone: ZoneInfo) -> tuple[Sequence[Slot], Sequence[Removed] | None]:
    service = facts.service.lasting(timedelta(minutes=query.duration_minutes) if query.duration_minutes else None)
    if service is None:
        raise invalid_parameter("duration_minutes", "is not one of the service's durations")
    asked = (*query.exact_range(zone), facts.now, facts.needs)
    free = [slot for diary in facts.diaries for slot in slots.slots(service, diary, *asked)]
    free.sort(key=lambda slot: (slot.starts_at, slot.provider_id))
    if query.explain == "0":
        return free, None
    removed = [time for diary in facts.diaries for time in slots.explain(service, diary, *asked)]
    return free, sorted(removed, key=lambda time: (time.starts_at, time.provider_id))
