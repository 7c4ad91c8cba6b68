"""Identity providers of businesses, by OpenID Connect: discovery, code flow with PKCE, and the ID token.

Whatever a provider says is held against what was configured: its issuer, letter by letter, and only keys that this issuer
publishes. Its addresses come from a business, so they are reached as webhooks are: over the internet only, never into our own
network, without following a redirect.
"""

from __future__ import annotations

import ipaddress
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from yarl import URL

from domain.sso import Proofs, ProviderRefused, SsoConnection, SsoIdentity
from domain.webhooks import check_url, may_connect
from gateways.webhooks import Outside, resolve_name

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signed with a key that the provider alone has: none by a shared secret, and never unsigned."""

ANSWERS_WITHIN = 10.0
MOST = 256 * 1024
"""Bytes of an answer that are read."""
LEEWAY = 60
"""Seconds by which the provider's clock may differ."""
LONGEST_SUBJECT = 255  # OpenID Connect Core, 2


class OpenIdProviders:
    """`may_be_local` lets a developer's own machine be a provider; never for production."""

    def __init__(self, *, may_be_local: bool) -> None:
        self._may_be_local = may_be_local
        self._resolver = Outside(resolve_name, ThreadPoolExecutor(8, "provider-names"), may_be_local=may_be_local)

    async def address(self, connection: SsoConnection, back_to: str, proofs: Proofs) -> str:
        """OpenID Connect Core, 3.1.2.1, with PKCE (RFC 7636)."""
        async with self._session() as http:
            said = await self._discover(http, connection.issuer)
        uri: str = prepare_grant_uri(
            self._checked(said.get("authorization_endpoint")),
            client_id=connection.client_id,
            response_type="code",
            redirect_uri=back_to,
            scope="openid email",
            state=proofs.state,
            nonce=proofs.nonce,
            code_challenge=create_s256_code_challenge(proofs.verifier),
            code_challenge_method="S256",
        )
        return uri

    async def identify(self, connection: SsoConnection, back_to: str, code: str, proofs: Proofs) -> SsoIdentity:
        """OpenID Connect Core, 3.1.3."""
        async with self._session() as http:
            said = await self._discover(http, connection.issuer)
            token = await self._redeem(http, connection, said, back_to, code, proofs)
            keys = self._read(await self._open(http.get(URL(self._checked(said.get("jwks_uri"))), allow_redirects=False)))
        return _identity(connection, token, keys, proofs)

    async def _discover(self, http: aiohttp.ClientSession, issuer: str) -> dict[str, Any]:
        """OpenID Connect Discovery, 4.3: the issuer that it names must be the one that was asked."""
        address = self._checked(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        said = self._read(await self._open(http.get(URL(address), allow_redirects=False)))
        if said.get("issuer") != issuer:
            raise ProviderRefused("another-issuer")
        return said

    async def _redeem(
        self,
        http: aiohttp.ClientSession,
        connection: SsoConnection,
        said: dict[str, Any],
        back_to: str,
        code: str,
        proofs: Proofs,
    ) -> dict[str, Any]:
        methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        body = prepare_token_request("authorization_code", redirect_uri=back_to, code=code, code_verifier=proofs.verifier)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        signing = ClientAuth(connection.client_id, connection.client_secret, method)
        uri, headers, body = signing.prepare("POST", self._checked(said.get("token_endpoint")), headers, body)
        return self._read(await self._open(http.post(URL(uri), data=body, headers=headers, allow_redirects=False)))

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(resolver=self._resolver, use_dns_cache=False, force_close=True)
        timeout = aiohttp.ClientTimeout(total=ANSWERS_WITHIN)
        return aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())

    def _checked(self, address: object) -> str:
        """An address that may be asked. Raises ProviderRefused."""
        if not isinstance(address, str):
            raise ProviderRefused("no-address")
        try:
            check_url(address, may_be_local=self._may_be_local)
            literal = _literal(URL(address).raw_host or "")
        except ValueError:
            raise ProviderRefused("bad-address") from None
        if literal is not None and not may_connect(literal, may_be_local=self._may_be_local):
            raise ProviderRefused("bad-address")
        return address

    async def _open(self, asked: Any) -> bytes:
        try:
            async with asked as answer:
                if answer.status != 200:
                    raise ProviderRefused(f"answered-{answer.status}")
                read = await answer.content.read(MOST + 1)
                while len(read) <= MOST and (more := await answer.content.read(MOST + 1)):
                    read += more
        except TimeoutError:
            raise ProviderRefused("timeout") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise ProviderRefused("does-not-answer") from None
        if len(read) > MOST:
            raise ProviderRefused("too-long")
        return bytes(read)

    def _read(self, body: bytes) -> dict[str, Any]:
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise ProviderRefused("no-json")
        return said


def _identity(connection: SsoConnection, token: dict[str, Any], keys: dict[str, Any], proofs: Proofs) -> SsoIdentity:
    """OpenID Connect Core, 3.1.3.7: signed by this issuer, for us, for this attempt, and not too old. Raises ProviderRefused."""
    try:
        signed = jwt.decode(str(token.get("id_token")), KeySet.import_key_set(keys), ALGORITHMS)  # type: ignore[arg-type] # it looks itself
        options = {
            "iss": {"essential": True, "value": connection.issuer},
            "aud": {"essential": True, "value": connection.client_id},
        }
        bound = {"nonce": proofs.nonce, "client_id": connection.client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(signed.claims, signed.header, options, bound)
        claims.validate(leeway=LEEWAY)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ProviderRefused(f"bad-token-{type(fault).__name__}") from None
    subject, email = claims["sub"], claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\0" in subject:
        raise ProviderRefused("bad-subject")
    is_theirs = claims.get("email_verified") is True and isinstance(email, str) and "\0" not in email
    return SsoIdentity(connection.issuer, subject, email if is_theirs else None)


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
