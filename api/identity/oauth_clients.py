"""A business's apps, which ask its people to let them work for them; and where they ask."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from uuid_utils.compat import uuid7

from api.auth import Caller, Calling, requires
from api.conditions import IfUnchanged
from api.cursors import Paged, cursor_of, id_in
from api.openapi import BODY, problems
from api.problems import not_found
from api.requests import JsonOnly
from api.schemas.oauth_clients import AuthorisationServer, NewOAuthClient, OAuthClientAnswer, OAuthClientList
from api.schemas.queries import Page
from api.wiring import Wired
from domain.oauth import OAuthClient
from domain.people import Permission
from store.conditions import alone_with
from store.oauth_clients import change_client, create_client, drop_client, get_client, list_clients
from store.pool import Database
from store.security_events import tell_security

routes = APIRouter(tags=["people"], dependencies=[JsonOnly], responses=problems("invalid-request", "unavailable"))

PATH = "/api/v1/oauth-clients"
ONE = f"{PATH}/{{client_id}}"
Reads = Annotated[UUID, requires(Permission.KEYS_READ)]
Writer = Annotated[Caller, Depends(Calling(Permission.KEYS_WRITE))]


@routes.post(PATH, status_code=201, summary="Register an app", responses=problems(*BODY))
async def register_app(wired: Wired, caller: Writer, body: NewOAuthClient) -> OAuthClientAnswer:
    """From now on it may send people of this business to `/oauth/authorize`. It gets tokens for this business alone."""
    client = OAuthClient(uuid7(), caller.business_id, body.name, tuple(body.redirect_uris))
    async with wired.pool.acquire() as connection, connection.transaction():
        made = await create_client(connection, client)
        await tell_security(
            connection, "app-registered", business_id=caller.business_id, client=str(client.client_id), by=caller.name
        )
    return OAuthClientAnswer.of(*made)


@routes.get(PATH, summary="List the apps")
async def list_apps(wired: Wired, business_id: Reads, page: Annotated[Page, Query()], pages: Paged) -> OAuthClientList:
    """The business's own, the oldest first."""
    found = await list_clients(wired.pool, business_id, id_in(page.cursor), page.limit + 1)
    items = [OAuthClientAnswer.of(*one) for one in found[: page.limit]]
    more = cursor_of(str(items[-1].client_id)) if len(found) > page.limit else None
    return OAuthClientList(items=items, next_cursor=pages.link(more))


@routes.get(ONE, summary="Show an app", responses=problems("not-found"))
async def show_app(wired: Wired, business_id: Reads, client_id: UUID) -> OAuthClientAnswer:
    """One of the business's own."""
    return await _known(wired.pool, business_id, client_id)


@routes.put(ONE, summary="Change an app", responses=problems(*BODY, "not-found"))
async def put_app(wired: Wired, caller: Writer, client_id: UUID, body: NewOAuthClient, seen: IfUnchanged) -> OAuthClientAnswer:
    """Its name and all its addresses anew. Whoever has logged in by it stays."""
    client = OAuthClient(client_id, caller.business_id, body.name, tuple(body.redirect_uris))
    async with alone_with(wired.pool, caller.business_id, "oauth-clients", client_id) as connection:
        seen.check(await _known(connection, caller.business_id, client_id))
        changed = await change_client(connection, client)
        if changed is None:
            raise not_found("app")
        await tell_security(
            connection, "app-changed", business_id=caller.business_id, client=str(client.client_id), by=caller.name
        )
    return OAuthClientAnswer.of(*changed)


@routes.delete(ONE, status_code=204, summary="Remove an app", responses=problems("not-found"))
async def remove_app(wired: Wired, caller: Writer, client_id: UUID, seen: IfUnchanged) -> Response:
    """Ends every log-in by it, too."""
    async with alone_with(wired.pool, caller.business_id, "oauth-clients", client_id) as connection:
        seen.check(await _known(connection, caller.business_id, client_id))
        await drop_client(connection, caller.business_id, client_id, caller.name)
    return Response(status_code=204)


async def _known(database: Database, business_id: UUID, client_id: UUID) -> OAuthClientAnswer:
    known = await get_client(database, business_id, client_id)
    if known is None:
        raise not_found("app")
    return OAuthClientAnswer.of(*known)


@routes.get("/.well-known/oauth-authorization-server", summary="Show where apps ask")
async def authorisation_server(wired: Wired) -> AuthorisationServer:
    """OAuth 2.0 Authorization Server Metadata (RFC 8414)."""
    issuer = wired.settings.public_url
    root = issuer.rstrip("/")
    return AuthorisationServer(
        issuer=issuer, authorization_endpoint=f"{root}/oauth/authorize", token_endpoint=f"{root}/api/v1/sessions/token"
    )
