"""The price list: what a business sells."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from uuid_utils.compat import uuid7

from api.auth import requires
from api.conditions import IfUnchangedAlways
from api.cursors import Paged, cursor_of, id_in
from api.openapi import BODY, problems
from api.problems import Problem, invalid, not_found
from api.requests import IdempotencyKey, JsonOnly, request_hash
from api.schemas.queries import PageByExternalId
from api.schemas.service_requests import NewService
from api.schemas.services import ServiceAnswer, ServiceList
from api.wiring import Wired, Wiring
from domain.bookings import PaymentTiming
from domain.people import Permission
from domain.vendor_accounts import VendorKind
from settings import PaymentsVendor
from store.business_settings import read_currency
from store.conditions import alone_with
from store.idempotency import remember
from store.pool import Database
from store.providers import unknown_providers
from store.services import find_service, list_services, save_service
from store.vendor_accounts import show_accounts

routes = APIRouter(
    prefix="/api/v1/services",
    tags=["services"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "invalid-request", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.CATALOGUE_READ)]
Writes = Annotated[UUID, requires(Permission.CATALOGUE_WRITE)]

PATH = "POST /api/v1/services"


@routes.post(
    "",
    status_code=201,
    summary="Sell a new service",
    responses=problems(*BODY, "idempotency-key-reused", "external-id-taken"),
)
async def create_service_route(wired: Wired, business_id: Writes, body: NewService, key: IdempotencyKey = None) -> ServiceAnswer:
    """Adds a service to the price list. Providers who give it are told with their own call."""
    await _check(wired, wired.pool, business_id, body)
    service = body.as_service(business_id, uuid7())
    answer = ServiceAnswer.of(service)
    kept = answer.model_dump(mode="json")
    async with wired.pool.acquire() as connection, connection.transaction():
        first = key and await remember(connection, business_id, key, request_hash(PATH, body), 201, kept)
        if not first:
            await save_service(connection, service)
    return ServiceAnswer.model_validate(first) if first else answer


@routes.get("", summary="List the services")
async def list_services_route(
    wired: Wired, business_id: Reads, page: Annotated[PageByExternalId, Query()], pages: Paged
) -> ServiceList:
    """In the order they were made."""
    found = await list_services(wired.pool, business_id, id_in(page.cursor), page.limit + 1, page.external_id)
    more = cursor_of(str(found[page.limit - 1].id)) if len(found) > page.limit else None
    return ServiceList(items=[ServiceAnswer.of(service) for service in found[: page.limit]], next_cursor=pages.link(more))


@routes.get("/{service_id}", summary="Show a service", responses=problems("not-found"))
async def show_service(wired: Wired, business_id: Reads, service_id: UUID) -> ServiceAnswer:
    """One service of this business."""
    found = await find_service(wired.pool, business_id, service_id)
    if found is None:
        raise not_found("service")
    return ServiceAnswer.of(found)


@routes.put(
    "/{service_id}",
    summary="Change a service",
    responses=problems("not-found", "malformed-request", "body-too-large", "not-json", "external-id-taken"),
)
async def put_service(
    wired: Wired, business_id: Writes, service_id: UUID, body: NewService, seen: IfUnchangedAlways
) -> ServiceAnswer:
    """Everything about it anew, its price too; what is left out is as in a new one. Bookings that are made keep their times,
    price and terms."""
    async with alone_with(wired.pool, business_id, "services", service_id) as connection:
        present = await find_service(connection, business_id, service_id)
        if present is None:
            raise not_found("service")
        seen.check(ServiceAnswer.of(present))
        await _check(wired, connection, business_id, body)
        service = body.as_service(business_id, service_id)
        await save_service(connection, service)
    return ServiceAnswer.of(service)


async def _check(wired: Wiring, database: Database, business_id: UUID, body: NewService) -> None:
    if (
        body.payment is PaymentTiming.ONLINE
        and wired.settings.payments is PaymentsVendor.NONE
        and VendorKind.PAYMENTS not in await show_accounts(database, business_id)
    ):
        raise invalid("/payment", "must be none: no payment vendor is configured here")
    currency = await read_currency(database, business_id)
    if currency is not None and body.price.currency != currency:
        raise invalid("/price/currency", f"must be {currency}, in which the business sells")
    unknown = await unknown_providers(database, business_id, [one for need in body.resources for one in need])
    if unknown:
        raise _unknown(body, unknown)


def _unknown(body: NewService, unknown: set[UUID]) -> Problem:
    places = [f"/resources/{n}/{m}" for n, need in enumerate(body.resources) for m, one in enumerate(need) if one in unknown]
    errors = [{"pointer": place, "detail": "there is no such provider"} for place in places]
    return Problem("invalid-request", f"{places[0]}: there is no such provider", errors)
