"""Logging in by a business's own identity provider (OpenID Connect)."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SsoConnection:
    """How a business has registered us with its provider. `name` is what its people call it."""

    business_id: UUID
    name: str
    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Proofs:
    """What binds a provider's answer to the browser that was sent there: `nonce` in the token, `verifier` at the token endpoint.

    Both follow from the state and the deployment's secret, so that nothing has to be kept that would open anything.
    """

    state: str
    nonce: str
    verifier: str

    @classmethod
    def of(cls, secret: str, state: str) -> Proofs:
        """Those of this state."""
        return cls(state, _derived(secret, "nonce", state), _derived(secret, "verifier", state))


@dataclass(frozen=True, slots=True)
class SsoIdentity:
    """Somebody as the provider knows them. `email` is None where it does not say that the address is theirs."""

    issuer: str
    subject: str
    email: str | None


class ProviderRefused(Exception):
    """The provider does not answer, or not as it must. The text is a code, for our log, and never what it sent."""


class SsoGateway(Protocol):
    """A provider, as an outside vendor."""

    async def address(self, connection: SsoConnection, back_to: str, proofs: Proofs) -> str:
        """Where a browser is sent to log in. Raises ProviderRefused."""

    async def identify(self, connection: SsoConnection, back_to: str, code: str, proofs: Proofs) -> SsoIdentity:
        """Who came back with this code. Raises ProviderRefused for an answer that anything is wrong with."""


def _derived(secret: str, purpose: str, state: str) -> str:
    digest = hmac.digest(secret.encode(), f"sso:{purpose}:{state}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
