"""What an app asks for when it sends somebody to log in (RFC 6749, 4.1.1; PKCE by RFC 7636; `iss` by RFC 9207)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from api.wiring import Wiring
from domain.oauth import BUSINESS, CHALLENGE, CUSTOMER, OAuthClient, answered, business_in
from store.oauth_clients import find_client

LONGEST_STATE = 2000
NAMES = ("response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method", "scope")


class Refused(Exception):
    """Nobody is sent anywhere, since nobody knows whereto (RFC 6749, 4.1.2.1); the text is for the person."""


class SentBack(Exception):
    """The app hears why not, at `address`."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address


@dataclass(frozen=True, slots=True)
class Wish:
    """A good one. `business_id` is the business that is meant, where one is."""

    client: OAuthClient
    redirect_uri: str
    state: str | None
    code_challenge: str
    scope: str
    issuer: str

    @property
    def fields(self) -> dict[str, str]:
        """As they were sent, to be sent along with each form."""
        said = {
            "response_type": "code",
            "client_id": str(self.client.client_id),
            "redirect_uri": self.redirect_uri,
            "code_challenge": self.code_challenge,
            "code_challenge_method": "S256",
            "scope": self.scope,
        }
        return said if self.state is None else said | {"state": self.state}

    @property
    def bound(self) -> str:
        """The same for the same wish only."""
        return json.dumps(self.fields, sort_keys=True)

    @property
    def wanted_scope(self) -> str:
        """A business's own app means its business, whether it says so or not."""
        return f"{BUSINESS}{self.client.business_id}" if self.client.business_id else self.scope

    @property
    def business_id(self) -> UUID | None:
        """The business that is named, by the app or by whose it is."""
        named = business_in(self.wanted_scope)
        return named if isinstance(named, UUID) else None

    def answer(self, **said: str) -> str:
        """Where the app hears this. `iss` says who answers, so that it takes no other's answer for ours."""
        return answered(self.redirect_uri, **said, state=self.state, iss=self.issuer)

    def refusal(self, error: str, description: str) -> SentBack:
        """The same for a no, by one of RFC 6749's codes."""
        return SentBack(self.answer(error=error, error_description=description))


async def read_wish(wired: Wiring, sent: Sequence[tuple[str, str]]) -> Wish:
    """What the app asks for. Raises Refused until it is known where it may be answered, then SentBack."""
    named = [(name, value) for name, value in sent if name in NAMES]
    said = dict(named)
    client = await _client(wired, said.get("client_id", ""))
    redirect_uri = said.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:  # exactly: RFC 9700, 2.1
        raise Refused("The address to go back to is not one of this app's.")
    state = said.get("state")
    challenge, scope = said.get("code_challenge", ""), said.get("scope", "")
    wish = Wish(client, redirect_uri, state, challenge, scope, wired.settings.public_url)
    if len(said) != len(named):  # RFC 6749, 3.1
        raise wish.refusal("invalid_request", "a parameter comes twice")
    _check(wish, said)
    return wish


async def _client(wired: Wiring, client_id: str) -> OAuthClient:
    try:
        known = await find_client(wired.door, UUID(client_id))
    except ValueError:
        known = None
    if known is None:
        raise Refused("The app that sent you is not known here.")
    return known


def _check(wish: Wish, said: Mapping[str, str]) -> None:
    if wish.state is not None and (len(wish.state) > LONGEST_STATE or "\0" in wish.state):
        raise SentBack(
            answered(wish.redirect_uri, error="invalid_request", error_description="the state cannot be kept", iss=wish.issuer)
        )
    if "response_type" not in said:
        raise wish.refusal("invalid_request", "response_type is needed")
    if said["response_type"] != "code":
        raise wish.refusal("unsupported_response_type", "only code is given")
    if said.get("code_challenge_method") != "S256" or CHALLENGE.fullmatch(wish.code_challenge) is None:  # RFC 7636, 4.4.1
        raise wish.refusal("invalid_request", "code_challenge with code_challenge_method S256 is needed")
    try:
        named = business_in(wish.scope)
    except ValueError:
        raise wish.refusal("invalid_scope", f"ask for {BUSINESS}{{id}} or {CUSTOMER}") from None
    if wish.client.business_id is not None and named not in (None, wish.client.business_id):
        raise wish.refusal("invalid_scope", "this app is for its own business alone")
