"""Who gives the services, and when they work."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from uuid_utils.compat import uuid7

from api.auth import Business
from api.cursors import cursor_of, id_in
from api.openapi import problems
from api.problems import Problem, not_found
from api.requests import IdempotencyKey, JsonOnly, request_hash
from api.schemas.providers import (
    Availability,
    AvailabilityAnswer,
    GivenService,
    GivenServiceAnswer,
    NewProvider,
    ProviderAnswer,
    ProviderList,
    Schedule,
    ScheduleAnswer,
    ScheduleList,
    as_intervals,
)
from api.schemas.queries import Page, SeasonOfSchedule
from api.wiring import Wired, Wiring
from domain.providers import Provider
from store.idempotency import remember
from store.providers import create_provider, find_provider, give_service, list_providers, replace_provider
from store.schedules import drop_schedule, list_schedules, replace_schedule, set_availability
from store.services import find_service, unknown_services

routes = APIRouter(
    prefix="/api/v1/providers",
    tags=["providers"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "invalid-request", "unavailable"),
)

PATH = "POST /api/v1/providers"
BODY = ("malformed-request", "body-too-large", "not-json")


@routes.post("", status_code=201, summary="Add a provider", responses=problems(*BODY, "idempotency-key-reused"))
async def create_provider_route(
    wired: Wired, business_id: Business, body: NewProvider, key: IdempotencyKey = None
) -> ProviderAnswer:
    """Adds who or what gives services. They are closed until they have a schedule."""
    await _check(wired, business_id, body)
    provider = body.as_provider(business_id, uuid7())
    answer = ProviderAnswer.of(provider)
    kept = answer.model_dump(mode="json")
    async with wired.pool.acquire() as connection, connection.transaction():
        first = key and await remember(connection, business_id, key, request_hash(PATH, body), 201, kept)
        if not first:
            await create_provider(connection, provider)
    return ProviderAnswer.model_validate(first) if first else answer


@routes.get("", summary="List the providers")
async def list_providers_route(wired: Wired, business_id: Business, page: Annotated[Page, Query()]) -> ProviderList:
    """In the order they were added."""
    found = await list_providers(wired.pool, business_id, id_in(page.cursor), page.limit + 1)
    more = cursor_of(str(found[page.limit - 1].id)) if len(found) > page.limit else None
    return ProviderList(items=[ProviderAnswer.of(provider) for provider in found[: page.limit]], next_cursor=more)


@routes.get("/{provider_id}", summary="Show a provider", responses=problems("not-found"))
async def show_provider(wired: Wired, business_id: Business, provider_id: UUID) -> ProviderAnswer:
    """One provider of this business."""
    return ProviderAnswer.of(await known_provider(wired, business_id, provider_id))


@routes.put("/{provider_id}", summary="Change a provider", responses=problems("not-found", *BODY))
async def put_provider(wired: Wired, business_id: Business, provider_id: UUID, body: NewProvider) -> ProviderAnswer:
    """Everything about them anew; what is left out is as in a new one.

    In another time zone their hours and time off are meant on its clocks from now on. What is booked stays at its instant.
    """
    await known_provider(wired, business_id, provider_id)
    await _check(wired, business_id, body)
    provider = body.as_provider(business_id, provider_id)
    async with wired.pool.acquire() as connection, connection.transaction():
        await replace_provider(connection, provider)
    return ProviderAnswer.of(provider)


@routes.put(
    "/{provider_id}/services/{service_id}",
    summary="Let a provider give a service",
    responses=problems("not-found", *BODY),
)
async def put_given_service(
    wired: Wired, business_id: Business, provider_id: UUID, service_id: UUID, body: GivenService
) -> GivenServiceAnswer:
    """Gives the service from now on, or changes how early this provider is asked where it assigns by priority."""
    await known_provider(wired, business_id, provider_id)
    if await find_service(wired.pool, business_id, service_id) is None:
        raise not_found("service")
    await give_service(wired.pool, business_id, provider_id, service_id, body.priority)
    return GivenServiceAnswer(provider_id=provider_id, service_id=service_id, priority=body.priority)


@routes.get("/{provider_id}/schedule", summary="Show a provider's weekly hours", responses=problems("not-found"))
async def show_schedules(wired: Wired, business_id: Business, provider_id: UUID) -> ScheduleList:
    """The week that always holds, and those of seasons, which go before it."""
    provider = await known_provider(wired, business_id, provider_id)
    found = await list_schedules(wired.pool, business_id, provider_id)
    return ScheduleList.model_construct(items=[ScheduleAnswer.of(period, provider.timezone) for period in found])


@routes.put("/{provider_id}/schedule", summary="Set a provider's weekly hours", responses=problems("not-found", *BODY))
async def put_schedule(wired: Wired, business_id: Business, provider_id: UUID, body: Schedule) -> ScheduleAnswer:
    """Puts this week in place of the one before. Bookings already made stay."""
    provider = await known_provider(wired, business_id, provider_id)
    first, last = body.valid_from or date.min, body.valid_until or date.max
    await replace_schedule(wired.pool, business_id, provider_id, body.hours(), first, last)
    return ScheduleAnswer.model_construct(**dict(body), timezone=provider.timezone)


@routes.delete("/{provider_id}/schedule", status_code=204, summary="Take back a season's hours", responses=problems("not-found"))
async def delete_schedule(
    wired: Wired, business_id: Business, provider_id: UUID, query: Annotated[SeasonOfSchedule, Query()]
) -> Response:
    """What held before the season holds again. The week that always holds stays; put another in its place."""
    await known_provider(wired, business_id, provider_id)
    if not await drop_schedule(wired.pool, business_id, provider_id, query.valid_from):
        raise not_found("schedule with this first day")
    return Response(status_code=204)


@routes.post(
    "/{provider_id}/availability",
    status_code=201,
    summary="Set a provider's hours on one date",
    responses=problems("not-found", *BODY),
)
async def post_availability(wired: Wired, business_id: Business, provider_id: UUID, body: Availability) -> AvailabilityAnswer:
    """Replaces the weekly hours on this date, also what was set for it before. No intervals means closed."""
    provider = await known_provider(wired, business_id, provider_id)
    await set_availability(wired.pool, business_id, provider_id, body.date, as_intervals(body.intervals))
    return AvailabilityAnswer.model_construct(date=body.date, intervals=body.intervals, timezone=provider.timezone)


async def known_provider(wired: Wired, business_id: UUID, provider_id: UUID) -> Provider:
    """This business's provider. Raises Problem where there is none."""
    provider = await find_provider(wired.pool, business_id, provider_id)
    if provider is None:
        raise not_found("provider")
    return provider


async def _check(wired: Wiring, business_id: UUID, body: NewProvider) -> None:
    """Raises Problem, naming the places, where the body speaks of services that this business does not have."""
    unknown = await unknown_services(wired.pool, business_id, list(body.service_ids))
    if not unknown:
        return
    places = [n for n, service_id in enumerate(body.service_ids) if service_id in unknown]
    errors = [{"pointer": f"/service_ids/{n}", "detail": "there is no such service"} for n in places]
    raise Problem("invalid-request", f"{errors[0]['pointer']}: there is no such service", errors)
