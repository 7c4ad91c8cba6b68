"""Which identity provider a business's people may log in by."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.auth import Caller, Calling, requires
from api.conditions import IfUnchanged
from api.identity.sso import callback_of, sealed
from api.openapi import BODY, problems
from api.problems import invalid, not_found
from api.requests import JsonOnly
from api.schemas.sso import NewSsoConnection, SsoConnectionAnswer
from api.wiring import Wired, Wiring
from domain.people import Permission
from domain.webhooks import check_url
from store.conditions import alone_with
from store.pool import Database
from store.sso import drop_connection, find_connection, save_connection

routes = APIRouter(
    prefix="/api/v1/sso-connection",
    tags=["people"],
    dependencies=[JsonOnly],
    responses=problems("invalid-request", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.SETTINGS_READ)]
Writer = Annotated[Caller, Depends(Calling(Permission.OWNERS_WRITE))]


@routes.put("", summary="Let people log in by a provider", responses=problems(*BODY))
async def put_sso_connection(wired: Wired, caller: Writer, body: NewSsoConnection, seen: IfUnchanged) -> SsoConnectionAnswer:
    """From now on the business's people may log in by it, for this business alone. Only its owners say so: whoever chooses the
    provider can make it vouch for any of the business's people."""
    try:
        check_url(body.issuer, may_be_local=wired.settings.webhook_may_be_local)
    except ValueError as fault:
        raise invalid("/issuer", str(fault)) from None
    kept = sealed(wired.settings, caller.business_id, body.client_secret)
    async with alone_with(wired.pool, caller.business_id, "sso-connection") as connection:
        seen.check(await _answer(wired, connection, caller.business_id))
        said = (body.name, body.issuer, body.client_id, kept, caller.name)
        await save_connection(connection, caller.business_id, *said)
        return await _shown(wired, connection, caller.business_id)


@routes.get("", summary="Show the provider", responses=problems("not-found"))
async def show_sso_connection(wired: Wired, business_id: Reads) -> SsoConnectionAnswer:
    """Never with its secret."""
    return await _shown(wired, wired.pool, business_id)


@routes.delete("", status_code=204, summary="Log in by no provider", responses=problems("not-found"))
async def delete_sso_connection(wired: Wired, caller: Writer, seen: IfUnchanged) -> Response:
    """Nobody logs in by it any more. Who has logged in by it stays so until they log out."""
    async with alone_with(wired.pool, caller.business_id, "sso-connection") as connection:
        seen.check(await _shown(wired, connection, caller.business_id))
        await drop_connection(connection, caller.business_id, caller.name)
    return Response(status_code=204)


async def _shown(wired: Wiring, database: Database, business_id: UUID) -> SsoConnectionAnswer:
    known = await _answer(wired, database, business_id)
    if known is None:
        raise not_found("provider")
    return known


async def _answer(wired: Wiring, database: Database, business_id: UUID) -> SsoConnectionAnswer | None:
    known = await find_connection(database, business_id)
    if known is None:
        return None
    return SsoConnectionAnswer(
        name=known.name,
        issuer=known.issuer,
        client_id=known.client_id,
        redirect_uri=callback_of(wired.settings),
        changed_at=known.changed_at,
    )
