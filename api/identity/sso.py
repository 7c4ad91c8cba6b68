"""Logging in for an app by the business's own identity provider: there, and back to the question what the app may do.

Whom a provider means, and why it can speak for nobody else: store/sso.py.
"""

from __future__ import annotations

import logging
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.identity.authorising import SSO_PATH, Visit, after_log_in, pairs, refused, told
from api.identity.entrances import count_entrance
from api.identity.forms import Forms
from api.identity.owned_secrets import open_for, seal_for
from api.identity.pages import guarded
from api.identity.wishes import Refused, read_wish
from api.wiring import Wired, Wiring
from domain.sso import Proofs, ProviderRefused, SsoConnection, SsoGateway
from settings import Settings
from store.people import Credentials
from store.sso import begin_attempt, find_connection, person_of, use_attempt

log = logging.getLogger("slotkeeper.api")

routes = APIRouter(include_in_schema=False)

CALLBACK = f"{SSO_PATH}/callback"
PURPOSE = b"sso-connections"
NO_PROVIDER = "This business has no provider to log in by."


@routes.get(SSO_PATH)
async def go_to_provider(wired: Wired, request: Request) -> Response:
    """Where our page leads whoever wants to log in by their business's provider."""
    try:
        return await told(_begun(wired, request))
    except ProviderRefused as no:
        log.warning("an identity provider is of no use: %s", no)
        return refused("Your business's provider does not answer as it should.", 502)


@routes.get(CALLBACK)
async def come_back(wired: Wired, request: Request) -> Response:
    """Where the provider sends them back (OpenID Connect Core, 3.1.2.5)."""
    try:
        return await told(_returned(wired, request))
    except ProviderRefused as no:
        log.warning("an identity provider's answer is refused: %s", no)
        return refused("What your business's provider answered is not good.", 400)


async def _begun(wired: Wiring, request: Request) -> Response:
    wish = await read_wish(wired, pairs(request.url.query))
    await count_entrance(wired)
    sso, connection = await _provider(wired, wish.business_id)
    forms, state = Forms(wired.settings), secrets.token_urlsafe(32)
    mark = forms.mark_of(request)
    address = await sso.address(connection, callback_of(wired.settings), _proofs(wired, state))
    await begin_attempt(wired.door, state, connection.business_id, connection.issuer, mark, wish.fields)
    leaving = RedirectResponse(address, 303, guarded())
    forms.leave(leaving, mark)
    return leaving


async def _returned(wired: Wiring, request: Request) -> Response:
    return await after_log_in(*await _identified(wired, request))


async def _identified(wired: Wiring, request: Request) -> tuple[Visit, Credentials]:
    """Who has come back, where state, browser, issuer, code and token fit. Raises Refused, ProviderRefused, SentBack."""
    said, forms = dict(pairs(request.url.query)), Forms(wired.settings)
    mark, state = forms.mark_of(request), said.get("state", "")
    attempt = await use_attempt(wired.door, state, mark)
    if attempt is None:
        raise Refused("This log-in was begun elsewhere, took too long, or was used already.")
    wish = await read_wish(wired, list(attempt.wish.items()))
    sso, connection = await _provider(wired, attempt.business_id)
    if connection.issuer != attempt.issuer or said.get("iss", attempt.issuer) != attempt.issuer:  # RFC 9207, 2.4
        raise ProviderRefused("another-issuer")
    if "code" not in said:
        raise wish.refusal("access_denied", "the provider did not let the person in")
    identity = await sso.identify(connection, callback_of(wired.settings), said["code"], _proofs(wired, state))
    known = await person_of(wired.door, attempt.business_id, identity)
    if known is None or wish.business_id != attempt.business_id:
        raise Refused("You are not known here as a member of this business. Accept its invitation first, with the same address.")
    return Visit(wired, forms, mark, wish), known


async def _provider(wired: Wiring, business_id: UUID | None) -> tuple[SsoGateway, SsoConnection]:
    kept = await find_connection(wired.door, business_id) if business_id else None
    if kept is None or wired.sso is None:
        raise Refused(NO_PROVIDER)
    secret = _opened(wired.settings, kept.business_id, kept.client_secret)
    return wired.sso, SsoConnection(kept.business_id, kept.name, kept.issuer, kept.client_id, secret)


def _proofs(wired: Wiring, state: str) -> Proofs:
    return Proofs.of(wired.settings.token_secret.get_secret_value(), state)


def callback_of(settings: Settings) -> str:
    """Where providers send people back to us."""
    return f"{settings.public_url.rstrip('/')}{CALLBACK}"


def sealed(settings: Settings, business_id: UUID, secret: str) -> bytes:
    """A provider's secret, encrypted for this business."""
    return seal_for(settings, PURPOSE, business_id, secret)


def _opened(settings: Settings, business_id: UUID, kept: bytes) -> str:
    try:
        return open_for(settings, PURPOSE, business_id, kept)
    except InvalidTag:
        raise ProviderRefused("sealed-with-another-secret") from None
