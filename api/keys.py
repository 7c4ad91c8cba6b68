"""A business's API keys: make, list, replace, revoke."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from uuid_utils.compat import uuid7

from api.auth import Caller, Calling, forbidden, requires
from api.cursors import Paged, cursor_of, id_in
from api.openapi import BODY, problems
from api.problems import invalid, not_found
from api.requests import JsonOnly
from api.schemas.keys import KeyAnswer, KeyList, KeyReplacement, NewKey, NewKeyAnswer
from api.schemas.queries import LongPage
from api.wiring import Wired, Wiring
from domain.people import EVERYTHING, Permission
from store.api_keys import KeyRow, create_api_key, find_key_row, list_keys, replace_key, revoke_key
from store.security_events import tell_security

routes = APIRouter(
    prefix="/api/v1/keys",
    tags=["people"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "forbidden", "invalid-request", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.KEYS_READ)]
Writer = Annotated[Caller, Depends(Calling(Permission.KEYS_WRITE))]


@routes.post("", status_code=201, summary="Make an API key", responses=problems(*BODY))
async def post_key(wired: Wired, caller: Writer, body: NewKey) -> NewKeyAnswer:
    """With no more than whoever asks may do themselves. Its text is in this answer and nowhere else."""
    if body.expires_at is not None and body.expires_at <= datetime.now(UTC):
        raise invalid("/expires_at", "must be in the future")
    _check_is_no_more(caller, frozenset(body.scopes))
    key_id = uuid7()
    async with wired.pool.acquire() as connection, connection.transaction():
        text = await create_api_key(
            connection, caller.business_id, body.name, key_id=key_id, scopes=set(body.scopes), expires_at=body.expires_at
        )
        await tell_security(connection, "key-made", business_id=caller.business_id, key=str(key_id), by=caller.name)
    return await _shown(wired, caller.business_id, key_id, text)


@routes.get("", summary="List the API keys")
async def get_keys(wired: Wired, business_id: Reads, page: Annotated[LongPage, Query()], pages: Paged) -> KeyList:
    """The oldest first; never their texts, which are not kept."""
    found = await list_keys(wired.pool, business_id, id_in(page.cursor), page.limit + 1)
    more = cursor_of(str(found[page.limit - 1].id)) if len(found) > page.limit else None
    return KeyList(items=[_answer(row) for row in found[: page.limit]], next_cursor=pages.link(more))


@routes.post("/{key_id}/rotate", status_code=201, summary="Replace an API key", responses=problems(*BODY, "not-found"))
async def rotate_key(wired: Wired, caller: Writer, key_id: UUID, body: KeyReplacement | None = None) -> NewKeyAnswer:
    """A new key with the same name and scopes. The old one is good for `overlap_seconds` more, so that nothing stands still."""
    wish = body or KeyReplacement()
    present = await find_key_row(wired.pool, caller.business_id, key_id)
    if present is None:
        raise not_found("key")
    _check_is_no_more(caller, EVERYTHING if present.scopes is None else frozenset(present.scopes))
    lasts = timedelta(days=wish.lasts_days) if wish.lasts_days else None
    overlap = timedelta(seconds=wish.overlap_seconds)
    new_id, text = await replace_key(wired.pool, caller.business_id, key_id, overlap, lasts, caller.name)
    return await _shown(wired, caller.business_id, new_id, text)


@routes.delete("/{key_id}", status_code=204, summary="Revoke an API key", responses=problems("not-found"))
async def delete_key(wired: Wired, caller: Writer, key_id: UUID) -> Response:
    """It opens nothing from now on. Safe to repeat."""
    await revoke_key(wired.pool, caller.business_id, key_id, caller.name)
    return Response(status_code=204)


def _check_is_no_more(caller: Caller, scopes: frozenset[Permission]) -> None:
    """Nobody gets by a key what they may not do. Raises Problem."""
    if missing := sorted(scopes - caller.permissions):
        raise forbidden(missing[0])


async def _shown(wired: Wiring, business_id: UUID, key_id: UUID, text: str) -> NewKeyAnswer:
    row = await find_key_row(wired.pool, business_id, key_id)
    if row is None:
        raise not_found("key")
    return NewKeyAnswer(**_answer(row).model_dump(), key=text)


def _answer(row: KeyRow) -> KeyAnswer:
    return KeyAnswer.model_validate(row, from_attributes=True)
