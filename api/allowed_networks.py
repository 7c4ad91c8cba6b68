"""From where a business is worked for: its owners name the networks, and its people and keys open nothing from anywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.auth import Caller, Calling, requires
from api.conditions import IfUnchanged
from api.middleware.client_address import is_in
from api.middleware.limiting import present_address
from api.openapi import BODY, problems
from api.problems import invalid
from api.requests import JsonOnly
from api.schemas.allowed_networks import AllowedNetworksAnswer, NetworkAnswer, NewAllowedNetworks
from api.wiring import Wired
from domain.people import Permission
from store.allowed_networks import AllowedNetwork, list_allowed, replace_allowed
from store.conditions import alone_with

routes = APIRouter(
    prefix="/api/v1/allowed-networks",
    tags=["people"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "forbidden", "invalid-request", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.MEMBERS_READ)]
Owner = Annotated[Caller, Depends(Calling(Permission.OWNERS_WRITE))]


@routes.get("", summary="List the allowed networks")
async def get_allowed_networks(wired: Wired, business_id: Reads) -> AllowedNetworksAnswer:
    """From where the business's people and keys may come; from everywhere where there are none."""
    return _answer(await list_allowed(wired.pool, business_id))


@routes.put("", summary="Set the allowed networks", responses=problems(*BODY))
async def put_allowed_networks(wired: Wired, caller: Owner, body: NewAllowedNetworks, seen: IfUnchanged) -> AllowedNetworksAnswer:
    """In place of those before; holds from the next call on. Customers, and providers with the link of a message, come from
    wherever they like. A list without the network that this comes from is refused: it would lock out whoever saves it."""
    wanted = {entry.network: entry.as_allowed() for entry in body.items}
    if len(wanted) < len(body.items):
        raise invalid("/items", "names a network twice")
    address = present_address()
    if wanted and not is_in(address, wanted):
        raise invalid("/items", f"would lock you out: this comes from {address or 'no address that is known'}")
    async with alone_with(wired.pool, caller.business_id, "allowed-networks") as connection:
        seen.check(_answer(await list_allowed(connection, caller.business_id)))
        await replace_allowed(connection, caller.business_id, list(wanted.values()), caller.name)
        return _answer(await list_allowed(connection, caller.business_id))


def _answer(found: Sequence[AllowedNetwork]) -> AllowedNetworksAnswer:
    return AllowedNetworksAnswer(items=[NetworkAnswer(network=one.network, note=one.note) for one in found])
