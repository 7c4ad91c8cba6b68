"""Webhooks out: where a business wants to hear of its bookings, whether it did, and sending it again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from uuid_utils.compat import uuid7

from api.auth import requires
from api.conditions import IfUnchanged
from api.cursors import Paged, cursor_of, id_in
from api.openapi import BODY, problems
from api.problems import Problem, invalid, not_found
from api.requests import Cursor, IdempotencyKey, JsonOnly, PageSize, request_hash
from api.schemas.webhooks import (
    DeliveryAnswer,
    DeliveryList,
    EndpointTest,
    NewWebhookEndpoint,
    NewWebhookEndpointAnswer,
    ReplayAnswer,
    ReplayRange,
    Rotation,
    SecretAnswer,
    WebhookEndpointAnswer,
    WebhookEndpointChanges,
    WebhookEndpointList,
)
from api.wiring import Wired, Wiring
from domain.people import Permission
from domain.webhooks import DeliveryState, check_url, new_secret
from store import webhook_endpoints as store
from store import webhook_log
from store.idempotency import remember
from store.webhook_deliveries import skip_all
from store.webhook_endpoints import WebhookEndpoint
from store.webhook_events import create_test

routes = APIRouter(
    prefix="/api/v1/webhook-endpoints",
    tags=["webhook endpoints"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "invalid-request", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.WEBHOOKS_READ)]
Writes = Annotated[UUID, requires(Permission.WEBHOOKS_WRITE)]


@routes.post(
    "", status_code=201, summary="Hear of bookings", responses=problems(*BODY, "idempotency-key-reused", "invalid-request")
)
async def post_webhook_endpoint(
    wired: Wired, business_id: Writes, body: NewWebhookEndpoint, response: Response, key: IdempotencyKey = None
) -> NewWebhookEndpointAnswer:
    """From now on what happens to the business's bookings is posted there, signed with the `secret` that is shown only here."""
    _check(wired, body.url)
    secret, endpoint_id = new_secret(), uuid7()
    kept = (body.url, body.description, body.event_types, secret)
    async with wired.pool.acquire() as connection, connection.transaction():
        made = await store.create_endpoint(connection, business_id, endpoint_id, *kept, is_enabled=body.enabled)
        answer = NewWebhookEndpointAnswer.of(made, secret=secret)
        first = key and await remember(
            connection,
            business_id,
            key,
            request_hash("POST /api/v1/webhook-endpoints", body),
            201,
            answer.model_dump(mode="json"),
        )
        if first:
            await store.drop_endpoint(connection, business_id, endpoint_id)
    answer = NewWebhookEndpointAnswer.model_validate(first) if first else answer
    response.headers["Location"] = f"/api/v1/webhook-endpoints/{answer.id}"
    return answer


@routes.get("", summary="List webhook endpoints")
async def get_webhook_endpoints(
    wired: Wired, business_id: Reads, pages: Paged, cursor: Cursor = None, limit: PageSize = 50
) -> WebhookEndpointList:
    """In the order they were made."""
    found = await store.list_endpoints(wired.pool, business_id, id_in(cursor), limit + 1)
    more = cursor_of(str(found[limit - 1].id)) if len(found) > limit else None
    return WebhookEndpointList(items=[WebhookEndpointAnswer.of(one) for one in found[:limit]], next_cursor=pages.link(more))


@routes.get("/{endpoint_id}", summary="Show a webhook endpoint", responses=problems("not-found"))
async def get_webhook_endpoint(wired: Wired, business_id: Reads, endpoint_id: UUID) -> WebhookEndpointAnswer:
    """The endpoint as it stands: whether it is told, and if not, why."""
    return WebhookEndpointAnswer.of(await _known(wired, business_id, endpoint_id))


@routes.patch("/{endpoint_id}", summary="Change a webhook endpoint", responses=problems(*BODY, "not-found"))
async def patch_webhook_endpoint(
    wired: Wired, business_id: Writes, endpoint_id: UUID, body: WebhookEndpointChanges, seen: IfUnchanged
) -> WebhookEndpointAnswer:
    """Holds for retries, too. What is on its way when an endpoint is disabled is skipped; a replay sends it later."""
    sent = body.model_dump(exclude_unset=True)
    if body.url is not None:
        _check(wired, body.url)
    async with wired.pool.acquire() as connection, connection.transaction():
        present = await store.find_endpoint(connection, business_id, endpoint_id, to_change=True)
        if present is None:
            raise not_found("webhook endpoint")
        seen.check(WebhookEndpointAnswer.of(present))
        changed = await store.change_endpoint(
            connection,
            business_id,
            endpoint_id,
            sent.get("url", present.url),
            sent.get("description", present.description),
            sent.get("event_types", present.event_types),
            is_enabled=sent.get("enabled", present.is_enabled),
        )
        if changed is None:
            raise not_found("webhook endpoint")
        if not changed.is_enabled:
            await skip_all(connection, business_id, endpoint_id)
    return WebhookEndpointAnswer.of(changed)


@routes.delete("/{endpoint_id}", status_code=204, summary="Drop a webhook endpoint", responses=problems("not-found"))
async def delete_webhook_endpoint(wired: Wired, business_id: Writes, endpoint_id: UUID, seen: IfUnchanged) -> Response:
    """It is told nothing more, and its log is gone."""
    async with wired.pool.acquire() as connection, connection.transaction():
        present = await store.find_endpoint(connection, business_id, endpoint_id, to_change=True)
        if present is None:
            raise not_found("webhook endpoint")
        seen.check(WebhookEndpointAnswer.of(present))
        await store.drop_endpoint(connection, business_id, endpoint_id)
    return Response(status_code=204)


@routes.post("/{endpoint_id}/rotate-secret", summary="Renew a webhook's secret", responses=problems(*BODY, "not-found"))
async def rotate_webhook_secret(
    wired: Wired, business_id: Writes, endpoint_id: UUID, body: Rotation | None = None
) -> SecretAnswer:
    """Signs with a new secret from now on; for a while with the old one, too, so that no receiver has to change in one moment."""
    secret = new_secret()
    until = await store.rotate_secret(wired.pool, business_id, endpoint_id, secret, (body or Rotation()).old_valid_for)
    if until is None:
        raise not_found("webhook endpoint")
    return SecretAnswer(secret=secret, old_secret_valid_until=until)


@routes.post(
    "/{endpoint_id}/test", status_code=202, summary="Try a webhook endpoint", responses=problems("not-found", "not-allowed-now")
)
async def test_webhook_endpoint(wired: Wired, business_id: Writes, endpoint_id: UUID) -> DeliveryAnswer:
    """Posts an event that tells of nothing, whatever types the endpoint wants; the log says what came of it."""
    await _enabled(wired, business_id, endpoint_id)
    event_id, delivery_id, now = uuid7(), uuid7(), datetime.now(UTC)
    payload = EndpointTest(timestamp=now, data={"endpoint_id": endpoint_id}).model_dump_json()
    async with wired.pool.acquire() as connection, connection.transaction():
        await create_test(connection, business_id, event_id, now, payload)
        await webhook_log.create_delivery(connection, business_id, endpoint_id, delivery_id, event_id)
    return await _logged(wired, business_id, endpoint_id, delivery_id)


@routes.get("/{endpoint_id}/deliveries", summary="A webhook's delivery log", responses=problems("not-found"))
async def get_webhook_deliveries(
    wired: Wired,
    business_id: Reads,
    endpoint_id: UUID,
    pages: Paged,
    state: Annotated[DeliveryState | None, Query()] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> DeliveryList:
    """The latest first; kept for a month."""
    await _known(wired, business_id, endpoint_id)
    found = await webhook_log.list_deliveries(wired.pool, business_id, endpoint_id, state, id_in(cursor), limit + 1)
    more = cursor_of(str(found[limit - 1].id)) if len(found) > limit else None
    return DeliveryList(items=[DeliveryAnswer.of(one) for one in found[:limit]], next_cursor=pages.link(more))


@routes.post(
    "/{endpoint_id}/deliveries/{delivery_id}/replay",
    status_code=202,
    summary="Send a webhook again",
    responses=problems("not-found", "not-allowed-now"),
)
async def replay_webhook_delivery(wired: Wired, business_id: Writes, endpoint_id: UUID, delivery_id: UUID) -> DeliveryAnswer:
    """Posts the same event once more, at once and under the same `webhook-id`; takes the place of a retry that waits."""
    await _enabled(wired, business_id, endpoint_id)
    await _logged(wired, business_id, endpoint_id, delivery_id)
    async with wired.pool.acquire() as connection, connection.transaction():
        made = await webhook_log.replay(connection, business_id, endpoint_id, delivery_id)
    if made is None:
        raise Problem("not-allowed-now", "the event is on its way to this endpoint already")
    return await _logged(wired, business_id, endpoint_id, made)


@routes.post(
    "/{endpoint_id}/replay",
    status_code=202,
    summary="Send a time's webhooks again",
    responses=problems(*BODY, "not-found", "not-allowed-now"),
)
async def replay_webhooks(wired: Wired, business_id: Writes, endpoint_id: UUID, body: ReplayRange) -> ReplayAnswer:
    """Posts what happened in this time and the endpoint wants to hear, in its order; also what happened while it was disabled."""
    await _enabled(wired, business_id, endpoint_id)
    async with wired.pool.acquire() as connection, connection.transaction():
        made = await webhook_log.replay_range(
            connection, business_id, endpoint_id, body.from_, body.to, missed_only=body.missed_only
        )
    return ReplayAnswer(deliveries=made)


def _check(wired: Wiring, url: str) -> None:
    try:
        check_url(url, may_be_local=wired.settings.webhook_may_be_local)
    except ValueError as fault:
        raise invalid("/url", str(fault)) from None


async def _known(wired: Wiring, business_id: UUID, endpoint_id: UUID) -> WebhookEndpoint:
    found = await store.find_endpoint(wired.pool, business_id, endpoint_id)
    if found is None:
        raise not_found("webhook endpoint")
    return found


async def _enabled(wired: Wiring, business_id: UUID, endpoint_id: UUID) -> None:
    if not (await _known(wired, business_id, endpoint_id)).is_enabled:
        raise Problem("not-allowed-now", "the endpoint is disabled; enable it first")


async def _logged(wired: Wiring, business_id: UUID, endpoint_id: UUID, delivery_id: UUID) -> DeliveryAnswer:
    found = await webhook_log.find_delivery(wired.pool, business_id, endpoint_id, delivery_id)
    if found is None:
        raise not_found("delivery of this endpoint")
    return DeliveryAnswer.of(found)
