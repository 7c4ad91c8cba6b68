"""Who gives the services, and when they work."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from uuid_utils.compat import uuid7

from api.auth import requires
from api.conditions import IfUnchanged
from api.cursors import Paged, cursor_of, id_in
from api.openapi import BODY, problems
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
from api.schemas.queries import PageByExternalId, SeasonOfSchedule
from api.wiring import Wired
from domain.people import Permission
from domain.providers import Provider
from store.conditions import alone_with
from store.idempotency import remember
from store.pool import Database
from store.providers import create_provider, find_provider, give_service, list_providers, replace_provider
from store.schedules import drop_schedule, list_schedules, set_availability, write_schedule
from store.services import find_service, unknown_services

routes = APIRouter(
    prefix="/api/v1/providers",
    tags=["providers"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "invalid-request", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.CATALOGUE_READ)]
Writes = Annotated[UUID, requires(Permission.CATALOGUE_WRITE)]
SeesHours = Annotated[UUID, requires(Permission.SCHEDULES_READ)]
SetsHours = Annotated[UUID, requires(Permission.SCHEDULES_WRITE)]

PATH = "POST /api/v1/providers"


@routes.post(
    "", status_code=201, summary="Add a provider", responses=problems(*BODY, "idempotency-key-reused", "external-id-taken")
)
async def create_provider_route(
    wired: Wired, business_id: Writes, body: NewProvider, key: IdempotencyKey = None
) -> ProviderAnswer:
    """Adds who or what gives services. They are closed until they have a schedule."""
    await _check(wired.pool, business_id, body)
    provider = body.as_provider(business_id, uuid7())
    answer = ProviderAnswer.of(provider)
    kept = answer.model_dump(mode="json")
    async with wired.pool.acquire() as connection, connection.transaction():
        first = key and await remember(connection, business_id, key, request_hash(PATH, body), 201, kept)
        if not first:
            await create_provider(connection, provider)
    return ProviderAnswer.model_validate(first) if first else answer


@routes.get("", summary="List the providers")
async def list_providers_route(
    wired: Wired, business_id: Reads, page: Annotated[PageByExternalId, Query()], pages: Paged
) -> ProviderList:
    """In the order they were added."""
    found = await list_providers(wired.pool, business_id, id_in(page.cursor), page.limit + 1, page.external_id)
    more = cursor_of(str(found[page.limit - 1].id)) if len(found) > page.limit else None
    return ProviderList(items=[ProviderAnswer.of(provider) for provider in found[: page.limit]], next_cursor=pages.link(more))


@routes.get("/{provider_id}", summary="Show a provider", responses=problems("not-found"))
async def show_provider(wired: Wired, business_id: Reads, provider_id: UUID) -> ProviderAnswer:
    """One provider of this business."""
    return ProviderAnswer.of(await known_provider(wired, business_id, provider_id))


@routes.put("/{provider_id}", summary="Change a provider", responses=problems("not-found", *BODY, "external-id-taken"))
async def put_provider(
    wired: Wired, business_id: Writes, provider_id: UUID, body: NewProvider, seen: IfUnchanged
) -> ProviderAnswer:
    """Everything about them anew; what is left out is as in a new one.

    In another time zone their hours and time off are meant on its clocks from now on. What is booked stays at its instant.
    """
    async with alone_with(wired.pool, business_id, "providers", provider_id) as connection:
        seen.check(ProviderAnswer.of(await _known(connection, business_id, provider_id)))
        await _check(connection, business_id, body)
        provider = body.as_provider(business_id, provider_id)
        await replace_provider(connection, provider)
    return ProviderAnswer.of(provider)


@routes.put(
    "/{provider_id}/services/{service_id}",
    summary="Let a provider give a service",
    responses=problems("not-found", *BODY),
)
async def put_given_service(
    wired: Wired, business_id: Writes, provider_id: UUID, service_id: UUID, body: GivenService
) -> GivenServiceAnswer:
    """Gives the service from now on, or changes how early this provider is asked where it assigns by priority."""
    await known_provider(wired, business_id, provider_id)
    if await find_service(wired.pool, business_id, service_id) is None:
        raise not_found("service")
    await give_service(wired.pool, business_id, provider_id, service_id, body.priority)
    return GivenServiceAnswer(provider_id=provider_id, service_id=service_id, priority=body.priority)


@routes.get("/{provider_id}/schedule", summary="Show a provider's weekly hours", responses=problems("not-found"))
async def show_schedules(wired: Wired, business_id: SeesHours, provider_id: UUID) -> ScheduleList:
    """The week that always holds, and those of seasons, which go before it."""
    return await _schedules(wired.pool, business_id, await known_provider(wired, business_id, provider_id))


@routes.put("/{provider_id}/schedule", summary="Set a provider's weekly hours", responses=problems("not-found", *BODY))
async def put_schedule(
    wired: Wired, business_id: SetsHours, provider_id: UUID, body: Schedule, seen: IfUnchanged
) -> ScheduleAnswer:
    """Puts this week in place of the one before. Bookings already made stay."""
    first, last = body.valid_from or date.min, body.valid_until or date.max
    async with alone_with(wired.pool, business_id, "providers", provider_id, "schedule") as connection:
        provider = await _known(connection, business_id, provider_id)
        seen.check(await _schedules(connection, business_id, provider))
        await write_schedule(connection, business_id, provider_id, body.hours(), first, last)
    return ScheduleAnswer.model_construct(**dict(body), timezone=provider.timezone)


@routes.delete("/{provider_id}/schedule", status_code=204, summary="Take back a season's hours", responses=problems("not-found"))
async def delete_schedule(
    wired: Wired, business_id: SetsHours, provider_id: UUID, query: Annotated[SeasonOfSchedule, Query()], seen: IfUnchanged
) -> Response:
    """What held before the season holds again. The week that always holds stays; put another in its place."""
    async with alone_with(wired.pool, business_id, "providers", provider_id, "schedule") as connection:
        seen.check(await _schedules(connection, business_id, await _known(connection, business_id, provider_id)))
        if not await drop_schedule(connection, business_id, provider_id, query.valid_from):
            raise not_found("schedule with this first day")
    return Response(status_code=204)


@routes.post(
    "/{provider_id}/availability",
    status_code=201,
    summary="Set a provider's hours on one date",
    responses=problems("not-found", *BODY),
)
async def post_availability(wired: Wired, business_id: SetsHours, provider_id: UUID, body: Availability) -> AvailabilityAnswer:
    """Replaces the weekly hours on this date, also what was set for it before. No intervals means closed."""
    provider = await known_provider(wired, business_id, provider_id)
    await set_availability(wired.pool, business_id, provider_id, body.date, as_intervals(body.intervals))
    return AvailabilityAnswer.model_construct(date=body.date, intervals=body.intervals, timezone=provider.timezone)


async def known_provider(wired: Wired, business_id: UUID, provider_id: UUID) -> Provider:
    """This business's provider. Raises Problem where there is none."""
    return await _known(wired.pool, business_id, provider_id)


async def _known(database: Database, business_id: UUID, provider_id: UUID) -> Provider:
    provider = await find_provider(database, business_id, provider_id)
    if provider is None:
        raise not_found("provider")
    return provider


async def _schedules(database: Database, business_id: UUID, provider: Provider) -> ScheduleList:
    found = await list_schedules(database, business_id, provider.id)
    return ScheduleList.model_construct(items=[ScheduleAnswer.of(period, provider.timezone) for period in found])


async def _check(database: Database, business_id: UUID, body: NewProvider) -> None:
    """Raises Problem, naming the places, where the body speaks of services that this business does not have."""
    unknown = await unknown_services(database, business_id, list(body.service_ids))
    if not unknown:
        return
    places = [n for n, service_id in enumerate(body.service_ids) if service_id in unknown]
    errors = [{"pointer": f"/service_ids/{n}", "detail": "there is no such service"} for n in places]
    raise Problem("invalid-request", f"{errors[0]['pointer']}: there is no such service", errors)
