"""Logging in and out: access tokens for a quarter of an hour, and refresh tokens that are good once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, NoReturn
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from api.auth import LoggedIn, Recognised
from api.cursors import Paged, cursor_of, start_and_id_in
from api.identity.access_tokens import Access
from api.identity.entrances import count_entrance, has_entered, try_log_in
from api.identity.second_factor import check_second_factor
from api.openapi import problems
from api.problems import Problem, invalid, not_found
from api.schemas.people import SessionAnswer, SessionList, TokenAnswer, TokenRequest
from api.schemas.queries import LongPage
from api.wiring import Wired, Wiring
from domain.oauth import BUSINESS, CUSTOMER
from domain.people import normal_password
from store.authorisation_codes import Shown, redeem
from store.memberships import list_memberships
from store.people import Credentials, find_credentials, renew_hash
from store.security_events import tell_security
from store.sessions import Session, begin, end, list_sessions, rotate

routes = APIRouter(prefix="/api/v1/sessions", tags=["people"], responses=problems("invalid-request", "unavailable"))


@routes.post(
    "/token",
    summary="Log in, or stay logged in",
    responses=problems(
        *("malformed-request", "body-too-large", "login-refused", "second-factor-needed", "grant-refused"),
        *("overloaded", "unavailable"),
    ),
)
async def issue_token(wired: Wired, body: Annotated[TokenRequest, Form()], response: Response) -> TokenAnswer:
    """OAuth 2.0's token endpoint, for `grant_type` password, refresh_token and authorization_code. An unknown address, a wrong
    password and a worthless refresh token are refused alike. A refresh token or a code that was used before ends its session:
    it may be in two hands."""
    response.headers.update({"Cache-Control": "no-store", "Pragma": "no-cache"})  # RFC 6749, 5.1
    given = {"password": _log_in, "refresh_token": _refresh, "authorization_code": _redeem}[body.grant_type]
    session, refresh_token = await given(wired, body)
    access = Access(session.person_id, session.id, session.business_id, session.client_id)
    return TokenAnswer(
        access_token=wired.access_tokens.sign(access),
        expires_in=int(wired.access_tokens.lasts.total_seconds()),
        refresh_token=refresh_token,
        scope=f"{BUSINESS}{session.business_id}" if session.business_id else CUSTOMER,
    )


async def _log_in(wired: Wiring, body: TokenRequest) -> tuple[Session, str]:
    if not body.username or not body.password:
        missing = "password" if body.username else "username"
        raise invalid(f"/{missing}", "is needed")
    known = await check_password(wired, body.username, body.password)
    await check_second_factor(wired, known, body.otp)
    await has_entered(wired, body.username)
    business_id = await wanted_business(wired, known.id, body.scope)
    async with wired.door.acquire() as connection, connection.transaction():
        return await begin(connection, known.id, business_id, timedelta(days=wired.settings.session_days))


async def check_password(wired: Wiring, email: str, password: str) -> Credentials:
    """Whose they are. An unknown address and a wrong password take the same time, and are the same Problem. Raises another for
    whoever tries too often."""
    await count_entrance(wired)
    entering = await try_log_in(wired, email)
    known = await find_credentials(wired.door, email.strip()) if "\0" not in email else None
    password = normalised(password)
    if not await wired.passwords.is_right(password, known.password_hash if known else None) or known is None:
        await tell_security(wired.door, "login-refused", person_id=known.id if known else None)  # for nobody, too: it takes time
        refuse()
    await entering.was_right()
    return await _renewed_if_outdated(wired, known, password)


async def _renewed_if_outdated(wired: Wiring, known: Credentials, password: str) -> Credentials:
    if not wired.passwords.is_outdated(known.password_hash):
        return known
    hashed = await wired.passwords.hash(password)
    await renew_hash(wired.door, known.id, known.password_hash, hashed)
    return replace(known, password_hash=hashed)


async def _refresh(wired: Wiring, body: TokenRequest) -> tuple[Session, str]:
    if not body.refresh_token:
        raise invalid("/refresh_token", "is needed")
    shown = body.refresh_token
    idle, client_id = timedelta(days=wired.settings.session_idle_days), client_id_in(body.client_id)
    rotated = await rotate(wired.door, shown, idle, client_id) if shown.isascii() else None
    if rotated is None:
        refuse()
    return rotated


async def _redeem(wired: Wiring, body: TokenRequest) -> tuple[Session, str]:
    """RFC 6749, 4.1.3."""
    for field in ("code", "redirect_uri", "code_verifier", "client_id"):
        if not getattr(body, field):
            raise invalid(f"/{field}", "is needed")
    client_id = client_id_in(body.client_id)
    shown = Shown(client_id or UUID(int=0), body.redirect_uri or "", body.code_verifier or "")
    lasts = timedelta(days=wired.settings.session_days)
    begun = await redeem(wired.door, body.code, shown, lasts) if body.code and body.code.isascii() else None
    if begun is None:
        detail = "the code is unknown, used, too old, or not this app's"
        raise Problem("grant-refused", detail, more={"error": "invalid_grant", "error_description": detail})
    return begun


def client_id_in(text: str | None) -> UUID | None:
    """The app that is named; None for what is no id."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


async def wanted_business(wired: Wiring, person_id: UUID, scope: str) -> UUID | None:
    """The one that is asked for, or the only one; none for a customer. Raises Problem for one that they do not work for, as for
    any other id."""
    if CUSTOMER in scope.split():
        return None
    mine = [membership.business_id for membership in await list_memberships(wired.door, person_id)]
    asked = [part.removeprefix(BUSINESS) for part in scope.split() if part.startswith(BUSINESS)]
    if not asked:
        return mine[0] if len(mine) == 1 else None
    chosen = next((business_id for business_id in mine if str(business_id) == asked[0].lower()), None)
    if chosen is None:
        raise invalid("/scope", "names no business that you work for")
    return chosen


def normalised(password: str) -> str:
    """As it was when it was set; whatever could not be set is no password, but takes as long to refuse."""
    try:
        return normal_password(password)
    except ValueError:
        return "-"


def refuse() -> NoReturn:
    """Says no in the same words to whatever was wrong."""
    detail = "the address, the password or the refresh token is not right"
    raise Problem("login-refused", detail, headers={"WWW-Authenticate": "Bearer"}, more={"error": "invalid_grant"})


@routes.get("", summary="List my log-ins", responses=problems("unauthorised"))
async def list_my_sessions(wired: Wired, access: LoggedIn, page: Annotated[LongPage, Query()], pages: Paged) -> SessionList:
    """Those that go on, the oldest first."""
    idle, after = timedelta(days=wired.settings.session_idle_days), start_and_id_in(page.cursor)
    found = await list_sessions(wired.door, access.person_id, idle, after, page.limit + 1)
    items = [
        SessionAnswer(
            id=one.id,
            business_id=one.business_id,
            created_at=one.created_at,
            expires_at=one.expires_at,
            is_current=one.id == access.session_id,
            app=one.app,
        )
        for one in found[: page.limit]
    ]
    more = cursor_of(items[-1].created_at.isoformat(), str(items[-1].id)) if len(found) > page.limit else None
    return SessionList(items=items, next_cursor=pages.link(more))


@routes.delete("/current", status_code=204, summary="Log out", responses=problems("unauthorised"))
async def log_out(wired: Wired, access: Recognised) -> Response:
    """Ends this log-in at once, its access token with it."""
    await end(wired.door, access.person_id, access.session_id)
    return Response(status_code=204)


@routes.delete("", status_code=204, summary="Log out everywhere", responses=problems("unauthorised"))
async def log_out_everywhere(wired: Wired, access: LoggedIn) -> Response:
    """Ends all log-ins of the person, this one too."""
    await end(wired.door, access.person_id)
    return Response(status_code=204)


# Only ids, so that DELETE /sessions/token is no log-in but a method that is not taken there.
@routes.delete("/{session_id:uuid}", status_code=204, summary="End one log-in", responses=problems("unauthorised", "not-found"))
async def end_session(wired: Wired, access: LoggedIn, session_id: UUID) -> Response:
    """Ends one of one's own, on another device."""
    if not await end(wired.door, access.person_id, session_id):
        raise not_found("log-in")
    return Response(status_code=204)
